"""What becomes of the folder of the last run, and going on with a run that was stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer import settings
from designer.errors import OutOfMemoryError, TrainingError, UnconfirmedCodeError
from designer.gui import asking
from designer.gui.training.keeping import RunKeeping
from designer.gui.training.page import TrainingPage
from designer.jobs import training
from designer.session.kept_runs import InterruptedRun, KeptRun
from designer.session.options import TrainingOptions
from designer.session.results import Run


class Folder:
    """Notes what becomes of it."""

    def __init__(self):
        self.said = []

    def can_go_on(self):
        return True

    def release(self):
        self.said.append("released")

    def discard(self):
        self.said.append("discarded")


def run_of(stand_in, epochs, why):
    rows = tuple(stand_in.row(epoch) for epoch in range(1, epochs + 1))
    return Run(0, TrainingOptions(epochs=5), rows, 1, why, "CPU", 1.0, 9.0, ("cat", "dog", "owl"))


@pytest.mark.parametrize(
    ("why", "saved", "said"),
    [
        ("finished", False, "discarded"),
        ("finished", True, "discarded"),
        ("stopped", False, "discarded"),
        ("stopped", True, "released"),
    ],
)
def test_what_is_left_for_good(ready, stand_in, why, saved, said):
    keeping, folder = RunKeeping(ready.session), Folder()
    ready.session.add_run(run_of(stand_in, 2, why), {})
    keeping.hold(folder)
    assert keeping.stopped is (why == "stopped")
    if saved:
        keeping.saved()
        assert folder.said == (["discarded"] if why == "finished" else [])
    keeping.leave()
    assert folder.said == [said]
    keeping.leave()
    assert folder.said == [said]


def test_a_new_run_takes_the_place_of_the_one_before(ready, stand_in):
    keeping, first, second = RunKeeping(ready.session), Folder(), Folder()
    keeping.hold(first)
    keeping.hold(second)
    assert (first.said, second.said) == (["discarded"], [])
    assert keeping.give() is second
    keeping.leave()
    assert second.said == []


@pytest.fixture
def page(ready, qtbot):
    ready.session.set_options(training=TrainingOptions(epochs=5))
    made = TrainingPage(ready)
    qtbot.addWidget(made)
    made.resize(1080, 640)
    made.show()
    return made


def over(qtbot, page):
    qtbot.waitUntil(lambda: not page.live.running and not page.context.runner.busy())


def test_pause_and_resume(page, stand_in, qtbot):
    stand_in.hold_after = 1
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    assert page.pause_button.isVisible()
    assert not page.resume_button.isVisible()
    page.pause_button.click()
    assert page.status.state == "Paused"
    assert not page.pause_button.isVisible()
    assert page.resume_button.isVisible()
    stand_in.go_on.set()
    # The stand-in asks before its next batch: as long as it is paused there is no further epoch.
    assert len(page.epochs.model.rows) <= 1
    page.resume_button.click()
    over(qtbot, page)
    assert page.context.session.runs[0].stopped_because == "finished"
    assert not page.resume_button.isVisible()


def test_a_paused_run_can_be_stopped(page, stand_in, qtbot):
    stand_in.hold_after = 1
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    page.pause_button.click()
    stand_in.go_on.set()
    page.stop_button.click()
    over(qtbot, page)
    assert page.context.session.runs[0].stopped_because == "stopped"


def test_a_stopped_run_goes_on(page, stand_in, qtbot, monkeypatch, ready):
    stand_in.hold_after, stand_in.folder = 2, Folder()
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    page.stop_button.click()
    over(qtbot, page)
    assert page.continue_button.isVisible()
    given = []

    def continue_kept(folder, data):
        given.append((folder, data))
        return lambda progress: KeptRun(replace(run_of(stand_in, 5, "finished"), weights=stand_in_weights()))

    def stand_in_weights():
        return type(ready.session.weights)(fc="newer")

    monkeypatch.setattr(training, "continue_kept", continue_kept)
    page.continue_button.click()
    over(qtbot, page)
    assert given == [(stand_in.folder, ready.session.data)]
    # It takes the place of the stopped run.
    (run,) = ready.session.runs
    assert (run.number, run.stopped_because, len(run.history)) == (1, "finished", 5)
    assert not page.continue_button.isVisible()
    assert stand_in.folder.said == []


def test_a_run_that_was_stopped_in_its_first_epoch_goes_on(
    page, stand_in, qtbot, monkeypatch, ready, notices
):
    stand_in.empty, stand_in.folder = True, Folder()
    page.start_button.click()
    over(qtbot, page)
    assert "nothing has changed" in notices[-1].text
    assert ready.session.runs == ()
    assert page.continue_button.isVisible()
    given = []

    def continue_kept(folder, data):
        given.append(folder)
        return lambda progress: KeptRun(
            replace(run_of(stand_in, 5, "finished"), weights=type(ready.session.weights)(fc="newer"))
        )

    monkeypatch.setattr(training, "continue_kept", continue_kept)
    page.continue_button.click()
    over(qtbot, page)
    assert given == [stand_in.folder]
    assert stand_in.folder.said == []
    assert [run.stopped_because for run in ready.session.runs] == ["finished"]
    assert not page.continue_button.isVisible()


@pytest.mark.parametrize("saved", [True, False])
def test_a_run_that_could_not_go_on_may_be_asked_to_again(
    page, stand_in, qtbot, monkeypatch, ready, notices, tmp_path, saved
):
    stand_in.hold_after, stand_in.folder = 2, Folder()
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    page.stop_button.click()
    over(qtbot, page)
    if saved:
        ready.session.saved(tmp_path / "a.netgraft")

    def fails(folder, data):
        def step(progress):
            raise TrainingError("The pictures are away.")

        return step

    monkeypatch.setattr(training, "continue_kept", fails)
    for _ in range(2):
        page.continue_button.click()
        over(qtbot, page)
        assert notices[-1].text == "The pictures are away."
        assert page.continue_button.isVisible()
        assert page.continue_button.isEnabled()
    assert stand_in.folder.said == []
    assert [run.stopped_because for run in ready.session.runs] == ["stopped"]
    monkeypatch.setattr(
        training,
        "continue_kept",
        lambda folder, data: (
            lambda progress: KeptRun(
                replace(run_of(stand_in, 5, "finished"), weights=type(ready.session.weights)(fc="newer"))
            )
        ),
    )
    if saved:
        # It is left where it is, as if it had not been asked to go on.
        page.closing()
        assert stand_in.folder.said == ["released"]
    else:
        page.continue_button.click()
        over(qtbot, page)
        assert [run.stopped_because for run in ready.session.runs] == ["finished"]
        assert not page.continue_button.isVisible()


def test_a_run_that_could_not_go_on_for_a_network_that_is_not_open_any_more(
    page, stand_in, qtbot, monkeypatch, ready, tiny_network, data
):
    stand_in.hold_after, stand_in.folder = 2, Folder()
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    page.stop_button.click()
    over(qtbot, page)

    def fails(folder, data):
        def step(progress):
            stand_in.go_on.wait()
            raise TrainingError("The pictures are away.")

        return step

    monkeypatch.setattr(training, "continue_kept", fails)
    page.continue_button.click()
    ready.session.open(tiny_network, {}, data=data)
    stand_in.go_on.set()
    over(qtbot, page)
    assert stand_in.folder.said == ["released"]
    assert not page.continue_button.isVisible()


def test_a_broken_off_run_that_could_not_go_on_is_offered_again(
    page, stand_in, qtbot, monkeypatch, ready, notices, tmp_path
):
    run = InterruptedRun(tmp_path, None, "tiny", 2, 5, 1.0, 1.7e9)
    given = []

    def fails(run, data):
        def step(progress):
            given.append(run)
            raise TrainingError("The pictures are away.")

        return step

    monkeypatch.setattr(training, "continue_run", fails)
    page.live.go_on(run)
    over(qtbot, page)
    assert (notices[-1].text, notices[-1].action_text) == ("The pictures are away.", "Continue training")
    # Reading the pictures again does not take the button away.
    assert "data" not in notices[-1].until
    notices[-1].action()
    over(qtbot, page)
    assert given == [run, run]
    page.live.go_on(replace(run, has_checkpoint=False))
    over(qtbot, page)
    assert notices[-1].action_text == "Begin it again"


def test_saving_makes_a_run_safe(page, stand_in, qtbot, ready, tmp_path):
    stand_in.folder = Folder()
    page.start_button.click()
    over(qtbot, page)
    assert stand_in.folder.said == []
    ready.session.saved(tmp_path / "a.netgraft")
    assert stand_in.folder.said == ["discarded"]


def test_closing_the_window_leaves_nothing_behind(page, stand_in, qtbot):
    stand_in.folder = Folder()
    page.start_button.click()
    over(qtbot, page)
    page.closing()
    assert stand_in.folder.said == ["discarded"]


def test_half_the_batch_is_offered_where_memory_runs_out(page, stand_in, qtbot, notices, ready):
    stand_in.fail_with = OutOfMemoryError("There is not enough memory.", "", "", 16, 2)
    page.start_button.click()
    over(qtbot, page)
    assert notices[0].action_text == "Train with batches of 16"
    stand_in.fail_with = None
    notices[0].action()
    over(qtbot, page)
    options = ready.session.training_options
    assert (options.batch_size, options.accumulate) == (16, 2)
    assert ready.session.runs[0].options == options


@pytest.mark.parametrize("answer", ["run", "cancel"])
def test_code_of_ones_own_is_run_after_asking_alone(
    page, stand_in, qtbot, ready, monkeypatch, tmp_path, answer, notices
):
    path = tmp_path / "own.py"
    path.write_text("def loss(a, l): ...")
    stand_in.fail_with = UnconfirmedCodeError(
        "'own.py' has not been confirmed.", "It is a program.", "", path
    )
    asked = []

    def ask(parent, text, detail, choices):
        asked.append((text, detail))
        stand_in.fail_with = None
        return answer

    monkeypatch.setattr(asking, "ask", ask)
    page.start_button.click()
    qtbot.waitUntil(lambda: bool(asked))
    over(qtbot, page)
    assert "own.py" in asked[0][0]
    assert str(path) in asked[0][1]
    assert bool(settings.load().trusted) is (answer == "run")
    assert len(ready.session.runs) == (1 if answer == "run" else 0)
    assert notices == []
