"""Functions of torch that become layers: what is opened computes the same, with the layers one expects."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from designer.engine.building import build
from designer.engine.opening import capture
from designer.errors import OpeningError

FUNCTIONS = [
    (functional.selu, "SELU", {}),
    (lambda x: functional.celu(x, 0.5), "CELU", {"alpha": 0.5}),
    (functional.logsigmoid, "LogSigmoid", {}),
    (lambda x: functional.softplus(x, 2, 5), "Softplus", {"beta": 2.0, "threshold": 5.0}),
    (functional.softsign, "Softsign", {}),
    (functional.tanhshrink, "Tanhshrink", {}),
    (lambda x: functional.hardshrink(x, 0.2), "Hardshrink", {"lambd": 0.2}),
    (functional.softshrink, "Softshrink", {}),
    (lambda x: functional.hardtanh(x, -0.5, 0.25), "Hardtanh", {"min_val": -0.5, "max_val": 0.25}),
    (lambda x: functional.threshold(x, 0.1, -3), "Threshold", {"threshold": 0.1, "value": -3.0}),
    (lambda x: x.clamp(-0.5, 1), "Hardtanh", {"min_val": -0.5}),
    (lambda x: torch.clamp(x, min=0, max=6), "Hardtanh", {"min_val": 0.0, "max_val": 6.0}),
    (lambda x: x.abs(), "Absolute", {}),
    (torch.exp, "Exponential", {}),
    (lambda x: torch.log(x.abs()), "Logarithm", {}),
    (lambda x: x.abs().sqrt(), "Power", {"exponent": 0.5}),
    (lambda x: x.square(), "Power", {}),
    (lambda x: functional.log_softmax(x, -1), "LogSoftmax", {"dim": 3}),
    (lambda x: x.log_softmax(1), "LogSoftmax", {}),
    (lambda x: functional.softmin(x, 1), "Softmin", {}),
    (functional.glu, "GLU", {"dim": 3}),
    (lambda x: x.amax((2, 3)), "Max", {"dims": [2, 3]}),
    (lambda x: torch.maximum(x, x * 2), "Maximum", {}),
    (lambda x: torch.minimum(x, x * 2), "Minimum", {}),
    (functional.normalize, "Normalize", {}),
    (lambda x: functional.normalize(x, p=1, dim=-1), "Normalize", {"p": 1.0, "dim": 3}),
    (lambda x: functional.interpolate(x, scale_factor=2), "Upsample", {}),
    (
        lambda x: functional.interpolate(x, (5, 7), mode="bilinear"),
        "Upsample",
        {"size": [5, 7], "mode": "bilinear"},
    ),
    (
        lambda x: functional.interpolate(x, scale_factor=3, mode="bicubic", align_corners=True),
        "Upsample",
        {"scale_factor": 3.0, "mode": "bicubic", "align_corners": True},
    ),
    (lambda x: functional.pixel_shuffle(x, 2), "PixelShuffle", {"upscale_factor": 2}),
    (lambda x: functional.pixel_unshuffle(x, 2), "PixelUnshuffle", {"downscale_factor": 2}),
]


class Net(nn.Module):
    def __init__(self, function) -> None:
        super().__init__()
        self.conv, self.function = nn.Conv2d(3, 8, 1), function

    def forward(self, x):
        return self.function(self.conv(x))


@pytest.mark.parametrize(
    ("function", "kind", "settings"), FUNCTIONS, ids=[f"{n}-{k}" for n, (_, k, _) in enumerate(FUNCTIONS)]
)
def test_a_function_becomes_a_layer_that_computes_the_same(function, kind, settings):
    torch.manual_seed(0)
    module = Net(function).eval()
    opened = capture(module, (3, 6, 8), "net")
    (layer,) = opened.network.of_kind(kind)
    assert dict(layer.settings) == settings
    x = torch.randn(4, 3, 6, 8)
    with torch.no_grad():
        assert torch.equal(build(opened.network, opened.weights)(x), module(x))


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x.clamp(min=0.5), "two fixed ends"),
        (lambda x: functional.interpolate(x, scale_factor=(2, 3)), "differs from side to side"),
        (lambda x: functional.interpolate(x, scale_factor=2, mode="area"), "another way"),
        (lambda x: functional.normalize(x, dim=0), "pictures of a batch together"),
        (lambda x: functional.log_softmax(x, 0), "pictures of a batch together"),
        (lambda x: functional.log_softmax(x, 1, dtype=torch.float64), "type of the numbers"),
        (lambda x: functional.threshold(x, 0.1, -3) + x.amax(0), "pictures of a batch together"),
    ],
)
def test_what_no_layer_stands_for_is_refused(function, words):
    with pytest.raises(OpeningError, match=words):
        capture(Net(function), (3, 6, 8), "net")
