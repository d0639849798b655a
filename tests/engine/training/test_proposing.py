"""Lines through two batches, and the batch size that they speak for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.engine.training.proposing import Line, propose
from designer.session.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=10, batch_size=32)
GB = 1e9
SLOW = Line(0.0, 0.01)
"""On a CPU a picture takes its time however many there are."""


def test_a_line():
    assert Line(1.0, 0.5).at(4) == 3.0
    line = Line.through((2, 1.0), (8, 2.5))
    assert (line.fixed, line.each) == pytest.approx((0.5, 0.25))
    # One size alone, or a larger batch that was quicker for each picture than it can be.
    assert Line.through((4, 1.0), (4, 2.0)) == Line(0.0, 0.5)
    assert Line.through((2, 3.0), (8, 2.0)) == Line(0.0, 0.25)
    assert Line.through((2, 1.0), (8, 8.0)) == Line(0.0, 1.0)


def test_what_fits_and_is_as_quick_is_fine():
    assert propose(OPTIONS, 1000, Line(GB, 0.01 * GB), 8 * GB, SLOW) == (None, "")


def test_what_does_not_fit_gets_the_largest_that_does():
    # 85 % of 4 GB less the fixed 1 GB hold 24 pictures of 100 MB.
    size, why = propose(OPTIONS, 1000, Line(GB, 0.1 * GB), 4 * GB, SLOW)
    assert size == 16
    assert why == "32 need about 4.2 GB, and 4.0 GB are free."


def test_where_nothing_fits_nothing_is_proposed():
    assert propose(OPTIONS, 1000, Line(5 * GB, GB), 4 * GB, SLOW) == (None, "")


def test_a_batch_beyond_the_data():
    small = replace(OPTIONS, batch_size=64)
    assert propose(small, 50, Line(0, 1), GB, SLOW) == (32, "There are only 50 pictures for training.")
    assert propose(small, 64, Line(0, 1), GB, SLOW) == (None, "")
    assert propose(replace(small, batch_size=2), 1, Line(0, 1), GB, SLOW)[0] == 1


def test_a_larger_batch_where_it_saves_time():
    # 10 ms for each batch, and 0.1 ms for each picture: a GPU that waits for its orders.
    quick = Line(0.01, 0.0001)
    size, why = propose(OPTIONS, 50_000, Line(0, 1), GB, quick)
    assert size == 256
    # 10 epochs of 1562.5 batches of 13.2 ms; of 195.3 batches of 35.6 ms: 206 s and 69.5 s.
    assert why == "It fits, and takes about 34 % of the time."
    # 85 % of the memory holds 127 pictures.
    assert propose(OPTIONS, 50_000, Line(0, GB / 150), GB, quick)[0] == 64
    # Ten steps are left in an epoch of 1,000 pictures with batches of 64; but that saves 1.4 s.
    assert propose(OPTIONS, 1000, Line(0, 1), GB, quick) == (None, "")
    longer = replace(OPTIONS, epochs=100)
    assert propose(longer, 1000, Line(0, 1), GB, quick)[0] == 64
