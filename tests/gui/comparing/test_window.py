"""The comparison window: what can be chosen, the list, the colours on both canvases, following edits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from designer.catalog.actions import freeze_backbone, replace_head
from designer.catalog.models import MODELS
from designer.engine.building import build, weights_of
from designer.engine.project_file import ProjectContents, save_project
from designer.engine.shapes import infer
from designer.gui.comparing.chooser import OTHER
from designer.gui.comparing.sides import FILE, MODEL, NOW, ORIGIN, SAVED, choices, defaults, side_of
from designer.gui.comparing.state import FILTERS, overlay_of, rows_of, summary_of
from designer.gui.comparing.table import PARAMETERS, SIGN, SORT, TEXT, WEIGHTS, ComparisonTable, shared
from designer.gui.comparing.window import ComparisonWindow
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.selection import Selection
from designer.jobs.comparing import Side, compare
from designer.network.edits import AddLayer, Compound, RemoveLayer, Rename, SetInputs, SetSettings
from designer.network.network import Layer, Port
from designer.progress import Silent
from designer.session.session import Session


@pytest.fixture
def edited(tiny_network):
    """One layer added, one removed, one changed, and what that does to the output's shape."""
    return Compound(
        "edits",
        (
            RemoveLayer("drop"),
            AddLayer(Layer("new~1", "new", "ReLU"), (Port("block.add"),)),
            SetInputs("pool", (Port("new~1"),)),
            SetInputs("fc", (Port("flatten"),)),
            SetSettings("fc", {"out_features": 5}),
        ),
    ).apply(tiny_network)


@pytest.fixture
def compared(tiny_network, edited):
    return compare(Side("old", network=tiny_network), Side("new", network=edited))(Silent())


@pytest.fixture
def project(tmp_path, tiny_network):
    path = tmp_path / "tiny.netgraft"
    save_project(path, ProjectContents(tiny_network, weights_of(build(tiny_network, seed=1))), Silent())
    return path


class TestSides:
    def test_without_a_network_only_models_can_be_chosen(self):
        found = choices(Session())
        assert [choice.key for choice in found] == [MODEL + i for i in MODELS]
        assert defaults(Session()) == (found[0].key, found[1].key)

    def test_an_open_network_can_be_compared_with_all_that_it_was(self, tiny_network, project, tmp_path):
        session = Session()
        session.open(replace(tiny_network, origin="resnet18"), None, path=project)
        found = {c.key: c for c in choices(session, (tmp_path / "other.netgraft",))}
        assert list(found)[:4] == [NOW, SAVED, ORIGIN, f"{FILE}{tmp_path / 'other.netgraft'}"]
        assert defaults(session) == (ORIGIN, NOW)
        assert side_of(session, found[NOW]).network is session.network
        assert side_of(session, found[SAVED]).path == project
        assert side_of(session, found[ORIGIN]).model == "resnet18"
        assert side_of(session, found[f"{FILE}{tmp_path / 'other.netgraft'}"]).path.name == "other.netgraft"
        assert side_of(session, found[f"{MODEL}vgg16"]).model == "vgg16"

    def test_without_an_origin_it_is_what_was_saved(self, tiny_network, project):
        session = Session()
        session.open(tiny_network, None, path=project)
        assert defaults(session) == (SAVED, NOW)


class TestState:
    def test_rows_say_what_became_of_each_layer(self, compared):
        rows = {row.name: row for row in rows_of(compared, FILTERS)}
        assert {name: row.state for name, row in rows.items()} == {
            "drop": "removed",
            "new": "added",
            "fc": "changed",
            "output": "reshaped",
        }
        fc = rows["fc"]
        assert (fc.text, fc.shape, fc.parameters) == ("out_features 3 → 5", "3 → 5", "+18")
        assert (rows["drop"].before, rows["drop"].after) == ("drop", "")
        assert fc.spoken == "Changed, Linear, fc, out_features 3 → 5, 3 → 5, +18"

    def test_rows_are_filtered(self, compared):
        assert [row.name for row in rows_of(compared, ("removed",))] == ["drop"]
        assert [row.name for row in rows_of(compared, FILTERS, "linear OUT_features")] == ["fc"]
        assert rows_of(compared, ()) == ()

    def test_a_former_name_is_kept_and_found(self, tiny_network):
        renamed = Rename("fc", "answer").apply(tiny_network)
        found = compare(Side("a", network=tiny_network), Side("b", network=renamed))(Silent())
        row = rows_of(found, FILTERS, "fc")[0]
        assert (row.name, row.former_name, row.text) == ("answer", "fc", "name fc → answer")

    def test_other_weights_alone_are_a_change(self, tiny_network):
        sides = [
            Side(str(s), network=tiny_network, weights=weights_of(build(tiny_network, seed=s)))
            for s in (1, 2)
        ]
        found = compare(*sides, weights=True)(Silent())
        rows = rows_of(found, FILTERS)
        assert [row.name for row in rows] == ["stem.conv", "block.conv", "fc"]
        assert {row.state for row in rows} == {"same"}
        assert all(row.weights.endswith("% other") for row in rows)
        assert "Weights differ in 3 of 4 layers." in summary_of(found)
        assert rows_of(found, ("added",)) == ()

    def test_the_summary_is_in_words(self, compared, tiny_network):
        assert summary_of(compared)[0].startswith("1 added, 1 removed, 1 changed, 1 with another shape")
        headed = replace_head(tiny_network, ("a", "b")).apply(tiny_network)
        found = compare(Side("a", network=tiny_network), Side("b", network=headed))(Silent())
        assert "Classes: 3 → 2." in summary_of(found)

    def test_each_side_has_its_colours(self, compared):
        before, after = overlay_of(compared, "before"), overlay_of(compared, "after")
        assert before.marks == {"drop": "removed", "fc": "changed"}
        assert after.marks == {"new~1": "added", "fc": "changed"}
        assert after.labels == {"fc": "+18"}
        assert "new" in before.title


class TestTable:
    @pytest.fixture
    def table(self, context, qtbot, compared):
        made = ComparisonTable(context.look)
        qtbot.addWidget(made)
        made.show_rows(rows_of(compared, FILTERS), weights=False)
        return made

    def test_rows_are_in_the_order_of_the_network_and_sort_by_value(self, table):
        assert [row.name for row in table.rows] == ["drop", "fc", "output", "new"]
        table.sortByColumn(PARAMETERS, Qt.SortOrder.DescendingOrder)
        assert table.rows[0].name == "fc"
        table.sortByColumn(SIGN, Qt.SortOrder.AscendingOrder)
        assert [row.state for row in table.rows] == ["added", "removed", "changed", "reshaped"]

    def test_states_are_told_by_a_sign_and_in_words(self, table):
        model = table.model()
        signs = [model.index(n, SIGN).data() for n in range(4)]
        assert len(set(signs)) == 4
        assert model.index(0, SIGN).data(Qt.ItemDataRole.ToolTipRole) == "Removed"
        assert "drop" in model.index(0, SIGN).data(Qt.ItemDataRole.AccessibleTextRole)
        assert model.index(1, PARAMETERS).data(SORT) == 18

    def test_it_goes_to_a_layer_of_either_side(self, table, qtbot):
        with qtbot.waitSignal(table.chosen) as chosen:
            table.seek("after", "new~1")
        assert chosen.args[0].name == "new"
        table.seek("before", "stem.conv")
        assert table.currentIndex().row() == 3

    def test_what_changed_gets_the_room_that_is_left(self):
        # Seven columns want 1,010 pixels and need 706; without the weights, 900 and 616.
        everything, usual = range(7), range(6)
        assert shared(1010, everything) == {0: 30, 1: 166, 2: 184, 3: 190, 4: 104, 5: 226, 6: 110}
        assert shared(1000, usual)[TEXT] == 290
        assert sum(shared(1300, everything).values()) == 1300
        half = shared(758, usual)
        assert (half[1], half[2], half[TEXT], half[5]) == (133, 137, 190, 168)
        assert shared(400, usual) == {0: 30, 1: 100, 2: 90, 3: 190, 4: 96, 5: 110}

    @pytest.mark.parametrize("width", [480, 620, 1200])
    @pytest.mark.parametrize("weights", [False, True])
    def test_what_changed_is_seen_whole_in_a_narrow_table(self, table, compared, width, weights):
        table.resize(width, 300)
        table.show()
        table.show_rows(rows_of(compared, FILTERS), weights=weights)
        start = table.columnViewportPosition(TEXT)
        assert start + table.columnWidth(TEXT) <= table.viewport().width()
        text = table.model().index(1, TEXT).data()
        assert text == "out_features 3 → 5"
        assert table.fontMetrics().horizontalAdvance(text) + 12 <= table.columnWidth(TEXT)
        assert table.isColumnHidden(WEIGHTS) is not weights

    def test_a_width_drawn_by_hand_stays(self, table):
        table.resize(700, 300)
        table.show()
        table.horizontalHeader().resizeSection(TEXT, 333)
        table.resize(1200, 300)
        assert table.columnWidth(TEXT) == 333


class TestWindow:
    @pytest.fixture
    def opened(self, context, tiny_network, edited, project):
        """The tiny network as saved in a file, and edited since."""
        context.session.open(tiny_network, weights_of(build(tiny_network, seed=1)), path=project)
        context.session.set_facts(infer(tiny_network))
        context.session.apply(RemoveLayer("drop"))
        context.session.apply(SetInputs("fc", (Port("flatten"),)))
        return context

    @pytest.fixture
    def page_canvas(self, opened, qtbot):
        canvas = Canvas(opened.runner, opened.look, Selection())
        qtbot.addWidget(canvas)
        canvas.open(opened.session.network)
        qtbot.waitUntil(lambda: canvas.picture is not None, timeout=20000)
        return canvas

    @pytest.fixture
    def window(self, opened, page_canvas, qtbot):
        made = ComparisonWindow(opened, page_canvas)
        made.show()
        qtbot.waitUntil(lambda: made.compared is not None, timeout=20000)
        qtbot.waitUntil(lambda: made.view.canvas.picture is not None, timeout=20000)
        yield made
        if isValid(made):
            made.close()

    def overlay(self, canvas):
        """The marks that a canvas shows, by box."""
        tints = canvas.furniture.overlaying.tints
        return {} if tints is None else {key: tint.mark for key, tint in tints.boxes.items() if tint.mark}

    def test_it_compares_what_was_saved_with_what_is_now(self, window):
        assert window.chooser.chosen == (SAVED, NOW)
        assert [row.name for row in window.table.rows] == ["drop"]
        assert "1 removed" in window.summary.text()
        assert window.filters["removed"].text().endswith("Removed 1")

    def test_both_canvases_show_it_in_colour(self, window, page_canvas, opened):
        assert self.overlay(window.view.canvas) == {"drop": "removed"}
        assert self.overlay(page_canvas) == {}
        window.view.buttons["after"].click()
        assert window.view.canvas.mirror.network is opened.session.network

    def test_it_follows_edits_and_gives_the_colours_back(self, window, page_canvas, opened, qtbot):
        opened.session.apply(Rename("fc", "answer"))
        page_canvas.update_network(opened.session.network, False)
        qtbot.waitUntil(lambda: len(window.table.rows) == 2, timeout=20000)
        assert self.overlay(page_canvas) == {"fc": "changed"}
        window.reject()
        assert self.overlay(page_canvas) == {}
        qtbot.waitUntil(lambda: not isValid(window))
        # Nothing listens any more.
        opened.session.apply(Rename("fc", "other"))

    def test_rows_and_canvas_follow_one_another(self, window, opened, qtbot):
        opened.session.apply(Rename("fc", "answer"))
        qtbot.waitUntil(lambda: len(window.table.rows) == 2, timeout=20000)
        window.table.selectRow(0)
        assert window.view.side == "before"
        window.view.selection.select(["fc"])
        assert window.table.rows[window.table.currentIndex().row()].name == "answer"

    def test_a_layer_that_is_not_on_this_side_is_shown_on_the_other(self, window, opened, qtbot):
        opened.session.apply(AddLayer(Layer("new~1", "new", "ReLU"), (Port("flatten"),)))
        qtbot.waitUntil(lambda: len(window.table.rows) == 2, timeout=20000)
        place = next(n for n, row in enumerate(window.table.rows) if row.name == "new")
        window.table.selectRow(place)
        assert window.view.side == "after"
        assert window.view.buttons["after"].isChecked()

    def test_filters_and_search(self, window):
        window.filters["removed"].click()
        assert window.table.rows == ()
        window.filters["removed"].click()
        window.search.setText("nothing")
        assert window.table.rows == ()
        window.search.clear()
        assert len(window.table.rows) == 1

    def test_the_two_are_swapped(self, window, qtbot):
        window.chooser.swap.click()
        qtbot.waitUntil(lambda: window.table.rows and window.table.rows[0].state == "added", timeout=20000)
        assert window.chooser.chosen == (NOW, SAVED)
        assert window.view.side == "after"

    def test_weights_are_compared_when_asked_for(self, window, qtbot):
        window.weights.click()
        qtbot.waitUntil(lambda: window.compared.weights is not None, timeout=20000)
        assert "Weights differ in 0 of 4 layers." in window.summary.text()

    def test_a_model_is_chosen_from_the_list(self, window, qtbot):
        box = window.chooser.boxes[0]
        box.setCurrentIndex(box.findData(MODEL + "alexnet"))
        box.activated.emit(box.currentIndex())
        qtbot.waitUntil(lambda: window.compared.before.side.model == "alexnet", timeout=60000)
        assert window.compared.comparison.removed

    def test_another_project_is_chosen(self, window, qtbot, tmp_path, monkeypatch, edited):
        path = tmp_path / "other.netgraft"
        save_project(path, ProjectContents(edited, weights_of(build(edited))), Silent())
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
        box = window.chooser.boxes[0]
        box.setCurrentIndex(box.findData(OTHER))
        box.activated.emit(box.currentIndex())
        qtbot.waitUntil(lambda: window.compared.before.side.path == path, timeout=20000)
        assert box.currentText() == "other.netgraft"

    def test_choosing_no_file_changes_nothing(self, window, monkeypatch):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
        box = window.chooser.boxes[1]
        box.setCurrentIndex(box.findData(OTHER))
        box.activated.emit(box.currentIndex())
        assert window.chooser.chosen == (SAVED, NOW)
        assert box.currentData() == NOW

    def test_what_cannot_be_opened_is_told_and_the_former_stays(
        self, window, opened, qtbot, tmp_path, monkeypatch
    ):
        foreign = tmp_path / "foreign.netgraft"
        foreign.write_bytes(b"not a project")
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(foreign), ""))
        box = window.chooser.boxes[0]
        box.setCurrentIndex(box.findData(OTHER))
        box.activated.emit(box.currentIndex())
        qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=20000)
        assert "foreign" in window.notices.notice.text
        assert len(window.table.rows) == 1
        assert not window.progress.isVisible()

    def test_saving_is_noticed(self, window, opened, project, qtbot):
        save_project(project, ProjectContents(opened.session.network, opened.session.weights), Silent())
        opened.session.saved(project)
        qtbot.waitUntil(lambda: window.table.rows == (), timeout=20000)
        assert "equal" in window.summary.text()

    def test_another_network_starts_anew(self, window, opened, tiny_network, qtbot):
        frozen = freeze_backbone(tiny_network).apply(tiny_network)
        opened.session.open(frozen, weights_of(build(frozen)))
        # Without a file and a model to be compared with, it is the last of the list.
        qtbot.waitUntil(
            lambda: window.chooser.chosen[1] == NOW and window.compared.after.network is frozen, timeout=60000
        )

    def test_it_closes_while_it_works(self, opened, qtbot):
        parent = QWidget()
        qtbot.addWidget(parent)
        first = ComparisonWindow(opened, None, parent)
        first.show()
        first.close()
        qtbot.waitUntil(lambda: not isValid(first))
        qtbot.waitUntil(lambda: not opened.runner.busy("comparing"), timeout=20000)
