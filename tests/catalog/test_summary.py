"""A network in figures: worked out by hand, and against what torch really keeps and allocates."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from designer.catalog.actions import class_names, freeze_backbone, replace_head
from designer.catalog.kinds import KINDS
from designer.catalog.library import ENTRIES, Around
from designer.catalog.memory import activation_bytes, kept_bytes
from designer.catalog.models import MODELS
from designer.catalog.optimizers import OPTIMIZERS
from designer.catalog.summary import depth, summary
from designer.engine.building import build
from designer.engine.opening.capturing import record
from designer.engine.opening.pretrained import bare_module
from designer.engine.shapes import infer
from designer.engine.training.optimizing import make_optimizer
from designer.errors import TrainingError
from designer.network.edits import AddLayer, SetFrozen, SetInputs
from designer.network.network import Layer, Network, Port
from designer.session.options import TrainingOptions
from designer.session.results import Facts

PICTURE = 3 * 16 * 16
MAP = 8 * 16 * 16
"""Values of the tiny network's input, and of each of its feature maps."""


def opened(model_id):
    row = MODELS[model_id]
    return record(bare_module(row), (3, row.input_size, row.input_size), row.id, 0.3).network


def chain(*layers, inputs=None):
    """Layers in a row, or fed as `inputs` says."""
    ids = [layer.id for layer in layers]
    given = {ids[0]: (), **{i: (Port(before),) for before, i in pairwise(ids)}}
    return Network("made", {layer.id: layer for layer in layers}, {**given, **(inputs or {})})


def saved_bytes(network, batch):
    """Bytes that torch keeps for the backward pass, parameters and buffers apart, for one picture."""
    module = build(network).train()
    own = {t.untyped_storage().data_ptr() for t in (*module.parameters(), *module.buffers())}
    found = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            found[storage.data_ptr()] = (storage.nbytes(), tensor)
        return tensor

    shape = network.of_kind("Input")[0].settings["shape"]
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        module(torch.randn(batch, *shape))
    return sum(size for size, _ in found.values()) / batch


def test_the_figures_of_the_tiny_network_by_hand(tiny_network):
    found = summary(tiny_network, infer(tiny_network), batch_size=2)
    parameters = 3 * 8 * 9 + 16 + (8 * 8 * 9 + 8) + (8 * 3 + 3)
    assert (found.layers, found.connections) == (11, 11)
    assert (found.parameters, found.trainable, found.frozen) == (parameters, parameters, 0)
    assert found.macs == 16 * 16 * (3 * 8 * 9 + 8 * 8 * 9) + 8 * 3
    # stem.conv, block.conv, fc
    assert found.depth == 3
    assert found.parameter_bytes == 4 * parameters
    # conv, bn, relu, conv, add; the pool; fc. Flatten, dropout and output hand on what they get.
    assert found.activation_bytes == 4 * (PICTURE + 5 * MAP + 8 + 3)
    # At the addition: the picture, the convolution's output, the ReLU's and the sum.
    assert found.peak_activation_bytes == 4 * (PICTURE + 3 * MAP)
    # Inputs of stem.conv, bn, (relu: its output), block.conv the same; the pool is a mean, which needs
    # nothing; the dropout's mask; fc's input, which is the dropout's output.
    kept = 4 * (PICTURE + MAP + MAP + 8 + 8)
    assert found.training_bytes == 4 * 4 * parameters + 2 * kept
    assert (found.inputs, found.outputs) == (((3, 16, 16),), ((3,),))
    assert found.auxiliary_outputs == ()
    assert found.batch_size == 2
    assert found.complete


def test_auxiliary_outputs_stand_by_themselves(tiny_network):
    aux = Layer("aux", "aux", "AuxiliaryOutput", {"loss_weight": 0.3})
    parted = AddLayer(aux, (Port("pool"),)).apply(tiny_network)
    found = summary(parted, infer(parted))
    assert (found.outputs, found.auxiliary_outputs) == (((3,),), ((8, 1, 1),))


def test_what_is_frozen_needs_neither_gradients_nor_values(tiny_network):
    network = freeze_backbone(tiny_network).apply(tiny_network)
    found = summary(network, infer(network), batch_size=10, optimizer="SGD")
    assert found.trainable == 8 * 3 + 3
    # Weights of all; gradient and momentum of the head; the head's input.
    assert found.training_bytes == 4 * (found.parameters + 2 * 27) + 10 * 4 * 8


def test_with_nothing_to_learn_training_keeps_nothing(tiny_network):
    network = SetFrozen(tuple(tiny_network.layers), True).apply(tiny_network)
    found = summary(network, infer(network))
    assert found.trainable == 0
    assert found.training_bytes == found.parameter_bytes


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_the_optimizers_state_is_as_large_as_the_table_says(tiny_network, key):
    module = build(tiny_network).train()
    made = make_optimizer(module, TrainingOptions(optimizer=key))
    module(torch.randn(2, 3, 16, 16)).sum().backward()
    made.step()
    values = [v for kept in made.state.values() for v in kept.values() if torch.is_tensor(v) and v.dim()]
    learned = sum(p.numel() for p in module.parameters())
    assert sum(v.numel() for v in values) == OPTIMIZERS[key].state * learned


def test_an_unknown_optimizer_is_refused(tiny_network):
    with pytest.raises(TrainingError, match="Adamant"):
        summary(tiny_network, infer(tiny_network), optimizer="Adamant")


@pytest.mark.parametrize(
    ("model_id", "near"), [("resnet18", 0.002), ("mobilenet_v3_small", 0.002), ("vit_b_16", 0.005)]
)
def test_what_training_keeps_is_what_torch_saves(model_id, near):
    network = opened(model_id)
    assert kept_bytes(network, infer(network)) == pytest.approx(saved_bytes(network, 2), rel=near)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model_id", "near"),
    [
        ("densenet121", 0.002),
        ("googlenet", 0.002),
        ("efficientnet_b0", 0.002),
        ("convnext_tiny", 0.003),
        ("swin_t", 0.02),
        ("swin_v2_t", 0.03),
        ("maxvit_t", 0.02),
    ],
)
def test_what_training_keeps_is_what_torch_saves_in_more_networks(model_id, near):
    network = opened(model_id)
    assert kept_bytes(network, infer(network)) == pytest.approx(saved_bytes(network, 2), rel=near)


def test_behind_a_frozen_backbone_just_the_heads_input_is_kept():
    network = opened("resnet18")
    network = replace_head(network, class_names(5)).apply(network)
    network = freeze_backbone(network).apply(network)
    assert kept_bytes(network, infer(network)) == saved_bytes(network, 2) == 512 * 4


def test_the_peak_is_what_torch_allocates():
    # Attention and linear layers work in place of their outputs; convolutions take room of their own.
    network = opened("vit_b_16")
    module = build(network)
    with torch.no_grad():
        module(torch.randn(1, 3, 224, 224))
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
            picture = torch.randn(1, 3, 224, 224)
            module(picture)
    events = [e for e in profiled.profiler.kineto_results.events() if e.name() == "[memory]"]
    now = peak = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        now += event.nbytes()
        peak = max(peak, now)
    found = summary(network, infer(network)).peak_activation_bytes
    assert found in (peak, peak + picture.nbytes)


@pytest.mark.parametrize(
    ("model_id", "expected"),
    [("resnet18", 18), ("vgg16", 16), ("densenet121", 121), ("mobilenet_v2", 53), ("alexnet", 8)],
)
def test_depth_is_that_of_the_literature(model_id, expected):
    assert depth(opened(model_id)) == expected


def test_depth_takes_the_longest_way():
    conv = {"in_channels": 3, "out_channels": 3, "kernel_size": 1}
    network = chain(
        Layer("i", "i", "Input", {"shape": [3, 4, 4]}),
        Layer("a", "a", "Conv2d", conv),
        Layer("b", "b", "Conv2d", conv),
        Layer("s", "s", "Add"),
        Layer("o", "o", "Output"),
        inputs={"s": (Port("i"), Port("b"))},
    )
    assert depth(network) == 2


def test_views_of_values_out_of_order_cost_nothing_until_they_are_copied():
    network = chain(
        Layer("i", "i", "Input", {"shape": [3, 4, 5]}),
        Layer("p", "p", "Permute", {"dims": [0, 2, 3, 1]}),
        Layer("f", "f", "Flatten"),
        Layer("r", "r", "Reshape", {"shape": [-1, 60]}),
        Layer("o", "o", "Output"),
    )
    facts = infer(network)
    # The permuted picture is a view; joining its dimensions copies it; reshaping the copy does not.
    assert activation_bytes(network, facts) == {"i": 240, "p": 0, "f": 240, "r": 0, "o": 0}


def test_parts_of_a_chunk_share_the_memory_of_the_whole():
    network = chain(
        Layer("i", "i", "Input", {"shape": [4, 2, 2]}),
        Layer("r", "r", "ReLU"),
        Layer("c", "c", "Chunk", {"chunks": 2, "dim": 1}),
        Layer("m", "m", "Multiply"),
        Layer("o", "o", "Output"),
        inputs={"m": (Port("c", 0), Port("c", 1))},
    )
    assert activation_bytes(network, infer(network)) == {"i": 64, "r": 64, "c": 0, "m": 32, "o": 0}
    assert summary(network, infer(network)).peak_activation_bytes == 64 + 64 + 32


def test_what_does_not_lead_to_the_output_is_not_run(tiny_network):
    plain = summary(tiny_network, infer(tiny_network))
    wide = Layer("wide", "wide", "Conv2d", {"in_channels": 8, "out_channels": 512, "kernel_size": 1})
    more = replace(
        tiny_network,
        layers={**tiny_network.layers, "wide": wide},
        inputs={**tiny_network.inputs, "wide": (Port("stem.relu"),)},
    )
    found = summary(more, infer(more))
    assert found.peak_activation_bytes == plain.peak_activation_bytes
    assert found.activation_bytes == plain.activation_bytes + 4 * 512 * 16 * 16


def test_a_network_with_holes_still_has_figures(tiny_network):
    network = SetInputs("fc", (None,)).apply(tiny_network)
    found = summary(network, infer(network))
    assert not found.complete
    assert found.layers == 11
    nothing = summary(network, Facts())
    assert (nothing.parameters, nothing.activation_bytes, nothing.complete) == (0, 0, False)


def test_a_cycle_has_no_depth():
    network = chain(
        Layer("a", "a", "ReLU"), Layer("b", "b", "ReLU"), inputs={"a": (Port("b"),), "b": (Port("a"),)}
    )
    found = summary(network, infer(network))
    assert (found.depth, found.complete, found.connections) == (0, False, 2)


def behind_a_convolution(key):
    """A kind of layer behind one that learns, as the library puts it there; None where it does not fit."""
    for shape, before in (
        (
            (64, 12, 12),
            Layer("pre", "pre", "Conv2d", {"in_channels": 64, "out_channels": 64, "kernel_size": 1}),
        ),
        ((12, 64), Layer("pre", "pre", "Linear", {"in_features": 64, "out_features": 64})),
    ):
        made = ENTRIES[key].make(Around(shape, 5))
        if made.exit is None:
            return None
        rows = [
            Layer("in", "in", "Input", {"shape": list(shape)}),
            before,
            *made.layers,
            Layer("out", "out", "Output"),
        ]
        inputs = {"in": (), "pre": (Port("in"),), "out": (made.exit,)}
        for layer_id, ports in made.inputs.items():
            inputs[layer_id] = tuple(Port("pre") if port is None else port for port in ports)
        network = Network(key, {row.id: row for row in rows}, inputs)
        if infer(network).layers["out"].shapes:
            return network
    return None


# Windows are filled up to whole ones, which a small picture is mostly made of; whole models are measured
# above. The others give what nothing that learns has fed.
APART = {"ShiftedWindowAttention", "ShiftedWindowAttentionV2", "Embedding", "Parameter", "Constant"}


@pytest.mark.parametrize("key", [key for key in KINDS if key not in APART and key in ENTRIES])
def test_what_each_kind_keeps_is_what_torch_saves(key):
    network = behind_a_convolution(key)
    if network is None:
        assert key in ("Output", "AuxiliaryOutput", "Squeeze", "RelativePositionalMultiHeadAttention")
        return
    # Normalization keeps a mean and a deviation for some of its values besides.
    assert kept_bytes(network, infer(network)) == pytest.approx(saved_bytes(network, 2), rel=0.04, abs=300)
