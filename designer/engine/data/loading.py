"""Reading batches of pictures ahead, in order, with as many threads as bring them the quickest.

Threads, not processes: decoding and resizing leave Python to the others meanwhile, a bundled program
cannot start processes everywhere, and pictures that are kept would have to be sent to each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from time import monotonic

from torch import Tensor

from designer.engine.data.pictures import Batch, Key, Pictures, readable
from designer.engine.process import cores

AHEAD = 2
"""Batches that are read ahead of the one that is worked on, at most."""
PIECE = 8
"""Pictures that a thread reads at a time."""
TRIAL = 4
"""Batches that a number of threads is measured on; the first of them was begun with the former number."""
WORTH = 0.95
"""Share of the time that more threads must come down to, to be worth it."""


class ThreadCount:
    """How many threads read: 1, 2, 4 ... in turn on the first batches, then the number that was quickest.

    The time from one batch to the next is measured, training included: on few cores threads that read
    can take more from the network than they bring.
    """

    def __init__(self, most: int | None = None) -> None:
        self.now = 1
        self._most = cores() if most is None else most
        self._best: tuple[int, float] | None = None
        self._times: list[float] = []
        self.settled = self._most == 1

    def took(self, seconds: float, pictures: int) -> None:
        """A batch has followed the one before it after so many seconds."""
        if self.settled or not pictures:
            return
        self._times.append(seconds / pictures)
        if len(self._times) < TRIAL:
            return
        # The middle one: a pause of the system's or the user's says nothing about threads.
        measured = sorted(self._times[1:])[(TRIAL - 1) // 2]
        self._times = []
        if self._best is not None and measured > WORTH * self._best[1]:
            self.now, self.settled = self._best[0], True
            return
        self._best = (self.now, measured)
        self.settled = self.now == self._most
        self.now = min(2 * self.now, self._most)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A batch that is being read."""

    keys: Sequence[Key]
    pixels: Tensor
    pieces: list[Future[list[bool]]]


class Loader:
    """Reads batches of pictures ahead.

    Args:
        pictures: what is read.
        pinned: into memory that a GPU can copy from while it computes.
        threads: how many threads read; None to find out.
    """

    def __init__(self, pictures: Pictures, *, pinned: bool = False, threads: int | None = None) -> None:
        self.pictures = pictures
        self.threads = ThreadCount(threads)
        if threads is not None:
            self.threads.now, self.threads.settled = threads, True
        self._pinned = pinned

    def batches(self, wanted: Sequence[Sequence[Key]], *, keep: bool = True) -> Generator[Batch, None, None]:
        """One batch for each group of keys, without the pictures that cannot be read.

        At most `AHEAD` batches wait, however slowly they are taken. Closing ends the threads, after the
        picture that each is at. What a thread raises is raised here, in the place of its batch.
        """
        ended = Event()
        pools: list[tuple[int, ThreadPoolExecutor]] = []
        waiting: deque[_Ahead] = deque()
        left = iter(wanted)
        began: float | None = None
        try:
            while True:
                for keys in left:
                    waiting.append(self._begin(keys, self._pool(pools), ended, keep))
                    if len(waiting) > AHEAD:
                        break
                if not waiting:
                    return
                first = waiting.popleft()
                good = [read for piece in first.pieces for read in piece.result()]
                now = monotonic()
                if began is not None:
                    self.threads.took(now - began, len(good))
                began = now
                yield readable(first.keys, first.pixels, good)
        finally:
            ended.set()
            for _, pool in pools:
                pool.shutdown(cancel_futures=True)

    def _pool(self, pools: list[tuple[int, ThreadPoolExecutor]]) -> ThreadPoolExecutor:
        """Threads in the number of now; those of another number end when they have read what they have."""
        if not pools or pools[-1][0] != self.threads.now:
            if pools:
                pools[-1][1].shutdown(wait=False)
            pools.append((self.threads.now, ThreadPoolExecutor(self.threads.now, "pictures")))
        return pools[-1][1]

    def _begin(self, keys: Sequence[Key], pool: ThreadPoolExecutor, ended: Event, keep: bool) -> _Ahead:
        pixels = self.pictures.empty(len(keys), pinned=self._pinned)

        def read(start: int) -> list[bool]:
            part = keys[start : start + PIECE]
            return self.pictures.read(part, pixels[start : start + len(part)], keep=keep, ended=ended)

        return _Ahead(keys, pixels, [pool.submit(read, start) for start in range(0, len(keys), PIECE)])
