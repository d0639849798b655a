"""Settings of the process that make networks run at their speed on a CPU. Loads no torch by itself.

Measured on two cores: without them the pages of every activation are given back and asked for again
at each operation (3.6 times slower), and two threads that spin while they wait slow each other down
(6 times slower) as soon as another program wants a core.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
LARGE = 1 << 30
GREATEST = 32 << 20
"""What older versions of glibc take at most as M_MMAP_THRESHOLD."""
BUDGET = 2_000_000_000
SHARE = 0.25

_prepared: list[bool] = []


def before_torch() -> None:
    """Set what OpenMP reads once, when torch is loaded: threads that wait do not spin."""
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def prepare() -> None:
    """Let freed memory stay with the process, and use no more threads than cores. Any number of times."""
    import torch

    if not _prepared:
        _prepared.append(keep_freed_memory())
    # The number belongs to the calling thread.
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(min(torch.get_num_threads(), cores()))


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
    """Give freed memory back to the system, at the end of a step."""
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def memory_budget() -> int:
    """Bytes that a step may keep for speed: 2 GB, or a quarter of what is free if that is less."""
    free = free_memory()
    return BUDGET if free is None else min(BUDGET, int(free * SHARE))


def free_memory() -> int | None:
    """Bytes of memory that are free for use; None where the system does not tell."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    if sys.platform == "win32":
        return _free_on_windows()
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None


def _free_on_windows() -> int | None:
    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "c", "d", "e", "f", "g")),
        )

    status = Status(length=ctypes.sizeof(Status))
    windows = getattr(ctypes, "windll", None)
    if windows is None or not windows.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.free)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") and hasattr(libc, "mallopt") else None
