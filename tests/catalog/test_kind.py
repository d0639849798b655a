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
        ("sizes", [0, 1, 0, 1]),
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
