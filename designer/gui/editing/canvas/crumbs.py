"""Which groups one is in: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designer.gui.editing.canvas.picture import Picture
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP, GroupTree
from designer.network.network import Network

FILLS = 0.4
"""A frame that fills this much of the view's height or width is one that one is in."""


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way: its text, and the group's path ('' for the network) or the layer's id."""

    text: str
    path: str
    layer: str = ""


def way_to(network: Network, tree: GroupTree, selected: Sequence[str], seen: str) -> tuple[Crumb, ...]:
    """The way to what is selected, from the network inwards; to the group `seen` when nothing is."""
    there = [layer_id for layer_id in selected if layer_id in tree.home]
    path = _joint(tree, there) if there else seen
    way = [Crumb(network.name, "")]
    before = ""
    for group in reversed(tuple(tree.around(path))) if path in tree.groups else ():
        way.append(Crumb(_rest(group, before), group))
        before = group
    if len(there) == 1:
        name = network[there[0]].name
        way.append(Crumb(_rest(name, before), path, there[0]))
    return tuple(way)


def beside(network: Network, tree: GroupTree, crumb: Crumb) -> tuple[Crumb, ...]:
    """What stands beside a step of the way, itself included: the groups and layers within the same group."""
    if crumb.layer:
        parent = tree.home[crumb.layer]
    elif crumb.path:
        parent = tree.groups[crumb.path].parent
    else:
        return (crumb,)
    paths = [path for path, group in tree.groups.items() if group.parent == parent]
    own = tree.groups[parent].own if parent else tree.top
    groups = [Crumb(_rest(path, parent), path) for path in paths]
    layers = [Crumb(_rest(network[layer_id].name, parent), parent, layer_id) for layer_id in own]
    return (*groups, *layers)


def steps_shown(widths: Sequence[float], arrow: float, more: float, room: float) -> tuple[int, ...]:
    """Numbers of the steps that are shown where there is only so much room; a menu has the others.

    The first ones to go are those after the network, then the network itself. The last one always stays.

    Args:
        widths: of the steps, from the network inwards.
        arrow: width of what stands before each step but the first, and after the menu.
        more: width of the menu's button.
        room: for all of them, in the unit of the widths.
    """
    count = len(widths)
    if sum(widths) + arrow * (count - 1) <= room:
        return tuple(range(count))
    behind = more
    fitting = 0
    with_first = 0
    for number in range(count - 1, 0, -1):
        behind += arrow + widths[number]
        fitting += behind <= room
        with_first += behind + widths[0] + arrow <= room
    if with_first > 1:
        return (0, *range(count - with_first, count))
    return tuple(range(count - max(fitting, 1), count))


def group_seen(picture: Picture, seen: Rectangle) -> str:
    """Path of the innermost frame in the middle of what is seen that fills a good part of it.

    '' where there is none, and where all of the network is seen.
    """
    whole = picture.arrangement
    if seen.x <= 0 and seen.y <= 0 and seen.right >= whole.width and seen.bottom >= whole.height:
        return ""
    x, y = seen.x + seen.width / 2, seen.y + seen.height / 2
    found = ""
    for frame in picture.frames_in(Rectangle(x, y, 0, 0)):
        where = picture.rectangle(frame.key)
        if max(where.width / seen.width, where.height / seen.height) >= FILLS:
            found = frame.key.removeprefix(GROUP)
    return found


def _joint(tree: GroupTree, layer_ids: Sequence[str]) -> str:
    """Path of the innermost group around all of them."""
    # Thousands of layers lie in few groups.
    first, *others = dict.fromkeys(tree.home[layer_id] for layer_id in layer_ids)
    around = list(tree.around(first))
    for home in others:
        there = set(tree.around(home))
        around = [path for path in around if path in there]
    return around[0] if around else ""


def _rest(path: str, before: str) -> str:
    return path[len(before) + 1 :] if before and path.startswith(before + ".") else path
