"""Steps that open and save all that is open at once: a project, a model, a sample ready to train."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.errors import DataError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, StepNews
from designer.session.data import ImageData
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import Run
from designer.session.savable import Savable, Stamp
from designer.session.session import Session

if TYPE_CHECKING:
    from designer.engine.project_file import ProjectContents


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Where a project's pictures lie and how they are split."""

    folder: Path
    validation_share: float = 0.2
    seed: int = 0
    validation_folder: Path | None = None


@dataclass(frozen=True)
class OpenedSession:
    """All that a session opens with.

    Attributes:
        network, weights, data, training_options, export_options, runs: as in `Session`.
        view: what the window kept of its view.
        missing: the picture folder that could not be read, None when it could.
        why_missing: why it could not.
        stamp: of its project file before it was read; None where there is none.
    """

    network: Network
    weights: object
    data: ImageData | None = None
    training_options: TrainingOptions | None = None
    export_options: ExportOptions | None = None
    runs: tuple[Run, ...] = ()
    view: Mapping[str, Any] = field(default_factory=dict)
    missing: PictureFolder | None = None
    why_missing: DataError | None = None
    stamp: Stamp | None = None


@dataclass(frozen=True)
class Snapshot:
    """What is open at one moment: frozen values, so that a job may save it while the user goes on.

    Attributes:
        savable: of the session.
        pictures: where they are, or would be; None for none.
        view: what the window keeps of its view.
    """

    savable: Savable
    pictures: PictureFolder | None
    view: Mapping[str, Any] = field(default_factory=dict)


def snapshot(
    session: Session, missing: PictureFolder | None = None, view: Mapping[str, Any] | None = None
) -> Snapshot | None:
    """What is open now, None when nothing is; `missing` is remembered where there are no pictures."""
    savable = session.savable
    if savable is None:
        return None
    data = savable.data
    pictures = missing
    if data is not None:
        pictures = PictureFolder(data.folder, data.validation_share, data.seed, data.validation_folder)
    return Snapshot(savable, pictures, view or {})


@dataclass(frozen=True, slots=True)
class SavedFile:
    """What a project file holds now, and its stamp."""

    taken: Snapshot
    stamp: Stamp | None


def save_snapshot(path: Path, taken: Snapshot, stamp: Stamp | None = None) -> Callable[[Progress], SavedFile]:
    """Write a project file and return what was saved.

    Args:
        path: the file.
        taken: what it shall hold.
        stamp: of the file when it was last read or written here; None to write over whatever it is.

    Raises:
        ProjectChangedError: the file has another stamp by now; it stays as it is.
        ProjectError: it cannot be written.
    """

    def step(progress: Progress) -> SavedFile:
        from designer.engine.project_file import check_unchanged, save_project, stamp_of

        check_unchanged(path, stamp)
        save_project(path, contents_of(taken), progress)
        return SavedFile(taken, stamp_of(path))

    return step


def contents_of(taken: Snapshot) -> ProjectContents:
    """What a project file would hold of it."""
    from designer.engine.project_file import ProjectContents
    from designer.engine.weights import Weights

    savable, pictures = taken.savable, taken.pictures
    weights = savable.weights
    if not isinstance(weights, Weights):
        raise TypeError(f"these are not weights: {type(weights).__name__}")
    return ProjectContents(
        savable.network,
        weights,
        data_folder=pictures.folder if pictures else None,
        validation_folder=pictures.validation_folder if pictures else None,
        validation_share=pictures.validation_share if pictures else 0.2,
        split_seed=pictures.seed if pictures else 0,
        training_options=savable.training_options,
        export_options=savable.export_options,
        runs=savable.runs,
        view=dict(taken.view),
    )


def open_session(path: Path) -> Callable[[Progress], OpenedSession]:
    """Read a project file and the pictures it names.

    Pictures that are gone do not keep the project from opening. Raises ProjectError.
    """

    def step(progress: Progress) -> OpenedSession:
        from designer.engine.data import read_folder
        from designer.engine.project_file import load_project, stamp_of

        stamp = stamp_of(path)
        contents = load_project(path, progress)
        data = missing = why = None
        if contents.data_folder is not None:
            where = PictureFolder(
                contents.data_folder,
                contents.validation_share,
                contents.split_seed,
                contents.validation_folder,
            )
            try:
                data = read_folder(
                    where.folder, where.validation_share, where.seed, where.validation_folder, progress
                )
            except DataError as error:
                missing, why = where, error
        return OpenedSession(
            contents.network,
            contents.weights,
            data,
            contents.training_options,
            contents.export_options,
            contents.runs,
            contents.view,
            missing,
            why,
            stamp,
        )

    return step


def open_pretrained(
    model_id: str, weights: str = "default", *, download: bool = False, seed: int = 0
) -> Callable[[Progress], OpenedSession]:
    """Open a pretrained model, after downloading its weights if so asked.

    Raises:
        OpeningError, DownloadError: see the steps of the same names.
    """

    def step(progress: Progress) -> OpenedSession:
        from designer.catalog.models import model

        if download:
            from designer.engine.downloading import download_weights

            download_weights(model(model_id), progress)
        progress.raise_if_cancelled()
        progress.report(StepNews(tr("Opening {name}", name=model(model_id).title)))
        from designer.engine.opening import open_model

        opened = open_model(model_id, weights, seed, progress)
        return OpenedSession(opened.network, opened.weights)

    return step


def open_sample(name: str, model_id: str) -> Callable[[Progress], OpenedSession]:
    """A sample set with a pretrained model, its head replaced and its backbone frozen: ready to train."""

    def step(progress: Progress) -> OpenedSession:
        from designer.catalog.actions import freeze_backbone, replace_head
        from designer.catalog.models import model
        from designer.engine.data import read_folder
        from designer.engine.samples import make_sample
        from designer.settings import cache_folder

        progress.report(StepNews(tr("Opening {name}", name=model(model_id).title)))
        from designer.engine.opening import open_model

        opened = open_model(model_id, "default", 0, progress)
        progress.raise_if_cancelled()
        folder = make_sample(name, cache_folder() / "samples", progress)
        data = read_folder(folder, 0.2, 0, None, progress)
        network = replace_head(opened.network, data.classes).apply(opened.network)
        network = freeze_backbone(network).apply(network)
        return OpenedSession(network, opened.weights, data)

    return step


def read_sample(name: str) -> Callable[[Progress], ImageData]:
    """Lay out a sample set as ordinary files in the cache, and read it. Raises DataError."""

    def step(progress: Progress) -> ImageData:
        from designer.engine.data import read_folder
        from designer.engine.samples import make_sample
        from designer.settings import cache_folder

        folder = make_sample(name, cache_folder() / "samples", progress)
        return read_folder(folder, 0.2, 0, None, progress)

    return step
