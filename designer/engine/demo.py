"""The demo: the whole way once, on the bundled model and the sample of handwritten digits."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from designer.catalog.actions import freeze_backbone, replace_head
from designer.engine.data import read_folder
from designer.engine.evaluation import evaluate
from designer.engine.export import export_onnx
from designer.engine.opening import open_model
from designer.engine.project_file import ProjectContents, save_project
from designer.engine.samples import make_sample
from designer.engine.training import train
from designer.engine.weights import Weights
from designer.errors import Cancelled, ProjectError
from designer.messages import tr
from designer.progress import Progress
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import ExportedFile, Report, Run

MODEL = "efficientnet_lite0"
SAMPLE = "digits"
VALIDATION = 0.2
OPTIONS = TrainingOptions(epochs=30, batch_size=32, learning_rate=1e-3, optimizer="AdamW", seed=0)


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made.

    Attributes:
        project: the project file.
        exported: the ONNX file, and how well it agrees with torch.
        run: the training run.
        report: on pictures that training has not seen.
        seconds: in all.
    """

    project: Path
    exported: ExportedFile
    run: Run
    report: Report
    seconds: float


def run_demo(folder: Path, progress: Progress) -> DemoResult:
    """Sample, model, new head, frozen backbone, training, evaluation, export, project; all in `folder`.

    Raises:
        DesignerError: a step failed; it says why and what to do.
        Cancelled: the user cancelled.
    """
    began = time.monotonic()
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(
            tr("The demo cannot write to '{folder}'.", folder=folder),
            f"{error.strerror}.",
            tr("Choose another folder with --out."),
        ) from error
    pictures = make_sample(SAMPLE, folder, progress)
    data = read_folder(pictures, VALIDATION, OPTIONS.seed, None, progress)
    opened = open_model(MODEL, "default", OPTIONS.seed, progress)
    network = replace_head(opened.network, data.classes).apply(opened.network)
    network = freeze_backbone(network).apply(network)
    run = replace(train(network, opened.weights, data, OPTIONS, progress), number=1)
    if run.stopped_because == "stopped":
        raise Cancelled
    assert isinstance(run.weights, Weights)
    weights = opened.weights.merged(run.weights)
    report = evaluate(network, weights, data, data.validation, OPTIONS.device, progress)
    assert isinstance(report, Report)
    unseen = [data.pictures[i].path for i in data.validation]
    options = ExportOptions()
    exported = export_onnx(network, weights, folder / f"{SAMPLE}.onnx", options, unseen, progress)
    project = folder / f"{SAMPLE}.netgraft"
    contents = ProjectContents(
        network,
        weights,
        data_folder=data.folder,
        validation_share=VALIDATION,
        split_seed=OPTIONS.seed,
        training_options=OPTIONS,
        export_options=options,
        runs=(run,),
        view={"step": "training"},
    )
    save_project(project, contents, progress)
    return DemoResult(project, exported, run, report, time.monotonic() - began)
