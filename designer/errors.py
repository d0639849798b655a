"""The errors that a user can cause, each saying what happened, why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


class DesignerError(Exception):
    """An expected failure, shown to the user as it stands.

    Args:
        what: one sentence, what did not work.
        why: one sentence, the cause in the user's words; may be empty.
        remedy: one sentence, what the user can do; may be empty.
    """

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        super().__init__(what, why, remedy)
        self.what = what
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.remedy) if part)


class OpeningError(DesignerError):
    """A model or weights file cannot be opened."""


class DownloadError(DesignerError):
    """Weights could not be downloaded, or what came is not what was promised."""


class EditError(DesignerError):
    """An edit does not fit the network it is applied to."""


class NetworkError(DesignerError):
    """A network cannot be built or run: shapes do not fit, an input is missing, there is a cycle."""


class DataError(DesignerError):
    """A picture folder cannot be used."""


class TrainingError(DesignerError):
    """Training cannot start or go on.

    Args:
        what, why, remedy: see `DesignerError`.
        step: name of the page where it is put right: 'network' or 'data'; '' for none.
        options: training options that put it right, by name; None for none.
    """

    def __init__(
        self,
        what: str,
        why: str = "",
        remedy: str = "",
        *,
        step: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(what, why, remedy)
        self.step = step
        self.options = dict(options or {})


class OutOfMemoryError(TrainingError):
    """Training needs more memory than there is.

    Attributes:
        batch_size, accumulate: options with which the result is the same, in about half the memory.
    """

    def __init__(self, what: str, why: str, remedy: str, batch_size: int, accumulate: int) -> None:
        changed = {"batch_size": batch_size, "accumulate": accumulate}
        super().__init__(what, why, remedy, options=changed)
        self.batch_size = batch_size
        self.accumulate = accumulate


class UnconfirmedCodeError(TrainingError):
    """A file with code of the user's has not been confirmed.

    Attributes:
        path: of the file.
    """

    def __init__(self, what: str, why: str, remedy: str, path: Path) -> None:
        super().__init__(what, why, remedy)
        self.path = path


class ExportError(DesignerError):
    """An ONNX file cannot be written, or does not agree with the network."""


class ProjectError(DesignerError):
    """A project file cannot be read or written."""


class ProjectChangedError(ProjectError):
    """A project file is not written, as something else has changed it since it was read."""


class ReportError(DesignerError):
    """A report, a picture or a script cannot be written or read."""


class ScreenError(DesignerError):
    """The window cannot be shown: no screen, or a system library is missing."""


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """Raised inside a step by `Progress.raise_if_cancelled` once the user has cancelled it."""
