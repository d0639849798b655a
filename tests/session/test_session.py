"""The session: who is told what, and what is dropped when it no longer holds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from designer.errors import EditError
from designer.network.edits import RemoveLayer, Rename, SetFrozen, SetPlaces, SetSettings
from designer.network.network import Layer, Network, Place
from designer.session.data import ImageData
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import ExportedFile, Facts, Parity, Report, Run, wilson
from designer.session.session import TOPICS, Session

REPORT = Report(1.0, ("a",), ((1,),), ())
EXPORTED = ExportedFile(Path("a.onnx"), 18, 10, "torch", 1, Parity(1, (1,), 0.0, 1.0, 1.0))
RUN = Run(0, TrainingOptions(), (), 0, "finished", "CPU", 1.0, 1.0, ("a",))
DATA = ImageData(Path(), ("a", "b"), (), (), (), (), 0.2, 0)


@pytest.fixture
def session(tiny_network):
    made = Session()
    made.open(tiny_network, "weights", path=Path("a.netgraft"))
    return made


@pytest.fixture
def heard(session):
    topics: list[str] = []
    session.observe(topics.append)
    return topics


def test_opening_replaces_everything(session, heard, tiny_network):
    session.set_data(DATA)
    session.add_run(RUN, "trained")
    session.set_report(REPORT)
    session.open(tiny_network, "others")
    assert heard[-1] == "opened"
    assert (session.weights, session.data, session.runs, session.report) == ("others", None, (), None)
    assert session.changed
    assert session.path is None


def test_every_change_is_told_once_by_its_topic(session, heard):
    session.set_facts(Facts())
    session.set_data(DATA)
    session.set_options(training=TrainingOptions(epochs=2))
    session.set_weights("w")
    session.set_report(REPORT)
    session.set_exported(EXPORTED)
    session.saved(Path("b.netgraft"))
    assert heard == ["facts", "data", "options", "weights", "report", "exported", "file"]
    assert set(heard) <= set(TOPICS)


def test_an_edit_drops_what_no_longer_holds(session, heard):
    session.set_report(REPORT)
    session.set_exported(EXPORTED)
    session.apply(RemoveLayer("drop"))
    assert heard[-1] == "network"
    assert (session.report, session.exported, session.changed) == (None, None, True)
    assert session.last_change.removed == ("drop",)


def test_facts_are_marked_as_being_checked_until_new_ones_come(session):
    session.apply(SetFrozen(("fc",), True))
    session.set_facts(Facts())
    session.apply(SetFrozen(("fc",), False))
    assert not session.facts.checking
    session.apply(SetSettings("fc", {"bias": False}))
    assert session.facts.checking
    session.apply(SetFrozen(("fc",), True))
    assert session.facts.checking
    session.set_facts(Facts())
    assert not session.facts.checking


def test_an_edit_that_does_not_fit_changes_nothing(session, heard):
    before = session.network
    with pytest.raises(EditError):
        session.apply(RemoveLayer("nothing"))
    assert session.network is before
    assert heard == []
    assert not session.changed


def test_runs_are_numbered_and_their_weights_taken(session, heard):
    session.set_report(REPORT)
    session.add_run(RUN, "first")
    session.add_run(RUN, "second")
    assert [run.number for run in session.runs] == [1, 2]
    assert session.weights == "second"
    assert session.report is None
    assert heard[-1] == "runs"


def test_saved_means_nothing_is_left_to_save(session):
    session.set_weights("w")
    assert session.changed
    session.saved(Path("b.netgraft"))
    assert (session.changed, session.path) == (False, Path("b.netgraft"))


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.set_data(replace(DATA, seed=9)),
        lambda session: session.set_options(training=TrainingOptions(epochs=9)),
        lambda session: session.set_options(export=ExportOptions(opset=17)),
        lambda session: session.set_weights("w"),
        lambda session: session.add_run(RUN, session.weights),
        lambda session: session.apply(SetFrozen(("fc",), True)),
        lambda session: session.apply(SetPlaces({"fc": Place("", 1.0, 2.0)}, "Move a box")),
    ],
)
def test_each_part_of_the_file_counts(session, change):
    session.saved(Path("b.netgraft"))
    assert not session.changed
    change(session)
    assert session.changed
    session.saved(Path("b.netgraft"))
    assert not session.changed


def test_what_was_undone_is_as_it_was_saved(session):
    session.apply(RemoveLayer("drop"))
    session.saved(Path("b.netgraft"))
    edit = Rename("fc", "last")
    back = edit.inverse(session.network)
    session.apply(edit)
    assert session.changed
    session.apply(back)
    assert not session.changed
    session.set_options(training=TrainingOptions(epochs=session.training_options.epochs + 1))
    session.set_options(training=TrainingOptions(epochs=session.training_options.epochs - 1))
    assert not session.changed


def test_what_is_found_is_not_in_the_file(session):
    session.saved(Path("b.netgraft"))
    session.set_facts(Facts())
    session.set_report(REPORT)
    session.set_exported(EXPORTED)
    assert not session.changed


def test_a_network_of_five_thousand_layers_is_compared_at_once(session):
    layers = {f"act{n}": Layer(f"act{n}", f"act{n}", "ReLU") for n in range(5000)}
    session.open(Network("long", layers, dict.fromkeys(layers, ())), "w", path=Path("long.netgraft"))
    edit = SetFrozen(("act4999",), True)
    back = edit.inverse(session.network)
    session.apply(edit)
    session.apply(back)
    begun = time.perf_counter()
    for _ in range(20):
        assert not session.changed
    assert (time.perf_counter() - begun) / 20 < 0.005


def test_observers_can_leave_even_while_they_are_told(session):
    heard = []

    def once(topic):
        heard.append(topic)
        end()

    end = session.observe(once)
    session.set_weights(1)
    session.set_weights(2)
    assert heard == ["weights"]
    end()


def test_no_network_no_edit():
    session = Session()
    assert session.network is None
    with pytest.raises(ValueError, match="no network"):
        session.apply(RemoveLayer("x"))


def test_the_interval_of_an_accuracy_is_that_of_statistics():
    from scipy.stats import binomtest

    for right, count in ((0, 9), (5, 9), (9, 9), (341, 359)):
        theirs = binomtest(right, count).proportion_ci(method="wilson")
        assert wilson(right / count, count) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
