"""Commands on project files: make one, and look into one."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from designer.cli.documents import problem_lines, problems_document
from designer.cli.result import Result, table
from designer.errors import EditError
from designer.messages import count_text, shape_text, tr
from designer.progress import Progress
from designer.session.results import Facts

if TYPE_CHECKING:
    from designer.network.network import Network
    from designer.project import Project


def new(given: Namespace, progress: Progress) -> Result:
    """`netgraft new`: a project file from a pretrained model."""
    from designer.engine.process import prepare
    from designer.engine.project_file import check_saving
    from designer.opening import open_pretrained

    classes = _classes(given.classes)
    # Before any weights are downloaded.
    check_saving(given.output)
    prepare()
    project = open_pretrained(given.model, given.weights, given.seed, progress)
    if given.data is not None:
        data = project.read(given.data, progress=progress)
        if classes is None:
            classes = data.classes
        elif classes not in (len(data.classes), data.classes):
            raise EditError(
                tr("The classes do not match the pictures."),
                tr(
                    "The folder has {count}: {names}.", count=len(data.classes), names=", ".join(data.classes)
                ),
                tr("Leave out --classes, or give the folder's."),
            )
    if classes is not None:
        read = project.session.data
        project.replace_head(classes, multilabel=None if read is None else read.multilabel)
    if given.freeze == "backbone":
        project.freeze_backbone()
    elif given.freeze != "none":
        project.freeze(given.freeze, before=True)
    project.save(given.output, progress=progress)
    return made(project)


def inspect(given: Namespace, progress: Progress) -> Result:
    """`netgraft inspect`: the layers of a project, model or weights file."""
    from designer.engine.shapes import infer
    from designer.opening import network_of

    network = network_of(given.target, progress)
    facts = infer(network)
    layers: list[dict[str, Any]] = [
        {
            "id": layer.id,
            "name": layer.name,
            "kind": layer.kind,
            "group": layer.group,
            "inputs": [None if port is None else port.layer for port in network.inputs[layer.id]],
            "output_shape": _shape(facts, layer.id),
            "parameters": facts.layers[layer.id].parameters if layer.id in facts.layers else 0,
            "frozen": layer.frozen,
            "macs": facts.layers[layer.id].macs if layer.id in facts.layers else 0,
        }
        for layer in network
    ]
    document: dict[str, Any] = {
        "layers": layers,
        "problems": problems_document(facts.problems),
        "parameters": facts.parameters,
        "trainable_parameters": trainable(network, facts),
        "macs": facts.macs,
    }
    rows = [
        (
            row["name"],
            row["kind"],
            ", ".join(network[i].name if i else "-" for i in row["inputs"]),
            shape_text(row["output_shape"]) if row["output_shape"] else "?",
            count_text(row["parameters"]) if row["parameters"] else "",
            tr("frozen") if row["frozen"] else "",
        )
        for row in layers
    ]
    columns = (tr("layer"), tr("kind"), tr("inputs"), tr("output"), tr("parameters"), "")
    summary = tr(
        "{layers} layers, {parameters} parameters, {trainable} of them trainable, {macs} multiplications",
        layers=len(network),
        parameters=count_text(facts.parameters),
        trainable=count_text(document["trainable_parameters"]),
        macs=count_text(facts.macs),
    )
    told = problem_lines(facts.problems)
    return Result(document, (table(columns, rows, right=(4,)), "", summary, *told))


def trainable(network: Network, facts: Facts) -> int:
    """How many parameters training changes."""
    from designer.catalog.actions import frozen_and_trainable

    return frozen_and_trainable(network, facts)[1]


def made(project: Project) -> Result:
    """What is told of a project file that was written."""
    facts = project.facts()
    document: dict[str, Any] = {
        "project": str(project.session.path),
        "layers": len(project.network),
        "connections": len(project.network.connections),
        "parameters": facts.parameters,
        "trainable_parameters": trainable(project.network, facts),
        "head": list(project.head),
        "problems": problems_document(facts.problems),
    }
    text = tr(
        "{project}: {layers} layers, {parameters} parameters, {trainable} of them trainable; head: {head}",
        project=document["project"],
        layers=document["layers"],
        parameters=count_text(document["parameters"]),
        trainable=count_text(document["trainable_parameters"]),
        head=", ".join(document["head"]),
    )
    return Result(document, (text, *problem_lines(facts.problems)))


def _classes(text: str | None) -> int | tuple[str, ...] | None:
    """'10' as a number, 'a,b,c' as names."""
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        return tuple(name.strip() for name in text.split(","))


def _shape(facts: Facts, layer_id: str) -> list[int] | None:
    shapes = facts.layers[layer_id].shapes if layer_id in facts.layers else ()
    return list(shapes[0]) if shapes else None
