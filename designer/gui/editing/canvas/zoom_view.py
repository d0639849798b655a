"""A view that zooms, pans and fits: where one looks at the drawing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from designer.gui.editing.canvas.item import FEW, NetworkItem
from designer.gui.editing.canvas.painting import NAMES
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.zooming import (
    SMALLEST,
    STEP,
    clamped,
    drawn_nearer,
    first_view,
    fitting,
    kept_in,
    to_show,
)
from designer.network.arranging import Point, Rectangle

KEPT = 40
"""Pixels of the drawing that stay in sight however far one scrolls."""


class ZoomView(QGraphicsView):
    """Shows a picture at some scale.

    Attributes:
        item: paints the picture.
        picture: what is shown; None for nothing.
        touched: the user has chosen where to look since the first sight.
        fitted: all of it is seen because that was asked for, and nothing else has been asked for since.
        furniture: widgets that stand over what is seen.

    Signals:
        moved(): what is seen has changed.
    """

    moved = Signal()

    def __init__(self, item: NetworkItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        scene.addItem(item)
        self.setScene(scene)
        self.item = item
        self.picture: Picture | None = None
        self.touched = False
        self.fitted = False
        self.furniture: list[QWidget] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def scale_now(self) -> float:
        """Pixels on the screen for one of the drawing."""
        return float(self.transform().m11())

    @property
    def seen(self) -> Rectangle:
        """The part of the drawing that is seen."""
        area = self.mapToScene(self.viewport().rect()).boundingRect()
        return Rectangle(area.x(), area.y(), area.width(), area.height())

    def set_picture(self, picture: Picture | None) -> None:
        """Point at another picture; the item is told by the canvas."""
        self.picture = picture
        # One bar, along the way that the network runs.
        needed, none = Qt.ScrollBarPolicy.ScrollBarAsNeeded, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        across = picture is not None and picture.direction == "right"
        self.setHorizontalScrollBarPolicy(needed if across else none)
        self.setVerticalScrollBarPolicy(none if across else needed)
        self._widen()

    def zoom_to(self, scale: float, anchor: QPointF | None = None) -> None:
        """Zoom so that what is under `anchor` (in the viewport, default its middle) stays there.

        Without an anchor the nearest box is drawn towards the middle when no box would be seen otherwise.
        """
        least = SMALLEST
        if self.picture is not None:
            # All of a very long network can be seen, however small.
            whole = self.picture.arrangement
            least = min(least, fitting(whole.width, whole.height, self.room) * 0.8)
        bound = clamped(scale, least)
        fixed, place = _held(self, bound) if anchor is None else (self.scene_at(anchor), anchor)
        self.setTransform(QTransform.fromScale(bound, bound))
        self._widen()
        self.bring(fixed, place)

    def zoom_in(self) -> None:
        """One step nearer."""
        self.zoom_to(self.scale_now * STEP)

    def zoom_out(self) -> None:
        """One step away."""
        self.zoom_to(self.scale_now / STEP)

    def show_first(self) -> None:
        """The first sight of a network."""
        if self.picture is not None:
            whole = self.picture.arrangement
            direction = self.picture.direction
            scale, middle = first_view(whole.width, whole.height, self.room, direction=direction)
            self._look_at(scale, middle)
            self.touched = False

    def fit(self) -> None:
        """All of the network."""
        if self.picture is not None:
            whole = self.picture.arrangement
            scale = fitting(whole.width, whole.height, self.room)
            self._look_at(scale, (whole.width / 2, whole.height / 2))
            self.fitted = True

    def _look_again(self) -> bool:
        """Where the first sight or all is seen: see it again, in the room that there is now."""
        if self.picture is not None and not self.touched:
            self.show_first()
        elif self.fitted:
            self.fit()
        else:
            return False
        return True

    def show_area(self, area: Rectangle) -> None:
        """All of an area, as near as it can be seen, but not beyond 100 %."""
        scale = fitting(area.width, area.height, self.room)
        self._look_at(scale, (area.x + area.width / 2, area.y + area.height / 2))

    def reveal(self, target: Rectangle) -> None:
        """Scroll so that `target` is seen, and nothing stands over it."""
        middle = to_show(target, self.seen, 24.0 / self.scale_now)
        if middle is not None:
            self.bring(QPointF(*middle), QPointF(self.viewport().rect().center()))
        if _covered(self, target):
            centre = QPointF(target.x + target.width / 2, target.y + target.height / 2)
            self.bring(centre, QPointF(self.viewport().rect().center()))

    def bring(self, point: QPointF, place: QPointF) -> None:
        """Scroll so that `point` of the drawing lies at `place` in the viewport."""
        apart = QPointF(self.transform().map(point)) - QPointF(self.transform().map(self.scene_at(place)))
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + round(apart.x()))
        down.setValue(down.value() + round(apart.y()))
        self.touched = True
        self.fitted = False
        self.moved.emit()

    def scene_at(self, place: QPointF) -> QPointF:
        """The point of the drawing at a place in the viewport."""
        return self.viewportTransform().inverted()[0].map(place)

    @property
    def room(self) -> tuple[float, float]:
        """Width and height of the viewport in pixels."""
        return (float(self.viewport().width()), float(self.viewport().height()))

    def _look_at(self, scale: float, middle: Point) -> None:
        """Bring a point of the drawing to the middle of the viewport."""
        self.setTransform(QTransform.fromScale(scale, scale))
        self._widen()
        self.bring(QPointF(*middle), QPointF(self.viewport().rect().center()))

    def _widen(self) -> None:
        """Leave room around the drawing, so that any box can be kept in its place on the screen."""
        whole = self.picture.arrangement if self.picture is not None else None
        width, height = (whole.width, whole.height) if whole is not None else (0.0, 0.0)
        side = self.viewport().width() / self.scale_now * 0.9
        above = self.viewport().height() / self.scale_now * 0.9
        self.setSceneRect(QRectF(-side, -above, width + 2 * side, height + 2 * above))

    def scroll_by(self, x: int, y: int) -> None:
        """Move the drawing on the screen by so many pixels."""
        self.touched = True
        self.fitted = False
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - x)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - y)
        _keep_in_sight(self)
        self.moved.emit()

    def scrollContentsBy(self, across: int, down: int) -> None:
        """From afar all is painted anew: the names of groups stay in what is seen of them."""
        super().scrollContentsBy(across, down)
        if self.scale_now < NAMES:
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the room around the drawing, and what one is at in sight: a notice may come above, and
        problems below.
        """
        seen = _current_in(self, QRect(QPoint(0, 0), event.oldSize()))
        super().resizeEvent(event)
        self._widen()
        if not self._look_again() and seen is not None:
            self.reveal(seen)
        self.moved.emit()


def _covered(view: ZoomView, target: Rectangle) -> bool:
    """Some of the furniture stands over `target`."""
    place = view.viewportTransform().mapRect(QRectF(*target)).toAlignedRect()
    return any(widget.isVisible() and widget.geometry().intersects(place) for widget in view.furniture)


def _held(view: ZoomView, scale: float) -> tuple[QPointF, QPointF]:
    """A point of the drawing, and where in the viewport it is to be at another scale."""
    place = QPointF(view.viewport().rect().center())
    middle = view.scene_at(place)
    width, height = (side / scale for side in view.room)
    area = Rectangle(middle.x() - width / 2, middle.y() - height / 2, width, height)
    if view.picture is None or any(True for _ in view.picture.boxes_in(area)):
        return middle, place
    near = view.picture.nearest(middle.x(), middle.y())
    if not near:
        return middle, place
    target = view.picture.rectangle(near)
    centre = QPointF(target.x + target.width / 2, target.y + target.height / 2)
    there = view.viewportTransform().map(centre)
    drawn = drawn_nearer((there.x(), there.y()), view.room, scale / view.scale_now)
    return centre, QPointF(*drawn)


def _current_in(view: ZoomView, room: QRect) -> Rectangle | None:
    """The box that the keyboard is on, else a selected one, if all of it is in that part of the viewport."""
    marks, picture = view.item.marks, view.picture
    if picture is None:
        return None
    there = picture.arrangement.rectangles
    # One that was just added is selected, whoever has the keyboard.
    keys = [marks.current] if view.hasFocus() or marks.current in marks.selected else []
    keys += sorted(marks.selected) if len(marks.selected) <= FEW else []
    seen = (
        there[key]
        for key in keys
        if key in there and room.contains(view.viewportTransform().mapRect(QRectF(*there[key])).toRect())
    )
    return next(seen, None)


def _keep_in_sight(view: ZoomView) -> None:
    """Scroll back to the nearest box where one looks beside the drawing."""
    if view.picture is None:
        return
    seen, least = view.seen, KEPT / view.scale_now
    inner = Rectangle(seen.x + least, seen.y + least, seen.width - 2 * least, seen.height - 2 * least)
    if not view.picture.beside(inner):
        return
    near = view.picture.nearest(seen.x + seen.width / 2, seen.y + seen.height / 2)
    if near:
        x, y = kept_in(view.picture.rectangle(near), seen, least)
        middle = QPointF(view.viewport().rect().center())
        view.bring(view.scene_at(middle) + QPointF(x, y), middle)
