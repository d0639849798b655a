"""Groups of layers by module path, and the view of a network with some of them collapsed.

All functions are pure: a view is worked out anew from the network and the set of expanded groups.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from typing import NamedTuple

from designer.network.network import Network

GROUP = "group:"
"""What the key of a group's box or frame begins with; the key of a layer's box is the layer's id."""

SMALL = 60
"""Up to this many boxes a network is shown in full, and a collapsed one is opened up to it."""
ENOUGH = 15
"""With this many boxes a collapsed network is told apart well enough."""


@dataclass(frozen=True, slots=True)
class Group:
    """Layers under one module path.

    Attributes:
        path: module path, such as 'layer1.0'.
        parent: path of the group around it, '' at the top.
        children: paths of the groups in it.
        layers: ids of all layers in it, those of its children included, in file order.
        own: ids of the layers that lie in no child.
    """

    path: str
    parent: str
    children: tuple[str, ...]
    layers: tuple[str, ...]
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupTree:
    """All groups of a network.

    Attributes:
        groups: by path, outer ones first.
        home: for each layer id the path of the innermost group around it, '' at the top.
        top: ids of the layers in no group.
    """

    groups: Mapping[str, Group]
    home: Mapping[str, str]
    top: tuple[str, ...]

    def around(self, path: str) -> Iterator[str]:
        """`path` itself and the groups around it, inner ones first."""
        while path:
            yield path
            path = self.groups[path].parent

    def around_layer(self, layer_id: str) -> tuple[str, ...]:
        """The groups around a layer, inner ones first."""
        return tuple(self.around(self.home[layer_id]))


@dataclass(frozen=True, slots=True)
class Box:
    """A layer, or a collapsed group, as the canvas shows it.

    Attributes:
        key: the layer's id, or `GROUP` and the group's path.
        frame: path of the expanded group that it stands in, '' at the top.
        layers: ids of the layers that it stands for.
    """

    key: str
    frame: str
    layers: tuple[str, ...]

    @property
    def group(self) -> str:
        """Path of the collapsed group, '' when it is a layer."""
        return self.key.removeprefix(GROUP) if self.key.startswith(GROUP) else ""


@dataclass(frozen=True, slots=True)
class Frame:
    """An expanded group. `frame` is the path of the expanded group around it, '' at the top."""

    path: str
    frame: str
    layers: tuple[str, ...]

    @property
    def key(self) -> str:
        """`GROUP` and the path."""
        return GROUP + self.path


class Edge(NamedTuple):
    """A line from one box to another that stands for so many connections."""

    source: str
    target: str
    connections: int


@dataclass(frozen=True, slots=True)
class View:
    """What is seen of a network while some groups are expanded and the others collapsed.

    Attributes:
        boxes: in file order of their first layer.
        frames: expanded groups, outer ones first.
        edges: between boxes; connections between the same two boxes are one edge.
        shown: for each layer id the key of the box that stands for it.
    """

    boxes: tuple[Box, ...]
    frames: tuple[Frame, ...]
    edges: tuple[Edge, ...]
    shown: Mapping[str, str]


def group_tree(network: Network) -> GroupTree:
    """The groups of a network.

    Groups of a single layer, and groups that hold nothing but one other group, are left out: a frame
    around them would tell nothing.
    """
    ids = list(network.layers)
    alone: dict[str, list[int]] = {}
    for place, layer in enumerate(network):
        alone.setdefault(layer.group, []).append(place)
    members = _members(alone)
    kept = _worth_a_frame(members)
    nearest: dict[str, str] = {"": ""}
    for path in members:
        above = nearest[path.rpartition(".")[0]]
        nearest[path] = path if path in kept else above
    # A left out outer group hands its place to the one inside it, so parents are looked up anew.
    parents = {path: nearest[path.rpartition(".")[0]] for path in members if path in kept}
    children: dict[str, list[str]] = {}
    for path, parent in parents.items():
        children.setdefault(parent, []).append(path)
    own: dict[str, list[int]] = {}
    for path, places in alone.items():
        own.setdefault(nearest[path], []).extend(places)

    def named(places: Iterable[int]) -> tuple[str, ...]:
        return tuple([ids[place] for place in sorted(places)])

    groups = {
        path: Group(
            path, parents[path], tuple(children.get(path, ())), named(members[path]), named(own.get(path, ()))
        )
        for path in sorted(parents, key=lambda path: path.count("."))
    }
    home = {layer.id: nearest[layer.group] for layer in network}
    return GroupTree(groups, home, named(own.get("", ())))


def _members(alone: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """For each module path the places of the layers under it, outer paths first.

    Args:
        alone: places of the layers that give just that path.
    """
    found: dict[str, list[int]] = {}
    for group in alone:
        new = []
        while group and group not in found:
            new.append(group)
            group = group.rpartition(".")[0]
        for path in reversed(new):
            found[path] = list(alone.get(path, ()))
    # Inner ones come behind those around them: going back, each is whole before it is added.
    for path in reversed(found):
        around = path.rpartition(".")[0]
        if around:
            found[around] += found[path]
    return found


def _worth_a_frame(members: Mapping[str, Sized]) -> frozenset[str]:
    largest: dict[str, int] = {}
    for path, layers in members.items():
        parent = path.rpartition(".")[0]
        if parent:
            largest[parent] = max(largest.get(parent, 0), len(layers))
    return frozenset(
        path for path, layers in members.items() if len(layers) > 1 and largest.get(path, 0) < len(layers)
    )


def view_of(network: Network, tree: GroupTree, expanded: Collection[str]) -> View:
    """The boxes, frames and edges that are seen while just the groups in `expanded` are expanded.

    A group inside a collapsed one is not seen, whether it is in `expanded` or not.
    """
    box_of_group: dict[str, str] = {"": ""}
    for path, group in tree.groups.items():
        # Outer groups come first: once one is collapsed, all within it stand in its box.
        around = box_of_group[group.parent]
        box_of_group[path] = around or ("" if path in expanded else path)
    key_of_group = {path: GROUP + collapsed if collapsed else "" for path, collapsed in box_of_group.items()}
    shown = {layer_id: key_of_group[home] or layer_id for layer_id, home in tree.home.items()}
    boxes: dict[str, Box] = {}
    for layer_id, key in shown.items():
        if key not in boxes:
            collapsed = box_of_group[tree.home[layer_id]]
            if collapsed:
                group = tree.groups[collapsed]
                boxes[key] = Box(key, group.parent, group.layers)
            else:
                boxes[key] = Box(key, tree.home[layer_id], (layer_id,))
    frames = tuple(
        Frame(path, group.parent, group.layers)
        for path, group in tree.groups.items()
        if not box_of_group[path]
    )
    counts: dict[tuple[str, str], int] = {}
    for target, ports in network.inputs.items():
        into = shown[target]
        for port in ports:
            if port is not None and shown[port.layer] != into:
                ends = (shown[port.layer], into)
                counts[ends] = counts.get(ends, 0) + 1
    edges = tuple(Edge(source, target, count) for (source, target), count in counts.items())
    return View(tuple(boxes.values()), frames, edges, shown)


def everything(tree: GroupTree) -> frozenset[str]:
    """All groups: with these expanded, every layer is seen."""
    return frozenset(tree.groups)


def default_expansion(tree: GroupTree, small: int = SMALL, enough: int = ENOUGH) -> frozenset[str]:
    """The groups to expand at first.

    All when at most `small` layers are then seen. Else outer groups are opened level by level, while
    that leaves at most `small` boxes; a level that would be too much is opened group by group, small
    ones first, until `enough` boxes are seen.
    """
    if len(tree.home) <= small:
        return everything(tree)
    expanded: set[str] = set()
    outermost = [path for path, group in tree.groups.items() if not group.parent]
    seen = len(tree.top) + len(outermost)
    level = outermost
    while level and seen < enough:
        gains = {path: _gain(tree.groups[path]) for path in level}
        if seen + sum(gains.values()) <= small:
            chosen = level
        else:
            chosen = []
            total = seen
            for path in sorted(level, key=gains.__getitem__):
                if total < enough and total + gains[path] <= small:
                    chosen.append(path)
                    total += gains[path]
        expanded.update(chosen)
        seen += sum(gains[path] for path in chosen)
        level = [child for path in chosen for child in tree.groups[path].children]
    return frozenset(expanded)


def _gain(group: Group) -> int:
    """How many more boxes are seen once the group is expanded."""
    return len(group.own) + len(group.children) - 1


def revealing(tree: GroupTree, expanded: Collection[str], layer_id: str) -> frozenset[str]:
    """`expanded` and all groups around the layer, so that the layer itself is seen."""
    return frozenset(expanded) | frozenset(tree.around_layer(layer_id))
