"""The history: one step for what belongs together, names one can read, and a way back to the beginning."""

from __future__ import annotations

import time

import pytest

from designer.gui.editing.history import History
from designer.gui.editing.merging import MOMENT, joined, subject_of
from designer.gui.editing.naming import title_of
from designer.network.document import Change
from designer.network.edits import (
    Compound,
    Edit,
    RemoveLayer,
    Rename,
    SetFrozen,
    SetInputs,
    SetPlaces,
    SetPurpose,
    SetRates,
    SetSettings,
)
from designer.network.network import Network, Place, Port
from designer.session.session import Session


class Clock:
    """Seconds that pass when a test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(tiny_network) -> Session:
    made = Session()
    made.open(tiny_network, None)
    return made


@pytest.fixture
def history(qapp, session, clock) -> History:
    made = History(session, clock=clock)
    yield made
    made.stop()


def changed(network: Network, edit: Edit) -> Change:
    return Change(network, edit.apply(network), edit)


def test_the_arrows_of_a_number_make_one_step(history, session, clock, tiny_network):
    for value in (9, 10, 11, 12):
        session.apply(SetSettings("fc", {"in_features": value}))
        clock.now += MOMENT / 2
    assert history.texts() == ("Set in features of fc to 12",)
    assert history.stack.count() == 1
    last = session.network
    history.stack.undo()
    assert session.network == tiny_network
    history.stack.redo()
    assert session.network == last


def test_a_pause_another_field_or_a_seal_begins_a_new_step(history, session, clock):
    session.apply(SetSettings("fc", {"in_features": 9}))
    clock.now += MOMENT + 0.1
    session.apply(SetSettings("fc", {"in_features": 10}))
    session.apply(SetSettings("fc", {"out_features": 4}))
    session.apply(SetSettings("stem.conv", {"out_channels": 4}))
    history.seal()
    session.apply(SetSettings("stem.conv", {"out_channels": 5}))
    assert history.stack.count() == 5
    assert len(history.texts()) == 5


def test_going_back_to_the_first_value_leaves_no_step(history, session, tiny_network):
    session.apply(SetSettings("fc", {"in_features": 9}))
    session.apply(SetSettings("fc", {"in_features": 8}))
    assert session.network == tiny_network
    assert (history.stack.count(), history.texts()) == (0, ())
    session.apply(Rename("fc", "last"))
    assert history.texts() == ("Rename to last",)


def test_names_rates_and_places_are_joined_likewise(history, session, tiny_network):
    for name in ("h", "he", "head"):
        session.apply(Rename("fc", name))
    for rate in (2.0, 3.0):
        session.apply(SetRates(("fc",), rate, None))
    for x in (10.0, 20.0, 30.0):
        session.apply(SetPlaces({"pool": Place("", x, 0.0)}, "Move pool"))
    assert len(history.texts()) == 3
    assert session.network.places == {"pool": Place("", 30.0, 0.0)}
    for _ in range(3):
        history.stack.undo()
    assert session.network == tiny_network


def test_steps_of_a_kind_that_are_never_joined(history, session):
    session.apply(SetFrozen(("fc",), True))
    session.apply(SetFrozen(("fc",), False))
    session.apply(SetPurpose(name="one"))
    session.apply(SetPurpose(name="two"))
    session.apply(SetInputs("fc", (Port("flatten"),)))
    session.apply(SetInputs("fc", (Port("drop"),)))
    assert history.stack.count() == 6


def test_a_new_step_after_undo_takes_the_place_of_what_was_undone(history, session):
    session.apply(SetSettings("fc", {"in_features": 9}))
    session.apply(Rename("fc", "last"))
    history.stack.undo()
    session.apply(RemoveLayer("drop"))
    assert history.texts() == ("Set in features of fc to 9", "Delete drop")
    assert [history.stack.text(i) for i in range(2)] == list(history.texts())


def test_one_can_go_to_any_step_and_all_hear_of_it_once(history, session, tiny_network):
    networks = [tiny_network]
    for edit in (SetFrozen(("fc",), True), RemoveLayer("drop"), Rename("pool", "mean"), SetPurpose("x")):
        networks.append(session.apply(edit).after)
    heard: list[str] = []
    end = session.observe(heard.append)
    for index in (0, 4, 2, 3, 1, 1, 0):
        history.go_to(index)
        assert session.network == networks[index]
        assert history.stack.index() == index
    assert heard == ["network"] * 6
    end()
    assert history.stack.count() == 4
    history.go_to(99)
    assert session.network == networks[4]


def test_the_saved_step_is_marked(history, session, tiny_network, tmp_path):
    assert history.beginning == "Opened tiny"
    assert history.saved == -1
    session.apply(RemoveLayer("drop"))
    session.saved(tmp_path / "a.netgraft")
    assert history.saved == 1
    session.apply(Rename("fc", "last"))
    assert history.saved == 1
    history.go_to(0)
    assert history.saved == 1
    session.open(tiny_network, None)
    assert (history.saved, history.texts()) == (-1, ())


def test_nothing_is_joined_with_the_step_that_was_saved(history, session, tmp_path):
    session.apply(SetSettings("fc", {"in_features": 9}))
    session.saved(tmp_path / "a.netgraft")
    session.apply(SetSettings("fc", {"in_features": 10}))
    assert history.stack.count() == len(history.texts()) == 2
    assert history.saved == 1


def test_a_thousand_steps_back_are_quick(history, session, clock, tiny_network):
    for number in range(1000):
        session.apply(SetSettings("fc", {"in_features": number + 9}))
        clock.now += 2 * MOMENT
    assert history.stack.count() == 1000
    begun = time.perf_counter()
    history.go_to(0)
    assert session.network == tiny_network
    while history.stack.canRedo():
        history.stack.redo()
    assert time.perf_counter() - begun < 2.0


def test_names_of_steps_are_names_of_layers(tiny_network):
    named = tiny_network.with_layers()
    copy = Rename("fc", "classifier").apply(named)
    assert title_of(changed(copy, SetSettings("fc", {"bias": False}))) == "Set bias of classifier to off"
    assert title_of(changed(copy, SetSettings("stem.conv", {"kernel_size": [3, 5]}))) == (
        "Set kernel size of stem.conv to 3 × 5"
    )
    assert title_of(changed(copy, RemoveLayer("fc"))) == "Delete classifier"
    assert title_of(changed(copy, SetInputs("fc", ()))) == "Connect classifier"
    assert title_of(changed(copy, Compound("", (RemoveLayer("fc"),)))) == "Delete classifier"
    long = title_of(changed(copy, SetSettings("fc", {"out_features": list(range(100))})))
    assert len(long) < 100
    both = SetSettings("fc", {"in_features": 1, "out_features": 2})
    assert title_of(changed(copy, both)) == "Change in features, out features of classifier"


def test_subjects(tiny_network):
    one = subject_of(changed(tiny_network, SetSettings("fc", {"in_features": 9})))
    assert one is not None
    assert one == subject_of(changed(tiny_network, SetSettings("fc", {"in_features": 20})))
    assert one != subject_of(changed(tiny_network, SetSettings("fc", {"out_features": 9})))
    assert subject_of(changed(tiny_network, RemoveLayer("fc"))) is None
    assert subject_of(changed(tiny_network, SetFrozen(("fc",), True))) is None
    assert subject_of(changed(tiny_network, SetSettings("fc", {}))) is None


def test_joining_gives_the_way_there_and_back(tiny_network):
    last = SetSettings("fc", {"bias": False}).apply(Rename("fc", "head").apply(tiny_network))
    there, back = joined(tiny_network, last)
    assert there.apply(tiny_network) == last
    assert back.apply(last) == tiny_network
