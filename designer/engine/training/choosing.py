"""Choices by measuring: bfloat16 for the frozen prefix, halved features, the number of threads.

A choice that changes bits must come out alike whenever it is made. So rounding is judged by answers, which
are always the same; time counts only where there is much work, and only by a clear margin.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

import torch
from torch import Tensor

from designer.engine.process import cores
from designer.messages import tr

MARGIN = 1.3
"""How many times as fast a way must be to be taken for it."""
ROUNDS = 3
TRIED = 16
"""Pictures that ways are timed on."""
MANY = 1_000
"""Pictures, from which ways are tried: trying takes as long as about a hundred of them."""
MUCH_WORK = 50_000_000_000
"""Multiplications, a second or so of a core, from which bfloat16 is tried."""
LONG_WORK = 1_000_000_000_000
"""Multiplications from which one thread is tried against all, and mixed precision against full."""
TOLERANCE = 0.1
"""Of answers from bfloat16: root mean square of the difference over that of how pictures differ.

The difference has a hundredth of the power, then, of what tells pictures apart. Heads that learned from such
features came out as good as from exact ones (0.05 in ResNet-18, and even 0.16 in EfficientNet-Lite0: loss of
1.849 against 1.849 and 0.761 against 0.761 after ten epochs of the digits)."""
STORED_TOLERANCE = 0.005
"""The same of answers from features that were rounded to be kept."""


def alike(exact: Sequence[Tensor], rough: Sequence[Tensor], tolerance: float) -> bool:
    """Whether answers are as good as the exact ones.

    Each picture's class must be the same, and the difference small beside what tells pictures apart.

    Args:
        exact: outputs, (N, classes) each.
        rough: the same outputs in another way.
        tolerance: greatest ratio of the norm of the difference to that of `exact` less its mean picture.
    """
    for sharp, blurred in zip(exact, rough, strict=True):
        left, right = sharp.float(), blurred.float()
        difference, spread = (right - left).norm(), (left - left.mean(0)).norm()
        # Written so that what is not a number is not alike.
        if not difference <= tolerance * spread:
            return False
        if not torch.equal(left.argmax(1), right.argmax(1)):
            return False
    return True


def quicker(usual: Callable[[], object], other: Callable[[], object]) -> float:
    """How many times as fast `other` is as `usual`: the best of a few rounds, in turns, after one of each.

    It ends early where the other is clearly slower.
    """
    best = [float("inf"), float("inf")]
    for number in range(ROUNDS + 1):
        for place, act in enumerate((usual, other)):
            began = perf_counter()
            act()
            if number:
                best[place] = min(best[place], perf_counter() - began)
        if number and best[1] > MARGIN * best[0]:
            break
    return best[0] / max(best[1], 1e-9)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one thread: what is timed then hangs less on what else the computer does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def has_bfloat16() -> bool:
    """Whether the processor itself calculates with bfloat16."""
    found: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


class Threads:
    """How many threads a run uses: all cores, or one where that is clearly faster.

    Does nothing where OMP_NUM_THREADS says how many.
    """

    def __init__(self) -> None:
        self._before: int | None = None
        self._chosen = "OMP_NUM_THREADS" in os.environ

    @property
    def open(self) -> bool:
        """Whether it can be measured, and has not been."""
        return not self._chosen and min(cores(), torch.get_num_threads()) > 1

    def choose(self, act: Callable[[], object]) -> str:
        """Measure, and set the number for the calling thread. Returns a remark, '' where all are used."""
        self._chosen = True
        self._before = many = torch.get_num_threads()

        def alone() -> None:
            torch.set_num_threads(1)
            act()

        def together() -> None:
            torch.set_num_threads(many)
            act()

        gain = quicker(together, alone)
        self.set(1 if gain >= MARGIN else many)
        if gain < MARGIN:
            return ""
        return tr(
            "One thread is used: it was {gain} times as fast as {many}. Other programs use the cores.",
            gain=f"{gain:.1f}",
            many=many,
        )

    def set(self, number: int) -> None:
        """Use so many from now on, as a run that is gone on with did."""
        if "OMP_NUM_THREADS" in os.environ:
            return
        if self._before is None:
            self._before = torch.get_num_threads()
        self._chosen = True
        torch.set_num_threads(min(number, cores()))

    def put_back(self) -> None:
        """Use as many as before."""
        if self._before is not None:
            torch.set_num_threads(self._before)
