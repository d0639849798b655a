"""The table of augmentations: each row is an option that is off by default."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.augmentations import AUGMENTATIONS, alters
from designer.session.options import TrainingOptions


def test_nothing_is_altered_unless_it_is_asked_for():
    assert not alters(TrainingOptions())
    assert not alters(TrainingOptions(variants=7))


@pytest.mark.parametrize("row", AUGMENTATIONS.values(), ids=AUGMENTATIONS)
def test_each_row_is_an_option(row):
    strength = type(getattr(TrainingOptions(), row.key))(0.5)
    assert alters(replace(TrainingOptions(), **{row.key: strength or True}))
    assert row.title
    assert row.help.endswith(".")
