"""The one item of the canvas's scene: paints the whole picture, as far as it is exposed.

One item for all boxes and lines is what keeps a network of thousands of layers smooth: nothing is
indexed, moved or taken out one by one, so there is nothing for the scene to lose hold of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from designer.gui.editing.canvas.content import BoxContent
from designer.gui.editing.canvas.labels import LineText
from designer.gui.editing.canvas.marks import Marks, Tints
from designer.gui.editing.canvas.painter import MARGIN, ScenePainter
from designer.gui.editing.canvas.painting import READABLE, qrect, scale_of
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.gui.look.tokens import Colours
from designer.network.arranging import Rectangle

FEW = 50
"""Of more selected boxes than this the lines do not stand out: it would be every line."""


class NetworkItem(QGraphicsItem):
    """Paints a picture and its contents. It holds drawing data alone, never the document."""

    def __init__(self, colours: Colours, font: QFont) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._style = CanvasStyle(colours, font, 1.0)
        self._picture: Picture | None = None
        self._contents: Mapping[str, BoxContent] = {}
        self._texts: Sequence[LineText] = ()
        self._tints: Tints | None = None
        self._painter: ScenePainter | None = None
        self._marks = Marks()
        self._found: frozenset[str] = frozenset()
        self._marked: frozenset[int] = frozenset()
        self._bounds = QRectF()

    @property
    def style(self) -> CanvasStyle:
        """Pens, brushes and fonts of the look."""
        return self._style

    @property
    def tints(self) -> Tints | None:
        """The overlay that is painted, None for the categories."""
        return self._tints

    def set_style(self, colours: Colours, font: QFont, ratio: float) -> None:
        """Paint in other colours."""
        self._style = CanvasStyle(colours, font, ratio)
        self.update()

    def set_picture(
        self, picture: Picture | None, contents: Mapping[str, BoxContent], texts: Sequence[LineText] = ()
    ) -> None:
        """Show another picture; `texts` are what its lines say, in their order."""
        self.prepareGeometryChange()
        self._picture = picture
        self._contents = contents
        self._texts = texts
        self._painter = ScenePainter(picture) if picture is not None else None
        width = picture.arrangement.width if picture is not None else 0.0
        height = picture.arrangement.height if picture is not None else 0.0
        # Names may stand beside groups that are narrow on the screen.
        self._bounds = QRectF(0, 0, width, height).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self._tints = None
        self.set_marks(self._marks)
        self.update()

    def set_contents(self, contents: Mapping[str, BoxContent], texts: Sequence[LineText] = ()) -> None:
        """Show other texts and marks on the same boxes; what did not change is not repainted."""
        if self._picture is None:
            return
        changed = [key for key, content in contents.items() if self._contents.get(key) != content]
        if tuple(texts) != tuple(self._texts) or len(changed) > FEW:
            self.update()
        else:
            for key in changed:
                self._repaint(key)
        # The same contents are the same drawing: nothing is gathered anew.
        if changed:
            self._contents = contents
        self._texts = texts

    def set_tints(self, tints: Tints | None) -> None:
        """Colour the boxes by an overlay, None for their categories."""
        if tints is not self._tints:
            self._tints = tints
            self.update()

    def set_found(self, found: frozenset[str]) -> None:
        """Let these boxes stand out as found, and the others step back; none for all alike."""
        if found != self._found:
            self._found = found
            self.set_marks(self._marks)
            self.update()

    def set_marks(self, marks: Marks) -> None:
        """Let other boxes stand out. What is found is not told here but by `set_found`."""
        marks = replace(marks, found=self._found)
        before, self._marks = self._marks, marks
        if self._picture is None:
            return
        there = self._picture.arrangement.rectangles
        few = marks.selected if len(marks.selected) <= FEW else ()
        touched = {n for key in few if key in there for n in self._picture.touching.get(key, ())}
        pointed = self._picture.touching.get(marks.hovered, ()) if marks.hovered in there else ()
        chosen = {n for n in marks.connections if n < len(self._picture.arrangement.lines)}
        marked = frozenset(touched | chosen | (set(pointed) if len(pointed) <= FEW else set()))
        if before.selected != marks.selected or marked != self._marked:
            self._marked = marked
            self.update()
            return
        for key in {before.hovered, marks.hovered, before.current, marks.current}:
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
        exposed = option.exposedRect
        area = Rectangle(exposed.x(), exposed.y(), exposed.width(), exposed.height())
        world = painter.worldTransform()
        scale = scale_of(painter)
        seen = area
        if widget is not None:
            # Names stand in the middle of what is seen, however little of it is painted anew.
            whole = world.inverted()[0].mapRect(QRectF(widget.rect()))
            seen = Rectangle(whole.x(), whole.y(), whole.width(), whole.height())
        self.paint_area(painter, area, seen, scale)

    def paint_area(
        self,
        painter: QPainter,
        area: Rectangle,
        seen: Rectangle,
        scale: float,
        only: frozenset[str] | None = None,
    ) -> None:
        """Paint `area` of the picture, of which `seen` is seen, in the detail that can be read at `scale`.

        With `only`, just these boxes are painted, the lines between them, and the frames that hold them.
        """
        if self._painter is not None:
            self._painter.show(self._contents, self._texts, self._tints)
            self._painter.paint(painter, area, seen, scale, self._style, self._marks, self._marked, only)

    def _repaint(self, key: str) -> None:
        if self._picture is not None:
            self.update(qrect(self._picture.rectangle(key)).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
