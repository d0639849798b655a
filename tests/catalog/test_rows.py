"""Looking up rows of tables by key."""

from __future__ import annotations

import pytest

from designer.catalog.rows import row_of
from designer.errors import DataError

ROWS = {"alpha": 1, "beta": 2}


def test_a_row_by_its_key():
    assert row_of(ROWS, "beta", "No row.", DataError) == 2


@pytest.mark.parametrize(("key", "why"), [("alhpa", "alpha"), ("zzz", "misspelt")])
def test_an_unknown_key_says_what_why_and_what_there_is(key, why):
    with pytest.raises(DataError) as caught:
        row_of(ROWS, key, "No row.", DataError)
    assert caught.value.what == "No row."
    assert why in caught.value.why
    assert caught.value.remedy == "Choose one of: alpha, beta."
