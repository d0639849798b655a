"""What is written on the boxes of the canvas: pure functions of the network and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import is_
from typing import Any

from designer.catalog.actions import freezable
from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.gui.editing.counts import layers_text, parameters_of, parameters_text
from designer.messages import count_text, shape_text, tr
from designer.network.arranging import Sized
from designer.network.groups import GROUP, Box, View
from designer.network.network import Layer, Network
from designer.session.results import Facts

WIDTH = 272.0
"""Width of every box, so that columns are straight."""
TALL, LOW = 70.0, 50.0
"""Heights of a box with three lines of text and with two."""

GROUP_CATEGORY = "group"


@dataclass(frozen=True, slots=True)
class BoxContent:
    """What one box shows.

    Attributes:
        title: name of the layer or path of the group.
        kind: title of the layer kind, or what the group holds.
        settings: those worth seeing, in a few words; may be empty.
        parameters: how many, in words; '' while they are not known, or where there are none.
        shape: of the output; '' while it is not known.
        category: of the kind, or `GROUP_CATEGORY`.
        frozen: every layer in it that could be frozen is, or the layer itself is marked so.
        tick: 'on', 'some' or 'off'; '' when there is nothing to freeze.
        problem: 'error', 'warning' or ''.
        path: of the collapsed group; '' when it is a layer.
        layers: ids of the layers that it stands for.
        mix: categories of the layers in a group with how many there are of each, as first met.
        spoken: all of it in one sentence, for screen readers and the tool tip.
    """

    title: str
    kind: str
    settings: str
    parameters: str
    shape: str
    category: str
    frozen: bool
    tick: str
    problem: str
    path: str
    layers: tuple[str, ...]
    spoken: str
    mix: tuple[tuple[str, int], ...] = ()


def kind_of(layer: Layer) -> LayerKind | None:
    """The layer's row in the table of kinds; None when this version does not know the kind."""
    return KINDS.get(layer.kind)


def title_of(layer: Layer, frame: str) -> str:
    """The layer's name; what the frame around it says already is left out."""
    return shortened(layer.name, frame)


def shortened(path: str, frame: str) -> str:
    """What of a path the frame around it does not say. A number alone tells nothing: what it counts stays."""
    if not frame or not path.startswith(frame + "."):
        return path
    parts = path.split(".")
    start = frame.count(".") + 1
    while start > 0 and not parts[start][:1].isalpha():
        start -= 1
    return ".".join(parts[start:])


def clipped(text: str, most: int = 28) -> str:
    """A text on one line, of at most so many letters, its middle left out."""
    text = " ".join(text.split())
    half = (most - 1) // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"


def settings_text(layer: Layer) -> str:
    """The settings worth seeing, such as '3×3, 64, stride 2'."""
    row = kind_of(layer)
    if row is None:
        return ""
    parts = []
    for name in row.summary:
        setting = next((s for s in row.settings if s.name == name), None)
        default = None if setting is None or setting.required else setting.default
        value = layer.settings.get(name, default)
        text = _setting_text(name, value, row)
        if text:
            parts.append(text)
    return ", ".join(parts)


def value_text(value: Any) -> str:
    """A setting's value as it is read: sizes as '3 × 3'."""
    if isinstance(value, list | tuple):
        return " × ".join(str(part) for part in value)
    if value is None or isinstance(value, bool):
        return tr("none") if value is None else tr("yes") if value else tr("no")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _setting_text(name: str, value: Any, row: LayerKind) -> str:
    if value is None:
        return ""
    if name == "stride":
        sides = value if isinstance(value, list | tuple) else [value]
        return "" if set(sides) == {1} else tr("stride {size}", size=value_text(sides[0]))
    if name == "kernel_size":
        sides = value if isinstance(value, list | tuple) else [value, value]
        return "×".join(str(side) for side in sides)
    if name in (row.output_width, "shape", "normalized_shape", "embed_dim", "output_size"):
        return value_text(value)
    return f"{_WORDS.get(name, name.replace('_', ' '))} {value_text(value)}"


_WORDS = {"num_heads": "heads", "window_size": "window", "dim0": "dim", "dim1": "and", "p": "p ="}


def output_text(layer_ids: Iterable[str], facts: Facts | None) -> str:
    """The shape of the last of these layers' first output, '' while it is not known."""
    last = None
    for layer_id in layer_ids:
        last = layer_id
    known = facts.layers.get(last) if facts is not None and last is not None else None
    return shape_text(known.shapes[0]) if known is not None and known.shapes else ""


def figure_text(count: int | None) -> str:
    """A number of parameters as a box shows it; '' while it is not known, and for none."""
    if not count:
        return ""
    return tr("1 param") if count == 1 else tr("{count} params", count=count_text(count))


def tick_of(layers: Iterable[Layer]) -> str:
    """'on' when all of the layers that can be frozen are, 'some', 'off', or '' when none can be."""
    # One of each sort tells of all, and there may be ten thousand.
    sorts = {(layer.kind, layer.frozen): layer for layer in layers}.values()
    marks = {layer.frozen for layer in sorts if kind_of(layer) is not None and freezable(layer)}
    if not marks:
        return ""
    return "some" if len(marks) == 2 else "on" if True in marks else "off"


def layer_content(
    layer: Layer, frame: str, facts: Facts | None, problem: str, before: BoxContent | None = None
) -> BoxContent:
    """The content of a layer's box; `frame` is the path of the group that it stands in.

    `before` is what was made of the same layer in the same frame with other facts: what does not hang on
    those is taken over.
    """
    if before is None:
        row = kind_of(layer)
        kind, settings = layer.kind if row is None else row.title, settings_text(layer)
        title, tick = title_of(layer, frame), tick_of([layer])
        category = "Shape" if row is None else row.category
    else:
        kind, settings, title, tick = before.kind, before.settings, before.title, before.tick
        category = before.category
    shape = output_text((layer.id,), facts)
    said = [f"{kind} {layer.name}", spoken_shape(shape), tr("frozen") if layer.frozen and tick else ""]
    return BoxContent(
        title=title,
        kind=kind,
        settings=settings,
        parameters=figure_text(parameters_of((layer.id,), facts)),
        shape=shape,
        category=category,
        frozen=layer.frozen,
        tick=tick,
        problem=problem,
        path="",
        layers=(layer.id,),
        spoken=", ".join([*(part for part in said if part), *_spoken_problem(problem)]),
    )


def group_content(network: Network, box: Box, facts: Facts | None, problem: str) -> BoxContent:
    """The content of a collapsed group's box."""
    path, layer_ids = box.group, box.layers
    tick = tick_of(network.layers[layer_id] for layer_id in layer_ids)
    count = layers_text(len(layer_ids))
    values = parameters_of(layer_ids, facts)
    parameters = parameters_text(values)
    shape = output_text(layer_ids, facts)
    frozen = {"on": tr("frozen"), "some": tr("partly frozen")}.get(tick, "")
    said = [tr("Group {path}", path=path), count, parameters, spoken_shape(shape), frozen]
    return BoxContent(
        title=shortened(path, box.frame),
        kind=count,
        settings="",
        parameters=figure_text(values),
        shape=shape,
        category=GROUP_CATEGORY,
        frozen=tick == "on",
        tick=tick,
        problem=problem,
        path=path,
        layers=layer_ids,
        spoken=", ".join([*(part for part in said if part), *_spoken_problem(problem)]),
        mix=_mix(network, layer_ids),
    )


def _mix(network: Network, layer_ids: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for layer_id in layer_ids:
        row = kind_of(network.layers[layer_id])
        category = "Shape" if row is None else row.category
        counts[category] = counts.get(category, 0) + 1
    return tuple(counts.items())


def spoken_shape(shape: str) -> str:
    """A shape as it is read aloud: '64 by 56 by 56'."""
    return shape.replace(" × ", tr(" by "))


def _spoken_problem(problem: str) -> list[str]:
    return [{"error": tr("with a problem"), "warning": tr("with a warning")}[problem]] if problem else []


@dataclass(frozen=True, slots=True)
class Known:
    """Contents of a view's boxes, and of what they were made: what is the same is not made again."""

    network: Network
    facts: Facts | None
    contents: Mapping[str, BoxContent]

    def still(self, network: Network, box: Box, facts: Facts | None, problem: str) -> BoxContent | None:
        """The box's content, if it would be the same now."""
        content = self.contents.get(box.key)
        if content is None or content.problem != problem:
            return None
        ids = box.layers
        # Iterators of C: a box may hold ten thousand layers, and all are asked after each edit.
        if not all(map(is_, map(network.layers.get, ids), map(self.network.layers.get, ids))):
            return None
        if facts is not self.facts:
            now = facts.layers if facts is not None else {}
            then = self.facts.layers if self.facts is not None else {}
            # A list compares what is the same object without asking for its value.
            if list(map(now.get, ids)) != list(map(then.get, ids)):
                return None
        return content


def contents_of(
    network: Network, view: View, facts: Facts | None, known: Known | None = None
) -> dict[str, BoxContent]:
    """The content of every box of a view, by key; `known` are those of the same view made before."""
    worst: dict[str, str] = {}
    for problem in facts.problems if facts is not None else ():
        if problem.layer in view.shown:
            key = view.shown[problem.layer]
            worst[key] = "error" if "error" in (problem.severity, worst.get(key)) else problem.severity
    found: dict[str, BoxContent] = {}
    for box in view.boxes:
        same = known.still(network, box, facts, worst.get(box.key, "")) if known is not None else None
        found[box.key] = same if same is not None else _content(network, box, facts, worst, known)
    return found


def _content(
    network: Network, box: Box, facts: Facts | None, worst: Mapping[str, str], known: Known | None
) -> BoxContent:
    problem = worst.get(box.key, "")
    if box.group:
        return group_content(network, box, facts, problem)
    layer = network.layers[box.key]
    unchanged = known is not None and known.network.layers.get(box.key) is layer
    before = known.contents.get(box.key) if known is not None and unchanged else None
    return layer_content(layer, box.frame, facts, problem, before)


def sizes_of(network: Network, view: View) -> tuple[Sized, ...]:
    """The boxes and frames of a view for the arranging. Sizes depend on the network alone, so that
    nothing moves once shapes are known.
    """
    around = {path: GROUP + path if path else "" for path in {"", *(frame.path for frame in view.frames)}}
    frames = [Sized(frame.key, frame=around[frame.frame], is_frame=True) for frame in view.frames]
    boxes = [Sized(box.key, WIDTH, _height(network, box), around[box.frame]) for box in view.boxes]
    return (*frames, *boxes)


def _height(network: Network, box: Box) -> float:
    if box.group:
        return TALL
    layer = network.layers[box.key]
    row = kind_of(layer)
    return LOW if row is None or not row.summary else TALL
