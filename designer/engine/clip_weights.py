"""The weights of copied layers on their way to another document: in safetensors' format, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from designer.engine.archive import EntryError
from designer.engine.building import weights_for
from designer.engine.layer_tensors import from_bytes, to_bytes
from designer.engine.weights import Weights
from designer.errors import DesignerError, EditError
from designer.messages import tr
from designer.network.network import Network

MOST = 200_000_000
"""Bytes of weights that are copied at most: a clipboard is kept in memory, by several programs at a time."""


def clip(network: Network, weights: Weights, layer_ids: Iterable[str], most: int = MOST) -> bytes | None:
    """What these layers would begin with, as safetensors by layer id; layers without weights are left out.

    Returns:
        b'' when none of them has weights, None when they are more than `most` bytes.
    """
    found = {}
    size = 0
    for layer_id in layer_ids:
        try:
            tensors = weights_for(weights, network[layer_id])
        except DesignerError:
            # A layer that cannot be built has no weights that fit it; the network's problems tell of it.
            continue
        if tensors:
            found[layer_id] = tensors
            size += sum(tensor.nbytes for tensor in tensors.values())
            if size > most:
                return None
    return to_bytes(Weights(found)) if found else b""


def put(weights: Weights, data: bytes, ids: Mapping[str, str]) -> Weights:
    """`weights` with what `clip` gave, under the ids that the layers have now; layers not in `ids` are
    left out.

    Raises:
        EditError: the bytes are damaged.
    """
    try:
        found = from_bytes(data)
    except EntryError as error:
        raise EditError(
            tr("The copied weights cannot be read."),
            str(error),
            tr("Copy the layers once more."),
        ) from error
    return weights.merged(Weights({ids[old]: found[old] for old in found if old in ids}))
