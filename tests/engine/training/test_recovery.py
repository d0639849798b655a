"""Runs that survive the end of the program: folders, locks, and what is offered."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from designer.engine.building import build, weights_of
from designer.engine.prediction import predict
from designer.engine.project_file import ProjectContents, save_project, stamp_of
from designer.engine.training import (
    begin_run,
    checkpoints,
    continue_kept,
    continue_run,
    discard,
    interrupted_run,
    interrupted_runs,
    last_state,
    loop,
    recovery,
    stamp_to_save_over,
    train,
)
from designer.engine.training.recovery import RunFolder
from designer.errors import Cancelled, OutOfMemoryError, TrainingError
from designer.progress import Recording, Silent
from designer.session.kept_runs import RunBegan
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow
from designer.settings import state_folder

OPTIONS = TrainingOptions(epochs=4, batch_size=8, learning_rate=1e-2, device="cpu")


@pytest.fixture
def contents(tiny_network):
    return ProjectContents(tiny_network, weights_of(build(tiny_network, seed=3)), training_options=OPTIONS)


class Crash(Recording):
    """Breaks off once the second epoch is over."""

    def report(self, news):
        if isinstance(news, EpochRow) and news.epoch == 2:
            self.cancel_after = 0

    def hold(self):
        if self.cancel_after is not None:
            raise KeyboardInterrupt
        return 0.0


class StopAfter(Recording):
    """Stops the run once so many epochs are over."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def report(self, news):
        if isinstance(news, EpochRow) and news.epoch == self.epochs:
            self.cancel_after = 0


def crashed(contents, project, pets):
    with pytest.raises(KeyboardInterrupt):
        begin_run(contents, project, pets, Crash())


def folders():
    home = state_folder() / "runs"
    return sorted(home.iterdir()) if home.is_dir() else []


def test_a_broken_off_run_goes_on_bit_for_bit(contents, pets, tmp_path):
    project = tmp_path / "a.netgraft"
    whole = train(contents.network, contents.weights, pets, OPTIONS, Silent())
    crashed(contents, project, pets)
    (found,) = interrupted_runs()
    assert (found.project, found.name, found.epochs) == (project, "tiny", 4)
    # After so short an epoch a second checkpoint may not have been due.
    assert found.epoch in (1, 2)
    assert found.seconds > 0
    assert found.written > 1.7e9
    kept = continue_run(found, pets, Silent())
    assert [replace(r, seconds=0.0) for r in kept.run.history] == [
        replace(r, seconds=0.0) for r in whole.history
    ]
    assert all(kept.run.weights.digest(i) == whole.weights.digest(i) for i in whole.weights)
    # As long as the result is not safe it can be had once more, but not by two at once.
    assert interrupted_runs() == ()
    kept.folder.release()
    assert interrupted_run(project).epoch == 4
    discard(interrupted_run(project))
    assert folders() == []


def test_a_project_that_was_saved_since_is_not_simply_written_over(contents, pets, tmp_path):
    """Saved with the run as it was stopped alone, it may be; with anything newer the user is asked."""
    project = tmp_path / "a.netgraft"
    save_project(project, contents, Silent())
    kept = begin_run(contents, project, pets, StopAfter(2))
    began = stamp_of(project)
    kept.folder.release()
    (found,) = interrupted_runs()
    assert (found.stamp, found.saved_since) == (began, False)
    assert stamp_to_save_over(found, Silent()) == began
    stopped = replace(contents, weights=kept.run.weights, runs=(replace(kept.run, number=1),))
    save_project(project, stopped, Silent())
    (found,) = interrupted_runs()
    assert (found.stamp, found.saved_since) == (began, True)
    assert stamp_to_save_over(found, Silent()) == stamp_of(project) != began
    network = contents.network
    edited = network.with_layers(replace(network["drop"], settings={"p": 0.5}))
    other = replace(kept.run, number=2, stopped_because="finished")
    for newer in (
        replace(stopped, network=edited),
        replace(stopped, training_options=replace(OPTIONS, epochs=9)),
        replace(stopped, runs=(*stopped.runs, other)),
    ):
        save_project(project, newer, Silent())
        assert stamp_to_save_over(interrupted_run(project), Silent()) == began
    project.write_bytes(b"damaged")
    assert stamp_to_save_over(interrupted_run(project), Silent()) == began
    discard(found)


def test_a_project_that_first_came_after_the_run_began_is_newer(contents, pets, tmp_path):
    project = tmp_path / "a.netgraft"
    crashed(contents, project, pets)
    (found,) = interrupted_runs()
    assert not found.saved_since
    save_project(project, replace(contents, training_options=replace(OPTIONS, epochs=9)), Silent())
    (found,) = interrupted_runs()
    assert found.saved_since
    assert stamp_to_save_over(found, Silent()) not in (None, stamp_of(project))


def test_more_epochs_may_be_asked_for(contents, pets, tmp_path):
    crashed(contents, tmp_path / "a.netgraft", pets)
    kept = continue_run(interrupted_runs()[0], pets, Silent(), epochs=3)
    assert len(kept.run.history) == 3
    assert kept.run.options.epochs == 3


def test_a_run_that_has_ended_stays_until_it_is_discarded(contents, pets, tmp_path):
    kept = begin_run(contents, tmp_path / "a.netgraft", pets, Silent())
    assert len(folders()) == 1
    assert interrupted_runs() == ()
    kept.folder.discard()
    assert folders() == []


def test_each_project_finds_its_own_run(contents, pets, tmp_path):
    one, two = tmp_path / "one.netgraft", tmp_path / "two.netgraft"
    crashed(contents, one, pets)
    crashed(contents, None, pets)
    assert interrupted_run(two) is None
    assert interrupted_run(one).project == one
    assert interrupted_run(None).project is None
    # A new run of a project takes the place of its broken-off one, and of no other.
    kept = begin_run(contents, one, pets, Silent())
    assert len(folders()) == 2
    assert interrupted_run(one) is None
    assert interrupted_run(None) is not None
    kept.folder.discard()


def test_two_windows_on_one_run(contents, pets, tmp_path):
    crashed(contents, tmp_path / "a.netgraft", pets)
    (found,) = interrupted_runs()
    mine = RunFolder.go_on(found)
    with pytest.raises(TrainingError, match="Another window"):
        continue_run(found, pets, Silent())
    discard(found)
    assert len(folders()) == 1
    mine.discard()
    with pytest.raises(TrainingError, match="not there any more"):
        continue_run(found, pets, Silent())


def test_a_lock_goes_with_its_process(contents, pets, tmp_path):
    crashed(contents, tmp_path / "a.netgraft", pets)
    (found,) = interrupted_runs()
    code = (
        "import sys, os\n"
        "from pathlib import Path\n"
        "from designer.engine.training.recovery import _locked\n"
        "held = _locked(Path(sys.argv[1]))\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(found.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with child:
        assert child.stdout.readline() == "held\n"
        assert interrupted_runs() == ()
        child.kill()
    assert [run.folder for run in interrupted_runs()] == [found.folder]


def test_a_failed_start_leaves_no_folder(contents, pets):
    wrong = replace(contents, training_options=replace(OPTIONS, loss="hinge"))
    with pytest.raises(TrainingError, match="hinge"):
        begin_run(wrong, None, pets, Silent())
    assert folders() == []


def test_other_pictures_leave_the_run_where_it_is(contents, pets, tmp_path):
    crashed(contents, tmp_path / "a.netgraft", pets)
    (found,) = interrupted_runs()
    with pytest.raises(TrainingError, match="cannot go on"):
        continue_run(found, replace(pets, validation=pets.validation[1:]), Silent())
    assert interrupted_runs() == (found,)


def test_a_stopped_run_that_fails_to_go_on_is_still_this_windows(contents, pets, tmp_path):
    kept = begin_run(contents, tmp_path / "a.netgraft", pets, StopAfter(2))
    fewer = replace(pets, validation=pets.validation[1:])
    for _ in range(2):
        with pytest.raises(TrainingError, match="cannot go on"):
            continue_kept(kept.folder, fewer, Silent())
        assert interrupted_runs() == ()
    again = continue_kept(kept.folder, pets, Silent())
    assert len(again.run.history) == 4
    # What another window has by now is not taken away.
    kept.folder.discard()
    assert folders() == [kept.folder.path]
    again.folder.discard()
    assert folders() == []
    kept.folder.discard()
    assert folders() == []


def test_a_run_that_breaks_off_before_a_further_epoch_stays_where_it_was(
    contents, pets, tmp_path, monkeypatch
):
    crashed(contents, tmp_path / "a.netgraft", pets)
    (found,) = interrupted_runs()

    def fail(*given):
        raise MemoryError

    with monkeypatch.context() as within:
        within.setattr(loop, "learn", fail)
        with pytest.raises(OutOfMemoryError):
            continue_run(found, pets, Silent())
    assert interrupted_runs() == (found,)
    kept = continue_run(found, pets, Silent())
    assert (kept.run.stopped_because, len(kept.run.history)) == ("finished", 4)
    kept.folder.discard()


def killed_early(contents, project):
    """What is left of a run whose program died before its first checkpoint, a day ago."""
    folder = RunFolder.begin(contents, project)
    folder.release()
    for path in (folder.path, *folder.path.iterdir()):
        os.utime(path, (1.7e9, 1.7e9))
    return folder.path


def test_a_run_without_a_checkpoint_begins_again(contents, pets, tmp_path):
    """With what was open when it began, which was saved nowhere else."""
    network = contents.network
    edited = network.with_layers(replace(network["drop"], settings={"p": 0.5}))
    begun = replace(contents, network=edited)
    whole = train(edited, contents.weights, pets, OPTIONS, Silent())
    path = killed_early(begun, tmp_path / "a.netgraft")
    found = interrupted_run(tmp_path / "a.netgraft")
    assert (found.folder, found.has_checkpoint) == (path, False)
    assert (found.name, found.epoch, found.epochs, found.seconds) == ("tiny", 0, 4, 0.0)
    fewer = replace(pets, training=())
    with pytest.raises(TrainingError):
        continue_run(found, fewer, Silent())
    assert interrupted_run(tmp_path / "a.netgraft") == found
    kept = continue_run(found, pets, Silent())
    assert outcome(kept.run) == outcome(whole)
    # From here on it is a run as any other.
    assert kept.folder.path == path
    kept.folder.release()
    assert interrupted_run(tmp_path / "a.netgraft").has_checkpoint
    discard(found)
    assert folders() == []


def outcome(run):
    return [replace(row, seconds=0.0) for row in run.history], {i: run.weights.digest(i) for i in run.weights}


def test_a_run_without_a_checkpoint_stays_until_it_is_declined(contents, pets, tmp_path):
    mine, unsaved = tmp_path / "a.netgraft", replace(contents, training_options=replace(OPTIONS, epochs=9))
    paths = {killed_early(unsaved, mine), killed_early(unsaved, None)}
    for project in (mine, tmp_path / "b.netgraft", None):
        begin_run(contents, project, pets, Silent()).folder.discard()
    assert {run.folder for run in interrupted_runs()} == paths
    # One that began with the very same has its place taken: nothing is in it that is not in the other.
    begin_run(unsaved, mine, pets, Silent()).folder.discard()
    (left,) = interrupted_runs()
    assert left.project is None
    discard(left)
    assert folders() == []


class Stopped(Recording):
    """Ends the run at its first question."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def hold(self):
        raise self.error


@pytest.mark.parametrize("error", [Cancelled(), KeyboardInterrupt(), RuntimeError("a bug")])
def test_a_run_that_did_not_die_with_the_program_is_not_offered(contents, pets, tmp_path, error):
    try:
        kept = begin_run(contents, tmp_path / "a.netgraft", pets, Stopped(error))
    except (KeyboardInterrupt, RuntimeError):
        kept = None
    assert (kept is not None) == isinstance(error, Cancelled)
    assert kept is None or (kept.folder, kept.run.history) == (None, ())
    assert folders() == []


def test_a_stopped_run_whose_checkpoint_is_gone_cannot_go_on(contents, pets, tmp_path):
    kept = begin_run(contents, tmp_path / "a.netgraft", pets, StopAfter(2))
    (kept.folder.path / "checkpoint").unlink()
    with pytest.raises(TrainingError, match="not there any more"):
        continue_kept(kept.folder, pets, Silent())
    kept.folder.discard()


def test_where_no_folder_can_be_made_training_goes_on_and_says_so(contents, pets, monkeypatch):
    state_folder().parent.mkdir(parents=True, exist_ok=True)
    state_folder().write_text("in the way")
    kept = begin_run(contents, None, pets, Silent())
    assert kept.folder is None
    assert kept.run.stopped_because == "finished"
    assert "cannot go on" in kept.run.remarks[-1]


def test_rubbish_and_old_runs_make_room(contents, pets, tmp_path, monkeypatch):
    home = state_folder() / "runs"
    for name in ("00000000-a", "00000001-b"):
        (home / name).mkdir(parents=True)
        (home / name / "run.json").write_text("{")
        (home / name / "start.netgraft").write_text("rubbish")
        for path in (home / name, *(home / name).iterdir()):
            os.utime(path, (0, 0))
    (home / "a file").write_text("")
    assert interrupted_runs() == ()
    monkeypatch.setattr(recovery, "MOST", 2)
    for number in range(3):
        crashed(contents, tmp_path / f"{number}.netgraft", pets)
    kept = begin_run(contents, None, pets, Silent())
    there = {run.project.name for run in interrupted_runs()}
    assert there == {"1.netgraft", "2.netgraft"}
    assert not any((home / name).exists() for name in ("00000000-a", "00000001-b"))
    kept.folder.discard()


def test_a_run_is_asked_by_its_running_mean(contents, pets, tmp_path):
    options = replace(OPTIONS, average_weights=0.9, keep="last")
    kept = begin_run(replace(contents, training_options=options), tmp_path / "a.netgraft", pets, Silent())
    _, asked = last_state(kept.folder.path, Silent())
    last = kept.folder.checkpoint().weights
    assert len(last) > 1
    for layer in last:
        # What is kept of the last epoch is what was measured then.
        assert asked.digest(layer) == kept.run.weights.digest(layer)
    assert any(asked.digest(layer) != last.digest(layer) for layer in last)
    kept.folder.discard()


def test_a_run_is_asked_without_being_disturbed(contents, pets, tmp_path, monkeypatch):
    """Predictions by the last checkpoint, made by another thread in the middle of epochs with dropout."""
    # After each epoch, however long writing takes on a busy machine.
    monkeypatch.setattr(checkpoints, "SHARE", 1e9)
    whole = train(contents.network, contents.weights, pets, OPTIONS, Silent())
    picture = pets.pictures[0].path
    answers, errors = [], []

    class Asking(Recording):
        folder = None

        def report(self, news):
            if isinstance(news, RunBegan):
                self.folder = news.folder

        def hold(self):
            def ask():
                try:
                    network, weights = last_state(self.folder, Silent())
                    answers.append(predict(network, weights, [picture], 3, "cpu", Silent())[0])
                except TrainingError as error:
                    errors.append(error)

            thread = Thread(target=ask)
            thread.start()
            thread.join()
            return 0.0

    kept = begin_run(contents, tmp_path / "a.netgraft", pets, Asking())
    assert all(kept.run.weights.digest(i) == whole.weights.digest(i) for i in whole.weights)
    assert "first epoch" in errors[0].remedy
    assert len(answers) > 5
    assert sum(share for _, share in answers[-1].top) == pytest.approx(1)
    # What is said changes with the run.
    assert answers[0].top != answers[-1].top
    kept.folder.discard()
