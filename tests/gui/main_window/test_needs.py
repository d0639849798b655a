"""The counts of the status line: short, and to the last one when the pointer rests on them."""

from __future__ import annotations

from dataclasses import replace

from designer.gui.main_window.needs import counts_line, counts_tip, step_states
from designer.network.edits import SetFrozen, SetRates
from designer.session.results import Facts, LayerFacts, Problem
from designer.session.session import Session

COUNTS = {"stem.conv": 216, "stem.bn": 16, "block.conv": 11_240_000, "fc": 2_570}


def opened(network, *edits) -> Session:
    session = Session()
    session.open(network, None)
    session.set_facts(Facts({name: LayerFacts(parameters=count) for name, count in COUNTS.items()}))
    for edit in edits:
        session.apply(edit)
    return session


def test_the_counts_are_short_and_the_tip_is_exact(tiny_network):
    session = opened(tiny_network, SetFrozen(("stem.conv", "stem.bn", "block.conv"), True))
    assert counts_line(session) == "11.2 M frozen, 2.6 k trainable"
    assert counts_tip(session) == (
        "11,240,232 parameters stay as they are, 2,570 of 11,242,802 are changed by training (0.0229 %)."
    )


def test_layers_whose_factors_are_nought_stay_as_they_are(tiny_network):
    session = opened(tiny_network, SetRates(("block.conv",), 0.0, 0.0))
    assert counts_line(session) == "11.2 M frozen, 2.8 k trainable"


def test_before_the_facts_are_there_it_says_that_it_counts(tiny_network):
    session = Session()
    assert (counts_line(session), counts_tip(session)) == ("", "")
    session.open(tiny_network, None)
    assert counts_line(session).startswith("Counting")
    assert counts_tip(session) == ""


def test_the_rail_tells_no_stale_problems(tiny_network):
    session = opened(tiny_network)
    session.set_facts(replace(session.facts, problems=(Problem("error", "fc", "fc is bad."),)))
    assert step_states(session)["export"].text == "Repair the network"
    session.facts = replace(session.facts, checking=True)
    assert step_states(session)["export"].text == "Checking ..."
