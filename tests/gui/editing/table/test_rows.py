"""The table's rows: order, filter, text; no widgets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.gui.editing.table.rows import (
    COLUMNS,
    PLACES,
    Filter,
    arranged,
    kinds_in,
    middle_of,
    natural,
    rows_of,
    runs_of,
    table_text,
)
from designer.network.edits import Rename, SetFrozen, SetRates

from ..conftest import PARAMETERS, make_facts


def names(rows) -> list[str]:
    return [row.layer.name for row in rows]


def cell(row, key: str) -> str:
    return COLUMNS[PLACES[key]].text(row)


def test_there_is_a_row_for_each_layer_with_its_facts(tiny_network, facts):
    rows = rows_of(tiny_network, facts)
    assert names(rows) == [layer.name for layer in tiny_network]
    conv = rows[4]
    assert [cell(conv, c.key) for c in COLUMNS] == [
        "",
        "block.conv",
        "584",
        "8×16×16",
        "Convolution 2-D",
        "block",
        "147.5 k",
        "1",
        "1",
    ]
    add = rows[5]
    assert (cell(add, "parameters"), cell(add, "weights"), add.tick) == ("", "", "")
    assert rows_of(None, None) == ()


def test_before_anything_is_known_the_cells_are_empty(tiny_network):
    row = rows_of(tiny_network, None)[4]
    assert (cell(row, "shape"), cell(row, "parameters"), cell(row, "macs")) == ("", "", "")
    assert cell(row, "kind") == "Convolution 2-D"


def test_after_an_edit_only_rows_that_differ_are_made_anew(tiny_network, facts):
    before = rows_of(tiny_network, facts)
    after = rows_of(SetFrozen(("fc",), True).apply(tiny_network), make_facts(tiny_network), before)
    anew = [new.layer.id for old, new in zip(before, after, strict=True) if old is not new]
    assert anew == ["fc"]
    assert (after[9].tick, before[9].tick) == ("on", "off")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["layer10", "layer2", "Layer1"], ["Layer1", "layer2", "layer10"]),
        (["a.10.x", "a.9.y", "a"], ["a", "a.9.y", "a.10.x"]),
        (["2", "10", "b", ""], ["", "2", "10", "b"]),
        (["٢", "1", "شبكة"], ["1", "٢", "شبكة"]),
    ],
)
def test_names_are_sorted_as_people_do(given, wanted):
    assert sorted(given, key=natural) == wanted


def test_a_name_of_thousands_of_digits_can_be_sorted():
    assert sorted(["9" * 6000, "1" * 6000, "a"], key=natural) == ["1" * 6000, "9" * 6000, "a"]


@pytest.mark.parametrize("column", range(len(COLUMNS)))
@pytest.mark.parametrize("known", [True, False])
def test_every_column_can_be_sorted(tiny_network, facts, column, known):
    network = SetRates(("fc",), 10.0, 2.0).apply(SetFrozen(("stem.conv",), True).apply(tiny_network))
    rows = rows_of(network, facts if known else None)
    up = arranged(rows, Filter(), column, False)
    down = arranged(rows, Filter(), column, True)
    assert set(names(up)) == set(names(down)) == set(names(rows))
    keys = [COLUMNS[column].order(row) for row in up]
    assert keys == sorted(keys)
    assert [COLUMNS[column].order(row) for row in down] == sorted(keys, reverse=True)


def test_numbers_are_sorted_as_numbers(tiny_network, facts):
    rows = arranged(rows_of(tiny_network, facts), Filter(), PLACES["parameters"], True)
    wanted = sorted(PARAMETERS, key=PARAMETERS.get, reverse=True)
    assert names(rows)[:4] == wanted == ["block.conv", "stem.conv", "fc", "stem.bn"]


def test_without_a_column_the_order_is_that_of_the_network(tiny_network, facts):
    rows = rows_of(tiny_network, facts)
    assert arranged(rows, Filter(), -1, False) == rows


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter("CONV"), ["stem.conv", "block.conv"]),
        (Filter("conv block"), ["block.conv"]),
        (Filter("pooling"), ["pool"]),
        (Filter("AdaptiveAvg"), ["pool"]),
        (Filter("8x1x1"), ["pool"]),
        (Filter("8×1×1"), ["pool"]),
        (Filter("8×1×1 pooling"), ["pool"]),
        (Filter("8×1×1 conv"), []),
        (Filter("nothing like it"), []),
        (Filter(kinds=frozenset({"Linear", "Dropout"})), ["drop", "fc"]),
        (Filter("o", frozenset({"Linear", "Dropout"})), ["drop"]),
        (Filter(state="frozen"), ["stem.conv", "fc"]),
        (Filter(state="trainable"), ["stem.bn", "block.conv", "drop"]),
    ],
)
def test_the_filter_takes_what_has_all_words_the_kind_and_the_state(tiny_network, facts, wanted, found):
    network = SetFrozen(("stem.conv", "fc"), True).apply(tiny_network)
    assert names(arranged(rows_of(network, facts), wanted, -1, False)) == found


def test_the_kinds_that_are_there_are_counted(tiny_network):
    counts = kinds_in(rows_of(tiny_network, None))
    assert counts["Convolution 2-D"] == 2
    assert list(counts) == sorted(counts)
    assert sum(counts.values()) == 11


def test_rows_as_text_for_a_spreadsheet(tiny_network, facts):
    network = Rename("fc", "odd\tname").apply(SetFrozen(("fc",), True).apply(tiny_network))
    rows = rows_of(network, facts)[8:10]
    columns = [PLACES[key] for key in ("name", "frozen", "parameters", "shape")]
    assert table_text(rows, columns).splitlines() == [
        "Name\tFrozen\tParam.\tOutput",
        "drop\ttrainable\t0\t8",
        "odd name\tfrozen\t27\t3",
    ]


def test_a_kind_that_this_version_does_not_know_has_a_row(tiny_network):
    odd = replace(tiny_network["pool"], kind="Wondrous")
    row = rows_of(tiny_network.with_layers(odd), None)[6]
    assert (row.kind, row.tick, row.learns) == ("Wondrous", "", False)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("abc", "abc", (3, 3, 3)),
        ("abc", "aXbc", (1, 1, 2)),
        ("abc", "ac", (1, 2, 1)),
        ("abc", "cba", (0, 3, 3)),
        ("", "ab", (0, 0, 2)),
        ("aaa", "aa", (2, 3, 2)),
    ],
)
def test_where_two_lists_differ(old, new, found):
    start, left, right = middle_of(old, new)
    assert (start, left, right) == found
    assert old[:start] + new[start:right] + old[left:] == new


def test_numbers_as_runs():
    assert runs_of([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
    assert runs_of([]) == []
