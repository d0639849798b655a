"""What the program knows of each layer kind without running it, against torch."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from designer.catalog.kinds import KINDS, kind
from designer.engine.building import build, layer_module, weights_of
from designer.engine.macs import macs
from designer.engine.opening import capture
from designer.engine.opening.leaves import kind_of, settings_of
from designer.engine.same_shape import keeps_shape
from designer.engine.shapes import infer
from designer.network.network import Layer, Network, Port

from .kind_cases import CASES, case, values

ALL = pytest.mark.parametrize("key", KINDS)
# Upsample takes other settings than torch's, an Embedding other values, and a Parameter is no module there.
OWN = {"Upsample", "Embedding", "Parameter"}
MODULE = [key for key, row in KINDS.items() if key not in OWN and (hasattr(nn, key) or "torch" in row.target)]


def network_of(key: str) -> Network:
    """The layer, each input fed by a picture that is reshaped to what it takes, and an output."""
    settings, inputs, _ = case(key)
    layers = {"input": Layer("input", "input", "Input", {"shape": [48, 60]})}
    ports: dict[str, tuple[Port, ...]] = {"input": ()}
    for number, shape in enumerate(inputs if key != "Input" else []):
        layer = f"source{number}"
        count = torch.Size(shape[1:]).numel()
        if KINDS[key].inputs == (2, 2) and key == "ExpandBatch" and number == 0:
            layers[layer] = Layer(layer, layer, "Parameter", {"shape": list(shape)})
            ports[layer] = ()
            continue
        layers["flat"] = Layer("flat", "flat", "Flatten", {})
        ports["flat"] = (Port("input"),)
        layers[f"cut{number}"] = Layer(f"cut{number}", f"cut{number}", "Slice", {"stop": count})
        ports[f"cut{number}"] = (Port("flat"),)
        layers[layer] = Layer(layer, layer, "Reshape", {"shape": [-1, *shape[1:]]})
        ports[layer] = (Port(f"cut{number}"),)
    if key != "Input":
        layers["x"] = Layer("x", "x", key, settings)
        ports["x"] = tuple(Port(f"source{n}") for n in range(len(inputs)))
    return Network("n", layers, ports)


@ALL
def test_shapes_are_inferred_as_torch_gives_them(key):
    _, inputs, outputs = case(key)
    facts = infer(network_of(key))
    assert [p for p in facts.problems if p.layer == "x" and p.severity == "error"] == []
    if key == "Input":
        return
    free = not inputs or key == "Positions"
    assert facts.layers["x"].shapes == tuple(shape if free else shape[1:] for shape in outputs)
    module = layer_module(Layer("x", "x", key, case(key)[0]))
    assert facts.layers["x"].parameters == sum(p.numel() for p in module.parameters())


# By hand: the multiplications of one of the two pictures of a case.
MACS = {
    "Conv2d": 4 * (4 * 6) * 8 * 3,
    "Conv1d": 4 * 8 * (8 // 4) * 3,
    # Each value of the input goes to every filter's window.
    "ConvTranspose2d": 8 * (6 * 6) * 4 * (3 * 2),
    "ConvTranspose1d": 8 * 10 * (6 // 2) * 4,
    "Linear": 10 * 8 * 3,
    "Bilinear": 5 * 8 * (3 + 1),
    "MatrixProduct": 10 * 8 * 3,
    # Four projections, and Q K and its product with V.
    "MultiheadAttention": 10 * 4 * 8 * 8 + 2 * 10 * 10 * 8,
    # 6 x 6 is padded to 8 x 8: four windows of 16 positions.
    "ShiftedWindowAttention": 64 * 4 * 8 * 8 + 4 * 2 * 16 * 16 * 8,
    "ShiftedWindowAttentionV2": 64 * 4 * 8 * 8 + 4 * 2 * 16 * 16 * 8,
    "RelativePositionalMultiHeadAttention": 5 * (9 * 4 * 8 * 8 + 2 * 9 * 9 * 8),
}


@ALL
def test_multiplications_are_those_counted_by_hand(key):
    settings, inputs, outputs = case(key)
    held = kind(key).complete(settings)
    assert macs(key, held, inputs, outputs[0]) == 2 * MACS.get(key, 0)


@pytest.mark.parametrize("key", ["Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d", "Linear"])
def test_multiplications_are_half_of_torchs_floating_point_operations(key):
    settings, inputs, outputs = case(key)
    module = layer_module(Layer("x", "x", key, settings | {"bias": False}))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(*(torch.randn(shape) for shape in inputs))
    assert counter.get_total_flops() == 2 * macs(key, kind(key).complete(settings), inputs, outputs[0])


NO_GRADIENT = {"Positions", "Embedding"}
"""Kinds whose output does not follow their input smoothly: they count, or look up."""


@ALL
def test_gradients_reach_the_inputs_and_all_parameters(key):
    settings, inputs, _ = case(key)
    module = layer_module(Layer("x", "x", key, settings)).train(KINDS[key].category != "Regularization")
    given = [values(key, shape).requires_grad_() for shape in inputs]
    found = module(*given)
    results = [found] if isinstance(found, torch.Tensor) else list(found)
    total = sum((y * torch.randn_like(y)).sum() for y in results)
    if not total.requires_grad:
        assert key in {"Positions", "Constant"}
        return
    total.backward()
    for tensor in [*([] if key in NO_GRADIENT else given), *module.parameters()]:
        if key == "ExpandBatch" and tensor is given[1]:
            continue
        assert tensor.grad is not None
        assert torch.isfinite(tensor.grad).all()
        assert tensor.grad.abs().sum() > 0


@ALL
def test_weights_survive_a_new_module(key):
    _, inputs, _ = case(key)
    network = network_of(key)
    module = build(replace(network, **with_output(network)), seed=1)
    weights = weights_of(module)
    again = build(module.network, weights, seed=2)
    assert {k: v.shape for k, v in again.state_dict().items()} == {
        k: v.shape for k, v in module.state_dict().items()
    }
    given = [values(key, shape) for shape in inputs]
    if key == "Input":
        return
    with torch.no_grad():
        one, two = (m.layer_module("x").eval()(*given) for m in (module, again))
    pairs = [(one, two)] if isinstance(one, torch.Tensor) else list(zip(one, two, strict=True))
    for a, b in pairs:
        assert torch.equal(a, b)


def with_output(network: Network) -> dict[str, object]:
    """The fields of a network with an output that nothing else feeds."""
    last = "x" if "x" in network and network["x"].kind != "Output" else "input"
    if last == "input" and "x" in network:
        return {}
    layers = {**network.layers, "output": Layer("output", "output", "Output", {})}
    return {"layers": layers, "inputs": {**network.inputs, "output": (Port(last),)}}


@pytest.mark.parametrize("key", [k for k in KINDS if k not in ("Input", "Output", "AuxiliaryOutput")])
@pytest.mark.filterwarnings("ignore:dropout2d")
def test_what_is_said_to_keep_its_shape_keeps_it(key):
    """And where the look at the table says nothing, torch is asked: so it may say False at any time."""
    settings = CASES.get(key, ({},))[0]
    held = kind(key).complete(settings)
    module = layer_module(Layer("x", "x", key, settings)).eval()
    said = 0
    for shape in [(2, 8), (2, 7), (2, 8, 10), (2, 8, 6, 6), (2, 5, 6, 6), (2, 8, 3, 4, 4)]:
        if kind(key).inputs[0] == 1 and keeps_shape(key, held, shape):
            said += 1
            assert tuple(module(torch.rand(shape)).shape) == shape
    assert said or key not in ("ReLU", "Dropout", "BatchNorm2d", "InstanceNorm1d", "InstanceNorm2d", "Scale")


@pytest.mark.parametrize("key", MODULE)
def test_a_module_of_torch_is_read_back_as_its_kind(key):
    settings, _, _ = case(key)
    row = kind(key)
    own = getattr(nn, key, None)
    module = layer_module(Layer("x", "x", key, settings)) if own is None else own(**row.complete(settings))
    assert kind_of(module) is row
    found = row.complete(settings_of(module, row))
    wanted = row.complete(settings)
    if key == "PReLU":
        wanted["init"] = found["init"]
    if "Pool" in key and "stride" in wanted:
        # Torch puts the window for None, in most of them.
        wanted["stride"] = wanted["stride"] or wanted["kernel_size"]
        found["stride"] = found["stride"] or found["kernel_size"]
    assert found == wanted


@pytest.mark.parametrize(
    ("module", "settings"),
    [
        (nn.RMSNorm(8), {"normalized_shape": [8]}),
        (
            nn.RMSNorm((4, 8), 1e-3, False),
            {"normalized_shape": [4, 8], "eps": 1e-3, "elementwise_affine": False},
        ),
        (nn.Upsample(scale_factor=3, mode="bilinear"), {"scale_factor": 3.0, "mode": "bilinear"}),
        (nn.Upsample((7, 5)), {"size": [7, 5]}),
        (
            nn.Upsample(scale_factor=2, mode="bicubic", align_corners=True),
            {"mode": "bicubic", "align_corners": True},
        ),
        (
            nn.ConvTranspose2d(4, 6, 3, bias=False),
            {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "bias": False},
        ),
        (
            nn.Conv1d(4, 6, 3, padding="same"),
            {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "padding": 1},
        ),
        (nn.MaxPool1d(3, 2), {"kernel_size": 3, "stride": 2}),
        (nn.ZeroPad2d((1, 2, 3, 4)), {"padding": [1, 2, 3, 4]}),
        (nn.Hardtanh(0.0, 6.0), {"min_val": 0.0, "max_val": 6.0}),
    ],
    ids=str,
)
def test_modules_of_torch_are_opened_with_their_settings(module, settings):
    row = kind_of(module)
    assert row is not None
    assert settings_of(module, row) == settings
    same = layer_module(Layer("x", "x", row.key, settings))
    assert {k: v.shape for k, v in same.state_dict().items()} == {
        k: v.shape for k, v in module.state_dict().items()
    }


def test_a_network_of_the_new_kinds_opens_and_computes_the_same():
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.ReflectionPad2d(1),
        nn.Conv2d(3, 8, 3),
        nn.InstanceNorm2d(8, affine=True, track_running_stats=True),
        nn.PReLU(8),
        nn.LocalResponseNorm(3),
        nn.PixelUnshuffle(2),
        nn.ConvTranspose2d(32, 8, 2, 2),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.Softsign(),
        nn.Flatten(2),
        nn.Conv1d(8, 6, 5, 2, groups=2),
        nn.GLU(1),
        nn.AdaptiveMaxPool1d(4),
        nn.RMSNorm(4),
        nn.Flatten(),
        nn.Linear(12, 5),
        nn.LogSoftmax(1),
    ).eval()
    opened = capture(module, (3, 8, 8), "mixed")
    kinds = [layer.kind for layer in opened.network]
    assert kinds[1:-1] == [type(part).__name__ for part in module]
    x = torch.randn(4, 3, 8, 8)
    with torch.no_grad():
        assert torch.equal(build(opened.network, opened.weights)(x), module(x))
    assert [p.message for p in infer(opened.network).problems if p.severity == "error"] == []


LEARNABLE = [
    *("PReLU", "InstanceNorm1d", "InstanceNorm2d", "BatchNorm1d", "BatchNorm2d", "RMSNorm", "Bilinear"),
    *("Conv1d", "ConvTranspose1d", "ConvTranspose2d", "Embedding", "Parameter", "GroupNorm"),
]


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("key", LEARNABLE)
def test_a_frozen_layer_stays_bit_for_bit_and_a_free_one_moves(key, frozen):
    settings = {**case(key)[0]}
    if key.startswith("InstanceNorm"):
        settings |= {"affine": True, "track_running_stats": True}
    network = network_of(key)
    network = network.with_layers(replace(network["x"], settings=settings, frozen=frozen))
    module = build(replace(network, **with_output(network)), seed=3).train()
    before = weights_of(module)
    learning = [p for p in module.parameters() if p.requires_grad] or [nn.Parameter(torch.zeros(1))]
    optimizer = torch.optim.SGD(learning, 0.1, momentum=0.9, weight_decay=0.1)
    for seed in range(3):
        x = torch.randint(0, 5, (4, 48, 60), generator=torch.Generator().manual_seed(seed)).float()
        found = module(x)
        optimizer.zero_grad()
        if found.requires_grad:
            found.square().mean().backward()
        optimizer.step()
    after = weights_of(module)
    for name, tensor in before["x"].items():
        # Instance normalization has a counter as batch normalization has, but does not count.
        if not (key.startswith("Instance") and name == "num_batches_tracked"):
            assert torch.equal(tensor, after["x"][name]) is frozen, name
    assert module.layer_module("x").training is not frozen


@pytest.mark.parametrize(
    ("key", "shape", "words"),
    [
        ("InstanceNorm1d", (8,), "expects channels × length but 'input' gives 8"),
        ("InstanceNorm2d", (8, 10), "expects channels × height × width but 'input' gives 8 × 10"),
        ("BatchNorm1d", (8, 6, 6), "a list of features, or channels × length but 'input' gives 8 × 6 × 6"),
        ("Dropout1d", (8,), "expects channels × length"),
        ("PixelShuffle", (8, 10), "expects channels × height × width"),
        ("MultiheadAttention", (8,), "expects tokens × features but 'input' gives 8"),
        ("Conv1d", (4, 20), "expects 8 channels but 'input' gives 4"),
        ("Conv1d", (8, 2), "window of layer 'x', 3, is larger than the 2 that 'input' gives"),
        ("ConvTranspose2d", (4, 6, 6), "expects 8 channels but 'input' gives 4"),
        ("Squeeze", (8, 3), "dimension -1 has size 3, not 1"),
    ],
)
def test_torch_is_not_let_to_take_the_batch_for_channels(key, shape, words):
    layers = {
        "input": Layer("input", "input", "Input", {"shape": list(shape)}),
        "x": Layer("x", "x", key, case(key)[0]),
    }
    ports = {"input": (), "x": (Port("input"),) * max(kind(key).inputs[0], 1)}
    (problem,) = [
        p for p in infer(Network("n", layers, ports)).problems if p.layer == "x" and p.severity == "error"
    ]
    assert words in problem.message


def test_numbers_outside_of_the_table_are_refused():
    module = layer_module(Layer("x", "x", "Embedding", {"num_embeddings": 5, "embedding_dim": 3}))
    assert torch.equal(module(torch.tensor([3.9999, 0.0])), module.weight[[4, 0]])
    with pytest.raises(IndexError):
        module(torch.tensor([5.0]))


def test_a_constant_holds_no_weights_and_moves_with_the_module():
    module = layer_module(Layer("x", "x", "Constant", {"shape": [2, 3], "value": 1.5}))
    assert module.state_dict() == {}
    assert torch.equal(module.double()(), torch.full((2, 3), 1.5, dtype=torch.float64))


SHAPES = [
    (8,),
    (4,),
    (8, 10),
    (4, 10),
    (10, 8),
    (8, 2),
    (8, 6, 6),
    (4, 6, 6),
    (8, 1, 1),
    (6, 6, 8),
    (5, 9, 8),
]


@pytest.mark.parametrize("key", [k for k in KINDS if KINDS[k].inputs != (0, 0) and k != "Embedding"])
@pytest.mark.filterwarnings("ignore:dropout2d")
def test_what_shape_inference_lets_through_runs_in_torch(key):
    """Tensors without values are looked at less strictly; what torch leaves out there is looked at by us."""
    settings = case(key)[0]
    module = layer_module(Layer("x", "x", key, settings)).eval()
    count = max(KINDS[key].inputs[0], 1)
    for shapes in itertools.product(SHAPES, repeat=2) if count == 2 else [(s,) * count for s in SHAPES]:
        layers = {f"i{n}": Layer(f"i{n}", f"i{n}", "Input", {"shape": list(s)}) for n, s in enumerate(shapes)}
        ports = dict.fromkeys(layers, ()) | {"x": tuple(Port(name) for name in layers)}
        layers["x"] = Layer("x", "x", key, settings)
        told = infer(Network("n", layers, ports)).layers["x"].shapes
        if told and key not in ("Output", "AuxiliaryOutput"):
            with torch.no_grad():
                for batch in (2, 3):
                    module(*(torch.rand(batch, *shape) for shape in shapes))
