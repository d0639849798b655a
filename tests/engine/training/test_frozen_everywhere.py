"""Frozen is frozen on every network of the catalog: every tensor's hash before and after an epoch.

`python tests/engine/training/test_frozen_everywhere.py [ID ...]` prints the table.
"""

from __future__ import annotations

import gc
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from designer.catalog.actions import freeze_backbone, replace_head
from designer.catalog.kinds import kind
from designer.catalog.models import MODELS
from designer.engine.building import build
from designer.engine.opening.capturing import record
from designer.engine.opening.pretrained import bare_module
from designer.engine.training import beginning, train
from designer.engine.weights import Weights
from designer.network.network import Network
from designer.progress import Silent
from designer.session.data import ImageData, Picture
from designer.session.options import TrainingOptions

CLASSES = ("cat", "dog")
SAMPLE = [
    "resnet18",
    "googlenet",
    "mobilenet_v3_small",
    "efficientnet_b0",
    "densenet121",
    "shufflenet_v2_x0_5",
    "squeezenet1_1",
]
FIXED = ("vit", "swin", "maxvit", "inception")
"""Families that take pictures of one size, or need large ones."""
OPTIONS = TrainingOptions(
    epochs=1,
    batch_size=2,
    optimizer="SGD",
    momentum=0.9,
    learning_rate=1e-2,
    # All that moves tensors without a gradient: decay of every parameter, statistics of each batch.
    weight_decay=0.1,
    spare_biases=False,
    schedule="constant",
    # A rate that makes fresh networks blow up is no part of this.
    clip_gradients=1.0,
    cache_features=False,
    keep="last",
    device="cpu",
    precision="full",
)


@dataclass(frozen=True)
class Line:
    """A line of the table: how many tensors there are, and those that did what they must not."""

    model: str
    pattern: str
    frozen: int
    moved: tuple[str, ...]
    learning: int
    stayed: tuple[str, ...]
    seconds: float


def side_of(model_id: str) -> int:
    return MODELS[model_id].input_size if model_id.startswith(FIXED) else 96


def network_of(model_id: str, pattern: str) -> Network:
    """The network with a new head: its backbone frozen, or every second layer with weights or noise."""
    side = side_of(model_id)
    opened = record(bare_module(MODELS[model_id]), (3, side, side), model_id, 0.3).network
    network = replace_head(opened, CLASSES).apply(opened)
    network = replace(network, preprocessing=replace(network.preprocessing, resize=side, crop=side))
    if pattern == "backbone":
        return freeze_backbone(network).apply(network)
    able = [
        layer
        for layer in network
        if kind(layer.kind).learnable or kind(layer.kind).category == "Regularization"
    ]
    # The last one is the head, which learns.
    chosen = able[-2::-2]
    return network.with_layers(*(replace(layer, frozen=True) for layer in chosen))


def pictures(folder: Path, side: int) -> ImageData:
    """Four pictures of noise: two batches."""
    generator = np.random.default_rng(0)
    found = []
    for number in range(4):
        path = folder / f"{number}.png"
        Image.fromarray(generator.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(path)
        found.append(Picture(path, number % 2))
    return ImageData(folder, CLASSES, tuple(found), (), (0, 1, 2, 3), (), 0.0, 0)


def tensors_of(part: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers, those that no state dict holds among them."""
    return {**dict(part.named_parameters()), **dict(part.named_buffers())}


def digest(tensor: Tensor) -> str:
    plain = tensor.detach().contiguous().view(-1).view(torch.uint8)
    return hashlib.sha256(plain.numpy()).hexdigest()


def line(model_id: str, pattern: str) -> Line:
    """Train for an epoch, and look at every tensor of the module itself."""
    began = time.monotonic()
    network = network_of(model_id, pattern)
    made = []
    before: dict[str, dict[str, str]] = {}

    def watched(*given, **named):
        module = build(*given, **named)
        randomise(module)
        before.update(
            {i: {n: digest(t) for n, t in tensors_of(p).items()} for i, p in module.layer_modules().items()}
        )
        made.append(module)
        return module

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(beginning, "build", watched)
        run = train(network, Weights(), pictures(Path(folder), side_of(model_id)), OPTIONS, Silent())
    assert run.stopped_because == "finished"
    moved, stayed, frozen, learning = [], [], 0, 0
    for layer in network:
        for name, tensor in tensors_of(made[0].layer_module(layer.id)).items():
            same = digest(tensor) == before[layer.id][name]
            # What does not learn by its kind (a table of positions, say) stays in every layer.
            learns = not layer.frozen and (isinstance(tensor, nn.Parameter) or "running" in name)
            frozen, learning = frozen + layer.frozen, learning + learns
            if same and learns:
                stayed.append(f"{layer.id}.{name}")
            if not same and layer.frozen:
                moved.append(f"{layer.id}.{name}")
    return Line(model_id, pattern, frozen, tuple(moved), learning, tuple(stayed), time.monotonic() - began)


@torch.no_grad()
def randomise(module: nn.Module) -> None:
    """No parameter begins at 0, where decay would not move it."""
    generator = torch.Generator().manual_seed(0)
    for parameter in module.parameters():
        if not bool(parameter.any()):
            parameter.uniform_(-0.01, 0.01, generator=generator)


@pytest.mark.parametrize("pattern", ["backbone", "every other"])
@pytest.mark.parametrize("model_id", SAMPLE)
def test_an_epoch_moves_what_learns_and_nothing_else(model_id, pattern):
    found = line(model_id, pattern)
    assert (found.moved, found.stayed) == ((), ())
    assert found.frozen >= 10
    assert found.learning >= 2


def test_the_table_would_see_statistics_that_move(monkeypatch):
    from designer.engine.module import NetworkModule

    monkeypatch.setattr(NetworkModule, "train", nn.Module.train)
    assert any(name.endswith("running_mean") for name in line("resnet18", "backbone").moved)


def table(models: list[str]) -> list[Line]:
    """A process for each network, so that memory is given back."""
    lines = []
    for model_id in models:
        done = subprocess.run(
            [sys.executable, __file__, "--json", model_id],
            capture_output=True,
            text=True,
            check=True,
            timeout=1800,
        )
        for value in json.loads(done.stdout.splitlines()[-1]):
            lines.append(Line(**{**value, "moved": tuple(value["moved"]), "stayed": tuple(value["stayed"])}))
            print(lines[-1], flush=True)
    return lines


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_an_epoch_on_every_network_moves_what_learns_and_nothing_else():
    lines = table(list(MODELS))
    assert len(lines) == 2 * 81
    assert [found for found in lines if found.moved or found.stayed] == []


if __name__ == "__main__":
    if sys.argv[1:2] == ["--json"]:
        both = []
        for chosen in ("backbone", "every other"):
            both.append(asdict(line(sys.argv[2], chosen)))
            gc.collect()
        print(json.dumps(both))
    else:
        table(sys.argv[1:] or list(MODELS))
