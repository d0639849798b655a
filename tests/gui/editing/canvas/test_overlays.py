"""Overlays: the colours, values and legends of boxes, worked out from hand-made facts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QImage, QPainter

from designer.catalog.summary import summary
from designer.gui.editing.canvas.content import LOW, TALL, WIDTH, layer_content
from designer.gui.editing.canvas.marks import Marks, Overlay, Tint
from designer.gui.editing.canvas.overlays import (
    MEASURES,
    facts_values,
    frozen_tints,
    given_tints,
    measure_tints,
)
from designer.gui.editing.canvas.painting import coat_of, icon_role, paint_box
from designer.gui.editing.canvas.styling import INKS, MARKS, CanvasStyle
from designer.gui.look.tokens import DARK, LIGHT, contrast
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP, group_tree, view_of
from designer.network.network import Layer


@pytest.fixture
def collapsed_view(tiny_network):
    return view_of(tiny_network, group_tree(tiny_network), frozenset())


def test_parameters_on_a_square_root_scale(tiny_network, whole_view, facts):
    measure = MEASURES["parameters"]
    tints = measure_tints(measure, facts_values(measure, tiny_network, facts), whole_view)
    # 584 is the most; 216 / 584 = 0.36986, its root 0.60816.
    assert tints.boxes["block.conv"] == Tint(share=1.0, label="584")
    assert tints.boxes["stem.conv"].share == pytest.approx(0.60816, abs=1e-5)
    assert "stem.relu" not in tints.boxes
    # Half way along the scale stands a quarter of the most.
    assert tints.ticks == ((0.0, "0"), (0.5, "146"), (1.0, "584"))
    assert "square-root" in tints.note.lower()


def test_a_group_shows_the_sum_of_its_layers(tiny_network, collapsed_view, facts):
    measure = MEASURES["macs"]
    tints = measure_tints(measure, facts_values(measure, tiny_network, facts), collapsed_view)
    assert tints.boxes[GROUP + "block"].label == "147.5 k"
    assert tints.boxes[GROUP + "block"].share == 1.0
    assert tints.boxes["fc"].label == "24"


def test_a_layer_that_looks_at_a_value_in_another_shape_takes_no_memory(tiny_network, facts):
    values = facts_values(MEASURES["memory"], tiny_network, facts)
    assert values["pool"] == 8 * 4
    assert values["flatten"] == values["output"] == 0
    assert sum(values.values()) == summary(tiny_network, facts).activation_bytes


def test_activation_memory_is_four_bytes_a_value(tiny_network, whole_view, facts):
    measure = MEASURES["memory"]
    values = facts_values(measure, tiny_network, facts)
    assert values["stem.conv"] == 8 * 16 * 16 * 4
    assert values["fc"] == 12
    assert measure_tints(measure, values, whole_view).boxes["stem.conv"].label == "8.2 kB"


def test_nothing_known_leaves_all_grey(tiny_network, whole_view):
    measure = MEASURES["parameters"]
    tints = measure_tints(measure, facts_values(measure, tiny_network, None), whole_view)
    assert tints.boxes == {}
    assert tints.ticks == ()


def test_what_is_frozen(tiny_network, whole_view, collapsed_view):
    network = tiny_network.with_layers(replace(tiny_network["stem.conv"], frozen=True))
    tints = frozen_tints(network, whole_view)
    assert tints.boxes["stem.conv"].mark == "frozen"
    assert tints.boxes["stem.bn"].mark == "trainable"
    assert "stem.relu" not in tints.boxes
    together = frozen_tints(network, collapsed_view)
    assert together.boxes[GROUP + "stem"].mark == "mixed"
    assert [mark for mark, _ in together.marks] == ["trainable", "mixed"]


def test_a_comparison_and_its_groups(collapsed_view, whole_view):
    marks = {"stem.conv": "changed", "fc": "added", "block.conv": "added", "block.add": "added"}
    overlay = Overlay("Compared", marks=marks, labels={"fc": "+ 27"})
    tints = given_tints(overlay, collapsed_view)
    assert tints.boxes["fc"] == Tint(mark="added", label="+ 27")
    assert tints.boxes[GROUP + "block"].mark == "added"
    assert tints.boxes[GROUP + "stem"].mark == "changed"
    assert "pool" not in tints.boxes
    assert given_tints(overlay, whole_view).boxes["stem.conv"].mark == "changed"


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_written_on_the_colours_can_be_read(qapp, colours):
    style = CanvasStyle(colours, qapp.font(), 1.0)
    for step in range(33):
        fill, ink = style.ramp(step / 32)
        assert ink.name() in INKS
        assert contrast(ink.name(), fill.name()) >= 4.5, step
    for mark in MARKS:
        _, pale, _ = style.mark(mark)
        assert contrast(style.text.name(), pale.name()) >= 4.5, mark


def test_marks_differ_in_their_patterns_too():
    patterns = [pattern for _, pattern in MARKS.values()]
    assert len(set(patterns)) == len(patterns)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_icons_on_a_coloured_box_are_as_light_as_its_text(qapp, colours):
    style = CanvasStyle(colours, qapp.font(), 1.0)
    for step in range(11):
        fill, ink = style.ramp(step / 10)
        drawn = getattr(colours, icon_role(ink, style))
        assert contrast(drawn, fill.name()) >= 3.0
    assert icon_role(style.text, style) == "text"


@pytest.mark.parametrize("kind", ["Conv2d", "ReLU"])
def test_an_overlays_value_ends_where_the_shape_does(qapp, kind):
    style = CanvasStyle(LIGHT, qapp.font(), 1.0)
    tall = kind == "Conv2d"
    layer = Layer("a", "a", kind)
    content = replace(layer_content(layer, "", None, ""), shape="1", parameters="", tick="")
    box = Rectangle(0, 0, WIDTH, TALL if tall else LOW)
    ends = []
    for label in ("", "1,234.56 ms"):
        image = QImage(round(WIDTH), 80, QImage.Format.Format_RGB32)
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        coat = coat_of(content, None, False, style)
        paint_box(painter, box, content, style, "a", Marks(), coat, label, 1.0)
        painter.end()
        inked = [
            x
            for x in range(round(WIDTH) // 2, round(WIDTH) - 3)
            for y in range(6, round(box.height) - 6)
            if image.pixelColor(x, y).lightness() < 200
        ]
        ends.append(max(inked))
    # A letter's own edge is a pixel or so before the end of its room.
    assert abs(ends[1] - ends[0]) <= 2
