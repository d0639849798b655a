"""The Python twin of the window: open, graft, freeze, train, evaluate, export, save, in a few lines."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from designer.engine import evaluation, prediction
from designer.engine.data import SUFFIXES, read_folder
from designer.engine.export import export_onnx
from designer.engine.project_file import save_project
from designer.errors import DataError
from designer.messages import tr
from designer.progress import Progress, Silent
from designer.session.label_report import LabelReport
from designer.session.results import ExportedFile, Prediction, Report
from designer.trainable import PathLike, TrainableNetwork


class Project(TrainableNetwork):
    """An open network with its weights, pictures and runs.

    Example::

        project = designer.open("efficientnet_lite0")
        project.replace_head(["daisy", "rose", "tulip"])
        project.freeze_backbone()
        run = project.train("flowers", epochs=20)
        print(project.evaluate().accuracy)
        project.export("flowers.onnx")
        project.save("flowers.netgraft")

    Attributes:
        session: what is open, as the window holds it.
        source: where the pictures are.
    """

    def evaluate(
        self,
        folder: PathLike | None = None,
        *,
        device: str = "auto",
        progress: Progress | None = None,
    ) -> Report | LabelReport:
        """Measure on all pictures in a folder; None for the project's own validation pictures.

        Returns:
            A `Report`; a `LabelReport` where pictures have several labels.

        Raises:
            DataError: the folder cannot be used, or its classes are not the network's.
        """
        told = progress or Silent()
        if folder is None:
            data = self.read(progress=told)
            indices = data.validation or data.training
        else:
            data = read_folder(Path(folder), 0.0, 0, None, told)
            indices = data.training
        report = evaluation.evaluate(self.network, self.weights, data, indices, device, told)
        if folder is None:
            self.session.set_report(report)
        return report

    def predict(
        self,
        pictures: PathLike | Iterable[PathLike],
        *,
        top: int = 5,
        device: str = "auto",
        progress: Progress | None = None,
    ) -> tuple[Prediction, ...]:
        """The most probable classes of pictures: files, or folders with all that is below them.

        `answers` of each prediction are those that the picture is said to show.

        Raises:
            DataError: there is no such file, or no picture.
        """
        given = [pictures] if isinstance(pictures, str | os.PathLike) else list(pictures)
        paths = [path for one in given for path in pictures_at(Path(one))]
        return prediction.predict(self.network, self.weights, paths, top, device, progress or Silent())

    def export(
        self,
        path: PathLike,
        check: PathLike | None = None,
        *,
        progress: Progress | None = None,
        **options: Any,
    ) -> ExportedFile:
        """Write an ONNX file, compared with torch on pictures before it is kept.

        Args:
            path: the file.
            check: pictures for the comparison, a file or folder; None for the project's own
                validation pictures, and seeded noise where the project has no pictures.
            progress: what is told how far it is.
            options: any of `ExportOptions`, such as `opset=18, embed_preprocessing=True`.

        Raises:
            ExportError: it cannot be written, or does not agree with torch; no file is left behind.
        """
        told = progress or Silent()
        chosen = replace(self.session.export_options, **options)
        if check is not None:
            pictures = pictures_at(Path(check))
        elif self.source.folder is not None and self.source.folder.is_dir():
            data = self.read(progress=told)
            pictures = [data.pictures[i].path for i in data.validation or data.training]
        else:
            pictures = []
        exported = export_onnx(self.network, self.weights, Path(path), chosen, pictures, told)
        self.session.set_options(export=chosen)
        self.session.set_exported(exported)
        return exported

    def save(self, path: PathLike | None = None, *, progress: Progress | None = None) -> Path:
        """Write the project file, whole or not at all; None for where it was opened or saved before.

        Raises:
            ProjectError: it cannot be written; the former file is as it was.
            ValueError: the project has never been saved, and no path is given.
        """
        target = self.session.path if path is None else Path(path)
        if target is None:
            raise ValueError("this project has never been saved: give a path")
        save_project(target, self.contents(), progress or Silent())
        self.session.saved(target)
        if self._run_folder is not None:
            if self.runs and self.runs[-1].stopped_because == "stopped":
                self._run_folder.release()
            else:
                self._run_folder.discard()
            self._run_folder = None
        return target


def pictures_at(path: Path) -> list[Path]:
    """The picture file `path`, or all pictures below the folder `path`, sorted.

    Raises:
        DataError: there is no such file or folder, or no picture in it.
    """
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if found:
            return found
        why = tr("There is no picture in that folder.")
    elif path.exists():
        return [path]
    else:
        why = tr("There is no such file or folder.")
    raise DataError(
        tr("'{path}' cannot be used.", path=path),
        why,
        tr("Give picture files, or folders with pictures in them."),
    )
