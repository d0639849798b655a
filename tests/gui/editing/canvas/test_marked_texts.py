"""Where marked lines say what they carry: not on boxes, and not on other lines where there is room."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from designer.gui.editing.canvas.content import contents_of
from designer.gui.editing.canvas.labels import LineText, has_room, line_texts, meet
from designer.gui.editing.canvas.lines import LinePainter
from designer.gui.editing.canvas.marked_texts import marked_text, plate
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.network.arranging import Arrangement, Line, Rectangle
from designer.network.groups import Box, View, everything, group_tree, view_of

MARKED = Line("a", "b", ((100.0, 50.0), (100.0, 250.0)))
WORDS = LineText("8 × 4", "8 × 4")


def width(words: str) -> float:
    return 10.0 * len(words)


def crossing(*lines: Line) -> Picture:
    """Two boxes, one above the other, with the marked line between and others across it."""
    boxes = tuple(Box(key, "", (key,)) for key in "ab")
    where = {"a": Rectangle(0.0, 0.0, 200.0, 50.0), "b": Rectangle(0.0, 250.0, 200.0, 50.0)}
    return Picture(
        View(boxes, (), (), {"a": "a", "b": "b"}), Arrangement(where, (MARKED, *lines), 400.0, 300.0)
    )


def level(y: float) -> Line:
    return Line("a", "b", ((0.0, y), (400.0, y)))


def on_lines(picture: Picture, number: int, area: Rectangle) -> float:
    """Pixels of the other lines that lie in an area, counted one by one."""
    found = 0
    for other, line in enumerate(picture.arrangement.lines):
        for (x, y), (to_x, to_y) in pairwise(line.points) if other != number else ():
            steps = int(max(abs(to_x - x), abs(to_y - y)))
            for n in range(steps + 1):
                share = n / max(steps, 1)
                px, py = x + (to_x - x) * share, y + (to_y - y) * share
                found += area.x < px < area.right and area.y < py < area.bottom
    return found


def test_beside_the_start_where_that_is_free():
    said = marked_text(crossing(), 0, WORDS, width)
    assert said is not None
    assert said.free
    assert (said.words, said.place) == ("8 × 4", Rectangle(106.0, 55.0, 50.0, 14.0))


def test_further_along_where_another_line_runs_at_the_start():
    picture = crossing(level(62.0))
    said = marked_text(picture, 0, WORDS, width)
    assert said is not None
    assert said.free
    assert not plate(said.place).y < 62.0 < plate(said.place).bottom
    assert has_room(picture, plate(said.place))


def test_to_the_left_where_the_right_is_full():
    upright = Line("a", "b", ((110.0, 50.0), (110.0, 250.0)))
    said = marked_text(crossing(upright), 0, WORDS, width)
    assert said is not None
    assert said.free
    assert said.place.right < 100.0


def test_where_no_place_is_free_the_one_that_covers_the_least():
    # Every 8 pixels a line, but for one stretch where they are 15 apart: one line is covered there, not two.
    heights = [*range(55, 145, 8), 158, *range(173, 250, 8)]
    picture = crossing(*(level(float(y)) for y in heights))
    said = marked_text(picture, 0, WORDS, width)
    assert said is not None
    assert not said.free
    ground = plate(said.place)
    assert sum(ground.y < y < ground.bottom for y in heights) == 1
    assert ground.y < 158 < ground.bottom


def test_not_on_boxes_and_not_on_other_marked_texts():
    taken = Rectangle(0.0, 50.0, 400.0, 120.0)
    said = marked_text(crossing(), 0, WORDS, width, taken=(taken,))
    assert said is not None
    assert plate(said.place).y >= plate(taken).bottom
    assert marked_text(crossing(), 0, WORDS, width, taken=(Rectangle(0.0, 0.0, 400.0, 300.0),)) is None


def test_all_words_before_fewer():
    both = LineText("few", "many words")
    said = marked_text(crossing(level(62.0)), 0, both, width)
    assert said is not None
    assert said.words == "many words"
    # Too long for the room between the boxes of a level line: then fewer.
    boxes = (Box("a", "", ("a",)), Box("b", "", ("b",)))
    where = {"a": Rectangle(0.0, 0.0, 100.0, 50.0), "b": Rectangle(170.0, 0.0, 100.0, 50.0)}
    line = Line("a", "b", ((100.0, 25.0), (170.0, 25.0)))
    view = View(boxes, (), (), {"a": "a", "b": "b"})
    said = marked_text(Picture(view, Arrangement(where, (line,), 270.0, 50.0)), 0, both, width)
    assert said is not None
    assert said.words == "few"


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("expanded", [True, False])
def test_no_line_of_a_network_writes_on_a_box_or_on_another_line(
    tiny_network, facts, arranged, direction, expanded
):
    tree = group_tree(tiny_network)
    view = view_of(tiny_network, tree, everything(tree) if expanded else frozenset())
    picture = arranged(tiny_network, view, direction)
    found = line_texts(tiny_network, view, facts, contents_of(tiny_network, view, facts))
    said = 0
    for number, text in enumerate(found):
        place = marked_text(picture, number, text, lambda words: 6.5 * len(words))
        if place is not None:
            assert place.words in (text.full, text.short)
            assert has_room(picture, plate(place.place))
            assert on_lines(picture, number, plate(place.place)) == 0
            said += 1
    assert said >= 0.8 * len([text for text in found if text.full])


def test_what_is_said_of_the_lines_of_a_box_lies_apart(
    qapp, context, tiny_network, whole_view, facts, arranged, monkeypatch
):
    """All lines marked: each text has its own place, and what is not marked is not written below one."""
    from designer.gui.editing.canvas import lines

    written: list[Rectangle] = []
    inks: list[QColor] = []

    def write(painter, place, words, ink, style):
        written.append(place)
        inks.append(ink)

    monkeypatch.setattr(lines, "_write", write)
    picture = arranged(tiny_network, whole_view)
    texts = line_texts(tiny_network, whole_view, facts, contents_of(tiny_network, whole_view, facts))
    style = CanvasStyle(context.look.colours, qapp.font(), 1.0)
    canvas = QImage(10, 10, QImage.Format.Format_RGB32)
    canvas.fill(QColor("white"))
    painter = QPainter(canvas)
    numbers = range(len(texts))
    painted = LinePainter(picture)
    full: list[int] = []
    for marked in (frozenset(), frozenset(picture.touching["stem.relu"]), frozenset(numbers)):
        written.clear()
        inks.clear()
        painted.paint_texts(painter, numbers, texts, marked, style)
        assert written
        full.append(inks.count(style.accent))
        for place, other in ((a, b) for n, a in enumerate(written) for b in written[:n]):
            assert not meet(place, other)
    painter.end()
    # stem.relu is fed by one layer and feeds two with the same, which it says once.
    assert len(picture.touching["stem.relu"]) == 3
    assert full == [0, 2, len(texts) - 1]
