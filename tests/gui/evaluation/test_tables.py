import pytest
from PySide6.QtCore import Qt

from designer.gui.evaluation.tables import CountsModel, ScoresModel, counts_table, scores_table

ORIENTATION = Qt.Orientation


def column(view, number):
    model = view.model()
    return [model.data(model.index(row, number)) for row in range(model.rowCount())]


@pytest.fixture
def scores(qtbot, report):
    model = ScoresModel()
    model.show_report(report)
    view = scores_table(model)
    view.source = model
    qtbot.addWidget(view)
    return view


def test_scores_as_worked_out_by_hand(scores):
    # cat: 2 right of 3 there and 3 answered; dog: 1 of 2 and 2; owl: 1 of 1 and 1
    assert column(scores, 0) == ["cat", "dog", "owl"]
    assert column(scores, 1) == ["66.7 %", "50.0 %", "100.0 %"]
    assert column(scores, 2) == ["66.7 %", "50.0 %", "100.0 %"]
    assert column(scores, 4) == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("number", "wanted"), [(1, ["dog", "cat", "owl"]), (4, ["owl", "dog", "cat"]), (0, ["cat", "dog", "owl"])]
)
def test_each_column_sorts_by_its_number(scores, number, wanted):
    scores.sortByColumn(number, Qt.SortOrder.AscendingOrder)
    assert column(scores, 0) == wanted


def test_counts_are_those_of_the_matrix(qtbot, report):
    model = CountsModel()
    model.show_report(report)
    view = counts_table(model)
    qtbot.addWidget(view)
    assert [column(view, i) for i in range(3)] == [["2", "1", "0"], ["1", "1", "0"], ["0", "0", "1"]]
    assert [model.headerData(i, ORIENTATION.Vertical) for i in range(3)] == ["cat", "dog", "owl"]
    spoken = model.data(model.index(0, 1), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "1 pictures of cat taken for dog"
    model.show_report(None)
    assert model.rowCount() == 0
