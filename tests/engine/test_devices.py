"""Devices: what is chosen, why, and what is said when the one asked for is not there."""

from __future__ import annotations

import pytest
import torch

from designer.engine import devices
from designer.engine.devices import choose
from designer.errors import TrainingError


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_built", lambda: False)


def test_without_a_gpu_it_is_the_cpu_and_the_reason_is_told(absent):
    chosen = choose("auto")
    assert chosen.device == "cpu"
    assert "graphics card" in chosen.reason
    assert "Metal" in chosen.reason
    assert chosen.title.startswith("CPU")
    assert choose("cpu").reason == "The CPU was asked for."


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_one_asked_for_but_absent(absent, device):
    with pytest.raises(TrainingError) as caught:
        choose(device)
    assert device in caught.value.what
    assert caught.value.why
    assert "'cpu'" in caught.value.remedy


def test_an_unknown_device():
    with pytest.raises(TrainingError, match="auto, cpu, cuda, mps"):
        choose("tpu")


def test_the_order_is_cuda_then_metal_then_cpu(monkeypatch):
    works = {"_why_not_cuda": "", "_why_not_mps": ""}
    for name in works:
        monkeypatch.setattr(devices, name, lambda name=name: works[name])
    monkeypatch.setattr(devices, "_title", lambda device: device.upper())
    assert choose("auto").device == "cuda"
    works["_why_not_cuda"] = "No."
    assert choose("auto").device == "mps"
    assert choose("mps").reason == "It was asked for."
    works["_why_not_mps"] = "Neither."
    assert choose("auto").reason == "No. Neither."


def test_a_card_that_is_there_but_does_not_work(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nmore")

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "ones", fail)
    with pytest.raises(TrainingError, match="no kernel image"):
        choose("cuda")
    assert choose("auto").device == "cpu"
