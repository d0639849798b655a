"""Training in several ways: what a crash, a failure and a stop leave of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.recipes import plans_of
from designer.engine.building import build, weights_of
from designer.engine.project_file import ProjectContents
from designer.engine.shapes import infer
from designer.engine.training import begin_run, continue_run, interrupted_run, train, train_ways, ways
from designer.engine.training.recovery import RunFolder
from designer.errors import Cancelled, TrainingError
from designer.progress import Recording, Silent
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow, Run, WayNews
from designer.settings import state_folder

OPTIONS = TrainingOptions(epochs=3, batch_size=8, device="cpu")
KEYS = ("from_scratch", "feature_extraction", "fine_tuning")


@pytest.fixture
def contents(tiny_network):
    return ProjectContents(tiny_network, weights_of(build(tiny_network, seed=3)), training_options=OPTIONS)


@pytest.fixture
def plans(contents, pets):
    network = contents.network
    return plans_of(KEYS, network, infer(network), OPTIONS, pets.classes, 3)


def folders():
    home = state_folder() / "runs"
    return sorted(home.iterdir()) if home.is_dir() else []


class Breaking(Recording):
    """Breaks off once so many epochs of a way are over."""

    def __init__(self, way, epochs, error):
        super().__init__()
        self.way, self.epochs, self.error = way, epochs, error
        self.now, self.due = 0, False

    def report(self, news):
        if isinstance(news, WayNews):
            self.now = news.number
        elif isinstance(news, EpochRow) and (self.now, news.epoch) == (self.way, self.epochs):
            self.due = True

    def hold(self):
        if self.due:
            raise self.error
        return 0.0


def same(one, other):
    rows = [[replace(row, seconds=0.0) for row in run.history] for run in (one, other)]
    return rows[0] == rows[1] and all(
        one.weights.digest(layer) == other.weights.digest(layer) for layer in other.weights
    )


def test_each_way_is_what_training_so_alone_gives(contents, plans, pets, tmp_path):
    heard = Recording()
    found = train_ways(plans, contents, tmp_path / "a.netgraft", pets, heard)
    assert [run.number for run in found.runs] == [1, 2, 3]
    # What has ended is told, without its weights, before the next one begins.
    told = [news for news in heard.news if isinstance(news, WayNews | Run)]
    assert [type(news) for news in told] == [WayNews, Run] * 3
    assert [news.options for news in told[::2]] == [plan.options for plan in plans]
    assert told[1::2] == list(found.runs)
    assert all(news.weights is None for news in told[1::2])
    for run, plan in zip(found.runs, plans, strict=True):
        assert run.name == plan.recipe.title
        assert same(run, train(plan.network, contents.weights, pets, plan.options, Silent()))
    # One folder has all, until the project has been saved with them.
    assert len(folders()) == 1
    found.folder.discard()


def test_a_crash_in_the_second_way_costs_nothing(contents, plans, pets, tmp_path):
    project = tmp_path / "a.netgraft"
    whole = train_ways(plans, contents, project, pets, Silent())
    whole.folder.discard()
    with pytest.raises(KeyboardInterrupt):
        train_ways(plans, contents, project, pets, Breaking(2, 2, KeyboardInterrupt()))
    assert len(folders()) == 1
    kept = continue_run(interrupted_run(project), pets, Silent())
    assert kept.run.name == plans[1].recipe.title
    assert same(kept.run, whole.runs[1])
    # The first one lies beside it, whole.
    (first,) = kept.before
    assert (first.name, first.number) == (whole.runs[0].name, 1)
    assert same(first, whole.runs[0])
    kept.folder.discard()


def test_a_way_that_cannot_be_trained_leaves_the_others(contents, plans, pets, tmp_path):
    wrong = replace(plans[1], options=replace(plans[1].options, loss="hinge"))
    found = train_ways([plans[0], wrong, plans[2]], contents, tmp_path / "a.netgraft", pets, Silent())
    assert [run.name for run in found.runs] == [plans[0].recipe.title, plans[2].recipe.title]
    assert plans[1].recipe.title in found.runs[-1].remarks[-1]
    assert "hinge" in found.runs[-1].remarks[-1]
    assert [run.number for run in RunFolder.contents(found.folder, Silent()).runs] == [1]
    found.folder.discard()
    with pytest.raises(TrainingError, match="hinge"):
        train_ways([wrong], contents, tmp_path / "a.netgraft", pets, Silent())
    assert folders() == []


def test_stopping_keeps_what_was_reached(contents, plans, pets, tmp_path):
    found = train_ways(plans, contents, tmp_path / "a.netgraft", pets, Breaking(2, 1, Cancelled()))
    assert [(run.name, run.stopped_because) for run in found.runs] == [
        (plans[0].recipe.title, "finished"),
        (plans[1].recipe.title, "stopped"),
    ]
    assert len(found.runs[1].history) == 1
    assert found.stopped
    found.folder.discard()


def test_stopping_while_a_way_prepares_keeps_those_before(contents, plans, pets, tmp_path, monkeypatch):
    def begin(*given, name="", **more):
        if name == plans[1].recipe.title:
            raise Cancelled
        return begin_run(*given, name=name, **more)

    monkeypatch.setattr(ways, "begin_run", begin)
    found = train_ways(plans, contents, tmp_path / "a.netgraft", pets, Silent())
    assert [run.name for run in found.runs] == [plans[0].recipe.title]
    assert found.stopped
    with pytest.raises(Cancelled):
        train_ways(plans[1:], contents, tmp_path / "a.netgraft", pets, Silent())
