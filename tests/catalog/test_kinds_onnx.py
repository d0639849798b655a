"""Every layer kind as ONNX: a file of opset 17 that agrees with torch in onnxruntime, or a reason why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from designer.catalog.kinds import KINDS
from designer.catalog.library import ENTRIES
from designer.engine.building import build, layer_module
from designer.engine.export import exporters
from designer.network.edits import AddLayer
from designer.network.network import Layer, Port

from .kind_cases import case, values
from .placing import placed

OPSET = 17


class Fed(nn.Module):
    """The layer, fed by one tensor: its input, or all its inputs one after the other, flat."""

    def __init__(self, module: nn.Module, shapes: list[tuple[int, ...]]) -> None:
        super().__init__()
        self.module, self.shapes = module, shapes

    def forward(self, x: Tensor) -> Tensor:
        given, start = [], 0
        if len(self.shapes) == 1:
            given = [x]
        for shape in self.shapes if not given else []:
            count = torch.Size(shape[1:]).numel()
            given.append(x[:, start : start + count].reshape(-1, *shape[1:]))
            start += count
        found = self.module(*given)
        parts = [found] if isinstance(found, Tensor) else list(found)
        # What has no batch goes into the answer of every picture.
        whole = [part if self.shapes and part.shape[0] == x.shape[0] else part[None] for part in parts]
        return sum(part.flatten(1) + 0 * x.flatten(1)[:, :1] for part in whole)


def check(key: str, settings: dict[str, object], inputs: list[tuple[int, ...]], path: Path) -> None:
    """Export with the exporter that writes opset 17, and compare at two batch sizes."""
    torch.manual_seed(0)
    module = Fed(layer_module(Layer("x", "x", key, settings)), inputs).eval()

    def pictures(batch: int) -> Tensor:
        parts = [values(key, (batch, *shape[1:])) for shape in inputs]
        if len(parts) == 1:
            return parts[0]
        parts = [part.flatten(1) for part in parts]
        return torch.cat(parts, 1) if parts else torch.randn(batch, 1)

    exporters.EXPORTERS[0].export(module, pictures(2), path, OPSET, False)
    onnx.checker.check_model(str(path))
    assert onnx.load(path).opset_import[0].version == OPSET
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for batch in (2, 5):
        x = pictures(batch)
        with torch.no_grad():
            wanted = module(x).numpy()
        (found,) = session.run(None, {"pictures": x.numpy()})
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("key", KINDS)
def test_a_layer_is_the_same_in_onnxruntime(key, tmp_path):
    settings, inputs, _ = case(key)
    # A kind that ONNX could not hold at all would say why, and be tried here to fail.
    assert KINDS[key].onnx == ""
    check(key, settings, inputs, tmp_path / "layer.onnx")


ODD, LINE = (2, 8, 7, 9), (2, 8, 11)
OTHERS = [
    ("AdaptiveAvgPool2d", {"output_size": 1}, ODD),
    ("AdaptiveAvgPool2d", {"output_size": [5, 12]}, ODD),
    ("AdaptiveAvgPool1d", {"output_size": 4}, LINE),
    ("AdaptiveMaxPool2d", {"output_size": [5, 4]}, ODD),
    ("AdaptiveMaxPool1d", {"output_size": 4}, LINE),
    ("Upsample", {}, ODD),
    ("Upsample", {}, LINE),
    ("Upsample", {"scale_factor": 1.7}, ODD),
    ("Upsample", {"mode": "linear", "scale_factor": 3.0}, LINE),
    ("Upsample", {"mode": "bilinear", "align_corners": True}, ODD),
    ("Upsample", {"mode": "bilinear", "size": [5, 20]}, ODD),
    ("Upsample", {"mode": "bicubic"}, ODD),
    ("Upsample", {"mode": "bicubic", "size": 16, "align_corners": True}, ODD),
    *(
        (
            "Conv2d",
            {"in_channels": 8, "out_channels": 4, "kernel_size": 3, "padding": [1, 2], "padding_mode": m},
            ODD,
        )
        for m in ("reflect", "replicate", "circular")
    ),
    (
        "Conv1d",
        {"in_channels": 8, "out_channels": 4, "kernel_size": 3, "padding": 2, "padding_mode": "circular"},
        LINE,
    ),
    ("Conv1d", {"in_channels": 8, "out_channels": 8, "kernel_size": 3, "groups": 8, "dilation": 2}, LINE),
    (
        "ConvTranspose2d",
        {"in_channels": 8, "out_channels": 6, "kernel_size": 3, "groups": 2, "dilation": 2},
        ODD,
    ),
    ("MaxPool2d", {"kernel_size": 2, "ceil_mode": True}, ODD),
    ("MaxPool2d", {"kernel_size": 2, "dilation": 2, "stride": 1}, ODD),
    ("MaxPool1d", {"kernel_size": 3, "ceil_mode": True}, LINE),
    ("AvgPool2d", {"kernel_size": 3, "padding": 1, "count_include_pad": False}, ODD),
    ("AvgPool2d", {"kernel_size": 2, "ceil_mode": True}, ODD),
    ("AvgPool2d", {"kernel_size": 3, "padding": 1, "ceil_mode": True}, ODD),
    ("AvgPool1d", {"kernel_size": 3, "ceil_mode": True}, LINE),
    ("LPPool2d", {"norm_type": 2.0, "kernel_size": 2, "stride": 1, "ceil_mode": True}, ODD),
    ("BatchNorm1d", {"num_features": 8}, LINE),
    ("BatchNorm2d", {"num_features": 8, "affine": False}, ODD),
    ("InstanceNorm2d", {"num_features": 8}, ODD),
    ("InstanceNorm2d", {"num_features": 8, "affine": True}, ODD),
    ("InstanceNorm1d", {"num_features": 8, "track_running_stats": True}, LINE),
    ("LayerNorm", {"normalized_shape": [7, 9], "bias": False}, ODD),
    ("LayerNorm", {"normalized_shape": [9], "elementwise_affine": False}, ODD),
    ("RMSNorm", {"normalized_shape": [9], "elementwise_affine": False, "eps": 1e-3}, ODD),
    ("GroupNorm", {"num_groups": 8, "num_channels": 8, "affine": False}, LINE),
    ("LocalResponseNorm", {"size": 4, "alpha": 0.5, "k": 2.0}, ODD),
    ("LocalResponseNorm", {"size": 3}, LINE),
    ("Normalize", {"p": 1.0, "dim": -1}, ODD),
    ("GELU", {"approximate": "tanh"}, ODD),
    ("Softplus", {"beta": 2.0, "threshold": 1.0}, ODD),
    ("ELU", {"alpha": 0.3}, ODD),
    ("CELU", {"alpha": 0.3}, ODD),
    ("Hardtanh", {"min_val": -0.3, "max_val": 0.5}, ODD),
    ("PReLU", {"num_parameters": 1}, LINE),
    ("GLU", {"dim": 1}, LINE),
    ("Threshold", {"threshold": 0.0, "value": 0.0}, LINE),
    ("Power", {"exponent": 0.5}, LINE),
    ("Pad", {"pad": [-1, 2, 3, 0], "value": 1.0}, ODD),
    ("ZeroPad2d", {"padding": [-1, 2, -2, 1]}, ODD),
    ("CircularPad2d", {"padding": [1, 2, 3, 0]}, ODD),
    ("Slice", {"dim": -1, "start": -4, "stop": -1}, ODD),
    ("Select", {"dim": 2, "index": -2}, ODD),
    ("Mean", {"dims": [1, 3], "keepdim": True}, ODD),
    ("Max", {"dims": [1]}, ODD),
    ("Unflatten", {"dim": 1, "unflattened_size": [4, 2]}, LINE),
    ("ChannelShuffle", {"groups": 2}, LINE),
    ("PixelShuffle", {"upscale_factor": 1}, ODD),
]


@pytest.mark.parametrize(("key", "settings", "shape"), OTHERS, ids=lambda part: str(part))
def test_other_settings_are_the_same_too(key, settings, shape, tmp_path):
    check(key, settings, [shape], tmp_path / "layer.onnx")


BLOCKS = [key for key in ENTRIES if key not in KINDS]
OF_TOKENS = [
    *("transformer_encoder", "perceptron", "class_token", "position_vectors", "position_table"),
    *("linear_head", "gap_dense_head", "flatten_dense_head"),
]


@pytest.mark.parametrize(
    ("key", "shape"), [*((k, (16, 8, 10)) for k in BLOCKS), *((k, (12, 48)) for k in OF_TOKENS)], ids=str
)
def test_a_block_is_the_same_too(key, shape, tmp_path):
    network, end = placed(key, shape)
    output = Layer("output", "output", "Output", {})
    module = build(AddLayer(output, (Port(end),)).apply(network), seed=1)
    path = tmp_path / "block.onnx"
    exporters.EXPORTERS[0].export(module, torch.randn(2, *shape), path, OPSET, False)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    x = torch.randn(5, *shape)
    with torch.no_grad():
        wanted = module(x).numpy()
    np.testing.assert_allclose(session.run(None, {"pictures": x.numpy()})[0], wanted, rtol=1e-4, atol=1e-5)
