import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from designer.gui.evaluation.matrix import Matrix


@pytest.fixture
def matrix(context, qtbot, report):
    made = Matrix(context.look)
    qtbot.addWidget(made)
    made.resize(500, 460)
    made.show_report(report)
    made.show()
    return made


def middle(matrix, row, column):
    x, y = matrix.grid.corner(row, column)
    return QPoint(round(x + matrix.grid.cell / 2), round(y + matrix.grid.cell / 2))


def corner_colour(matrix, row, column):
    x, y = matrix.grid.corner(row, column)
    return matrix.grab().toImage().pixelColor(round(x) + 4, round(y) + 4).name()


def test_a_click_chooses_and_the_same_again_gives_up(matrix, qtbot):
    chosen = []
    matrix.chosen.connect(chosen.append)
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=middle(matrix, 0, 1))
    assert matrix.cell == (0, 1)
    assert matrix.accessibleDescription() == "1 of 3 pictures of 'cat' taken for 'dog' (33.3 %)"
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=middle(matrix, 0, 1))
    assert chosen == [(0, 1), None]


def test_arrows_move_and_escape_gives_up(matrix, qtbot):
    for key, wanted in (
        (Qt.Key.Key_Down, (0, 0)),
        (Qt.Key.Key_Down, (1, 0)),
        (Qt.Key.Key_Right, (1, 1)),
        (Qt.Key.Key_Left, (1, 0)),
        (Qt.Key.Key_Up, (0, 0)),
        (Qt.Key.Key_Escape, None),
    ):
        qtbot.keyClick(matrix, key)
        assert matrix.cell == wanted


def test_rows_are_coloured_by_their_shares(context, matrix):
    colours = context.look.colours
    assert corner_colour(matrix, 2, 2) == colours.accent
    assert corner_colour(matrix, 2, 0) == colours.surface
    # a third of the row: between the two, nearer to the accent than to the surface is 2 of 3
    weak, strong = QColor(corner_colour(matrix, 0, 1)), QColor(corner_colour(matrix, 0, 0))
    assert weak.name() not in (colours.surface, colours.danger)
    assert strong.red() < weak.red()


def test_it_follows_the_look(context, matrix):
    context.look.set_appearance("dark")
    assert corner_colour(matrix, 2, 2) == context.look.colours.accent
    assert corner_colour(matrix, 2, 0) == context.look.colours.surface


@pytest.mark.parametrize("count", [2, 30, 100])
@pytest.mark.parametrize("size", [(280, 240), (1400, 1100)])
def test_every_number_of_classes_can_be_painted(matrix, report_of, count, size):
    names = [f"a class with a long name, number {i}" for i in range(count)]
    matrix.resize(*size)
    matrix.show_report(report_of(list(range(count)), list(range(count)), names))
    matrix.grab()
    assert corner_colour(matrix, 0, 0) != ""
    assert matrix.grid.count == count


def test_without_a_report_nothing_is_painted(matrix, qtbot):
    matrix.show_report(None)
    matrix.grab()
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    assert matrix.cell is None
