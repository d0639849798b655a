"""The table as the user has it: selection, keys, edits, sorting, what is remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit

from designer import settings
from designer.errors import EditError
from designer.gui.editing.selection import Selection
from designer.gui.editing.table.model import FROZEN, NAME, TableModel
from designer.gui.editing.table.panel import LayerTable
from designer.gui.editing.table.rows import COLUMNS, PLACES
from designer.network.document import Document
from designer.network.edits import RemoveLayer, Rename, SetFrozen, SetRates
from designer.network.network import Layer, Network


class Desk:
    """A table on its own, whose edits are made at once in a document."""

    def __init__(self, look, network, facts) -> None:
        self.selection = Selection()
        self.panel = LayerTable(look, self.selection)
        self.document = Document(network)
        self.facts = facts
        self.refused: list = []
        self.shown: list[str] = []
        self.panel.asked.connect(self.make)
        self.panel.refused.connect(self.refused.append)
        self.panel.chosen.connect(self.shown.append)
        self.panel.show_network(network, facts)
        self.panel.resize(640, 420)
        self.panel.show()

    def make(self, action) -> None:
        self.apply(action(self.document.network))

    def apply(self, edit) -> None:
        self.document.apply(edit)
        self.panel.show_network(self.document.network, self.facts)

    @property
    def network(self) -> Network:
        return self.document.network

    @property
    def names(self) -> list[str]:
        return [row.layer.name for row in self.panel.model.rows]

    @property
    def marked(self) -> list[str]:
        return [row.layer.name for row in self.panel.table.chosen_rows()]


@pytest.fixture
def desk(qtbot, context, tiny_network, facts) -> Desk:
    made = Desk(context.look, tiny_network, facts)
    qtbot.addWidget(made.panel)
    return made


def test_the_model_keeps_qts_rules(desk, tiny_network):
    QAbstractItemModelTester(
        desk.panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, desk.panel
    )
    desk.apply(RemoveLayer("drop"))
    desk.apply(Rename("fc", "classifier"))
    desk.panel.search.setText("conv")
    desk.panel.search.setText("")
    desk.panel.table.sortByColumn(NAME, Qt.SortOrder.DescendingOrder)
    desk.panel.show_network(tiny_network, None)
    desk.panel.show_network(None, None)
    assert desk.panel.model.rowCount() == 0


def test_selection_goes_both_ways(desk):
    desk.selection.select(["pool", "fc"])
    assert desk.marked == ["pool", "fc"]
    desk.panel.table.selectRow(2)
    assert desk.selection.layers == ("stem.bn",)
    assert desk.shown == ["stem.bn"]
    desk.selection.select([])
    assert desk.marked == []


def test_what_a_filter_hides_is_selected_no_more(desk):
    desk.selection.select(["pool", "fc"])
    desk.panel.search.setText("fc")
    assert desk.names == ["fc"]
    assert desk.marked == ["fc"]
    assert desk.selection.layers == ("fc",)
    desk.panel.search.clear()
    assert desk.marked == ["fc"]


def test_keys_of_the_table_do_nothing_to_what_it_hides(desk, qtbot):
    desk.panel.search.setText("fc")
    # On the canvas, where both are seen.
    desk.selection.select(["pool", "fc"])
    assert desk.selection.layers == ("pool", "fc")
    assert desk.marked == ["fc"]
    desk.panel.show()
    desk.panel.activateWindow()
    desk.panel.table.setFocus()
    qtbot.waitUntil(desk.panel.table.hasFocus)
    assert desk.selection.layers == ("fc",)
    with qtbot.waitSignal(desk.panel.delete_asked):
        QTest.keyClick(desk.panel.table, Qt.Key.Key_Delete)
    assert desk.selection.layers == ("fc",)


def test_ticks_freeze(desk):
    index = desk.panel.model.index(1, FROZEN)
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    desk.panel.model.setData(index, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert desk.network["stem.conv"].frozen
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert desk.panel.model.index(0, FROZEN).data(Qt.ItemDataRole.CheckStateRole) is None


def test_space_freezes_all_selected_and_unfreezes_once_all_are(desk):
    desk.selection.select(["stem.conv", "stem.bn", "stem.relu"])
    QTest.keyClick(desk.panel.table, Qt.Key.Key_Space)
    assert {layer.id for layer in desk.network if layer.frozen} == {"stem.conv", "stem.bn"}
    assert desk.marked == ["stem.conv", "stem.bn", "stem.relu"]
    QTest.keyClick(desk.panel.table, Qt.Key.Key_Space)
    assert not any(layer.frozen for layer in desk.network)
    desk.selection.select(["pool"])
    QTest.keyClick(desk.panel.table, Qt.Key.Key_Space)
    assert not any(layer.frozen for layer in desk.network)


def type_in_cell(desk, row: int, column: int, text: str) -> None:
    table = desk.panel.table
    table.setCurrentIndex(desk.panel.model.index(row, column))
    QTest.keyClick(table, Qt.Key.Key_F2)
    line = table.viewport().findChildren(QLineEdit)[-1]
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    # Qt takes what was typed in its next round.
    QCoreApplication.processEvents()


def test_f2_renames_in_place(desk):
    type_in_cell(desk, 9, PLACES["kind"], "classifier")
    assert desk.network["fc"].name == "classifier"
    assert desk.names[9] == "classifier"


def test_factors_are_typed_in_place(desk):
    type_in_cell(desk, 9, PLACES["weights"], "10")
    type_in_cell(desk, 9, PLACES["bias"], "2.5")
    assert (desk.network["fc"].weight_rate, desk.network["fc"].bias_rate) == (10.0, 2.5)


def test_a_factor_that_is_none_is_refused_aloud(desk, tiny_network):
    type_in_cell(desk, 9, PLACES["weights"], "-3")
    assert desk.network is tiny_network
    assert len(desk.refused) == 1
    assert isinstance(desk.refused[0], EditError)
    assert "-3" in str(desk.refused[0])


def test_only_names_and_factors_of_learning_layers_can_be_typed(desk):
    model = desk.panel.model
    editable = {
        (model.rows[r].layer.id, COLUMNS[c].key)
        for r in range(model.rowCount())
        for c in range(model.columnCount())
        if model.flags(model.index(r, c)) & Qt.ItemFlag.ItemIsEditable
    }
    learning = {"stem.conv", "stem.bn", "block.conv", "fc"}
    assert editable == {(row.layer.id, "name") for row in model.rows} | {
        (layer_id, key) for layer_id in learning for key in ("weights", "bias")
    }


def test_del_and_enter_ask_the_page(desk, qtbot):
    table = desk.panel.table
    desk.selection.select(["pool"])
    with qtbot.waitSignal(desk.panel.delete_asked):
        QTest.keyClick(table, Qt.Key.Key_Delete)
    with qtbot.waitSignal(desk.panel.open_asked) as asked:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert asked.args == ["pool"]
    desk.selection.select([])
    with qtbot.assertNotEmitted(desk.panel.delete_asked):
        QTest.keyClick(table, Qt.Key.Key_Delete)


def test_copied_rows_are_text_with_tabs(desk, qtbot):
    desk.selection.select(["fc", "stem.conv"])
    for column in range(len(COLUMNS)):
        desk.panel.table.setColumnHidden(column, COLUMNS[column].key not in ("name", "parameters"))
    with qtbot.waitSignal(desk.panel.copy_asked) as asked:
        QTest.keyClick(desk.panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == ["Name\tParam.\nstem.conv\t216\nfc\t27\n"]


def click_header(desk, column: int) -> None:
    header = desk.panel.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_on_a_title_sorts_up_then_down_then_not(desk, tiny_network):
    desk.selection.select(["fc"])
    click_header(desk, PLACES["parameters"])
    up = desk.names
    assert up[-4:] == ["stem.bn", "fc", "stem.conv", "block.conv"]
    assert desk.marked == ["fc"]
    click_header(desk, PLACES["parameters"])
    assert desk.names[:4] == ["block.conv", "stem.conv", "fc", "stem.bn"]
    click_header(desk, PLACES["parameters"])
    assert desk.names == [layer.name for layer in tiny_network]


def test_rows_stay_where_they_are_while_ticks_change(desk):
    desk.panel.table.sortByColumn(FROZEN, Qt.SortOrder.AscendingOrder)
    before = desk.names
    desk.apply(SetFrozen(("fc",), True))
    assert desk.names == before
    desk.panel.table.sortByColumn(FROZEN, Qt.SortOrder.DescendingOrder)
    desk.panel.table.sortByColumn(FROZEN, Qt.SortOrder.AscendingOrder)
    assert desk.names[0] == "fc"


def test_once_the_facts_are_there_rows_are_sorted_by_them(desk, tiny_network, facts):
    desk.panel.show_network(tiny_network, None)
    desk.panel.table.sortByColumn(PLACES["parameters"], Qt.SortOrder.DescendingOrder)
    desk.panel.show_network(tiny_network, facts)
    assert desk.names[0] == "block.conv"


def test_the_filter_by_kind_and_state(desk):
    desk.panel.filter.choose({"Linear", "Dropout"})
    assert desk.names == ["drop", "fc"]
    assert desk.panel._count.text() == "2 of 11 layers"
    desk.panel.filter.choose(state="frozen")
    assert desk.names == []
    desk.apply(SetFrozen(("fc",), True))
    assert desk.names == ["fc"]
    desk.panel.filter.choose()
    assert desk.panel._count.text() == "11 layers"


def test_the_filters_menu_offers_the_kinds_with_their_number(desk):
    menu = desk.panel.filter.menu()
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert "Convolution 2-D  (2)" in texts
    menu.actions()[texts.index("Convolution 2-D  (2)")].trigger()
    assert desk.names == ["stem.conv", "block.conv"]
    assert "Convolution 2-D" in desk.panel.filter.toolTip()
    menu.aboutToShow.emit()
    next(a for a in menu.actions() if a.text() == "Show everything").trigger()
    assert len(desk.names) == 11


def test_a_kind_that_is_gone_is_filtered_for_no_more(desk):
    desk.panel.filter.choose({"Dropout"})
    desk.apply(RemoveLayer("drop"))
    desk.panel.filter.menu().aboutToShow.emit()
    assert len(desk.names) == 10


def changes_of(model: QAbstractItemModel) -> list[tuple]:
    told: list[tuple] = []
    model.modelReset.connect(lambda: told.append(("reset",)))
    model.rowsInserted.connect(lambda parent, a, b: told.append(("inserted", a, b)))
    model.rowsRemoved.connect(lambda parent, a, b: told.append(("removed", a, b)))
    model.dataChanged.connect(lambda a, b: told.append(("changed", a.row(), b.row())))
    return told


def test_an_edit_tells_of_the_rows_that_differ_alone(desk):
    told = changes_of(desk.panel.model)
    desk.apply(SetFrozen(("fc",), True))
    assert told == [("changed", 9, 9)]
    told.clear()
    edit = RemoveLayer("drop")
    back = edit.inverse(desk.network)
    desk.apply(edit)
    assert told == [("removed", 8, 8)]
    told.clear()
    desk.apply(back)
    assert told == [("inserted", 8, 8)]
    told.clear()
    desk.apply(SetRates(("stem.conv", "stem.bn"), 3.0))
    assert told == [("changed", 1, 2)]


def test_widths_and_hidden_columns_are_remembered(desk, context, tiny_network, facts, qtbot):
    table = desk.panel.table
    table.setColumnWidth(NAME, 211)
    menu = desk.panel._columns.menu()
    next(a for a in menu.actions() if a.data() == PLACES["group"]).trigger()
    assert table.isColumnHidden(PLACES["group"])
    desk.panel.hide()
    again = LayerTable(context.look, Selection())
    qtbot.addWidget(again)
    assert again.table.columnWidth(NAME) == 211
    assert again.table.isColumnHidden(PLACES["group"])
    next(a for a in again._columns.menu().actions() if a.data() == -1).trigger()
    assert again.table.columnWidth(NAME) == COLUMNS[NAME].width
    assert not again.table.isColumnHidden(PLACES["group"])


def test_a_remembered_layout_that_is_rubbish_does_no_harm(context, qtbot):
    settings.change(columns="rubbish")
    table = LayerTable(context.look, Selection())
    qtbot.addWidget(table)
    assert table.table.columnWidth(NAME) == COLUMNS[NAME].width


def test_every_cell_can_be_read_aloud(desk):
    model = desk.panel.model
    spoken = model.index(4, PLACES["shape"]).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Shape of the output: 8 × 16 × 16"
    for row in range(model.rowCount(QModelIndex())):
        for column in range(len(COLUMNS)):
            assert model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)


def test_ten_thousand_rows_and_names_in_any_script(context, qtbot):
    stems = ("layer", "слой", "طبقة", "x" * 500)
    layers = {
        f"l{n}": Layer(f"l{n}", f"{stems[n % 4]}{n}", "ReLU" if n % 2 else "Dropout", {}, f"g{n // 100}")
        for n in range(10_000)
    }
    network = Network("long", layers, dict.fromkeys(layers, ()))
    desk = Desk(context.look, network, None)
    qtbot.addWidget(desk.panel)
    assert len(desk.names) == 10_000
    desk.panel.table.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
    assert desk.names[:2] == ["layer0", "layer4"]
    desk.panel.search.setText("طبقة 77")
    assert "طبقة7778" in desk.names
    desk.panel.search.clear()
    desk.panel.table.selectAll()
    assert len(desk.selection.layers) == 10_000
    told = changes_of(desk.panel.model)
    desk.apply(SetFrozen(("l4",), True))
    assert told == [("changed", 1, 1)]


def column_end(table, number) -> int:
    return table.columnViewportPosition(number) + table.columnWidth(number)


def test_parameters_are_seen_whole_however_narrow_the_table(desk):
    table = desk.panel.table
    for width in (252, 280, 420):
        desk.panel.resize(width, 420)
        assert column_end(table, PLACES["parameters"]) <= table.viewport().width()
        assert table.columnWidth(NAME) >= 110
    desk.panel.resize(1400, 420)
    # Nothing of a wide table is left empty.
    assert column_end(table, len(COLUMNS) - 1) == table.viewport().width()
    table.setColumnWidth(NAME, 200)
    desk.panel.resize(252, 420)
    assert table.columnWidth(NAME) == 200


def test_a_width_that_nobody_chose_is_not_remembered(desk, context, qtbot):
    desk.panel.resize(252, 420)
    desk.panel.hide()
    assert settings.load().columns == ""
    again = LayerTable(context.look, Selection())
    qtbot.addWidget(again)
    again.resize(1400, 420)
    again.show()
    assert again.table.columnWidth(NAME) > COLUMNS[NAME].width


def test_all_rows_are_selected_without_asking_each_cell(context, qtbot, monkeypatch):
    asked, flags = [], TableModel.flags

    def counting(model, index):
        asked.append(index.row())
        return flags(model, index)

    # Before there is a model: Qt looks up once whom it asks.
    monkeypatch.setattr(TableModel, "flags", counting)
    layers = {f"l{n}": Layer(f"l{n}", f"l{n}", "ReLU") for n in range(2_000)}
    desk = Desk(context.look, Network("long", layers, dict.fromkeys(layers, ())), None)
    qtbot.addWidget(desk.panel)
    desk.panel.resize(600, 400)
    with qtbot.waitExposed(desk.panel):
        desk.panel.show()
    desk.panel.table.selectAll()
    desk.panel.grab()
    assert len(desk.selection.layers) == 2_000
    assert 0 < len(set(asked)) < 200
