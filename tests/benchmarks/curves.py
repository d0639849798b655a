"""How quick the curves of training are: python tests/benchmarks/curves.py

For runs of many batches, milliseconds (median, and of CPU) to take 20 more batches and draw everything
anew, and to repaint while the view is zoomed. The page's curves of 1000 x 500 pixels, offscreen: loss
and accuracy, each raw and smoothed, and the learning rate.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from designer.gui.look.style import Look
from designer.gui.training.curves.panel import Curves
from designer.gui.training.record import Record, Shown
from designer.progress import BatchNews

COUNTS = (10_000, 100_000, 1_000_000)
MORE = 20
ROUNDS = 40
AIM = 16.0
"""Milliseconds of CPU at the largest count that must not be exceeded."""


def news(number: int, count: int, noise: float) -> BatchNews:
    """The news of a batch of a run of 100 epochs."""
    per = count // 100
    loss = 0.3 + 2 * 0.97 ** (100 * number / count) + noise
    return BatchNews(
        number // per + 1, 110, number % per + 1, per, number + 1, loss, 1e-3, 500.0, number * 0.05, 60.0,
        accuracy=0.5 + noise,
    )  # fmt: skip


def filled(count: int) -> Record:
    """A record of `count` batches."""
    record = Record()
    for number, noise in enumerate(np.random.default_rng(0).normal(0, 0.1, count).tolist()):
        record.take(news(number, count, noise))
    return record


def timed(app: QApplication, curves: Curves, move: Callable[[int], None]) -> tuple[float, float]:
    """Median milliseconds of clock and CPU for a change and its painting."""
    clock, cpu = [], []
    for number in range(ROUNDS + 3):
        start, begun = time.perf_counter(), time.process_time()
        move(number)
        for view in curves.views:
            view.viewport().repaint()
        clock.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - begun) * 1000)
        app.processEvents()
    return statistics.median(clock[3:]), statistics.median(cpu[3:])


def main() -> None:
    """Print the table."""
    app = QApplication(sys.argv[:1])
    look = Look("light")
    look.apply(app)
    print("| batches | record s | first drawing ms | 20 more: ms (CPU) | zooming: ms (CPU) |")
    print("|---|---|---|---|---|")
    worst = 0.0
    for count in COUNTS:
        begun = time.process_time()
        record = filled(count)
        took = time.process_time() - begun
        curves = Curves(look)
        curves.resize(1000, 500)
        curves.show()
        begun = time.process_time()
        curves.show_runs([Shown(1, record, 110)])
        app.processEvents()
        first = 1000 * (time.process_time() - begun)

        def grow(number: int, record: Record = record, count: int = count, curves: Curves = curves) -> None:
            for more in range(MORE):
                record.take(news(count + number * MORE + more, count, 0.01 * (more % 5)))
            curves.show_runs([Shown(1, record, 110)])

        def zoom(number: int, curves: Curves = curves) -> None:
            curves.loss.view.box.setXRange(number * 0.2, 100 - number * 0.4, padding=0)

        growing, zooming = timed(app, curves, grow), timed(app, curves, zoom)
        worst = max(growing[1], zooming[1])
        print(
            f"| {count:,} | {took:.2f} | {first:.0f} | {growing[0]:.1f} ({growing[1]:.1f}) | "
            f"{zooming[0]:.1f} ({zooming[1]:.1f}) |",
            flush=True,
        )
        curves.close()
        curves.deleteLater()
        app.processEvents()
    print(f"at {COUNTS[-1]:,} batches: {worst:.1f} ms of CPU; the aim is {AIM:.0f} ms")


if __name__ == "__main__":
    main()
