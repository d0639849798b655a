"""The layer library: everything that can be put into a network, in sections, and the search in it."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from designer.catalog.blocks import presets
from designer.catalog.blocks.around import Around
from designer.catalog.blocks.draft import OUTSIDE, Draft
from designer.catalog.fitting import fitted
from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.network.fragment import Fragment
from designer.network.network import Port

__all__ = ["ENTRIES", "SECTIONS", "Around", "Entry", "search"]

SECTIONS: tuple[str, ...] = (
    "Convolution",
    "Linear",
    "Normalization",
    "Activation",
    "Pooling",
    "Regularization",
    "Padding",
    "Shape",
    "Combination",
    "Attention",
    "Learned values",
    "Blocks",
    "Heads",
    "Input and output",
)
"""Headings of the library, in order."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the library.

    Attributes:
        key: unique; a layer kind's own key, or that of a preset, block or head in small letters.
        section: one of `SECTIONS`.
        title: what the user sees.
        text: one line on what it does.
        formula: one line with what is computed; '' where there is nothing to say so.
        keywords: other words that it is looked for by, in lower case.
        make: the layers, fitted to the shape of what will feed them.
    """

    key: str
    section: str
    title: str
    text: str
    formula: str
    keywords: tuple[str, ...]
    make: Callable[[Around], Fragment]


_NAMES: Mapping[str, str] = {
    "Conv": "conv",
    "ConvTranspose": "upconv",
    "BatchNorm": "bn",
    "LayerNorm": "norm",
    "GroupNorm": "norm",
    "InstanceNorm": "norm",
    "RMSNorm": "norm",
    "LocalResponseNorm": "lrn",
    "AdaptiveAvgPool": "avgpool",
    "AdaptiveMaxPool": "maxpool",
    "MultiheadAttention": "attention",
    "ShiftedWindowAttention": "attention",
    "ShiftedWindowAttentionV2": "attention",
    "RelativePositionalMultiHeadAttention": "attention",
    "AuxiliaryOutput": "aux_output",
    "MatrixProduct": "matmul",
    "StochasticDepth": "drop_path",
}
"""Names of new layers, by the key without its number of dimensions; other keys in small letters."""


def _name(key: str) -> str:
    stem = re.sub(r"\dd$", "", key)
    return _NAMES.get(stem, stem.lower())


def _layer(row: LayerKind) -> Callable[[Around], Fragment]:
    def make(around: Around) -> Fragment:
        draft, fit = Draft(), _twin(row, around)
        out = draft.put(_name(fit.key), fit.key, fitted(fit.key, around), *_sources(fit))
        return draft.done(fit.title, None if fit.key in _ENDS else out)

    return make


_ENDS = ("Output", "AuxiliaryOutput")


def _twin(row: LayerKind, around: Around) -> LayerKind:
    """The same for lines instead of pictures, or the other way, where only that takes what comes in."""
    if around.shape is None or not row.ranks or around.rank + 1 in row.ranks:
        return row
    other = KINDS.get(row.key.translate(str.maketrans("12", "21")))
    return other if other is not None and (not other.ranks or around.rank + 1 in other.ranks) else row


def _sources(row: LayerKind) -> tuple[Port | None, ...]:
    """What feeds the inputs: attention asks and is asked by the same values; what joins has one at first."""
    count = row.inputs[0]
    if row.key == "MultiheadAttention":
        return (OUTSIDE,) * count
    if row.key == "ExpandBatch":
        # The second input is the one with pictures.
        return None, OUTSIDE
    if row.key in ("Concat", "Stack"):
        count = 2
    return (OUTSIDE, *(None,) * (count - 1)) if count else ()


def _section(row: LayerKind) -> str:
    return "Padding" if re.search(r"Pad(\dd)?$", row.key) else row.category


def _of_kind(row: LayerKind) -> Entry:
    # The name in code is what many will type.
    keywords = (row.key.lower(), *row.keywords)
    return Entry(row.key, _section(row), row.title, row.help, row.formula, keywords, _layer(row))


def _entries() -> Mapping[str, Entry]:
    rows = [_of_kind(row) for row in KINDS.values() if row.key != "Input"]
    rows += [Entry(*row) for row in presets.ROWS]
    found: dict[str, Entry] = {}
    for section in SECTIONS:
        for row in rows:
            if row.section == section:
                if row.key in found:
                    raise ValueError(f"two entries of the library have the key {row.key!r}")
                found[row.key] = row
    return MappingProxyType(found)


ENTRIES: Mapping[str, Entry] = _entries()
"""All entries by key, in the order of the sections."""


def search(text: str) -> tuple[Entry, ...]:
    """The entries that `text` may mean, best first; all of them, in their order, where it is empty.

    Every word of it must be found: best at the beginning of the title, then of a word of the title or as
    a whole other word for it, then elsewhere in the other words, in the description, and last, where
    nothing else is found, as a slip of the pen.
    """
    wanted = _folded(text)
    words = wanted.split()
    if not words:
        return tuple(ENTRIES.values())
    for slips in (False, True):
        scored = [(_score(entry, wanted, words, slips=slips), entry) for entry in ENTRIES.values()]
        found = [(score, entry) for score, entry in scored if score is not None]
        if found:
            return tuple(entry for _, entry in sorted(found, key=lambda row: row[0]))
    return ()


_WHOLE, _TITLE, _WORD, _KEYWORD, _INSIDE, _TEXT, _TITLE_SLIP, _SLIP = range(8)
_FAR = 99
_LEAST_ALIKE = 0.8


def _score(entry: Entry, wanted: str, words: list[str], *, slips: bool) -> tuple[int, int, int] | None:
    """Smaller is better: worst rank, ranks together, place among the other words. None: it is not meant."""
    title, keywords, body = _words(entry)
    if wanted == title or wanted.replace(" ", "") == entry.key.lower():
        return _WHOLE, 0, 0
    ranks = [_rank(word, title.split(), keywords, body, slips=slips) for word in words]
    found = [rank for rank in ranks if rank is not None]
    if len(found) < len(ranks):
        return None
    if title.startswith(wanted):
        return _TITLE, 0, 0
    if wanted in keywords:
        return _WORD, _WORD, keywords.index(wanted)
    return max(found), sum(found), 0 if title.startswith(tuple(words)) else _FAR


def _rank(
    word: str, title: list[str], keywords: tuple[str, ...], body: list[str], *, slips: bool
) -> int | None:
    others = [part for keyword in keywords for part in keyword.split()]
    if word in others or any(part.startswith(word) for part in title):
        return _WORD
    if any(part.startswith(word) for part in others):
        return _KEYWORD
    if len(word) > 2 and any(word in part for part in (*title, *others)):
        return _INSIDE
    if any(part.startswith(word) for part in body):
        return _TEXT
    if slips and len(word) > 3:
        for parts, rank in ((title, _TITLE_SLIP), (others, _SLIP)):
            if difflib.get_close_matches(word, parts, 1, _LEAST_ALIKE):
                return rank
    return None


@functools.cache
def _words(entry: Entry) -> tuple[str, tuple[str, ...], list[str]]:
    """Folded: the title, the other words for it, and the words of the description."""
    return _folded(entry.title), tuple(map(_folded, entry.keywords)), _folded(entry.text).split()


def _folded(text: str) -> str:
    """Small letters without accents, '2-D' as '2d', other punctuation as spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub(r"(\d)\s*-?\s*d\b", r"\1d", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(re.sub(r"[^\w+×]+", " ", plain).split())
