"""The rows of the layer library: headings that fold, and entries. Pure functions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from designer.catalog.kinds import KINDS
from designer.catalog.library import ENTRIES, SECTIONS, Entry, search
from designer.messages import tr

BLOCK = "group"
"""In place of a category, for what consists of several layers."""


@dataclass(frozen=True, slots=True)
class Row:
    """A heading (its `key` is '') or an entry.

    Attributes:
        key: the entry's.
        section: the heading that it stands under, or the heading itself.
        title: what is shown.
        text: one line on what it does; at a heading how many entries it has.
        category: whose colour it has: that of a layer kind, or `BLOCK`.
        folded: a heading whose entries are not shown.
    """

    key: str
    section: str
    title: str
    text: str
    category: str = ""
    folded: bool = False


def rows_of(wanted: str, folded: Collection[str]) -> tuple[Row, ...]:
    """All entries under their headings; while one searches, what is found, best first, without headings."""
    if wanted.strip():
        return tuple(_row(entry) for entry in search(wanted))
    found: list[Row] = []
    for section in SECTIONS:
        entries = [entry for entry in ENTRIES.values() if entry.section == section]
        if not entries:
            continue
        is_folded = section in folded
        found.append(Row("", section, tr(section), str(len(entries)), folded=is_folded))
        if not is_folded:
            found.extend(_row(entry) for entry in entries)
    return tuple(found)


def _row(entry: Entry) -> Row:
    kind = KINDS.get(entry.key)
    known = {row.category for row in KINDS.values()}
    category = kind.category if kind is not None else entry.section if entry.section in known else BLOCK
    return Row(entry.key, entry.section, tr(entry.title), tr(entry.text), category)
