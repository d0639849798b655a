"""A zip file that is written whole or not at all, and read without trusting it."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes that all entries together may have which are not stored as they are."""

MOST_ENTRIES = 100_000


class EntryError(Exception):
    """An archive is built in a way that is not read: unsafe names, more entries or bytes than allowed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the archive; `stored` ones are not compressed."""

    name: str
    data: bytes
    stored: bool = False


def write_archive(path: Path, entries: Iterable[Entry]) -> None:
    """Write a zip file, whole or not at all: see `in_place`.

    Raises:
        OSError: the disk does not take it.
    """
    with in_place(path) as file, zipfile.ZipFile(file, "w") as archive:
        for entry in entries:
            _write_entry(archive, entry)


@contextmanager
def in_place(path: Path) -> Iterator[IO[bytes]]:
    """A temporary file in the same folder, that is flushed and put in the place of `path` at the end.

    Whatever is raised, by the disk or within, the former file stays and the temporary one goes.

    Raises:
        OSError: the disk does not take it.
    """
    # A link stays a link to the file that is written.
    path = Path(os.path.realpath(path))
    temporary = _beside(path)
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def check_writable(path: Path, size: int = 0) -> None:
    """Write a block beside `path` and take it away again; look for room for `size` bytes.

    Raises:
        OSError: `path` is a folder, its own folder does not take the block, or the disk is too full.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    temporary = _beside(path)
    try:
        with temporary.open("xb") as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
        if shutil.disk_usage(path.parent).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    finally:
        temporary.unlink(missing_ok=True)


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a zip file for reading, after a look at its table of contents.

    Raises:
        OSError: it cannot be read.
        zipfile.BadZipFile: it is not a zip file, or cut short.
        EntryError: it has unsafe names, or would unpack to far more than it is.
    """
    archive = zipfile.ZipFile(path)
    try:
        _check_contents(archive)
    except BaseException:
        archive.close()
        raise
    return archive


def read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """One entry's bytes, checksum tested. Raises KeyError, zipfile.BadZipFile or zlib.error."""
    return archive.read(name)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def _write_entry(archive: zipfile.ZipFile, entry: Entry) -> None:
    # A fixed date makes equal projects equal files.
    info = zipfile.ZipInfo(entry.name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_STORED if entry.stored else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, entry.data)


def _check_contents(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise EntryError(f"it has {len(entries)} entries")
    names = [info.filename for info in entries]
    if len(set(names)) < len(names):
        raise EntryError("two entries have the same name")
    unpacked = sum(info.file_size for info in entries if info.compress_type != zipfile.ZIP_STORED)
    if unpacked > LARGEST_TEXT:
        raise EntryError(f"it would unpack to {unpacked} bytes of text")
    for info in entries:
        parts = PurePosixPath(info.filename).parts
        if not parts or ".." in parts or "\\" in info.filename or ":" in info.filename or parts[0] == "/":
            raise EntryError(f"the entry name {info.filename!r} is not allowed")
        if info.flag_bits & 1:
            raise EntryError(f"the entry {info.filename!r} is encrypted")


def _flush_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can (not on Windows)."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
