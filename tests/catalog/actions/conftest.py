"""Facts of the tiny network, worked out by hand, and pieces to put into it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from designer.network.edits import Edit
from designer.network.fragment import Entrance, Fragment
from designer.network.network import Layer, Network, Port
from designer.session.results import Facts, LayerFacts

MAP, LIST = (8, 16, 16), (8,)
SHAPES = {
    "input": (3, 16, 16),
    "stem.conv": MAP,
    "stem.bn": MAP,
    "stem.relu": MAP,
    "block.conv": MAP,
    "block.add": MAP,
    "pool": (8, 1, 1),
    "flatten": LIST,
    "drop": LIST,
    "fc": (3,),
    "output": (3,),
}


@pytest.fixture
def tiny_facts() -> Facts:
    return Facts({layer_id: LayerFacts((shape,)) for layer_id, shape in SHAPES.items()})


@pytest.fixture
def one() -> Callable[..., Fragment]:
    """Makes a fragment of one layer with one input."""

    def make(key: str = "ReLU", name: str = "new", **settings) -> Fragment:
        layer = Layer(name, name, key, settings)
        return Fragment(key, (layer,), {name: (None,)}, (Entrance(name, 0),), Port(name))

    return make


@pytest.fixture
def residual() -> Fragment:
    """A convolution and the addition of what came in; the shortcut has a group."""
    conv = {"in_channels": 8, "out_channels": 8, "kernel_size": 1}
    return Fragment(
        "Residual block",
        (
            Layer("conv", "conv", "Conv2d", conv),
            Layer("side", "side", "Identity", {}, "shortcut"),
            Layer("add", "add", "Add"),
        ),
        {"conv": (None,), "side": (None,), "add": (Port("conv"), Port("side"))},
        (Entrance("conv", 0), Entrance("side", 0)),
        Port("add"),
    )


@pytest.fixture
def made() -> Callable[[Edit, Network], Network]:
    """Applies an edit, that says what it does, and whose inverse leads back."""

    def apply(edit: Edit, network: Network) -> Network:
        assert edit.text.strip()
        after = edit.apply(network)
        back = edit.inverse(network).apply(after)
        assert back == network
        assert list(back.layers) == list(network.layers)
        assert list(after.layers) == list(after.inputs)
        return after

    return apply
