"""Exported files against torchvision's own modules, both given the same photographs.

The judge is worked out here: pictures are read with Pillow and numpy, the file runs in onnxruntime,
and what it must say comes from the module that torchvision makes, not from ours.
"""

import gc
import time
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
import torchvision
from PIL import Image
from torch import nn
from torchvision.models import convnext, densenet, maxvit, resnet, swin_transformer, vision_transformer

from designer.engine.export import child, export_onnx, exporting
from designer.engine.opening import capture
from designer.network.preprocessing import Preprocessing
from designer.progress import Silent
from designer.session.options import ExportOptions

MEAN, STD = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
NAMES = torchvision.models.list_models(module=torchvision.models)


def original(name):
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return torchvision.models.get_model(name, weights=None, **options)


def small_swin(version):
    block = swin_transformer.SwinTransformerBlockV2 if version == 2 else None
    merge = swin_transformer.PatchMergingV2 if version == 2 else swin_transformer.PatchMerging
    return swin_transformer.SwinTransformer(
        [4, 4], 24, [2, 2], [2, 4], [4, 4], num_classes=20, block=block, downsample_layer=merge
    )


def small_maxvit():
    return maxvit.MaxVit((64, 64), 16, 4, [16, 32], [1, 1], 8, 0.0, num_classes=20)


def small_convnext():
    blocks = [convnext.CNBlockConfig(16, 32, 2), convnext.CNBlockConfig(32, None, 2)]
    return convnext.ConvNeXt(blocks, num_classes=20)


SMALL = {
    "convnext": (small_convnext, 64),
    "densenet": (lambda: densenet.DenseNet(8, (2, 2, 2), 16, num_classes=20), 64),
    "maxvit": (small_maxvit, 64),
    "swin": (lambda: small_swin(1), 64),
    "swin_v2": (lambda: small_swin(2), 64),
    "vit": (lambda: vision_transformer.VisionTransformer(64, 16, 2, 4, 32, 64, num_classes=20), 64),
    **{
        name: ((lambda name=name: original(name)), 64)
        for name in (
            "efficientnet_b0",
            "googlenet",
            "mobilenet_v3_small",
            "regnet_y_400mf",
            "resnet18",
            "shufflenet_v2_x0_5",
            "squeezenet1_1",
        )
    },
}


def read(paths, side, mean=MEAN, std=STD):
    """Photographs as (N, 3, side, side): short side to `side`, centre, scaled, normalized."""
    pictures = []
    for path in paths:
        image = Image.open(path)
        width = int(side * image.width / image.height)
        image = image.resize((width, side), Image.Resampling.BILINEAR)
        left = round((width - side) / 2)
        pictures.append(np.asarray(image.crop((left, 0, left + side, side)), np.float32).transpose(2, 0, 1))
    mean, std = (np.array(values, np.float32).reshape(3, 1, 1) for values in (mean, std))
    return (np.stack(pictures) / 255 - mean) / std


def settle(module, pictures):
    """Give a network with random weights activations of sensible size, and answers that vary.

    Untrained networks of torchvision answer 1e-14 or 1e+12 for any picture, or nothing but 0.
    """
    norms = [m for m in module.modules() if isinstance(m, nn.BatchNorm2d)]
    linear = [m for m in module.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    nn.init.normal_(linear[-1].weight, std=0.05)
    for block in (m for m in module.modules() if isinstance(m, resnet.Bottleneck)):
        # As training leaves it: what 50 blocks add in full, one upon the other, magnifies rounding to 1e-4.
        nn.init.constant_(block.bn3.weight, 0.5)
    for norm in norms:
        norm.momentum = 1.0
    module.eval()
    for norm in norms:
        norm.train()
    with torch.no_grad():
        module(torch.from_numpy(pictures))
    for norm in norms:
        norm.momentum = 0.1
    return module.eval()


def prove(module, side, paths, folder, name, options=None):
    """Export, and compare the file with `module` here. Returns the result and the difference found."""
    pictures = read(paths, side)
    settle(module, pictures[:4])
    opened = capture(module, (3, side, side), name)
    network = replace(opened.network, preprocessing=Preprocessing(side, side))
    path = folder / f"{name}.onnx"
    made = export_onnx(network, opened.weights, path, options or ExportOptions(), paths, Silent())
    with torch.no_grad():
        wanted = module(torch.from_numpy(pictures)).numpy()
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = [session.run(None, {"pictures": rows})[0] for rows in (pictures[:1], pictures[1:3], pictures[3:])]
    assert [len(rows) for rows in found] == [1, 2, len(paths) - 3]
    found = np.concatenate(found)
    assert np.ptp(wanted, axis=0).max() > 1e-3 * np.abs(wanted).max(), "the answers hardly vary"
    scale = np.abs(wanted).max()
    difference = np.abs(found - wanted).max() / scale
    if difference >= 1e-4:
        # Untrained networks of 150 layers magnify rounding: torch itself is as far from the exact answer.
        with torch.no_grad():
            exact = module.double()(torch.from_numpy(pictures).double()).numpy()
        rounding = np.abs(wanted - exact).max() / scale
        assert difference < 3 * rounding, f"{difference:.1e} is more than rounding, {rounding:.1e}"
        assert np.abs(found - exact).max() / scale < 3 * rounding
    np.testing.assert_array_equal(found.argmax(1), wanted.argmax(1))
    assert made.parity.images == len(paths)
    assert made.parity.top1_agreement == 1.0
    return made, difference


@pytest.mark.usefixtures("same_process")
@pytest.mark.parametrize("name", SMALL)
def test_a_file_agrees_with_torchvision(name, photographs, tmp_path):
    make, side = SMALL[name]
    torch.manual_seed(1)
    made, _ = prove(make(), side, photographs, tmp_path, name)
    assert made.exporter == "torchscript"


@pytest.mark.usefixtures("same_process")
def test_the_newer_exporter_agrees_too(photographs, tmp_path):
    make, side = SMALL["vit"]
    torch.manual_seed(1)
    made, _ = prove(make(), side, photographs, tmp_path, "vit", ExportOptions(opset=22))
    assert (made.exporter, made.opset) == ("dynamo", 22)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_all_networks_of_torchvision(name, photographs, tmp_path, capsys, monkeypatch):
    torch.manual_seed(1)
    side = 299 if name == "inception_v3" else 224
    module = original(name)
    # Large ones go the real way: a process of its own gives all its memory back.
    if sum(p.numel() for p in module.parameters()) < 80e6:
        monkeypatch.setattr(exporting, "run_child", child.run)
    start = time.perf_counter()
    made, difference = prove(module, side, photographs, tmp_path, name)
    seconds = time.perf_counter() - start
    onnx.checker.check_model(str(made.path))
    with capsys.disabled():
        print(
            f"\n{name:22} {made.exporter:11} opset {made.opset} {seconds * 1000:8.0f} ms "
            f"{made.bytes / 1e6:8.1f} MB {difference:.1e}"
        )
    del module
    gc.collect()
