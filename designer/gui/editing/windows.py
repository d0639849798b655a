"""What opens beside the network page: the analysis, the comparison, and the file dialog of scripts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from shiboken6 import isValid

from designer import settings
from designer.catalog.scripts import script_text
from designer.errors import DesignerError
from designer.gui.analysis.window import AnalysisWindow
from designer.gui.comparing.window import ComparisonWindow
from designer.gui.context import Context
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.notices import Notice, notice_of
from designer.jobs.analysis import write_file
from designer.messages import tr

SCRIPTS = "JSON (*.json)"


class Windows(QObject):
    """Opens each window once, and brings it to the front when it is asked for again.

    Signals:
        layer_chosen(layer id): a layer was chosen there, so the canvas should show it.
    """

    layer_chosen = Signal(str)

    def __init__(self, context: Context, canvas: Canvas, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._canvas = canvas
        self._page = page
        self._open: dict[str, QDialog] = {}

    @Slot()
    def analyze(self) -> None:
        """Show the analysis of the open network."""
        if self._context.session.network is not None and not self._raised("analysis"):
            window = AnalysisWindow(self._context, self._page, self._drawing)
            window.layer_chosen.connect(self.layer_chosen)
            self._show("analysis", window)

    @Slot()
    def compare(self) -> None:
        """Compare the open network with what it began as, or with any other."""
        if self._context.session.network is not None and not self._raised("comparison"):
            self._show("comparison", ComparisonWindow(self._context, self._canvas, self._page))

    @Slot()
    def save_script(self) -> None:
        """Ask for a file, and write into it what was done since the network was opened."""
        edits = self._context.history.edits()
        if not edits:
            what = tr("Nothing has been edited yet.")
            why = tr("A script holds what was done since the network was opened.")
            self._context.notify(Notice(what, why))
            return
        start = settings.load().last_folder or str(Path.home())
        name, _ = QFileDialog.getSaveFileName(
            self._page, tr("Save the edits as a script"), str(Path(start) / "edits.json"), SCRIPTS
        )
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name + ".json")
        try:
            step = write_file(path, script_text(edits))
            job = self._context.runner.start(tr("Writing {name}", name=path.name), step, "reports")
        except DesignerError as error:
            self._context.notify(notice_of(error))
            return
        job.finished.connect(self._saved)
        job.failed.connect(self._fail)

    @Slot(object)
    def _saved(self, path: object) -> None:
        assert isinstance(path, Path)
        how = tr("Run it with: netgraft edit FILE -o OUT {name}", name=path.name)
        self._context.notify(Notice(tr("Saved {name}.", name=path.name), how))

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))

    def _raised(self, key: str) -> bool:
        window = self._open.get(key)
        if window is None or not isValid(window):
            return False
        window.raise_()
        window.activateWindow()
        return True

    def _show(self, key: str, window: QDialog) -> None:
        self._open[key] = window
        window.show()

    def _drawing(self) -> bytes:
        """The whole network as SVG; b'' when it cannot be drawn just now."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.svg"
            try:
                self._canvas.save_picture(path, "all", "light")
                return path.read_bytes()
            except (DesignerError, OSError):
                return b""
