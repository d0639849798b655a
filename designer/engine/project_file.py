"""The project file: network, weights, options and runs in one zip, saved whole or not at all.

`NAME.netgraft` holds `network.json`, `weights.safetensors`, `session.json`, and for each training run
`runs/NNNN/run.json` and `runs/NNNN/weights.safetensors`. Nothing in it is code; nothing is unpickled.
"""

from __future__ import annotations

import errno
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designer.catalog.kinds import kind
from designer.engine.archive import Entry, EntryError, check_writable, open_archive, read_entry, write_archive
from designer.engine.building import misfits, owned
from designer.engine.layer_tensors import from_bytes, to_bytes
from designer.engine.project_values import run_from_json, run_to_json, session_from_json, session_to_json
from designer.engine.weights import Weights
from designer.errors import DesignerError, NetworkError, ProjectChangedError, ProjectError
from designer.messages import tr
from designer.network.file import network_from_json, network_to_json
from designer.network.network import Network
from designer.network.reading import parsed
from designer.progress import Progress, StepNews
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import Run
from designer.session.savable import Stamp

SUFFIX = ".netgraft"

_NETWORK, _WEIGHTS, _SESSION = "network.json", "weights.safetensors", "session.json"
_SESSION_VALUES = (
    "data_folder",
    "validation_folder",
    "validation_share",
    "split_seed",
    "training_options",
    "export_options",
    "view",
)


@dataclass(frozen=True)
class ProjectContents:
    """What a project file holds.

    Attributes:
        network: the document.
        weights: of the network's layers; layers without any start anew.
        data_folder, validation_folder: where the pictures were, or None.
        validation_share, split_seed: how they were split.
        training_options, export_options: as chosen last.
        runs: training runs, oldest first, with their weights.
        view: what the window keeps of its view, JSON values.
    """

    network: Network
    weights: Weights
    data_folder: Path | None = None
    validation_folder: Path | None = None
    validation_share: float = 0.2
    split_seed: int = 0
    training_options: TrainingOptions = field(default_factory=TrainingOptions)
    export_options: ExportOptions = field(default_factory=ExportOptions)
    runs: tuple[Run, ...] = ()
    view: dict[str, Any] = field(default_factory=dict)


def save_project(path: Path, contents: ProjectContents, progress: Progress) -> None:
    """Write a project file in place of what was there, in one move.

    Weights that no longer fit their layer are left out: the layer starts anew, as it does when it is
    built. A copy of a layer has its weights under its own id from then on. Picture folders below the
    project's own are kept relative to it.

    Raises:
        ProjectError: the disk is full, the folder is read-only or not there; the former file stays.
        Cancelled: the user cancelled; the former file stays.
    """
    try:
        write_archive(path, _entries(path, contents, progress))
    except (OSError, zipfile.LargeZipFile, ValueError) as error:
        raise _not_saved(path, error) from error
    progress.report(StepNews(tr("Saved {name}", name=path.name), 1.0))


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_mtime_ns, found.st_size)


def check_unchanged(path: Path, stamp: Stamp | None) -> None:
    """Find out whether a project file is still as it was when `stamp` was taken, or gone.

    Raises:
        ProjectChangedError: something else has written it.
    """
    if stamp is not None and stamp_of(path) not in (stamp, None):
        raise ProjectChangedError(
            tr("'{name}' was not saved.", name=path.name),
            tr("The file is newer than what is open here: something has saved it since."),
            tr("Save under another name, or write over what is in the file now."),
        )


def check_saving(path: Path, weights: Weights | None = None) -> None:
    """Find out whether a project can be saved at `path`, before the work that is to be saved is done.

    Args:
        path: the project file.
        weights: what there must be room for, at the least.

    Raises:
        ProjectError: its folder is not there or cannot be written, or the disk is full.
    """
    try:
        check_writable(path, sum(tensor.nbytes for tensor in (weights or Weights()).flat().values()))
    except OSError as error:
        raise _not_saved(path, error) from error


def load_project(path: Path, progress: Progress) -> ProjectContents:
    """Read a project file; everything is checked before anything is returned.

    Raises:
        ProjectError: the file is missing, not a project, damaged, made by a newer version, or its
            parts do not fit together.
        Cancelled: the user cancelled.
    """
    progress.report(StepNews(tr("Opening {name}", name=path.name)))
    try:
        with open_archive(path) as archive:
            for name in (_NETWORK, _WEIGHTS, _SESSION):
                if name not in archive.namelist():
                    raise _not_a_project(path, tr("'{part}' is missing in it.", part=name))
            network = network_from_json(_json(archive, _NETWORK))
            _check_kinds(network)
            progress.raise_if_cancelled()
            weights = from_bytes(read_entry(archive, _WEIGHTS))
            _check_weights(path, network, weights)
            session = session_from_json(_json(archive, _SESSION), path.absolute().parent)
            runs = []
            for folder in _run_folders(archive):
                progress.raise_if_cancelled()
                runs.append(_read_run(archive, folder, weights))
    except OSError as error:
        raise _unreadable(path, error) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, EntryError, NotImplementedError) as error:
        with path.open("rb") as file:
            if file.read(2) != b"PK":
                raise _not_a_project(path, tr("It is not a zip file.")) from error
        raise _damaged(path, str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error
    # Saved weights hold present layers alone; those of layers that are gone are of no use.
    present = Weights({i: weights[i] for i in weights if i in network})
    return ProjectContents(network, present, runs=tuple(runs), **session)


def _entries(path: Path, contents: ProjectContents, progress: Progress) -> Iterator[Entry]:
    """All entries of the file, made one after the other so that few weights are held twice."""
    steps = len(contents.runs) + 1
    progress.raise_if_cancelled()
    progress.report(StepNews(tr("Saving {name}", name=path.name), 0.0))
    yield Entry(_NETWORK, _json_bytes(network_to_json(contents.network)))
    session = {name: getattr(contents, name) for name in _SESSION_VALUES}
    yield Entry(_SESSION, _json_bytes(session_to_json(session, path.absolute().parent)))
    current = owned(contents.network, contents.weights)
    yield Entry(_WEIGHTS, to_bytes(current), stored=True)
    for done, run in enumerate(contents.runs, 1):
        progress.raise_if_cancelled()
        progress.report(StepNews(tr("Saving {name}", name=path.name), done / steps))
        yield from _run_entries(run, current)
    progress.raise_if_cancelled()


def _run_entries(run: Run, current: Weights) -> Iterator[Entry]:
    """A run's values, and those of its weights that are not the project's own."""
    folder = _run_folder(run.number)
    kept = run.weights if isinstance(run.weights, Weights) else None
    same = [] if kept is None else [i for i in kept if i in current and _equal(kept[i], current[i])]
    value = {**run_to_json(run), "weights": None if kept is None else {"same_as_project": same}}
    yield Entry(f"{folder}/run.json", _json_bytes(value))
    if kept is not None:
        own = Weights({i: kept[i] for i in kept if i not in set(same)})
        if len(own):
            yield Entry(f"{folder}/{_WEIGHTS}", to_bytes(own), stored=True)


def _equal(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(
        one[n] is other[n]
        or (
            one[n].dtype == other[n].dtype
            and one[n].shape == other[n].shape
            # bytes, so that NaN equals itself and -0.0 is not 0.0
            and bool((_bytes_of(one[n]) == _bytes_of(other[n])).all())
        )
        for n in one
    )


def _bytes_of(tensor: Any) -> Any:
    return tensor.detach().contiguous().view(-1).numpy().view("uint8")


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    return parsed(read_entry(archive, name))


def _run_folder(number: int) -> str:
    return f"runs/{number:04d}"


def _run_folders(archive: zipfile.ZipFile) -> list[str]:
    names = sorted(name for name in archive.namelist() if name.startswith("runs/"))
    return [name.removesuffix("/run.json") for name in names if name.endswith("/run.json")]


def _read_run(archive: zipfile.ZipFile, folder: str, current: Weights) -> Run:
    value = _json(archive, f"{folder}/run.json")
    weights = None
    if value["weights"] is not None:
        weights = Weights({i: current[i] for i in value["weights"]["same_as_project"]})
        if f"{folder}/{_WEIGHTS}" in archive.namelist():
            weights = weights.merged(from_bytes(read_entry(archive, f"{folder}/{_WEIGHTS}")))
    run = run_from_json(value, weights)
    if folder != _run_folder(run.number):
        raise ValueError(f"{folder} is run number {run.number}")
    return run


def _check_kinds(network: Network) -> None:
    """Raise ProjectError when a layer cannot be one of its kind, or there is a cycle."""
    for layer in network:
        try:
            kind(layer.kind).complete(layer.settings)
        except DesignerError as error:
            raise ProjectError(
                tr("Layer '{name}' in this project cannot be read.", name=layer.name),
                f"{error.what} {error.why}".strip(),
                tr("Update Netgraft, or open an earlier copy of the file."),
            ) from error
    try:
        _ = network.order
    except NetworkError as error:
        raise ProjectError(
            tr("The network in this project cannot be read."),
            f"{error.what} {error.why}",
            tr("The file may be damaged: open an earlier copy of it."),
        ) from error


def _check_weights(path: Path, network: Network, weights: Weights) -> None:
    """Raise ProjectError, with the layer and both shapes, when weights do not fit."""
    try:
        present = Weights({i: weights[i] for i in weights if i in network})
        unfit = [found for found in misfits(network, present) if found.layer in present]
    except NetworkError as error:
        raise ProjectError(
            tr("The weights in '{name}' do not fit its network.", name=path.name),
            f"{error.what} {error.why}",
            tr("The file may be damaged: open an earlier copy of it."),
        ) from error
    if unfit:
        first = unfit[0]
        raise ProjectError(
            tr("The weights in '{name}' do not fit its network.", name=path.name),
            tr("In layer '{layer}' {reason}.", layer=network[first.layer].name, reason=first.reason),
            tr("The file may be damaged: open an earlier copy of it."),
        )


def _not_saved(path: Path, error: Exception) -> ProjectError:
    what = tr("'{name}' could not be saved.", name=path.name)
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT):
        return ProjectError(
            what,
            tr("The disk with {folder} is full.", folder=path.parent),
            tr("Make room, or save to another disk. The former file is as it was."),
        )
    if path.is_dir():
        return ProjectError(what, tr("It is a folder."), tr("Give the name of a file, such as my.netgraft."))
    detail = (isinstance(error, OSError) and error.strerror) or str(error)
    return ProjectError(
        what,
        tr("{folder} cannot be written ({reason}).", folder=path.parent, reason=detail),
        tr("Choose a folder that is there and that you may write. The former file is as it was."),
    )


def _unreadable(path: Path, error: OSError) -> ProjectError:
    why = tr("There is no such file.") if isinstance(error, FileNotFoundError) else f"{error.strerror}."
    if path.is_dir():
        why = tr("It is a folder.")
    return ProjectError(
        tr("'{name}' cannot be opened.", name=path.name),
        why,
        tr("Check the name and the folder: {path}", path=path),
    )


def _not_a_project(path: Path, why: str) -> ProjectError:
    return ProjectError(
        tr("'{name}' is not a Netgraft project.", name=path.name),
        why,
        tr("Choose a file that Netgraft has saved; its name ends in {suffix}.", suffix=SUFFIX),
    )


def _damaged(path: Path, reason: str) -> ProjectError:
    return ProjectError(
        tr("'{name}' cannot be opened.", name=path.name),
        tr("The file is cut short or damaged: {reason}.", reason=reason.strip().rstrip(".")[:160]),
        tr("Open an earlier copy of it."),
    )
