"""What is counted of layers, in words. Pure functions."""

from __future__ import annotations

from designer.messages import count_text, tr
from designer.session.results import Facts


def parameters_of(layer_ids: tuple[str, ...], facts: Facts | None) -> int | None:
    """Learnable values of some layers; None while they are not known."""
    known = [] if facts is None else list(map(facts.layers.get, layer_ids))
    if facts is None or None in known:
        return None
    return sum(its.parameters for its in known if its is not None)


def parameters_text(count: int | None) -> str:
    """A number of parameters with its word; '' while it is not known."""
    if count is None:
        return ""
    return tr("1 parameter") if count == 1 else tr("{count} parameters", count=count_text(count))


def layers_text(count: int) -> str:
    """A number of layers with its word."""
    return tr("1 layer") if count == 1 else tr("{count} layers", count=f"{count:,}")
