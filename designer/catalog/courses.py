"""The learning rate over a whole run before it starts: as a line, and in words. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from designer.catalog.schedules import START, rate_factor, schedule
from designer.messages import tr
from designer.session.options import TrainingOptions

LEAST = 16
"""Points of a stage, at least."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rate in one stage, or in a run without stages.

    Attributes:
        name: of the stage; '' without stages.
        start, end: epochs since the beginning of the run.
        points: epochs since the beginning, and the rate there.
    """

    name: str
    start: int
    end: int
    points: tuple[tuple[float, float], ...]

    @property
    def peak(self) -> float:
        """The highest rate."""
        return max(rate for _, rate in self.points)


def course(options: TrainingOptions, samples: int = 300) -> tuple[Stretch, ...]:
    """The rate of all stages, about `samples` points in all. What 'plateau' does is not in it.

    Raises:
        TrainingError: there is no such schedule.
    """
    found: list[Stretch] = []
    start = 0
    for part in options.parts:
        count = max(LEAST, round(samples * part.epochs / options.all_epochs))
        # Just before the end: a step that falls on it is never taken.
        shares = [n / count for n in range(count)] + [1 - 1e-4]
        done = [share * part.epochs for share in shares]
        points = tuple(
            (start + epochs, part.learning_rate * rate_factor(options, epochs, part.epochs))
            for epochs in done
        )
        found.append(Stretch(part.name, start, start + part.epochs, points))
        start += part.epochs
    return tuple(found)


def course_text(options: TrainingOptions, *, listed: bool = True) -> str:
    """The same in words; with `listed` False, stages are not told one by one.

    Raises:
        TrainingError: there is no such schedule.
    """
    row = schedule(options.schedule)
    going = {
        "cosine": tr("falls along a cosine to 0"),
        "constant": tr("stays the same"),
        "step": tr(
            "is multiplied by {factor} every {epochs}",
            factor=f"{options.decay_factor:g}",
            epochs=_epochs(options.step_epochs),
        ),
        "one_cycle": tr("rises from a 25th to its full value in 30 % of the time, then falls to almost 0"),
        "plateau": tr(
            "is multiplied by {factor} each time that the validation loss has not fallen for more than "
            "{epochs}, which is not known before",
            factor=f"{options.decay_factor:g}",
            epochs=_epochs(options.plateau_epochs),
        ),
    }.get(row.key, tr(row.help))
    warmup = ""
    if options.warmup_epochs > 0:
        warmup = tr(
            "rises from {share} to its full value in {epochs}, then ",
            share=f"{START:.0%}".replace("%", " %"),
            epochs=_epochs(options.warmup_epochs),
        )
    if not options.stages:
        return tr(
            "In {epochs} the rate of {rate} {warmup}{going}.",
            rate=f"{options.learning_rate:g}",
            epochs=_epochs(options.epochs),
            warmup=warmup,
            going=going,
        )
    same = tr("In each stage the rate {warmup}{going}.", warmup=warmup, going=going)
    if not listed:
        return same
    stages = ", ".join(
        tr(
            "{name} {rate} for {epochs}",
            name=part.name,
            rate=f"{part.learning_rate:g}",
            epochs=_epochs(part.epochs),
        )
        for part in options.stages
    )
    return f"{stages}. {same}"


def _epochs(count: float) -> str:
    return tr("1 epoch") if count == 1 else tr("{count} epochs", count=f"{count:g}")
