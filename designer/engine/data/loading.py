"""Reading batches of pictures ahead, in order, with as many threads as training has use for.

Threads, not processes: decoding and resizing leave Python to the others meanwhile, a bundled program
cannot start processes everywhere, and pictures that are kept would have to be sent to each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from torch import Tensor

from designer.engine.data.pictures import Batch, Key, Pictures, readable
from designer.engine.process import cores

AHEAD = 2
"""Batches that are read ahead of the one that is worked on, at most."""
PIECE = 8
"""Pictures that a thread reads at a time."""
TRIAL = AHEAD + 3
"""Batches that a number of threads is watched for; the first `AHEAD` were begun with the former number."""


class ThreadCount:
    """How many threads read: all cores at first, then half as many, over and over, while they keep up.

    Threads beyond what training takes bring nothing, and on few cores take time from the network. To begin
    with all of them costs least where pictures are slow: a short run would be over before few had grown.

    Args:
        most: threads at first, and never more; None for as many as there are cores.
        least: never fewer. It rises above each number that did not keep up.
    """

    def __init__(self, most: int | None = None, least: int = 1) -> None:
        self._most = self.now = cores() if most is None else most
        self._least = least
        self._seen: list[bool] = []

    def saw(self, kept_up: bool) -> None:
        """Another batch was worked on, and by then all that may be read ahead had been read, or had not."""
        self._seen.append(kept_up)
        if len(self._seen) < TRIAL:
            return
        # Most of them: a pause of the system's or the user's says nothing about threads.
        if 2 * sum(self._seen[AHEAD:]) > TRIAL - AHEAD:
            self.now = max(self.now // 2, self._least)
        else:
            self.now = self._least = min(2 * self.now, self._most)
        self._seen = []


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
        self.threads = ThreadCount(threads, threads or 1)
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
                yield readable(first.keys, first.pixels, good)
                if len(waiting) == AHEAD:
                    self.threads.saw(all(piece.done() for ahead in waiting for piece in ahead.pieces))
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
