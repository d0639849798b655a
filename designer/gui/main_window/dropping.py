"""What is dropped on the window: a project is opened, a folder read for its pictures, the rest answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QMimeData

from designer.gui.context import Context
from designer.gui.main_window.saving import SUFFIX
from designer.gui.notices import Notice
from designer.gui.page import Page
from designer.messages import tr


def files_in(data: QMimeData) -> tuple[Path, ...]:
    """The files and folders of this machine that are dragged; what only lies elsewhere makes it none."""
    urls = data.urls()
    return tuple(Path(url.toLocalFile()) for url in urls) if all(url.isLocalFile() for url in urls) else ()


def take_files(
    paths: tuple[Path, ...],
    context: Context,
    pages: Mapping[str, Page],
    open_project: Callable[[Path], None],
) -> None:
    """Do with what was dropped what can be done with it, else say what can be dropped."""
    if len(paths) == 1 and paths[0].suffix == SUFFIX:
        open_project(paths[0])
    elif len(paths) == 1 and paths[0].is_dir():
        context.go_to("data")
        pages["data"].take_folder(paths[0])
    else:
        context.notify(_refusal(paths))


def _refusal(paths: tuple[Path, ...]) -> Notice:
    if len(paths) == 1:
        text = tr("'{name}' cannot be opened by dropping it here.", name=paths[0].name)
    else:
        text = tr("{count} things were dropped, and only one can be opened at a time.", count=len(paths))
    return Notice(
        text,
        tr(
            "Drop a Netgraft project ({suffix}), or a folder of pictures with a sub-folder for each class.",
            suffix=SUFFIX,
        ),
        "warning",
        until=("opened", "data"),
    )
