"""Making the file: build the module, let one exporter after the other try, keep what is proved."""

from __future__ import annotations

import contextlib
import gc
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from designer.engine.export.comparing import Comparison, compare, reference
from designer.engine.export.exporters import EXPORTERS, Exporter
from designer.engine.export.finishing import data_file, finish
from designer.engine.process import give_back_memory
from designer.errors import ExportError
from designer.messages import tr
from designer.network.network import Network
from designer.network.preprocessing import Preprocessing
from designer.progress import Progress, StepNews
from designer.session.options import ExportOptions
from designer.session.results import ExportedFile

SINGLE_FILE = 2**31 - 2**24
"""Bytes of weights that one ONNX file can hold: protobuf ends at 2 GiB, and the graph needs room."""


class Pixels(nn.Module):
    """A network with scaling and normalization before it, as its preprocessing says."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, preprocessing: Preprocessing) -> None:
        super().__init__()
        self.network = network
        for name in ("mean", "std"):
            values = torch.tensor(getattr(preprocessing, name)).view(1, 3, 1, 1)
            self.register_buffer(name, values, persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Shape: (N, 3, H, W), values 0..255, to (N, classes)."""
        scores: Tensor = self.network((pictures / 255.0 - self.mean) / self.std)
        return scores


def produce(
    network: Network,
    make: Callable[[], nn.Module],
    file: Path,
    options: ExportOptions,
    pictures: Sequence[Path],
    progress: Progress,
) -> ExportedFile:
    """Make `file`, whose folder is empty but for what this leaves: the proved file, or nothing.

    Of torch's two exporters the quicker goes first. Where it fails or makes a file that differs, the
    other one has its turn. `make` gives the network's module in evaluation mode; it is asked anew
    for each exporter, so that the weights are not in memory twice while the file is checked.

    Raises:
        ExportError: neither exporter made a file that agrees with torch.
        NetworkError: the network cannot be built or run.
        DataError: a picture cannot be read.
    """
    exporters = _able(options.opset)
    progress.report(StepNews(tr("Building the network"), 0.05))
    first = _module(network, make, options)
    large = _bytes(first) > SINGLE_FILE
    if large:
        exporters.sort(key=lambda exporter: not exporter.lean)
    module: nn.Module | None = first
    progress.report(StepNews(tr("Asking torch"), 0.1))
    comparison = reference(first, network, options, pictures, progress)
    del first
    _check_scores(network, comparison)
    reasons = []
    for number, exporter in enumerate(exporters):
        progress.raise_if_cancelled()
        done = 0.2 + 0.3 * number
        progress.report(StepNews(tr("Exporting with torch's {name} exporter", name=exporter.name), done))
        module = module or _module(network, make, options)
        try:
            with _tidy(file):
                _export(exporter, module, file, options, comparison, large)
                module = None
                gc.collect()
                give_back_memory()
                return _prove(exporter, network, file, options, comparison, large, progress)
        except ExportError as error:
            reasons.append(f"{exporter.name}: {error.why or error.what}")
            module = None
    raise ExportError(
        tr("The network could not be exported."),
        " ".join(reasons),
        tr("Choose another opset, or replace the layers that are named."),
    )


def _module(network: Network, make: Callable[[], nn.Module], options: ExportOptions) -> nn.Module:
    module = make().requires_grad_(False)
    return Pixels(module, network.preprocessing).eval() if options.embed_preprocessing else module


def _bytes(module: nn.Module) -> int:
    return sum(int(t.numel()) * t.element_size() for t in module.state_dict().values())


def _raw(file: Path) -> Path:
    """Where an exporter writes: under the file's own name, by which a data file is named too."""
    return file.parent / "raw" / file.name


def _export(
    exporter: Exporter,
    module: nn.Module,
    file: Path,
    options: ExportOptions,
    comparison: Comparison,
    large: bool,
) -> None:
    _raw(file).parent.mkdir()
    # Traced with two pictures at least: with one, a size of 1 would be taken for fixed.
    exporter.export(module, comparison.example, _raw(file), options.opset, large)


def _prove(
    exporter: Exporter,
    network: Network,
    file: Path,
    options: ExportOptions,
    comparison: Comparison,
    large: bool,
    progress: Progress,
) -> ExportedFile:
    """Finish what an exporter wrote, and hold it against torch."""
    progress.raise_if_cancelled()
    made = finish(_raw(file), file, network, options, comparison.classes, large)
    shutil.rmtree(_raw(file).parent)
    give_back_memory()
    progress.raise_if_cancelled()
    progress.report(StepNews(tr("Comparing with torch"), 0.8))
    return replace(made, exporter=exporter.name, parity=compare(file, comparison, progress))


@contextlib.contextmanager
def _tidy(file: Path) -> Iterator[None]:
    """Leave nothing in the file's folder when making it fails; a disk that is full is an ExportError."""
    try:
        yield
    except BaseException as error:
        shutil.rmtree(_raw(file).parent, ignore_errors=True)
        for left in (file, data_file(file)):
            left.unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = f"{error.strerror or error}."
            remedy = tr("Make room on the disk.")
            raise ExportError(tr("The file could not be written."), reason, remedy) from error
        raise


def _able(opset: int | None) -> list[Exporter]:
    """The exporters that write this opset, in the order in which they are tried."""
    able = [e for e in EXPORTERS if opset is None or e.least <= opset <= e.most]
    if not able:
        low, high = min(e.least for e in EXPORTERS), max(e.most for e in EXPORTERS)
        raise ExportError(
            tr("Opset {opset} cannot be written.", opset=opset),
            tr("torch writes opsets {low} to {high}.", low=low, high=high),
            tr("Choose one of these, or let the exporter choose."),
        )
    return able


def _check_scores(network: Network, comparison: Comparison) -> None:
    if network.classes and comparison.classes != len(network.classes):
        raise ExportError(
            tr(
                "The network gives {scores} scores for {classes} classes.",
                scores=comparison.classes,
                classes=len(network.classes),
            ),
            tr("Names and scores would not go together."),
            tr("Replace the head for these classes."),
        )
