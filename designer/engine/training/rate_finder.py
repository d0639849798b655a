"""The learning-rate range test: a short run on a copy, whose rate rises with every step.

Source: Smith, Cyclical Learning Rates for Training Neural Networks, 2017; rates, smoothing, the end and
the suggestion as in fastai's `lr_find`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from designer.engine.training.batches import groups
from designer.engine.training.beginning import begun
from designer.engine.training.checks import smallest_batch
from designer.engine.training.failures import nothing_learned
from designer.engine.training.loop import learn, step
from designer.engine.training.optimizing import set_rate
from designer.engine.training.seeding import order_of_epoch
from designer.engine.training.state import Training
from designer.engine.weights import Weights
from designer.errors import TrainingError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, StepNews
from designer.session.data import ImageData
from designer.session.options import TrainingOptions
from designer.session.results import RateCurve

STEPS = 100
LOWEST, HIGHEST = 1e-7, 10.0
KEPT = 0.98
"""Share of the running mean of losses that each step keeps."""
WORSE = 4.0
"""A smoothed loss so many times the lowest one ends the test."""
FALL = 0.01
"""Share by which the loss has to fall for a suggestion."""


def find_rate(
    network: Network, weights: Weights, data: ImageData, options: TrainingOptions, progress: Progress
) -> RateCurve:
    """Train a copy for 100 steps at rates from 1e-7 to 10, and suggest a rate for the first stage.

    Nothing changes: not the weights, and not torch's random state.

    Args:
        network: see `train`.
        weights: see `train`.
        data: see `train`.
        options: see `train`; rate and schedule do not count.
        progress: hears `StepNews`; asked between batches whether to go on.

    Raises:
        DesignerError: see `train`.
        Cancelled: by the user.
    """
    # Compiling takes longer than so few batches.
    tried = replace(options, compile=False)
    with begun(network, weights, data, tried, progress) as (training, _):
        wanted = _batches(training)
        # No more pictures than are seen go through the frozen layers.
        seen = tuple(dict.fromkeys(index for batch in wanted for index in batch))
        training.data = replace(data, training=seen, validation=())
        training.remembers = False
        training.enter(0)
        losses, diverged = _losses(training, wanted, progress)
        if not losses:
            raise nothing_learned(training.pictures.pictures, data.training)
    return RateCurve(tuple(losses), tuple(losses.values()), suggest(losses), diverged)


def rates_of_test() -> list[float]:
    """The learning rate of each step: the same factor between any two."""
    return [LOWEST * (HIGHEST / LOWEST) ** (number / (STEPS - 1)) for number in range(STEPS)]


def suggest(losses: Mapping[float, float]) -> float | None:
    """The middle of the longest fall of the losses by rate, to two digits; None where they hardly fall.

    The first tenth of all steps and the last five do not count. Source: fastai's `valley`.
    """
    used = list(losses.items())[STEPS // 10 : -5]
    if len(used) < 2:
        return None
    values = [loss for _, loss in used]
    # For each step the greatest number of falling losses, not all in a row, that end with it.
    lengths: list[int] = []
    for number, value in enumerate(values):
        before = [lengths[other] for other in range(number) if values[other] > value]
        lengths.append(1 + max(before, default=0))
    longest = max(lengths)
    end = lengths.index(longest)
    start = end - longest + 1
    if values[end] > (1 - FALL) * max(values[: end + 1]):
        return None
    return float(f"{used[(start + end) // 2][0]:.2g}")


def _batches(training: Training) -> list[Sequence[int]]:
    """Numbers of the pictures of all batches of the test: as many epochs as it takes."""
    options = training.options
    found: list[Sequence[int]] = []
    epoch = 0
    while len(found) < STEPS * options.accumulate:
        epoch += 1
        found += groups(order_of_epoch(training.data.training, options.seed, epoch), options.batch_size)
    return found[: STEPS * options.accumulate]


def _losses(
    training: Training, wanted: Sequence[Sequence[int]], progress: Progress
) -> tuple[dict[float, float], bool]:
    """Smoothed losses of all steps by their rates, and whether they grew too much."""
    every, place, rates = training.options.accumulate, training.place, rates_of_test()
    text = tr("Trying learning rates")
    found: dict[float, float] = {}
    mean, whole, count = 0.0, 0.0, 0.0
    training.module.train()
    smallest = smallest_batch(training.module, training.options)
    with closing(training.source.batches(wanted)) as portions:
        for number, portion in enumerate(portions):
            progress.hold()
            place.batch = number
            set_rate(training.optimizer, rates[number // every])
            try:
                value, _, read = learn(training, wanted, portion, smallest)
            except TrainingError:
                if not found:
                    raise
                return found, True
            if read:
                together = training.weight_of(portion.indices)
                whole, count = whole + value * together, count + together
            if (number + 1) % every:
                continue
            step(training)
            progress.report(StepNews(text, (number + 1) / len(wanted)))
            if count:
                mean = KEPT * mean + (1 - KEPT) * whole / count
                smooth = mean / (1 - KEPT ** (len(found) + 1))
                found[rates[number // every]] = smooth
                whole, count = 0.0, 0.0
                if smooth > WORSE * min(found.values()):
                    return found, True
    return found, False
