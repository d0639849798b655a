"""Every network of torchvision, opened as a document and built again, computes what the original does.

`python tests/engine/opening/test_fidelity.py [ID ...]` prints the table.
"""

from __future__ import annotations

import gc
import importlib
import json
import math
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import safetensors.torch
import torch
import torchvision
from torch import nn

from designer.catalog.kinds import KINDS
from designer.catalog.models import MODELS, PretrainedModel
from designer.engine.building import build
from designer.engine.opening import open_model
from designer.engine.opening.capturing import Opened, capture, record, skeleton
from designer.engine.opening.pretrained import bare_module, fresh_module
from designer.engine.weights import Weights
from designer.network.file import network_from_json, network_to_json
from designer.progress import Silent

TORCHVISION = [row for row in MODELS if not MODELS[row].bundled]
SAMPLE = [
    "resnet18",
    "googlenet",
    "inception_v3",
    "densenet121",
    "squeezenet1_0",
    "mobilenet_v3_small",
    "shufflenet_v2_x0_5",
    "swin_v2_t",
    "vit_b_32",
    "maxvit_t",
    "convnext_tiny",
    "efficientnet_b0",
]
ATTENTION_RATES = ("dropout", "attention_dropout")


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    model: str
    layers: int
    parameters: int
    json_kb: float
    capture_ms: float
    build_ms: float
    eval_diff: float
    gradient_diff: float


def original(row: PretrainedModel, size: int) -> nn.Module:
    """The network as torchvision makes it, with no value left at 0 or 1."""
    arguments = dict(row.arguments)
    if row.id.startswith("vit_"):
        arguments["image_size"] = size
    package, name = row.builder.rsplit(".", 1)
    torch.manual_seed(1)
    module = getattr(importlib.import_module(package), name)(**arguments)
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            if tensor.is_floating_point() and tensor.numel() < 100_000:
                tensor.add_(torch.rand_like(tensor) * 0.02)
    return module


def small_size(row: PretrainedModel) -> int:
    """A side of pictures that the network takes and that costs little."""
    if row.id.startswith("vit_"):
        return 2 * int(row.id.rsplit("_", 1)[1])
    return {"maxvit_t": 224, "inception_v3": 299}.get(row.id, 64)


def without_chance(module: nn.Module) -> nn.Module:
    """Set every rate of dropout and stochastic depth to 0."""
    for part in module.modules():
        if isinstance(part, nn.Dropout | torchvision.ops.StochasticDepth):
            part.p = 0.0
        for name in ATTENTION_RATES:
            if isinstance(getattr(part, name, None), float):
                setattr(part, name, 0.0)
    return module


def through_files(opened: Opened) -> Opened:
    """The network through JSON text, the weights through a safetensors file."""
    network = network_from_json(json.loads(json.dumps(network_to_json(opened.network))))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "weights.safetensors"
        safetensors.torch.save_file(opened.weights.flat(), file)
        flat = safetensors.torch.load_file(file)
    layers = {i: {n: flat.pop(f"{i}.{n}") for n in opened.weights[i]} for i in opened.weights}
    assert not flat
    return Opened(network, Weights(layers))


def gradients(module: nn.Module, x: torch.Tensor, names: dict[str, str]) -> dict[str, torch.Tensor]:
    """Gradients in training mode of a loss that weighs all outputs, by the original's names."""
    without_chance(module.train())
    x = x.clone().requires_grad_()
    found = module(x)
    outputs = found if isinstance(found, tuple) else (found,)
    generator = torch.Generator().manual_seed(3)
    sum((y * torch.randn(y.shape, generator=generator)).sum() for y in outputs).backward()
    values = {names.get(n, n): p.grad for n, p in module.named_parameters()}
    return {**values, "": x.grad, **{f"output{n}": y.detach() for n, y in enumerate(outputs)}}


def difference(first: torch.Tensor | None, second: torch.Tensor | None) -> float:
    """0.0 when both are the same bit by bit, else the greatest difference, or infinity."""
    if first is None or second is None:
        return 0.0 if first is second else math.inf
    if torch.equal(first, second):
        return 0.0
    return float((first - second).abs().max()) if first.shape == second.shape else math.inf


def measure(model_id: str) -> Line:
    """Open, write, read, build and compare one network."""
    row = MODELS[model_id]
    size = small_size(row)
    module = original(row, size)
    started = time.perf_counter()
    captured = record(skeleton(module), (3, size, size), row.id, 0.3)
    capture_ms = 1000 * (time.perf_counter() - started)
    state = module.state_dict()
    layers = {i: {own: state[key] for own, key in names.items()} for i, names in captured.tensors.items()}
    again = through_files(Opened(captured.network, Weights(layers)))
    assert again.network == captured.network
    started = time.perf_counter()
    built = build(again.network, again.weights)
    build_ms = 1000 * (time.perf_counter() - started)
    del again
    gc.collect()
    x = torch.randn(3, 3, size, size, generator=torch.Generator().manual_seed(2))
    module.eval()
    with torch.no_grad():
        wanted = [module(x), module(x[:1])]
        assert all(y.isfinite().all() for y in wanted)
        eval_diff = max(difference(a, built(b)) for a, b in zip(wanted, (x, x[:1]), strict=True))
    names = {f"{i}.{own}": key for i, part in captured.tensors.items() for own, key in part.items()}
    theirs, ours = gradients(module, x, {}), gradients(built, x, names)
    assert set(theirs) == set(ours)
    gradient_diff = max(difference(theirs[n], ours[n]) for n in theirs)
    buffers = {names[n]: b for n, b in built.named_buffers()}
    moved = max((difference(b, buffers[n]) for n, b in module.named_buffers() if n in state), default=0.0)
    text = json.dumps(network_to_json(captured.network))
    count = sum(p.numel() for p in module.parameters())
    return Line(
        model_id,
        len(captured.network),
        count,
        len(text) / 1000,
        capture_ms,
        build_ms,
        eval_diff,
        max(gradient_diff, moved),
    )


def table(model_ids: list[str]) -> list[Line]:
    """Measure and print, one line each."""
    print("| " + " | ".join(f.name for f in fields(Line)) + " |", flush=True)
    print("|" + " --- |" * len(fields(Line)), flush=True)
    lines = []
    for model_id in model_ids:
        line = measure(model_id)
        values = [getattr(line, f.name) for f in fields(Line)]
        print(
            "| " + " | ".join(f"{v:.4g}" if isinstance(v, float) else f"{v}" for v in values) + " |",
            flush=True,
        )
        lines.append(line)
        gc.collect()
    return lines


@pytest.mark.parametrize("model_id", SAMPLE)
def test_a_network_computes_what_the_original_does(model_id):
    line = measure(model_id)
    assert line.eval_diff == 0.0
    assert line.gradient_diff == 0.0


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_all_networks_compute_what_the_originals_do():
    lines = table(TORCHVISION)
    assert len(lines) == 80
    assert [line.model for line in lines if line.eval_diff or line.gradient_diff] == []


@pytest.mark.parametrize("model_id", SAMPLE)
def test_there_is_no_arithmetic_with_shapes_and_the_batch_is_free(model_id):
    row = MODELS[model_id]
    module = bare_module(row)
    keys = set(module.state_dict())
    network = record(module, (3, row.input_size, row.input_size), row.id, 0.3).network
    for layer in network:
        # Raises for a kind or setting that the table lacks.
        assert set(layer.settings) <= set(KINDS[layer.kind].complete(layer.settings))
        if layer.kind == "Reshape":
            assert layer.settings["shape"].count(-1) == 1
        assert all(port is not None for port in network.inputs[layer.id])
    # State-dict keys are torchvision's own, but for bare parameters.
    with torch.device("meta"):
        found = set(build(network).state_dict())
    bare = {layer.id for layer in network.of_kind("Parameter")}
    assert {k for k in found if k.removesuffix(".value") not in bare} == keys - bare


@pytest.mark.parametrize("model_id", ["shufflenet_v2_x0_5", "swin_t", "vit_b_32", "squeezenet1_1"])
def test_a_network_of_the_catalog_is_the_original_at_its_own_size(model_id):
    row = MODELS[model_id]
    opened = open_model(model_id, "none", 4, Silent())
    module = fresh_module(row, 4).eval()
    built = build(opened.network, opened.weights)
    x = torch.randn(3, 3, row.input_size, row.input_size)
    with torch.no_grad():
        assert torch.equal(built(x), module(x))
        assert torch.equal(built(x[:1]), module(x[:1]))


CODE = """
import json, sys
from pathlib import Path
import safetensors.torch, torch
from designer.engine.building import build
from designer.engine.weights import Weights
from designer.network.file import network_from_json
folder = Path(sys.argv[1])
network = network_from_json(json.loads((folder / "network.json").read_text()))
held = safetensors.torch.load_file(folder / "values.safetensors")
x, wanted = held.pop("x"), held.pop("y")
layers = {}
for name, tensor in held.items():
    layer_id, _, own = name.partition("|")
    layers.setdefault(layer_id, {})[own] = tensor
with torch.no_grad():
    print(torch.equal(build(network, Weights(layers))(x), wanted))
"""


def test_a_network_is_the_same_in_a_fresh_process(tmp_path):
    row = MODELS["shufflenet_v2_x0_5"]
    module = original(row, 64).eval()
    opened = capture(module, (3, 64, 64), "fresh")
    x = torch.randn(3, 3, 64, 64)
    with torch.no_grad():
        values = {"x": x, "y": module(x)}
    for layer_id in opened.weights:
        values.update({f"{layer_id}|{own}": t for own, t in opened.weights[layer_id].items()})
    safetensors.torch.save_file(values, tmp_path / "values.safetensors")
    (tmp_path / "network.json").write_text(json.dumps(network_to_json(opened.network)))
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"


if __name__ == "__main__":
    torch.set_num_threads(1)
    table(sys.argv[1:] or TORCHVISION)
