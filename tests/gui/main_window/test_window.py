from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest

from designer import settings
from designer.errors import ProjectError, TrainingError
from designer.gui.main_window import facts
from designer.gui.main_window.dropping import files_in, take_files
from designer.gui.main_window.pages import PAGES
from designer.gui.notices import notice_of
from designer.gui.opening import opener
from designer.jobs.projects import OpenedSession
from designer.network.edits import SetPurpose
from designer.progress import BatchNews, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import Facts, LayerFacts, WayNews


def opened(network, **values) -> OpenedSession:
    return OpenedSession(network, object(), **values)


@pytest.fixture
def project(tiny_network, monkeypatch):
    """Opening any project file gives the tiny network; a name with 'broken' fails."""

    def open_session(path):
        def step(progress):
            if "broken" in path.name:
                raise ProjectError("It cannot be opened.", "It is damaged.", "Use a copy.")
            return opened(tiny_network, view={"step": "training"})

        return step

    monkeypatch.setattr(opener, "open_session", open_session)


def test_every_step_is_reached_by_mouse_and_keys(main_window, qtbot):
    rail = main_window._rail
    assert main_window.step == "start"
    for row in PAGES:
        qtbot.mouseClick(rail.buttons[row.step], Qt.MouseButton.LeftButton)
        assert main_window.step == row.step
    main_window.activateWindow()
    qtbot.waitUntil(main_window.isActiveWindow)
    for number, row in enumerate(PAGES, 1):
        QTest.keySequence(main_window, QKeySequence(f"Ctrl+{number}"))
        assert main_window.step == row.step
        assert rail.buttons[row.step].isChecked()
    # A page is made once.
    assert main_window.pages["data"].times_shown == 2


def test_pages_are_made_when_they_are_first_shown(main_window):
    assert set(main_window.pages) == {"start"}
    main_window.go_to("training")
    assert set(main_window.pages) == {"start", "training"}


def test_the_rail_says_what_is_needed_and_then_what_there_is(main_window, tiny_network):
    states = {step: button.state for step, button in main_window._rail.buttons.items()}
    assert not states["network"].ready
    assert "network" in states["training"].text.lower()
    assert states["data"].text == "Choose pictures"
    main_window.context.session.open(tiny_network, object())
    states = {step: button.state for step, button in main_window._rail.buttons.items()}
    assert states["network"].text == "tiny"
    assert states["training"].text == "Choose pictures"
    assert states["export"].ready
    assert "tiny" in main_window._rail.buttons["network"].accessibleName()


def test_torch_is_loaded_behind_and_its_state_is_seen(main_window, qtbot):
    main_window.warm_up()
    assert "network" not in main_window.pages
    assert main_window._status.device.text() == "Loading torch ..."
    qtbot.waitUntil(lambda: main_window._status.device.text() == "Test device")
    assert main_window._status.device.toolTip() == "it is a test"
    # The pages are made before they are asked for.
    qtbot.waitUntil(lambda: set(main_window.pages) == {row.step for row in PAGES})
    qtbot.waitUntil(lambda: all(page.prepared for step, page in main_window.pages.items() if step != "start"))
    qtbot.waitUntil(lambda: not main_window.context.runner.running())
    assert main_window.step == "start"
    assert all(main_window.pages[row.step].times_shown == 0 for row in PAGES[1:])


def test_closing_while_pages_are_made_ahead_ends_that(main_window, qtbot):
    main_window.warm_up()
    qtbot.waitUntil(lambda: "network" in main_window.pages)
    main_window.closing.agreed = True
    main_window.close()
    assert "export" not in main_window.pages


def test_counts_and_title_follow_the_session(main_window, tiny_network):
    session = main_window.context.session
    assert main_window.windowTitle() == "Netgraft"
    session.open(tiny_network, object())
    # conv 216, bn 16, conv 584, fc 27, worked out by hand
    rows = {"stem.conv": 216, "stem.bn": 16, "block.conv": 584, "fc": 27}
    session.set_facts(Facts({name: LayerFacts((), count) for name, count in rows.items()}))
    assert main_window._status.counts.text() == "0 frozen, 843 trainable"
    assert main_window.windowTitle() == "tiny[*] - Netgraft"
    main_window.saving.remember(None, opened(tiny_network))
    assert not main_window.isWindowModified(), "a model that was only looked at is no loss"
    session.set_options(
        training=replace(session.training_options, epochs=session.training_options.epochs + 1)
    )
    session.saved(Path("/nowhere/birds.netgraft"))
    assert main_window.windowTitle() == "birds[*] - Netgraft"
    session.set_options(
        training=replace(session.training_options, epochs=session.training_options.epochs + 1)
    )
    assert main_window.isWindowModified()


def test_a_project_is_opened_remembered_and_shown_where_it_was_left(main_window, project, qtbot, tmp_path):
    path = tmp_path / "birds.netgraft"
    main_window.open_project(path)
    qtbot.waitUntil(lambda: main_window.context.session.network is not None)
    qtbot.waitUntil(lambda: main_window.step == "training")
    assert "network" not in main_window.pages, "only what is looked at is made"
    assert main_window.context.session.path == path
    assert not main_window.isWindowModified()
    assert settings.load().recent == (str(path),)


def test_a_project_that_fails_leaves_what_is_open(main_window, project, qtbot, tmp_path, tiny_network):
    weights = object()
    main_window.context.session.open(tiny_network, weights)
    main_window.saving.remember(None, opened(tiny_network))
    main_window.open_project(tmp_path / "broken.netgraft")
    qtbot.waitUntil(lambda: main_window._bar.notice is not None)
    assert main_window._bar.notice.text == "It cannot be opened."
    assert main_window._bar.notice.detail == "It is damaged. Use a copy."
    assert main_window.context.session.weights is weights
    assert settings.load().recent == ()


def drop(window, path: Path, kind: type, **values):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    position = QPointF(10, 10) if kind is QDropEvent else QPointF(10, 10).toPoint()
    event = kind(position, Qt.DropAction.CopyAction, mime, *buttons)
    (window.dropEvent if kind is QDropEvent else window.dragEnterEvent)(event)
    return event.isAccepted(), mime


def test_an_error_of_training_goes_with_the_next_attempt(main_window, qtbot):
    context = main_window.context
    qtbot.waitUntil(lambda: not context.runner.running())
    context.notify(notice_of(TrainingError("'own.py' could not be run.", "", "")))
    context.runner.start("Shapes", lambda progress: None, "facts")
    qtbot.waitUntil(lambda: not context.runner.running())
    assert main_window._bar.notice is not None
    # It fails otherwise, or the user is asked and refuses: what is said of the former attempt is gone.
    context.runner.start("Training", lambda progress: None)
    assert main_window._bar.notice is None
    qtbot.waitUntil(lambda: not context.runner.running())


def test_a_project_file_may_be_dropped(main_window, project, qtbot, tmp_path):
    assert drop(main_window, tmp_path / "birds.netgraft", QDragEnterEvent)[0]
    assert drop(main_window, tmp_path / "birds.netgraft", QDropEvent)[0]
    qtbot.waitUntil(lambda: main_window.context.session.path == tmp_path / "birds.netgraft")


def test_a_folder_of_pictures_may_be_dropped(main_window, qtbot, tmp_path):
    (tmp_path / "pets").mkdir()
    assert drop(main_window, tmp_path / "pets", QDragEnterEvent)[0]
    assert drop(main_window, tmp_path / "pets", QDropEvent)[0]
    qtbot.waitUntil(lambda: main_window.step == "data")
    assert main_window.pages["data"].folders == [tmp_path / "pets"]


def test_a_foreign_file_that_is_dropped_is_answered(main_window, project, qtbot, tmp_path):
    network = main_window.context.session.network
    (tmp_path / "notes.txt").write_text("Not a network.")
    assert drop(main_window, tmp_path / "notes.txt", QDragEnterEvent)[0]
    drop(main_window, tmp_path / "notes.txt", QDropEvent)
    qtbot.waitUntil(lambda: main_window._bar.notice is not None)
    notice = main_window._bar.notice
    assert notice.text == "'notes.txt' cannot be opened by dropping it here."
    assert ".netgraft" in notice.detail
    assert "a folder of pictures" in notice.detail
    assert main_window.context.session.network is network
    # What lies on another machine is not taken: its place is no path here.
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/birds.netgraft")])
    assert files_in(mime) == ()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.netgraft", "b.netgraft")])
    assert [path.name for path in files_in(mime)] == ["a.netgraft", "b.netgraft"]


def test_several_files_that_are_dropped_are_answered(main_window, qtbot, tmp_path):
    paths = (tmp_path / "a.netgraft", tmp_path / "b.netgraft")
    take_files(paths, main_window.context, main_window.pages, pytest.fail)
    notice = main_window._bar.notice
    assert notice is not None
    assert notice.text == "2 things were dropped, and only one can be opened at a time."


def test_the_status_line_shows_a_job_and_cancels_it(main_window, qtbot):
    release = threading.Event()

    def step(progress):
        progress.report(BatchNews(2, 4, 5, 10, 15, 0.5, 0.001, 100.0, 1.0, 75.0))
        while not release.is_set():
            progress.raise_if_cancelled()

    status = main_window._status
    assert status._bar.isHidden()
    main_window.context.runner.start("Training", step)
    qtbot.waitUntil(lambda: "Epoch 2 of 4" in status._text.text())
    assert status._text.text() == "Training: Epoch 2 of 4, 1 min 15 s left"
    # (1 + 5/10) / 4 of the whole
    assert status._bar.value() == 375
    qtbot.mouseClick(status._cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not main_window.context.runner.busy())
    assert status._text.text() == "Ready"
    assert status._bar.isHidden()
    release.set()


def test_the_status_line_says_which_of_several_ways_begins(main_window, qtbot):
    release = threading.Event()

    def step(progress):
        progress.report(BatchNews(1, 1, 5, 5, 5, 0.5, 0.001, 100.0, 1.0, 0.0))
        progress.report(WayNews(2, 3, "Fine-tuning", TrainingOptions()))
        while not release.is_set():
            progress.raise_if_cancelled()

    status = main_window._status
    main_window.context.runner.start("Comparing", step)
    qtbot.waitUntil(lambda: status._text.text() == "Comparing: 2 of 3, Fine-tuning")
    assert status._bar.maximum() == 0
    release.set()
    qtbot.waitUntil(lambda: not main_window.context.runner.busy())


def test_progress_that_is_not_known_is_shown_as_such(main_window, qtbot):
    release = threading.Event()

    def step(progress):
        progress.report(StepNews("Reading"))
        release.wait(10)

    main_window.context.runner.start("Opening", step)
    qtbot.waitUntil(lambda: main_window._status._text.text() == "Opening: Reading")
    assert main_window._status._bar.maximum() == 0
    release.set()
    qtbot.waitUntil(lambda: not main_window.context.runner.busy())


def test_appearance_is_changed_and_remembered(main_window):
    dark = next(a for a in main_window._actions.looks.actions() if a.data() == "dark")
    dark.trigger()
    assert main_window.context.look.colours.dark
    assert settings.load().appearance == "dark"
    main_window.context.look.set_appearance("light")


def test_an_edit_before_the_network_page_was_ever_shown_can_be_undone(main_window, tiny_network):
    actions, session = main_window._actions.all, main_window.context.session
    session.open(tiny_network, None)
    assert not actions["undo"].isEnabled()
    session.apply(SetPurpose(name="other"))
    assert "network" not in main_window.pages
    actions["undo"].trigger()
    assert session.network == tiny_network
    assert not actions["undo"].isEnabled()
    actions["redo"].trigger()
    assert session.network.name == "other"
    assert not actions["redo"].isEnabled()
    session.open(tiny_network, None)
    assert not actions["undo"].isEnabled()


def test_every_control_of_the_window_has_a_name(main_window):
    from PySide6.QtWidgets import QAbstractButton

    toolbar = main_window._actions.toolbar
    for button in toolbar.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.accessibleName(), button
            assert button.toolTip()
    for button in main_window._rail.buttons.values():
        assert button.accessibleName()
        assert button.focusPolicy() != Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("size", [(1060, 640), (1280, 720), (2560, 1440)])
def test_nothing_of_the_start_page_is_cut_at_any_size(main_window, qtbot, size):
    main_window.resize(*size)
    qtbot.waitUntil(lambda: (main_window.width(), main_window.height()) == size)
    page = main_window.pages["start"]
    for button in (page.panel.main, page.panel.fresh, page.panel.file, page.cards[0].button):
        assert button.width() >= button.sizeHint().width(), button.text()
        corner = button.mapTo(main_window, button.rect().bottomRight())
        assert main_window.rect().contains(corner), button.text()
    assert page.table.height() > 150


def test_the_window_comes_up_without_the_heavy_modules():
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from designer.gui.look.style import Look\n"
        "from designer.gui.main_window.window import MainWindow\n"
        "from designer.jobs.runner import Runner\n"
        "from designer.session.session import Session\n"
        "look = Look(); look.apply(app)\n"
        "window = MainWindow(Session(), Runner(), look); window.show(); app.processEvents()\n"
        "print([n for n in ('torch', 'torchvision', 'onnx', 'pyqtgraph', 'numpy') if n in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_shapes_that_take_long_are_told_of(main_window, qtbot, monkeypatch, tiny_network):
    go_on = threading.Event()

    def infer_facts(network):
        def step(progress):
            go_on.wait(20)
            return Facts({})

        return step

    monkeypatch.setattr(facts, "infer_facts", infer_facts)
    status = main_window._status
    main_window.context.session.open(tiny_network, None)
    assert status._text.text() == "Ready", "most are there at once"
    qtbot.waitUntil(lambda: status._text.text() == "Working out shapes")
    assert status._cancel.isHidden()
    assert not status._bar.isHidden()
    go_on.set()
    qtbot.waitUntil(lambda: status._text.text() == "Ready")
    assert status._bar.isHidden()
