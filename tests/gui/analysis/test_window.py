"""The analysis window: figures and rows of the open network, in step with it; reports are written."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from designer.catalog.analysis import Measured, analyse
from designer.engine.building import build, weights_of
from designer.engine.shapes import infer
from designer.gui.analysis.columns import COLUMNS, TIME, spoken
from designer.gui.analysis.state import resolve
from designer.gui.analysis.table import SHARE, AnalysisTable
from designer.gui.analysis.window import AnalysisWindow, show_analysis
from designer.network.edits import RemoveLayer, SetFrozen, SetSettings


@pytest.fixture
def opened(context, tiny_network):
    """The surroundings with the tiny network open, its shapes known."""
    context.session.open(tiny_network, weights_of(build(tiny_network)))
    context.session.set_facts(infer(tiny_network))
    return context


@pytest.fixture
def window(opened, qtbot):
    """An analysis window that has worked its rows out."""
    made = show_analysis(opened)
    qtbot.waitUntil(lambda: made.analysis is not None)
    return made


def analysed(network, **more):
    return analyse(network, infer(network), **more)


class TestState:
    def test_while_it_is_worked_out_nothing_can_be_saved(self):
        state = resolve(None, measuring=False)
        assert state.save_reason
        assert state.figures == ()

    def test_a_sound_network(self, tiny_network):
        state = resolve(analysed(tiny_network), measuring=False)
        assert (state.title, state.about) == ("tiny", "3 classes")
        assert state.problems_text == "No problems found."
        assert (state.save_reason, state.measure_reason, state.measure_text) == ("", "", "Measure time")

    def test_errors_come_first_and_keep_it_from_being_measured(self, tiny_network):
        broken = SetSettings("fc", {"in_features": 7}).apply(tiny_network)
        state = resolve(analysed(broken), measuring=False)
        assert state.problems[0].severity == "error"
        assert state.problems_text == "1 error"
        assert "errors" in state.measure_reason
        assert "least that it will be" in state.about

    def test_measuring_can_be_cancelled_and_done_again(self, tiny_network):
        assert resolve(None, measuring=True).measure_text == "Cancel measuring"
        measured = Measured({"fc": 0.1}, 1, "CPU")
        state = resolve(analysed(tiny_network, measured=measured), measuring=False)
        assert state.measure_text == "Measure again"


class TestTable:
    @pytest.fixture
    def table(self, context, qtbot, tiny_network):
        made = AnalysisTable(context.look)
        qtbot.addWidget(made)
        made.show_analysis(analysed(tiny_network))
        return made

    def test_rows_are_in_the_order_of_the_network(self, table, tiny_network):
        assert table.shown == tuple(tiny_network.layers)
        assert table.isColumnHidden(TIME)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("parameters", lambda r: r.parameters),
            ("macs", lambda r: r.macs),
            ("memory", lambda r: r.activation_bytes),
            ("layer", lambda r: r.name.lower()),
        ],
    )
    def test_it_is_sorted_by_values_and_back(self, table, tiny_network, column, value):
        rows = {row.layer_id: row for row in analysed(tiny_network).rows}
        place = next(n for n, c in enumerate(COLUMNS) if c.key == column)
        table.sort_by(place)
        found = [value(rows[i]) for i in table.shown]
        assert found == sorted(found, reverse=True)
        table.sort_by(-1, Qt.SortOrder.AscendingOrder)
        assert table.shown == tuple(tiny_network.layers)

    def test_shapes_are_sorted_by_size(self, table):
        table.sort_by(next(n for n, c in enumerate(COLUMNS) if c.key == "output"))
        assert table.shown[0] in ("stem.conv", "stem.bn", "stem.relu", "block.conv", "block.add")
        assert table.shown[-1] in ("fc", "output")

    def test_all_words_of_a_search_are_looked_for(self, table):
        table.search("convolution STEM")
        assert table.shown == ("stem.conv",)
        table.search("8 × 16 × 16")
        assert len(table.shown) == 6
        table.search("nothing of the kind")
        assert table.shown == ()

    def test_bars_are_shares_of_the_greatest(self, table, tiny_network):
        place = next(n for n, c in enumerate(COLUMNS) if c.key == "parameters")
        rows = analysed(tiny_network).rows
        most = max(row.parameters for row in rows)
        for number, row in enumerate(rows):
            assert table.model().index(number, place).data(SHARE) == row.parameters / most
        assert table.model().index(1, 0).data(SHARE) == 0.0

    def test_a_row_is_spoken_whole(self, tiny_network):
        frozen = SetFrozen(("stem.conv",), True).apply(tiny_network)
        row = analysed(frozen).rows[1]
        assert spoken(row) == "Convolution 2-D stem.conv, 8 × 16 × 16, 216 parameters, frozen"

    def test_enter_on_a_row_chooses_its_layer(self, table, qtbot):
        table.search("fc")
        with qtbot.waitSignal(table.chosen) as chosen:
            table.activated.emit(table.model().index(0, 0, QModelIndex()))
        assert chosen.args == ["fc"]


class TestWindow:
    def test_it_shows_the_open_network(self, window, tiny_network):
        assert window.table.shown == tuple(tiny_network.layers)
        texts = {card.accessibleName().partition(".")[0] for card in window.cards.cards}
        assert "Layers: 11" in texts
        assert "Depth: 3" in texts
        assert window.save.isEnabled()

    def test_it_follows_edits(self, window, opened, qtbot):
        opened.session.apply(RemoveLayer("drop"))
        opened.session.set_facts(infer(opened.session.network))
        qtbot.waitUntil(lambda: "drop" not in window.table.shown)
        assert window.problems.count() > 0
        assert not window.measure.isEnabled()
        assert window.measure.toolTip()

    def test_the_batch_changes_the_estimate(self, window, qtbot):
        before = window.analysis.summary.training_bytes
        window.batch.setValue(64)
        qtbot.waitUntil(lambda: window.analysis.summary.batch_size == 64)
        assert window.analysis.summary.training_bytes > before

    def test_times_are_measured_and_dropped_with_the_network_they_were_of(self, window, opened, qtbot):
        window.measure.click()
        assert window.measure.text() == "Cancel measuring"
        qtbot.waitUntil(lambda: window.analysis.measured is not None, timeout=20000)
        assert not window.table.isColumnHidden(TIME)
        assert window.measure.text() == "Measure again"
        opened.session.apply(SetFrozen(("fc",), True))
        opened.session.set_facts(infer(opened.session.network))
        qtbot.waitUntil(lambda: window.analysis.measured is None)
        assert window.table.isColumnHidden(TIME)

    def test_measuring_can_be_cancelled(self, window, opened, qtbot):
        window.measure.click()
        window.measure.click()
        qtbot.waitUntil(lambda: not opened.runner.busy("timing"), timeout=20000)
        assert window.measure.text() == "Measure time"
        assert window.analysis.measured is None

    @pytest.mark.parametrize("ending", ["html", "csv"])
    def test_a_report_is_written_where_it_is_asked_for(self, window, qtbot, tmp_path, monkeypatch, ending):
        path = tmp_path / f"report.{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "Page (*.html)"))
        window.save.click()
        qtbot.waitUntil(lambda: window.notices.notice is not None)
        assert path.name in window.notices.notice.text
        text = path.read_text(encoding="utf-8")
        assert "stem.conv" in text
        assert text.startswith("<!DOCTYPE html>") == (ending == "html")

    @pytest.mark.parametrize(("sort", "ending"), [("Page (*.html)", ".html"), ("Table (*.csv)", ".csv")])
    def test_a_name_without_an_ending_gets_one(self, window, qtbot, tmp_path, monkeypatch, sort, ending):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "report"), sort))
        window.save.click()
        qtbot.waitUntil(lambda: window.notices.notice is not None)
        assert (tmp_path / f"report{ending}").exists()

    def test_a_page_has_the_picture_of_the_graph(self, opened, qtbot, tmp_path):
        made = AnalysisWindow(opened, None, lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        qtbot.waitUntil(lambda: made.analysis is not None)
        made.save_to(tmp_path / "report.html")
        qtbot.waitUntil(lambda: (tmp_path / "report.html").exists() and made.notices.notice is not None)
        assert "data:image/svg+xml" in (tmp_path / "report.html").read_text(encoding="utf-8")
        made.close()

    def test_what_cannot_be_written_is_told(self, window, qtbot, tmp_path):
        window.save_to(tmp_path / "no" / "report.html")
        qtbot.waitUntil(lambda: window.notices.notice is not None)
        assert "could not be written" in window.notices.notice.text

    def test_a_problem_leads_to_its_layer(self, window, opened, qtbot):
        opened.session.apply(SetSettings("fc", {"in_features": 7}))
        opened.session.set_facts(infer(opened.session.network))
        qtbot.waitUntil(lambda: window.problems.count() == 1)
        with qtbot.waitSignal(window.layer_chosen) as chosen:
            window.problems.itemActivated.emit(window.problems.item(0))
        assert chosen.args == ["fc"]

    def test_it_is_opened_once_and_hears_nothing_when_closed(self, opened, qtbot, qapp):
        parent = QWidget()
        qtbot.addWidget(parent)
        first = show_analysis(opened, parent)
        assert show_analysis(opened, parent) is first
        qtbot.waitUntil(lambda: first.analysis is not None)
        first.reject()
        qtbot.waitUntil(lambda: not isValid(first))
        opened.session.set_facts(infer(opened.session.network))
        second = show_analysis(opened, parent)
        assert second is not first
        qtbot.waitUntil(lambda: second.analysis is not None)
        second.close()

    def test_every_control_has_a_name(self, window):
        for control in (window.search, window.batch, window.table, window.problems):
            assert control.accessibleName()
        assert window.measure.text()
        assert window.save.text()

    def test_it_changes_its_look(self, window, opened):
        light = window.save.icon().cacheKey()
        opened.look.set_appearance("dark")
        assert window.save.icon().cacheKey() != light
