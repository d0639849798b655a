"""The learning rate over a run, drawn before it starts, is the one that the run will have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.courses import course, course_text
from designer.catalog.schedules import SCHEDULES
from designer.errors import TrainingError
from designer.session.options import TrainingOptions
from designer.session.stages import ALL, Stage

STAGES = (Stage("Head", 2, 1e-2), Stage("Everything", 6, 1e-4, (ALL,)))


def rate_at(stretch, epoch):
    return min(stretch.points, key=lambda point: abs(point[0] - epoch))[1]


def test_a_cosine_with_a_warm_up():
    (only,) = course(TrainingOptions(epochs=10, learning_rate=0.5, warmup_epochs=2), 1000)
    assert (only.name, only.start, only.end) == ("", 0, 10)
    assert only.points[0] == (0, pytest.approx(0.005))
    assert rate_at(only, 1) == pytest.approx(0.5 * 0.505)
    assert only.peak == pytest.approx(0.5, rel=1e-3)
    # The middle of the eight epochs that are left.
    assert rate_at(only, 6) == pytest.approx(0.25)
    assert only.points[-1][0] == pytest.approx(10, abs=1e-2)
    assert only.points[-1][1] < 1e-6


def test_steps_and_what_falls_on_the_end():
    options = TrainingOptions(epochs=6, learning_rate=1.0, schedule="step", step_epochs=3, decay_factor=0.1)
    (only,) = course(options)
    assert {round(rate, 9) for _, rate in only.points} == {1.0, 0.1}
    assert rate_at(only, 2.9) == 1.0
    assert rate_at(only, 3.1) == pytest.approx(0.1)


def test_stages_follow_one_another():
    head, everything = course(TrainingOptions(stages=STAGES, schedule="constant"))
    assert (head.name, head.start, head.end) == ("Head", 0, 2)
    assert (everything.name, everything.start, everything.end) == ("Everything", 2, 8)
    assert {rate for _, rate in head.points} == {1e-2}
    assert {rate for _, rate in everything.points} == {1e-4}
    assert everything.points[0][0] == 2
    # Long stages have more points than short ones, and none has hardly any.
    assert len(head.points) < len(everything.points)
    long = course(TrainingOptions(stages=(*STAGES, Stage("Long", 10_000, 1e-5))))
    assert min(len(stretch.points) for stretch in long) >= 16


@pytest.mark.parametrize("key", SCHEDULES)
def test_every_schedule_is_drawn_and_told(key):
    options = TrainingOptions(schedule=key, warmup_epochs=1, epochs=7)
    text = course_text(options)
    assert text.startswith("In 7 epochs the rate of 0.001 rises from 1 % to its full value in 1 epoch, then ")
    assert text.endswith(".")
    assert course(options)[0].peak <= 1e-3 * 1.0001
    staged = replace(options, stages=STAGES)
    assert course_text(staged, listed=False).startswith("In each stage the rate rises from 1 %")
    assert course_text(staged) == (
        "Head 0.01 for 2 epochs, Everything 0.0001 for 6 epochs. " + course_text(staged, listed=False)
    )


def test_what_plateau_does_is_said_and_not_drawn():
    options = TrainingOptions(schedule="plateau", plateau_epochs=4, decay_factor=0.2)
    assert {rate for _, rate in course(options)[0].points} == {1e-3}
    assert "multiplied by 0.2 each time" in course_text(options)
    assert "more than 4 epochs, which is not known before" in course_text(options)


def test_no_such_schedule():
    with pytest.raises(TrainingError):
        course(TrainingOptions(schedule="nix"))
