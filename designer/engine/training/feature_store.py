"""Features on disk, for later runs: found again by what they were computed from, whole or not at all.

Each entry is a folder with one .npy file for each value that the prefix hands on, and a JSON file. The
folder is written under another name, everything in it is flushed, the JSON comes last, and only then does
it get the name under which it is looked for. A write that was broken off is never found.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from torch import Tensor

from designer import settings
from designer.catalog.augmentations import AUGMENTATIONS
from designer.engine.archive import in_place
from designer.engine.data import Key, Pictures
from designer.engine.module import NetworkModule
from designer.engine.training.prefix import How
from designer.network.file import layer_to_json
from designer.network.network import Port
from designer.network.reading import parsed

FORMAT = 1
LARGEST = 10_000_000_000
"""Bytes that all entries together may take."""
SHARE = 0.5
"""Of the disk's room, what is free and what the entries take already, how much they may take."""
ABANDONED = 24 * 3600
"""Seconds after which an entry that nobody has gone on writing is taken for broken off."""

_HEADER = "features.json"
_PART = ".part"
_NUMPY = {torch.bfloat16: torch.int16}
"""Types that numpy does not know, and under which of its own they are kept."""


@dataclass(frozen=True)
class Entry:
    """Features that lie on disk.

    Attributes:
        folder: where.
        how: how they were computed and are kept.
        rows: for each row the place of its picture in the list that they were asked for with.
        broken: places of pictures that could not be read, with the reason.
        dtypes: torch's types of the values, by their names.
        shapes: of the values, rows included.
    """

    folder: Path
    how: How
    rows: tuple[int, ...]
    broken: Mapping[int, str]
    dtypes: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @property
    def nbytes(self) -> int:
        """Size of the values."""
        sizes = (dtype_of(name).itemsize for name in self.dtypes)
        return sum(size * math.prod(shape) for size, shape in zip(sizes, self.shapes, strict=True))

    def values(self) -> list[Tensor]:
        """The values, mapped: read from disk as they are used. Raises OSError or ValueError."""
        found = []
        for number, (name, shape) in enumerate(zip(self.dtypes, self.shapes, strict=True)):
            dtype = dtype_of(name)
            # Copied on write, so that torch can be given it; nobody writes.
            mapped = np.load(self.folder / f"{number}.npy", mmap_mode="c", allow_pickle=False)
            tensor = torch.from_numpy(mapped)
            if tensor.shape != shape or tensor.dtype != _NUMPY.get(dtype, dtype):
                raise ValueError(f"{self.folder} does not hold what it says")
            found.append(tensor.view(dtype))
        return found


class Writing:
    """An entry that is being written. Leave it by `finish` or `give_up`.

    Raises OSError where the disk does not take it.
    """

    def __init__(self, target: Path, key: str, how: How, like: Sequence[Tensor], count: int) -> None:
        self._target, self._key, self._how = target, key, how
        self._shapes = [tuple(value.shape[1:]) for value in like]
        self._dtypes = [value.dtype for value in like]
        self._count = count
        self._folder = target.with_name(f".{target.name}.{secrets.token_hex(4)}{_PART}")
        self._files: list[IO[bytes]] = []
        self._written = 0
        self._folder.mkdir(parents=True)
        try:
            for number in range(len(like)):
                self._files.append((self._folder / f"{number}.npy").open("xb"))
                self._begin(number, count)
        except BaseException:
            self.give_up()
            raise

    def add(self, values: Iterable[Tensor]) -> None:
        """Some rows more, of all values. Raises OSError."""
        count = 0
        for file, value in zip(self._files, values, strict=True):
            count = len(value)
            value.cpu().contiguous().view(-1).view(torch.uint8).numpy().tofile(file)
        self._written += count

    def finish(self, rows: Sequence[int], broken: Mapping[int, str]) -> Entry:
        """Put the entry in place. Raises OSError; then nothing is left of it."""
        try:
            for number, file in enumerate(self._files):
                if self._written < self._count:
                    self._begin(number, self._written)
                file.flush()
                os.fsync(file.fileno())
                file.close()
            dtypes = tuple(str(dtype).removeprefix("torch.") for dtype in self._dtypes)
            shapes = tuple((self._written, *shape) for shape in self._shapes)
            entry = Entry(self._target, self._how, tuple(rows), dict(broken), dtypes, shapes)
            with in_place(self._folder / _HEADER) as file:
                file.write(json.dumps(_to_json(entry, self._key)).encode())
            # Another process may have been quicker; what lay there before may be damaged.
            _remove(self._target)
            self._folder.rename(self._target)
        except BaseException:
            self.give_up()
            raise
        return entry

    def give_up(self) -> None:
        """Leave nothing behind."""
        for file in self._files:
            with contextlib.suppress(OSError):
                file.close()
        _remove(self._folder)

    def _begin(self, number: int, count: int) -> None:
        dtype = _NUMPY.get(self._dtypes[number], self._dtypes[number])
        kind = np.dtype(str(dtype).removeprefix("torch."))
        header = {"descr": kind.str, "fortran_order": False, "shape": (count, *self._shapes[number])}
        file = self._files[number]
        # numpy leaves room in the header for the number of rows to change.
        file.seek(0)
        np.lib.format.write_array_header_1_0(file, header)
        file.seek(0, os.SEEK_END)


class FeatureStore:
    """Where features lie.

    Args:
        folder: of the entries; None for the one in the cache folder. It need not be there.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = settings.cache_folder() / "features" if folder is None else folder

    def find(self, key: str, accept: Callable[[How], bool]) -> Entry | None:
        """A whole entry of this key in a way that is accepted; the same one whenever it is asked for."""
        for folder in sorted(self._entries(key)):
            entry = _read(folder, key)
            if entry is not None and accept(entry.how):
                with contextlib.suppress(OSError):
                    os.utime(folder / _HEADER)
                return entry
        return None

    def begin(self, key: str, how: How, like: Sequence[Tensor], count: int, several: int = 1) -> Writing:
        """Begin an entry for `count` rows of values like these; older ones go where room is needed.

        `several` processes begin one each that is about as large.

        Raises:
            OSError: the folder or the disk does not take it, or it would be larger than is allowed.
        """
        need = sum(value[0].nbytes for value in like) * count * several
        if not self.takes(need):
            raise OSError(28, os.strerror(28), str(self.folder))
        self.make_room(need)
        return Writing(self._path(key, how), key, how, like, count)

    def takes(self, need: int) -> bool:
        """Whether so many bytes are allowed, others dropped."""
        return need <= self._allowed()

    def make_room(self, need: int) -> None:
        """Drop what was left behind, and as many entries, longest unused first, as must go."""
        now = time.time()
        for folder in self._all():
            if folder.name.endswith(_PART) and now - _touched(folder) > ABANDONED:
                _remove(folder)
        allowed = self._allowed()
        whole = sorted((f for f in self._all() if not f.name.endswith(_PART)), key=_touched)
        sizes = {folder: _size(folder) for folder in whole}
        held = sum(sizes.values())
        for folder in whole:
            if held + need <= allowed:
                return
            _remove(folder)
            held -= sizes[folder]

    def _path(self, key: str, how: How) -> Path:
        return self.folder / f"{key[:32]}-{how.name}"

    def _entries(self, key: str) -> list[Path]:
        return [folder for folder in self._all() if folder.name.startswith(f"{key[:32]}-")]

    def _all(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.is_dir()]
        except OSError:
            return []

    def _allowed(self) -> int:
        there = self.folder
        while not there.exists() and there != there.parent:
            there = there.parent
        held = sum(_size(folder) for folder in self._all())
        return min(LARGEST, int((shutil.disk_usage(there).free + held) * SHARE))


def key_of(
    module: NetworkModule,
    ports: Sequence[Port],
    pictures: Pictures,
    keys: Sequence[Key],
    batch: int,
    device: str,
) -> str:
    """A digest of all that features depend on, but for `How`.

    These are the layers before `ports` with their settings, connections and weights; the preparation
    of pictures; the pictures' files (path, size, time of the last change) in their order; how they are
    altered, which hangs on their numbers too; how many are run together; torch and the device.
    """
    network = module.network
    needed = network.ancestors([port.layer for port in ports])
    layers = [layer_to_json(network[i], network.inputs[i]) for i in network.order if i in needed]
    # What a layer is called and how it would learn changes no value.
    plain = [{k: row[k] for k in ("id", "kind", "settings", "inputs") if k in row} for row in layers]
    value = {
        "format": FORMAT,
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "processor": torch.backends.cpu.get_cpu_capability(),
        "layers": plain,
        "weights": [_digest(module, i) for i in network.order if i in needed],
        "ports": [[port.layer, port.output] for port in ports],
        "preprocessing": pictures.preprocessing.to_json(),
        "pictures": [_state(pictures.paths[index]) for index, _ in keys],
        "altered": _altered(pictures, keys),
        "batch": batch,
    }
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _altered(pictures: Pictures, keys: Sequence[Key]) -> list[Any]:
    """What versions of pictures depend on; empty where none is altered."""
    if pictures.augmenting is None:
        return []
    options = pictures.augmenting.options
    strengths = {name: getattr(options, name) for name in AUGMENTATIONS}
    return [strengths, options.seed, keys]


def dtype_of(name: str) -> torch.dtype:
    """The type of this name. Raises ValueError."""
    found = getattr(torch, name, None)
    if not isinstance(found, torch.dtype):
        raise ValueError(f"{name!r} is no type")
    return found


def _digest(module: NetworkModule, layer_id: str) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(module.layer_module(layer_id).state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def _state(path: Path) -> list[Any]:
    try:
        found = path.stat()
    except OSError:
        return [str(path), -1, -1]
    return [str(path.absolute()), found.st_size, found.st_mtime_ns]


def _to_json(entry: Entry, key: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "key": key,
        "how": entry.how.to_json(),
        "rows": entry.rows,
        "broken": {str(place): why for place, why in entry.broken.items()},
        "values": [{"dtype": d, "shape": s} for d, s in zip(entry.dtypes, entry.shapes, strict=True)],
    }


def _read(folder: Path, key: str) -> Entry | None:
    """What lies in a folder; None where it is not whole or of another key."""
    try:
        value = parsed((folder / _HEADER).read_bytes())
        if value["format"] != FORMAT or value["key"] != key:
            return None
        entry = Entry(
            folder,
            How.from_json(value["how"]),
            tuple(int(place) for place in value["rows"]),
            {int(place): str(why) for place, why in value["broken"].items()},
            tuple(str(held["dtype"]) for held in value["values"]),
            tuple(tuple(int(side) for side in held["shape"]) for held in value["values"]),
        )
        entry.values()  # each file is as long as it must be
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, RecursionError):
        return None
    return entry if all(shape[0] == len(entry.rows) for shape in entry.shapes) else None


def _touched(folder: Path) -> float:
    """When a folder was last used or written to."""
    header = folder / _HEADER
    try:
        if header.exists():
            return header.stat().st_mtime
        return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except OSError:
        return 0.0


def _size(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.iterdir())
    except OSError:
        return 0


def _remove(folder: Path) -> None:
    # Without its JSON it is nothing, should the rest take long or fail.
    with contextlib.suppress(OSError):
        (folder / _HEADER).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
