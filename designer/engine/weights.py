"""Weights: the tensors of a network's layers, kept beside the document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import torch
from torch import Tensor

LayerWeights = Mapping[str, Tensor]


class Weights:
    """Parameters and buffers by layer id and name, all on the CPU. Treat the tensors as read-only.

    Layers without tensors have no entry. Weights may hold layers that the network no longer has
    (an undo brings them back) and lack ones that it has (they are new).
    """

    def __init__(self, layers: Mapping[str, LayerWeights] | None = None) -> None:
        self._layers = {i: dict(tensors) for i, tensors in (layers or {}).items() if tensors}

    def __getitem__(self, layer_id: str) -> LayerWeights:
        return self._layers[layer_id]

    def __contains__(self, layer_id: object) -> bool:
        return layer_id in self._layers

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def merged(self, other: Weights) -> Weights:
        """These weights, with those of `other` in place of the layers that it has."""
        return Weights({**self._layers, **other._layers})

    def flat(self, layer_ids: Iterable[str] | None = None) -> dict[str, Tensor]:
        """Tensors by 'layer id.name', as in a state dict: of all layers, or of those given."""
        chosen = self._layers if layer_ids is None else [i for i in layer_ids if i in self]
        return {f"{i}.{name}": tensor for i in chosen for name, tensor in self[i].items()}

    def digest(self, layer_id: str) -> str:
        """SHA-256 of all tensors of a layer: names, types, shapes and bytes."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self._layers.get(layer_id, {}).items()):
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()
