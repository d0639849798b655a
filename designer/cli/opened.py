"""What a command begins with: the project it names, and the options that were written."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.progress import Progress

if TYPE_CHECKING:
    from designer.project import Project


def opened(file: str | Path, progress: Progress) -> Project:
    """The project in a file; where a model is meant by its id, that."""
    from designer.catalog.models import MODELS
    from designer.engine.process import prepare
    from designer.engine.project_file import load_project
    from designer.opening import open_pretrained, project_of

    prepare()
    if isinstance(file, str) and file in MODELS and not Path(file).exists():
        return open_pretrained(file, "default", 0, progress)
    path = Path(file)
    return project_of(path, load_project(path, progress))


def options_given(given: Namespace, options: type) -> dict[str, Any]:
    """The options that were written on the command line, by field name; others are left out."""
    names = {field.name for field in fields(options)}
    return {name: value for name, value in vars(given).items() if name in names}
