"""Making the file: build the module, let one exporter after the other try, keep what is proved."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from designer.engine.building import build
from designer.engine.export.comparing import Comparison, compare, reference
from designer.engine.export.exporters import EXPORTERS, Exporter
from designer.engine.export.finishing import data_file, finish
from designer.engine.weights import Weights
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
    weights: Weights,
    file: Path,
    options: ExportOptions,
    pictures: Sequence[Path],
    progress: Progress,
) -> ExportedFile:
    """Make `file`, whose folder is empty but for what this leaves: the proved file, or nothing.

    Of torch's two exporters the quicker goes first. Where it fails, cannot write the wanted opset, or
    makes a file that differs, the other one has its turn.

    Raises:
        ExportError: neither exporter made a file that agrees with torch.
        NetworkError: the network cannot be built or run.
        DataError: a picture cannot be read.
    """
    exporters = _able(options.opset)
    progress.report(StepNews(tr("Building the network"), 0.05))
    module: nn.Module = build(network, weights).requires_grad_(False)
    if options.embed_preprocessing:
        module = Pixels(module, network.preprocessing).eval()
    progress.report(StepNews(tr("Asking torch"), 0.1))
    comparison = reference(module, network, options, pictures, progress)
    _check_scores(network, comparison)
    reasons = []
    for number, exporter in enumerate(exporters):
        progress.raise_if_cancelled()
        done = 0.2 + 0.3 * number
        progress.report(StepNews(tr("Exporting with torch's {name} exporter", name=exporter.name), done))
        try:
            return _attempt(exporter, module, network, options, file, comparison, progress)
        except ExportError as error:
            reasons.append(f"{exporter.name}: {error.why or error.what}")
            for left in (file, data_file(file)):
                left.unlink(missing_ok=True)
            gc.collect()
    raise ExportError(
        tr("The network could not be exported."),
        " ".join(reasons),
        tr("Choose another opset, or replace the layers that are named."),
    )


def _attempt(
    exporter: Exporter,
    module: nn.Module,
    network: Network,
    options: ExportOptions,
    file: Path,
    comparison: Comparison,
    progress: Progress,
) -> ExportedFile:
    raw = file.with_name("raw.onnx")
    large = sum(t.numel() * t.element_size() for t in module.state_dict().values()) > SINGLE_FILE
    # Traced with two pictures at least: with one, a size of 1 would be taken for fixed.
    example = comparison.example
    try:
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(_remove_all_but, file)
            exporter.export(module, example, raw, options.opset, large)
            progress.raise_if_cancelled()
            made = finish(raw, file, network, options, comparison.classes, large)
    except OSError as error:
        raise ExportError(
            tr("The file could not be written."), f"{error.strerror or error}.", tr("Make room on the disk.")
        ) from error
    progress.raise_if_cancelled()
    progress.report(StepNews(tr("Comparing with torch"), 0.8))
    parity = compare(file, comparison, progress)
    return replace(made, exporter=exporter.name, parity=parity)


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


def _remove_all_but(file: Path) -> None:
    """An exporter may leave weights in many files; `finish` has gathered what is kept."""
    for other in file.parent.iterdir():
        if other not in (file, data_file(file)):
            other.unlink()


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
