"""One settings change in the middle of a network, and much else in long ones:
python tests/benchmarks/editing.py [model | number of layers ...]

For a model: a convolution in the middle of efficientnet_v2_l gets other output channels, never the same
twice; in the page, its own again after each, which is not counted. Milliseconds until all shapes and
problems are right again (the engine alone), until the session has them and the real network page is painted
with them, what of that is CPU time of the GUI's thread and of all, and how often the canvas was arranged
anew (never). On a busy machine the CPU time tells more than the clock's.

For numbers of layers: what the real page does with chains that long, each in milliseconds of CPU time of the
GUI's thread; and, on the clock, how late a 5 ms timer comes at worst while a chain is opened, cut in two, and
that is undone. When nothing is named, both tables come, the second with 5,000 and 10,000 layers.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping

from answering import Lateness
from networks import SIZE, chain, high, opened
from PySide6.QtCore import QEventLoop, QObject, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.app import TURN
from designer.catalog.actions import disconnect, freeze, set_settings
from designer.engine.shapes import infer
from designer.gui.context import Context
from designer.gui.editing.history import History
from designer.gui.editing.page import NetworkPage
from designer.gui.look.style import Look
from designer.gui.main_window.facts import FactsKeeper
from designer.gui.main_window.pages import load_pages
from designer.jobs.runner import Runner
from designer.jobs.steps import warm_up
from designer.network.edits import Edit
from designer.network.network import Network
from designer.progress import Silent
from designer.session.session import Session

MODEL = "efficientnet_v2_l"
LONG = (5_000, 10_000)
ROUNDS = 20
STEPS = 40
"""So many edits are undone one by one."""
WRONG = 60
"""So many problems are gone over."""
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


class Desk:
    """The real page with a session of its own."""

    def __init__(self, app: QApplication) -> None:
        self.app = app
        self.session, self.runner, look = Session(), Runner(), Look("light")
        look.apply(app)
        self.history = History(self.session)
        context = Context(self.session, self.runner, look, print, print, self.history)
        self._keeper = FactsKeeper(context)
        self.page = NetworkPage(context)
        self.page.resize(*SIZE)
        self.page.show()
        app.processEvents()

    @property
    def network(self) -> Network:
        """As it is now."""
        assert self.session.network is not None
        return self.session.network

    def settle(self) -> None:
        """Wait until nothing is due any more; asleep rather than busy, which would count as CPU time."""
        while self.runner.running() or not self.known():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        for _ in range(3):
            self.app.processEvents()

    def known(self) -> bool:
        """Whether the session has the facts of the network as it is."""
        return self.session.facts is not None and not self.session.facts.checking

    def open(self, network: Network) -> None:
        """Show a network, and wait until it is there."""
        self.session.open(network, None)
        self.settle()

    def cost(self, act: Callable[[], object]) -> float:
        """Milliseconds of the GUI thread's CPU for something and all that follows from it."""
        self.settle()
        begun = time.thread_time()
        act()
        self.settle()
        return (time.thread_time() - begun) * 1000

    def close(self) -> None:
        """Put all of it away."""
        self.runner.shut_down()
        self._keeper.stop()
        self.page.close()


def in_the_page(app: QApplication, network: Network, layer_id: str) -> tuple[Mapping[str, list[float]], int]:
    """Milliseconds by what they were spent on, least first, and arrangements meanwhile."""
    desk = Desk(app)
    session, runner, page = desk.session, desk.runner, desk.page
    desk.open(network)
    page.canvas.show_layer(layer_id)
    desk.settle()
    counter = Counter()
    page.canvas.arranged.connect(counter.add)
    before = network.layers[layer_id].settings["out_channels"]
    wrong = len(session.facts.problems) if session.facts is not None else 0
    found: dict[str, list[float]] = {name: [] for name in PAGE}
    for n in range(2 * ROUNDS):
        edit = set_settings(
            desk.network, [layer_id], {"out_channels": before + (0 if n % 2 else 1000 + 8 * n)}
        )
        start, own, whole = time.perf_counter(), time.thread_time(), time.process_time()
        session.apply(edit)
        while not desk.known():
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
        assert session.facts is not None
        assert (len(session.facts.problems) > wrong) == (n % 2 == 0)
        while runner.running():
            app.processEvents()
    desk.close()
    return {name: sorted(times) for name, times in found.items()}, counter.count


def in_a_long_one(app: QApplication, count: int) -> dict[str, float]:
    """Milliseconds by what is done with so many layers."""
    network = chain(count)
    layer_id = middle(network)
    # The first time more is worked out than ever after.
    infer(network)
    page, _ = in_the_page(app, network, layer_id)
    rows = {"a settings change, painted": statistics.median(page[PAGE[2]])}
    desk = Desk(app)
    rows |= answers(desk, network, layer_id)
    for seen in ("collapsed", "expanded"):
        rows |= {f"{name}, groups {seen}": spent for name, spent in on_the_canvas(desk, layer_id).items()}
        desk.page.canvas.expand_all()
        desk.settle()
    desk.close()
    desk = Desk(app)
    desk.open(network)
    rows |= in_the_table(desk)
    rows |= one_by_one(desk)
    rows |= over_problems(desk)
    desk.close()
    return rows


def answers(desk: Desk, network: Network, layer_id: str) -> dict[str, float]:
    """How late a timer comes at worst, and the CPU time of the GUI's thread in all."""
    rows = {}

    def watched(name: str, act: Callable[[], object]) -> None:
        lateness, begun = Lateness(), time.thread_time()
        act()
        desk.settle()
        rows[f"{name}: CPU in all"] = (time.thread_time() - begun) * 1000
        rows[f"{name}: longest block on the clock"] = lateness.stop()[-1]

    def cut() -> Edit:
        return disconnect(desk.network, [c for c in desk.network.connections if c.target == layer_id])

    watched("opened", lambda: desk.session.open(network, None))
    watched("cut in two", lambda: desk.session.apply(cut()))
    watched("the cut undone", desk.history.stack.undo)
    return rows


def on_the_canvas(desk: Desk, layer_id: str) -> dict[str, float]:
    """Walking, selecting, collapsing and finding."""
    page, view, bar = desk.page, desk.page.canvas.view, desk.page.canvas.furniture.find_bar
    page.go_to_layer(layer_id)
    desk.settle()
    view.setFocus()
    tree = page.canvas.mirror.tree
    assert tree is not None
    group = tree.home[layer_id]
    downs = [desk.cost(lambda: QTest.keyClick(view, Qt.Key.Key_Down)) for _ in range(10)]
    rows = {
        "an arrow key": statistics.median(downs),
        "select all": desk.cost(page.actions_by_key["select_all"].trigger),
        "select nothing": desk.cost(lambda: page.selection.select(())),
        "collapse or expand a group": desk.cost(lambda: page.canvas.toggle(group)),
    }
    desk.cost(lambda: page.canvas.toggle(group))
    bar.open_bar()
    typed = [desk.cost(lambda letter=letter: QTest.keyClicks(bar.field, letter)) for letter in "conv"]
    rows["a letter in the find bar"] = max(typed)
    bar.field.clear()
    bar.close_bar()
    return rows


def in_the_table(desk: Desk) -> dict[str, float]:
    """Selecting and filtering."""
    page = desk.page
    page.left.show_tab(page.table)
    rows = {"select all in the table": desk.cost(page.table.table.selectAll)}
    page.selection.select(())
    search = page.table.search
    typed = [desk.cost(lambda letter=letter: QTest.keyClicks(search, letter)) for letter in "l12"]
    rows["a letter in the table's filter"] = max(typed)
    search.clear()
    page.left.show_tab(page.library)
    return rows


def one_by_one(desk: Desk) -> dict[str, float]:
    """Undoing many edits, each while the window goes on."""
    ids = [layer.id for layer in desk.network if layer.kind == "Conv2d"]
    kinds: dict[str, Callable[[int, str], Edit]] = {
        "settings": lambda n, i: set_settings(desk.network, [i], {"padding": 4 + n}),
        "freezing": lambda n, i: freeze(desk.network, [i], True),
    }
    rows = {}
    for name, make in kinds.items():
        desk.page.selection.select(ids[:1])
        for n in range(STEPS):
            desk.history.seal()
            desk.session.apply(make(n, ids[n * 37 % len(ids)]))
        desk.settle()
        begun = time.thread_time()
        for _ in range(STEPS):
            desk.history.stack.undo()
            desk.app.processEvents()
        rows[f"undo {name}, each of {STEPS}"] = (time.thread_time() - begun) * 1000 / STEPS
    return rows


def over_problems(desk: Desk) -> dict[str, float]:
    """Going over the problems with the arrow keys, and choosing each."""
    every = len(desk.network) // (WRONG + 20)
    ids = {layer.id for layer in [layer for layer in desk.network if layer.kind == "Conv2d"][every::every]}
    desk.session.apply(disconnect(desk.network, [c for c in desk.network.connections if c.target in ids]))
    desk.settle()
    shown = desk.page.problems.rows
    assert len(shown) == WRONG
    shown[0].setFocus()
    begun = time.thread_time()
    for row in shown:
        QTest.keyClick(row, Qt.Key.Key_Down)
        desk.app.processEvents()
    walked = time.thread_time()
    for row in shown:
        desk.page.go_to_layer(row.problem.layer)
        desk.app.processEvents()
    return {
        f"go over {WRONG} problems": (walked - begun) * 1000,
        f"choose {WRONG} problems": (time.thread_time() - walked) * 1000,
    }


def report_long(app: QApplication, counts: list[int]) -> None:
    """Print the table of long networks."""
    # As in the program: loaded before, with its turns between window and jobs.
    warm_up(load_pages)(Silent())
    sys.setswitchinterval(TURN)
    found = [in_a_long_one(app, count) for count in counts]
    print("| ms of the GUI thread's CPU | " + " | ".join(f"{count:,} layers" for count in counts) + " |")
    print("|---|" + "---|" * len(counts))
    for name in found[0]:
        print(f"| {name} | " + " | ".join(f"{rows[name]:.1f}" for rows in found) + " |")


def report_model(app: QApplication, name: str) -> None:
    """Print the table of a settings change in a model."""
    network = opened(name)
    layer_id = middle(network)
    infer(network)
    engine, spent = engine_alone(network, layer_id)
    page, arranged = in_the_page(app, network, layer_id)
    print(f"{network.name}, {len(network.layers):,} layers; '{layer_id}' gets other output channels")
    print("| ms | median | p95 | worst |\n|---|---|---|---|")
    for row, times in {"shapes and problems, engine alone": engine, **page}.items():
        print(f"| {row} | {statistics.median(times):.1f} | {high(times):.1f} | {times[-1]:.1f} |")
    print(f"of CPU, engine alone: {spent:.1f} ms in the median")
    print(f"arranged anew: {arranged} times in {2 * ROUNDS} changes\n")


def main() -> None:
    """Print the tables."""
    app = QApplication(sys.argv[:1])
    asked = sys.argv[1:]
    models = [name for name in asked if not name.isdigit()] if asked else [MODEL]
    counts = [int(count) for count in asked if count.isdigit()] if asked else list(LONG)
    for name in models:
        report_model(app, name)
    if counts:
        report_long(app, counts)


if __name__ == "__main__":
    main()
