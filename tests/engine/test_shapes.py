"""Shapes, parameters, multiplications and problems, against torch and torchvision's own figures."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import torch
from torchvision import models

from designer.catalog.kinds import KINDS
from designer.catalog.models import MODELS
from designer.engine.building import build
from designer.engine.opening.capturing import record
from designer.engine.opening.pretrained import bare_module, imagenet_classes
from designer.engine.shapes import infer
from designer.network.network import Layer, Port
from designer.session import problems as codes

SAMPLE = ["resnet18", "vit_b_16", "swin_t", "googlenet", "shufflenet_v2_x1_0", "densenet121", "maxvit_t"]


def opened(model_id):
    row = MODELS[model_id]
    network = record(bare_module(row), (3, row.input_size, row.input_size), row.id, 0.3).network
    return replace(network, preprocessing=row.preprocessing, classes=imagenet_classes())


def check_model(model_id):
    """Parameters exactly, multiplications within half a percent, no problems."""
    network, row = opened(model_id), MODELS[model_id]
    facts = infer(network)
    assert facts.problems == ()
    # Inception's published count has its auxiliary head, GoogLeNet's has not.
    ends = ("Output", "AuxiliaryOutput") if model_id == "inception_v3" else ("Output",)
    used = network.ancestors(layer.id for layer in network.of_kind(*ends))
    assert sum(facts.layers[i].parameters for i in used) == row.parameters
    main = network.ancestors([network.of_kind("Output")[0].id])
    giga = models.get_model_weights(model_id).DEFAULT.meta["_ops"]
    assert sum(facts.layers[i].macs for i in main) / 1e9 == pytest.approx(giga, rel=0.006, abs=0.0006)
    assert facts.layers[network.of_kind("Output")[0].id].shapes == ((1000,),)
    return facts


@pytest.mark.parametrize("model_id", SAMPLE)
def test_parameters_and_multiplications_are_torchvisions(model_id):
    check_model(model_id)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_parameters_and_multiplications_of_all_80():
    for model_id in MODELS:
        if not MODELS[model_id].bundled:
            check_model(model_id)


def test_shapes_are_those_of_a_real_run(tiny_network):
    # The input itself is not run: it is what the caller gives.
    module, found = build(tiny_network), {"input": (3, 16, 16)}
    for layer_id, part in module.layer_modules().items():
        part.register_forward_hook(lambda *given, i=layer_id: found.update({i: tuple(given[2].shape[1:])}))
    module(torch.randn(2, 3, 16, 16))
    facts = infer(tiny_network)
    assert {i: facts.layers[i].shapes for i in tiny_network.layers} == {i: (s,) for i, s in found.items()}
    assert facts.layers["stem.conv"].macs == 16 * 16 * 8 * 3 * 9
    assert facts.layers["fc"].macs == 8 * 3
    assert facts.parameters == sum(p.numel() for p in module.parameters())
    assert list(facts.layers) == list(tiny_network.layers)
    assert facts.problems == ()


def test_values_without_a_batch_keep_their_shape_and_windows_their_number():
    facts = infer(opened("vit_b_16"))
    assert facts.layers["class_token"].shapes == ((1, 1, 768),)
    assert facts.layers["encoder.pos_embedding"].shapes == ((1, 197, 768),)
    assert facts.layers["encoder.layers.encoder_layer_0.self_attention"].shapes == ((197, 768),)
    facts = infer(opened("maxvit_t"))
    assert any(shapes[0] == (64, 49, 64) for shapes in (f.shapes for f in facts.layers.values()) if shapes)


def test_it_is_deterministic_and_quick():
    network = opened("efficientnet_v2_l")
    assert len(network) > 1000
    first = infer(network)
    started = time.process_time()
    assert infer(network) == first
    # What an edit has not touched is not run again; measured: 0.02 s.
    assert time.process_time() - started < 0.5


def problems(network):
    return [(p.severity, p.layer, p.message) for p in infer(network).problems]


def changed(network, layer_id, **settings):
    layer = network[layer_id]
    return network.with_layers(replace(layer, settings={**layer.settings, **settings}))


def added(network, layer, *ports):
    """With one layer more."""
    return replace(
        network, layers={**network.layers, layer.id: layer}, inputs={**network.inputs, layer.id: ports}
    )


def between(network, layer, target):
    """With a layer on the way to `target`."""
    return added(network, layer, *network.inputs[target]).with_inputs({target: (Port(layer.id),)})


@pytest.mark.parametrize(
    ("change", "layer", "text"),
    [
        (
            lambda n: changed(n, "fc", in_features=512),
            "fc",
            "Layer 'fc' expects 512 inputs but 'drop' gives 8. Set its inputs to 8, or replace the layer.",
        ),
        (
            lambda n: changed(n, "stem.bn", num_features=64),
            "stem.bn",
            "Layer 'stem.bn' expects 64 channels but 'stem.conv' gives 8. "
            "Set its channels to 8, or replace the layer.",
        ),
        (
            lambda n: between(n, Layer("flat", "flat", "Flatten"), "block.conv"),
            "block.conv",
            "Layer 'block.conv' expects channels × height × width but 'flat' gives 2048. "
            "Move it to another place, or replace it by a layer for such values.",
        ),
        (
            lambda n: changed(n, "block.conv", stride=2),
            "block.add",
            "Layer 'block.add' cannot combine 8 × 8 × 8 from 'block.conv' with 8 × 16 × 16 from 'stem.relu'. "
            "Give both the same shape, for example with a convolution on one of them.",
        ),
        (
            lambda n: between(n, Layer("m", "max", "MaxPool2d", {"kernel_size": 20}), "pool"),
            "m",
            "The window of layer 'max', 20 × 20, is larger than the 16 × 16 that 'block.add' gives. "
            "Use a smaller window, more padding, or a larger picture.",
        ),
        (
            lambda n: between(n, Layer("r", "re", "Reshape", {"shape": [-1, 7]}), "fc"),
            "r",
            "Layer 're' cannot make the shape -1 × 7 of the 8 that 'drop' gives. "
            "The number of values differs. Change its shape: one size may be -1 and follows from the others.",
        ),
        (
            lambda n: between(n, Layer("l", "ln", "LayerNorm", {"normalized_shape": [9]}), "fc"),
            "l",
            "Layer 'ln' expects 9 at the end but 'drop' gives 8. Set its shape to 8, or replace the layer.",
        ),
        (
            lambda n: n.with_inputs({"block.add": (Port("block.conv"), None)}),
            "block.add",
            "Input 2 of layer 'block.add' is empty. Connect it, or delete the layer.",
        ),
        (
            lambda n: n.with_inputs({"block.add": (Port("block.conv"),)}),
            "block.add",
            "Layer 'block.add' has 1 inputs; it takes 2 or more. Change its inputs.",
        ),
        (
            lambda n: n.with_inputs({"pool": (Port("block.add", 1),)}),
            "pool",
            "Layer 'pool' reads output 2 of 'block.add', which it does not have. "
            "Connect it to another output.",
        ),
        (
            lambda n: changed(n, "fc", out_features=5),
            "output",
            "'output' gives 5 numbers but there are 3 classes. Replace the head for 3 classes.",
        ),
        (
            lambda n: n.with_inputs({"output": (Port("block.add"),)}).with_inputs({}),
            "output",
            "'output' gives 8 × 16 × 16 for each picture, not one number for each class. "
            "Put pooling, Flatten and a Linear layer before it.",
        ),
        (
            lambda n: between(n, Layer("r", "re", "Reshape", {"shape": [3]}), "output"),
            "r",
            "Layer 're' cannot make the shape 3 of the 3 that 'fc' gives. The number of values differs. "
            "Change its shape: one size may be -1 and follows from the others.",
        ),
        (
            lambda n: added(n, Layer("p", "p", "Parameter", {"shape": [3]})).with_inputs(
                {"output": (Port("p"),)}
            ),
            "output",
            "'output' does not give one answer for each picture. "
            "Keep the pictures in the first dimension on the way to it.",
        ),
        (
            lambda n: n.with_inputs({"stem.conv": (Port("stem.relu"),)}),
            "stem.conv",
            "The network has a cycle. These layers feed one another: stem.conv, stem.bn, stem.relu. Take out",
        ),
        (
            lambda n: n.with_layers(replace(n["drop"], kind="Dropin")),
            "drop",
            "There is no layer kind 'Dropin'. Nearest: Dropout",
        ),
        (
            lambda n: changed(n, "block.conv", kernel_size="big"),
            "block.conv",
            "'kernel_size' cannot be 'big'.",
        ),
        (
            lambda n: changed(n, "stem.conv", groups=2),
            "stem.conv",
            "Layer 'stem.conv' (Convolution 2-D) cannot be built. in_channels must be divisible by groups",
        ),
        (
            lambda n: added(n, Layer("i2", "i2", "Input", {"shape": [3, 16, 16]})),
            "i2",
            "The network has 2 inputs. They are: 'input', 'i2'. It needs exactly one: delete the others.",
        ),
        (
            lambda n: replace(
                n,
                layers={k: v for k, v in n.layers.items() if k != "output"},
                inputs={k: v for k, v in n.inputs.items() if k != "output"},
            ),
            "",
            "The network has 0 outputs.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_the_layer(tiny_network, change, layer, text):
    found = problems(change(tiny_network))
    assert any(s == "error" and i == layer and m.startswith(text) for s, i, m in found), found
    # The first wrong layer is told, not all those behind it.
    assert sum(s == "error" for s, _, _ in found) <= 2


def test_what_leads_nowhere_and_other_sizes_are_warned_of(tiny_network):
    dead = added(tiny_network, Layer("d", "spare", "ReLU"), Port("stem.relu"))
    assert problems(dead) == [
        (
            "warning",
            "d",
            "Layer 'spare' leads to no output and is not used. Connect what it gives, or delete it.",
        )
    ]
    other = changed(tiny_network, "input", shape=[3, 32, 32])
    assert problems(other) == [
        (
            "warning",
            "input",
            "The input expects 3 × 32 × 32 but pictures are made 3 × 16 × 16. Set both to the same size.",
        )
    ]


def test_layers_behind_a_wrong_one_keep_their_parameters(tiny_network):
    facts = infer(changed(tiny_network, "stem.bn", num_features=64))
    assert facts.layers["stem.relu"].shapes == ()
    assert facts.layers["fc"].parameters == 27
    assert facts.layers["stem.conv"].shapes == ((8, 16, 16),)


def test_each_problem_has_its_code(tiny_network):
    cases = {
        codes.CYCLE: tiny_network.with_inputs({"stem.conv": (Port("stem.relu"),)}),
        codes.SEVERAL_OUTPUTS: added(tiny_network, Layer("o2", "o2", "Output"), Port("fc")),
        codes.ALL_FROZEN: tiny_network.with_layers(*(replace(layer, frozen=True) for layer in tiny_network)),
        codes.AFTER_END: added(tiny_network, Layer("late", "late", "ReLU"), Port("output")),
        codes.CLASSES: changed(tiny_network, "fc", out_features=5),
        codes.WIDTH: changed(tiny_network, "fc", in_features=512),
        codes.SETTINGS: changed(tiny_network, "stem.conv", groups=2),
    }
    for code, network in cases.items():
        (problem,) = [p for p in infer(network).problems if p.code == code]
        assert problem.message.strip()
        assert all(p.code for p in infer(network).problems)
    assert infer(cases[codes.CYCLE]).problems[0].layer == "stem.conv"
    several = next(p for p in infer(cases[codes.SEVERAL_OUTPUTS]).problems if p.severity == "error")
    assert (several.layer, "'output', 'o2'" in several.message) == ("o2", True)


def test_what_no_output_needs_is_no_error(tiny_network):
    """A layer that was just dropped on the canvas does not keep the rest from running."""
    loose = added(tiny_network, Layer("new", "new", "Linear", {"in_features": 5, "out_features": 2}), None)
    found = infer(loose).problems
    assert {p.severity for p in found} == {"warning"}
    assert {p.code for p in found} == {codes.EMPTY_INPUT, codes.UNUSED}
    unfit = loose.with_inputs({"new": (Port("drop"),)})
    assert {p.code for p in infer(unfit).problems} == {codes.WIDTH, codes.UNUSED}
    assert {p.severity for p in infer(unfit).problems} == {"warning"}
    assert build(unfit)(torch.zeros(1, 3, 16, 16)).shape == (1, 3)


def test_what_onnx_cannot_hold_is_warned_of(tiny_network, monkeypatch):
    row = replace(KINDS["Tanh"], onnx="It has no such operator.")
    monkeypatch.setitem(KINDS, "Tanh", row)
    network = between(tiny_network, Layer("t", "tanh", "Tanh"), "fc")
    (problem,) = infer(network).problems
    assert (problem.severity, problem.layer, problem.code) == ("warning", "t", codes.ONNX)
    assert "'tanh'" in problem.message
    assert "It has no such operator." in problem.message
    # Of a layer that is not used nothing is exported.
    unused = added(tiny_network, Layer("t", "tanh", "Tanh"), Port("fc"))
    assert [p.code for p in infer(unused).problems] == [codes.UNUSED]


def test_one_value_has_no_mean_over_its_positions(tiny_network):
    """As torch has it: instance normalization refuses what has one position."""
    norm = Layer("n", "n", "InstanceNorm2d", {"num_features": 8})
    assert infer(between(tiny_network, norm, "pool")).problems == ()
    (problem,) = infer(between(tiny_network, norm, "flatten")).problems
    assert (problem.severity, problem.layer, problem.code) == ("error", "n", codes.SHAPE)


@pytest.mark.parametrize("value", [{1, 2}, 10**5000, float("nan"), object()], ids=type)
def test_settings_that_no_file_can_hold_are_a_problem_of_their_layer(tiny_network, value):
    layer = tiny_network["fc"]
    wrong = tiny_network.with_layers(replace(layer, settings={**layer.settings, "out_features": value}))
    assert [(p.layer, p.code) for p in infer(wrong).problems] == [("fc", codes.SETTINGS)]


def test_what_did_not_change_is_the_same_object_again(tiny_network):
    before = infer(tiny_network)
    layer = tiny_network["fc"]
    changed = replace(layer, settings={**layer.settings, "bias": not layer.settings.get("bias", True)})
    after = infer(tiny_network.with_layers(changed))
    other = [i for i in tiny_network.layers if after.layers[i] is not before.layers[i]]
    assert other == ["fc"]
    assert after.layers["fc"].shapes == before.layers["fc"].shapes
    assert after.layers["fc"].parameters != before.layers["fc"].parameters


def test_pictures_are_not_mixed_with_each_other(tiny_network):
    """(N, 8) + (N, 8, 1, 1) is (N, 8, N, 8) in torch: every picture with every other of its batch."""
    both = added(tiny_network, Layer("sum", "sum", "Add"), Port("flatten"), Port("pool"))
    network = both.with_inputs({"drop": (Port("sum"),)})
    found = build(network).run({Port("input"): torch.randn(3, 3, 16, 16)}, [Port("sum")])[0]
    assert found.shape == (3, 8, 3, 8)
    (problem,) = [p for p in infer(network).problems if p.severity == "error"]
    assert (problem.layer, problem.code) == ("sum", codes.MIXED)
    assert "8 from 'flatten', 8 × 1 × 1 from 'pool'" in problem.message
    # Where both have the same number of sizes, each picture keeps to itself.
    alike = both.with_inputs({"sum": (Port("pool"), Port("pool")), "flatten": (Port("sum"),)})
    assert not [p for p in infer(alike).problems if p.severity == "error"]
