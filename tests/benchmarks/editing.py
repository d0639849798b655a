"""One settings change in the middle of a network: python tests/benchmarks/editing.py [model]

A convolution in the middle of efficientnet_v2_l gets other output channels, never the same twice; in the
page, its own again after each, which is not counted.
Milliseconds until all shapes and problems are right again (the engine alone), until the session has them
and the real network page is painted with them, what of that is CPU time of the GUI's thread and of all, and
how often the canvas was arranged anew (never). On a busy machine the CPU time tells more than the clock's.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Mapping

from networks import SIZE, high, opened
from PySide6.QtCore import QEventLoop, QObject, Slot
from PySide6.QtWidgets import QApplication

from designer.catalog.actions import set_settings
from designer.engine.shapes import infer
from designer.gui.context import Context
from designer.gui.editing.history import History
from designer.gui.editing.page import NetworkPage
from designer.gui.look.style import Look
from designer.gui.main_window.facts import FactsKeeper
from designer.jobs.runner import Runner
from designer.network.network import Network
from designer.session.session import Session

MODEL = "efficientnet_v2_l"
ROUNDS = 20
PAGE = (
    "until the session knows them",
    "until the page shows them",
    "CPU of the GUI's thread for that",
    "CPU of all threads for that",
)


class Counter(QObject):
    """Counts how often a signal comes."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @Slot()
    def add(self) -> None:
        """Once more."""
        self.count += 1


def middle(network: Network) -> str:
    """The convolution in the middle, of those without groups of channels."""
    found = [layer.id for layer in network if layer.kind == "Conv2d" and layer.settings.get("groups", 1) == 1]
    return found[len(found) // 2]


def engine_alone(network: Network, layer_id: str) -> tuple[list[float], float]:
    """Milliseconds to work out everything after the change, each time another value; and those of CPU."""
    before = network.layers[layer_id].settings["out_channels"]
    times, spent = [], []
    for n in range(ROUNDS):
        edit = set_settings(network, [layer_id], {"out_channels": before + 8 * (n + 1)})
        network = edit.apply(network)
        start, begun = time.perf_counter(), time.process_time()
        facts = infer(network)
        times.append((time.perf_counter() - start) * 1000)
        spent.append((time.process_time() - begun) * 1000)
        assert facts.problems
    return sorted(times), statistics.median(spent)


def in_the_page(app: QApplication, network: Network, layer_id: str) -> tuple[Mapping[str, list[float]], int]:
    """Milliseconds by what they were spent on, least first, and arrangements meanwhile."""
    session, runner, look = Session(), Runner(), Look("light")
    context = Context(session, runner, look, print, print, History(session))
    keeper = FactsKeeper(context)
    page = NetworkPage(context)
    page.resize(*SIZE)
    page.show()
    session.open(network, None)
    while session.facts is None or runner.running():
        app.processEvents()
    page.canvas.show_layer(layer_id)
    while runner.running():
        app.processEvents()
    app.processEvents()
    counter = Counter()
    page.canvas.arranged.connect(counter.add)
    before = network.layers[layer_id].settings["out_channels"]
    found: dict[str, list[float]] = {name: [] for name in PAGE}
    for n in range(2 * ROUNDS):
        assert session.network is not None
        edit = set_settings(
            session.network, [layer_id], {"out_channels": before + (0 if n % 2 else 1000 + 8 * n)}
        )
        start, own, whole = time.perf_counter(), time.thread_time(), time.process_time()
        session.apply(edit)
        while session.facts is None or session.facts.checking:
            # Asleep rather than busy: waiting would count as CPU time.
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        known = time.perf_counter()
        page.repaint()
        page.canvas.view.viewport().repaint()
        spent = (
            known - start,
            time.perf_counter() - start,
            time.thread_time() - own,
            time.process_time() - whole,
        )
        for name, seconds in zip(PAGE, spent, strict=True):
            if not n % 2:
                found[name].append(seconds * 1000)
        assert bool(session.facts.problems) == (n % 2 == 0)
        while runner.running():
            app.processEvents()
    runner.shut_down()
    keeper.stop()
    page.close()
    return {name: sorted(times) for name, times in found.items()}, counter.count


def main() -> None:
    """Print the table."""
    app = QApplication(sys.argv[:1])
    network = opened(sys.argv[1] if len(sys.argv) > 1 else MODEL)
    layer_id = middle(network)
    infer(network)
    engine, spent = engine_alone(network, layer_id)
    page, arranged = in_the_page(app, network, layer_id)
    print(f"{network.name}, {len(network.layers):,} layers; '{layer_id}' gets other output channels")
    print("| ms | median | p95 | worst |\n|---|---|---|---|")
    for name, times in {"shapes and problems, engine alone": engine, **page}.items():
        print(f"| {name} | {statistics.median(times):.1f} | {high(times):.1f} | {times[-1]:.1f} |")
    print(f"of CPU, engine alone: {spent:.1f} ms in the median")
    print(f"arranged anew: {arranged} times in {2 * ROUNDS} changes")


if __name__ == "__main__":
    main()
