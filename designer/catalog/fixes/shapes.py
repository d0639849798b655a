"""Remedies for shapes that do not fit: settings that do, and layers in between that make them fit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from designer.catalog.actions import connect, disconnect, insert, replace_kind, set_settings
from designer.catalog.actions.replacing import refitted
from designer.catalog.actions.shapes import misfit, shape_of, width_of, width_setting
from designer.catalog.actions.texts import short
from designer.catalog.blocks.around import heads
from designer.catalog.blocks.draft import OUTSIDE, Draft
from designer.catalog.fixes.borders import fit_borders
from designer.catalog.fixes.fix import Fix, fix
from designer.catalog.fixes.sizes import each
from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.messages import shape_text, tr
from designer.network.edits import Compound, PutLayers
from designer.network.fragment import Fragment
from designer.network.network import Connection, Layer, Network, Port
from designer.session.results import Facts, Problem

Shape = tuple[int, ...]


def fit_width(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Set the layer to what comes in; or put a layer before it that makes what it takes."""
    layer = network[problem.layer]
    row = KINDS[layer.kind]
    found = _misfitting(network, facts, layer)
    if found is None:
        return
    number, port, shape = found
    into = Connection(port.layer, port.output, layer.id, number)
    wanted = layer.settings.get(width_setting(row))
    if row.key == "Linear" and len(shape) == 3 and wanted is not None:
        yield from _flattened(network, layer, into, shape, wanted)
        return
    given = width_of(row, shape)
    if given is None:
        return
    settings = _of_width(row, layer, given)
    text = tr("Set {name} to {given}", name=width_setting(row).replace("_", " "), given=given)
    yield Fix(text, set_settings(network, (layer.id,), settings))
    made = _adapter(row, shape, wanted) if len(network.inputs[layer.id]) == 1 else None
    if made is not None:
        text = tr("Insert {what} from {given} to {wanted}", what=made.title, given=given, wanted=wanted)
        yield Fix(text, insert(network, into, made))


def fit_rank(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Feed the layer by an earlier value that it takes, flatten, or take the kind for such values."""
    layer = network[problem.layer]
    found = _misfitting(network, facts, layer)
    if found is None:
        return
    number, port, shape = found
    row = KINDS[layer.kind]
    swapped = f"{layer.kind[:-2]}{len(shape) - 1 or 1}d"
    if swapped != layer.kind and swapped in KINDS and len(shape) + 1 in KINDS[swapped].ranks:
        yield fix(replace_kind(network, layer.id, swapped, facts))
    if 2 in row.ranks and len(shape) > 1:
        made = _one("flatten", "Flatten")
        yield Fix(tr("Insert Flatten"), insert(network, Connection(*port, layer.id, number), made))
    earlier = _earlier(network, facts, layer, port)
    if earlier is not None:
        yield fix(connect(network, earlier, layer.id, number))


def fit_last_sizes(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Set the sizes that are normalized to those that come in."""
    layer = network[problem.layer]
    shape = shape_of(facts, _first(network, layer.id))
    if not shape:
        return
    count = len(layer.settings.get("normalized_shape", ())) or 1
    sizes = list(shape[:1] if layer.kind == "LayerNorm2d" else shape[-count:])
    text = tr("Set normalized shape to {sizes}", sizes=shape_text(sizes))
    yield Fix(text, set_settings(network, (layer.id,), {"normalized_shape": sizes}))


def fit_window(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """A window as large as the picture; or without gaps, where that is enough."""
    layer = network[problem.layer]
    shape = shape_of(facts, _first(network, layer.id))
    row = KINDS[layer.kind]
    if not shape:
        return
    held = row.complete(layer.settings)
    sides = row.setting("kernel_size").sides
    window, border = each(held["kernel_size"], sides), each(held.get("padding", 0), sides)
    picture = shape[-sides:]
    fitting = [min(k, s + 2 * p) for k, s, p in zip(window, picture, border, strict=True)]
    settings: dict[str, Any] = {"kernel_size": fitting}
    if row.category == "Pooling" and any(p > k // 2 for k, p in zip(fitting, border, strict=True)):
        # A pooling window is padded by half of it at most.
        settings = {"kernel_size": [min(k, s) for k, s in zip(window, picture, strict=True)], "padding": 0}
    if any(step > 1 for step in each(held.get("dilation", 1), sides)):
        settings["dilation"] = 1
    settings["kernel_size"] = _short(settings["kernel_size"])
    size = each(settings["kernel_size"], sides)
    text = tr("Set the window to {size}", size=shape_text(size))
    yield Fix(text, set_settings(network, (layer.id,), settings))


def fit_join(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Keep the sizes of one of the inputs; or bring one to the other's shape; or do without it."""
    layer = network[problem.layer]
    shapes = {n: shape_of(facts, port) for n, port in enumerate(network.inputs[layer.id])}
    known = {n: shape for n, shape in shapes.items() if shape is not None}
    if len(known) < 2 or 0 not in known:
        return
    number = next((n for n, shape in known.items() if n and misfit(layer, shape, [known[0]])), None)
    if number is None or facts is None:
        return
    yield from fit_borders(network, facts, layer, number)
    for changed, model in ((number, 0), (0, number)):
        port = network.inputs[layer.id][changed]
        made = _bridge(layer, known[changed], known[model])
        if port is None or made is None:
            continue
        edit = insert(network, Connection(port.layer, port.output, layer.id, changed), made)
        # With more than two inputs, one that fits this one may not fit another.
        others = [shape for n, shape in known.items() if n not in (changed, model)]
        if not any(misfit(layer, known[model], [other]) for other in others):
            name = short(network[port.layer].name)
            yield Fix(tr("Bring {name} to {shape}", name=name, shape=shape_text(known[model])), edit)
    port = network.inputs[layer.id][number]
    if port is not None and len(network.inputs[layer.id]) > KINDS[layer.kind].inputs[0]:
        yield fix(disconnect(network, (Connection(port.layer, port.output, layer.id, number),)))


def fit_mixed(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Flatten the one input that has more sizes but as many values; or do without one of the inputs."""
    layer = network[problem.layer]
    ports = network.inputs[layer.id]
    known = {n: shape for n, port in enumerate(ports) if (shape := shape_of(facts, port)) is not None}
    lists = [shape for shape in known.values() if len(shape) == 1]
    longer = [n for n, shape in known.items() if len(shape) > 1]
    if lists and len(longer) == 1 and (math.prod(known[longer[0]]),) == lists[0]:
        port = ports[longer[0]]
        if port is not None:
            edge = Connection(port.layer, port.output, layer.id, longer[0])
            yield Fix(tr("Insert Flatten"), insert(network, edge, _one("flatten", "Flatten")))
    last = ports[-1] if ports else None
    if last is not None and len(ports) > KINDS[layer.kind].inputs[0]:
        yield fix(disconnect(network, (Connection(last.layer, last.output, layer.id, len(ports) - 1),)))


def fit_values(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """All values of a picture in a list, or the shape that comes in."""
    layer = network[problem.layer]
    shape = shape_of(facts, _first(network, layer.id))
    if shape is None:
        return
    values = 1
    for size in shape:
        values *= size
    for sizes in dict.fromkeys(((values,), shape)):
        text = tr("Set shape to {shape}", shape=shape_text((-1, *sizes)))
        yield Fix(text, set_settings(network, (layer.id,), {"shape": [-1, *sizes]}))


def refit(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Settings that go together and fit what comes in, in place of those that cannot be built."""
    layer = network[problem.layer]
    made = refitted(network, layer, facts)
    if made.settings != layer.settings:
        text = tr("Fit the settings of {name}", name=short(layer.name))
        yield Fix(text, PutLayers((made,), text))


def _misfitting(network: Network, facts: Facts | None, layer: Layer) -> tuple[int, Port, Shape] | None:
    """The first input whose shape the layer does not take."""
    for number, port in enumerate(network.inputs[layer.id]):
        shape = shape_of(facts, port)
        if port is not None and shape is not None and misfit(layer, shape, ()):
            return number, port, shape
    return None


def _of_width(row: LayerKind, layer: Layer, given: int) -> Mapping[str, Any]:
    """Settings with which a layer takes so many features, and can still be built."""
    name = width_setting(row)
    found: dict[str, Any] = {name: given}
    old, groups = layer.settings.get(name), layer.settings.get("groups", 1)
    if groups == old and groups > 1:
        # Each channel is convolved apart: so it stays.
        found["groups"] = given
        factor = layer.settings.get(row.output_width, old) // old
        found[row.output_width] = given * max(factor, 1)
    elif groups > 1 and given % groups:
        found["groups"] = 1
    for dividing in ("num_groups", "num_heads"):
        if dividing in layer.settings and given % layer.settings[dividing]:
            found[dividing] = heads(given, 64)
    return found


def _flattened(network: Network, layer: Layer, into: Connection, shape: Shape, wanted: int) -> Iterator[Fix]:
    """What makes a list of features of a feature map for a fully connected layer."""
    values = shape[0] * shape[1] * shape[2]
    pooled = _pooled()
    if values == wanted:
        yield Fix(tr("Insert Flatten"), insert(network, into, _one("flatten", "Flatten")))
        return
    if shape[0] == wanted:
        yield Fix(tr("Insert pooling and Flatten"), insert(network, into, pooled))
        return
    rows = (
        (tr("Insert pooling and Flatten, set in_features to {n}", n=shape[0]), pooled, shape[0]),
        (tr("Insert Flatten, set in_features to {n}", n=values), _one("flatten", "Flatten"), values),
    )
    for text, made, width in rows:
        changed = set_settings(network, (layer.id,), {"in_features": width})
        yield Fix(text, Compound(text, (insert(network, into, made), changed)))


def _adapter(row: LayerKind, shape: Shape, wanted: Any) -> Fragment | None:
    """A layer that gives `wanted` features for a layer of that kind, the rest of the shape kept."""
    if not isinstance(wanted, int):
        return None
    draft = Draft()
    if row.key == "Linear" or row.category == "Attention" or len(shape) == 1:
        settings: dict[str, Any] = {"in_features": shape[-1], "out_features": wanted}
        return draft.done(tr("a linear layer"), draft.put("project", "Linear", settings, OUTSIDE))
    key = {2: "Conv1d", 3: "Conv2d"}.get(len(shape))
    if key is None or key not in KINDS:
        return None
    settings = {"in_channels": shape[0], "out_channels": wanted, "kernel_size": 1}
    return draft.done(tr("a convolution"), draft.put("project", key, settings, OUTSIDE))


def _bridge(layer: Layer, given: Shape, wanted: Shape) -> Fragment | None:
    """Layers that make one shape of another, for a layer that joins them; None where none are known."""
    if len(given) != len(wanted) or not given:
        return None
    along = None
    if layer.kind == "Concat":
        dim = layer.settings.get("dim", 1)
        along = dim - 1 if dim > 0 else len(given) + dim
    target = tuple(g if n == along else w for n, (g, w) in enumerate(zip(given, wanted, strict=True)))
    if len(given) == 1 or (len(given) == 2 and given[0] == target[0]):
        return _adapter(KINDS["Linear"], given, target[-1])
    if len(given) != 3:
        return None
    draft = Draft()
    x = OUTSIDE
    stride = given[1] // target[1] if target[1] else 0
    halved = all(
        -(-g // stride) == t if stride else False for g, t in zip(given[1:], target[1:], strict=True)
    )
    convolved = given[0] != target[0] or (halved and stride > 1)
    if convolved:
        settings: dict[str, Any] = {"in_channels": given[0], "out_channels": target[0], "kernel_size": 1}
        x = draft.put("project", "Conv2d", {**settings, "stride": stride if halved else 1}, x)
    if given[1:] != target[1:] and not halved:
        x = draft.put("resize", "AdaptiveAvgPool2d", {"output_size": _short(list(target[1:]))}, x)
    return draft.done(tr("Projection"), x)


def _earlier(network: Network, facts: Facts | None, layer: Layer, port: Port | None) -> Port | None:
    """The nearest value on the way to an input that the layer takes."""
    for _ in range(len(network)):
        if port is None:
            return None
        shape = shape_of(facts, port)
        if shape is not None and not misfit(layer, shape, ()) and port not in network.inputs[layer.id]:
            return port
        before = network.inputs[port.layer]
        port = before[0] if len(before) == 1 else None
    return None


def _pooled() -> Fragment:
    draft = Draft()
    x = draft.put("pool", "AdaptiveAvgPool2d", {"output_size": 1}, OUTSIDE)
    return draft.done(tr("Pooling and Flatten"), draft.put("flatten", "Flatten", {}, x))


def _one(name: str, key: str) -> Fragment:
    draft = Draft()
    return draft.done(KINDS[key].title, draft.put(name, key, {}, OUTSIDE))


def _first(network: Network, layer_id: str) -> Port | None:
    return next(iter(network.inputs[layer_id]), None)


def _short(sizes: list[int]) -> Any:
    return sizes[0] if len(set(sizes)) == 1 else sizes
