"""Words shared by all floors: translation and the way numbers are written on screen and on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_translate: Callable[[str], str] | None = None


def install_translator(translate: Callable[[str], str] | None) -> None:
    """Let `translate` turn every English source text into the user's language; None ends that."""
    global _translate
    _translate = translate


def tr(text: str, **values: object) -> str:
    """`text` in the user's language, with `{name}` places filled from `values`."""
    if _translate is not None:
        text = _translate(text)
    return text.format(**values) if values else text


def count_text(count: int) -> str:
    """A count in at most four characters and a unit: 812, '12.8 k', '4.0 M', '1.2 G'."""
    for unit, size in (("G", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)):
        # 999,950 would be written '1000.0 k'
        if count >= size * 0.99995:
            return f"{count / size:.1f} {unit}"
    return str(count)


def bytes_text(count: int) -> str:
    """A size in bytes as 'B', 'kB', 'MB' or 'GB' (powers of 1000)."""
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= size * 0.99995:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def duration_text(seconds: float) -> str:
    """A time as '0.4 s', '12 s', '3 min 05 s' or '2 h 07 min'."""
    if seconds < 9.95:
        return f"{max(seconds, 0.0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def short_time_text(seconds: float) -> str:
    """A short time as '0.123 ms', '12.3 ms' or '1.20 s'."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:#.3g} ms".replace(". ms", " ms")


def shape_text(shape: Sequence[int]) -> str:
    """A shape without the batch, as '64 × 56 × 56'; 'scalar' when it is empty."""
    return " × ".join(str(size) for size in shape) or tr("scalar")
