"""Measuring the layers' times for the overlay, off the GUI thread."""

from __future__ import annotations

import pytest

from designer.errors import NetworkError
from designer.jobs import steps


def stand_in(outcome):
    """A step in place of the measuring: it returns, or raises, what is given."""

    def measure(network, weights, *rest):
        def step(progress):
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return step

    return measure


@pytest.fixture
def overlaying(page):
    return page.canvas.furniture.overlaying


def test_what_was_measured_is_shown(page, qtbot, monkeypatch, overlaying):
    monkeypatch.setattr(steps, "measure_times", stand_in({"fc": 0.001, "pool": 0.004}))
    overlaying.choose("time")
    qtbot.waitUntil(lambda: overlaying.tints is not None and bool(overlaying.tints.boxes))
    assert overlaying.tints.boxes["fc"].label == "1.00 ms"
    assert overlaying.tints.boxes["fc"].share == 0.5


def test_what_cannot_be_measured_is_told_and_shown_no_more(page, qtbot, monkeypatch, overlaying):
    monkeypatch.setattr(steps, "measure_times", stand_in(NetworkError("It cannot run.", "x", "y")))
    with qtbot.waitSignal(page.canvas.failed) as told:
        overlaying.choose("time")
    assert isinstance(told.args[0], NetworkError)
    assert overlaying.key == ""
    assert overlaying.tints is None


def test_another_network_is_not_coloured_by_the_times_of_the_former(
    page, qtbot, monkeypatch, overlaying, context, tiny_network
):
    monkeypatch.setattr(steps, "measure_times", stand_in({"fc": 0.001}))
    overlaying.choose("time")
    with qtbot.waitSignal(page.canvas.arranged):
        context.session.open(tiny_network, None)
    qtbot.waitUntil(lambda: not context.runner.running())
    assert overlaying.key == ""
    overlaying.choose("parameters")
    assert overlaying.tints.title == "Parameters"


@pytest.mark.slow
def test_the_real_measuring_times_every_layer_on_the_way(page, qtbot, overlaying, context):
    from designer.engine.weights import Weights

    context.session.set_weights(Weights())
    overlaying.choose("time")
    qtbot.waitUntil(lambda: overlaying.tints is not None and bool(overlaying.tints.boxes), timeout=60_000)
    assert {"stem.conv", "block.conv", "fc"} <= set(overlaying.tints.boxes)
