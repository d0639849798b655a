"""What two measured batches tell of all others, and which batch size they speak for. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from designer.messages import bytes_text, tr
from designer.session.options import TrainingOptions

GREATEST = 256
"""Largest batch size that is proposed."""
MARGIN = 0.85
"""Share of the free memory that a batch may take up."""
STEPS = 10
"""A larger batch that is only quicker leaves at least so many steps in an epoch."""
QUICKER = 0.8
"""Share of the time that it may take at most, to be worth a proposal."""
SAVED = 10.0
"""Seconds that it has to save in the whole run."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that grows with the batch: `fixed` for any, and `each` for each picture."""

    fixed: float
    each: float

    def at(self, size: int) -> float:
        """What a batch of `size` takes."""
        return self.fixed + self.each * size

    @classmethod
    def through(cls, small: tuple[int, float], large: tuple[int, float]) -> Self:
        """The line through two batches (size, value); where they contradict it, the larger one counts."""
        (fewer, less), (more, value) = small, large
        if more <= fewer:
            return cls(0.0, value / more)
        each = (value - less) / (more - fewer)
        fixed = value - each * more
        return cls(fixed, each) if each >= 0 and fixed >= 0 else cls(0.0, value / more)


def propose(
    options: TrainingOptions, pictures: int, memory: Line, free: float, seconds: Line
) -> tuple[int | None, str]:
    """A better batch size and why it is, or None and '' where the chosen one is fine.

    Args:
        options: the chosen batch size, and how many epochs there are.
        pictures: that there are for training.
        memory: bytes that a batch needs.
        free: bytes that are free.
        seconds: that a batch takes.
    """
    chosen = options.batch_size
    sizes = [1 << power for power in range(GREATEST.bit_length()) if 1 << power <= min(GREATEST, pictures)]
    fitting = [size for size in sizes if memory.at(size) <= MARGIN * free]
    if chosen > pictures and fitting:
        return fitting[-1], tr("There are only {count} pictures for training.", count=f"{pictures:,}")
    if memory.at(chosen) > MARGIN * free and fitting and fitting[-1] < chosen:
        return fitting[-1], tr(
            "{size} need about {need}, and {free} are free.",
            size=chosen,
            need=bytes_text(round(memory.at(chosen))),
            free=bytes_text(round(free)),
        )

    def run(size: int) -> float:
        return options.all_epochs * pictures / size * seconds.at(size)

    for size in reversed(fitting):
        roomy = chosen < size <= pictures // STEPS
        if roomy and run(size) <= QUICKER * run(chosen) and run(chosen) - run(size) >= SAVED:
            return size, tr(
                "It fits, and takes about {share:.0f} % of the time.", share=100 * run(size) / run(chosen)
            )
    return None, ""
