"""Splitting: stratified, seeded, and never a class without training pictures."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from designer.engine.data.splitting import split
from designer.errors import DataError


def test_each_class_gives_its_share_as_scikit_learn_does():
    labels = np.repeat([0, 1, 2], [50, 30, 20]).tolist()
    training, validation = split(labels, 0.2, 7)
    theirs = train_test_split(range(100), test_size=0.2, stratify=labels, random_state=7)[1]
    assert Counter(labels[i] for i in validation) == Counter(labels[i] for i in theirs) == {0: 10, 1: 6, 2: 4}
    assert len(training) == 80


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(1, 40), min_size=2, max_size=6),
    st.floats(0.01, 0.99),
    st.integers(0, 2**63 - 1),
)
def test_every_picture_is_on_one_side_and_every_class_on_both(counts, share, seed):
    labels = [label for label, count in enumerate(counts) for _ in range(count)]
    training, validation = split(labels, share, seed)
    assert sorted(training + validation) == list(range(len(labels)))
    held_out = Counter(labels[i] for i in validation)
    for label, count in enumerate(counts):
        if count == 1:
            assert held_out[label] == 0
        else:
            assert 1 <= held_out[label] <= count - 1
            assert abs(held_out[label] - share * count) <= 1
    assert (training, validation) == split(labels, share, seed)


def test_the_seed_draws_and_the_classes_draw_apart():
    labels = [0] * 40 + [1] * 40
    assert split(labels, 0.5, 0) != split(labels, 0.5, 1)
    validation = split(labels, 0.5, 0)[1]
    assert [i for i in validation if i < 40] != [i - 40 for i in validation if i >= 40]
    # What another class holds does not change the draw of this one.
    other = split([0] * 40 + [1] * 10, 0.5, 0)[1]
    assert [i for i in other if i < 40] == [i for i in validation if i < 40]


def test_no_share_keeps_all_for_training():
    assert split([0, 0, 1], 0, 0) == ((0, 1, 2), ())


@pytest.mark.parametrize(("share", "seed"), [(1.0, 0), (-0.1, 0), (float("nan"), 0), (0.2, -1)])
def test_what_cannot_be_is_refused(share, seed):
    with pytest.raises(DataError):
        split([0, 1], share, seed)
