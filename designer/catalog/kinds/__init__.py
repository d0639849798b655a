"""The table of layer kinds: every operation that a network document can hold.

Settings have the names of the constructor's arguments in torch, and the same meaning. In-place
variants are not kept: a document says what is computed, not where the result lies.
"""

from __future__ import annotations

import difflib

from designer.catalog.kind import LayerKind
from designer.catalog.kinds import (
    activation,
    attention,
    combination,
    convolution,
    ends,
    learned,
    linear,
    normalization,
    padding,
    pooling,
    regularization,
    shape,
)
from designer.errors import NetworkError
from designer.messages import tr


def _table(rows: tuple[LayerKind, ...]) -> dict[str, LayerKind]:
    table: dict[str, LayerKind] = {}
    for row in rows:
        if row.key in table:
            raise ValueError(f"two layer kinds have the key {row.key!r}")
        table[row.key] = row
    return table


KINDS: dict[str, LayerKind] = _table(
    (
        *ends.ROWS,
        *convolution.ROWS,
        *linear.ROWS,
        *normalization.ROWS,
        *activation.ROWS,
        *pooling.ROWS,
        *regularization.ROWS,
        *combination.ROWS,
        *shape.ROWS,
        *padding.ROWS,
        *attention.ROWS,
        *learned.ROWS,
    )
)
"""All layer kinds by key, in the order of the layer library."""


def kind(key: str) -> LayerKind:
    """The layer kind of that key. Raises NetworkError, with the nearest keys, when there is none."""
    try:
        return KINDS[key]
    except KeyError:
        near = difflib.get_close_matches(key, KINDS, 3)
        raise NetworkError(
            tr("There is no layer kind '{key}'.", key=key),
            tr("Nearest: {names}.", names=", ".join(near)) if near else tr("No name is like it."),
            tr("Update Netgraft, or replace the layer."),
        ) from None
