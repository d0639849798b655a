"""How quick the canvas is: python tests/benchmarks/canvas.py

Prints a table for some networks with every group expanded: milliseconds to arrange, to build the picture,
and for one repaint at fit-all, at 100 % and while panning at 100 % (medians). Offscreen, one thread.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.canvas.content import contents_of, sizes_of
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.selection import Selection
from designer.gui.look.style import Look
from designer.jobs.runner import Runner
from designer.network.arranging import arrange
from designer.network.groups import everything, group_tree, view_of
from designer.network.network import Layer, Network, Port

NETWORKS = ("resnet18", "resnet50", "densenet201", "efficientnet_v2_l")
CHAIN = 5_000
ROUNDS = 15


def opened(name: str) -> Network:
    """A pretrained model's network, without its weights."""
    from designer.engine.opening import open_model
    from designer.progress import Silent

    return open_model(name, "none", 0, Silent()).network


def chain(count: int) -> Network:
    """A chain of convolutions in groups of ten, with a skip connection over eight at each fifth."""
    layers, inputs = {}, {}
    for n in range(count):
        skip = n % 5 == 0 and n >= 8
        name = f"stage{n // 250}.block{n // 10}.l{n}"
        settings = {"in_channels": 8, "out_channels": 8, "kernel_size": 3}
        kind = "Add" if skip else "Conv2d"
        layers[name] = Layer(name, name, kind, {} if skip else settings, name.rpartition(".")[0])
        before = list(layers)
        inputs[name] = tuple(Port(before[n - by]) for by in ((1, 8) if skip else (1,))) if n else ()
    return Network(f"chain of {count}", layers, inputs)


def timed(act: Callable[[], object], rounds: int = 1) -> float:
    """Median milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def measure(app: QApplication, look: Look, network: Network) -> dict[str, float]:
    """One row of the table."""
    tree = group_tree(network)
    row: dict[str, float] = {}
    view = view_of(network, tree, everything(tree))
    row["view"] = timed(lambda: view_of(network, tree, everything(tree)), 3)
    edges = [(edge.source, edge.target) for edge in view.edges]
    found = arrange(sizes_of(network, view), edges)
    row["arrange"] = timed(lambda: arrange(sizes_of(network, view), edges), 3)
    row["build"] = timed(lambda: (Picture(view, found), contents_of(network, view, None)), 3)
    runner = Runner()
    canvas = Canvas(runner, look, Selection())
    canvas.resize(1400, 900)
    canvas.show()
    start = time.perf_counter()
    canvas.open(network)
    while canvas.picture is None:
        app.processEvents()
    canvas.view.viewport().repaint()
    row["first"] = (time.perf_counter() - start) * 1000
    canvas.expand_all()
    while runner.busy("arranging"):
        app.processEvents()
    viewport = canvas.view.viewport()

    def pan() -> None:
        canvas.view.scroll_by(0, -7)
        viewport.repaint()

    canvas.view.fit()
    viewport.repaint()
    row["fit-all"] = timed(viewport.repaint, ROUNDS)
    canvas.view.zoom_to(1.0)
    viewport.repaint()
    row["100 %"] = timed(viewport.repaint, ROUNDS)
    row["pan"] = timed(pan, ROUNDS)
    canvas.view.zoom_to(0.2)
    viewport.repaint()
    row["20 %"] = timed(viewport.repaint, ROUNDS)
    runner.shut_down()
    canvas.close()
    return {"boxes": len(view.boxes), "edges": len(view.edges), **row}


def main() -> None:
    """Print the table."""
    app = QApplication(sys.argv[:1])
    look = Look("light")
    look.apply(app)
    print(f"{'network':20}" + "".join(f"{n:>9}" for n in ("boxes", "edges")), end="")
    names = ("view", "arrange", "build", "first", "fit-all", "20 %", "100 %", "pan")
    print("".join(f"{name:>9}" for name in names), " (ms)")
    for make in [*(lambda name=name: opened(name) for name in NETWORKS), lambda: chain(CHAIN)]:
        network = make()
        row = measure(app, look, network)
        counts = "".join(f"{row[name]:9.0f}" for name in ("boxes", "edges"))
        print(f"{network.name:20}{counts}" + "".join(f"{row[name]:9.1f}" for name in names), flush=True)


if __name__ == "__main__":
    main()
