"""Settings of the process: set before torch is loaded, and harmless more than once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from designer.engine import process


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_it_loads_no_torch():
    code = "import sys; from designer.engine import process; process.before_torch(); print(*sys.modules)"
    assert "torch" not in run(code).split()


def test_threads_do_not_spin_unless_the_user_says_so(monkeypatch):
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    process.before_torch()
    assert os.environ["GOMP_SPINCOUNT"] == "1000"
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"


def test_freed_memory_stays_with_the_process():
    if not sys.platform.startswith("linux"):
        assert not process.keep_freed_memory()
        return
    # Each round asks for 64 MB and gives it back. As malloc comes, every round faults all of its
    # 16,384 pages in again; with freed memory kept, only the first one does.
    code = (
        "import ctypes, resource\n"
        "from designer.engine import process\n"
        "assert process.keep_freed_memory()\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.malloc.restype = ctypes.c_void_p\n"
        "libc.malloc.argtypes = [ctypes.c_size_t]\n"
        "libc.free.argtypes = [ctypes.c_void_p]\n"
        "def round():\n"
        "    place = libc.malloc(64 << 20)\n"
        "    ctypes.memset(place, 1, 64 << 20)\n"
        "    libc.free(place)\n"
        "round()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "for _ in range(4): round()\n"
        "kept = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before\n"
        "process.give_back_memory()\n"
        "round()\n"
        "print(kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before - kept)\n"
    )
    kept, after = (int(number) for number in run(code).split())
    assert kept < 1000
    # Given back, the memory has to be asked for again: thousands of pages (few if they are huge ones).
    assert after > kept


def test_what_is_given_back_is_what_nobody_holds():
    if not sys.platform.startswith("linux"):
        return
    # 600 MB in blocks of 10 MB, each second of them held: the others go back to the system.
    code = (
        "import ctypes, hashlib, psutil\n"
        "from designer.engine import process\n"
        "process.keep_freed_memory()\n"
        "rss = lambda: psutil.Process().memory_info().rss\n"
        "blocks = [bytearray(bytes([n]) * (10 << 20)) for n in range(60)]\n"
        "held = blocks[1::2]\n"
        "before = [hashlib.sha256(block).hexdigest() for block in held]\n"
        "del blocks\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.sbrk.restype = ctypes.c_void_p\n"
        "libc.sbrk.argtypes = [ctypes.c_ssize_t]\n"
        "full, end = rss(), libc.sbrk(0)\n"
        "process._give_back_pieces(process._glibc())\n"
        "print(full - rss(), libc.sbrk(0) - end)\n"
        "process.give_back_memory()\n"
        "assert [hashlib.sha256(block).hexdigest() for block in held] == before\n"
        "assert len([bytearray(10 << 20) for n in range(30)]) == 30\n"
    )
    given, grown = (int(number) for number in run(code).split())
    # Blocks of 10 MB hold two pieces of 4 MB each.
    assert given >= 30 * 2 * (4 << 20) - (1 << 20)
    assert grown < 2 * process.PIECE


def test_preparing_twice_is_harmless(monkeypatch):
    import torch

    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = torch.get_num_threads()
    process.prepare()
    process.prepare()
    assert 1 <= torch.get_num_threads() <= process.cores()
    torch.set_num_threads(before)


def test_memory(monkeypatch):
    free = process.free_memory()
    assert free > 10_000_000
    assert process.memory_used("cpu") > 10_000_000
    monkeypatch.setattr(process, "free_memory", lambda: 4_000)
    assert process.memory_budget() == 1_000
    monkeypatch.setattr(process, "free_memory", lambda: 10**15)
    assert process.memory_budget() == process.BUDGET


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what is mapped")
def test_libraries_are_loaded_without_holding_python_up():
    """In an interpreter of its own: torch's library is mapped, torch itself is not imported."""
    code = (
        "import sys\n"
        "from designer.engine.process import load_libraries\n"
        "load_libraries()\n"
        "print('torch' in sys.modules)\n"
        "print(any('libtorch_cpu' in line for line in open('/proc/self/maps')))\n"
        "import torch\n"
        "print(float(torch.ones(3).sum()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "3.0"]


def test_a_number_of_threads_that_a_run_has_chosen_is_not_taken_over(monkeypatch):
    """A new thread has what any other set last."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    code = (
        "import threading, torch\n"
        "from designer.engine import process\n"
        "torch.set_num_threads(2)\n"
        "process.cores = lambda: 2\n"
        "process.prepare()\n"
        "found = []\n"
        "def job(number):\n"
        "    found.append(torch.get_num_threads())\n"
        "    process.prepare()\n"
        "    found.append(torch.get_num_threads())\n"
        "    torch.set_num_threads(number)\n"
        "for number in (1, 2):\n"
        "    thread = threading.Thread(target=job, args=(number,))\n"
        "    thread.start()\n"
        "    thread.join()\n"
        "print(*found)\n"
    )
    assert run(code).split() == ["2", "2", "1", "2"]
