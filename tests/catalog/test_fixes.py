"""Remedies: every one, made, ends the problem that it is for, as inferring again shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.catalog.actions import delete_layers, freeze, set_rates
from designer.catalog.fixes import COMMON_REMEDIES, REMEDIES, Remedies, fixes
from designer.catalog.kinds import KINDS
from designer.engine.building import build
from designer.engine.shapes import infer
from designer.network.network import Layer, Network, Place, Port
from designer.session import problems as codes
from designer.session.results import Problem


def changed(network, layer_id, **settings):
    layer = network[layer_id]
    return network.with_layers(replace(layer, settings={**layer.settings, **settings}))


def added(network, layer, *ports):
    return replace(
        network, layers={**network.layers, layer.id: layer}, inputs={**network.inputs, layer.id: ports}
    )


def between(network, layer, target):
    """With a layer on the way to the first input of `target`."""
    first, *rest = network.inputs[target]
    return added(network, layer, first).with_inputs({target: (Port(layer.id), *rest)})


def without(network, *layer_ids):
    return replace(
        network,
        layers={i: layer for i, layer in network.layers.items() if i not in layer_ids},
        inputs={
            i: tuple(None if p and p.layer in layer_ids else p for p in ports)
            for i, ports in network.inputs.items()
            if i not in layer_ids
        },
    )


def conv(layer_id, before, after, **more):
    settings = {"in_channels": before, "out_channels": after, "kernel_size": 1, **more}
    return Layer(layer_id, layer_id, "Conv2d", settings)


def depthwise(network):
    """A depthwise convolution that takes twice what comes."""
    return between(network, conv("dw", 16, 16, groups=16, kernel_size=3, padding=1), "block.conv")


def attention(network):
    """Tokens of 8 features into an attention on 12."""
    tokens = between(network, Layer("flat2", "flat2", "Flatten", {"start_dim": 2}), "pool")
    swapped = between(tokens, Layer("swap", "swap", "Transpose", {"dim0": 1, "dim1": 2}), "pool")
    made = added(
        swapped,
        Layer("mha", "mha", "MultiheadAttention", {"embed_dim": 12, "num_heads": 3}),
        *[Port("swap")] * 3,
    )
    mean = added(made, Layer("mean", "mean", "Mean", {"dims": [1]}), Port("mha"))
    return mean.with_inputs({"flatten": (Port("mean"),), "pool": (Port("block.add"),)})


def joined(network, kind, layer, **settings):
    """Addition of the block and of another way from the stem."""
    side = added(network, layer, Port("stem.relu"))
    return added(side, Layer("join", "join", kind, settings), Port("block.add"), Port(layer.id)).with_inputs(
        {"pool": (Port("join"),)}
    )


def enlarged(network):
    """Halved, and then more than doubled by a transposed convolution without a border."""
    half = added(network, conv("down", 8, 8, kernel_size=3, stride=2, padding=1), Port("block.add"))
    twice = {"in_channels": 8, "out_channels": 8, "kernel_size": 4, "stride": 2}
    full = added(half, Layer("up", "up", "ConvTranspose2d", twice), Port("down"))
    both = added(full, Layer("join", "join", "Add"), Port("stem.relu"), Port("up"))
    return both.with_inputs({"pool": (Port("join"),)})


CASES = {
    "no input": (lambda n: without(n, "input"), codes.NO_INPUT, ("Add an input",)),
    "no output": (lambda n: without(n, "output"), codes.NO_OUTPUT, ("Add an output after fc",)),
    "two inputs": (
        lambda n: added(n, Layer("i2", "i2", "Input", {"shape": [3, 16, 16]})),
        codes.SEVERAL_INPUTS,
        ("Keep input alone",),
    ),
    "two outputs": (
        lambda n: added(n, Layer("o2", "o2", "Output"), Port("fc")),
        codes.SEVERAL_OUTPUTS,
        ("Make all but output auxiliary outputs", "Keep output alone"),
    ),
    "other pictures": (
        lambda n: changed(n, "input", shape=[3, 32, 32]),
        codes.PICTURE_SIZE,
        ("Let the input expect 3 × 16 × 16", "Prepare pictures of 3 × 32 × 32"),
    ),
    "feature map at the output": (
        lambda n: n.with_inputs({"output": (Port("block.add"),)}),
        codes.ANSWER_SHAPE,
        ("Insert a head for 3 classes",),
    ),
    "answers in a map": (
        lambda n: between(n, Layer("u", "u", "Reshape", {"shape": [-1, 3, 1, 1]}), "output"),
        codes.ANSWER_SHAPE,
        ("Insert Flatten", "Insert a head for 3 classes"),
    ),
    "other classes": (
        lambda n: changed(n, "fc", out_features=5),
        codes.CLASSES,
        ("Replace head for 3 classes", "Name 5 classes"),
    ),
    "all frozen": (
        lambda n: freeze(n, list(n.layers), True).apply(n),
        codes.ALL_FROZEN,
        ("Unfreeze the head", "Unfreeze all layers"),
    ),
    "all without a rate": (
        lambda n: set_rates(n, list(n.layers), 0.0, 0.0).apply(n),
        codes.ALL_FROZEN,
        ("Set learning-rate factors of 4 layers",),
    ),
    "cycle": (
        lambda n: n.with_inputs({"stem.conv": (Port("stem.relu"),)}),
        codes.CYCLE,
        ("Disconnect stem.relu from stem.conv", "Disconnect stem.conv from stem.bn"),
    ),
    "cycle of one": (
        lambda n: n.with_inputs({"block.add": (Port("block.conv"), Port("block.add"))}),
        codes.CYCLE,
        ("Disconnect block.add from block.add",),
    ),
    "too few": (
        lambda n: n.with_inputs({"block.add": (Port("block.conv"),)}),
        codes.FEW_INPUTS,
        ("Connect stem.relu to block.add", "Delete block.add"),
    ),
    "too many": (
        lambda n: n.with_inputs({"pool": (Port("block.add"), Port("block.conv"))}),
        codes.MANY_INPUTS,
        ("Keep 1 inputs of pool",),
    ),
    "empty": (
        lambda n: n.with_inputs({"block.add": (Port("block.conv"), None)}),
        codes.EMPTY_INPUT,
        ("Connect stem.relu to block.add", "Delete block.add"),
    ),
    "empty and spare": (
        lambda n: n.with_inputs({"block.add": (Port("block.conv"), Port("stem.relu"), None)}),
        codes.EMPTY_INPUT,
        ("Connect stem.bn to block.add", "Leave out the empty inputs of block.add", "Delete block.add"),
    ),
    "empty output": (
        lambda n: n.with_inputs({"output": (None,)}),
        codes.EMPTY_INPUT,
        ("Connect fc to output",),
    ),
    "a gap": (
        lambda n: without(n, "stem.conv"),
        codes.EMPTY_INPUT,
        ("Delete stem.bn",),
    ),
    "no such output": (
        lambda n: n.with_inputs({"pool": (Port("block.add", 1),)}),
        codes.NO_SUCH_OUTPUT,
        ("Connect pool to an output that is there",),
    ),
    "after the end": (
        lambda n: added(n, Layer("late", "late", "ReLU"), Port("output")),
        codes.AFTER_END,
        ("Connect late to the layer before",),
    ),
    "unused": (
        lambda n: added(n, Layer("d", "spare", "ReLU"), Port("stem.relu")),
        codes.UNUSED,
        ("Delete spare",),
    ),
    "unused beside a gap": (
        lambda n: added(n, Layer("d", "spare", "ReLU"), Port("stem.relu")).with_inputs(
            {"block.conv": (None,)}
        ),
        codes.UNUSED,
        ("Connect spare to block.conv", "Delete spare"),
    ),
    "several unused": (
        lambda n: added(
            added(n, Layer("d", "d", "ReLU"), Port("stem.relu")), Layer("e", "e", "ReLU"), Port("d")
        ),
        codes.UNUSED,
        ("Delete d", "Delete all 2 unused layers"),
    ),
    "cut off": (
        lambda n: n.with_inputs({"block.conv": (None,), "block.add": (Port("block.conv"), None)}),
        codes.CUT_OFF,
        ("Connect stem.relu to block.conv",),
    ),
    "unknown": (
        lambda n: n.with_layers(replace(n["drop"], kind="Dropin")),
        codes.UNKNOWN_KIND,
        ("Replace drop by Identity", "Delete drop"),
    ),
    "settings of the wrong type": (
        lambda n: changed(n, "block.conv", kernel_size="big"),
        codes.SETTINGS,
        ("Fit the settings of block.conv",),
    ),
    "a setting that is none": (
        lambda n: changed(n, "block.conv", colour="red"),
        codes.SETTINGS,
        ("Fit the settings of block.conv",),
    ),
    "a setting that lacks": (
        lambda n: n.with_layers(replace(n["fc"], settings={"in_features": 8})),
        codes.SETTINGS,
        ("Fit the settings of fc",),
    ),
    "groups that do not divide": (
        lambda n: changed(n, "stem.conv", groups=2),
        codes.SETTINGS,
        ("Fit the settings of stem.conv",),
    ),
    "groups of a norm that do not divide": (
        lambda n: between(
            n, Layer("gn", "gn", "GroupNorm", {"num_groups": 3, "num_channels": 8}), "block.conv"
        ),
        codes.SETTINGS,
        ("Fit the settings of gn",),
    ),
    "heads that do not divide": (
        lambda n: changed(attention(n), "mha", num_heads=5, embed_dim=8),
        codes.SETTINGS,
        ("Fit the settings of mha",),
    ),
    "features of a list": (
        lambda n: changed(n, "fc", in_features=512),
        codes.WIDTH,
        ("Set in features to 8", "Insert a linear layer from 8 to 512"),
    ),
    "channels of a norm": (
        lambda n: changed(n, "stem.bn", num_features=64),
        codes.WIDTH,
        ("Set num features to 8", "Insert a convolution from 8 to 64"),
    ),
    "channels of a convolution": (
        lambda n: changed(n, "block.conv", in_channels=5),
        codes.WIDTH,
        ("Set in channels to 8", "Insert a convolution from 8 to 5"),
    ),
    "channels of a depthwise convolution": (
        depthwise,
        codes.WIDTH,
        ("Set in channels to 8", "Insert a convolution from 8 to 16"),
    ),
    "channels of a grouped convolution": (
        lambda n: changed(n, "block.conv", in_channels=9, out_channels=9, groups=3),
        codes.WIDTH,
        ("Set in channels to 8", "Insert a convolution from 8 to 9"),
    ),
    "groups of a norm": (
        lambda n: between(
            n, Layer("gn", "gn", "GroupNorm", {"num_groups": 3, "num_channels": 9}), "block.conv"
        ),
        codes.WIDTH,
        ("Set num channels to 8", "Insert a convolution from 8 to 9"),
    ),
    "features of an attention": (attention, codes.WIDTH, ("Set embed dim to 8",)),
    "a map of the width for a list": (
        lambda n: n.with_inputs({"fc": (Port("block.add"),)}),
        codes.WIDTH,
        ("Insert pooling and Flatten",),
    ),
    "a map of the size for a list": (
        lambda n: changed(n.with_inputs({"fc": (Port("block.add"),)}), "fc", in_features=2048),
        codes.WIDTH,
        ("Insert Flatten",),
    ),
    "a map for a list": (
        lambda n: changed(n.with_inputs({"fc": (Port("block.add"),)}), "fc", in_features=99),
        codes.WIDTH,
        ("Insert pooling and Flatten, set in_features to 8", "Insert Flatten, set in_features to 2048"),
    ),
    "a list for pictures": (
        lambda n: between(n, Layer("f", "f", "Flatten"), "block.conv"),
        codes.RANK,
        ("Connect stem.relu to block.conv",),
    ),
    "a norm of pictures for lists": (
        lambda n: between(n, Layer("bn", "bn", "BatchNorm2d", {"num_features": 8}), "fc"),
        codes.RANK,
        ("Replace bn by Batch normalization 1-D",),
    ),
    "a norm of lists for pictures": (
        lambda n: between(n, Layer("bn", "bn", "BatchNorm1d", {"num_features": 8}), "block.conv"),
        codes.RANK,
        ("Replace bn by Batch normalization 2-D", "Insert Flatten"),
    ),
    "sizes of a norm": (
        lambda n: between(n, Layer("l", "ln", "LayerNorm", {"normalized_shape": [9]}), "fc"),
        codes.LAST_SIZES,
        ("Set normalized shape to 8",),
    ),
    "sizes of a norm of channels": (
        lambda n: between(n, Layer("l", "ln", "LayerNorm2d", {"normalized_shape": [9]}), "block.conv"),
        codes.LAST_SIZES,
        ("Set normalized shape to 8",),
    ),
    "a window": (
        lambda n: between(n, Layer("m", "max", "MaxPool2d", {"kernel_size": 20}), "pool"),
        codes.WINDOW,
        ("Set the window to 16 × 16",),
    ),
    "a padded window": (
        lambda n: between(n, Layer("m", "max", "MaxPool2d", {"kernel_size": 40, "padding": 9}), "pool"),
        codes.WINDOW,
        ("Set the window to 34 × 34",),
    ),
    "a spread window": (
        lambda n: changed(n, "block.conv", kernel_size=[3, 9], dilation=9),
        codes.WINDOW,
        ("Set the window to 3 × 9",),
    ),
    "halves": (
        lambda n: changed(n, "block.conv", stride=2),
        codes.JOIN,
        ("Bring stem.relu to 8 × 8 × 8", "Bring block.conv to 8 × 16 × 16"),
    ),
    "pictures mixed with each other": (
        lambda n: between(n, Layer("sum", "sum", "Add"), "drop").with_inputs(
            {"sum": (Port("flatten"), Port("pool"))}
        ),
        codes.MIXED,
        ("Insert Flatten",),
    ),
    "other channels": (
        lambda n: changed(n, "block.conv", out_channels=24),
        codes.JOIN,
        ("Bring stem.relu to 24 × 16 × 16", "Bring block.conv to 8 × 16 × 16"),
    ),
    "no whole part": (
        lambda n: joined(n, "Add", conv("side", 8, 8, kernel_size=6)),
        codes.JOIN,
        ("Bring side to 8 × 16 × 16", "Bring block.add to 8 × 11 × 11"),
    ),
    "a wider filter": (
        lambda n: changed(n, "block.conv", kernel_size=5),
        codes.JOIN,
        ("Set padding of block.conv to 2", "Bring stem.relu to 8 × 14 × 14"),
    ),
    "a filter with wider gaps": (
        lambda n: changed(n, "block.conv", dilation=3),
        codes.JOIN,
        ("Set padding of block.conv to 3", "Bring stem.relu to 8 × 12 × 12"),
    ),
    "a wider filter on one side": (
        lambda n: changed(n, "block.conv", kernel_size=[3, 7]),
        codes.JOIN,
        ("Set padding of block.conv to 1 × 3",),
    ),
    "a filter of even size": (
        lambda n: changed(n, "block.conv", kernel_size=4),
        codes.JOIN,
        ("Bring stem.relu to 8 × 15 × 15", "Bring block.conv to 8 × 16 × 16"),
    ),
    "a wider filter before others": (
        lambda n: between(
            between(changed(n, "block.conv", kernel_size=7), Layer("r", "r", "GELU"), "block.add"),
            conv("next", 8, 8, kernel_size=3, padding=1),
            "block.add",
        ),
        codes.JOIN,
        ("Set padding of block.conv to 3",),
    ),
    "two wider filters": (
        lambda n: between(
            changed(n, "block.conv", kernel_size=5),
            conv("next", 8, 8, kernel_size=5, padding=1),
            "block.add",
        ),
        codes.JOIN,
        ("Set padding of 2 layers so that they keep the size",),
    ),
    "a pooling in a branch": (
        lambda n: between(n, Layer("m", "max", "MaxPool2d", {"kernel_size": 3, "stride": 1}), "block.add"),
        codes.JOIN,
        ("Set padding of max to 1",),
    ),
    "an enlargement that is too large": (
        enlarged,
        codes.JOIN,
        ("Set padding of up to 1",),
    ),
    "three inputs": (
        lambda n: changed(n, "block.conv", out_channels=4).with_inputs(
            {"block.add": (Port("stem.relu"), Port("block.conv"), Port("stem.bn"))}
        ),
        codes.JOIN,
        ("Bring block.conv to 8 × 16 × 16", "Disconnect block.conv from block.add"),
    ),
    "side by side": (
        lambda n: joined(n, "Concat", conv("side", 8, 4, stride=2), dim=1),
        codes.JOIN,
        ("Bring side to 8 × 16 × 16", "Bring block.add to 4 × 8 × 8", "Disconnect side from join"),
    ),
    "lists": (
        lambda n: added(n, Layer("sum", "sum", "Add"), Port("fc"), Port("drop")).with_inputs(
            {"output": (Port("sum"),)}
        ),
        codes.JOIN,
        ("Bring drop to 3", "Bring fc to 8"),
    ),
    "a shape": (
        lambda n: between(n, Layer("r", "re", "Reshape", {"shape": [-1, 7]}), "fc"),
        codes.VALUES,
        ("Set shape to -1 × 8",),
    ),
    "a shape of maps": (
        lambda n: between(n, Layer("r", "re", "Reshape", {"shape": [5]}), "block.conv"),
        codes.VALUES,
        ("Set shape to -1 × 2048", "Set shape to -1 × 8 × 16 × 16"),
    ),
}


def of_code(network, code) -> list[Problem]:
    return [problem for problem in infer(network).problems if problem.code == code]


@pytest.mark.parametrize("name", CASES)
def test_every_remedy_ends_its_problem(tiny_network, name):
    change, code, texts = CASES[name]
    network = change(tiny_network)
    facts = infer(network)
    problem = next(p for p in facts.problems if p.code == code)
    found = fixes(network, facts, problem)
    assert tuple(fix.text for fix in found)[: len(texts)] == texts
    for fix in found:
        assert fix.edit.text
        after = fix.edit.apply(network)
        left = [(p.code, p.layer) for p in infer(after).problems]
        assert (code, problem.layer) not in left, (fix.text, left)
        back = fix.edit.inverse(network).apply(after)
        assert back == network
        assert list(back.layers) == list(network.layers)


RUNS = {
    "halves": 0,
    "other channels": 1,
    "features of a list": 0,
    "channels of a norm": 0,
    "a map of the width for a list": 0,
    "empty": 0,
    "too few": 0,
    "other classes": 0,
    "unknown": 0,
    "a window": 0,
    "a shape of maps": 1,
    "several unused": 1,
}
"""Which remedy makes the whole network right."""


@pytest.mark.parametrize("name", RUNS)
def test_a_remedy_that_makes_the_network_right_lets_it_run(tiny_network, name):
    change, code, _ = CASES[name]
    network = change(tiny_network)
    facts = infer(network)
    problem = next(p for p in facts.problems if p.code == code)
    after = fixes(network, facts, problem)[RUNS[name]].edit.apply(network)
    found = [p for p in infer(after).problems if p.severity == "error"]
    # The layers that were passed by, and are not used, may have problems of their own: none is an error.
    assert found == []
    assert build(after)(torch.randn(2, 3, 16, 16)).shape == (2, 3)


def test_every_sort_of_problem_that_has_a_remedy_is_shown_here():
    assert {code for _, code, _ in CASES.values()} == set(REMEDIES)


def test_codes_are_all_different_and_known():
    values = [value for name, value in vars(codes).items() if name.isupper()]
    assert len(values) == len(set(values))
    assert set(REMEDIES) <= set(values)


def test_a_problem_that_is_gone_has_no_remedy(tiny_network):
    facts = infer(tiny_network)
    for code in REMEDIES:
        for layer in ("", "gone", "fc", "output", "input", "block.add"):
            for fix in fixes(tiny_network, facts, Problem("error", layer, "It was.", code)):
                fix.edit.apply(tiny_network)
            for fix in fixes(tiny_network, None, Problem("error", layer, "It was.", code)):
                fix.edit.apply(tiny_network)


def test_without_facts_only_what_needs_none_is_offered(tiny_network):
    network = changed(tiny_network, "fc", in_features=512)
    problem = of_code(network, codes.WIDTH)[0]
    assert fixes(network, None, problem) == ()
    gap = tiny_network.with_inputs({"block.add": (Port("block.conv"), None)})
    found = fixes(gap, None, of_code(gap, codes.EMPTY_INPUT)[0])
    assert [fix.text for fix in found] == ["Delete block.add"]


def test_what_problems_have_in_common_is_found_once(tiny_network):
    gap = tiny_network.with_inputs({"pool": (None,)})
    remedies, unused = Remedies(gap, infer(gap)), of_code(gap, codes.UNUSED)
    assert len(unused) == 5
    found = [remedies.of(problem) for problem in unused]
    assert {one[-1].text for one in found} == {"Delete all 5 unused layers"}
    assert len({id(one[-1]) for one in found}) == 1
    assert [one[-2].text for one in found] == [f"Delete {problem.layer}" for problem in unused]
    assert set(COMMON_REMEDIES) <= set(REMEDIES)


def test_an_empty_input_is_fed_by_what_is_nearest_and_feeds_nothing(tiny_network):
    gap = tiny_network.with_inputs({"drop": (None,)})
    (led, *_) = fixes(gap, infer(gap), of_code(gap, codes.EMPTY_INPUT)[0])
    assert led.text == "Connect flatten to drop"
    # What comes behind it fits as well, but would close a ring.
    behind = tiny_network.with_inputs({"stem.relu": (None,), "block.add": (Port("stem.relu"),) * 2})
    (led, *_) = fixes(behind, infer(behind), of_code(behind, codes.EMPTY_INPUT)[0])
    assert led.text == "Connect stem.bn to stem.relu"


@pytest.mark.parametrize("key", [key for key, row in KINDS.items() if row.settings])
def test_settings_of_every_kind_can_be_fitted(key):
    """A layer whose settings are rubbish gets ones that it can be built with."""
    shape = [3, 16, 16]
    layers = {
        "input": Layer("input", "input", "Input", {"shape": shape}),
        "x": Layer("x", "x", key, {"rubbish": 1}),
        "output": Layer("output", "output", "Output"),
    }
    count = KINDS[key].inputs[0]
    inputs = {"input": (), "x": (Port("input"),) * count, "output": (Port("x"),)}
    network = Network("one", layers, inputs, places={"x": Place("", 1.0, 2.0)})
    problem = next(p for p in infer(network).problems if p.layer == "x" and p.code == codes.SETTINGS)
    (fix,) = fixes(network, infer(network), problem)
    after = fix.edit.apply(network)
    assert [p for p in infer(after).problems if p.layer == "x" and p.code == codes.SETTINGS] == []


def test_a_long_name_is_cut_in_texts(tiny_network):
    long = tiny_network.with_layers(replace(tiny_network["drop"], name="x" * 500))
    assert len(delete_layers(long, ("drop",)).text) < 80
