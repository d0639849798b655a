import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from designer.errors import DataError
from designer.gui.evaluation.page import EvaluationPage
from designer.jobs import steps
from designer.network.edits import SetFrozen
from designer.progress import StepNews
from designer.session.results import Prediction


class StandIn:
    """Takes the place of the engine's evaluation and prediction."""

    def __init__(self, report):
        self.report = report
        self.error = None
        self.hold = False
        self.holding, self.go_on = threading.Event(), threading.Event()
        self.given = []

    def evaluate(self, network, weights, data, indices=None, device="auto"):
        self.given.append((network, weights, data, indices))

        def step(progress):
            progress.report(StepNews("Evaluating 3 pictures", 0.5))
            if self.hold:
                self.holding.set()
                while not self.go_on.wait(0.005):
                    progress.raise_if_cancelled()
            if self.error is not None:
                raise self.error
            return self.report

        return step

    def predict(self, network, weights, paths, top=5, device="auto"):
        return lambda progress: tuple(Prediction(path, (("cat", 0.9), ("dog", 0.1))) for path in paths)


@pytest.fixture
def stand_in(monkeypatch, report):
    made = StandIn(report)
    monkeypatch.setattr(steps, "evaluate", made.evaluate)
    monkeypatch.setattr(steps, "predict", made.predict)
    return made


@pytest.fixture
def page(ready, stand_in, qtbot):
    made = EvaluationPage(ready)
    qtbot.addWidget(made)
    made.resize(1080, 640)
    made.show()
    made.shown()
    yield made
    qtbot.waitUntil(lambda: not ready.runner.running())


def idle(page):
    return not page.evaluator.running and not page.context.runner.busy()


def test_without_a_network_it_says_what_is_missing(make_context, qtbot):
    page = EvaluationPage(make_context())
    qtbot.addWidget(page)
    assert not page.evaluate_button.isEnabled()
    assert page.need() == "Open a network"
    assert page.header.line == page.evaluate_button.toolTip() != ""


def test_evaluating_shows_the_report(ready, page, stand_in, qtbot, report):
    assert page.summary.text == "Not evaluated yet."
    page.evaluate_button.click()
    assert not page.evaluate_button.isEnabled()
    qtbot.waitUntil(lambda: ready.session.report is not None and idle(page))
    assert stand_in.given[0] == (
        ready.session.network,
        ready.session.weights,
        ready.session.data,
        (9, 10, 11),
    )
    assert page.summary.text.startswith("66.7 % 4 of 6 pictures right")
    assert "the validation pictures" in page.summary.text
    assert page.view.scores.rowCount() == page.view.counts.rowCount() == 3
    assert page.view.caption.text() == "All 2 wrong pictures"
    assert page.evaluate_button.isEnabled()


def test_choosing_a_cell_shows_its_pictures(ready, page, report):
    ready.session.set_report(report)
    page.view.matrix.choose((0, 0))
    assert [judged.path.name for judged in page.view.gallery.shown] == ["1.png", "0.png"]
    assert "2 of 3 pictures of 'cat' recognised" in page.view.caption.text()
    page.view.all_wrong.click()
    assert [judged.path.name for judged in page.view.gallery.shown] == ["4.png", "2.png"]


def test_an_edit_drops_the_report_and_says_why(ready, page, report):
    ready.session.set_report(report)
    ready.session.apply(SetFrozen(("fc",), True))
    assert "edited since" in page.summary.text
    assert page.view.scores.rowCount() == 0


def test_training_drops_the_report_and_says_why(ready, page, report):
    from designer.session.options import TrainingOptions
    from designer.session.results import Run

    ready.session.set_report(report)
    run = Run(0, TrainingOptions(), (), 0, "finished", "CPU", 1.0, 1.0, ("cat", "dog", "owl"))
    ready.session.add_run(run, {"fc": "other"})
    assert "trained since" in page.summary.text
    ready.session.set_report(report)
    assert "66.7 %" in page.summary.text


def test_a_report_of_a_network_that_was_edited_meanwhile_is_not_kept(ready, page, stand_in, qtbot, notices):
    stand_in.hold = True
    page.evaluate_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    ready.session.apply(SetFrozen(("fc",), True))
    stand_in.go_on.set()
    qtbot.waitUntil(lambda: idle(page))
    assert ready.session.report is None
    assert "out of date" in notices[0].text


def test_how_far_it_is_stays_told_when_another_job_comes_and_goes(ready, page, stand_in, qtbot):
    stand_in.hold = True
    page.evaluate_button.click()
    qtbot.waitUntil(lambda: page.header.line == "Evaluating 3 pictures")
    other = ready.runner.start("Another", lambda progress: None, "facts")
    with qtbot.waitSignal(other.ended):
        pass
    assert page.header.line == "Evaluating 3 pictures"
    stand_in.go_on.set()
    qtbot.waitUntil(lambda: idle(page))
    assert page.header.line != "Evaluating 3 pictures"


def test_cancelling_keeps_the_former_report(ready, page, stand_in, qtbot, report, notices):
    ready.session.set_report(report)
    stand_in.hold = True
    page.evaluate_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    qtbot.waitUntil(lambda: page.header.line == "Evaluating 3 pictures")
    page.cancel_button.click()
    qtbot.waitUntil(lambda: idle(page))
    assert ready.session.report is report
    assert notices == []


def test_a_failure_shows_a_notice_and_keeps_the_former_report(ready, page, stand_in, qtbot, report, notices):
    ready.session.set_report(report)
    stand_in.error = DataError("There are no pictures.")
    page.evaluate_button.click()
    qtbot.waitUntil(lambda: idle(page))
    assert notices[0].text == "There are no pictures."
    assert ready.session.report is report


def test_another_folder_is_read_and_evaluated_as_a_whole(ready, page, stand_in, qtbot, monkeypatch, data):
    asked = []

    def read_folder(folder, validation=0.2, seed=0, validation_folder=None):
        asked.append((folder, validation))
        return lambda progress: data

    monkeypatch.setattr(steps, "read_folder", read_folder)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/elsewhere")
    page.folder_button.click()
    qtbot.waitUntil(lambda: ready.session.report is not None and idle(page))
    assert asked == [(Path("/elsewhere"), 0.0)]
    assert stand_in.given[0][3] == tuple(range(12))
    assert ready.session.data is data
    assert "Evaluated on /elsewhere." in page.summary.text


def test_single_pictures_are_predicted_and_shown(ready, page, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "red.png"
    Image.fromarray(np.full((40, 20, 3), (255, 0, 0), np.uint8)).save(path)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path)], ""))
    page.view.setCurrentWidget(page.view.predictions)
    page.view.predictions.button.click()
    qtbot.waitUntil(lambda: len(page.view.predictions.rows) == 1)
    row = page.view.predictions.rows[0]
    qtbot.waitUntil(lambda: page.thumbnails.get(path) is not None)
    image = row.picture.pixmap().toImage()
    assert (image.width(), image.height()) == (20, 40)
    assert image.pixelColor(5, 5).name() == "#ff0000"
    ready.session.apply(SetFrozen(("fc",), True))
    assert page.view.predictions.rows == ()


def test_pictures_are_read_in_portions_and_broken_ones_are_known(page, qtbot, tmp_path):
    paths = []
    for number in range(30):
        paths.append(tmp_path / f"{number}.png")
        Image.fromarray(np.full((8, 8, 3), number, np.uint8)).save(paths[-1])
    paths.append(tmp_path / "broken.png")
    paths[-1].write_text("not a picture")
    page.thumbnails.want(paths)
    qtbot.waitUntil(lambda: page.thumbnails.broken(paths[-1]))
    assert page.thumbnails.get(paths[29]).pixelColor(0, 0).red() == 29
    assert not page.thumbnails.broken(paths[0])


def test_a_pushed_aside_wish_is_taken_up_again(page, qtbot, tmp_path, report_of):
    path = tmp_path / "0.png"
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(path)
    page.context.session.set_report(report_of([0], [1], paths=[path]))
    # another page takes the lane before the picture has been read
    page.context.runner.start("Other pictures", lambda progress: None, lane="pictures")
    qtbot.waitUntil(lambda: not page.context.runner.busy("pictures"))
    page.shown()
    qtbot.waitUntil(lambda: page.thumbnails.get(path) is not None)


def test_an_empty_cell_says_so(ready, page, report):
    ready.session.set_report(report)
    stack = page.view._gallery_stack
    page.view.matrix.choose((2, 0))
    assert stack.currentWidget().text() == "No pictures here"
    page.view.matrix.choose((0, 1))
    assert stack.currentIndex() == 0
