"""The one item of the canvas's scene: paints the whole picture, as far as it is exposed.

One item for all boxes and lines is what keeps a network of thousands of layers smooth: nothing is
indexed, moved or taken out one by one, so there is nothing for the scene to lose hold of.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from designer.gui.editing.canvas.content import BoxContent
from designer.gui.editing.canvas.lines import LinePainter
from designer.gui.editing.canvas.marks import Marks
from designer.gui.editing.canvas.painting import (
    NAMES,
    READABLE,
    paint_blocks,
    paint_box,
    paint_frame,
    paint_title,
    qrect,
)
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.gui.look.tokens import Colours
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP

MARGIN = 12.0


class NetworkItem(QGraphicsItem):
    """Paints a picture and its contents. It holds drawing data alone, never the document."""

    def __init__(self, colours: Colours, font: QFont) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._style = CanvasStyle(colours, font, 1.0)
        self._picture: Picture | None = None
        self._contents: Mapping[str, BoxContent] = {}
        self._lines: LinePainter | None = None
        self._depths: dict[str, int] = {}
        self._marks = Marks()
        self._marked: frozenset[int] = frozenset()
        self._bounds = QRectF()

    def set_style(self, colours: Colours, font: QFont, ratio: float) -> None:
        """Paint in other colours."""
        self._style = CanvasStyle(colours, font, ratio)
        self.update()

    def set_picture(self, picture: Picture | None, contents: Mapping[str, BoxContent]) -> None:
        """Show another picture."""
        self.prepareGeometryChange()
        self._picture = picture
        self._contents = contents
        self._lines = LinePainter(picture) if picture is not None else None
        self._depths = {}
        for frame in picture.view.frames if picture is not None else ():
            self._depths[frame.key] = self._depths.get(GROUP + frame.frame, -1) + 1
        width = picture.arrangement.width if picture is not None else 0.0
        height = picture.arrangement.height if picture is not None else 0.0
        self._bounds = QRectF(0, 0, width, height).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.set_marks(self._marks)

    def set_contents(self, contents: Mapping[str, BoxContent]) -> None:
        """Show other texts and marks on the same boxes; what did not change is not repainted."""
        if self._picture is None:
            return
        for key, content in contents.items():
            if self._contents.get(key) != content:
                self._repaint(key)
        self._contents = contents

    def set_marks(self, marks: Marks) -> None:
        """Let other boxes stand out."""
        before, self._marks = self._marks, marks
        if self._picture is None:
            return
        there = self._picture.arrangement.rectangles
        selected = [key for key in marks.selected if key in there]
        if before.selected != marks.selected or len(selected) != len(before.selected):
            # A whole network that is selected marks nothing: every line would stand out.
            few = selected if len(selected) <= 50 else []
            self._marked = frozenset(n for key in few for n in self._picture.touching.get(key, ()))
            self.update()
            return
        for key in {before.hovered, marks.hovered}:
            if key in there:
                self._repaint(key)

    @property
    def marks(self) -> Marks:
        """What stands out now."""
        return self._marks

    def content(self, key: str) -> BoxContent | None:
        """What the box of that key shows; None when there is none."""
        return self._contents.get(key)

    def spoken(self, key: str) -> str:
        """What the box of that key says, '' when there is none."""
        content = self._contents.get(key)
        return content.spoken if content is not None else ""

    def has(self, part: str, key: str, scale: float) -> bool:
        """Whether the box's 'tick' or 'button' is there and drawn at that scale."""
        content = self._contents.get(key)
        if content is None or scale < READABLE:
            return False
        return bool(content.tick if part == "tick" else content.path)

    def boundingRect(self) -> QRectF:
        """See Qt."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See Qt. Shows what is exposed, in as much detail as can be read."""
        if self._picture is None or self._lines is None:
            return
        exposed = option.exposedRect
        area = Rectangle(
            exposed.x() - MARGIN,
            exposed.y() - MARGIN,
            exposed.width() + 2 * MARGIN,
            exposed.height() + 2 * MARGIN,
        )
        scale = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        near = scale >= NAMES
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, near)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frames = [(self._picture.rectangle(f.key), f) for f in self._picture.frames_in(area)]
        for where, frame in frames:
            paint_frame(painter, where, frame, self._depths[frame.key], self._style, scale)
        numbers = self._picture.lines_in(area)
        self._lines.paint(painter, numbers, area, self._marked, self._style, scale)
        for _, frame in frames:
            paint_title(painter, self._picture, frame, self._depths[frame.key], self._style, scale)
        keys = self._picture.boxes_in(area)
        if not near:
            boxes = ((key, self._contents[key]) for key in keys)
            paint_blocks(painter, self._picture, boxes, self._style, self._marks)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for key in keys:
            where = self._picture.rectangle(key)
            paint_box(painter, where, self._contents[key], self._style, key, self._marks, scale)

    def _repaint(self, key: str) -> None:
        if self._picture is not None:
            self.update(qrect(self._picture.rectangle(key)).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
