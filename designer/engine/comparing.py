"""Comparing the weights of two networks, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from designer.engine.building import weights_for
from designer.engine.weights import LayerWeights, Weights
from designer.errors import NetworkError
from designer.messages import tr
from designer.network.comparison import Comparison, WeightDelta
from designer.network.network import Layer
from designer.progress import Progress, StepNews


def compare_weights(
    comparison: Comparison, before: Weights, after: Weights, progress: Progress
) -> Mapping[str, WeightDelta]:
    """How the weights of the layers that are in both networks differ.

    A copied layer has those that it was copied from. `progress` hears `StepNews`, and is asked before each
    layer.

    Returns:
        By the id that the layer has afterwards; layers without parameters and buffers are left out.

    Raises:
        Cancelled: by the user.
    """
    found = {}
    pairs = [(d.before, d.after) for d in comparison.deltas if d.before is not None and d.after is not None]
    text = tr("Comparing weights")
    for number, (old, new) in enumerate(pairs):
        progress.raise_if_cancelled()
        progress.report(StepNews(text, number / len(pairs)))
        one, other = _held(before, old), _held(after, new)
        if one is not None or other is not None:
            found[new.id] = _difference(one, other)
    progress.report(StepNews(text, 1.0))
    return found


def _held(weights: Weights, layer: Layer) -> LayerWeights | None:
    try:
        return weights_for(weights, layer)
    except NetworkError:
        # A layer that cannot be built has no weights; its problem is told in the list of problems.
        return None


def _difference(one: LayerWeights | None, other: LayerWeights | None) -> WeightDelta:
    if one is None or other is None:
        why = tr("they start anew") if other is None else tr("they started anew")
        return WeightDelta(False, None, why)
    if {n: t.shape for n, t in one.items()} != {n: t.shape for n, t in other.items()}:
        return WeightDelta(False, None, tr("other sizes"))
    if all(torch.equal(one[name], other[name]) for name in one):
        return WeightDelta(True, 0.0)
    names = [name for name in one if one[name].is_floating_point()]
    size = _norm(one[name] for name in names)
    apart = _norm(other[name].double() - one[name].double() for name in names)
    # From nothing to something is wholly other.
    return WeightDelta(False, apart / size if size else float(apart > 0))


def _norm(tensors: Iterable[Tensor]) -> float:
    return math.sqrt(sum(float(tensor.double().square().sum()) for tensor in tensors))
