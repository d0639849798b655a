"""The rows of the table, how they are sorted and which of them are shown: pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from designer.gui.editing.canvas.content import kind_of, tick_of
from designer.messages import count_text, shape_text, tr
from designer.network.network import Layer, Network
from designer.session.results import Facts, LayerFacts

_DIGITS = re.compile(r"(\d{1,18})")
_NOTHING = LayerFacts()


class Row(NamedTuple):
    """One layer in the table.

    Attributes:
        layer: itself.
        known: what was inferred of it; None while nothing is known.
        kind, category: title of its kind, and the kind's heading in the library.
        tick: 'on', 'off', or '' when there is nothing to freeze.
        learns: it has learning-rate factors.
        sought: what the search looks in, beside the shape.
    """

    layer: Layer
    known: LayerFacts | None
    kind: str
    category: str
    tick: str
    learns: bool
    sought: str

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Of the first output; None while it is not known."""
        return self.known.shapes[0] if self.known is not None and self.known.shapes else None


Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, title and tip in English, what is shown and copied, and what it is sorted by."""

    key: str
    title: str
    tip: str
    width: int
    text: Callable[[Row], str]
    copied: Callable[[Row], str]
    order: Callable[[Row], Key]
    number: bool = False


def natural(text: str) -> Key:
    """A name's place in the order that people expect: 'layer2' before 'Layer10'."""
    # Digits and text alternate, so that like is always compared with like.
    return tuple(
        int(part) if number % 2 else part for number, part in enumerate(_DIGITS.split(text.casefold()))
    )


def _count(value: int | None) -> str:
    return count_text(value) if value else ""


def _parameters(row: Row) -> int:
    return (row.known or _NOTHING).parameters


def _macs(row: Row) -> int:
    return (row.known or _NOTHING).macs


def _shape_text(row: Row) -> str:
    return "" if row.shape is None else shape_text(row.shape).replace(" × ", "×")


def _rate(value: Callable[[Layer], float]) -> Callable[[Row], str]:
    return lambda row: f"{value(row.layer):g}" if row.learns else ""


def _rate_order(value: Callable[[Layer], float]) -> Callable[[Row], Key]:
    return lambda row: (value(row.layer) if row.learns else -1.0,)


def _exact(value: Callable[[Row], int]) -> Callable[[Row], str]:
    return lambda row: str(value(row)) if row.known is not None else ""


COLUMNS = (
    Column(
        "frozen",
        "",
        "Frozen",
        30,
        lambda row: "",
        lambda row: {"on": tr("frozen"), "off": tr("trainable")}.get(row.tick, ""),
        lambda row: (("on", "off", "").index(row.tick),),
    ),
    Column(
        "name",
        "Name",
        "Name",
        152,
        lambda row: row.layer.name,
        lambda row: row.layer.name,
        lambda row: natural(row.layer.name),
    ),
    Column(
        "parameters",
        "Param.",
        "Parameters: learnable values",
        76,
        lambda row: _count(_parameters(row)),
        _exact(_parameters),
        lambda row: (_parameters(row),),
        number=True,
    ),
    Column(
        "shape",
        "Output",
        "Shape of the output",
        104,
        _shape_text,
        lambda row: "" if row.shape is None else shape_text(row.shape),
        lambda row: (row.shape is not None, row.shape or ()),
        number=True,
    ),
    Column(
        "kind",
        "Kind",
        "Kind of layer",
        164,
        lambda row: row.kind,
        lambda row: row.kind,
        lambda row: natural(row.kind),
    ),
    Column(
        "group",
        "Group",
        "Group: module path",
        110,
        lambda row: row.layer.group,
        lambda row: row.layer.group,
        lambda row: natural(row.layer.group),
    ),
    Column(
        "macs",
        "Multiply-adds",
        "Multiplications with accumulation, for one picture",
        76,
        lambda row: _count(_macs(row)),
        _exact(_macs),
        lambda row: (_macs(row),),
        number=True,
    ),
    Column(
        "weights",
        "W × rate",
        "Learning-rate factor of the weights",
        88,
        _rate(lambda layer: layer.weight_rate),
        _rate(lambda layer: layer.weight_rate),
        _rate_order(lambda layer: layer.weight_rate),
        number=True,
    ),
    Column(
        "bias",
        "B × rate",
        "Learning-rate factor of the bias",
        88,
        _rate(lambda layer: layer.bias_rate),
        _rate(lambda layer: layer.bias_rate),
        _rate_order(lambda layer: layer.bias_rate),
        number=True,
    ),
)
"""The columns, in their first order."""

PLACES: Mapping[str, int] = {column.key: place for place, column in enumerate(COLUMNS)}
"""Number of each column by its key."""


_id_of = attrgetter("layer.id")


def rows_of(network: Network | None, facts: Facts | None, before: Sequence[Row] = ()) -> tuple[Row, ...]:
    """A row for each layer, in the order of the network.

    Rows of `before` whose layer and facts are the same are taken over, so that an edit costs little.
    """
    if network is None:
        return ()
    known = facts.layers if facts is not None else {}
    former = ids_of(before)
    # Most edits leave the layers in their places.
    kept = (
        before
        if former == list(network.layers)
        else map(dict(zip(former, before, strict=True)).get, network.layers)
    )
    return tuple(
        [
            old if old is not None and old.layer is layer and old.known is its else _row(layer, its, old)
            for layer, its, old in zip(
                network.layers.values(), map(known.get, network.layers), kept, strict=True
            )
        ]
    )


def ids_of(rows: Iterable[Row]) -> list[str]:
    """Ids of the rows' layers."""
    return list(map(_id_of, rows))


def _row(layer: Layer, known: LayerFacts | None, old: Row | None) -> Row:
    if old is not None and old.layer is layer:
        return old if old.known == known else Row(layer, known, *old[2:])
    kind = kind_of(layer)
    title = layer.kind if kind is None else kind.title
    category = "Shape" if kind is None else kind.category
    learns = kind is not None and kind.learnable
    sought = "\n".join((layer.name, title, layer.kind, layer.group)).casefold()
    return Row(layer, known, title, category, tick_of([layer]), learns, sought)


@lru_cache(maxsize=4096)
def _sizes(shape: tuple[int, ...]) -> str:
    """What the search finds a shape by."""
    return "\n".join(sign.join(map(str, shape)) for sign in ("×", "x", " "))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are shown.

    Attributes:
        words: each must be found in the name, kind, group or shape.
        kinds: titles of kinds; all when empty.
        state: 'frozen', 'trainable', or '' for both.
    """

    words: str = ""
    kinds: frozenset[str] = frozenset()
    state: str = ""

    @property
    def active(self) -> bool:
        """Whether it may leave something out."""
        return bool(self.words.strip() or self.kinds or self.state)

    def takes(self, row: Row) -> bool:
        """Whether a row is shown."""
        if self.kinds and row.kind not in self.kinds:
            return False
        if self.state and row.tick != {"frozen": "on", "trainable": "off"}[self.state]:
            return False
        words = self.words.casefold().split()
        return all(word in row.sought or word in _sizes(row.shape or ()) for word in words)


def arranged(rows: Iterable[Row], wanted: Filter, column: int, descending: bool) -> tuple[Row, ...]:
    """The rows that are shown, in the order of a column; of the network when `column` is -1."""
    found = [row for row in rows if wanted.takes(row)] if wanted.active else list(rows)
    if column >= 0:
        found.sort(key=COLUMNS[column].order, reverse=descending)
    return tuple(found)


def table_text(rows: Iterable[Row], columns: Sequence[int]) -> str:
    """Rows as text with tabs between, the columns' titles first: what a spreadsheet takes."""
    chosen = [COLUMNS[number] for number in columns]
    lines = ["\t".join(tr(column.title or column.tip) for column in chosen)]
    lines += ["\t".join(_plain(column.copied(row)) for column in chosen) for row in rows]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.replace("\t", " ").splitlines())


def kinds_in(rows: Iterable[Row]) -> Mapping[str, int]:
    """Titles of the kinds that are there, sorted, each with the number of its layers."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.kind] = counts.get(row.kind, 0) + 1
    return dict(sorted(counts.items()))


def runs_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs without a gap, each with its first and last."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def middle_of(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int]:
    """Where two lists differ: how many are the same at the start, and the ends of what lies between."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    left, right = len(old), len(new)
    while left > start and right > start and old[left - 1] == new[right - 1]:
        left, right = left - 1, right - 1
    return start, left, right
