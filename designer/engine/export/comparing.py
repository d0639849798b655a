"""The proof: an ONNX file against torch, on the same pictures, in onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

from designer.engine.data import load_pixels, normalise
from designer.engine.export.exporters import INPUT, OUTPUT
from designer.errors import Cancelled, ExportError
from designer.messages import tr
from designer.network.network import Network
from designer.network.preprocessing import Preprocessing
from designer.progress import Progress
from designer.session.options import ExportOptions
from designer.session.results import Parity

BATCHES = (1, 2, 7)
"""Batch sizes that every file is run with."""

TOLERANCE = 1e-4
"""Greatest difference allowed, as a share of torch's greatest absolute score; float32 leaves 1e-6."""


@dataclass(frozen=True)
class Comparison:
    """What torch answers, to hold a file against.

    Attributes:
        batches: preprocessed pictures, one tensor (N, 3, H, W) for each batch.
        scores: torch's answers, (N, classes) each.
        images: number of real pictures among them; 0 when all are noise.
    """

    batches: tuple[Tensor, ...]
    scores: tuple[Tensor, ...]
    images: int

    @property
    def classes(self) -> int:
        """Number of scores for each picture."""
        return int(self.scores[0].shape[1])

    @property
    def example(self) -> Tensor:
        """A batch of two, to trace the module with."""
        return next(batch for batch in self.batches if len(batch) == 2)


def reference(
    module: nn.Module,
    network: Network,
    options: ExportOptions,
    pictures: Sequence[Path],
    progress: Progress,
) -> Comparison:
    """Run `module` on pictures in batches of 1, 2, 7 and again 7 until each was seen once.

    Of more than `options.check_pictures` pictures, that many are taken at even distances.

    Raises:
        ExportError: the scores are not finite, or not a list for each picture.
        DataError: a picture cannot be read.
    """
    count = max(options.check_pictures, 1)
    chosen = (
        [pictures[n * len(pictures) // count] for n in range(count)] if len(pictures) > count else pictures
    )
    if chosen:
        pixels = torch.stack([_pixels(path, network.preprocessing, progress) for path in chosen])
    else:
        pixels = _noise(sum(BATCHES), network.preprocessing.crop)
    seen = pixels.float() if options.embed_preprocessing else normalise(pixels, network.preprocessing)
    batches = tuple(seen[rows] for rows in _rows(len(seen)))
    scores = []
    for batch in batches:
        progress.raise_if_cancelled()
        with torch.no_grad():
            scores.append(module(batch))
        _check(scores[-1], len(batch))
    return Comparison(batches, tuple(scores), len(chosen))


def compare(file: Path, comparison: Comparison, progress: Progress) -> Parity:
    """Run a file on the same batches.

    Raises:
        ExportError: onnxruntime cannot run it, or its scores differ from torch's by more than
            `TOLERANCE` of the greatest of them.
    """
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    settings.intra_op_num_threads = torch.get_num_threads()
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    found = []
    try:
        session = onnxruntime.InferenceSession(str(file), settings, providers=["CPUExecutionProvider"])
        for batch in comparison.batches:
            progress.raise_if_cancelled()
            found.append(session.run([OUTPUT], {INPUT: batch.numpy()})[0])
    except Cancelled:
        raise
    except Exception as error:  # onnxruntime's own errors have no common base
        reason = str(error).strip().splitlines()[0]
        raise ExportError(tr("onnxruntime cannot run the file."), reason) from error
    theirs = np.concatenate(found)
    ours = torch.cat(comparison.scores).numpy()
    parity = measure(ours, theirs, comparison.images, tuple(dict.fromkeys(map(len, comparison.batches))))
    allowed = TOLERANCE * parity.scale
    if not parity.max_abs_diff <= allowed:
        raise ExportError(
            tr("The file does not agree with torch."),
            tr(
                "Scores differ by {found:.3g}; {allowed:.3g} is allowed.",
                found=parity.max_abs_diff,
                allowed=allowed,
            ),
        )
    return parity


def measure(ours: np.ndarray, theirs: np.ndarray, images: int, batches: tuple[int, ...]) -> Parity:
    """How well two tables of scores (pictures x classes) agree; different shapes differ infinitely."""
    scale = float(np.abs(ours).max())
    if ours.shape != theirs.shape:
        return Parity(images, batches, float("inf"), scale, 0.0)
    same = float((ours.argmax(1) == theirs.argmax(1)).mean())
    difference = float(np.abs(ours.astype(np.float64) - theirs).max())
    return Parity(images, batches, difference, scale, same)


def _rows(count: int) -> list[list[int]]:
    """Rows of each batch: sizes 1, 2, 7, 7 ... full ones, so that the first rows may come again."""
    sizes = list(BATCHES)
    while sum(sizes) < count:
        sizes.append(BATCHES[-1])
    rows = []
    start = 0
    for size in sizes:
        rows.append([row % count for row in range(start, start + size)])
        start += size
    return rows


def _pixels(path: Path, recipe: Preprocessing, progress: Progress) -> Tensor:
    progress.raise_if_cancelled()
    return load_pixels(path, recipe)


def _noise(count: int, side: int) -> Tensor:
    """Soft blotches with some grain, as 8-bit pictures; the same each time."""
    draw = torch.Generator().manual_seed(0)
    blotches = torch.rand(count, 3, 8, 8, generator=draw)
    soft = functional.interpolate(blotches, (side, side), mode="bilinear")
    grain = torch.rand(count, 3, side, side, generator=draw)
    return (255 * (0.8 * soft + 0.2 * grain)).round().to(torch.uint8)


def _check(scores: object, pictures: int) -> None:
    if not isinstance(scores, Tensor) or scores.dim() != 2 or len(scores) != pictures:
        shape = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
        raise ExportError(
            tr("The network does not give one list of scores for each picture."),
            tr("For {count} pictures it gives {shape}.", count=pictures, shape=shape),
            tr("End it with a Linear layer, or with pooling and flattening."),
        )
    if not bool(torch.isfinite(scores).all()):
        raise ExportError(
            tr("The network's scores are not finite numbers."),
            tr("Nothing can be compared with them."),
            tr("Train it again with a lower learning rate, or load other weights."),
        )
