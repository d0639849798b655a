"""Overlays of training: colours, values and legends, worked out from hand-made readings."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from PySide6.QtGui import QImage

from designer.gui.editing.canvas.legend import Legend
from designer.gui.editing.canvas.live_overlays import LIVE, Live, learning_tints, live_tints, number_text
from designer.gui.editing.canvas.marks import Tint
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.gui.look.style import Look
from designer.gui.look.tokens import LIGHT
from designer.network.groups import GROUP, group_tree, view_of
from designer.progress import LayerReading, StageNews

PLAIN = LayerReading(0.0, 1.0, None, 8, 0.001)
READINGS = {
    "stem.conv": replace(PLAIN, mean=-4.0, spread=0.1, seconds=0.004, gradient=0.02, update=1e-3),
    "stem.bn": replace(PLAIN, mean=2.0, spread=1.0, gradient=2.0, update=1e-2),
    "stem.relu": replace(PLAIN, dead=0.25, mean=1.0),
    "block.conv": replace(PLAIN, gradient=0.5, update=1e-7),
    "fc": replace(PLAIN, channels=3, gradient=0.0, update=0.5),
}
LIVE_NOW = Live(True, 120, 3, READINGS, StageNews(2, 3, "Block", frozenset({"fc", "block.conv"})))


@pytest.fixture
def collapsed_view(tiny_network):
    return view_of(tiny_network, group_tree(tiny_network), frozenset())


def tints(key, view, live=LIVE_NOW):
    return live_tints(LIVE[key], live, view)


def test_gradients_lie_on_a_scale_of_powers_of_ten(whole_view):
    found = tints("gradient", whole_view)
    # From 0.02 to 2: whole powers around them are 0.01 and 10, and an even number of them 0.001 to 10.
    assert found.ticks == ((0.0, "0.001"), (0.5, "0.1"), (1.0, "10"))
    assert found.boxes["stem.bn"].share == pytest.approx((math.log10(2) + 3) / 4)
    assert found.boxes["stem.conv"].label == "0.02"
    assert found.boxes["fc"] == Tint(share=0.0, label="0")
    assert "stem.relu" not in found.boxes
    assert "Iteration 120, epoch 3." in found.note


def test_a_group_shows_the_greatest_gradient(collapsed_view):
    assert tints("gradient", collapsed_view).boxes[GROUP + "stem"].label == "2"


def test_the_usual_ratio_is_the_middle_of_a_fixed_scale(whole_view):
    found = tints("update", whole_view)
    assert found.usual == 0.5
    assert found.boxes["stem.conv"].share == pytest.approx(0.5)
    assert found.boxes["stem.bn"].share == pytest.approx(0.75)
    assert found.boxes["block.conv"].share == 0.0
    assert found.boxes["fc"].share == 1.0
    assert [text for _, text in found.ticks] == ["≤ 1e-05", "0.001", "≥ 0.1"]


def test_the_share_of_dead_channels_of_a_group_counts_channels(tiny_network, collapsed_view, whole_view):
    more = {**READINGS, "stem.bn": replace(PLAIN, dead=1.0, channels=24)}
    found = live_tints(LIVE["dead"], replace(LIVE_NOW, readings=more), collapsed_view)
    # 2 of 8 and 24 of 24: 26 of 32.
    assert found.boxes[GROUP + "stem"] == Tint(share=26 / 32, label="81.2 %")
    assert set(tints("dead", whole_view).boxes) == {"stem.relu"}


def test_a_mean_is_coloured_by_how_far_from_0_it_is(whole_view, collapsed_view):
    found = tints("mean", whole_view)
    assert found.boxes["stem.conv"] == Tint(share=1.0, label="-4")
    assert found.boxes["stem.bn"] == Tint(share=0.5, label="2")
    assert found.ticks == ((0.0, "0"), (0.5, "± 2"), (1.0, "± 4"))
    assert tints("mean", collapsed_view).boxes[GROUP + "stem"].label == "-4"


def test_a_group_takes_the_time_of_all_its_layers(collapsed_view):
    # 4 + 1 + 1 ms.
    assert tints("forward", collapsed_view).boxes[GROUP + "stem"].label == "6.00 ms"


def test_numbers_that_are_none_are_said_to_be(whole_view):
    odd = {"fc": replace(PLAIN, gradient=math.inf), "block.conv": replace(PLAIN, gradient=math.nan)}
    found = live_tints(LIVE["gradient"], replace(LIVE_NOW, readings=odd), whole_view)
    assert found.boxes["fc"] == Tint(share=1.0, label="infinite")
    assert found.boxes["block.conv"].label == "not a number"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1667.4, "1,670"), (999.6, "1,000"), (-45_678.0, "-45,700"), (0.00080812, "0.000808"), (2e-7, "2e-07")],
)
def test_values_are_written_in_three_digits(value, text):
    assert number_text(value) == text


def test_one_value_alone_has_a_scale_too(whole_view):
    alone = replace(LIVE_NOW, readings={"fc": replace(PLAIN, gradient=1.0)})
    found = live_tints(LIVE["gradient"], alone, whole_view)
    assert found.boxes["fc"].share == 1.0
    assert found.ticks == ((0.0, "0.01"), (0.5, "0.1"), (1.0, "1"))


def test_very_small_values_do_not_stretch_the_scale(whole_view):
    wide = {"fc": replace(PLAIN, gradient=1.0), "block.conv": replace(PLAIN, gradient=1e-20)}
    found = live_tints(LIVE["gradient"], replace(LIVE_NOW, readings=wide), whole_view)
    assert found.ticks[0] == (0.0, "≤ 1e-06")
    assert found.boxes["block.conv"].share == 0.0


@pytest.mark.parametrize(
    ("live", "said"),
    [
        (Live(), "Values come while the network is trained."),
        (Live(running=True), "The first values come with one of the next batches."),
        (replace(LIVE_NOW, running=False), "As of iteration 120, epoch 3."),
    ],
)
def test_the_legend_says_when_the_values_are_from(whole_view, live, said):
    assert tints("spread", whole_view, live).note.endswith(said)


def test_who_learns_in_the_current_stage(tiny_network, whole_view, collapsed_view):
    found = learning_tints(tiny_network, LIVE_NOW, whole_view)
    assert found.boxes["fc"].mark == "trainable"
    assert found.boxes["stem.conv"].mark == "frozen"
    assert "stem.relu" not in found.boxes
    assert "drop" not in found.boxes
    assert found.note.startswith("Stage 2 of 3: Block.")
    assert found.marks == (("trainable", "Learns now"), ("frozen", "Does not learn now"))
    partly = replace(LIVE_NOW, stage=StageNews(1, 1, "", frozenset({"stem.bn"})))
    assert learning_tints(tiny_network, partly, collapsed_view).boxes[GROUP + "stem"].mark == "mixed"


def test_without_training_nobody_is_said_to_learn(tiny_network, whole_view):
    found = learning_tints(tiny_network, Live(), whole_view)
    assert found.boxes == {}
    assert found.note == "No training goes on."


def test_the_usual_value_is_marked_on_the_scale(qapp, whole_view):
    style = CanvasStyle(LIGHT, qapp.font(), 1.0)
    legend = Legend(Look("light"))
    drawn = []
    for usual in (0.5, -1.0):
        legend.show_tints(replace(tints("update", whole_view), usual=usual), style)
        drawn.append(legend._scale.grab().toImage().convertToFormat(QImage.Format.Format_RGB32))
    one, other = drawn
    down = range(one.height())
    differing = [x for x in range(one.width()) if any(one.pixel(x, y) != other.pixel(x, y) for y in down)]
    middle = one.width() / 2
    assert differing
    assert middle - 8 <= min(differing) < middle < max(differing) <= middle + 8
