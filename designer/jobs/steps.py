"""The steps as functions that a job runs: each takes its arguments and imports the engine inside."""

from __future__ import annotations

import atexit
import gc
import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from designer.messages import tr
from designer.network.network import Network
from designer.progress import DeviceNews, Progress, StepNews
from designer.session.data import ImageData
from designer.session.label_report import LabelReport
from designer.session.options import ExportOptions
from designer.session.results import ExportedFile, Facts, Prediction, Report

if TYPE_CHECKING:
    from designer.engine.opening import Opened
    from designer.engine.weights import Weights
    from designer.network.arranging import Arrangement, Sized, Wishes


COLLECTED_AFTER = (10_000, 10, 10)
"""New objects before Python looks for cycles among them; looks before it looks further, and at all."""


def warm_up(load_more: Callable[[], object]) -> Callable[[Progress], DeviceNews]:
    """Load torch, report and return where training would run, and load what opening needs.

    Args:
        load_more: loads what is needed next, when torch is there.
    """

    def step(progress: Progress) -> DeviceNews:
        progress.report(StepNews(tr("Loading torch ...")))
        collecting = gc.isenabled()
        # While its 400,000 objects are made, looking through them again and again finds no cycles.
        gc.disable()
        try:
            where = _load_torch(progress)
            load_more()
        finally:
            if collecting:
                gc.enable()
        # They stay for good: looking through them again for cycles takes a third of a second each time, in
        # which the window would not answer.
        gc.freeze()
        # Opening ten thousand layers makes half a million objects: as Python is set, that is a look
        # through all that is there for every 70,000 of them.
        gc.set_threshold(*COLLECTED_AFTER)
        atexit.register(gc.unfreeze)
        return where

    return step


def _load_torch(progress: Progress) -> DeviceNews:
    from designer.engine.process import load_libraries

    load_libraries()
    from designer.engine.devices import choose

    chosen = choose("auto")
    where = DeviceNews(chosen.title, chosen.reason)
    progress.report(where)
    # Loading torchvision takes as long again; the first model opens the sooner for it.
    for name in ("designer.engine.opening", "designer.engine.shapes", "torchvision.models"):
        importlib.import_module(name)
    return where


def open_model(model_id: str, weights: str = "default", seed: int = 0) -> Callable[[Progress], Opened]:
    """Open a pretrained model: `weights` 'default', 'none', or a path. Raises OpeningError."""

    def step(progress: Progress) -> Opened:
        from designer.engine.opening import open_model

        return open_model(model_id, weights, seed, progress)

    return step


def download_weights(model_id: str) -> Callable[[Progress], Path]:
    """Download the weights of a pretrained model into the cache. Raises DownloadError."""

    def step(progress: Progress) -> Path:
        from designer.catalog.models import model
        from designer.engine.downloading import download_weights

        return download_weights(model(model_id), progress)

    return step


def read_folder(
    folder: Path, validation: float = 0.2, seed: int = 0, validation_folder: Path | None = None
) -> Callable[[Progress], ImageData]:
    """Read a folder of pictures of known classes. Raises DataError."""

    def step(progress: Progress) -> ImageData:
        from designer.engine.data import read_folder

        return read_folder(folder, validation, seed, validation_folder, progress)

    return step


def resplit(data: ImageData, validation: float, seed: int) -> Callable[[Progress], ImageData]:
    """Split the pictures anew, without reading the files again."""

    def step(progress: Progress) -> ImageData:
        from designer.engine.data import resplit

        return resplit(data, validation, seed)

    return step


def infer_facts(network: Network) -> Callable[[Progress], Facts]:
    """Infer shapes, parameter counts and problems of a network."""

    def step(progress: Progress) -> Facts:
        from designer.engine.shapes import infer

        return infer(network)

    return step


def measure_times(
    network: Network, weights: object, batch_size: int = 1, device: str = "auto"
) -> Callable[[Progress], Mapping[str, float]]:
    """Seconds that each layer takes for a batch, by layer id. Raises NetworkError, TrainingError."""

    def step(progress: Progress) -> Mapping[str, float]:
        from designer.engine.timing import measure_times

        return measure_times(network, _weights(weights), batch_size, device, progress)

    return step


def arrange(
    boxes: Sequence[Sized], edges: Sequence[tuple[str, str]], wishes: Wishes
) -> Callable[[Progress], Arrangement]:
    """Lay out the boxes of a view of a network, and route its edges."""

    def step(progress: Progress) -> Arrangement:
        from designer.network.arranging import arrange

        return arrange(boxes, edges, wishes)

    return step


def misfits(network: Network, weights: object) -> Callable[[Progress], tuple[tuple[str, str], ...]]:
    """Ids of the layers whose weights no longer fit their settings, each with the reason."""

    def step(progress: Progress) -> tuple[tuple[str, str], ...]:
        from designer.engine.building import misfits

        return tuple((misfit.layer, misfit.reason) for misfit in misfits(network, _weights(weights)))

    return step


def evaluate(
    network: Network,
    weights: object,
    data: ImageData,
    indices: tuple[int, ...] | None = None,
    device: str = "auto",
) -> Callable[[Progress], Report | LabelReport]:
    """Evaluate on the pictures at `indices`, the validation pictures when None."""

    def step(progress: Progress) -> Report | LabelReport:
        from designer.engine.evaluation import evaluate

        return evaluate(network, _weights(weights), data, indices, device, progress)

    return step


def predict(
    network: Network, weights: object, paths: Sequence[Path], top: int = 5, device: str = "auto"
) -> Callable[[Progress], tuple[Prediction, ...]]:
    """The most probable classes of some pictures."""

    def step(progress: Progress) -> tuple[Prediction, ...]:
        from designer.engine.prediction import predict

        return predict(network, _weights(weights), paths, top, device, progress)

    return step


def export(
    network: Network, weights: object, path: Path, options: ExportOptions, pictures: Sequence[Path]
) -> Callable[[Progress], ExportedFile]:
    """Write an ONNX file and compare it with torch on `pictures`. Raises ExportError."""

    def step(progress: Progress) -> ExportedFile:
        from designer.engine.export import export_onnx

        return export_onnx(network, _weights(weights), path, options, pictures, progress)

    return step


def _weights(value: object) -> Weights:
    from designer.engine.weights import Weights

    if not isinstance(value, Weights):
        raise TypeError(f"these are not weights: {type(value).__name__}")
    return value
