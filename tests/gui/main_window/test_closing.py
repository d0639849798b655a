from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from designer import settings
from designer.engine.weights import Weights
from designer.errors import Cancelled, ProjectError
from designer.gui.main_window import saving
from designer.gui.main_window.saving import worth_saving
from designer.jobs.projects import OpenedSession, SavedFile, open_session, save_snapshot, snapshot
from designer.network.edits import Rename
from designer.progress import Silent
from designer.session.session import Session

EDITED = "an option was changed"


@pytest.fixture
def written(monkeypatch) -> list[Path]:
    """The project files that were written."""
    paths: list[Path] = []

    def save_snapshot(path, taken, stamp):
        def step(progress):
            if path.name.startswith("full"):
                raise ProjectError("It could not be saved.", "The disk is full.", "Make room.")
            paths.append(path)
            return SavedFile(taken, None)

        return step

    monkeypatch.setattr(saving, "save_snapshot", save_snapshot)
    return paths


@pytest.fixture
def edited(main_window, tiny_network, tmp_path):
    """A window with an unsaved change in the project 'birds'."""
    session = main_window.context.session
    session.open(tiny_network, object(), path=tmp_path / "birds.netgraft")
    main_window.saving.remember(None, OpenedSession(tiny_network, session.weights))
    session.set_options(
        training=replace(session.training_options, epochs=session.training_options.epochs + 1)
    )
    assert main_window.saving.unsaved
    return main_window


def closed(window) -> bool:
    return not window.isVisible()


def test_what_is_worth_saving(tiny_network):
    session = Session()
    assert not worth_saving(session, None)
    session.open(tiny_network, object())
    assert not worth_saving(session, tiny_network), "it was only looked at"
    assert worth_saving(session, None)
    session.saved(Path("x.netgraft"))
    assert not worth_saving(session, tiny_network)
    session.set_options(
        training=replace(session.training_options, epochs=session.training_options.epochs + 1)
    )
    assert worth_saving(session, tiny_network)


def test_a_model_that_is_as_it_was_opened_again_is_not_worth_saving(tiny_network):
    session = Session()
    session.open(tiny_network, object())
    session.apply(Rename("fc", "last"))
    assert worth_saving(session, tiny_network)
    session.apply(Rename("fc", "fc"))
    assert session.network is not tiny_network
    assert not worth_saving(session, tiny_network)


def test_undoing_to_the_saved_step_takes_the_mark_of_changes_away(main_window, tiny_network, tmp_path):
    session, stack = main_window.context.session, main_window.context.history.stack
    session.open(tiny_network, object(), path=tmp_path / "birds.netgraft")
    session.apply(Rename("fc", "last"))
    assert main_window.isWindowModified()
    session.saved(tmp_path / "birds.netgraft")
    assert not main_window.isWindowModified()
    stack.undo()
    assert main_window.isWindowModified()
    stack.redo()
    assert not main_window.isWindowModified()
    assert main_window.closing.begin() is None
    assert closed(main_window)


def test_with_nothing_unsaved_it_closes_at_once(main_window, qtbot, answers):
    main_window.close()
    qtbot.waitUntil(lambda: closed(main_window))
    assert settings.load().window


def test_cancel_keeps_the_window(edited, qtbot, answers):
    answers.append("cancel")
    edited.close()
    qtbot.waitUntil(lambda: not answers)
    assert not closed(edited)
    assert edited.saving.unsaved


def test_discarding_closes_without_writing(edited, qtbot, answers, written):
    answers.append("discard")
    edited.close()
    qtbot.waitUntil(lambda: closed(edited))
    assert written == []


def test_saving_writes_first_and_closes_then(edited, qtbot, answers, written, tmp_path):
    answers.append("save")
    edited.close()
    qtbot.waitUntil(lambda: closed(edited))
    assert written == [tmp_path / "birds.netgraft"]


def test_a_save_that_fails_keeps_the_window_and_the_changes(edited, qtbot, answers, written, tmp_path):
    edited.context.session.path = tmp_path / "full.netgraft"
    answers.append("save")
    edited.close()
    qtbot.waitUntil(lambda: edited._bar.notice is not None)
    assert edited._bar.notice.text == "It could not be saved."
    assert not closed(edited)
    assert edited.saving.unsaved


def test_a_running_job_goes_on_if_the_user_says_so(main_window, qtbot, answers):
    release = threading.Event()
    job = main_window.context.runner.start("Training", lambda progress: release.wait(10))
    answers.append("cancel")
    main_window.close()
    qtbot.waitUntil(lambda: not answers)
    assert not closed(main_window)
    assert not job.cancelling
    release.set()
    qtbot.waitUntil(lambda: job.over)


def test_a_job_is_stopped_and_what_it_reached_can_be_saved(edited, qtbot, answers, written, tmp_path):
    session = edited.context.session
    session.saved(tmp_path / "birds.netgraft")
    assert not edited.saving.unsaved
    began = threading.Event()

    def train(progress):
        began.set()
        try:
            while True:
                progress.raise_if_cancelled()
                threading.Event().wait(0.001)
        except Cancelled:
            return "the run so far"

    from PySide6.QtCore import QObject, Slot

    class TrainingPage(QObject):
        @Slot(object)
        def take(self, run: object) -> None:
            assert run == "the run so far"
            session.set_weights(object())

    page = TrainingPage()
    job = edited.context.runner.start("Training", train)
    job.finished.connect(page.take)
    qtbot.waitUntil(began.is_set)
    answers += ["stop", "save"]
    edited.close()
    qtbot.waitUntil(lambda: closed(edited))
    assert written == [tmp_path / "birds.netgraft"]


def test_asking_twice_to_close_asks_the_user_once(main_window, qtbot, answers):
    began, release = threading.Event(), threading.Event()

    def step(progress):
        began.set()
        release.wait(10)

    job = main_window.context.runner.start("Training", step)
    # A job that is cancelled before its thread has begun is over at once.
    qtbot.waitUntil(began.is_set)
    answers.append("stop")
    main_window.close()
    qtbot.waitUntil(lambda: job.cancelling)
    main_window.close()
    main_window.close()
    release.set()
    qtbot.waitUntil(lambda: closed(main_window))


def test_changes_made_while_the_file_is_written_are_not_taken_for_saved(edited, qtbot, monkeypatch, tmp_path):
    release = threading.Event()

    def save_snapshot(path, taken, stamp):
        def step(progress):
            release.wait(10)
            return SavedFile(taken, None)

        return step

    monkeypatch.setattr(saving, "save_snapshot", save_snapshot)
    edited.saving.save()
    edited.context.session.set_weights(object())
    release.set()
    qtbot.waitUntil(lambda: not edited.context.runner.busy())
    assert edited.saving.unsaved
    edited.saving.save()
    qtbot.waitUntil(lambda: not edited.saving.unsaved)


def test_a_project_without_a_file_asks_for_one(
    main_window, tiny_network, qtbot, written, monkeypatch, tmp_path
):
    main_window.context.session.open(tiny_network, object())
    suggested = []

    def ask(parent, title, start, kinds):
        suggested.append(Path(start).name)
        return str(tmp_path / "flowers"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    main_window.saving.save()
    qtbot.waitUntil(lambda: main_window.context.session.path is not None)
    assert suggested == ["tiny.netgraft"]
    assert written == [tmp_path / "flowers.netgraft"]
    assert settings.load().recent == (str(tmp_path / "flowers.netgraft"),)


def test_opening_something_else_asks_about_unsaved_changes(edited, qtbot, answers, monkeypatch, tmp_path):
    from designer.gui.opening import opener

    started = []
    monkeypatch.setattr(opener, "open_session", lambda path: started.append(path) or (lambda progress: None))
    answers.append("cancel")
    edited.open_project(tmp_path / "other.netgraft")
    assert started == []


def renamed_in(window, path, name, qtbot):
    """Give the last layer another name in a window, and save."""
    window.context.session.apply(Rename("fc", name))
    window.saving.save()
    qtbot.waitUntil(lambda: not window.context.runner.running())


def last_name(path):
    return open_session(path)(Silent()).network["fc"].name


@pytest.fixture
def two_windows(make_window, tiny_network, tmp_path, qtbot):
    """Two windows in which the same project is open, and its file."""
    path = tmp_path / "birds.netgraft"
    first = Session()
    first.open(tiny_network, Weights())
    save_snapshot(path, snapshot(first))(Silent())
    windows = make_window(), make_window()
    for window in windows:
        window.open_project(path)
        # The engine is imported meanwhile.
        qtbot.waitUntil(lambda window=window: window.context.session.path == path, timeout=60_000)
        qtbot.waitUntil(lambda window=window: not window.context.runner.running())
    return *windows, path


def test_what_another_window_has_saved_is_written_over_only_if_the_user_says_so(two_windows, qtbot, answers):
    one, other, path = two_windows
    renamed_in(one, path, "theirs", qtbot)
    renamed_in(one, path, "theirs again", qtbot)
    assert last_name(path) == "theirs again", "what one has written oneself is no news"
    answers.append("cancel")
    renamed_in(other, path, "mine", qtbot)
    assert last_name(path) == "theirs again"
    assert other.saving.unsaved
    answers.append("overwrite")
    other.saving.save()
    qtbot.waitUntil(lambda: not other.saving.unsaved)
    assert last_name(path) == "mine"


def test_what_another_window_has_saved_may_stay_beside_ones_own(
    two_windows, qtbot, answers, monkeypatch, tmp_path
):
    one, other, path = two_windows
    renamed_in(one, path, "theirs", qtbot)
    mine = tmp_path / "mine.netgraft"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(mine), ""))
    other.context.session.apply(Rename("fc", "mine"))
    # While one closes the window: it closes when all is safe.
    answers.extend(["save", "save_as"])
    other.close()
    qtbot.waitUntil(lambda: closed(other))
    assert (last_name(path), last_name(mine)) == ("theirs", "mine")
