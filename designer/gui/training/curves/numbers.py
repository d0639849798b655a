"""Numbers of long curves: growing, smoothed, thinned to what a screen can show, looked up. No Qt."""

from __future__ import annotations

import math
from array import array
from typing import Any

import numpy as np

SMALLEST = 1e-17
"""A weight below this changes no sum of doubles."""


class Growing:
    """Numbers that only grow in number, each of them copied once.

    `values` is a view and holds good until the next `extend`.
    """

    def __init__(self) -> None:
        self._room = np.empty(1024)
        self.count = 0

    @property
    def values(self) -> Any:
        """Shape (count,), float64."""
        return self._room[: self.count]

    def extend(self, more: Any) -> None:
        """Append `more`, shape (n,)."""
        end = self.count + len(more)
        if end > len(self._room):
            room = np.empty(max(end, 2 * len(self._room)))
            room[: self.count] = self.values
            self._room = room
        self._room[self.count : end] = more
        self.count = end

    def follow(self, source: array[float]) -> None:
        """Append what `source` has beyond what is here."""
        if len(source) > self.count:
            # No view outlives this line: an array cannot grow while it is looked at.
            self.extend(np.frombuffer(source)[self.count :].copy())


class Smoothed:
    """A running mean whose weights fall off exponentially, without a bias towards zero at the start.

    The n-th value is the mean of all values until then, that of k steps ago with `weight` to the power of
    k; values that are no numbers count nothing. 0 leaves everything as it is.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self._means = Growing()
        self._total = self._counted = 0.0

    @property
    def values(self) -> Any:
        """One mean for each value that was given."""
        return self._means.values

    def follow(self, values: Any) -> None:
        """Take what `values` has beyond what was taken before."""
        more = values[self._means.count :]
        if not len(more):
            return
        if self.weight <= 0:
            self._means.extend(more)
            return
        known = np.isfinite(more)
        totals = self._scan(np.where(known, more, 0.0), self._total)
        counted = self._scan(known.astype(float), self._counted)
        self._total, self._counted = float(totals[-1]), float(counted[-1])
        with np.errstate(invalid="ignore", divide="ignore"):
            self._means.extend(np.where(counted > 0, totals / counted, np.nan))

    def _scan(self, values: Any, before: float) -> Any:
        """Sums over all earlier values, `before` being the one before the first, in log(n) passes."""
        sums = values.copy()
        sums[0] += self.weight * before
        reach = 1
        while reach < len(sums) and self.weight**reach > SMALLEST:
            sums[reach:] += self.weight**reach * sums[:-reach].copy()
            reach *= 2
        return sums


def thinned(x: Any, y: Any, low: float, high: float, pixels: int, *, peaks: bool = True) -> tuple[Any, Any]:
    """What of a curve is to be drawn between `low` and `high` on `pixels` pixels.

    Args:
        x: places, rising, shape (n,).
        y: values, shape (n,), NaN where there is nothing.
        low: first place in view.
        high: last place in view.
        pixels: width of the view.
        peaks: keep them; a smooth curve has none.

    Returns:
        Copies of the points in between and one beyond on either side; where these are too many for the
        pixels, the least and greatest of each group of 2 to the power of k, so that no peak is lost, or
        the last of each group.
    """
    first = max(int(np.searchsorted(x, low)) - 1, 0)
    last = min(int(np.searchsorted(x, high, side="right")) + 1, len(x))
    pixels = max(pixels, 16)
    if last - first <= 2 * pixels:
        return x[first:last].copy(), y[first:last].copy()
    step = 1 << math.ceil(math.log2((last - first) / pixels))
    # Groups begin at multiples of their size, so that they stay the same while the curve grows.
    first -= first % step
    groups = (last - first) // step
    end = first + groups * step
    if not peaks:
        picked = np.append(np.arange(first + step - 1, end, step), last - 1)
        return x[picked], y[picked]
    body = y[first:end].reshape(groups, step)
    lows, highs = body.min(axis=1), body.max(axis=1)
    if np.isnan(lows).any():
        lows, highs = np.fmin.reduce(body, axis=1), np.fmax.reduce(body, axis=1)
    drawn_x = np.repeat(x[first:end:step], 2)
    drawn_y = np.column_stack((lows, highs)).ravel()
    rest = y[end:last]
    if len(rest):
        ends = [x[end], x[end], x[last - 1]]
        drawn_x = np.concatenate((drawn_x, ends))
        drawn_y = np.concatenate((drawn_y, [np.fmin.reduce(rest), np.fmax.reduce(rest), y[last - 1]]))
    else:
        drawn_x = np.append(drawn_x, x[last - 1])
        drawn_y = np.append(drawn_y, y[last - 1])
    return drawn_x, drawn_y


def nearest(x: Any, place: float) -> int:
    """Number of the point that lies nearest to `place`; -1 where the curve does not reach.

    A curve reaches half the distance of its points beyond its ends.
    """
    if not len(x):
        return -1
    if len(x) > 1:
        before, after = (x[1] - x[0]) / 2, (x[-1] - x[-2]) / 2
        if not x[0] - before <= place <= x[-1] + after:
            return -1
    right = int(np.searchsorted(x, place))
    if right == 0:
        return 0
    if right == len(x):
        return right - 1
    return right if x[right] - place < place - x[right - 1] else right - 1
