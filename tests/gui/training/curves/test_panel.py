import math
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.training.curves.colours import MOST_RUNS
from designer.gui.training.curves.legend import Entry, arranged
from designer.gui.training.curves.panel import next_place
from designer.gui.training.record import Record, Shown, record_of
from designer.progress import BatchNews
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow, Run
from tests.gui.training.curves.conftest import fill, loss_at


def line(curves, kind, plot="loss", slot=0):
    x, y = getattr(curves, plot).lines[slot].items[kind].getData()
    return [] if x is None else list(x), [] if y is None else list(y)


def values(plot):
    return {entry.name: entry.value for entry in plot.legend.entries}


def press(curves, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(curves.loss.view, key, modifier)


def read_only(epochs):
    """A run as from a project file."""
    rows = tuple(EpochRow(n, 1 / n, 1.5 / n, 0.5, 0.4, 5.0, 1e-3) for n in range(1, epochs + 1))
    return record_of(Run(1, TrainingOptions(epochs=epochs), rows, 1, "finished", "CPU", 1, 1, ()))


def test_all_lines_of_a_run_over_epochs(curves):
    curves.show_runs([Shown(1, fill(Record(), 4), 6)])
    x, y = line(curves, "raw")
    assert x == pytest.approx([n / 10 for n in range(1, 41)])
    assert y == pytest.approx([loss_at(n) for n in range(1, 41)])
    assert line(curves, "validation") == ([1, 2, 3, 4], pytest.approx([1.2, 0.6, 0.4, 0.3]))
    assert line(curves, "means", "accuracy")[1] == pytest.approx([60, 70, 80, 70])
    assert line(curves, "raw", "accuracy")[1][9] == pytest.approx(10)
    low, high = curves.x_range
    assert low <= 0
    assert high >= 6


@pytest.mark.parametrize(("axis", "end", "validated"), [("iteration", 60, [10, 20]), ("time", 10, [5, 10])])
def test_other_axes(curves, axis, end, validated):
    curves.controls.axis.choose(axis)
    curves.show_runs([Shown(1, fill(Record(), 2), 6)])
    assert line(curves, "validation")[0] == pytest.approx(validated)
    assert line(curves, "raw")[0][-1] == pytest.approx(validated[-1])
    assert curves.x_range[1] == pytest.approx(1.03 * end)


def test_smoothing_follows_the_field(curves):
    curves.show_runs([Shown(1, fill(Record(), 2), 2)])
    curves.controls.field.setValue(0)
    assert line(curves, "smooth") == line(curves, "raw")
    curves.controls.slider.setValue(500)
    assert curves.controls.smoothing == 0.5
    first, second = loss_at(1), loss_at(2)
    assert line(curves, "smooth")[1][1] == pytest.approx((0.5 * first + second) / 1.5)


def test_a_log_scale_shows_powers_of_ten_and_leaves_out_what_has_none(curves):
    record = fill(Record(), 2)
    record.batch_loss[3] = 0.0
    curves.show_runs([Shown(1, record, 2)])
    curves.controls.log.setChecked(True)
    y = line(curves, "raw")[1]
    assert y[0] == pytest.approx(math.log10(2))
    assert math.isnan(y[3])
    assert line(curves, "validation", "accuracy")[1] == pytest.approx([60, 70])
    curves.controls.log.setChecked(False)
    assert line(curves, "raw")[1][3] == 0


def test_stages_best_epoch_and_checkpoints_are_marked(curves):
    curves.show_runs([Shown(1, fill(Record(), 4), 6)])
    for furniture in (curves.loss.furniture, curves.rate.furniture):
        assert furniture.starts == (0, 2)
        assert furniture.names == ["Stage 1", "Stage 2"] or furniture.names == ("Stage 1", "Stage 2")
    assert list(curves.loss.furniture.checkpoints) == [1, 2, 3, 4]
    assert curves.accuracy.best_line.value() == 3
    assert curves.accuracy.best_line.isVisible()


def test_a_run_from_a_file_has_epochs_and_time_only(curves):
    curves.controls.axis.choose("iteration")
    curves.show_runs([Shown(1, read_only(3), 3)])
    assert curves.axis == "epoch"
    assert not curves.controls.axis.model().item(1).isEnabled()
    assert values(curves.loss) == {"Training": "0.3333", "Validation": "0.5"}
    curves.controls.axis.choose("time")
    curves.show_runs([Shown(1, read_only(3), 3)])
    assert line(curves, "validation")[0] == [5, 10, 15]
    assert line(curves, "raw") == ([], [])


def test_curves_are_made_once(curves):
    record = fill(Record(), 2)
    curves.show_runs([Shown(1, record, 9)])
    items = list(curves.loss.lines[0].items.values())
    count = len(curves.loss.view.plot.items)
    fill(record, 3)
    curves.show_runs([Shown(1, record, 9)])
    curves.show_runs([])
    curves.show_runs([Shown(1, record, 9)])
    assert list(curves.loss.lines[0].items.values()) == items
    assert len(curves.loss.view.plot.items) == count


def test_the_keyboard_walks_along_the_curves(curves):
    curves.show_runs([Shown(1, fill(Record(), 4), 4)])
    press(curves, Qt.Key.Key_Right)
    assert curves.place == pytest.approx(0.1)
    press(curves, Qt.Key.Key_PageDown)
    assert curves.place == 1
    for _ in range(2):
        press(curves, Qt.Key.Key_Right)
    assert curves.place == pytest.approx(1.2)
    shown = values(curves.loss)
    assert shown["Batches"] == f"{loss_at(12):.4g}"
    assert shown["Validation"] == "1.2"
    assert values(curves.accuracy)["Batches"] == "12.0 %"
    assert curves.readout.text() == "Epoch 1.2, iteration 12, 0:06\nLearning rate 0.001, stage: Stage 1"
    assert "iteration 12" in curves.loss.view.accessibleDescription()
    assert "Validation 1.2" in curves.loss.view.accessibleDescription()
    for plot in (curves.loss, curves.accuracy, curves.rate):
        assert plot.mark.value() == pytest.approx(1.2)
    press(curves, Qt.Key.Key_Left)
    assert curves.place == pytest.approx(1.1)
    press(curves, Qt.Key.Key_End)
    assert curves.place == 4
    press(curves, Qt.Key.Key_Escape)
    assert curves.place is None
    assert not curves.loss.mark.isVisible()


def test_a_place_is_forgotten_with_its_axis(curves):
    curves.show_runs([Shown(1, fill(Record(), 4), 4)])
    press(curves, Qt.Key.Key_Right)
    assert curves.loss.mark.isVisible()
    curves.controls.axis.choose("time")
    curves.controls.axis.activated.emit(2)
    assert curves.place is None
    assert not any(plot.mark.isVisible() for plot in (curves.loss, curves.accuracy, curves.rate))


def test_an_epoch_is_told_exactly_though_its_last_batch_was_not(curves):
    record = fill(Record(), 4)
    for held in (record.batches.epoch, record.batches.iteration, record.batches.time):
        del held[9::10]
    for held in (record.batch_loss, record.batch_accuracy, record.batch_rate):
        del held[9::10]
    curves.show_runs([Shown(1, record, 4)])
    press(curves, Qt.Key.Key_PageDown)
    press(curves, Qt.Key.Key_PageDown)
    assert curves.readout.text().startswith("Epoch 2, ")


def test_points_that_lie_close_have_no_marks(curves):
    curves.show_runs([Shown(1, read_only(20), 20)])
    assert curves.loss.lines[0].items["validation"].opts["symbol"] == "s"
    curves.show_runs([Shown(1, read_only(200), 200)])
    assert curves.loss.lines[0].items["validation"].opts["symbol"] is None


def test_dots_lie_on_the_points_that_are_read(curves):
    curves.show_runs([Shown(1, fill(Record(), 4), 4)])
    curves._point(1.3)
    points = {(round(p.pos().x(), 6), round(p.pos().y(), 6)) for p in curves.loss.dots.points()}
    assert (1, 1.2) in points
    assert (1, 1) in points
    assert len(points) == 3


def test_pointing_with_the_mouse_reads_and_leaving_ends_it(curves):
    curves.show_runs([Shown(1, fill(Record(), 4), 4)])
    box = curves.accuracy.view.box
    where = box.mapViewToScene(QPointF(2.0, 50))
    curves.accuracy.view.scene().sigMouseMoved.emit(where)
    assert curves.place == pytest.approx(2, abs=0.01)
    assert values(curves.accuracy)["Validation"] == "70.0 %"
    curves.accuracy.view.scene().sigMouseMoved.emit(QPointF(1, 1))
    assert curves.place is None


def turn_wheel(view, place, notches):
    where = view.mapFromScene(view.box.mapViewToScene(place))
    pixel = QPointF(where)
    event = QWheelEvent(
        pixel,
        QPointF(view.viewport().mapToGlobal(where)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_the_wheel_zooms_at_the_mouse_in_all_plots_and_a_double_click_shows_everything(curves):
    record = fill(Record(), 4)
    curves.show_runs([Shown(1, record, 4)])
    whole = curves.x_range
    turn_wheel(curves.loss.view, QPointF(1.0, 0.5), 3)
    low, high = curves.x_range
    assert high - low < 0.8 * (whole[1] - whole[0])
    # what lies under the mouse stays there
    share = (1.0 - whole[0]) / (whole[1] - whole[0])
    assert (1.0 - low) / (high - low) == pytest.approx(share, abs=0.02)
    assert curves.accuracy.view.x_range == pytest.approx((low, high))
    assert curves.rate.x_range == pytest.approx((low, high))
    # and new batches leave the view alone
    fill(record, 1)
    curves.show_runs([Shown(1, record, 4)])
    assert curves.x_range == pytest.approx((low, high))
    QTest.mouseDClick(curves.accuracy.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(120, 60))
    assert curves.x_range == pytest.approx(whole)


def test_the_keyboard_zooms_moves_and_shows_everything(curves):
    curves.show_runs([Shown(1, fill(Record(), 4), 4)])
    whole = curves.x_range
    press(curves, Qt.Key.Key_Plus)
    low, high = curves.x_range
    assert (high - low) == pytest.approx((whole[1] - whole[0]) / 1.5)
    press(curves, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert curves.x_range == pytest.approx((low + 0.2 * (high - low), high + 0.2 * (high - low)), rel=0.02)
    press(curves, Qt.Key.Key_Minus)
    curves.controls.fit_button.click()
    assert curves.x_range == pytest.approx(whole)
    press(curves, Qt.Key.Key_Plus)
    press(curves, Qt.Key.Key_0)
    assert curves.x_range == pytest.approx(whole)


def test_walking_out_of_view_takes_the_view_along(curves):
    curves.show_runs([Shown(1, fill(Record(), 4), 4)])
    press(curves, Qt.Key.Key_Home)
    for _ in range(6):
        press(curves, Qt.Key.Key_Plus)
    press(curves, Qt.Key.Key_End)
    low, high = curves.x_range
    assert low <= curves.place == 4 <= high


def test_several_runs_have_colours_marks_and_numbers_of_their_own(curves):
    runs = [Shown(1, fill(Record(), 4), 4), Shown(3, read_only(6), 6)]
    curves.show_runs(runs)
    first, second = curves.loss.lines
    assert first.pen("validation").color() != second.pen("validation").color()
    assert first.symbol("validation") != second.symbol("validation")
    assert line(curves, "raw") == ([], [])
    assert line(curves, "smooth")[0]
    assert line(curves, "validation", slot=1)[1] == pytest.approx([1.5 / n for n in range(1, 7)])
    assert list(values(curves.loss)) == ["Run 1", "Run 3"]
    curves._point(2.0)
    assert values(curves.loss)["Run 3"] == "0.75 / 0.5"
    assert curves.loss.furniture.names == ()
    assert not curves.loss.best_line.isVisible()
    curves.show_runs(runs[:1])
    assert line(curves, "validation", slot=1) == ([], [])
    assert curves.loss.furniture.names


def test_of_too_many_runs_the_first_are_shown(curves):
    curves.show_runs([Shown(n, read_only(2), 2) for n in range(1, 30)])
    assert len(curves.runs) == MOST_RUNS
    looks = [
        (lines.pen("validation").color().name(), lines.pen("validation").style())
        for lines in curves.loss.lines
    ]
    assert len(set(looks)) == MOST_RUNS


@pytest.mark.parametrize("count", [5, MOST_RUNS])
@pytest.mark.parametrize(("width", "height"), [(712, 260), (712, 320), (1000, 500), (420, 300)])
def test_the_plots_keep_a_usable_height_under_any_legend(curves, qapp, count, width, height):
    curves.resize(width, height + curves.controls.sizeHint().height())
    curves.show_runs([Shown(n, fill(Record(), 3), 3) for n in range(1, count + 1)])
    qapp.processEvents()
    for plot in (curves.loss, curves.accuracy):
        if not plot.isVisible():
            continue
        legend, found = plot.legend, plot.legend.arrangement
        assert plot.view.height() >= 120
        assert len(found.texts) + found.more == count
        assert found.columns * found.cell <= legend.width()
        assert -(-(len(found.texts) + bool(found.more)) // found.columns) == found.rows
        # What has no room is told by the tooltip.
        lines = legend.toolTip().splitlines()
        assert len(lines) == (0 if legend.whole else count)
        assert all("/" in line and line.startswith("Run ") for line in lines)


@pytest.mark.parametrize(
    ("width", "height", "rate", "reading"),
    [(420, 160, False, False), (420, 245, False, True), (420, 305, True, True), (712, 240, False, False),
     (712, 270, True, True)],
)  # fmt: skip
def test_in_a_low_window_the_plot_comes_first(curves, qapp, width, height, rate, reading):
    curves.show_runs([Shown(n, fill(Record(), 3), 3) for n in range(1, 6)])
    curves.resize(width, height + curves.controls.sizeHint().height())
    qapp.processEvents()
    assert (curves.rate.isVisible(), curves.readout.isVisible()) == (rate, reading)
    assert curves.loss.view.height() >= min(height - 70, 120)
    # What is read stands in one line where there is one only.
    if reading and width < 560:
        line = curves.readout.fontMetrics().horizontalAdvance(curves.readout.text())
        assert line <= curves.readout.width()
    curves.resize(1000, 500)
    qapp.processEvents()
    assert curves.rate.isVisible()
    assert curves.readout.isVisible()


@pytest.mark.parametrize(("rates", "low"), [((1.0, 1.0), True), ((1.0, 0.0), False)])
def test_the_caption_of_the_rate_keeps_off_its_line(curves, rates, low):
    record = Record()
    for n in range(1, 41):
        rate = 1e-3 * (rates[0] + (rates[1] - rates[0]) * n / 40)
        record.take(BatchNews(1 + (n - 1) // 10, 4, 1 + (n - 1) % 10, 10, n, 1.0, rate, 9.0, n, None))
    curves.show_runs([Shown(1, record, 4)])
    assert curves.rate.furniture.low is low


def test_a_legend_gives_up_values_before_names(qapp):
    entries = [Entry(f"Run {n}", "0.1234 / 0.5678", None, short="0.1234") for n in range(1, 6)]

    def texts(width, most):
        found = arranged(entries, width, most, lambda text: 6 * len(text))
        return found.texts, found.columns, found.rows, found.more

    # 18 + 4 of the line, 30 of the name, 5, 90 of the value, 8: 155 pixels each.
    assert texts(320, 3) == (tuple((f"Run {n}", "0.1234 / 0.5678") for n in range(1, 6)), 2, 3, 0)
    # 101 with the short value, 60 with the name alone.
    assert texts(320, 2) == (tuple((f"Run {n}", "0.1234") for n in range(1, 6)), 3, 2, 0)
    assert texts(320, 1) == (tuple((f"Run {n}", "") for n in range(1, 6)), 5, 1, 0)
    assert texts(200, 1) == ((("Run 1", ""), ("Run 2", "")), 3, 1, 3)


def test_a_legend_has_long_names_where_there_is_room(qapp):
    entries = [Entry(f"Run {n}", "0.1 / 0.5678", None, short="0.1", long=f"Run {n}, Frozen") for n in (1, 2)]

    def names(width, most):
        return [name for name, _ in arranged(entries, width, most, lambda text: 6 * len(text)).texts]

    # 18 + 4 of the line, 78 of the long name, 5, 72 of the value, 8: 185 pixels each.
    assert names(370, 1) == ["Run 1, Frozen", "Run 2, Frozen"]
    assert names(369, 1) == ["Run 1", "Run 2"]
    assert names(185, 2) == ["Run 1, Frozen", "Run 2, Frozen"]
    # There is one column in either way: as much is shown as has room.
    assert names(184, 2) == ["Run 1, Froz…", "Run 2, Froz…"]
    assert names(178, 2) == ["Run 1, Fro…", "Run 2, Fro…"]
    assert names(172, 2) == ["Run 1", "Run 2"]


def test_runs_are_told_by_their_names(curves, qtbot):
    curves.resize(1300, 500)
    names = enumerate(("From scratch", "", ""), 1)
    curves.show_runs([Shown(number, fill(Record(), 2), 2, name) for number, name in names])
    assert curves.titles == ["Run 1, From scratch", "Run 2", "Run 3"]
    qtbot.waitUntil(lambda: curves.loss.legend.width() > 500)
    assert [name for name, _ in curves.loss.legend.arrangement.texts] == curves.titles
    assert curves.loss.legend.whole
    assert "Run 1, From scratch" in curves.loss.view.accessibleDescription()


def test_in_a_narrow_window_one_plot_is_chosen(curves, qtbot):
    curves.show_runs([Shown(1, fill(Record(), 2), 2)])
    assert curves.loss.isVisible()
    assert curves.accuracy.isVisible()
    assert not curves.controls.measure.isVisible()
    curves.resize(450, 400)
    qtbot.waitUntil(lambda: curves.controls.measure.isVisible())
    assert curves.loss.isVisible()
    assert not curves.accuracy.isVisible()
    curves.controls.measure.choose("accuracy")
    curves.controls.measure.activated.emit(1)
    assert curves.accuracy.isVisible()
    curves.resize(412, 400)
    QApplication.processEvents()
    for box in (curves.controls.measure, curves.controls.axis):
        assert box.width() >= box.sizeHint().width()
    assert not curves.loss.isVisible()


def test_lines_cost_no_more_than_they_must(curves):
    record = fill(Record(), 4, batches=2000)
    curves.show_runs([Shown(1, record, 4)])
    raw = curves.loss.lines[0].items["raw"]
    assert raw.opts["pen"].width() == 1
    assert not raw.opts["antialias"]
    assert len(line(curves, "raw")[0]) <= 2 * curves.loss.view.box.width() + 3
    assert len(line(curves, "smooth")[0]) <= curves.loss.view.box.width() + 1
    assert max(line(curves, "raw")[1]) == loss_at(1)


def test_curves_follow_the_look(curves, look):
    curves.show_runs([Shown(1, fill(Record(), 2), 2)])
    assert curves.loss.lines[0].pen("smooth").color().name() == "#0b706b"
    look.set_appearance("dark")
    assert curves.loss.lines[0].pen("smooth").color().name() == look.colours.accent
    assert curves.loss.view.backgroundBrush().color().name() == look.colours.surface
    assert curves.rate.lines[0].opts["pen"].color().name() == look.colours.accent


def test_everything_has_a_name_and_is_reached_by_tab(curves):
    curves.show_runs([Shown(1, fill(Record(), 2), 2)])
    parts = [curves.controls.axis, curves.controls.slider, curves.controls.field, curves.controls.fit_button]
    parts += [curves.controls.enlarge, curves.controls.save_button, curves.loss.view, curves.accuracy.view]
    for part in parts:
        assert part.accessibleName()
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "Validation" in curves.loss.view.accessibleDescription()


def test_choices_come_back_and_nonsense_is_left_out(curves):
    curves.controls.choose({"axis": "time", "log": True, "smoothing": 0.25})
    assert curves.controls.choices() == {"axis": "time", "log": True, "smoothing": 0.25}
    curves.controls.choose({"axis": "moon", "log": 3, "smoothing": "much"})
    curves.controls.choose({"smoothing": 7})
    assert curves.controls.choices() == {"axis": "time", "log": True, "smoothing": 0.25}


def test_the_next_place():
    steps = np.array([1.0, 2.0, 2.1, 5.0])
    assert next_place(np.empty(0), None, "on", 0) is None
    assert next_place(steps, None, "on", 0) == 1
    assert next_place(steps, None, "back", 0) == 5
    assert next_place(steps, 2.0, "on", 0) == 2.1
    assert next_place(steps, 2.0, "on", 0.5) == 5
    assert next_place(steps, 2.1, "back", 0.5) == 1
    assert next_place(steps, 5.0, "on", 0) == 5
    assert next_place(steps, 1.0, "back", 0) == 1


def test_ticks_of_time_read_as_on_a_clock(curves):
    curves.controls.axis.choose("time")
    curves.show_runs([Shown(1, fill(Record(), 4, batches=400), 4)])
    axis = curves.loss.view.bottom
    ((step, ticks),) = axis.tickValues(0, 800, 400)
    assert all(after - before == step for before, after in pairwise(ticks))
    assert step in (120, 300)
    assert axis.tickStrings([60, 3725], 1, 60) == ["1:00", "1:02:05"]
