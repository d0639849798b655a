"""Problems that are known without running a layer and follow every edit: frozen layers, lost weights."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from designer.catalog.kinds import KINDS
from designer.messages import tr
from designer.network.network import Layer, Network
from designer.session.problems import ALL_FROZEN, WEIGHTS
from designer.session.results import Facts, Problem


def live_problems(
    network: Network, facts: Facts | None, misfits: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """All that is wrong with a network as it is now; what concerns shapes is as old as `facts`.

    Args:
        network: as it is now.
        facts: what was inferred of it, or None; problems of layers that are gone are left out.
        misfits: for each layer whose weights no longer fit, why.
    """
    live = (ALL_FROZEN, WEIGHTS)
    known = () if facts is None else facts.problems
    found = [p for p in known if p.code not in live and (not p.layer or p.layer in network)]
    frozen = all_frozen(network)
    if frozen is not None:
        found.append(frozen)
    for layer_id, reason in (misfits or {}).items():
        if layer_id in network:
            found.append(new_weights(network[layer_id], reason))
    return tuple(found)


def all_frozen(network: Network) -> Problem | None:
    """The problem that training would change nothing; None where it would, or nothing can be trained."""
    learnable = (layer for layer in network if layer.kind in KINDS and KINDS[layer.kind].learnable)
    first = next(learnable, None)
    # Most often that one can be trained: then the others need not be looked at.
    if first is None or any(map(_learns, chain((first,), learnable))):
        return None
    return Problem("warning", "", nothing_learned(), ALL_FROZEN)


def _learns(layer: Layer) -> bool:
    return not layer.frozen and bool(layer.weight_rate or layer.bias_rate)


def nothing_learned() -> str:
    """Says that all is frozen, in the words of the door to training."""
    return tr("Every layer with weights is frozen, so nothing can be learned. Unfreeze a layer.")


def new_weights(layer: Layer, reason: str) -> Problem:
    """The problem that a layer will begin with new weights, since the ones that it has do not fit."""
    what = tr("The weights of layer '{name}' no longer fit: {reason}.", name=layer.name, reason=reason)
    return Problem(
        "warning", layer.id, f"{what} {tr('It begins with new ones; undo brings them back.')}", WEIGHTS
    )
