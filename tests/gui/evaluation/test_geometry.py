import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.gui.evaluation.geometry import lay_out, mixed, moved, readable


def width(text):
    return 7.0 * len(text)


def grid(count, size=(700, 560), name="class {}", largest=50):
    return lay_out(*size, [name.format(i) for i in range(count)], width, 16, largest)


@pytest.mark.parametrize("count", [2, 3, 5, 10, 20, 37, 60, 100])
@pytest.mark.parametrize("size", [(420, 380), (700, 560), (1600, 1200)])
def test_everything_lies_inside(count, size):
    found = grid(count, size)
    assert found.left + found.side <= size[0]
    assert found.top + found.side <= size[1]
    assert found.cell > 0


def test_few_classes_have_names_and_numbers():
    found = grid(3)
    assert found.labels
    assert found.numbers
    assert not found.slanted


def test_many_classes_have_slanted_names_then_none():
    assert grid(25).slanted
    assert grid(25).labels
    assert not grid(100).labels
    assert not grid(100).numbers


def test_numbers_that_do_not_fit_are_left_out():
    assert grid(25, largest=9).numbers
    assert not grid(25, largest=12345).numbers


def test_long_names_do_not_take_the_whole_width():
    found = grid(3, name="a very long name of a class, one of those with commas, number {}")
    assert found.row_width <= 0.28 * 700
    assert found.slanted


@given(st.integers(2, 100), st.data())
def test_the_cell_under_a_point_is_the_one_drawn_there(count, data):
    found = grid(count)
    row, column = data.draw(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)))
    x, y = found.corner(row, column)
    assert found.cell_at(x + found.cell / 2, y + found.cell / 2) == (row, column)


def test_beside_the_cells_is_none():
    found = grid(3)
    assert found.cell_at(found.left - 1, found.top + 1) is None
    assert found.cell_at(found.left + found.side + 1, found.top + 1) is None
    assert found.cell_at(found.left + 1, found.top + found.side + 1) is None


def test_arrow_keys_stay_inside():
    assert moved(None, 3, 0, 1) == (0, 0)
    assert moved((0, 0), 3, -1, 0) == (0, 0)
    assert moved((1, 2), 3, 1, 1) == (2, 2)
    assert moved((1, 1), 3, 0, -1) == (1, 0)


def test_colours_mix():
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"
    assert mixed("#102030", "#ffffff", 0) == "#102030"
    assert mixed("#102030", "#ffffff", 2) == "#ffffff"


def test_the_readable_colour_is_the_one_that_stands_out():
    assert readable("#202020", "#000000", "#ffffff") == "#ffffff"
