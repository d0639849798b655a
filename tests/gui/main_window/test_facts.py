from __future__ import annotations

import pytest

from designer.gui.main_window import facts as room
from designer.network.edits import SetFrozen, SetSettings
from designer.session.results import Facts


@pytest.fixture
def asked(main_window, monkeypatch) -> list:
    """The networks that facts were asked of."""
    networks: list = []
    real = room.infer_facts

    def infer_facts(network):
        networks.append(network)
        return real(network)

    monkeypatch.setattr(room, "infer_facts", infer_facts)
    return networks


def test_facts_come_after_opening_and_after_an_edit_that_may_change_them(
    main_window, asked, tiny_network, qtbot
):
    session = main_window.context.session
    session.open(tiny_network, object())
    qtbot.waitUntil(lambda: isinstance(session.facts, Facts))
    assert asked == [tiny_network]
    first = session.facts
    conv = session.network["block.conv"]
    session.apply(SetSettings("block.conv", {**conv.settings, "padding": 0}))
    qtbot.waitUntil(lambda: session.facts is not first)
    assert asked[-1] is session.network
    assert main_window._status.counts.text().endswith("trainable")


def test_freezing_asks_for_nothing_and_is_counted_at_once(main_window, asked, tiny_network, qtbot):
    session = main_window.context.session
    session.open(tiny_network, object())
    qtbot.waitUntil(lambda: session.facts is not None and not main_window.context.runner.busy("facts"))
    assert main_window._status.counts.text().startswith("0 frozen")
    session.apply(SetFrozen(("fc",), True))
    assert len(asked) == 1
    count = session.facts.layers["fc"].parameters
    assert main_window._status.counts.text().startswith(f"{count} frozen")


def test_quick_edits_end_with_the_facts_of_the_last(main_window, asked, tiny_network, qtbot):
    session = main_window.context.session
    session.open(tiny_network, object())
    for padding in range(2, 9):
        conv = session.network["block.conv"]
        session.apply(SetSettings("block.conv", {**conv.settings, "padding": padding}))
    qtbot.waitUntil(lambda: not main_window.context.runner.busy("facts"))
    assert asked[-1] is session.network
    assert session.facts.layers["block.conv"].parameters == len(str(session.network["block.conv"].settings))
