"""What is wrong with a network's structure: ends, empty inputs, layers that lead nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.errors import EditError
from designer.messages import shape_text, tr
from designer.network.network import Layer, Network
from designer.session.results import Problem


def structural_problems(network: Network) -> Iterator[Problem]:
    """Problems that are seen without running a layer."""
    for key, title in (("Input", tr("inputs")), ("Output", tr("outputs"))):
        count = len(network.of_kind(key))
        if count != 1:
            yield _error(
                "",
                tr("The network has {count} {what}.", count=count, what=title),
                tr("It needs exactly one: add or delete a layer."),
            )
    for layer in network:
        row = KINDS.get(layer.kind)
        if row is not None:
            yield from _input_problems(network, layer, row)
    yield from _dead_ends(network)
    yield from _preprocessing(network)


def _input_problems(network: Network, layer: Layer, row: LayerKind) -> Iterator[Problem]:
    ports = network.inputs[layer.id]
    least, most = row.inputs
    if len(ports) < least or (most is not None and len(ports) > most):
        wanted = str(least) if least == most else tr("{least} or more", least=least)
        yield _error(
            layer.id,
            tr(
                "Layer '{name}' has {count} inputs; it takes {wanted}.",
                name=layer.name,
                count=len(ports),
                wanted=wanted,
            ),
            tr("Change its inputs."),
        )
    for number, port in enumerate(ports, 1):
        if port is None:
            what = tr("Input {n} of layer '{name}' is empty.", n=number, name=layer.name)
            yield _error(layer.id, what, tr("Connect it, or delete the layer."))
        elif port.output >= _outputs(network[port.layer]):
            what = tr(
                "Layer '{name}' reads output {n} of '{source}', which it does not have.",
                name=layer.name,
                n=port.output + 1,
                source=network[port.layer].name,
            )
            yield _error(layer.id, what, tr("Connect it to another output."))


def _outputs(layer: Layer) -> int:
    row = KINDS.get(layer.kind)
    if row is None:
        return 1
    try:
        return row.output_count(row.complete(layer.settings))
    except EditError:
        # Told where the layer is built; its outputs are then not judged.
        return 1_000_000


def _dead_ends(network: Network) -> Iterator[Problem]:
    ends = [layer.id for layer in network.of_kind("Output", "AuxiliaryOutput")]
    if not network.of_kind("Output"):
        return
    used = network.ancestors(ends)
    for layer in network:
        if layer.id not in used and layer.kind != "Input":
            what = tr("Layer '{name}' leads to no output and is not used.", name=layer.name)
            yield Problem("warning", layer.id, f"{what} {tr('Connect what it gives, or delete it.')}")
    main = network.ancestors([network.of_kind("Output")[0].id])
    inputs = network.of_kind("Input")
    if inputs and not any(layer.id in main for layer in inputs):
        yield _error("", tr("The pictures do not reach the output."), tr("Connect the layers between them."))


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
        yield Problem("warning", inputs[0].id, f"{what} {tr('Set both to the same size.')}")


def output_problems(
    network: Network, shapes: Mapping[str, tuple[int, ...]], followed: Collection[str]
) -> Iterator[Problem]:
    """Outputs that are not one number for each class.

    Args:
        network: the network.
        shapes: shape of what each layer gives, without the batch, by layer id.
        followed: ids of layers that give one entry for each picture.
    """
    for layer in network.of_kind("Output", "AuxiliaryOutput"):
        if layer.id not in shapes:
            continue
        shape = shapes[layer.id]
        if layer.id not in followed:
            yield _error(
                layer.id,
                tr("'{name}' does not give one answer for each picture.", name=layer.name),
                tr("Keep the pictures in the first dimension on the way to it."),
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
            )


def _error(layer_id: str, what: str, remedy: str) -> Problem:
    return Problem("error", layer_id, f"{what} {remedy}")
