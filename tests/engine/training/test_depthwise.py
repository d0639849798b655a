"""Gradients of depthwise convolutions in bfloat16: the same as in double precision, but for rounding."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from designer.engine.building import build, weights_of
from designer.engine.module import NetworkModule
from designer.engine.training import depthwise, train
from designer.engine.training.depthwise import quicken_depthwise
from designer.network.network import Layer, Network, Port
from designer.progress import Silent
from designer.session.options import TrainingOptions

CHANNELS = 6


def network_of(part: nn.Conv2d) -> NetworkModule:
    """A network of this layer alone."""
    layers = {i: Layer(i, i, kind) for i, kind in (("in", "Input"), ("conv", "Conv2d"), ("out", "Output"))}
    inputs = {"in": (), "conv": (Port("in"),), "out": (Port("conv"),)}
    modules = {"in": nn.Identity(), "conv": part, "out": nn.Identity()}
    return NetworkModule(Network("alone", layers, inputs), modules)


def made(side=5, stride=1, padding=2, bias=False, groups=CHANNELS, **values) -> nn.Conv2d:
    torch.manual_seed(3)
    return nn.Conv2d(CHANNELS, CHANNELS, side, stride, padding, bias=bias, groups=groups, **values)


def changed(part: nn.Conv2d) -> bool:
    quicken_depthwise(network_of(part))
    return "forward" in vars(part)


def rounded(value: torch.Tensor) -> torch.Tensor:
    return value.detach().bfloat16().double()


def run_mixed(part: nn.Conv2d, x: torch.Tensor, direction: torch.Tensor) -> torch.Tensor:
    """What it gives; gradients of the sum of that times `direction` are left behind."""
    with torch.autocast("cpu", torch.bfloat16):
        answer = part(x)
    assert answer.dtype == torch.bfloat16
    (answer * direction.bfloat16()).sum().backward()
    return answer.detach()


@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last], ids=["rows", "last"])
@pytest.mark.parametrize("size", [(12, 12), (11, 13), (5, 8)], ids=str)
@pytest.mark.parametrize(
    ("side", "stride", "padding"),
    [(3, 2, 0), (3, 2, 1), (5, 1, 0), (5, 1, 1), (5, 1, 2), (5, 1, 4), (5, 2, 0), (5, 2, 1), (5, 2, 2)],
)
def test_gradients_are_those_of_double_precision(side, stride, padding, size, order):
    part = made(side, stride, padding, bias=True).to(memory_format=order)
    assert changed(part)
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(4, CHANNELS, *size, generator=generator).to(memory_format=order).requires_grad_()

    exact_x = rounded(x).requires_grad_()
    weight, bias = (rounded(value).requires_grad_() for value in (part.weight, part.bias))
    exact = functional.conv2d(exact_x, weight, bias, stride, padding, groups=CHANNELS)
    direction = torch.randn(exact.shape, generator=generator).to(memory_format=order)
    (exact * rounded(direction)).sum().backward()

    answer = run_mixed(part, x, direction)
    torch.testing.assert_close(answer.double(), exact.detach(), rtol=0.02, atol=0.02)
    for found, right in ((x, exact_x), (part.weight, weight), (part.bias, bias)):
        assert found.grad.dtype == torch.float32
        # bfloat16 has eight digits: 0.4 % at most are lost at each rounding.
        assert (found.grad.double() - right.grad).norm() < 0.01 * right.grad.norm()


def test_pictures_by_portions_are_the_same(monkeypatch):
    part = made(3, 2, 1)
    assert changed(part)
    found = []
    for share in (depthwise._AT_ONCE, 2 * CHANNELS * 12 * 12 * 4, 1):
        monkeypatch.setattr(depthwise, "_AT_ONCE", share)
        x = torch.linspace(-1, 1, 5 * CHANNELS * 12 * 12).reshape(5, CHANNELS, 12, 12).requires_grad_()
        run_mixed(part, x, torch.linspace(-1, 2, 5 * CHANNELS * 6 * 6).reshape(5, CHANNELS, 6, 6))
        found.append(x.grad)
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


def test_in_full_precision_nothing_differs():
    part, plain = made(5, 2, 2), made(5, 2, 2)
    assert changed(part)
    x = torch.randn(2, CHANNELS, 9, 9)
    for conv in (part, plain):
        conv(x).square().sum().backward()
    assert torch.equal(part.weight.grad, plain.weight.grad)
    assert torch.equal(part(x), plain(x))
    assert torch.equal(part(x[0]), plain(x[0]))


def test_what_does_not_learn_has_no_gradient():
    part = made(5, 2, 2)
    assert changed(part)
    part.weight.requires_grad_(False)
    x = torch.randn(2, CHANNELS, 9, 9, requires_grad=True)
    run_mixed(part, x, torch.ones(2, CHANNELS, 5, 5))
    assert part.weight.grad is None
    assert x.grad.abs().sum() > 0
    part.weight.requires_grad_(True)
    run_mixed(part, x.detach(), torch.ones(2, CHANNELS, 5, 5))
    assert part.weight.grad.abs().sum() > 0


@pytest.mark.parametrize(
    "part",
    [
        made(3, 1, 1),
        made(7, 2, 3),
        made(5, 1, 2, groups=1),
        made(5, 1, 2, groups=3),
        made(5, 1, "same"),
        made(5, 1, 4, dilation=2),
        nn.Conv2d(CHANNELS, CHANNELS, (5, 3), groups=CHANNELS),
        made(5, (2, 1), 2),
        made(5, 1, (2, 1)),
        made(5, 3, 2),
        made(5, 1, 2, padding_mode="reflect"),
        nn.Conv2d(CHANNELS, 2 * CHANNELS, 5, groups=CHANNELS),
        nn.Conv2d(1, 1, 5),
    ],
    ids=str,
)
def test_other_convolutions_are_left_as_they_are(part):
    assert not changed(part)


@pytest.mark.parametrize(("precision", "used"), [("mixed", True), ("full", False)])
def test_training_in_mixed_precision_finds_gradients_so(tiny_network, pets, monkeypatch, precision, used):
    real, shapes = depthwise._of_weight, []

    def seen(gradient, x, weight, *more):
        shapes.append(tuple(weight.shape))
        return real(gradient, x, weight, *more)

    monkeypatch.setattr(depthwise, "_of_weight", seen)
    conv = tiny_network["block.conv"]
    changes = {"groups": 8, "kernel_size": 5, "padding": 2}
    network = tiny_network.with_layers(replace(conv, settings={**conv.settings, **changes}))
    options = TrainingOptions(epochs=1, batch_size=8, device="cpu", precision=precision)
    train(network, weights_of(build(network, seed=3)), pets, options, Silent())
    assert bool(shapes) == used


def test_a_copy_runs_with_its_own_weights():
    part = made(5, 1, 2)
    assert changed(part)
    other = copy.deepcopy(part)
    with torch.no_grad():
        other.weight.zero_()
    with torch.autocast("cpu", torch.bfloat16):
        assert other(torch.ones(1, CHANNELS, 6, 6)).abs().sum() == 0
        assert part(torch.ones(1, CHANNELS, 6, 6)).abs().sum() > 0
