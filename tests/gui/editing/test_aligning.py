"""Lining boxes up, by hand-made rectangles."""

from __future__ import annotations

import pytest

from designer.gui.editing.aligning import GAP, aligned, distributed
from designer.network.arranging import Rectangle

BOXES = {
    "a": Rectangle(10, 0, 100, 40),
    "b": Rectangle(60, 200, 60, 40),
    "c": Rectangle(0, 90, 80, 60),
}


@pytest.mark.parametrize(
    ("how", "x"),
    [
        ("left", {"a": 0, "b": 0, "c": 0}),
        ("right", {"a": 20, "b": 60, "c": 40}),
        ("middle", {"a": 10, "b": 30, "c": 20}),
    ],
)
def test_columns(how, x):
    found = aligned(BOXES, how)
    assert {key: box.x for key, box in found.items()} == x
    assert {key: box.y for key, box in found.items()} == {key: box.y for key, box in BOXES.items()}
    assert all(box[2:] == BOXES[key][2:] for key, box in found.items())


def test_rows_go_on_where_boxes_would_overlap():
    found = aligned(BOXES, "top")
    assert {box.y for box in found.values()} == {0}
    # c begins at 0 and is 80 wide, a 100, b 60.
    assert found["c"].x == 0
    assert found["a"].x == 80 + GAP
    assert found["b"].x == 80 + GAP + 100 + GAP
    assert {box.bottom for box in aligned(BOXES, "bottom").values()} == {240}
    assert {box.y + box.height / 2 for box in aligned(BOXES, "centre").values()} == {120}


def test_even_gaps():
    found = distributed(BOXES, across=False)
    # From 0 to 240 with heights 40, 60, 40: 100 left for two gaps.
    assert {key: box.y for key, box in found.items()} == {"a": 0, "c": 90, "b": 200}
    shifted = distributed({**BOXES, "c": Rectangle(0, 50, 80, 60)}, across=False)
    assert shifted["c"].y == 90
    tight = distributed(
        {"a": Rectangle(0, 0, 50, 10), "b": Rectangle(10, 0, 50, 10), "c": Rectangle(20, 0, 50, 10)}, True
    )
    assert [tight[key].x for key in "abc"] == [0, 50, 100]


def test_few_boxes_stay():
    assert aligned({}, "left") == {}
    two = {key: BOXES[key] for key in "ab"}
    assert distributed(two, across=True) == two
