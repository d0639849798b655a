from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.gui.evaluation.scores import accuracy_text, cell_text, pictures_of, row_shares, totals, wilson
from designer.session.results import Report


def report_of(truth, predicted, classes=("cat", "dog", "owl"), confidence=None):
    count = len(classes)
    confusion = [[0] * count for _ in range(count)]
    for t, p in zip(truth, predicted, strict=True):
        confusion[t][p] += 1
    paths = tuple(Path(f"{i}.png") for i in range(len(truth)))
    right = sum(t == p for t, p in zip(truth, predicted, strict=True))
    return Report(
        right / len(truth),
        classes,
        tuple(map(tuple, confusion)),
        (),
        paths,
        tuple(truth),
        tuple(predicted),
        confidence or (0.5,) * len(truth),
    )


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        # Newcombe, Two-sided confidence intervals for the single proportion (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(right, total, low, high):
    assert wilson(right, total) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000), st.data())
def test_wilson_contains_the_share_and_mirrors(total, data):
    right = data.draw(st.integers(0, total))
    low, high = wilson(right, total)
    assert 0 <= low <= right / total <= high <= 1
    other_low, other_high = wilson(total - right, total)
    assert (1 - other_high, 1 - other_low) == pytest.approx((low, high), abs=1e-12)


def test_wilson_of_nothing_is_everything():
    assert wilson(0, 0) == (0.0, 1.0)


REPORT = report_of([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 2], confidence=(0.9, 0.8, 0.6, 0.7, 0.95, 0.5))


def test_totals_and_accuracy():
    assert totals(REPORT) == (4, 6)
    large, line = accuracy_text(REPORT)
    assert large == "66.7 %"
    # 4 of 6: 0.2999 to 0.9032 by the closed form
    assert line == "4 of 6 pictures right; with 95 % confidence between 30.0 and 90.3 %"


def test_rows_are_normalised_and_empty_rows_are_nought():
    assert row_shares(((2, 2), (0, 0))) == ((0.5, 0.5), (0.0, 0.0))


def test_pictures_of_a_cell_the_surest_first():
    assert [j.path.name for j in pictures_of(REPORT, (0, 0))] == ["0.png", "1.png"]
    assert [j.path.name for j in pictures_of(REPORT, None)] == ["4.png", "2.png"]
    wrong = pictures_of(REPORT, None)[0]
    assert (wrong.truth, wrong.predicted, wrong.confidence) == ("dog", "cat", 0.95)
    assert pictures_of(REPORT, (2, 0)) == ()


def test_a_cell_in_words():
    assert cell_text(REPORT, None) == "All 2 wrong pictures"
    assert cell_text(REPORT, (0, 1)) == "1 of 3 pictures of 'cat' taken for 'dog' (33.3 %)"
    assert cell_text(REPORT, (2, 2)) == "1 of 1 pictures of 'owl' recognised (100.0 %)"
