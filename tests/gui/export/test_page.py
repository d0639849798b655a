import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from designer.errors import ExportError
from designer.gui.export.page import ExportPage
from designer.jobs import steps
from designer.network.edits import SetFrozen
from designer.progress import StepNews
from designer.session.data import ImageData, Picture
from designer.session.options import ExportOptions
from designer.session.results import ExportedFile, Parity

PICTURES = tuple(Picture(Path(f"/nowhere/{i}.png"), i % 3) for i in range(12))
DATA = ImageData(Path(), ("cat", "dog", "owl"), PICTURES, (), tuple(range(9)), (9, 10, 11), 0.25, 0)


def exported_to(path, difference=1e-6):
    return ExportedFile(path, 17, 8, "torchscript", 12_345, Parity(3, (1, 2, 7), difference, 8.0, 1.0))


class StandIn:
    """Takes the place of the engine's export."""

    def __init__(self):
        self.error = None
        self.hold = False
        self.holding, self.go_on = threading.Event(), threading.Event()
        self.given = []

    def export(self, network, weights, path, options, pictures):
        self.given.append((network, path, options, pictures))

        def step(progress):
            progress.report(StepNews("Asking torch", 0.5))
            if self.hold:
                self.holding.set()
                while not self.go_on.wait(0.005):
                    progress.raise_if_cancelled()
            if self.error is not None:
                raise self.error
            return exported_to(path)

        return step


@pytest.fixture
def stand_in(monkeypatch):
    made = StandIn()
    monkeypatch.setattr(steps, "export", made.export)
    return made


@pytest.fixture
def page(context, tiny_network, stand_in, qtbot):
    context.session.open(tiny_network, {}, data=DATA)
    made = ExportPage(context)
    qtbot.addWidget(made)
    made.show()
    return made


def wait_until_over(qtbot, page):
    qtbot.waitUntil(lambda: not page.export.running and not page.context.runner.busy())


def test_without_a_network_it_says_what_is_missing(make_context, qtbot):
    page = ExportPage(make_context())
    qtbot.addWidget(page)
    assert not page.export_button.isEnabled()
    assert page.need() == "Open a network"
    assert page.options.file() is None


def test_a_file_beside_the_project_is_suggested(page, context, tiny_network):
    assert page.options.file() == Path.home() / "tiny.onnx"
    context.session.open(tiny_network, {}, path=Path("/pictures/flowers.netgraft"))
    assert page.options.file() == Path("/pictures/flowers.onnx")


def test_exporting_shows_where_the_file_lies_and_that_it_agrees(page, context, stand_in, qtbot, tmp_path):
    page.options.path.setText(str(tmp_path / "flowers"))
    page.export_button.click()
    wait_until_over(qtbot, page)
    path = tmp_path / "flowers.onnx"
    network, given, options, pictures = stand_in.given[0]
    assert network is context.session.network
    assert (given, options) == (path, ExportOptions())
    assert pictures == tuple(PICTURES[i].path for i in (9, 10, 11))
    assert context.session.exported == exported_to(path)
    assert "gives the network's outputs" in page.result.verdict.text()
    assert page.result.path.text() == str(path)
    assert str(path) in page.result.code.toPlainText()
    page.result.copy_path.click()
    assert QGuiApplication.clipboard().text() == str(path)
    page.result.copy_code.click()
    assert QGuiApplication.clipboard().text() == page.result.code.toPlainText()


def test_a_failure_is_shown_and_told(page, context, stand_in, qtbot, notices):
    stand_in.error = ExportError("The file differs.", "By 0.3.", "Try another opset.")
    page.export_button.click()
    wait_until_over(qtbot, page)
    assert notices[0].text == page.result.verdict.text() == "The file differs."
    assert page.result.detail.text() == "By 0.3. Try another opset."
    assert context.session.exported is None
    stand_in.error = None
    page.export_button.click()
    wait_until_over(qtbot, page)
    assert "gives the network's outputs" in page.result.verdict.text()


def test_cancelling_leaves_everything(page, context, stand_in, qtbot, notices):
    stand_in.hold = True
    page.export_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    qtbot.waitUntil(lambda: page.header.line == "Asking torch")
    assert page.bar.isVisible()
    page.cancel_button.click()
    wait_until_over(qtbot, page)
    assert context.session.exported is None
    assert notices == []
    assert not page.bar.isVisible()


def test_how_far_it_is_stays_told_when_another_job_comes_and_goes(page, context, stand_in, qtbot):
    stand_in.hold = True
    page.export_button.click()
    qtbot.waitUntil(lambda: page.header.line == "Asking torch")
    other = context.runner.start("Another", lambda progress: None, "facts")
    with qtbot.waitSignal(other.ended):
        pass
    assert page.header.line == "Asking torch"
    assert page.bar.value() == page.bar.maximum() / 2
    stand_in.go_on.set()
    wait_until_over(qtbot, page)
    assert page.header.line != "Asking torch"


def test_an_edit_drops_the_file_and_says_so(page, context, tmp_path):
    context.session.set_exported(exported_to(tmp_path / "a.onnx"))
    context.session.apply(SetFrozen(("fc",), True))
    assert "has changed since" in page.result.verdict.text()
    assert page.result.exported is None


def test_a_file_of_a_network_that_was_edited_meanwhile_is_told_as_such(
    page, context, stand_in, qtbot, notices
):
    stand_in.hold = True
    page.export_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    context.session.apply(SetFrozen(("fc",), True))
    stand_in.go_on.set()
    wait_until_over(qtbot, page)
    assert context.session.exported is None
    assert "as it was when the export began" in notices[0].text


def test_options_go_both_ways(page, context):
    page.options.embed.setChecked(True)
    page.options.pictures.setValue(5)
    page.options.opset.setCurrentIndex(page.options.opset.findData(18))
    page.options.opset.activated.emit(0)
    assert context.session.export_options == ExportOptions(18, True, 5)
    context.session.set_options(export=ExportOptions(opset=99))
    assert page.options.opset.currentText() == "99"
    assert not page.options.embed.isChecked()


def test_a_name_is_asked_for(page, notices, stand_in):
    page.options.path.clear()
    page.export_button.click()
    assert "no name" in notices[0].text
    assert stand_in.given == []


def test_choosing_a_file(page, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "b.onnx"), ""))
    page.options.choose.click()
    assert page.options.file() == tmp_path / "b.onnx"
