"""Settings of the process that make networks run at their speed on a CPU. Loads no torch by itself.

Measured on two cores: without them the pages of every activation are given back and asked for again
at each operation (3.6 times slower), and two threads that spin while they wait slow each other down
(6 times slower) as soon as another program wants a core. Threads that sleep at once are slow, too, where
operations are short: MobileNetV3-Small learns 1.15 times as fast if they spin `SPINS` times before, which
costs 3 to 7 % beside another program; ten times as many would cost half to all of it again.
"""

from __future__ import annotations

import ctypes
import importlib.util
import mmap
import os
import sys
from pathlib import Path

import psutil

SPINS = 1_000
"""Looks of a waiting thread whether there is work, before it sleeps: some 20 microseconds."""
M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
LARGE = 1 << 30
GREATEST = 32 << 20
"""What older versions of glibc take at most as M_MMAP_THRESHOLD."""
PIECE = 4 << 20
"""Bytes that are given back to the system at a time."""
BUDGET = 2_000_000_000
SHARE = 0.25

ENDING = "dylib" if sys.platform == "darwin" else "so"
LIBRARIES = {
    "torch": tuple(f"lib/libtorch{part}.{ENDING}" for part in ("_cpu", "_cuda", "")),
    "triton": (f"_C/libtriton.{ENDING}",),
}
"""By package, what takes long to load; each where it lies in its package."""

_prepared: list[int] = []
"""How many threads torch uses where nothing else is chosen, once it is known."""


def before_torch() -> None:
    """Set what is read once: threads that wait hardly spin, and all threads share one heap.

    OpenMP reads its part when torch is loaded, glibc gives a thread its heap with its first block.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS))
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    libc = _glibc()
    if libc is not None:
        libc.mallopt(M_ARENA_MAX, 1)


def load_libraries() -> None:
    """Load the large libraries of torch, so that its import finds them there; any failure is left to that.

    Python holds its lock while an import loads a library, half a second for torch's: the window would not
    answer. A foreign call lets go of the lock. Not on Windows, where torch is imported before Qt.
    """
    if sys.platform == "win32":
        return
    load = ctypes.CDLL(None).dlopen
    load.restype, load.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    for package, names in LIBRARIES.items():
        found = importlib.util.find_spec(package)
        for folder in (found.submodule_search_locations or ()) if found is not None else ():
            for name in names:
                path = Path(folder) / name
                if path.exists():
                    load(os.fsencode(path), os.RTLD_NOW)


def prepare() -> None:
    """Let freed memory stay with the process, and use no more threads than cores. Any number of times."""
    import torch

    if not _prepared:
        keep_freed_memory()
        _prepared.append(min(torch.get_num_threads(), cores()))
    # The number belongs to the calling thread. A new one has what any other has set last, which may be what
    # a run has chosen for itself: taken over here, it would stay for all jobs to come.
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(_prepared[0])


def keep_freed_memory() -> bool:
    """Tell glibc's malloc to keep freed blocks instead of giving each back; False where it is not glibc."""
    libc = _glibc()
    if libc is None:
        return False
    taken = bool(libc.mallopt(M_MMAP_THRESHOLD, LARGE)) or bool(libc.mallopt(M_MMAP_THRESHOLD, GREATEST))
    trim = bool(libc.mallopt(M_TRIM_THRESHOLD, LARGE))
    # Threads other than the main one get arenas of their own, which both settings do not reach.
    one = bool(libc.mallopt(M_ARENA_MAX, 1))
    return taken and trim and one


def give_back_memory() -> None:
    """Give freed memory back to the system, at the end of a step.

    `malloc_trim` alone would lock all threads out of malloc for a third of a second after training, the
    window's among them: most is given back piece by piece before it, without that lock.
    """
    libc = _glibc()
    if libc is not None:
        _give_back_pieces(libc)
        libc.malloc_trim(0)


def _give_back_pieces(libc: ctypes.CDLL) -> None:
    """Take what is free in the heap, tell the system that nothing is in it, and free it again."""
    libc.malloc.restype = libc.sbrk.restype = ctypes.c_void_p
    libc.malloc.argtypes, libc.sbrk.argtypes = [ctypes.c_size_t], [ctypes.c_ssize_t]
    libc.free.argtypes = [ctypes.c_void_p]
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    page, end, taken = mmap.PAGESIZE, libc.sbrk(0), []
    while (piece := libc.malloc(PIECE)) is not None:
        taken.append(piece)
        if piece + PIECE > end:
            # Not freed before, but new: there is no more.
            break
        first, last = -(-piece // page) * page, (piece + PIECE) // page * page
        libc.madvise(first, last - first, mmap.MADV_DONTNEED)
    for piece in taken:
        libc.free(piece)


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def memory_budget() -> int:
    """Bytes that a step may keep for speed: 2 GB, or a quarter of what is free if that is less."""
    return min(BUDGET, int(free_memory() * SHARE))


def free_memory() -> int:
    """Bytes of memory that are free for use."""
    return int(psutil.virtual_memory().available)


def memory_used(device: str) -> int:
    """Bytes that training takes up: on a GPU what torch holds there, else what the process holds."""
    import torch

    if device == "cuda":
        return int(torch.cuda.memory_reserved())
    if device == "mps":
        return int(torch.mps.driver_allocated_memory())
    return int(psutil.Process().memory_info().rss)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") and hasattr(libc, "mallopt") else None
