"""What a call of a torch function amounts to: the values that the translators give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor


class Refused(Exception):  # noqa: N818 - turned into an OpeningError that names the module
    """A call that no layer kind stands for; the text says why."""


@dataclass(frozen=True)
class Call:
    """A layer that a call amounts to; inputs may be calls themselves.

    Attributes:
        active: what the call was told of training, where it was told; None otherwise.
    """

    kind: str
    settings: dict[str, Any]
    inputs: tuple[Tensor | Call, ...]
    active: bool | None = None


Translated = Call | list[Call] | None
"""One layer, one for each result, or None where the result is the first input's value."""

Translator = Callable[..., Translated]


def axis(dim: int, rank: int) -> int:
    """The dimension counted from the front."""
    return dim + rank if dim < 0 else dim


def axes(dim: int | Sequence[int] | None, rank: int) -> list[int]:
    """Dimensions counted from the front. Raises Refused when the batch is among them."""
    if dim is None:
        raise Refused("it takes the whole batch together")
    dims = [dim] if isinstance(dim, int) else list(dim)
    found = [axis(d, rank) for d in dims]
    if not found or 0 in found:
        raise Refused("it takes the pictures of a batch together")
    return found
