"""What the tests of the canvas share: the canvas alone, with the small network arranged and known."""

from __future__ import annotations

import pytest

from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.selection import Selection
from designer.network.arranging import Wishes, arrange
from designer.network.groups import everything, group_tree, view_of


@pytest.fixture
def make_canvas(qtbot, context):
    """Makes a canvas that shows a network, all of it arranged."""

    def make(network, facts=None, size=(900, 700), selection=None) -> Canvas:
        canvas = Canvas(context.runner, context.look, selection or Selection())
        canvas.resize(*size)
        canvas.show()
        with qtbot.waitSignal(canvas.arranged):
            canvas.open(network)
        canvas.update_facts(facts)
        return canvas

    return make


@pytest.fixture
def selection(qapp):
    return Selection()


@pytest.fixture
def canvas(make_canvas, tiny_network, facts, selection):
    return make_canvas(tiny_network, facts, selection=selection)


@pytest.fixture
def whole_view(tiny_network):
    """The small network with every group expanded."""
    tree = group_tree(tiny_network)
    return view_of(tiny_network, tree, everything(tree))


@pytest.fixture
def arranged():
    """Arranges a view without a thread."""
    from designer.gui.editing.canvas.content import sizes_of
    from designer.gui.editing.canvas.picture import Picture

    def act(network, view, direction="down"):
        edges = [(edge.source, edge.target) for edge in view.edges]
        return Picture(view, arrange(sizes_of(network, view), edges, Wishes(direction)), direction)

    return act
