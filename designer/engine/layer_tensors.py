"""Weights as safetensors bytes: flat keys 'layer id.name', as in a state dict, and back."""

from __future__ import annotations

import json

import safetensors
import safetensors.torch
from torch import Tensor

from designer.engine.archive import EntryError
from designer.engine.weights import Weights
from designer.network.network import unused

_HEADER = "layers"


def to_bytes(weights: Weights) -> bytes:
    """The tensors in safetensors' format, keys as in `Weights.flat`.

    Layer ids and names may both have dots, so the header's metadata says which layer each key is of;
    where two layers would have the same key, the second one's gets a number.
    """
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
    return safetensors.torch.save(tensors, {_HEADER: json.dumps(owners)})


def from_bytes(data: bytes) -> Weights:
    """The weights that `to_bytes` wrote.

    Raises:
        EntryError: the bytes are damaged, or do not say which layers the tensors are of.
    """
    try:
        tensors = safetensors.torch.load(data)
        length = int.from_bytes(data[:8], "little")
        owners = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][_HEADER])
        layers: dict[str, dict[str, Tensor]] = {}
        for key, (layer_id, name) in owners.items():
            layers.setdefault(layer_id, {})[name] = tensors.pop(key)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EntryError(f"the weights cannot be read ({type(error).__name__}: {error})") from error
    if tensors:
        raise EntryError(f"it is not said which layer '{next(iter(tensors))}' belongs to")
    return Weights(layers)
