"""Runs that survive the end of the program: a folder for each, with its project and its checkpoint.

A folder is made when a run begins and taken away when its result is safe: the project has been saved with
it, or nobody wants it. As long as a process works with it, it holds a lock that the system takes away with
the process, so that a folder without a lock is a run that was broken off. Where it has no checkpoint yet, it
can begin again: what was open then may have been saved nowhere else.
"""

from __future__ import annotations

import json
import secrets
import shutil
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import strftime, time
from typing import Any

from filelock import FileLock, Timeout

from designer.engine.project_file import ProjectContents, load_project, save_project, stamp_of
from designer.engine.training.checkpoints import Checkpoint, CheckpointFile
from designer.engine.weights import Weights
from designer.errors import DesignerError, ProjectError, TrainingError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, Silent
from designer.session.kept_runs import InterruptedRun
from designer.session.options import TrainingOptions
from designer.session.savable import Stamp
from designer.settings import state_folder

MOST = 20
"""So many broken-off runs are kept; the oldest make room for newer ones."""

GRACE = 60
"""Seconds after which a folder without a lock that holds no run belongs to nobody."""

_ABOUT, _PROJECT, _CHECKPOINT, _LOCK = "run.json", "start.netgraft", "checkpoint", "lock"


class RunFolder:
    """The folder of a run that this process works with.

    Attributes:
        path: of the folder.
    """

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def begin(cls, contents: ProjectContents, project: Path | None, name: str = "") -> RunFolder:
        """A folder for a run that begins with what is open.

        Broken-off runs of the same project with a checkpoint, which a new one takes the place of, are taken
        away; of those without one only such as began with the same.

        Args:
            contents: all that is open.
            project: the project's file; None when it has never been saved.
            name: what the run is called; '' for nothing.

        Raises:
            ProjectError: the folder cannot be written.
            OSError: the folder cannot be made.
        """
        _make_room(project)
        path = _home() / f"{strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        path.mkdir(parents=True)
        folder = cls(path, _locked(path))
        try:
            save_project(path / _PROJECT, contents, Silent())
            about = {
                "project": None if project is None else str(project.absolute()),
                "name": contents.network.name,
                "run": name,
                "stamp": None if project is None else stamp_of(project),
                "epochs": contents.training_options.all_epochs,
            }
            (path / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
            _discard_like(path, project)
        except BaseException:
            folder.discard()
            raise
        return folder

    @classmethod
    def go_on(cls, run: InterruptedRun, *, sole: bool = True) -> RunFolder:
        """The folder of a run that was broken off; for `sole` see `interrupted_runs`.

        Raises:
            TrainingError: it is not there any more, or another window goes on with it.
        """
        try:
            return cls(run.folder, _locked(run.folder) if sole else _lock_of(run.folder))
        except Timeout as error:
            raise TrainingError(
                tr("The run cannot go on here."),
                tr("Another window of Netgraft works with it."),
                tr("Close that window, or start a new run."),
            ) from error
        except OSError as error:
            raise _gone() from error

    def name(self) -> str:
        """What the run is called; '' for nothing. Raises OSError or ValueError where it cannot be read."""
        return str(json.loads((self.path / _ABOUT).read_text(encoding="utf-8")).get("run", ""))

    def checkpoints(self, options: TrainingOptions) -> CheckpointFile:
        """Where the run's checkpoint lies."""
        return CheckpointFile(self.path / _CHECKPOINT, options.checkpoint_minutes)

    def checkpoint(self) -> Checkpoint:
        """The run's last checkpoint. Raises TrainingError where there is none, or it is damaged."""
        return CheckpointFile(self.path / _CHECKPOINT).read()

    def can_go_on(self) -> bool:
        """The run has a checkpoint."""
        return (self.path / _CHECKPOINT).is_file()

    def contents(self, progress: Progress) -> ProjectContents:
        """What was open when the run began. Raises ProjectError."""
        return load_project(self.path / _PROJECT, progress)

    def release(self) -> None:
        """Leave the folder to whoever goes on with the run."""
        self._lock.release(force=True)

    def left(self) -> InterruptedRun:
        """Leave the folder, and tell of its run. Raises TrainingError when it cannot go on."""
        self.release()
        run = _interrupted(self.path)
        if run is None or not run.has_checkpoint:
            raise _gone()
        return run

    def take_back(self) -> None:
        """Have the folder again after `left`, unless another window has it by now."""
        with suppress(Timeout, OSError):
            if self.path.is_dir():
                self._lock.acquire()

    def discard(self) -> None:
        """Take the folder away, unless another window has it: its run is safe, or nobody wants it."""
        self.take_back()
        if self._lock.is_locked:
            self._lock.release(force=True)
            _remove(self.path)


def interrupted_runs(*, sole: bool = True) -> tuple[InterruptedRun, ...]:
    """Runs that were broken off, newest first. Folders that cannot be read are passed over.

    `sole` is False in all but the first of several processes, which holds the folder for all of them.
    """
    found = [run for path in _folders() if (run := _interrupted(path, sole=sole)) is not None]
    return tuple(sorted(found, key=lambda run: run.written, reverse=True))


def interrupted_run(project: Path | None, *, sole: bool = True) -> InterruptedRun | None:
    """The newest run of a project, or of one that was never saved, that was broken off; None for none.

    For `sole` see `interrupted_runs`.
    """
    wanted = None if project is None else project.absolute()
    return next((run for run in interrupted_runs(sole=sole) if run.project == wanted), None)


def last_state(folder: Path, progress: Progress) -> tuple[Network, Weights]:
    """Network and weights of a run as its last checkpoint has them, while it may go on elsewhere.

    Raises:
        TrainingError: there is no checkpoint yet.
        ProjectError: what the run began with cannot be read.
    """
    if not (folder / _CHECKPOINT).is_file():
        raise TrainingError(
            tr("The run that goes on cannot be asked yet."),
            tr("It answers with its last checkpoint, and has none so far."),
            tr("Wait until its first epoch is over."),
        )
    contents = load_project(folder / _PROJECT, progress)
    checkpoint = CheckpointFile(folder / _CHECKPOINT).read()
    return contents.network, contents.weights.merged(checkpoint.answering())


def stamp_to_save_over(run: InterruptedRun, progress: Progress) -> Stamp | None:
    """The stamp that the run's project may have when it is saved with what was open when the run began.

    Where no more than the run, as it was stopped, has been saved since, it is that of the file as it is now;
    else that of the file as it was then, so that what was saved since is not written over unasked.
    """
    if run.project is None or not run.saved_since:
        return run.stamp
    now = stamp_of(run.project)
    try:
        held, begun = load_project(run.project, progress), load_project(run.folder / _PROJECT, progress)
    except ProjectError:
        return run.stamp
    more = held.runs[len(begun.runs) :]
    only_it = len(more) <= 1 and all(
        one.stopped_because == "stopped" and len(one.history) <= run.epoch for one in more
    )
    bare = replace(held, weights=begun.weights, runs=begun.runs, view=begun.view)
    return now if only_it and bare == begun else run.stamp


def discard(run: InterruptedRun) -> None:
    """Take the folder of a broken-off run away, unless a window works with it."""
    with suppress(Timeout, OSError):
        RunFolder(run.folder, _locked(run.folder)).discard()


def _interrupted(path: Path, *, sole: bool = True) -> InterruptedRun | None:
    there = (path / _CHECKPOINT).is_file()
    if not there and not all((path / name).is_file() for name in (_ABOUT, _PROJECT)):
        return None
    try:
        lock = _locked(path) if sole else _lock_of(path)
    except (Timeout, OSError):
        return None
    try:
        about: dict[str, Any] = json.loads((path / _ABOUT).read_text(encoding="utf-8"))
        held = CheckpointFile(path / _CHECKPOINT).values() if there else None
        epochs = (
            about.get("epochs", 0) if held is None else TrainingOptions.from_json(held["options"]).all_epochs
        )
        project = None if about["project"] is None else Path(about["project"])
        # A file that came later is as new as one that was written anew.
        stamp = None if project is None else Stamp(*(about.get("stamp") or (0, 0)))
        return InterruptedRun(
            folder=path,
            project=project,
            name=str(about["name"]),
            epoch=int(held["place"]["epoch"]) if held is not None else 0,
            epochs=epochs,
            seconds=float(held["elapsed"]) if held is not None else 0.0,
            written=(path / (_CHECKPOINT if there else _ABOUT)).stat().st_mtime,
            stamp=stamp,
            saved_since=project is not None and stamp_of(project) not in (stamp, None),
            has_checkpoint=there,
        )
    except (DesignerError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    finally:
        lock.release()


def _gone() -> TrainingError:
    return TrainingError(
        tr("The run cannot go on."), tr("Its checkpoint is not there any more."), tr("Start a new run.")
    )


def _make_room(project: Path | None) -> None:
    """Take away what no new run needs: broken-off runs of its project, the oldest, and unreadable ones."""
    runs = interrupted_runs()
    wanted = None if project is None else project.absolute()
    for number, run in enumerate(runs):
        replaced = project is not None and run.project == wanted and run.has_checkpoint
        if number >= MOST or replaced:
            discard(run)
    for path in set(_folders()) - {run.folder for run in runs}:
        with suppress(Timeout, OSError):
            # One that has just been made may have no lock yet.
            if time() - _written(path) > GRACE:
                RunFolder(path, _locked(path)).discard()


def _written(path: Path) -> float:
    """When something was written in a folder last, seconds since 1970; looking for runs touches the lock."""
    there = [held.stat().st_mtime for held in path.iterdir() if held.name != _LOCK]
    return max(there, default=path.stat().st_mtime)


def _discard_like(path: Path, project: Path | None) -> None:
    """Take away the runs of a project without a checkpoint that began with the same as the one at `path`."""
    wanted = None if project is None else project.absolute()
    for run in interrupted_runs():
        if not run.has_checkpoint and run.project == wanted and _parts(run.folder) == _parts(path):
            discard(run)


def _parts(path: Path) -> list[tuple[str, int]]:
    """What a run began with, as one sees whether it is the same; empty where it cannot be read."""
    try:
        with zipfile.ZipFile(path / _PROJECT) as archive:
            return [(entry.filename, entry.CRC) for entry in archive.infolist()]
    except (OSError, zipfile.BadZipFile):
        return []


def _folders() -> list[Path]:
    home = _home()
    return list(home.iterdir()) if home.is_dir() else []


def _home() -> Path:
    return state_folder() / "runs"


def _locked(path: Path) -> FileLock:
    """A lock on a folder that is there. Raises Timeout when another one holds it, OSError."""
    if not path.is_dir():
        raise FileNotFoundError(path)
    lock = _lock_of(path)
    lock.acquire()
    return lock


def _lock_of(path: Path) -> FileLock:
    # Acquired in the thread that trains, and released in another one.
    return FileLock(path / _LOCK, timeout=0, thread_local=False)


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
