"""Reports and scripts as files: written whole or not at all, read without surprises."""

from __future__ import annotations

from pathlib import Path

from designer.engine.archive import check_writable, in_place
from designer.errors import ReportError
from designer.messages import tr

LARGEST = 64 * 1024 * 1024
"""Bytes that a script may have: far more than any that was made by hand or in the window."""


def write_text(path: Path, text: str) -> int:
    """Write a text in UTF-8; the former file stays if that fails. Returns its size in bytes.

    Raises:
        ReportError: the disk does not take it.
    """
    data = text.encode()
    try:
        if path.is_dir():
            raise IsADirectoryError
        with in_place(path) as file:
            file.write(data)
    except OSError as error:
        raise _not_written(path, error) from error
    return len(data)


def check_text_file(path: Path) -> None:
    """Find out early whether a file can be written. Raises ReportError."""
    try:
        check_writable(path)
    except OSError as error:
        raise _not_written(path, error) from error


def read_bytes(path: Path) -> bytes:
    """What is in a file. Raises ReportError: there is none, it cannot be read, or is far too large."""
    try:
        size = path.stat().st_size
        if size <= LARGEST and path.is_file():
            return path.read_bytes()
        why = tr("It is not an ordinary file.") if size <= LARGEST else tr("It is too large.")
    except OSError as error:
        why = f"{error.strerror or error}."
    raise ReportError(
        tr("'{name}' cannot be read.", name=path.name),
        why,
        tr("Check the name and the folder: {path}", path=path),
    )


def _not_written(path: Path, error: OSError) -> ReportError:
    why = tr("It is a folder.") if path.is_dir() else f"{error.strerror or error}."
    return ReportError(
        tr("'{name}' could not be written.", name=path.name),
        why,
        tr("Choose a folder that is there and that you may write. A former file is as it was."),
    )
