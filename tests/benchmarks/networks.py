"""What the benchmarks share: networks to measure on, the real window's canvas, and medians."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.canvas import Canvas
from designer.jobs.runner import Runner
from designer.network.network import Layer, Network, Port

SIZE = (1600, 1000)
"""Of the canvas, in pixels."""


def opened(name: str) -> Network:
    """A pretrained model's network, without its weights; the process is warm as the program's is."""
    from designer.engine.opening import open_model
    from designer.gui.main_window.pages import load_pages
    from designer.jobs.steps import warm_up
    from designer.progress import Silent

    if not gc.get_freeze_count():
        warm_up(load_pages)(Silent())

    return open_model(name, "none", 0, Silent()).network


def chain(count: int) -> Network:
    """Convolutions one after another in groups of ten, with a skip connection over eight at each fifth."""
    layers = {"input": Layer("input", "input", "Input", {"shape": [8, 32, 32]}, "")}
    inputs: dict[str, tuple[Port, ...]] = {"input": ()}
    names = ["input"]
    for n in range(count - 1):
        skip = n % 5 == 0 and n >= 8
        name = f"stage{n // 250}.block{n // 10}.l{n}"
        settings = {"in_channels": 8, "out_channels": 8, "kernel_size": 3, "padding": 1}
        kind = "Add" if skip else "Conv2d"
        layers[name] = Layer(name, name, kind, {} if skip else settings, name.rpartition(".")[0])
        inputs[name] = tuple(Port(names[-by]) for by in ((1, 8) if skip else (1,)))
        names.append(name)
    return Network(f"chain of {count:,}", layers, inputs)


def milliseconds(act: Callable[[], object], rounds: int = 1) -> list[float]:
    """How long each round takes, least first."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def median(act: Callable[[], object], rounds: int = 3) -> float:
    """Median milliseconds."""
    return statistics.median(milliseconds(act, rounds))


def cpu(act: Callable[[], object], rounds: int = 3) -> float:
    """Median milliseconds of this process's CPU: on an idle machine the time itself, on a busy one what
    it would be.
    """
    times = []
    for _ in range(rounds):
        start = time.process_time()
        act()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def high(times: list[float], share: float = 0.95) -> float:
    """The value that so many of the times do not exceed."""
    return times[min(len(times) - 1, int(len(times) * share))]


def shown(app: QApplication, runner: Runner, canvas: Canvas, network: Network, everything: bool) -> None:
    """Show a network on a canvas through the real runner, and wait until it is drawn."""
    canvas.open(network)
    while canvas.picture is None or runner.running():
        app.processEvents()
    if everything:
        canvas.expand_all()
        while runner.running():
            app.processEvents()
    app.processEvents()


def memory() -> float:
    """Megabytes of this process that are in memory now; 0 where that is not known."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError):
        return 0.0
