"""The drawing of a network as a file: PNG, SVG or PDF."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QMarginsF, QRect, QRectF, QSaveFile, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from designer.errors import DesignerError
from designer.gui.editing.canvas.item import NetworkItem
from designer.messages import tr
from designer.network.arranging import Rectangle

MARGIN = 24.0
"""Around the drawing."""
SHARP = 2.0
"""Pixels of a PNG for one of the drawing, where that is not too many."""
PIXELS = 100_000_000
SIDE = 30_000
"""A PNG has at most so many pixels, and at most so many on a side."""
EFFORT = 50
"""Of the compression of a PNG, 0 ... 100."""
PAGE = 14_400.0
"""The longest side of a PDF's page, in points."""
KINDS = {".png": "PNG", ".svg": "SVG", ".pdf": "PDF"}


class PictureError(DesignerError):
    """The picture cannot be written."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a drawing: its area, and the keys of the boxes that are drawn, None for all in it."""

    area: Rectangle
    only: frozenset[str] | None = None


def write_picture(path: Path, item: NetworkItem, cut: Cut, title: str) -> None:
    """Write what `item` paints in an area to a file; its ending says how.

    The file comes to be whole or not at all.

    Raises:
        PictureError: the ending is none of these, the picture would be too large, or it cannot be written.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise PictureError(
            tr("'{name}' does not say what kind of picture it is.", name=path.name),
            tr("Pictures are written as PNG, SVG or PDF."),
            tr("Let the name end with .png, .svg or .pdf."),
        )
    area = Rectangle(
        cut.area.x - MARGIN, cut.area.y - MARGIN, cut.area.width + 2 * MARGIN, cut.area.height + 2 * MARGIN
    )
    if kind == "PNG":
        # Before the file is opened: the former one is left alone when it would be too large.
        scale = png_scale(area.width, area.height)
    file = QSaveFile(str(path))
    if not file.open(QSaveFile.OpenModeFlag.WriteOnly):
        raise _unwritable(path, file.errorString())
    if kind == "PNG":
        writer = QImageWriter(file, QByteArray(b"png"))
        # Flat colours: more effort makes it slower, and hardly smaller.
        writer.setCompression(EFFORT)
        done = writer.write(_image(item, area, cut, scale))
    elif kind == "SVG":
        done = _write_svg(file, item, area, cut, title)
    else:
        done = _write_pdf(file, item, area, cut, title)
    if not done or not file.commit():
        file.cancelWriting()
        raise _unwritable(path, file.errorString())


def png_scale(width: float, height: float) -> float:
    """Pixels of a PNG for one of a drawing of that size: as sharp as can be, but at least 1.

    Raises:
        PictureError: it would have too many pixels even so.
    """
    scale = min(SHARP, math.sqrt(PIXELS / (width * height)), SIDE / max(width, height))
    if scale < 1:
        raise PictureError(
            tr("The picture would have {width} × {height} pixels.", width=round(width), height=round(height)),
            tr(
                "A PNG may have at most {pixels} million pixels, and {side} on a side.",
                pixels=PIXELS // 1_000_000,
                side=SIDE,
            ),
            tr("Save it as SVG or PDF, collapse groups, or save the selection or the view alone."),
        )
    return scale


def _image(item: NetworkItem, area: Rectangle, cut: Cut, scale: float) -> QImage:
    size = QSize(math.ceil(area.width * scale), math.ceil(area.height * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(item.style.colours.window))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    _paint(painter, item, area, cut)
    painter.end()
    return image


def _write_svg(file: QSaveFile, item: NetworkItem, area: Rectangle, cut: Cut, title: str) -> bool:
    generator = QSvgGenerator()
    generator.setOutputDevice(file)
    generator.setSize(QSize(math.ceil(area.width), math.ceil(area.height)))
    generator.setViewBox(QRect(0, 0, math.ceil(area.width), math.ceil(area.height)))
    generator.setResolution(96)
    generator.setTitle(title)
    painter = QPainter()
    if not painter.begin(generator):
        return False
    painter.fillRect(QRectF(0, 0, area.width, area.height), QColor(item.style.colours.window))
    _paint(painter, item, area, cut)
    return painter.end()


def _write_pdf(file: QSaveFile, item: NetworkItem, area: Rectangle, cut: Cut, title: str) -> bool:
    # A pixel at 100 % is three quarters of a point; a page longer than PDF knows is made smaller.
    scale = min(0.75, PAGE / max(area.width, area.height))
    writer = QPdfWriter(file)
    writer.setTitle(title)
    writer.setCreator("Netgraft")
    writer.setResolution(1200)
    page = QPageSize(
        QSizeF(area.width * scale, area.height * scale),
        QPageSize.Unit.Point,
        "",
        QPageSize.SizeMatchPolicy.ExactMatch,
    )
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    painter = QPainter()
    if not painter.begin(writer):
        return False
    painter.scale(scale * 1200 / 72, scale * 1200 / 72)
    painter.fillRect(QRectF(0, 0, area.width, area.height), QColor(item.style.colours.window))
    _paint(painter, item, area, cut)
    return painter.end()


def _paint(painter: QPainter, item: NetworkItem, area: Rectangle, cut: Cut) -> None:
    """Everything that can be read at 100 %, whatever the scale of the paper."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-area.x, -area.y)
    painter.setClipRect(QRectF(area.x, area.y, area.width, area.height), Qt.ClipOperation.IntersectClip)
    item.paint_area(painter, area, area, 1.0, cut.only)


def _unwritable(path: Path, why: str) -> PictureError:
    return PictureError(
        tr("The picture '{name}' cannot be written.", name=path.name),
        tr("The system says: {reason}.", reason=why.rstrip(".") or tr("no reason")),
        tr("Choose another folder, or close the program that uses the file."),
    )
