"""Where networks run: the choice of a device, with its reason in words."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from designer.engine.process import cores
from designer.errors import TrainingError
from designer.messages import tr

DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True, slots=True)
class ChosenDevice:
    """A device and why it was chosen.

    Attributes:
        device: torch's name: 'cpu', 'cuda' or 'mps'.
        title: what the user sees, such as the name of the graphics card.
        reason: why this one, in words.
    """

    device: str
    title: str
    reason: str


def choose(device: str) -> ChosenDevice:
    """The device to run on: the one asked for, or with 'auto' the fastest there is.

    Raises:
        TrainingError: the device asked for is unknown, absent or does not work.
    """
    if device not in DEVICES:
        raise TrainingError(
            tr("There is no device '{device}'.", device=device),
            tr("Networks run on the processor or on a graphics card."),
            tr("Choose one of: {names}.", names=", ".join(DEVICES)),
        )
    if device == "cpu":
        return ChosenDevice("cpu", _cpu_title(), tr("The CPU was asked for."))
    checks = {"cuda": _why_not_cuda, "mps": _why_not_mps}
    if device != "auto":
        why = checks[device]()
        if why:
            raise TrainingError(
                tr("The device '{device}' cannot be used.", device=device),
                why,
                tr("Choose 'auto' or 'cpu'."),
                options={"device": "auto"},
            )
        return ChosenDevice(device, _title(device), tr("It was asked for."))
    reasons = []
    for name, why_not in checks.items():
        why = why_not()
        if not why:
            return ChosenDevice(name, _title(name), tr("It is the fastest device of this computer."))
        reasons.append(why)
    return ChosenDevice("cpu", _cpu_title(), " ".join(reasons))


def _why_not_cuda() -> str:
    if torch.version.cuda is None and torch.version.hip is None:
        return tr("This installation of torch has no support for graphics cards.")
    if not torch.cuda.is_available():
        return tr("There is no NVIDIA graphics card with a working driver.")
    return _why_it_fails("cuda")


def _why_not_mps() -> str:
    if not torch.backends.mps.is_built():
        return tr("Apple's Metal is not there.")
    if not torch.backends.mps.is_available():
        return tr("Apple's Metal cannot be used on this computer.")
    return _why_it_fails("mps")


def _why_it_fails(device: str) -> str:
    """'' when a small calculation succeeds; a card too old for this torch only fails there."""
    try:
        if float(torch.ones(2, 2, device=device).mm(torch.ones(2, 2, device=device)).sum()) == 8:
            return ""
        return tr("'{device}' calculates wrongly.", device=device)
    except RuntimeError as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return tr("'{device}' is there but does not work: {why}.", device=device, why=first.rstrip("."))


def _title(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else tr("Apple GPU")


def _cpu_title() -> str:
    return tr("CPU, {count} cores", count=cores())
