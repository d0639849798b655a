"""The doctor: what it says is true of this computer, and each problem comes with its remedy."""

from __future__ import annotations

import errno
import importlib.metadata
import os
from pathlib import Path

import pytest
import torch

from designer import settings
from designer.engine import doctor
from designer.engine.doctor import Cache, Device, diagnose
from designer.progress import Recording, StepNews

CPU = Device("cpu", "CPU", True, True, "")
NO_CUDA = Device("cuda", "", False, False, "There is no NVIDIA graphics card with a working driver.")


def cache(folder, free=10**12):
    return Cache(folder, 0, 0, free, 1)


def test_what_it_says_of_this_computer():
    progress = Recording()
    found = diagnose(progress)
    assert found.versions["python"].startswith("3.")
    assert found.versions["torch"] == importlib.metadata.version("torch")
    assert found.cores == len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else True
    devices = {device.device: device for device in found.devices}
    assert devices["cpu"].usable
    assert devices["cuda"].usable == torch.cuda.is_available()
    assert sum(device.chosen for device in found.devices) == 1
    shares = [news.done for news in progress.news if isinstance(news, StepNews)]
    assert shares == sorted(shares)


def test_the_cache_is_measured():
    folder = settings.cache_folder() / "weights"
    folder.mkdir(parents=True)
    (folder / "a.pth").write_bytes(bytes(1000))
    (folder / "b.pth.part").write_bytes(bytes(24))
    found = doctor.cache_state(settings.cache_folder())
    assert (found.bytes, found.files) == (1024, 2)
    assert found.free > 0
    assert found.models_here == 1  # the bundled one


def test_looking_makes_nothing():
    diagnose(Recording())
    assert not settings.cache_folder().exists()


def test_a_missing_package_is_named():
    versions = {**doctor.installed(), "onnx": ""}
    (found,) = doctor.package_problems(versions, (3, 12))
    assert found.severity == "error"
    assert "onnx" in found.message
    assert "pip install onnx" in found.remedy


@pytest.mark.parametrize(
    ("version", "python", "problem"),
    [
        ("6.12.0", (3, 11), True),
        ("6.11.3", (3, 11), False),
        ("6.12.0", (3, 12), False),
        ("7.0", (3, 11), True),
    ],
)
def test_a_qt_that_aborts_is_named(version, python, problem):
    versions = {**doctor.installed(), "pyside6-essentials": version}
    found = doctor.package_problems(versions, python)
    assert bool(found) is problem
    assert all("<6.12" in one.remedy for one in found)


def test_a_card_without_a_driver_is_named():
    assert doctor.device_problems((NO_CUDA, CPU), False) == []
    (found,) = doctor.device_problems((NO_CUDA, CPU), True)
    assert "NVIDIA" in found.message
    assert "driver" in found.remedy
    working = Device("cuda", "Card", True, True, "")
    assert doctor.device_problems((working, CPU), True) == []


def test_little_room_is_named(tmp_path):
    assert doctor.room_problems(cache(tmp_path), 10**11) == []
    memory, disk = doctor.room_problems(cache(tmp_path, free=10**8), 10**9)
    assert "1.0 GB" in memory.message
    assert "100.0 MB" in disk.message
    assert "NETGRAFT_CACHE" in disk.remedy


def test_a_cache_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    def read_only(**named):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", read_only)
    (found,) = doctor.room_problems(cache(tmp_path / "not" / "there"), 10**11)
    assert found.severity == "error"
    assert "Read-only file system" in found.message
    assert "NETGRAFT_CACHE" in found.remedy


def test_an_nvidia_card_is_found_by_its_numbers(tmp_path, monkeypatch):
    def bus(**cards):
        folder = tmp_path / "-".join(cards)
        for name, (vendor, kind) in cards.items():
            (folder / name).mkdir(parents=True)
            (folder / name / "vendor").write_text(f"{vendor}\n")
            (folder / name / "class").write_text(f"{kind}\n")
        monkeypatch.setattr(doctor, "Path", lambda _: Path(folder))
        return doctor.nvidia_card()

    assert bus(audio=("0x10de", "0x040300"), card=("0x10de", "0x030000"))
    assert not bus(sound=("0x10de", "0x040300"), other=("0x1002", "0x030000"))
