from dataclasses import replace

import pytest

from designer.errors import TrainingError
from designer.gui.training.page import TrainingPage
from designer.network.edits import SetFrozen
from designer.session.options import TrainingOptions


@pytest.fixture
def make_page(ready, qtbot):
    def make(context=ready, epochs=5):
        context.session.set_options(training=replace(context.session.training_options, epochs=epochs))
        page = TrainingPage(context)
        qtbot.addWidget(page)
        page.resize(1080, 640)
        page.show()
        page.shown()
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
    qtbot.waitUntil(lambda: len(page.epochs.rows) == 2 and page.status.value("epoch") == "2 of 5")
    assert page.status.state == "Training"
    assert page.status._device.toolTip() == "CPU – no GPU was found"
    assert page.status.value("best") == "70.0 %"
    assert page.epochs.strong == 1
    x, y = page.curves.accuracy.validation.getData()
    assert list(x) == [1, 2]
    assert list(y) == pytest.approx([60, 70])
    x, y = page.curves.loss.batches.getData()
    assert 0 < x[-1] <= 2
    assert y[-1] == pytest.approx(2 / 8)
    assert page.runs.rows[-1][-1] == "running"
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
    assert len(page.epochs.rows) == 2
    assert page.run.number == 2
    page.run_table.selectRow(0)
    assert page.run.number == 1
    assert len(page.epochs.rows) == 5
    assert page.epochs.strong == 2
    assert list(page.curves.loss.validation.getData()[0]) == [1, 2, 3, 4, 5]
    assert page.curves.loss._line.value() == 3


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
    assert [row[0] for row in page.runs.rows] == ["1", "2"]
    assert len(page.epochs.rows) == 2


def test_another_job_holds_the_engine(ready, make_page, stand_in, qtbot):
    import threading

    go_on = threading.Event()
    page = make_page()
    ready.runner.start("Exporting", lambda progress: go_on.wait(5))
    assert not page.start_button.isEnabled()
    assert "Exporting" in page.header.line
    go_on.set()
    qtbot.waitUntil(page.start_button.isEnabled)


def test_curves_follow_the_look(ready, make_page):
    page = make_page()
    light = page.curves.loss.training.opts["pen"].color().name()
    ready.look.set_appearance("dark")
    assert light == "#0b706b"
    assert page.curves.loss.training.opts["pen"].color().name() == ready.look.colours.accent
    assert page.curves.loss.view.backgroundBrush().color().name() == ready.look.colours.surface


def test_raw_losses_are_thin_and_thinned_out(make_page):
    # A pen wider than a pixel, or no downsampling, makes long runs stutter; adding a curve to a plot
    # resets both (pyqtgraph 0.14), so they are looked at where they end up.
    curve = make_page().curves.loss.batches
    assert curve.opts["autoDownsample"]
    assert curve.opts["downsampleMethod"] == "peak"
    assert curve.opts["clipToView"]
    assert curve.opts["pen"].widthF() == 1
    assert not curve.opts["antialias"]


def test_many_epochs_are_drawn_plainly(make_page):
    import numpy as np

    plot = make_page().curves.loss
    few, many = np.arange(1.0, 11), np.arange(1.0, 1001)
    plot.show_epochs(few, few, few, 10)
    assert plot.training.opts["symbol"] == "o"
    plot.show_epochs(many, many, many, 1000)
    assert plot.training.opts["symbol"] is None
    assert not plot.training.opts["antialias"]


def test_pyqtgraph_waits_until_the_page_is_seen(ready, qtbot):
    import subprocess
    import sys

    code = "import designer.gui.training.page, sys; print('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
    page = TrainingPage(ready)
    qtbot.addWidget(page)
    assert page.curves is None
