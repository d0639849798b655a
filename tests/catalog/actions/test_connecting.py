"""Which inputs may be meant, with the reason against each, and what connecting and disconnecting does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.actions import Target, connect, disconnect, sources, targets
from designer.catalog.actions.connecting import surely_fits
from designer.errors import EditError
from designer.network.network import Connection, Layer, Network, Port
from designer.session.results import Facts, LayerFacts

FITS = Target(True)


def with_layer(network: Network, layer: Layer, *ports: Port | None) -> Network:
    return replace(
        network, layers={**network.layers, layer.id: layer}, inputs={**network.inputs, layer.id: ports}
    )


def test_every_input_has_its_verdict(tiny_network, tiny_facts):
    found = targets(tiny_network, tiny_facts, Port("stem.relu"))
    before = "comes before 'stem.relu': the connection would close a cycle."
    assert found == {
        ("input", 0): Target(False, "'input' takes no input."),
        ("stem.conv", 0): Target(False, f"'stem.conv' {before}"),
        ("stem.bn", 0): Target(False, f"'stem.bn' {before}"),
        ("stem.relu", 0): Target(False, "A layer cannot feed itself."),
        ("block.conv", 0): Target(False, "'stem.relu' feeds this input already."),
        ("block.add", 0): FITS,
        ("block.add", 1): Target(False, "'stem.relu' feeds this input already."),
        ("block.add", 2): FITS,
        ("pool", 0): FITS,
        ("flatten", 0): FITS,
        ("drop", 0): FITS,
        ("fc", 0): Target(True, "'fc' takes 8 features; this gives 8 × 16 × 16."),
        ("output", 0): Target(True, "'output' takes one number for each class; this gives 8 × 16 × 16."),
    }


def test_what_an_output_cannot_feed_is_said_at_once(tiny_network, tiny_facts):
    found = targets(tiny_network, tiny_facts, Port("output"))
    assert set(found.values()) == {Target(False, "'output' gives the answer out: nothing comes after it.")}


def test_without_facts_structure_alone_decides(tiny_network):
    assert targets(tiny_network, None, Port("stem.relu"))["fc", 0] == FITS
    assert not targets(tiny_network, None, Port("stem.relu"))["stem.conv", 0].allowed


NEW = {
    "addition": ("Add", {}, [Port("stem.bn"), None], 1, "'x' adds 8 × 16 × 16; this gives 3."),
    "product": ("Multiply", {}, [Port("drop"), None], 1, "'x' multiplies 8; this gives 3."),
    "difference": ("Subtract", {}, [Port("drop"), None], 1, "'x' combines 8; this gives 3."),
    "row": ("Concat", {"dim": 1}, [Port("stem.relu"), None], 1, "'x' joins 8 × 16 × 16 along one dimension"),
    "convolution": (
        "Conv2d",
        {"in_channels": 3, "out_channels": 1, "kernel_size": 1},
        [None],
        0,
        "'x' takes channels × height × width; this gives 3.",
    ),
    "norm": ("BatchNorm1d", {"num_features": 5}, [None], 0, "'x' takes 5 channels; this gives 3."),
    "last sizes": (
        "LayerNorm",
        {"normalized_shape": [8]},
        [None],
        0,
        "'x' takes 8 at the end; this gives 3.",
    ),
    "attention": (
        "MultiheadAttention",
        {"embed_dim": 8, "num_heads": 2},
        [None] * 3,
        0,
        "'x' takes tokens × features; this gives 3.",
    ),
}


@pytest.mark.parametrize("name", NEW)
def test_what_does_not_fit_yet_is_told_but_allowed(tiny_network, tiny_facts, name):
    key, settings, ports, number, reason = NEW[name]
    network = with_layer(tiny_network, Layer("x", "x", key, settings), *ports)
    found = targets(network, tiny_facts, Port("fc"))["x", number]
    assert found.allowed
    assert found.reason.startswith(reason)
    assert sources(network, tiny_facts, "x", number)[Port("fc")] == found


def test_what_broadcasts_or_lies_side_by_side_fits(tiny_network, tiny_facts):
    add = with_layer(tiny_network, Layer("x", "x", "Add"), Port("pool"), None)
    assert targets(add, tiny_facts, Port("block.add"))["x", 1] == FITS
    facts = Facts({**tiny_facts.layers, "wide": LayerFacts(((24, 16, 16),))})
    row = with_layer(tiny_network, Layer("wide", "wide", "Identity"), Port("stem.relu"))
    row = with_layer(row, Layer("x", "x", "Concat", {"dim": 1}), Port("stem.relu"), None)
    assert targets(row, facts, Port("wide"))["x", 1] == FITS


def test_outputs_are_counted(tiny_network, tiny_facts, made):
    chunk = Layer("cut", "cut", "Chunk", {"chunks": 3})
    network = with_layer(tiny_network, chunk, Port("stem.relu"))
    found = sources(network, tiny_facts, "pool", 0)
    assert [port for port in found if port.layer == "cut"] == [Port("cut", n) for n in range(3)]
    after = made(connect(network, Port("cut", 2), "pool", 0), network)
    assert after.inputs["pool"] == (Port("cut", 2),)
    with pytest.raises(EditError, match="no output 4"):
        connect(network, Port("cut", 3), "pool", 0)


def test_sources_of_an_input(tiny_network, tiny_facts):
    found = sources(tiny_network, tiny_facts, "block.conv", 0)
    assert found[Port("stem.bn")] == FITS
    assert found[Port("input")] == Target(True, "'block.conv' takes 8 channels; this gives 3 × 16 × 16.")
    assert found[Port("stem.relu")].reason == "'stem.relu' feeds this input already."
    assert not found[Port("block.add")].allowed
    assert not found[Port("output")].allowed
    full = sources(tiny_network, tiny_facts, "block.conv", 1)
    assert set(full.values()) == {Target(False, "'block.conv' takes one input.")}


def test_what_surely_fits_is_what_sources_allow_without_a_word(tiny_network, tiny_facts):
    for layer in tiny_network:
        after = tiny_network.descendants((layer.id,))
        for number in range(3):
            verdicts = sources(tiny_network, tiny_facts, layer.id, number)
            for port in verdicts:
                sure = surely_fits(tiny_network, tiny_facts, port, layer.id, number)
                assert (sure and port.layer not in after) == (verdicts[port] == Target(True))


def test_connecting_leads_here_and_away(tiny_network, made):
    edit = connect(tiny_network, Port("stem.bn"), "block.add", 1)
    assert edit.text == "Connect stem.bn to block.add"
    assert made(edit, tiny_network).inputs["block.add"] == (Port("block.conv"), Port("stem.bn"))
    more = made(connect(tiny_network, Port("stem.bn"), "block.add", 2), tiny_network)
    assert more.inputs["block.add"] == (Port("block.conv"), Port("stem.relu"), Port("stem.bn"))


REFUSED = {
    "a cycle": ((Port("fc"), "stem.conv", 0), "would close a cycle"),
    "itself": ((Port("fc"), "fc", 0), "cannot feed itself"),
    "again": ((Port("drop"), "fc", 0), "feeds this input already"),
    "full": ((Port("stem.bn"), "fc", 1), "'fc' takes one input"),
    "too far": ((Port("stem.bn"), "block.add", 9), "takes"),
    "before the start": ((Port("stem.bn"), "block.add", -1), "takes"),
    "no input at all": ((Port("stem.bn"), "input", 0), "'input' takes no input"),
    "after the end": ((Port("output"), "fc", 0), "nothing comes after it"),
    "nobody": ((Port("nix"), "fc", 0), "no layer 'nix'"),
    "no output": ((Port("stem.bn", 1), "fc", 0), "no output 2"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_connected_is_refused(tiny_network, name):
    arguments, said = REFUSED[name]
    with pytest.raises(EditError) as caught:
        connect(tiny_network, *arguments)
    assert said in str(caught.value)
    assert all((caught.value.what, caught.value.why, caught.value.remedy))


def test_what_may_be_connected_can_be_and_nothing_else(tiny_network, tiny_facts, made):
    """The verdicts and the edit agree, for every pair."""
    for layer in tiny_network:
        for (target, number), verdict in targets(tiny_network, tiny_facts, Port(layer.id)).items():
            if verdict.allowed:
                made(connect(tiny_network, Port(layer.id), target, number), tiny_network)
            else:
                with pytest.raises(EditError):
                    connect(tiny_network, Port(layer.id), target, number)


def test_disconnecting_empties_or_takes_the_input_away(tiny_network, made):
    edge = Connection("stem.relu", 0, "block.add", 1)
    edit = disconnect(tiny_network, [edge])
    assert edit.text == "Disconnect stem.relu from block.add"
    assert made(edit, tiny_network).inputs["block.add"] == (Port("block.conv"), None)
    more = connect(tiny_network, Port("stem.bn"), "block.add", 2).apply(tiny_network)
    assert made(disconnect(more, [edge]), more).inputs["block.add"] == (Port("block.conv"), Port("stem.bn"))
    two = disconnect(tiny_network, [edge, Connection("drop", 0, "fc", 0)])
    assert two.text == "Disconnect 2 connections"
    after = made(two, tiny_network)
    assert (after.inputs["block.add"][1], after.inputs["fc"]) == (None, (None,))


@pytest.mark.parametrize(
    "edges",
    [[], [Connection("fc", 0, "drop", 0)], [Connection("drop", 0, "fc", 7)], [Connection("a", 0, "b", 0)]],
)
def test_what_is_not_there_cannot_be_disconnected(tiny_network, edges):
    with pytest.raises(EditError):
        disconnect(tiny_network, edges)
