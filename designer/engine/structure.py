"""What is wrong with a network's structure: ends, empty inputs, cycles, layers that lead nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from designer.catalog.checking import all_frozen
from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.errors import EditError, NetworkError
from designer.messages import shape_text, tr
from designer.network.network import Layer, Network
from designer.session import problems as codes
from designer.session.results import Problem

_ENDS = ("Output", "AuxiliaryOutput")


def used_layers(network: Network) -> frozenset[str]:
    """Ids of the layers that lead to an output, and of the inputs; all where there is no output."""
    if not network.of_kind("Output"):
        return frozenset(network.layers)
    ends = network.of_kind(*_ENDS)
    return network.ancestors(layer.id for layer in (*ends, *network.of_kind("Input")))


def structural_problems(network: Network, used: Collection[str]) -> Iterator[Problem]:
    """Problems that are seen without running a layer. `used`: see `used_layers`."""
    yield from _ends(network)
    try:
        _ = network.order
    except NetworkError as error:
        yield Problem("error", network.ring[0], str(error), codes.CYCLE)
    for layer in network:
        row = KINDS.get(layer.kind)
        if row is not None:
            severity = "error" if layer.id in used else "warning"
            yield from _input_problems(network, layer, row, severity)
            if row.onnx and layer.id in used:
                yield _no_onnx(layer, row)
    yield from _dead_ends(network, used)
    yield from _preprocessing(network)
    frozen = all_frozen(network)
    if frozen is not None:
        yield frozen


def _ends(network: Network) -> Iterator[Problem]:
    rows = (
        ("Input", tr("inputs"), codes.NO_INPUT, codes.SEVERAL_INPUTS),
        ("Output", tr("outputs"), codes.NO_OUTPUT, codes.SEVERAL_OUTPUTS),
    )
    for key, title, none, several in rows:
        there = network.of_kind(key)
        what = tr("The network has {count} {what}.", count=len(there), what=title)
        if not there:
            yield _error("", what, tr("It needs exactly one: add a layer."), none)
        elif len(there) > 1:
            names = ", ".join(f"'{layer.name}'" for layer in there[:4])
            what = f"{what} {tr('They are: {names}.', names=names)}"
            yield _error(there[1].id, what, tr("It needs exactly one: delete the others."), several)


def _input_problems(network: Network, layer: Layer, row: LayerKind, severity: str) -> Iterator[Problem]:
    ports = network.inputs[layer.id]
    least, most = row.inputs
    if len(ports) < least or (most is not None and len(ports) > most):
        wanted = str(least) if least == most else tr("{least} or more", least=least)
        what = tr(
            "Layer '{name}' has {count} inputs; it takes {wanted}.",
            name=layer.name,
            count=len(ports),
            wanted=wanted,
        )
        code = codes.FEW_INPUTS if len(ports) < least else codes.MANY_INPUTS
        yield Problem(severity, layer.id, f"{what} {tr('Change its inputs.')}", code)
    for number, port in enumerate(ports, 1):
        if port is None:
            what = tr("Input {n} of layer '{name}' is empty.", n=number, name=layer.name)
            text = f"{what} {tr('Connect it, or delete the layer.')}"
            yield Problem(severity, layer.id, text, codes.EMPTY_INPUT)
        elif network[port.layer].kind in _ENDS:
            what = tr(
                "Layer '{name}' is fed by '{source}', which gives the answer out.",
                name=layer.name,
                source=network[port.layer].name,
            )
            text = f"{what} {tr('Connect it to the layer before that.')}"
            yield Problem("warning", layer.id, text, codes.AFTER_END)
        elif port.output >= _outputs(network[port.layer]):
            what = tr(
                "Layer '{name}' reads output {n} of '{source}', which it does not have.",
                name=layer.name,
                n=port.output + 1,
                source=network[port.layer].name,
            )
            text = f"{what} {tr('Connect it to another output.')}"
            yield Problem(severity, layer.id, text, codes.NO_SUCH_OUTPUT)


def _outputs(layer: Layer) -> int:
    row = KINDS.get(layer.kind)
    if row is None:
        return 1
    if isinstance(row.outputs, int):
        return row.outputs
    try:
        return row.output_count(row.complete(layer.settings))
    except EditError:
        # Told where the layer is built; its outputs are then not judged.
        return 1_000_000


def _no_onnx(layer: Layer, row: LayerKind) -> Problem:
    what = tr("Layer '{name}' ({kind}) cannot be exported to ONNX.", name=layer.name, kind=row.title)
    remedy = tr("Replace it before exporting.")
    return Problem("warning", layer.id, f"{what} {row.onnx} {remedy}", codes.ONNX)


def _dead_ends(network: Network, used: Collection[str]) -> Iterator[Problem]:
    outputs = network.of_kind("Output")
    if not outputs:
        return
    for layer in network:
        if layer.id not in used:
            what = tr("Layer '{name}' leads to no output and is not used.", name=layer.name)
            text = f"{what} {tr('Connect what it gives, or delete it.')}"
            yield Problem("warning", layer.id, text, codes.UNUSED)
    main = network.ancestors([outputs[0].id])
    inputs = network.of_kind("Input")
    if inputs and not any(layer.id in main for layer in inputs):
        what = tr("The pictures do not reach the output.")
        yield _error(outputs[0].id, what, tr("Connect the layers between them."), codes.CUT_OFF)


def _preprocessing(network: Network) -> Iterator[Problem]:
    inputs = network.of_kind("Input")
    crop = network.preprocessing.crop
    shape = list(inputs[0].settings.get("shape", ())) if len(inputs) == 1 else []
    if len(shape) == 3 and shape != [3, crop, crop]:
        what = tr(
            "The input expects {shape} but pictures are made {given}.",
            shape=shape_text(shape),
            given=shape_text((3, crop, crop)),
        )
        text = f"{what} {tr('Set both to the same size.')}"
        yield Problem("warning", inputs[0].id, text, codes.PICTURE_SIZE)


def output_problems(
    network: Network, shapes: Mapping[str, tuple[int, ...]], followed: Collection[str]
) -> Iterator[Problem]:
    """Outputs that are not one number for each class.

    Args:
        network: the network.
        shapes: shape of what each layer gives, without the batch, by layer id.
        followed: ids of layers that give one entry for each picture.
    """
    for layer in network.of_kind(*_ENDS):
        if layer.id not in shapes:
            continue
        shape = shapes[layer.id]
        if layer.id not in followed:
            yield _error(
                layer.id,
                tr("'{name}' does not give one answer for each picture.", name=layer.name),
                tr("Keep the pictures in the first dimension on the way to it."),
                codes.ANSWERS,
            )
        elif len(shape) != 1:
            yield _error(
                layer.id,
                tr(
                    "'{name}' gives {shape} for each picture, not one number for each class.",
                    name=layer.name,
                    shape=shape_text(shape),
                ),
                tr("Put pooling, Flatten and a Linear layer before it."),
                codes.ANSWER_SHAPE,
            )
        elif network.classes and shape[0] != len(network.classes):
            yield _error(
                layer.id,
                tr(
                    "'{name}' gives {width} numbers but there are {count} classes.",
                    name=layer.name,
                    width=shape[0],
                    count=len(network.classes),
                ),
                tr("Replace the head for {count} classes.", count=len(network.classes)),
                codes.CLASSES,
            )


def _error(layer_id: str, what: str, remedy: str, code: str) -> Problem:
    return Problem("error", layer_id, f"{what} {remedy}", code)
