"""Parameter groups, rates and precision."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from designer.engine.building import build
from designer.engine.training.optimizing import Precision, make_optimizer, parameter_groups, set_rate
from designer.errors import TrainingError
from designer.network.network import Layer, Port
from designer.session.options import TrainingOptions


def test_groups_by_factor_and_decay(tiny_network):
    network = tiny_network.with_layers(
        replace(tiny_network["fc"], weight_rate=10.0, bias_rate=20.0),
        replace(tiny_network["stem.conv"], frozen=True),
        replace(tiny_network["block.conv"], bias_rate=0.0),
    )
    module = build(network)
    found = {(g["factor"], g["weight_decay"]): g["params"] for g in parameter_groups(module, 0.01)}
    part = module.layer_module
    wanted = {
        (1.0, 0.0): [part("stem.bn").weight, part("stem.bn").bias],
        (1.0, 0.01): [part("block.conv").weight],
        (10.0, 0.01): [part("fc").weight],
        (20.0, 0.0): [part("fc").bias],
    }
    assert found.keys() == wanted.keys()
    for key, parameters in wanted.items():
        assert [id(p) for p in found[key]] == [id(p) for p in parameters]


def test_attention_has_biases_of_other_names(tiny_network):
    attention = Layer(
        "att", "att", "MultiheadAttention", {"embed_dim": 8, "num_heads": 2, "batch_first": True}
    )
    network = replace(
        tiny_network,
        layers={**tiny_network.layers, "att": attention},
        inputs={**tiny_network.inputs, "att": (Port("input"),) * 3},
    )
    module = build(network)
    groups = parameter_groups(module, 0.1)
    kept = {id(p) for g in groups if g["weight_decay"] == 0 for p in g["params"]}
    part = module.layer_module("att")
    assert {id(part.in_proj_bias), id(part.out_proj.bias)} <= kept
    assert id(part.in_proj_weight) not in kept


def test_the_rate_of_a_group_is_the_base_times_its_factor(tiny_network):
    network = tiny_network.with_layers(replace(tiny_network["fc"], weight_rate=10.0))
    optimizer = make_optimizer(
        build(network), TrainingOptions(optimizer="SGD", learning_rate=0.1, momentum=0.5)
    )
    assert isinstance(optimizer, torch.optim.SGD)
    assert {group["momentum"] for group in optimizer.param_groups} == {0.5}
    assert sorted({group["lr"] for group in optimizer.param_groups}) == [0.1, 1.0]
    set_rate(optimizer, 0.01)
    assert {group["lr"] / group["factor"] for group in optimizer.param_groups} == {0.01}


def test_nothing_to_train(tiny_network):
    everything = tiny_network.with_layers(*(replace(layer, frozen=True) for layer in tiny_network))
    still = tiny_network.with_layers(
        *(replace(layer, weight_rate=0.0, bias_rate=0.0) for layer in tiny_network)
    )
    for network in (everything, still):
        with pytest.raises(TrainingError, match="nothing to train"):
            make_optimizer(build(network), TrainingOptions())


def test_precision_on_the_cpu():
    assert Precision("auto", "cpu").dtype is None
    assert Precision("full", "cpu").dtype is None
    mixed = Precision("mixed", "cpu")
    with mixed.autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.bfloat16
    with pytest.raises(TrainingError, match="auto, full, mixed"):
        Precision("double", "cpu")
    with pytest.raises(TrainingError, match="Apple"):
        Precision("mixed", "mps")


@pytest.mark.parametrize(("has_bfloat16", "dtype"), [(True, torch.bfloat16), (False, torch.float16)])
def test_precision_on_cuda_goes_by_what_the_card_has(monkeypatch, has_bfloat16, dtype):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: has_bfloat16)
    monkeypatch.setattr(torch.amp, "GradScaler", lambda device, enabled: (device, enabled))
    assert Precision("auto", "cuda").dtype is dtype
    assert Precision("mixed", "cuda").dtype is dtype
    assert Precision("full", "cuda").dtype is None


def test_a_step_is_plain_descent():
    weight = nn.Parameter(torch.tensor([2.0]))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    precision = Precision("auto", "cpu")
    for _ in range(2):
        precision.backward((weight**2).sum())
        precision.step(optimizer)
    assert weight.item() == pytest.approx(2 * 0.8 * 0.8)
