"""Steps of the clipboard: the weights of copied layers, on their way to another document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from designer.network.network import Network
from designer.progress import Progress

if TYPE_CHECKING:
    from designer.engine.weights import Weights


def clip_weights(
    network: Network, weights: object, layer_ids: tuple[str, ...]
) -> Callable[[Progress], bytes | None]:
    """The weights of some layers as bytes; b'' when there are none, None when they are too many."""

    def step(progress: Progress) -> bytes | None:
        from designer.engine.clip_weights import clip

        return clip(network, _weights(weights), layer_ids)

    return step


def put_weights(weights: object, data: bytes, ids: Mapping[str, str]) -> Callable[[Progress], Weights]:
    """These weights and copied ones, under the ids that the layers have now. Raises EditError."""

    def step(progress: Progress) -> Weights:
        from designer.engine.clip_weights import put

        return put(_weights(weights), data, ids)

    return step


def _weights(value: object) -> Weights:
    from designer.engine.weights import Weights

    if not isinstance(value, Weights):
        raise TypeError(f"these are not weights: {type(value).__name__}")
    return value
