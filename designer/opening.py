"""Opening anything by its name: a pretrained model, a project, or a weights file."""

from __future__ import annotations

import os
from pathlib import Path

from designer.catalog.models import MODELS, model, weights_here
from designer.engine.downloading import download_weights
from designer.engine.opening import open_model, open_network
from designer.engine.project_file import SUFFIX, ProjectContents, load_project
from designer.engine.weight_files import SUFFIXES, read_tensors
from designer.errors import OpeningError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, Silent
from designer.project import Project
from designer.session.session import Session
from designer.trainable import DataSource, PathLike

FRESH = "none"

_BUFFERS = (
    "running_mean",
    "running_var",
    "num_batches_tracked",
    "relative_position_index",
    "relative_coords_table",
)
"""How the names of tensors end that are not parameters."""


def open_project(
    what: PathLike,
    weights: PathLike | None = "default",
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Project:
    """See `designer.open`."""
    told = progress or Silent()
    name = os.fspath(what)
    chosen = FRESH if weights is None else os.fspath(weights)
    path = Path(name)
    if name in MODELS:
        return open_pretrained(name, chosen, seed, told)
    if path.suffix == SUFFIX:
        return project_of(path, load_project(path, told))
    if path.is_file() or path.suffix in SUFFIXES:
        return open_pretrained(model_of(path), name, seed, told)
    if path.is_dir():
        raise OpeningError(
            tr("'{path}' cannot be opened.", path=path),
            tr("It is a folder."),
            tr("Give a model, a project file or a weights file."),
        )
    # Not a model and not a file: the error offers the nearest models.
    return open_pretrained(name, chosen, seed, told)


def open_pretrained(model_id: str, weights: str, seed: int, progress: Progress) -> Project:
    """Open a pretrained model; its default weights are downloaded when they are not here.

    Raises:
        OpeningError, DownloadError: it cannot be opened.
    """
    row = model(model_id)
    if not 0 <= seed < 2**63:
        raise OpeningError(
            tr("The seed cannot be {seed}.", seed=seed),
            tr("It must lie between 0 and {high}.", high=2**63 - 1),
            tr("Give a number in between."),
        )
    if weights == "default" and not weights_here(row):
        download_weights(row, progress)
    opened = open_model(model_id, weights, seed, progress)
    session = Session()
    session.open(opened.network, opened.weights)
    return Project(session)


def project_of(path: Path | None, contents: ProjectContents) -> Project:
    """A project as it was read from the file at `path`."""
    session = Session()
    session.open(
        contents.network,
        contents.weights,
        training_options=contents.training_options,
        export_options=contents.export_options,
        runs=contents.runs,
        path=path,
    )
    source = DataSource(
        contents.data_folder, contents.validation_folder, contents.validation_share, contents.split_seed
    )
    return Project(session, source, contents.view)


def network_of(what: PathLike, progress: Progress) -> Network:
    """The network of a model, project or weights file, without downloading any weights."""
    name = os.fspath(what)
    path = Path(name)
    if name in MODELS or not (path.exists() or path.suffix == SUFFIX or path.suffix in SUFFIXES):
        # Neither a model nor a file: the error offers the nearest models.
        return open_network(name, progress)
    return open_project(name, progress=progress).network


def model_of(path: Path) -> str:
    """Id of the pretrained model that a weights file is of, by its name or its number of parameters.

    Raises:
        OpeningError: the file cannot be read, or is not of one model of the list.
    """
    for row in MODELS.values():
        if path.name == row.file_name or path.stem.partition("-")[0] == row.id:
            return row.id
    tensors = read_tensors(path)
    count = sum(t.numel() for name, t in tensors.items() if not name.endswith(_BUFFERS))
    fitting = [row.id for row in MODELS.values() if row.parameters == count]
    if len(fitting) == 1:
        return fitting[0]
    raise OpeningError(
        tr("It cannot be told which network '{name}' is of.", name=path.name),
        tr("{count} models of the list have {n} parameters.", count=len(fitting), n=count),
        tr(
            "Open the model, and give this file as its weights: netgraft new MODEL --weights {path}",
            path=path,
        ),
    )
