"""Steps of small numbers: 1, 2, 5, 10 ... as one turns a knob. Pure functions."""

from __future__ import annotations

import math

SMALLEST = 1e-6
"""The first number above 0, where 0 is allowed."""


def next_rate(value: float, up: bool, low: float, high: float) -> float:
    """The next of 1, 2, 5 times a power of ten above or below `value`, within `low` to `high`."""
    if value <= 0:
        return min(max(SMALLEST, low), high) if up else low
    power = math.floor(math.log10(value) + 1e-9)
    steps = [float(f"{digit}e{exponent}") for exponent in range(power - 1, power + 2) for digit in (1, 2, 5)]
    close = 1e-6 * value
    if up:
        return min(next(step for step in steps if step > value + close), high)
    if low == 0 and value <= SMALLEST * (1 + 1e-6):
        return 0.0
    return max(next(step for step in reversed(steps) if step < value - close), low)
