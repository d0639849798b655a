"""Reading single JSON values of a file that may be anybody's: the right type, or an error.

`str(value)` and `int(value)` would take nearly everything, and the damage would be found much later.
"""

from __future__ import annotations

import json
import math
from typing import Any


def parsed(data: bytes) -> Any:
    """The JSON values in `data`, numbers finite and texts such as can be written again.

    Raises:
        ValueError: it is not JSON, has NaN or Infinity, or texts with half characters.
        RecursionError: it is nested too deeply.
    """
    written = data.decode()
    value = json.loads(
        written,
        # A call for each number takes as long as all the rest: only where one may be too long.
        parse_int=_whole_of if b"0" * (_DIGITS + 1) in data.translate(_ALIKE) else None,
        parse_float=_finite,
        parse_constant=_finite,
    )
    # Half characters can only come from escapes: the bytes have been decoded.
    if "\\u" in written:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _whole_of(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError(f"a number that begins with {digits[:10]} has too many digits")
    return int(digits)


def _finite(written: str) -> float:
    found = float(written)
    if not math.isfinite(found):
        raise ValueError(f"{written[:60]} is no finite number")
    return found


_DIGITS = 400
"""More than any number has that a file of this program holds; Python itself reads ten times as many."""
_ALIKE = bytes.maketrans(b"123456789", b"000000000")


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
