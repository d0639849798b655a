"""Reading JSON values of a file that may be anybody's: the right type, or an error.

`str(value)` and `int(value)` would take nearly everything, and the damage would be found much later.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import msgspec

Made = TypeVar("Made")


def parsed(data: bytes) -> Any:
    """The JSON values in `data`, numbers finite and texts such as can be written again.

    Raises:
        ValueError: it is not JSON, has NaN, Infinity or a number of thousands of digits, or texts with half
            characters.
        RecursionError: it is nested too deeply.
    """
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error


def read_as(value: Any, wanted: type[Made]) -> Made:
    """JSON values as what they are to be, every part checked; entries that `wanted` has not are passed over.

    Raises:
        ValueError: a part is missing, of another type, or out of bounds; the text says which and where.
    """
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def text(value: Any) -> str:
    """`value`, a text. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{_shown(value)} is not a text")
    return value


def truth(value: Any) -> bool:
    """`value`, true or false. Raises TypeError."""
    if not isinstance(value, bool):
        raise TypeError(f"{_shown(value)} is neither true nor false")
    return value


def whole(value: Any, least: int = 0, most: int = 2**63 - 1) -> int:
    """`value`, a whole number within bounds. Raises TypeError or ValueError."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{_shown(value)} is not a whole number")
    if not least <= value <= most:
        raise ValueError(f"{_shown(value)} does not lie between {least} and {most}")
    return value


def number(value: Any, least: float = -math.inf, most: float = math.inf) -> float:
    """`value`, a finite number within bounds. Raises TypeError or ValueError."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{_shown(value)} is not a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not (math.isfinite(found) and least <= found <= most):
        raise ValueError(f"{_shown(value)} is out of bounds")
    return found


def _shown(value: Any) -> str:
    return repr(value)[:60]
