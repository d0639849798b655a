"""Small pictures, decoded off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from designer.progress import Progress


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture; null when the file cannot be read."""

    path: Path
    image: QImage


def decode(path: Path, side: int) -> QImage:
    """A picture file, turned upright, no larger than `side` pixels; null when it cannot be read."""
    from PIL import Image, ImageOps

    # A decoder may raise anything on a stranger's file; the tile then says that there is no picture.
    try:
        with Image.open(path) as file:
            file.draft("RGB", (side, side))
            small = ImageOps.exif_transpose(file)
            small.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
            if small.mode.startswith("I"):
                small = small.point(lambda value: value / 257).convert("L")
            small = small.convert("RGBA")
    except Exception:
        return QImage()
    data = small.tobytes()
    made = QImage(data, small.width, small.height, 4 * small.width, QImage.Format.Format_RGBA8888)
    # The copy owns its memory; `data` goes with this function.
    return made.copy()


def thumbnails(paths: Sequence[Path], side: int) -> Callable[[Progress], None]:
    """A step that reports a `Thumbnail` for each path, in order."""

    def step(progress: Progress) -> None:
        for path in paths:
            progress.raise_if_cancelled()
            progress.report(Thumbnail(path, decode(path, side)))

    return step
