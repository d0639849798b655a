"""The export step: what is asked for goes to a child process, what comes back is put in place.

Everything is written in a hidden working folder beside the target, so that the file is moved in one
step on the same disk, and a failed or cancelled export leaves nothing but what was there before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from designer.engine.export.finishing import data_file
from designer.engine.export.launching import run_child
from designer.engine.export.task import Task, write_weights
from designer.engine.weights import Weights
from designer.errors import ExportError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, StepNews
from designer.session.options import ExportOptions
from designer.session.results import ExportedFile


def export_onnx(
    network: Network,
    weights: Weights,
    path: Path,
    options: ExportOptions,
    pictures: Sequence[Path],
    progress: Progress,
) -> ExportedFile:
    """Write the network as an ONNX file, after proving in onnxruntime that it agrees with torch.

    The file takes `pictures` (float32, shape (N, 3, H, W), any N; preprocessed, or values of 0..255
    with `options.embed_preprocessing`) and gives `scores` (N, classes). It is compared on at most
    `options.check_pictures` of `pictures`; where there are none, on seeded noise, and then the result's
    `parity.images` is 0. A network of more than 2 GB gets a second file, `NAME.data`, beside the first.

    Raises:
        ExportError: the folder cannot be written to, torch cannot export the network, or the file
            does not agree with it. The former file at `path` is left as it was.
        DesignerError: an option is out of bounds.
        Cancelled: the user has cancelled; nothing is left behind either.
    """
    options.check()
    path = path.absolute()
    if path.is_dir():
        raise ExportError(
            tr("'{path}' cannot be written.", path=path),
            tr("It is a folder."),
            tr("Give the name of a file, such as network.onnx."),
        )
    with _working_folder(path) as folder:
        progress.report(StepNews(tr("Preparing the export"), 0.0))
        task = Task(network, path.name, options, tuple(p.absolute() for p in pictures))
        try:
            task.write(folder)
            write_weights(folder, network, weights)
        except OSError as error:
            raise _cannot_write(path, error) from error
        progress.raise_if_cancelled()
        produced = run_child(folder, progress)
        progress.raise_if_cancelled()
        try:
            size = _put_in_place(produced.path, path, folder)
        except OSError as error:
            raise _cannot_write(path, error) from error
    progress.report(StepNews(tr("Exported"), 1.0))
    return replace(produced, path=path, bytes=size)


@contextlib.contextmanager
def _working_folder(path: Path) -> Iterator[Path]:
    try:
        folder = Path(tempfile.mkdtemp(prefix=".netgraft-export-", dir=path.parent))
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(made: Path, path: Path, folder: Path) -> int:
    """Move the made file, and its data file if it has one, to `path`; their bytes together."""
    pairs = [(made, path)]
    data = data_file(made)
    if data.exists():
        pairs.insert(0, (data, data_file(path)))
    for source, _ in pairs:
        # os.fsync needs a handle that may write on Windows
        with source.open("rb+") as handle:
            os.fsync(handle.fileno())
    size = sum(source.stat().st_size for source, _ in pairs)
    former = folder / "former.data"
    try:
        if len(pairs) == 2 and pairs[0][1].exists():
            os.replace(pairs[0][1], former)
        for source, target in pairs:
            os.replace(source, target)
    except OSError:
        if former.exists():
            os.replace(former, pairs[0][1])
        raise
    return size


def _cannot_write(path: Path, error: OSError) -> ExportError:
    return ExportError(
        tr("'{path}' cannot be written.", path=path),
        f"{error.strerror or error}.",
        tr("Choose a folder that exists, that you may write to, and that has room."),
    )
