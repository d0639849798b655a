"""Settings: what a value must be, whoever wrote it."""

from __future__ import annotations

import math

import pytest

from designer.catalog.kind import GREATEST, REQUIRED, Setting
from designer.errors import EditError


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", GREATEST),
        ("int", -GREATEST),
        ("float", 1e300),
        ("float", 3),
        ("ints", [1, GREATEST]),
        ("sizes", 3),
        ("sizes", [3, 5]),
        ("bool", False),
        ("text", ""),
    ],
)
def test_values_that_fit_stay(kind, value):
    assert Setting("x", kind).checked(value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", GREATEST + 1),
        ("int", True),
        ("int", 1.0),
        ("float", math.nan),
        ("float", math.inf),
        ("float", 10**400),
        ("float", "1"),
        ("ints", [1, 10**30]),
        ("ints", [True]),
        ("sizes", [None, None]),
        ("sizes", []),
        ("sizes", [3]),
        ("sizes", [3, 3, 3]),
        ("bool", 1),
        ("text", 1),
    ],
)
def test_values_that_do_not_fit_are_refused_in_three_parts(kind, value):
    with pytest.raises(EditError) as caught:
        Setting("x", kind, REQUIRED).checked(value)
    assert "'x'" in caught.value.what
    assert caught.value.why
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("sides", "right", "wrong"), [(1, [3], [3, 3]), (2, [3, 5], [3]), (4, [0, 1, 0, 1], [1, 2])]
)
def test_sizes_are_one_number_or_one_for_each_side(sides, right, wrong):
    setting = Setting("x", "sizes", sides=sides)
    assert setting.checked(7) == 7
    assert setting.checked(tuple(right)) == (3 if sides == 1 else right)
    with pytest.raises(EditError, match=f"{sides}" if sides > 1 else "a whole number"):
        setting.checked(wrong)


@pytest.mark.parametrize("value", [10**5000, "x" * 100_000], ids=type)
def test_a_value_of_any_length_is_refused_in_few_words(value):
    with pytest.raises(EditError) as caught:
        Setting("width", "int").checked(value)
    assert len(str(caught.value)) < 250
