"""What all tests share: an isolated home, quiet threads, and a small network worked out by hand."""

from __future__ import annotations

import os

# Before torch or Qt is loaded by any test: no screen, and threads that do not spin while they wait.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import hypothesis
import pytest

from designer.network.network import Layer, Network, Port
from designer.network.preprocessing import Preprocessing

# A busy machine is slow at times; that is no fault of the code.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True)
def isolated_home(tmp_path_factory, monkeypatch):
    """Settings and caches of each test lie in a folder of its own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("NETGRAFT_CONFIG", str(home / "config"))
    monkeypatch.setenv("NETGRAFT_CACHE", str(home / "cache"))
    monkeypatch.setenv("NETGRAFT_STATE", str(home / "state"))
    return home


def make_tiny_network(classes: tuple[str, ...] = ("cat", "dog", "owl"), size: int = 16) -> Network:
    """conv - bn - relu, a residual conv - add, pool - flatten - fc; the backbone has two groups."""
    rows = [
        Layer("input", "input", "Input", {"shape": [3, size, size]}),
        Layer(
            "stem.conv",
            "stem.conv",
            "Conv2d",
            {"in_channels": 3, "out_channels": 8, "kernel_size": 3, "padding": 1, "bias": False},
            "stem",
        ),
        Layer("stem.bn", "stem.bn", "BatchNorm2d", {"num_features": 8}, "stem"),
        Layer("stem.relu", "stem.relu", "ReLU", {}, "stem"),
        Layer(
            "block.conv",
            "block.conv",
            "Conv2d",
            {"in_channels": 8, "out_channels": 8, "kernel_size": 3, "padding": 1},
            "block",
        ),
        Layer("block.add", "block.add", "Add", {}, "block"),
        Layer("pool", "pool", "AdaptiveAvgPool2d", {"output_size": 1}),
        Layer("flatten", "flatten", "Flatten", {}),
        Layer("drop", "drop", "Dropout", {"p": 0.2}),
        Layer("fc", "fc", "Linear", {"in_features": 8, "out_features": len(classes)}),
        Layer("output", "output", "Output", {}),
    ]
    before = {
        "input": (),
        "stem.conv": ("input",),
        "stem.bn": ("stem.conv",),
        "stem.relu": ("stem.bn",),
        "block.conv": ("stem.relu",),
        "block.add": ("block.conv", "stem.relu"),
        "pool": ("block.add",),
        "flatten": ("pool",),
        "drop": ("flatten",),
        "fc": ("drop",),
        "output": ("fc",),
    }
    return Network(
        name="tiny",
        layers={row.id: row for row in rows},
        inputs={target: tuple(Port(source) for source in sources) for target, sources in before.items()},
        classes=classes,
        preprocessing=Preprocessing(resize=size, crop=size),
    )


@pytest.fixture
def tiny_network() -> Network:
    """See `make_tiny_network`."""
    return make_tiny_network()
