"""Connecting as a gesture without a window: what it leads to, what it says, and what it asks for."""

from __future__ import annotations

import pytest

from designer.catalog.actions import Target, sources, targets
from designer.gui.editing.canvas.gestures.aiming import End
from designer.gui.editing.canvas.gestures.beginning import begin, from_spot
from designer.gui.editing.canvas.gestures.connect import ConnectGesture, Rules, curve
from designer.gui.editing.canvas.gestures.gesture import RefusedGesture
from designer.gui.editing.canvas.gestures.touch import Ask, Touch
from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.gui.editing.canvas.picture import Hit
from designer.network.edits import Rename, SetInputs
from designer.network.groups import GROUP
from designer.network.network import Connection, Port

from .conftest import stacked


def rules_of(network, facts=None):
    return Rules(
        lambda port: targets(network, facts, port), lambda layer, n: sources(network, facts, layer, n)
    )


def touch(wiring, x, y, scale=1.0):
    hit = wiring.at(x, y, scale)
    return Touch(hit if hit.part else wiring.picture.at(x, y), (x, y), scale=scale)


def on(wiring, key):
    box = wiring.picture.rectangle(key)
    return touch(wiring, box.x + 30, box.y + box.height / 2)


@pytest.fixture
def wiring(tiny_network):
    return stacked(tiny_network)


@pytest.fixture
def led(wiring, tiny_network):
    """A line from the output of 'stem.bn'."""
    return ConnectGesture(wiring, End("out", "stem.bn", 0), rules_of(tiny_network))


def test_pointing_at_a_box_means_its_open_input(led, wiring):
    sketch = led.move(on(wiring, "block.add"))
    assert sketch.fits
    assert not sketch.wrong
    assert sketch.snapped == wiring.spot("block.add", "in", 2)
    assert sketch.label == "To block.add, input 3"
    assert sketch.line[0] == wiring.spot("stem.bn", "out", 0).at
    assert sketch.line[-1] == sketch.snapped.at
    assert led.finish(on(wiring, "block.add")) == Ask("connect_asked", (Port("stem.bn", 0), "block.add", 2))


def test_pointing_at_a_taken_input_replaces_what_feeds_it(led, wiring):
    at = wiring.spot("block.add", "in", 1).at
    there = touch(wiring, *at)
    assert led.move(there).label == "To block.add, input 2, in place of stem.relu"
    assert led.finish(there) == Ask("connect_asked", (Port("stem.bn", 0), "block.add", 1))


def test_a_box_with_one_taken_input_takes_the_new_connection_in_its_place(led, wiring):
    assert led.finish(on(wiring, "fc")) == Ask("connect_asked", (Port("stem.bn", 0), "fc", 0))


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("stem.conv", "'stem.conv' comes before 'stem.bn': the connection would close a cycle."),
        ("stem.relu", "'stem.bn' feeds this input already."),
        ("input", "'input' takes no input."),
    ],
)
def test_what_is_not_legal_says_why(led, wiring, key, why):
    sketch = led.move(on(wiring, key))
    assert (sketch.label, sketch.wrong, sketch.fits, sketch.snapped) == (why, True, False, None)
    assert led.finish(on(wiring, key)) is None
    assert key not in sketch.targets.boxes
    assert "fc" in sketch.targets.boxes


def test_pointing_at_the_port_gives_that_ports_reason(wiring, tiny_network):
    led = ConnectGesture(wiring, End("out", "block.conv", 0), rules_of(tiny_network))
    sketch = led.move(touch(wiring, *wiring.spot("block.add", "in", 0).at))
    assert sketch.label == "'block.conv' feeds this input already."
    assert led.move(on(wiring, "block.add")).snapped.number == 2


def test_near_a_legal_port_the_line_snaps_and_farther_away_it_is_free(led, wiring):
    x, y = wiring.spot("fc", "in", 0).at
    assert led.move(touch(wiring, x + 15, y - 18)).snapped == wiring.spot("fc", "in", 0)
    free = led.move(touch(wiring, x + 400, y))
    assert (free.snapped, free.fits, free.label) == (None, False, "")
    assert free.line[-1] == (x + 400, y)
    assert led.finish(touch(wiring, x + 400, y)) is None


def test_what_shapes_forbid_for_now_may_be_connected_and_is_said(wiring, tiny_network):
    verdict = Target(True, "'fc' takes 8 features; this gives 8 × 16 × 16.")
    led = ConnectGesture(wiring, End("out", "stem.bn", 0), Rules(lambda port: {("fc", 0): verdict}))
    sketch = led.move(on(wiring, "fc"))
    assert sketch.fits
    assert sketch.label == f"To fc, in place of drop\n{verdict.reason}"


def test_backwards_from_an_open_input_a_source_is_looked_for(tiny_network):
    network = SetInputs("fc", (None,)).apply(tiny_network)
    wiring = stacked(network)
    led = from_spot(wiring, wiring.spot("fc", "in", 0), rules_of(network))
    sketch = led.move(on(wiring, "pool"))
    assert sketch.label == "From pool"
    assert sketch.line[-1] == wiring.spot("fc", "in", 0).at
    assert led.finish(on(wiring, "pool")) == Ask("connect_asked", (Port("pool", 0), "fc", 0))
    assert led.move(on(wiring, "output")).wrong


def test_a_taken_input_gives_its_connection_into_the_hand(wiring, tiny_network):
    spot = wiring.spot("block.add", "in", 1)
    start = Touch(Hit("port_in", "block.add", 1), spot.at)
    old = Connection("stem.relu", 0, "block.add", 1)
    led = begin(wiring, start, rules_of(tiny_network), {})
    sketch = led.move(touch(wiring, 400, 500))
    assert sketch.loose == wiring.line_of(old)
    assert sketch.label == "Let go to disconnect"
    assert not sketch.wrong
    assert led.finish(touch(wiring, 400, 500)) == Ask("disconnect_asked", ((old,),))
    assert led.finish(on(wiring, "pool")) == Ask("reroute_asked", (old, Port("stem.relu", 0), "pool", 0))
    # Back where it was: nothing has happened. On what it cannot feed: nothing either.
    assert led.finish(touch(wiring, *spot.at)) is None
    assert led.finish(on(wiring, "stem.conv")) is None


def test_a_line_is_taken_by_the_end_that_is_nearer(wiring, tiny_network):
    old = Connection("stem.relu", 0, "block.add", 1)
    number = wiring.line_of(old)
    start, end = wiring.picture.arrangement.lines[number].points
    by_start = begin(
        wiring, Touch(Hit("line", "", number), (start[0], start[1] + 5)), rules_of(tiny_network), {}
    )
    assert by_start.stays == End("in", "block.add", 1)
    ask = by_start.finish(on(wiring, "stem.bn"))
    assert ask == Ask("reroute_asked", (old, Port("stem.bn", 0), "block.add", 1))
    by_end = begin(wiring, Touch(Hit("line", "", number), (end[0], end[1] - 5)), rules_of(tiny_network), {})
    assert by_end.stays == End("out", "stem.relu", 0)
    half = (start[0], (start[1] + end[1]) / 2)
    assert begin(wiring, Touch(Hit("line", "", number), half), rules_of(tiny_network), {}) is None


def test_what_stands_for_several_connections_is_not_led_elsewhere(tiny_network):
    wiring = stacked(tiny_network, expanded=())
    key = GROUP + "block"
    start = Touch(Hit("port_in", key, 0), wiring.spot(key, "in", 0).at)
    refused = begin(wiring, start, rules_of(tiny_network), {})
    assert isinstance(refused, RefusedGesture)
    assert "2 connections" in refused.move(start).label
    assert refused.finish(start) is None


def test_a_group_takes_a_line_only_where_one_input_waits(tiny_network):
    key = GROUP + "block"
    full = stacked(tiny_network, expanded=())
    led = ConnectGesture(full, End("out", "input", 0), rules_of(tiny_network))
    sketch = led.move(on(full, key))
    assert (sketch.spring, sketch.fits, sketch.label) == (key, False, "Rest here to open the group")
    assert not sketch.wrong
    assert led.finish(on(full, key)) is None
    network = SetInputs("block.conv", (None,)).apply(tiny_network)
    waiting = stacked(network, expanded=())
    led = ConnectGesture(waiting, End("out", "input", 0), rules_of(network))
    assert led.finish(on(waiting, key)) == Ask("connect_asked", (Port("input", 0), "block.conv", 0))
    # Backwards the group's one way out is meant.
    led = ConnectGesture(waiting, End("in", "fc", 0), rules_of(network))
    assert led.finish(on(waiting, key)) == Ask("connect_asked", (Port("block.add", 0), "fc", 0))
    before = ConnectGesture(full, End("out", "fc", 0), rules_of(tiny_network)).move(on(full, key))
    assert (before.label, before.wrong) == ("Nothing in this group can be connected with it.", True)


def test_all_legal_ends_are_there_in_reading_order(led, wiring):
    ends = led.ends()
    assert [(end.layer, end.number) for end in ends] == [
        ("block.conv", 0),
        ("block.add", 0),
        ("block.add", 1),
        ("block.add", 2),
        ("pool", 0),
        ("flatten", 0),
        ("drop", 0),
        ("fc", 0),
        ("output", 0),
    ]
    for end in ends:
        sketch = led.aim(end)
        assert sketch.snapped == wiring.spot_of_input(end.layer, end.number)
        assert led.chosen().given[1:] == (end.layer, end.number)


def test_a_line_that_can_lead_nowhere_says_why(wiring, tiny_network):
    led = ConnectGesture(wiring, End("out", "output", 0), rules_of(tiny_network))
    assert led.ends() == ()
    assert led.why_none() == "'output' gives the answer out: nothing comes after it."
    bare = ConnectGesture(wiring, End("out", "fc", 0), Rules())
    assert bare.why_none() == "There is nothing else that it could be connected with."
    assert bare.move(on(wiring, "output")).wrong


def test_it_goes_on_over_another_drawing_but_not_over_another_network(led, wiring, tiny_network):
    closed = stacked(tiny_network, expanded=["stem"])
    after = led.over(closed)
    assert after.stays == led.stays
    assert after.move(on(closed, "fc")).fits
    # Its beginning has gone into a collapsed group, whose inside has no port.
    assert led.over(stacked(tiny_network, expanded=())) is None
    edited = Rename("fc", "other").apply(tiny_network)
    assert led.over(Wiring(edited, wiring.picture)) is None


def test_the_line_leaves_and_enters_in_the_way_of_the_drawing():
    start, first, second, end = curve((0, 0), (100, 200), "down")
    assert (start, end) == ((0, 0), (100, 200))
    assert first[0] == 0
    assert first[1] > 0
    assert second[0] == 100
    assert second[1] < 200
    _, first, second, _ = curve((0, 0), (200, 100), "right")
    assert first[1] == 0
    assert second[1] == 100
