"""Paints a picture: near, with everything that can be read, or from afar, as coloured blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QPainter

from designer.gui.editing.canvas.content import BoxContent
from designer.gui.editing.canvas.far import FarPainter
from designer.gui.editing.canvas.framing import paint_frames, paint_names, paint_title
from designer.gui.editing.canvas.labels import LineText
from designer.gui.editing.canvas.lines import LinePainter
from designer.gui.editing.canvas.marks import Marks, Tints
from designer.gui.editing.canvas.naming import collapsed, names
from designer.gui.editing.canvas.painting import NAMES, READABLE, coat_of, paint_box
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP, Frame

MARGIN = 12.0
"""Around a box: its shadow, its ring, the heads of arrows."""


class ScenePainter:
    """Paints one picture; what it gathers of it is kept."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._lines = LinePainter(picture)
        self._far: FarPainter | None = None
        self._collapsed = collapsed(picture)
        self._contents: Mapping[str, BoxContent] = {}
        self._texts: Sequence[LineText] = ()
        self._tints: Tints | None = None
        self._depths: dict[str, int] = {}
        for frame in picture.view.frames:
            self._depths[frame.key] = self._depths.get(GROUP + frame.frame, -1) + 1

    def show(
        self, contents: Mapping[str, BoxContent], texts: Sequence[LineText], tints: Tints | None
    ) -> None:
        """Paint these contents from now on."""
        self._contents, self._texts, self._tints = contents, texts, tints

    def paint(
        self,
        painter: QPainter,
        exposed: Rectangle,
        seen: Rectangle,
        scale: float,
        style: CanvasStyle,
        marks: Marks,
        marked: frozenset[int],
        only: frozenset[str] | None = None,
    ) -> None:
        """Paint what is exposed of what is seen, in the detail that can be read at `scale`.

        The lines in `marked` stand out. With `only`, near painting keeps to these boxes, the lines between
        them, and the frames that hold them.
        """
        area = Rectangle(
            exposed.x - MARGIN, exposed.y - MARGIN, exposed.width + 2 * MARGIN, exposed.height + 2 * MARGIN
        )
        near = scale >= NAMES
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, near)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frames = [
            frame for frame in self._picture.frames_in(area) if only is None or self._holds(frame, only)
        ]
        paint_frames(painter, self._picture, frames, self._depths, style, scale)
        if near:
            self._paint_near(painter, area, frames, scale, style, marks, marked, only)
            return
        if self._far is None:
            # Gathered when it is first seen from afar.
            self._far = FarPainter(self._picture)
        self._far.show(self._contents, self._tints)
        self._far.paint(painter, area, style, scale, marks, marked)
        written = names(self._picture, self._collapsed, seen, scale, style.width)
        paint_names(painter, written, style, scale)

    def _paint_near(
        self,
        painter: QPainter,
        area: Rectangle,
        frames: list[Frame],
        scale: float,
        style: CanvasStyle,
        marks: Marks,
        marked: frozenset[int],
        only: frozenset[str] | None,
    ) -> None:
        lines = self._picture.arrangement.lines
        numbers = [
            number
            for number in self._picture.lines_in(area)
            if only is None or (lines[number].source in only and lines[number].target in only)
        ]
        self._lines.paint(painter, numbers, area, marked, style)
        for frame in frames:
            paint_title(painter, self._picture, frame, self._depths[frame.key], style, scale)
        overlaid = self._tints is not None
        tints = self._tints.boxes if self._tints is not None else {}
        for key in self._picture.boxes_in(area):
            content = self._contents.get(key)
            if content is None or (only is not None and key not in only):
                continue
            tint = tints.get(key)
            coat = coat_of(content, tint, overlaid, style)
            label = tint.label if tint is not None else ""
            where = self._picture.rectangle(key)
            paint_box(painter, where, content, style, key, marks, coat, label, scale)
        if scale >= READABLE and len(self._texts) == len(lines):
            self._lines.paint_texts(painter, numbers, self._texts, marked, style)

    def _holds(self, frame: Frame, only: frozenset[str]) -> bool:
        """Whether all that is seen of a frame's layers is among these boxes."""
        return all(self._picture.view.shown[layer_id] in only for layer_id in frame.layers)
