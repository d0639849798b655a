"""Looking up a row of a table by the key that an option or a project gives."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

from designer.errors import DesignerError
from designer.messages import tr

Row = TypeVar("Row")


def row_of(rows: Mapping[str, Row], key: str, what: str, error: type[DesignerError]) -> Row:
    """The row of that key.

    Args:
        rows: the table.
        key: of the row.
        what: one sentence, said where there is no such row.
        error: what is raised then.

    Raises:
        DesignerError: there is none, as an `error` that names those that there are.
    """
    if key in rows:
        return rows[key]
    near = difflib.get_close_matches(str(key), rows, 1)
    raise error(
        what,
        tr("The nearest is '{name}'.", name=near[0])
        if near
        else tr("It is misspelt, or of another version of Netgraft."),
        tr("Choose one of: {names}.", names=", ".join(rows)),
    )
