"""What the tests of the network page share: the small network with facts, and the page around it."""

from __future__ import annotations

import pytest

from designer.gui.editing.page import NetworkPage
from designer.network.network import Network
from designer.session.results import Facts, LayerFacts

from ...keyboard import Keyboard

# Worked out by hand for the small network: 3 x 16 x 16 pictures, 8 channels, 3 classes.
SHAPES = {
    "input": (3, 16, 16),
    "stem.conv": (8, 16, 16),
    "stem.bn": (8, 16, 16),
    "stem.relu": (8, 16, 16),
    "block.conv": (8, 16, 16),
    "block.add": (8, 16, 16),
    "pool": (8, 1, 1),
    "flatten": (8,),
    "drop": (8,),
    "fc": (3,),
    "output": (3,),
}
PARAMETERS = {"stem.conv": 216, "stem.bn": 16, "block.conv": 584, "fc": 27}
MACS = {"stem.conv": 216 * 256, "block.conv": 576 * 256, "fc": 24}


def make_facts(network: Network, *problems) -> Facts:
    layers = {
        layer.id: LayerFacts((SHAPES[layer.name],), PARAMETERS.get(layer.name, 0), MACS.get(layer.name, 0))
        for layer in network
    }
    return Facts(layers, problems)


@pytest.fixture
def facts(tiny_network) -> Facts:
    return make_facts(tiny_network)


@pytest.fixture
def make_page(qtbot, context):
    """Makes the page, shown, with a network that has been arranged."""

    def make(network: Network | None, size=(1200, 700), facts: Facts | None = None) -> NetworkPage:
        page = NetworkPage(context)
        page.resize(*size)
        page.show()
        if network is not None:
            with qtbot.waitSignal(page.canvas.arranged):
                context.session.open(network, None)
            if facts is not None:
                context.session.set_facts(facts)
        return page

    return make


@pytest.fixture
def page(make_page, tiny_network, facts) -> NetworkPage:
    return make_page(tiny_network, facts=facts)


@pytest.fixture
def keys(page, qtbot) -> Keyboard:
    """A keyboard on the canvas."""
    page.activateWindow()
    page.canvas.view.setFocus()
    qtbot.waitUntil(page.canvas.view.hasFocus)
    return Keyboard()


@pytest.fixture
def settle(page, qtbot):
    """Waits until what is drawn is the network as it is."""

    def wait() -> None:
        qtbot.waitUntil(lambda: page.canvas.mirror.settled and not page.context.runner.running())

    return wait
