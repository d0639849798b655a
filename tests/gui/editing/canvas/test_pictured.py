"""What is worked out away from the GUI thread, and what is not worked out twice."""

from __future__ import annotations

from dataclasses import replace

from designer.gui.editing.canvas.content import Known, contents_of
from designer.gui.editing.canvas.pictured import pictured, read
from designer.gui.editing.canvas.sight import Sight
from designer.network.groups import everything, group_tree
from designer.progress import Silent
from designer.session.results import Facts, LayerFacts, Problem


def test_the_step_gives_what_each_part_would(tiny_network, facts):
    tree = group_tree(tiny_network)
    sight = Sight(everything(tree), frozenset({"ReLU"}), direction="right")
    found = pictured(tiny_network, tree, sight, lambda: facts)(Silent())
    assert "stem.relu" not in found.picture.keys
    assert found.picture.direction == "right"
    assert found.contents == contents_of(tiny_network, found.picture.view, facts)
    assert len(found.texts) == len(found.picture.arrangement.lines)


def test_facts_that_come_while_boxes_are_arranged_are_read(tiny_network, facts):
    come: list[Facts] = []

    class Meanwhile(Silent):
        def raise_if_cancelled(self) -> None:
            come.append(facts)

    tree = group_tree(tiny_network)
    newest = lambda: come[-1] if come else None  # noqa: E731
    found = pictured(tiny_network, tree, Sight(everything(tree)), newest)(Meanwhile())
    assert found.facts is facts
    assert found.contents["fc"].shape == "3"


def test_contents_that_are_known_are_the_ones_made_anew(tiny_network, facts):
    """Any change: made with what is known, and made without."""
    tree = group_tree(tiny_network)
    for expanded in (everything(tree), frozenset({"block"})):
        before = pictured(tiny_network, tree, Sight(expanded), lambda: facts)(Silent())
        frozen = tiny_network.with_layers(replace(tiny_network["stem.conv"], frozen=True))
        renamed = tiny_network.with_layers(replace(tiny_network["fc"], name="x"))
        larger = {**facts.layers, "stem.bn": LayerFacts(((9, 9, 9),), 7, 7)}
        wrong = replace(facts, problems=(Problem("error", "stem.bn", "x"),))
        for network, known_now in (
            (frozen, facts),
            (renamed, facts),
            (tiny_network, None),
            (tiny_network, Facts(larger)),
            (tiny_network, wrong),
        ):
            after = read(network, known_now, before.picture, before)
            assert after.contents == contents_of(network, before.picture.view, known_now)


def test_what_did_not_change_is_the_same_object(tiny_network, facts, whole_view):
    first = contents_of(tiny_network, whole_view, facts)
    equal = replace(facts, layers=dict(facts.layers))
    network = tiny_network.with_layers(replace(tiny_network["fc"], frozen=True))
    second = contents_of(network, whole_view, equal, Known(tiny_network, facts, first))
    assert [key for key in first if second[key] is not first[key]] == ["fc"]


def test_facts_that_come_while_it_is_arranged_are_shown(make_canvas, qtbot, tiny_network, facts):
    canvas = make_canvas(tiny_network)
    with qtbot.waitSignal(canvas.arranged):
        canvas.collapse_all()
        canvas.update_facts(facts)
        assert not canvas.mirror.settled
    assert canvas.view.item.content("fc").shape == "3"
    with qtbot.waitSignal(canvas.arranged):
        canvas.expand_all()
        canvas.update_network(tiny_network.with_layers(replace(tiny_network["fc"], name="x")), False)
    assert canvas.view.item.content("fc").title == "x"
