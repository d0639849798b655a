"""Small versions of pictures, read off the GUI thread and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from designer.gui.data.thumbnails import decode
from designer.jobs.runner import Job, Runner
from designer.messages import tr
from designer.progress import Progress

SIDE = 96
"""Longest side of a small version in pixels."""
PORTION = 24
"""Pictures that are read before they are shown."""
KEPT = 800
"""Small versions that are kept, about 37 kB each."""

Read = tuple[tuple[Path, QImage | None], ...]


def read_thumbnails(paths: Sequence[Path], side: int) -> Callable[[Progress], Read]:
    """A step that reads small versions; None where a file cannot be read."""

    def step(progress: Progress) -> Read:
        found = []
        for path in paths:
            progress.raise_if_cancelled()
            image = decode(path, side)
            found.append((path, None if image.isNull() else image))
        return tuple(found)

    return step


class Thumbnails(QObject):
    """Reads what is asked for, a portion at a time, the newest wish first."""

    came = Signal()
    """More small versions are there."""

    def __init__(self, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._kept: OrderedDict[Path, QImage | None] = OrderedDict()
        self._wanted: list[Path] = []
        self._job: Job | None = None

    def get(self, path: Path) -> QImage | None:
        """The small version, None while it is not there or when the file cannot be read."""
        return self._kept.get(path)

    def broken(self, path: Path) -> bool:
        """The file has been found to be unreadable."""
        return path in self._kept and self._kept[path] is None

    def want(self, paths: Sequence[Path]) -> None:
        """Read these, in order, instead of what was wanted before."""
        self._wanted = [path for path in dict.fromkeys(paths) if path not in self._kept]
        self._next()

    def _next(self) -> None:
        if not self._wanted:
            return
        portion = self._wanted[:PORTION]
        self._job = self._runner.start(
            tr("Reading pictures"), read_thumbnails(portion, SIDE), lane="pictures"
        )
        self._job.finished.connect(self._take)

    @Slot(object)
    def _take(self, read: Read) -> None:
        for path, image in read:
            self._kept[path] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        done = {path for path, _ in read}
        self._wanted = [path for path in self._wanted if path not in done]
        self.came.emit()
        self._next()
