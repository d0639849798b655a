"""Checkpoints: all that a run needs to go on as if it had never been broken off, in one file.

The file is a zip of JSON and safetensors, written beside and put in place in one move; nothing in it is
unpickled. It holds where training is, the weights that it changes, those of the best epoch, the
optimizer's state, the running mean of weights, and the states of the random generators.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor
from torch.optim import Optimizer

from designer.engine.archive import Entry, EntryError, open_archive, read_entry, write_archive
from designer.engine.layer_tensors import from_bytes, to_bytes
from designer.engine.weights import Weights
from designer.errors import TrainingError
from designer.messages import tr
from designer.network.file import network_to_json
from designer.network.network import Network
from designer.network.reading import parsed
from designer.session.data import ImageData

FORMAT = 2
SHARE = 0.05
"""Of the time that training takes, what writing checkpoints after very short epochs may add."""

_VALUES = "checkpoint.json"
_WEIGHTS, _BEST, _TENSORS = "weights.safetensors", "best.safetensors", "tensors.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """A run between two of its steps.

    Attributes:
        values: JSON values: place, history, numbers.
        weights: of the layers that learn.
        best: of those layers in the best epoch; None while there is none, or none is kept.
        tensors: all others by name: optimizer, running mean, random generators.
    """

    values: dict[str, Any]
    weights: Weights
    best: Weights | None = None
    tensors: dict[str, Tensor] = field(default_factory=dict)

    def answering(self) -> Weights:
        """The weights by which the run is measured: the running mean where one is kept, as `weights`."""
        layers = {layer_id: dict(self.weights[layer_id]) for layer_id in self.weights}
        for number, (layer_id, name) in enumerate(self.values["averaged"]):
            layers[layer_id][name] = self.tensors[f"average/{number}"]
        return Weights(layers)


class CheckpointFile:
    """Where a run's checkpoint lies, and when the next one is due.

    Args:
        path: the file; its folder is there.
        minutes: longest time between two checkpoints.
    """

    def __init__(self, path: Path, minutes: float = 10.0) -> None:
        self.path = path
        self._pause = 60 * minutes
        self._written = monotonic()
        self._took = 0.0

    def due(self, *, epoch_over: bool) -> bool:
        """Whether a checkpoint should be written now.

        After each epoch, unless epochs are so short that writing would take up a noticeable share of
        the time; and in the middle of an epoch when the last one is old.
        """
        since = monotonic() - self._written
        return since >= self._pause or (epoch_over and since * SHARE >= self._took)

    def write(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint in place of the former one, whole or not at all. Raises OSError."""
        began = monotonic()
        entries = [
            Entry(_VALUES, json.dumps({**checkpoint.values, "format": FORMAT}, allow_nan=False).encode()),
            Entry(_WEIGHTS, to_bytes(checkpoint.weights), stored=True),
            Entry(_TENSORS, safetensors.torch.save(_apart(checkpoint.tensors)), stored=True),
        ]
        if checkpoint.best is not None:
            entries.append(Entry(_BEST, to_bytes(checkpoint.best), stored=True))
        try:
            write_archive(self.path, entries)
        finally:
            self._written = monotonic()
            self._took = self._written - began

    def values(self) -> dict[str, Any]:
        """The plain values of the checkpoint in the file, without its tensors. Raises TrainingError."""
        with _opened(self.path) as archive:
            return _values(archive)

    def read(self) -> Checkpoint:
        """The checkpoint in the file.

        Raises:
            TrainingError: there is none, it is damaged, or a newer version wrote it.
        """
        with _opened(self.path) as archive:
            # First, since it says whether the rest is of this version.
            values = _values(archive)
            best = from_bytes(read_entry(archive, _BEST)) if _BEST in archive.namelist() else None
            tensors = safetensors.torch.load(read_entry(archive, _TENSORS))
            return Checkpoint(values, from_bytes(read_entry(archive, _WEIGHTS)), best, tensors)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file for reading; whatever is wrong with it becomes a TrainingError."""
    try:
        with open_archive(path) as archive:
            yield archive
    except OSError as error:
        raise _unusable(str(error.strerror or error)) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EntryError,
        safetensors.SafetensorError,
        KeyError,
        TypeError,
        ValueError,
        EOFError,
        RecursionError,
    ) as error:
        cause = f"{type(error).__name__}: {error}"
        raise _unusable(tr("It is damaged ({cause}).", cause=cause)) from error


def _values(archive: zipfile.ZipFile) -> dict[str, Any]:
    values: dict[str, Any] = parsed(read_entry(archive, _VALUES))
    if values["format"] > FORMAT:
        raise _unusable(tr("A newer version of Netgraft wrote it."))
    return values


def fingerprint(network: Network, data: ImageData) -> str:
    """What a run depends on besides weights and options: a digest of the network and of the split."""
    pictures = [[picture.path.name, picture.label] for picture in data.pictures]
    value = [network_to_json(network), data.classes, pictures, data.training, data.validation]
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def check_fingerprint(checkpoint: Checkpoint, network: Network, data: ImageData) -> None:
    """Raise TrainingError when a run cannot go on with this network and these pictures."""
    if checkpoint.values["fingerprint"] != fingerprint(network, data):
        raise TrainingError(
            tr("The run cannot go on."),
            tr("The network or the pictures are not those that it began with."),
            tr("Put the pictures back, or start a new run."),
        )


def optimizer_state(optimizer: Optimizer) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What an optimizer keeps for each parameter: plain values and tensors, both by 'number/name'."""
    values: dict[str, Any] = {}
    tensors: dict[str, Tensor] = {}
    for number, held in optimizer.state_dict()["state"].items():
        for name, value in held.items():
            target = tensors if isinstance(value, Tensor) else values
            target[f"{number}/{name}"] = value.detach().cpu() if isinstance(value, Tensor) else value
    return values, tensors


def load_optimizer(optimizer: Optimizer, values: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    """Put an optimizer into a state that `optimizer_state` gave. Raises ValueError when it does not fit."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for key, value in {**values, **tensors}.items():
        number, _, name = key.partition("/")
        parameter = parameters[int(number)]
        if isinstance(value, Tensor) and value.shape == parameter.shape:
            # Laid out as the parameter is (channels last, say): fused optimizers go by memory alone.
            value = torch.empty_like(parameter, dtype=value.dtype).copy_(value)
        state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _apart(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    # safetensors refuses tensors that share memory or are not contiguous.
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}


def _unusable(why: str) -> TrainingError:
    return TrainingError(
        tr("The checkpoint of the interrupted run cannot be used."), why, tr("Start a new run.")
    )
