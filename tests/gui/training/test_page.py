from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from designer.errors import TrainingError
from designer.gui.training.page import TrainingPage
from designer.gui.training.status_strip import StatusStrip
from designer.gui.training.texts import RUN_COLUMNS, Status
from designer.jobs import training
from designer.network.edits import SetFrozen, SetPurpose
from designer.session.options import TrainingOptions
from tests.gui.training.conftest import row_of
from tests.gui.training.test_checking import FOUND


@pytest.fixture
def make_page(ready, qtbot):
    def make(context=ready, epochs=5):
        context.session.set_options(training=replace(context.session.training_options, epochs=epochs))
        page = TrainingPage(context)
        qtbot.addWidget(page)
        page.resize(1080, 640)
        page.show()
        page.shown()
        qtbot.waitUntil(lambda: page.curves is not None)
        return page

    return make


def wait_until_over(qtbot, page):
    qtbot.waitUntil(lambda: not page.live.running and not page.context.runner.busy())


def test_without_a_network_it_says_what_is_missing(make_context, make_page):
    page = make_page(make_context())
    assert not page.start_button.isEnabled()
    assert page.header.line == page.start_button.toolTip() != ""
    assert page.need() == "Open a network"
    assert page.status.state == "Not trained yet"


def test_other_classes_lead_to_the_page_where_the_head_is_replaced(ready, make_page, visited, data):
    page = make_page()
    assert page.need() == ""
    ready.session.set_data(replace(data, classes=("cat", "dog")))
    assert not page.start_button.isEnabled()
    assert "Replace the head" in page.header.line
    page.header._action.click()
    assert visited == ["network"]


def test_an_edit_changes_what_is_possible_at_once(ready, make_page):
    page = make_page()
    assert page.start_button.isEnabled()
    ready.session.set_facts(replace_parameters(ready.session.network))
    ready.session.apply(SetFrozen(tuple(ready.session.network.layers), True))
    assert not page.start_button.isEnabled()
    assert "frozen" in page.header.line


def replace_parameters(network):
    from designer.session.results import Facts, LayerFacts

    return Facts({layer.id: LayerFacts(parameters=5) for layer in network})


def test_a_run_ends_in_the_session_with_merged_weights(ready, make_page, stand_in, qtbot):
    page = make_page()
    before = ready.session.network
    page.start_button.click()
    assert not page.start_button.isVisible()
    assert page.stop_button.isVisible()
    wait_until_over(qtbot, page)
    (run,) = ready.session.runs
    assert run.number == 1
    assert run.history == tuple(stand_in.row(epoch) for epoch in range(1, 6))
    assert ready.session.weights == {"fc": "new", "stem": "kept"}
    assert stand_in.given[0][0] is before
    assert page.start_button.isVisible()
    assert page.status.state == "Finished"
    assert page.status.value("best") == "80.0 %"


def test_in_the_middle_curves_status_and_tables_show_the_same(make_page, stand_in, qtbot):
    stand_in.hold_after = 2
    page = make_page()
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    qtbot.waitUntil(lambda: len(page.epochs.model.rows) == 2 and page.status.value("epoch") == "2 of 5")
    assert page.status.state == "Training"
    assert page.status._device.toolTip() == "CPU – no GPU was found"
    assert page.status.value("best") == "70.0 %"
    assert page.epochs.model.strong == 1
    x, y = page.curves.accuracy.lines[0].items["validation"].getData()
    assert list(x) == [1, 2]
    assert list(y) == pytest.approx([60, 70])
    x, y = page.curves.loss.lines[0].items["raw"].getData()
    assert 0 < x[-1] <= 2
    assert y[-1] == pytest.approx(2 / 8)
    assert page.runs.model.rows[-1][-1] == "running"
    stand_in.go_on.set()
    wait_until_over(qtbot, page)


def test_stopping_keeps_what_was_learned(ready, make_page, stand_in, qtbot):
    stand_in.hold_after = 2
    page = make_page()
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    page.stop_button.click()
    assert not page.stop_button.isEnabled()
    wait_until_over(qtbot, page)
    (run,) = ready.session.runs
    assert run.stopped_because == "stopped"
    assert len(run.history) == 2
    assert page.status.state == "Stopped"


def test_stopping_before_the_first_epoch_is_over_changes_nothing(ready, make_page, stand_in, qtbot, notices):
    stand_in.empty = True
    page = make_page()
    page.start_button.click()
    wait_until_over(qtbot, page)
    assert ready.session.runs == ()
    assert ready.session.weights == {"fc": "old", "stem": "kept"}
    assert "nothing has changed" in notices[0].text


def test_a_failed_run_shows_a_notice_and_keeps_everything(ready, make_page, stand_in, qtbot, notices):
    stand_in.fail_with = TrainingError("The loss is not a number.", "The rate is too high.", "Lower it.")
    page = make_page()
    weights, network = ready.session.weights, ready.session.network
    page.start_button.click()
    wait_until_over(qtbot, page)
    assert notices[0].text == "The loss is not a number."
    assert notices[0].severity == "error"
    assert ready.session.runs == ()
    assert ready.session.weights is weights
    assert ready.session.network is network
    assert page.start_button.isEnabled()


def test_remarks_of_a_run_are_told_and_stay_with_it(make_page, stand_in, qtbot, notices):
    stand_in.remarks = ("One picture could not be read.",)
    page = make_page()
    page.start_button.click()
    wait_until_over(qtbot, page)
    assert (notices[0].detail, notices[0].severity) == ("One picture could not be read.", "info")
    assert page.status._device.toolTip() == "CPU – One picture could not be read."


def test_editing_goes_on_while_it_trains(ready, make_page, stand_in, qtbot):
    stand_in.hold_after = 1
    page = make_page()
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    ready.session.apply(SetFrozen(("stem.conv",), True))
    stand_in.go_on.set()
    wait_until_over(qtbot, page)
    assert ready.session.network["stem.conv"].frozen
    assert len(ready.session.runs) == 1


def test_a_run_of_a_network_that_was_closed_is_not_kept(
    ready, make_page, stand_in, qtbot, notices, tiny_network
):
    stand_in.hold_after = 1
    page = make_page()
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    ready.session.open(replace(tiny_network, name="another"), {})
    wait_until_over(qtbot, page)
    assert ready.session.runs == ()
    assert ready.session.weights == {}
    assert "before" in notices[0].text


def test_choosing_a_run_shows_its_curves(ready, make_page, stand_in, qtbot):
    page = make_page()
    page.start_button.click()
    wait_until_over(qtbot, page)
    ready.session.set_options(training=replace(ready.session.training_options, epochs=2))
    page.start_button.click()
    wait_until_over(qtbot, page)
    assert len(page.epochs.model.rows) == 2
    assert page.run.number == 2
    page.runs.view.selectRow(0)
    assert page.run.number == 1
    assert len(page.epochs.model.rows) == 5
    assert page.epochs.model.strong == 2
    assert list(page.curves.loss.lines[0].items["validation"].getData()[0]) == [1, 2, 3, 4, 5]
    assert page.curves.loss.best_line.value() == 3


def test_a_project_with_runs_shows_the_last(context, tiny_network, make_page, stand_in, data):
    from designer.session.results import Run

    rows = tuple(stand_in.row(epoch) for epoch in (1, 2))
    runs = tuple(
        Run(n, TrainingOptions(epochs=2), rows[:n], n, "finished", "CPU", 1.0, 50.0, data.classes)
        for n in (1, 2)
    )
    context.session.open(tiny_network, {}, data=data, runs=runs)
    page = make_page(context)
    assert page.run.number == 2
    assert [row[0] for row in page.runs.model.rows] == ["1", "2"]
    assert len(page.epochs.model.rows) == 2


def test_another_job_holds_the_engine(ready, make_page, stand_in, qtbot):
    import threading

    go_on = threading.Event()
    page = make_page()
    ready.runner.start("Exporting", lambda progress: go_on.wait(5))
    assert not page.start_button.isEnabled()
    assert "Exporting" in page.header.line
    go_on.set()
    qtbot.waitUntil(page.start_button.isEnabled)


def test_pyqtgraph_waits_until_the_page_is_seen(ready, qtbot):
    import subprocess
    import sys

    code = "import designer.gui.training.page, sys; print('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
    page = TrainingPage(ready)
    qtbot.addWidget(page)
    assert page.curves is None


def with_runs(context, network, data, *options):
    """Runs as from a project file."""
    from designer.session.results import Run

    rows = tuple(row_of(epoch) for epoch in (1, 2, 3, 4))
    runs = tuple(
        Run(n + 1, held, rows[: 3 + n], 3, "finished", "CPU", 1.0, 50.0, data.classes)
        for n, held in enumerate(options)
    )
    context.session.open(network, {}, data=data, runs=runs)


def select(page, *rows):
    """As with Ctrl and the mouse."""
    view = page.runs.view
    for number, row in enumerate(rows):
        modifier = Qt.KeyboardModifier.ControlModifier if number else Qt.KeyboardModifier.NoModifier
        where = view.visualRect(page.runs.model.index(row, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, where)


def test_several_selected_runs_are_laid_over_each_other_and_what_differs_is_listed(
    context, tiny_network, data, make_page
):
    plain = TrainingOptions(epochs=4)
    others = (plain, replace(plain, batch_size=8, optimizer="SGD"), replace(plain, seed=5, epochs=7))
    with_runs(context, tiny_network, data, *others)
    page = make_page(context, 4)
    page.tabs.setCurrentWidget(page.runs.view)
    assert page.runs.model.columns == RUN_COLUMNS
    select(page, 0, 1)
    assert [number for number, _ in page.curves.runs] == [1, 2]
    assert page.runs.model.columns[len(RUN_COLUMNS) :][:1] == ("Batch size",)
    assert "Seed" not in page.runs.model.columns
    column = page.runs.model.columns.index("Optimizer")
    assert [row[column] for row in page.runs.model.rows] == ["AdamW", "SGD with momentum", "AdamW"]
    assert page.runs.rows == [0, 1]
    assert page.runs.view.isColumnHidden(1)
    select(page, 0, 2)
    assert page.runs.model.columns[len(RUN_COLUMNS) :] == ("Seed",)
    assert page.runs.rows == [0, 2]
    assert page.run.number == 3
    select(page, 1)
    assert page.runs.model.columns == RUN_COLUMNS
    assert not page.runs.view.isColumnHidden(1)
    assert page.runs.rows == [1]
    assert len(page.epochs.model.rows) == 4


def test_runs_are_selected_with_the_keyboard_too(context, tiny_network, data, make_page):
    with_runs(context, tiny_network, data, TrainingOptions(), TrainingOptions(seed=1))
    page = make_page(context, 4)
    page.tabs.setCurrentWidget(page.runs.view)
    select(page, 0)
    QTest.keyClick(page.runs.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert [number for number, _ in page.curves.runs] == [1, 2]


def test_a_run_that_goes_on_is_compared_with_a_former_one(ready, make_page, stand_in, qtbot):
    page = make_page()
    page.start_button.click()
    wait_until_over(qtbot, page)
    stand_in.hold_after = 2
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    qtbot.waitUntil(lambda: len(page.epochs.model.rows) == 2)
    page.tabs.setCurrentWidget(page.runs.view)
    select(page, 0, 1)
    assert [number for number, _ in page.curves.runs] == [1, 2]
    assert len(page.curves.runs[1][1].record.rows) == 2
    stand_in.go_on.set()
    wait_until_over(qtbot, page)


def test_nothing_is_drawn_while_the_page_is_not_seen(make_page, stand_in, qtbot):
    stand_in.hold_after = 2
    page = make_page()
    drawn = []
    page.curves.show_runs = drawn.append
    page.hide()
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    qtbot.waitUntil(lambda: len(page.epochs.model.rows) == 2)
    assert drawn == []
    page.show()
    page.shown()
    assert drawn
    stand_in.go_on.set()
    wait_until_over(qtbot, page)


@pytest.mark.parametrize("low", [True, False])
def test_in_a_low_window_curves_and_tables_take_turns(make_page, stand_in, qtbot, low):
    page = make_page()
    page.resize(1080, 600 if low else 760)
    page.start_button.click()
    wait_until_over(qtbot, page)
    assert (page.tabs.indexOf(page.curves) == 0) is low
    assert page.curves.isVisible()
    page.resize(1080, 760 if low else 600)
    qtbot.waitUntil(lambda: (page.tabs.indexOf(page.curves) == 0) is not low)
    assert page.tabs.tabText(page.tabs.indexOf(page.runs.view)) == "Runs (1)"


def test_the_results_of_a_check_do_not_squeeze_the_curves(make_page, stand_in, qtbot, monkeypatch):
    monkeypatch.setattr(training, "trial", lambda taken: lambda progress: FOUND)
    page = make_page()
    page.resize(1080, 760)
    page.start_button.click()
    wait_until_over(qtbot, page)
    assert page.tabs.indexOf(page.curves) == -1
    page.check.check_button.click()
    qtbot.waitUntil(lambda: page.tabs.indexOf(page.curves) == 0)
    # What a run takes is seen in the run itself from now on.
    stand_in.hold_after = 1
    page.start_button.click()
    qtbot.waitUntil(stand_in.holding.is_set)
    assert page.tabs.indexOf(page.curves) == -1
    stand_in.go_on.set()
    wait_until_over(qtbot, page)
    assert page.tabs.indexOf(page.curves) == -1
    assert page.check.state.facts == ()


def test_curves_can_have_the_room_of_options_and_tables(make_page, stand_in, qtbot):
    page = make_page()
    page.resize(1080, 760)
    page.start_button.click()
    wait_until_over(qtbot, page)
    width = page.curves.width()
    page.curves.controls.enlarge.click()
    assert not page.options.isVisible()
    assert not page.tabs.isVisible()
    qtbot.waitUntil(lambda: page.curves.width() > width)
    page.curves.controls.enlarge.click()
    assert page.options.isVisible()
    assert page.tabs.isVisible()


def test_how_curves_are_looked_at_is_kept_with_the_project(ready, make_page, qtbot):
    page = TrainingPage(ready)
    qtbot.addWidget(page)
    state = {"axis": "time", "log": True, "smoothing": 0.9}
    page.restore_view(state)
    assert page.view_state() == state
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: page.curves is not None)
    assert page.curves.controls.log.isChecked()
    page.curves.controls.log.setChecked(False)
    assert page.view_state() == {**state, "log": False}
    page.restore_view({})
    assert page.view_state() == {**state, "log": False}


@pytest.mark.parametrize("width", [420, 450, 712])
def test_no_text_of_the_status_is_cut_off(qapp, look_of, qtbot, width):
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.resize(width, 130)
    strip.show()
    strip.show_status(
        Status("Training", "CPU", "", stage="stage 2 of 3: Last block", epoch="7 of 12", iteration="123,456",
               rate="9.26e-05", elapsed="12 min 05 s", remaining="2 h 07 min", speed="1,812", waiting="12 %",
               memory="3.2 GB", best="80.8 %")
    )  # fmt: skip
    qapp.processEvents()
    for tile in strip._values.values():
        for label in tile.findChildren(QLabel):
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), label.text()
        assert strip.rect().contains(tile.geometry())


@pytest.fixture
def look_of(qapp):
    from designer.gui.look.style import Look

    Look("light").apply(qapp)


def test_in_a_low_window_card_and_status_are_seen_whole(ready, make_page, stand_in, qtbot):
    page = make_page()
    page.resize(880, 560)
    page.start_button.click()
    wait_until_over(qtbot, page)
    qtbot.waitUntil(lambda: page.tabs.indexOf(page.curves) == 0)
    for part in (page.check, page.status):
        assert part.isVisible()
        needed = part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.sizeHint().height()
        assert abs(part.height() - needed) <= 1
        assert part.geometry().bottom() < part.parentWidget().height()


def test_several_labels_are_measured_by_macro_f1(ready, make_page, stand_in, qtbot, notices):
    data = ready.session.data
    pictures = tuple(replace(picture, label=(picture.label,)) for picture in data.pictures)
    ready.session.apply(SetPurpose(multilabel=True))
    ready.session.set_data(replace(data, pictures=pictures, multilabel=True))
    page = make_page(ready)
    assert page.curves.accuracy.heading.text() == "Macro F1 (%)"
    stand_in.fail_with = TrainingError("No.", "Labels.", "Choose it.", options={"loss": "focal"})
    page.live.start()
    qtbot.waitUntil(lambda: not page.live.running)
    assert notices[-1].action_text == "Train with focal loss"
    stand_in.fail_with, stand_in.multilabel = None, True
    notices[-1].action()
    qtbot.waitUntil(lambda: len(ready.session.runs) == 1 and not page.live.running)
    assert ready.session.training_options.loss == "focal"
    qtbot.waitUntil(lambda: page.epochs.model.rows != ())
    assert "Val. macro F1" in page.epochs.model.columns
    assert "Best macro F1" in page.runs.model.columns
    assert page.curves.controls.measure.itemText(1) == "Macro F1"
    # A run on pictures of one class each beside it.
    stand_in.multilabel = False
    page.live.start()
    qtbot.waitUntil(lambda: len(ready.session.runs) == 2 and not page.live.running)
    qtbot.waitUntil(lambda: "Best accuracy or macro F1" in page.runs.model.columns)
    qtbot.waitUntil(lambda: page.curves.accuracy.heading.text() == "Accuracy (%)")
    assert "Val. accuracy" in page.epochs.model.columns
