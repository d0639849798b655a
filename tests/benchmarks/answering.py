"""Whether the window answers while a network is arranged: python tests/benchmarks/answering.py [layers]

A 5 ms timer runs in the GUI thread while a long network is opened on the real canvas, arranged by the real
runner with its groups collapsed, with all of them expanded, and flat (in one group): how late the timer
comes, in milliseconds, p50 / p99 / worst; beside it the same while nothing is done.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

from networks import SIZE, chain, high
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.selection import Selection
from designer.gui.look.style import Look
from designer.jobs.runner import Runner
from designer.network.network import Network

STEP = 5
"""Milliseconds between two times."""


class Lateness(QObject):
    """Notes how late a timer comes."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._note)
        self._timer.start(STEP)

    def stop(self) -> list[float]:
        """The lateness of each time in milliseconds, least first."""
        self._timer.stop()
        self._note()
        return sorted(self.late)

    @Slot()
    def _note(self) -> None:
        now = time.perf_counter()
        self.late.append(max((now - self._last) * 1000 - STEP, 0.0))
        self._last = now


def flat(network: Network) -> Network:
    """The same layers in no groups."""
    layers = {name: replace(layer, group="") for name, layer in network.layers.items()}
    return replace(network, layers=layers)


def watched(app: QApplication, act: Callable[[], object], over: Callable[[], bool]) -> list[float]:
    """Lateness while something is done, until it is over."""
    lateness = Lateness()
    act()
    while not over():
        app.processEvents()
    return lateness.stop()


def main() -> None:
    """Print the table."""
    app = QApplication(sys.argv[:1])
    look = Look("light")
    look.apply(app)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    runner = Runner()
    canvas = Canvas(runner, look, Selection())
    canvas.resize(*SIZE)
    canvas.show()
    network = chain(count)

    def settled() -> bool:
        return canvas.picture is not None and not runner.running()

    end = time.perf_counter() + 2
    rows = {"nothing is done": watched(app, lambda: None, lambda: time.perf_counter() > end)}
    rows["opened"] = watched(app, lambda: canvas.open(network), settled)
    rows["all groups expanded"] = watched(app, canvas.expand_all, settled)
    rows["opened flat"] = watched(app, lambda: canvas.open(flat(network)), settled)
    print(f"| {count:,} layers | times | p50 | p99 | worst |\n|---|---|---|---|---|")
    for name, late in rows.items():
        print(f"| {name} | {len(late)} | {high(late, 0.5):.1f} | {high(late, 0.99):.1f} | {late[-1]:.1f} |")
    runner.shut_down()
    canvas.close()


if __name__ == "__main__":
    main()
