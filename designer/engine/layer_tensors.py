"""Weights in safetensors' format: flat keys 'layer id.name', as in a state dict, and back.

Layer ids and names may both have dots, so the header's metadata says which layer each key is of; where
two layers would have the same key, the second one's gets a number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import safetensors
import safetensors.torch
from torch import Tensor

from designer.engine.archive import EntryError
from designer.engine.weights import Weights
from designer.network.network import unused

_HEADER = "layers"


def to_bytes(weights: Weights) -> bytes:
    """The tensors in safetensors' format, keys as in `Weights.flat`."""
    return safetensors.torch.save(*_flat(weights))


def write_tensors(path: Path, weights: Weights) -> None:
    """Write what `to_bytes` gives into a file, without a copy of it in memory. Raises OSError."""
    tensors, header = _flat(weights)
    try:
        safetensors.torch.save_file(tensors, path, header)
    except safetensors.SafetensorError as error:
        raise OSError(str(error)) from error


def from_bytes(data: bytes) -> Weights:
    """The weights that `to_bytes` wrote.

    Raises:
        EntryError: the bytes are damaged, or do not say which layers the tensors are of.
    """
    try:
        tensors = safetensors.torch.load(data)
        length = int.from_bytes(data[:8], "little")
        return _by_layer(tensors, json.loads(data[8 : 8 + length])["__metadata__"])
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EntryError(f"the weights cannot be read ({type(error).__name__}: {error})") from error


def read_layers(path: Path) -> Weights:
    """The weights that `write_tensors` wrote, a file of our own."""
    with safetensors.safe_open(path, "pt") as opened:
        return _by_layer({key: opened.get_tensor(key) for key in opened.keys()}, opened.metadata())  # noqa: SIM118


def _flat(weights: Weights) -> tuple[dict[str, Tensor], dict[str, str]]:
    tensors: dict[str, Tensor] = {}
    owners: dict[str, tuple[str, str]] = {}
    storages: set[int] = set()
    for layer_id in weights:
        for name, tensor in weights[layer_id].items():
            key = unused(f"{layer_id}.{name}", tensors)
            storage = tensor.untyped_storage().data_ptr()
            whole = tensor.is_contiguous() and tensor.untyped_storage().nbytes() == tensor.nbytes
            # safetensors refuses tensors that share memory
            tensors[key] = tensor if whole and storage not in storages else tensor.clone().contiguous()
            storages.add(storage)
            owners[key] = (layer_id, name)
    return tensors, {_HEADER: json.dumps(owners)}


def _by_layer(tensors: Mapping[str, Tensor], header: Mapping[str, str]) -> Weights:
    left = dict(tensors)
    layers: dict[str, dict[str, Tensor]] = {}
    for key, (layer_id, name) in json.loads(header[_HEADER]).items():
        layers.setdefault(layer_id, {})[name] = left.pop(key)
    if left:
        raise EntryError(f"it is not said which layer '{next(iter(left))}' belongs to")
    return Weights(layers)
