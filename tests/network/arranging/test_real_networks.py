"""Networks of torchvision, all their groups expanded and as they are at first."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest

from designer.engine.opening import open_model
from designer.network.arranging import Wishes
from designer.network.groups import default_expansion, group_tree
from designer.network.network import Layer, Port
from designer.progress import Silent

from .checking import arranged, check
from .drawings import crossings, disturbed

SAMPLE = ["resnet18", "googlenet", "densenet121", "vit_b_16"]
REST = [
    "resnet50",
    "inception_v3",
    "densenet201",
    "efficientnet_v2_l",
    "vit_l_16",
    "swin_v2_b",
    "maxvit_t",
    "shufflenet_v2_x1_0",
]
TABLE = SAMPLE + [pytest.param(name, marks=pytest.mark.slow) for name in REST]

SEEN_TO_CROSS = {"densenet121": 60, "densenet201": 110}
"""One where each layer of a dense block is entered; dagre's densenet121 has 8,800."""


@functools.cache
def opened(name):
    return open_model(name, "none", 0, Silent()).network


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("name", TABLE)
def test_all_groups_expanded(name, direction):
    boxes, edges, found = arranged(opened(name), wishes=Wishes(direction))
    assert found.layered
    check(boxes, edges, found)
    _, seen = crossings(edges, [line.points for line in found.lines])
    assert seen <= SEEN_TO_CROSS.get(name, 0)


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("name", TABLE)
def test_as_it_is_at_first(name, direction):
    network = opened(name)
    boxes, edges, found = arranged(network, default_expansion(group_tree(network)), Wishes(direction))
    assert found.layered
    check(boxes, edges, found)
    assert crossings(edges, [line.points for line in found.lines]) == (0, 0)


def inserted(network, share):
    """One layer more, in front of the one after such a share of all."""
    names = [name for name in network.layers if network.inputs[name]]
    at = names[int(len(names) * share)]
    layers = {}
    for name, layer in network.layers.items():
        if name == at:
            layers["inserted"] = Layer("inserted", "inserted", "Identity", {}, layer.group)
        layers[name] = layer
    first, *rest = network.inputs[at]
    inputs = {**network.inputs, "inserted": (first,), at: (Port("inserted"), *rest)}
    return replace(network, layers=layers, inputs=inputs)


def past(network, edges):
    """Edges that run past the inserted layer: they become longer by what it needs."""
    order = {name: n for n, name in enumerate(network.layers)}
    at = order["inserted"]
    return {(a, b) for a, b in edges if order[a] < at < order[b]}


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) for n in ("efficientnet_v2_l", "swin_v2_b", "resnet50")]
)
def test_an_insertion_disturbs_little(name, share):
    _, edges, before = arranged(opened(name))
    after = arranged(inserted(opened(name), share))
    check(*after)
    assert disturbed(before.rectangles, after[2].rectangles, edges) <= 0.02


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("name", ["densenet121", "resnet18"])
def test_an_insertion_disturbs_nothing_but_what_runs_past_it(name, share):
    # Over the middle of a dense block there run 16 % of all lines, and each must become longer.
    network = inserted(opened(name), share)
    _, edges, before = arranged(opened(name))
    *_, after = arranged(network)
    others = [edge for edge in edges if edge not in past(network, edges)]
    assert len(others) > 0.8 * len(edges)
    assert disturbed(before.rectangles, after.rectangles, others) <= 0.02
