"""What is counted of layers, in words. Pure functions."""

from __future__ import annotations

from designer.messages import count_text, tr
from designer.session.results import Facts


def parameters_of(layer_ids: tuple[str, ...], facts: Facts | None) -> int | None:
    """Learnable values of some layers; None while they are not known."""
    if facts is None or not all(layer_id in facts.layers for layer_id in layer_ids):
        return None
    return sum(facts.layers[layer_id].parameters for layer_id in layer_ids)


def parameters_text(count: int | None) -> str:
    """A number of parameters with its word; '' while it is not known."""
    if count is None:
        return ""
    return tr("1 parameter") if count == 1 else tr("{count} parameters", count=count_text(count))


def layers_text(count: int) -> str:
    """A number of layers with its word."""
    return tr("1 layer") if count == 1 else tr("{count} layers", count=f"{count:,}")
