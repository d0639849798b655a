"""Curves as files: PNG and SVG of what is seen, CSV of the numbers in view."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QPoint, QRect, QSaveFile, Slot
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsItem, QWidget

from designer import settings
from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.notices import Notice, notice_of
from designer.gui.training.curves.columns import ACCURACY, AXES, LOSS, Columns
from designer.gui.training.curves.panel import Curves
from designer.gui.training.curves.view import CurveView
from designer.messages import tr
from designer.progress import Progress

SHARP = 2.0
"""Pixels of a PNG for one on the screen."""
FILTERS = {
    ".png": "PNG picture (*.png)",
    ".svg": "SVG drawing (*.svg)",
    ".csv": "Comma-separated values (*.csv)",
}
BOTH = ("run", "of", "epoch", "iteration", "seconds", "stage", "learning_rate")
VALUES = ("training", "smoothed_training", "validation")
HEADER = (*BOTH, *(f"{value}_{measure}" for measure in ("loss", "accuracy") for value in VALUES))
"""Titles of the columns of a CSV where pictures have one class each."""


def header_of(tables: Sequence[Table]) -> tuple[str, ...]:
    """The titles, which name macro F1 where the pictures of a run have several labels."""
    title = ACCURACY.title_of([table.multilabel for table in tables]).lower().replace(" ", "_")
    return tuple(name.replace("accuracy", title) for name in HEADER)


class CurvesFileError(DesignerError):
    """The curves cannot be written."""


class CurvesSaver(QObject):
    """Asks where curves are to be saved, and saves them."""

    def __init__(self, context: Context, curves: Curves) -> None:
        super().__init__(curves)
        self._context = context
        self._curves = curves
        self._path = Path()
        curves.save.connect(self.ask_and_save)

    @Slot(str)
    def ask_and_save(self, ending: str) -> None:
        """Ask for a file with this ending, and write it."""
        path = self._ask(ending)
        if path is None:
            return
        self._path = path
        try:
            if ending == ".csv":
                tables = [table_of(number, c, self._curves) for number, c in self._curves.runs]
                job = self._context.runner.start(
                    tr("Saving {name}", name=path.name), _csv_step(path, tables), "curves"
                )
                job.finished.connect(self._saved)
                job.failed.connect(self._fail)
                return
            with _captioned(self._curves):
                content = drawing(self._curves.figure, ending, self._context.look.colours.window)
            write_whole(path, content)
        except DesignerError as error:
            self._fail(error)
            return
        self._saved()

    @Slot(object)
    def _saved(self, _: object = None) -> None:
        self._context.notify(Notice(tr("Saved {name}.", name=self._path.name), str(self._path.parent)))

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))

    def _ask(self, ending: str) -> Path | None:
        numbers = "-".join(str(number) for number, _ in self._curves.runs)
        folder = Path(settings.load().last_folder or Path.home())
        chosen, _ = QFileDialog.getSaveFileName(
            self._curves.window(),
            tr("Save the curves"),
            str(folder / f"{tr('run')}-{numbers}{ending}"),
            tr(FILTERS[ending]),
        )
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix.lower() == ending else path.with_name(path.name + ending)


@contextmanager
def _captioned(curves: Curves) -> Iterator[None]:
    """What is not read at a place says which runs these are, instead of how to read."""
    said = curves.readout.text()
    if curves.place is None:
        note = [said] if len(curves.runs) > 1 else []
        curves.readout.setText("\n".join(["; ".join(curves.titles), *note]))
    yield
    curves.readout.setText(said)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that comes to be whole or not at all. Raises CurvesFileError."""
    file = QSaveFile(str(path))
    if file.open(QIODevice.OpenModeFlag.WriteOnly):
        if file.write(content) == len(content) and file.commit():
            return
        file.cancelWriting()
    raise CurvesFileError(
        tr("'{name}' could not be written.", name=path.name),
        file.errorString().rstrip(".") + ".",
        tr("Choose another folder or name."),
    )


def drawing(widget: QWidget, ending: str, ground: str) -> bytes:
    """What a widget shows, as the content of a PNG or SVG file, on a ground of this colour."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if ending == ".png":
        image = QImage(widget.size() * SHARP, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(SHARP)
        image.fill(QColor(ground))
        painter = QPainter(image)
        _render(widget, painter)
        painter.end()
        QImageWriter(buffer, QByteArray(b"png")).write(image)
    else:
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(widget.size())
        generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
        generator.setResolution(96)
        generator.setTitle(tr("Curves of training"))
        painter = QPainter(generator)
        painter.fillRect(widget.rect(), QColor(ground))
        _render(widget, painter)
        painter.end()
    buffer.close()
    return bytes(held.data())


def _render(widget: QWidget, painter: QPainter) -> None:
    # Cached axes and marks would be drawn as pictures, as coarse as the screen.
    views = widget.findChildren(CurveView)
    axes = [view.plot.getAxis(side) for view in views for side in ("left", "bottom")]
    items = [item for view in views for item in view.scene().items() if hasattr(item, "setExportMode")]
    for axis in axes:
        axis.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    for item in items:
        item.setExportMode(True, {"antialias": True})
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    for item in items:
        item.setExportMode(False)
    for axis in axes:
        axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)


@dataclass(frozen=True)
class Table:
    """Copies of a run's numbers in view: what a file is written from while training goes on."""

    number: int
    stage_names: tuple[str, ...]
    stage_starts: Any
    batches: tuple[Any, ...]
    epochs: tuple[Any, ...]
    multilabel: bool = False


def table_of(number: int, columns: Columns, curves: Curves) -> Table:
    """The numbers of a run between the places that are in view."""
    axis, (low, high) = curves.axis, curves.x_range
    x = columns.batches.axes[axis].values
    seen = (x >= low) & (x <= high)
    batches = [columns.batches.axes[name].values for name, _ in AXES] + [columns.rates.values]
    for measure in (LOSS, ACCURACY):
        batches += [columns.line(kind, measure, axis)[1] for kind in ("raw", "smooth")]
    x = columns.rows.axes[axis].values
    in_view = (x >= low) & (x <= high)
    epochs = [columns.rows.axes[name].values for name, _ in AXES] + [columns.row_rates.values]
    for measure in (LOSS, ACCURACY):
        epochs += [columns.line(kind, measure, axis)[1] for kind in ("means", "validation")]
    return Table(
        number,
        tuple(columns.record.stage_names),
        columns.stages.axes["epoch"].values.copy(),
        tuple(values[seen] for values in batches),
        tuple(values[in_view] for values in epochs),
        columns.record.multilabel,
    )


def csv_rows(table: Table) -> Iterator[list[object]]:
    """Rows below `HEADER`: batches, then epochs. Shares are 0 to 1; what is not known is left empty."""
    for of, columns in (("batch", table.batches), ("epoch", table.epochs)):
        for epoch, iteration, time, rate, loss, loss_2, accuracy, accuracy_2 in zip(*columns, strict=True):
            # The end of an epoch belongs to the stage that ends with it.
            stage = int((table.stage_starts < epoch).sum()) - 1
            name = table.stage_names[stage] if stage >= 0 else ""
            values = [rate, loss, loss_2, math.nan, accuracy, accuracy_2, math.nan]
            if of == "epoch":
                values = [rate, loss, math.nan, loss_2, accuracy, math.nan, accuracy_2]
            numbers = [_written(value) for value in values]
            yield [table.number, of, _written(epoch), _written(iteration), _written(time), name, *numbers]


def csv_text(tables: list[Table], progress: Progress) -> str:
    """All tables below one header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header_of(tables))
    for table in tables:
        for number, row in enumerate(csv_rows(table)):
            if number % 1000 == 0:
                progress.raise_if_cancelled()
            writer.writerow(row)
    return text.getvalue()


def _written(value: Any) -> str:
    number = float(value)
    if math.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


def _csv_step(path: Path, tables: list[Table]) -> Callable[[Progress], None]:
    def step(progress: Progress) -> None:
        write_whole(path, csv_text(tables, progress).encode())

    return step
