"""Library entries dragged onto the canvas, and what else may be dropped there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.gestures.drop import MIME
from designer.gui.editing.canvas.gestures.sketch import NOTHING
from designer.gui.editing.canvas.view import entry_in
from designer.gui.editing.library.model import LibraryModel
from designer.network.groups import GROUP
from designer.network.network import Connection, Place

from .conftest import middle

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def entry(key=b"ReLU"):
    data = QMimeData()
    data.setData(MIME, key)
    return data


class Drag:
    """Something that is dragged over the canvas."""

    def __init__(self, page, data) -> None:
        self.view = page.canvas.view
        self.data = data

    def over(self, point) -> bool:
        """Whether it could be dropped there."""
        place = self.view.viewportTransform().map(QPointF(*point)).toPoint()
        enter = QDragEnterEvent(place, COPY, self.data, LEFT, NONE)
        QApplication.sendEvent(self.view.viewport(), enter)
        if not enter.isAccepted():
            return False
        move = QDragMoveEvent(place, COPY, self.data, LEFT, NONE)
        QApplication.sendEvent(self.view.viewport(), move)
        return move.isAccepted()

    def drop(self, point) -> bool:
        place = self.view.viewportTransform().map(QPointF(*point))
        event = QDropEvent(place, COPY, self.data, LEFT, NONE)
        QApplication.sendEvent(self.view.viewport(), event)
        return event.isAccepted()

    def leave(self) -> None:
        QApplication.sendEvent(self.view.viewport(), QDragLeaveEvent())


def half_way(page, connection):
    number = page.canvas.view.wiring.line_of(connection)
    (x, y), (other_x, other_y) = page.canvas.picture.arrangement.lines[number].points[-2:]
    return number, ((x + other_x) / 2 + 3, (y + other_y) / 2)


def test_dropped_on_a_line_it_is_put_into_the_connection(page, mouse, asked):
    connection = Connection("drop", 0, "fc", 0)
    number, at = half_way(page, connection)
    drag = Drag(page, entry())
    assert drag.over(at)
    sketch = page.canvas.gestures.layer.sketch
    assert (sketch.lit, sketch.label) == (number, "Insert between drop and fc")
    assert drag.drop(at)
    assert asked[0][:3] == ("drop_asked", "ReLU", connection)
    assert page.canvas.gestures.layer.sketch is NOTHING


def test_dropped_on_a_box_it_is_put_behind_it_where_there_is_one_way_on(page, mouse, asked):
    drag = Drag(page, entry())
    assert drag.over(middle(page, "drop"))
    assert drag.drop(middle(page, "drop"))
    assert asked[0][2] == Connection("drop", 0, "fc", 0)
    for key in ("stem.relu", "output"):
        assert not drag.over(middle(page, key))
        assert page.canvas.gestures.layer.sketch.label == "Drop it on a connection, or beside the boxes."
        assert not drag.drop(middle(page, key))
    assert len(asked) == 1


def test_dropped_on_the_empty_canvas_it_lies_there_beside_the_nearest_box(page, mouse, asked):
    fc = page.canvas.picture.rectangle("fc")
    at = (fc.right + 300, fc.y + 30)
    drag = Drag(page, entry(b"Conv2d"))
    assert drag.over(at)
    ((ghost, title),) = page.canvas.gestures.layer.sketch.ghosts
    assert title == "Convolution 2-D"
    assert (ghost.x % 8, ghost.y % 8) == (0, 0)
    assert ghost.x + ghost.width / 2 == pytest.approx(at[0], abs=5)
    assert drag.drop(at)
    place = asked[0][3]
    anchor = page.canvas.picture.rectangle(place.anchor)
    assert asked == [("drop_asked", "Conv2d", None, place)]
    assert (anchor.x + place.x, anchor.y + place.y) == (ghost.x, ghost.y)


def test_a_line_that_stands_for_several_connections_says_which_group_to_open(page, qtbot, mouse, asked):
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.toggle("block")
    number, at = half_way(page, Connection("stem.relu", 0, "block.conv", 0))
    drag = Drag(page, entry())
    assert not drag.over(at)
    sketch = page.canvas.gestures.layer.sketch
    assert sketch.wrong
    assert sketch.label == "This line stands for 2 connections: open the group block first."
    assert not drag.drop(at)
    # One that crosses the border of a group alone is meant.
    number, at = half_way(page, Connection("block.add", 0, "pool", 0))
    assert page.canvas.picture.arrangement.lines[number].source == GROUP + "block"
    assert drag.over(at)
    assert drag.drop(at)
    assert asked[0][2] == Connection("block.add", 0, "pool", 0)


def test_led_away_nothing_is_left(page, mouse, asked):
    drag = Drag(page, entry())
    drag.over(middle(page, "drop"))
    assert page.canvas.gestures.layer.sketch is not NOTHING
    drag.leave()
    assert page.canvas.gestures.layer.sketch is NOTHING
    assert asked == []


def test_it_scrolls_at_the_border_until_it_is_led_away(page, qtbot, mouse):
    view = page.canvas.view
    view.zoom_to(1.5)
    before = view.seen.y
    drag = Drag(page, entry())
    drag.over((view.seen.x + 100, view.seen.bottom - 3))
    qtbot.waitUntil(lambda: view.seen.y > before + 40)
    drag.leave()
    after = view.seen.y
    QApplication.processEvents()
    assert view.seen.y == after


def test_files_and_texts_are_left_to_the_window(page, mouse, asked):
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/somewhere/net.onnx")])
    text = QMimeData()
    text.setText("some words")
    for data in (files, text, QMimeData()):
        drag = Drag(page, data)
        assert not drag.over(middle(page, "fc"))
        assert not drag.drop(middle(page, "fc"))
    assert asked == []


@pytest.mark.parametrize("key", [b"", b"  ", b"\xff\xfe\x00", b"NoSuchLayer"])
def test_an_entry_that_is_not_in_the_library_is_left_alone(page, mouse, asked, key):
    drag = Drag(page, entry(key))
    assert not drag.over(middle(page, "fc"))
    assert not drag.drop(middle(page, "fc"))
    assert asked == []


def test_an_entry_has_the_title_of_the_library():
    assert entry_in(entry(b"Conv2d")) == ("Conv2d", "Convolution 2-D")
    assert entry_in(LibraryModel().mimeData([])) is None
    assert entry_in(QMimeData()) is None


def test_before_there_is_a_drawing_it_is_dropped_at_its_corner(page, mouse, asked):
    page.canvas.open(None)
    drag = Drag(page, entry())
    assert drag.over((100.0, 100.0))
    assert drag.drop((100.0, 100.0))
    assert isinstance(asked[0][3], Place)
    assert asked[0][3].anchor == ""
