"""Problems that follow every edit without shapes being inferred again."""

from __future__ import annotations

from designer.catalog.actions import freeze, set_rates
from designer.catalog.checking import all_frozen, live_problems
from designer.network.network import Layer, Network
from designer.session import problems as codes
from designer.session.results import Facts, Problem

SHAPE = Problem("error", "fc", "Does not fit.", codes.WIDTH)


def test_all_frozen_is_told_as_soon_as_it_is_so(tiny_network):
    assert all_frozen(tiny_network) is None
    frozen = freeze(tiny_network, list(tiny_network.layers), True).apply(tiny_network)
    assert all_frozen(frozen).severity == "warning"
    still = set_rates(tiny_network, list(tiny_network.layers), 0.0, 0.0).apply(tiny_network)
    assert all_frozen(still).code == codes.ALL_FROZEN
    # One learning-rate factor is enough, and so is one layer.
    assert all_frozen(set_rates(still, ["fc"], bias_rate=0.1).apply(still)) is None
    assert all_frozen(freeze(frozen, ["fc"], False).apply(frozen)) is None


def test_a_network_that_learns_nothing_anyway_is_not_frozen():
    assert all_frozen(Network("n", {"a": Layer("a", "a", "ReLU")}, {"a": ()})) is None


def test_what_is_live_takes_the_place_of_what_was_inferred(tiny_network):
    old = Problem("warning", "", "All frozen, once.", codes.ALL_FROZEN)
    facts = Facts(problems=(SHAPE, old, Problem("error", "gone", "Is gone.", codes.WIDTH)))
    found = live_problems(tiny_network, facts, {"stem.conv": "'weight' is missing", "gone": "x"})
    assert found[0] == SHAPE
    assert [(p.layer, p.code, p.severity) for p in found[1:]] == [("stem.conv", codes.WEIGHTS, "warning")]
    assert "'weight' is missing" in found[1].message
    assert "stem.conv" in found[1].message
    frozen = freeze(tiny_network, list(tiny_network.layers), True).apply(tiny_network)
    assert [p.code for p in live_problems(frozen, None)] == [codes.ALL_FROZEN]
