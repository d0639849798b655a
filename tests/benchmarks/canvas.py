"""How quick the canvas is: python tests/benchmarks/canvas.py

For networks with every group expanded: milliseconds to build the picture, megabytes that it takes, and
milliseconds a frame (median and 95th percentile, and of CPU: what an idle machine takes) while panning and
zooming, at 100 % and with everything in view. The real canvas of 1600 x 1000 pixels, offscreen.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from networks import SIZE, chain, high, median, memory, opened, shown
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.canvas.content import contents_of
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.selection import Selection
from designer.gui.look.style import Look
from designer.jobs.runner import Runner
from designer.network.network import Network

NETWORKS = ("resnet50", "densenet201", "efficientnet_v2_l")
CHAINS = (5_000, 20_000)
FRAMES = 60
AIMS = {("100 %", 20_000): 5, ("all", 5_000): 16, ("all", 20_000): 40}
"""Median milliseconds a frame that must not be exceeded, at so many layers."""


@dataclass(frozen=True)
class Frames:
    """Milliseconds of frames, least first: on the clock, and of this process's CPU."""

    clock: list[float]
    cpu: list[float]


def frames(canvas: Canvas, move: Callable[[int], None]) -> Frames:
    """Some frames; `move` pans or zooms by the number of the frame."""
    viewport = canvas.view.viewport()
    clock, cpu = [], []
    for number in range(FRAMES + 3):
        start, begun = time.perf_counter(), time.process_time()
        move(number)
        viewport.repaint()
        clock.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - begun) * 1000)
    return Frames(sorted(clock[3:]), sorted(cpu[3:]))


def measure(app: QApplication, look: Look, network: Network) -> tuple[dict[str, float], dict[str, Frames]]:
    """Building cost and frames of one network."""
    runner = Runner()
    canvas = Canvas(runner, look, Selection())
    canvas.resize(*SIZE)
    canvas.show()
    gc.collect()
    before = memory()
    shown(app, runner, canvas, network, everything=True)
    row = {"memory": memory() - before}
    picture = canvas.picture
    assert picture is not None
    row["boxes"], row["lines"] = len(picture.view.boxes), len(picture.view.edges)
    row["picture"] = median(lambda: Picture(picture.view, picture.arrangement))
    row["contents"] = median(lambda: contents_of(network, picture.view, None))
    view = canvas.view
    found = {}
    view.zoom_to(1.0)
    found["100 % pan"] = frames(canvas, lambda n: view.scroll_by(0, -7))
    found["100 % zoom"] = frames(canvas, lambda n: view.zoom_to(1.0 + 0.02 * (n % 10 - 5)))
    view.fit()
    whole = view.scale_now
    found["all pan"] = frames(canvas, lambda n: view.scroll_by(3 - 6 * (n % 2), 0))
    found["all zoom"] = frames(canvas, lambda n: view.zoom_to(whole * (1.0 - 0.01 * (n % 10))))
    runner.shut_down()
    canvas.close()
    canvas.deleteLater()
    app.processEvents()
    return row, found


def main() -> None:
    """Print the table."""
    app = QApplication(sys.argv[:1])
    look = Look("light")
    look.apply(app)
    kinds = ("100 % pan", "100 % zoom", "all pan", "all zoom")
    print("ms a frame: median / 95th percentile / median of CPU")
    print(
        "| network | boxes | lines | picture ms | contents ms | MB | " + " | ".join(kinds) + " |\n"
        "|---|---|---|---|---|---|---|---|---|---|"
    )
    for make in [
        *(lambda name=name: opened(name) for name in NETWORKS),
        *(lambda count=count: chain(count) for count in CHAINS),
    ]:
        network = make()
        row, found = measure(app, look, network)
        cells = [
            f"{statistics.median(found[kind].clock):.1f} / {high(found[kind].clock):.1f} / "
            f"{statistics.median(found[kind].cpu):.1f}"
            for kind in kinds
        ]
        print(
            f"| {network.name} | {row['boxes']:.0f} | {row['lines']:.0f} | {row['picture']:.0f} | "
            f"{row['contents']:.0f} | {row['memory']:.0f} | " + " | ".join(cells) + " |",
            flush=True,
        )
        for (kind, count), aim in AIMS.items():
            if len(network.layers) == count:
                worst = max(statistics.median(found[k].cpu) for k in kinds if k.startswith(kind))
                print(f"  {kind} at {count:,} layers: {worst:.1f} ms of CPU; the aim is {aim} ms", flush=True)


if __name__ == "__main__":
    main()
