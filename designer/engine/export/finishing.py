"""The last touch on an exported file: what it is, what goes in and comes out, and one file of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import onnx

from designer import __version__
from designer.engine.export.exporters import BATCH, INPUT, OUTPUT
from designer.errors import ExportError
from designer.messages import tr
from designer.network.network import Network
from designer.session.options import ExportOptions
from designer.session.results import ExportedFile, Parity


def data_file(path: Path) -> Path:
    """Where the weights of an ONNX file of more than 2 GB lie."""
    return path.with_name(f"{path.name}.data")


def metadata(network: Network, options: ExportOptions) -> dict[str, str]:
    """What a file says of itself, under `metadata_props`; texts or JSON.

    Keys: 'network' its name; 'labels' a JSON list in the order of the scores; 'preprocessing' a JSON
    object with the recipe, whose 'input' says which values `pictures` takes: 'normalized', or
    'pixels' (0..255, scaled and normalized inside); 'netgraft_version'. Where a picture may show several
    classes also 'multilabel', which is 'true': probabilities are the sigmoid of each score.
    """
    recipe = network.preprocessing.to_json()
    recipe["channels"] = "RGB"
    recipe["input"] = "pixels" if options.embed_preprocessing else "normalized"
    return {
        "network": network.name,
        "labels": json.dumps(list(network.classes), ensure_ascii=False),
        "preprocessing": json.dumps(recipe),
        "netgraft_version": __version__,
        **({"multilabel": "true"} if network.multilabel else {}),
    }


def finish(
    raw: Path, file: Path, network: Network, options: ExportOptions, classes: int, large: bool
) -> ExportedFile:
    """Write `file` from what an exporter left at `raw`, checked by onnx.

    Exporter and parity of the result are still empty.

    Raises:
        ExportError: the raw file is not what was asked for, or not valid.
        OSError: the file cannot be written.
    """
    model = onnx.load(str(raw), load_external_data=not large)
    opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)
    if options.opset is not None and opset != options.opset:
        raise ExportError(
            tr("The exporter wrote opset {its}, not {wanted}.", its=opset, wanted=options.opset)
        )
    _name_batch(model, classes)
    del model.metadata_props[:]
    for key, text in metadata(network, options).items():
        model.metadata_props.add(key=key, value=text)
    if large:
        _save_apart(model, raw, file)
    else:
        onnx.save_model(model, str(file))
    try:
        onnx.checker.check_model(str(file))
    except onnx.checker.ValidationError as error:
        reason = str(error).strip().splitlines()[0]
        raise ExportError(tr("The exporter wrote a file that is not valid."), reason) from error
    nothing = Parity(0, (), 0.0, 0.0, 0.0)
    return ExportedFile(file, int(opset), int(model.ir_version), "", file.stat().st_size, nothing)


def _save_apart(model: onnx.ModelProto, raw: Path, file: Path) -> None:
    """Save a model whose weights lie in one data file beside it, moved there if they already do."""
    places = {
        entry.value
        for tensor in model.graph.initializer
        for entry in tensor.external_data
        if entry.key == "location"
    }
    if places == {data_file(file).name}:
        os.replace(data_file(raw), data_file(file))
        onnx.save_model(model, str(file))
        return
    onnx.load_external_data_for_model(model, str(raw.parent))
    name = data_file(file).name
    onnx.save_model(model, str(file), save_as_external_data=True, all_tensors_to_one_file=True, location=name)


def _name_batch(model: onnx.ModelProto, classes: int) -> None:
    """Say that both ends have the same free batch, and that there is a score for each class."""
    inputs = [value.name for value in model.graph.input]
    outputs = [value.name for value in model.graph.output]
    if inputs != [INPUT] or outputs != [OUTPUT]:
        raise ExportError(tr("The exporter wrote inputs {names}.", names=", ".join([*inputs, *outputs])))
    sizes = model.graph.input[0].type.tensor_type.shape.dim
    if not sizes[0].dim_param:
        raise ExportError(tr("The exporter fixed the batch at {size}.", size=sizes[0].dim_value))
    sizes[0].dim_param = BATCH
    answer = model.graph.output[0].type.tensor_type
    elem_type = answer.elem_type
    answer.CopyFrom(onnx.helper.make_tensor_type_proto(elem_type, [BATCH, classes]).tensor_type)
