"""A random walk on the real page: canvas and table always show just the layers of the document."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer.catalog import actions
from designer.catalog.library import ENTRIES, Around
from designer.gui.main_window.facts import FactsKeeper
from designer.network.edits import Edit
from designer.network.network import Network, Place, Port

ENTRY_KEYS = ("ReLU", "Conv2d", "BatchNorm2d", "Add", "Dropout", "Chunk")


def fragment(key: str):
    return ENTRIES[key].make(Around((8, 16, 16), 3))


def picked(network: Network, number: int) -> str:
    return tuple(network.layers)[number % len(network)]


EDITS = {
    "append": lambda n, a, b: actions.append(n, picked(n, a), fragment(ENTRY_KEYS[b % len(ENTRY_KEYS)])),
    "insert": lambda n, a, b: actions.insert(
        n, n.connections[a % len(n.connections)], fragment(ENTRY_KEYS[b % len(ENTRY_KEYS)])
    ),
    "add": lambda n, a, b: actions.add(n, fragment("ReLU"), Place("", float(a * 10), float(b * 10))),
    "connect": lambda n, a, b: actions.connect(n, Port(picked(n, a)), picked(n, b), 0),
    "disconnect": lambda n, a, b: actions.disconnect(n, (n.connections[a % len(n.connections)],)),
    "delete": lambda n, a, b: actions.delete_layers(n, {picked(n, a), picked(n, b)}),
    "duplicate": lambda n, a, b: actions.duplicate(n, {picked(n, a), picked(n, a + 1)}),
    "replace": lambda n, a, b: actions.replace_kind(n, picked(n, a), ("Conv2d", "ReLU", "Linear")[b % 3]),
    "rename": lambda n, a, b: actions.rename(n, picked(n, a), f"层 {b} \u05d0"),
    "freeze": lambda n, a, b: actions.freeze_up_to(n, picked(n, a)),
    "head": lambda n, a, b: actions.replace_head(n, tuple(f"c{i}" for i in range(2 + b))),
}
LOOKS = ("undo", "redo", "toggle", "expand", "collapse", "turn", "hide")
STEPS = st.tuples(st.sampled_from((*EDITS, *EDITS, *LOOKS)), st.integers(0, 20), st.integers(0, 20))


@pytest.fixture
def keeper(context):
    """Shapes come from the engine, as in the window."""
    keeper = FactsKeeper(context)
    yield keeper
    keeper.stop()


def look(page, what: str, number: int) -> None:
    mirror, stack = page.canvas.mirror, page.context.history.stack
    groups = sorted(mirror.tree.groups)
    if what == "undo":
        stack.undo()
    elif what == "redo":
        stack.redo()
    elif what == "toggle" and groups:
        page.canvas.toggle(groups[number % len(groups)])
    elif what == "expand":
        page.canvas.expand_all()
    elif what == "collapse":
        page.canvas.collapse_all()
    elif what == "turn":
        page.canvas.set_direction(("down", "right")[number % 2])
    elif what == "hide":
        page.canvas.set_hidden(({"ReLU"}, {"BatchNorm2d", "Dropout"}, ())[number % 3])


def same_ids(page) -> None:
    """What is drawn, written in the table and selected is what the document holds."""
    network, picture = page.context.session.network, page.canvas.picture
    assert set(picture.view.shown) == set(network.layers)
    assert set(picture.view.shown.values()) <= set(picture.arrangement.rectangles)
    assert set(page.canvas.mirror.shown.contents) == set(picture.keys)
    ends = {(line.source, line.target) for line in picture.arrangement.lines}
    drawn = {(picture.view.shown[c.source], picture.view.shown[c.target]) for c in network.connections}
    if not page.canvas.mirror.sight.hidden:
        assert ends == {(source, target) for source, target in drawn if source != target}
    assert {row.layer.id for row in page.table.model.rows} == set(network.layers)
    assert set(page.selection.layers) <= set(network.layers)


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(walk=st.lists(STEPS, min_size=3, max_size=14))
def test_the_scene_holds_the_ids_of_the_document(page, keeper, qtbot, tiny_network, notices, walk):
    session, runner = page.context.session, page.context.runner
    session.open(tiny_network, None)

    def settled() -> bool:
        return page.canvas.mirror.settled and not runner.busy("arranging") and not runner.busy("facts")

    qtbot.waitUntil(settled, timeout=60_000)
    same_ids(page)
    made: list[Edit] = []
    for what, a, b in walk:
        if what in EDITS:
            page.editor.attempt(lambda n, make=EDITS[what], a=a, b=b: make(n, a, b))
            made.append(what)
        else:
            look(page, what, a)
        qtbot.waitUntil(settled, timeout=60_000)
        same_ids(page)
    # Refusals are told of; nothing else goes wrong.
    assert {notice.severity for notice in notices} <= {"error"}
    end = session.network
    stack = page.context.history.stack
    here = stack.index()
    stack.setIndex(0)
    assert session.network == tiny_network
    stack.setIndex(here)
    assert session.network == end
    qtbot.waitUntil(settled, timeout=60_000)
    same_ids(page)
