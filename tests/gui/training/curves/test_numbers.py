"""Against plain loops and numpy."""

import math
from array import array

import numpy as np
import pytest

from designer.gui.training.curves.numbers import Growing, Smoothed, nearest, thinned


def smoothed_slowly(values, weight):
    """TensorBoard's way: a running mean from 0, divided by what it has counted."""
    last, counted, found = 0.0, 0.0, []
    for value in values:
        if math.isfinite(value):
            last, counted = last * weight + (1 - weight) * value, counted * weight + (1 - weight)
        else:
            last, counted = last * weight, counted * weight
        found.append(last / counted if counted else math.nan)
    return np.array(found)


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.9, 0.999])
def test_smoothing_is_the_debiased_running_mean(weight):
    values = np.random.default_rng(0).normal(3, 1, 5000)
    smoothed = Smoothed(weight)
    smoothed.follow(values)
    np.testing.assert_allclose(smoothed.values, smoothed_slowly(values, weight), rtol=1e-9)
    # without a bias towards zero the mean of equal values is that value, from the first on
    assert smoothed.values[0] == values[0]


def test_smoothing_bit_by_bit_gives_the_same_as_at_once():
    values = np.random.default_rng(1).normal(0, 1, 4000)
    at_once, by_bits = Smoothed(0.97), Smoothed(0.97)
    at_once.follow(values)
    for end in (1, 2, 5, 500, 501, 501, 4000):
        by_bits.follow(values[:end])
    np.testing.assert_allclose(by_bits.values, at_once.values, rtol=1e-10)


def test_without_smoothing_values_stay_as_they_are():
    smoothed = Smoothed(0)
    smoothed.follow(np.array([1.0, math.nan, 3.0]))
    np.testing.assert_array_equal(smoothed.values, [1, math.nan, 3])


def test_what_is_no_number_is_passed_over():
    values = np.array([math.nan, 1.0, math.inf, math.nan, 5.0])
    smoothed = Smoothed(0.5)
    smoothed.follow(values)
    assert math.isnan(smoothed.values[0])
    np.testing.assert_allclose(smoothed.values[1:], smoothed_slowly(values, 0.5)[1:])
    assert smoothed.values[2] == 1.0


def test_growing_copies_and_leaves_its_source_free_to_grow():
    source, grown = array("d", [1.0, 2.0]), Growing()
    grown.follow(source)
    for number in range(5000):
        source.append(float(number))
    grown.follow(source)
    assert list(grown.values) == list(source)


def test_few_points_are_drawn_as_they_are_with_one_beyond_each_end():
    x = np.arange(10.0)
    drawn_x, drawn_y = thinned(x, x**2, 3.5, 5.5, 100)
    assert list(drawn_x) == [3, 4, 5, 6]
    assert list(drawn_y) == [9, 16, 25, 36]
    assert [len(part) for part in thinned(np.empty(0), np.empty(0), 0, 1, 100)] == [0, 0]


def test_of_many_points_every_peak_is_kept():
    x = np.arange(1_000_000.0)
    y = np.random.default_rng(2).normal(0, 1, len(x))
    y[123_456], y[999_999] = 50.0, -50.0
    drawn_x, drawn_y = thinned(x, y, 0, 1e6, 700)
    assert len(drawn_x) <= 2 * 700 + 3
    assert (drawn_y.max(), drawn_y.min()) == (50, -50)
    assert (np.diff(drawn_x) >= 0).all()
    peak = drawn_x[drawn_y.argmax()]
    assert abs(peak - 123_456) <= 1e6 / 700 * 2
    # zoomed in, all of it is there again
    near_x, near_y = thinned(x, y, 123_400, 123_500, 700)
    assert near_x[near_y.argmax()] == 123_456


def test_groups_stay_the_same_while_a_curve_grows():
    y = np.random.default_rng(3).normal(0, 1, 300_000)
    x = np.arange(float(len(y)))
    before, after = (thinned(x[:n], y[:n], 0, 1e9, 500) for n in (290_000, 300_000))
    shared = len(before[0]) - 4
    np.testing.assert_array_equal(before[1][:shared], after[1][:shared])


def test_gaps_hide_no_peak_beside_them():
    y = np.full(100_000, math.nan)
    y[::1000] = 1.0
    y[5000] = 7.0
    drawn = thinned(np.arange(1e5), y, 0, 1e5, 50)[1]
    assert np.nanmax(drawn) == 7
    assert np.nanmin(drawn) == 1


def test_a_smooth_curve_is_picked_from():
    x = np.arange(100_000.0)
    drawn_x, drawn_y = thinned(x, 2 * x, 0, 1e5, 500, peaks=False)
    assert 250 <= len(drawn_x) <= 501
    np.testing.assert_array_equal(drawn_y, 2 * drawn_x)
    assert drawn_x[-1] == 99_999


def test_the_nearest_point_within_half_a_step_of_the_ends():
    x = np.array([1.0, 2.0, 4.0])
    assert [nearest(x, place) for place in (0.4, 0.6, 1.4, 1.6, 3.5, 4.9, 5.1)] == [-1, 0, 0, 1, 2, 2, -1]
    assert nearest(np.empty(0), 1) == -1
    assert nearest(np.array([3.0]), 100) == 0
