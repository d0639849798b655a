"""What came of an export: where the file lies, whether it agrees, and how to use it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from designer.errors import DesignerError
from designer.gui.export.verdict import rows, verdict
from designer.gui.look.icons import pixmap, set_icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.session.results import ExportedFile


class ResultPanel(QFrame):
    """Shows an exported file, why there is none, or why it failed.

    Attributes:
        exported: the file that is shown, or None.
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self._look = look
        self._path: Path | None = None
        self.exported: ExportedFile | None = None
        self._mark_name = ("", "")
        self.mark = QLabel()
        self.mark.setFixedSize(24, 24)
        self.verdict = QLabel()
        self.verdict.setProperty("subheading", True)
        self.detail = QLabel()
        self.detail.setProperty("muted", True)
        self.path = QLabel()
        for label in (self.verdict, self.detail, self.path):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.copy_path = QPushButton(tr("Copy path"))
        self.open_folder = QPushButton(tr("Open folder"))
        self.copy_code = QPushButton(tr("Copy"))
        self.copy_path.clicked.connect(self._copy_path)
        self.open_folder.clicked.connect(self._open_folder)
        self.copy_code.clicked.connect(self._copy_code)
        self.code = QPlainTextEdit()
        self.code.setReadOnly(True)
        self.code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.code.setAccessibleName(tr("Python that uses the file"))
        self.code.setTabChangesFocus(True)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(3 * SPACE)
        self._facts.setVerticalSpacing(SPACE // 2)
        self._facts.setColumnStretch(1, 1)
        self._file = QWidget()
        self._lay_out()
        look.changed.connect(self._paint)
        self.show_nothing(tr("No file has been exported yet."))

    def show_nothing(self, text: str) -> None:
        """Say why there is no file."""
        self._show(("", ""), text, "", None)

    def show_error(self, error: BaseException) -> None:
        """Say why the export failed."""
        what, detail = str(error) or type(error).__name__, ""
        if isinstance(error, DesignerError):
            what, detail = error.what, " ".join(part for part in (error.why, error.remedy) if part)
        self._show(("circle-x", "danger"), what, detail, None)

    def show_file(self, exported: ExportedFile, code: str) -> None:
        """Show a file that was written, and Python that uses it."""
        found = verdict(exported.parity)
        second = exported.path.with_name(exported.path.name + ".data")
        data_file = second.name if second.is_file() else ""
        mark = ("circle-check", "success") if found.agrees else ("circle-x", "danger")
        self._show(mark, found.text, "", exported.path)
        self.exported = exported
        while self._facts.count():
            item = self._facts.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for row, (name, value) in enumerate(rows(exported, data_file)):
            label, text = QLabel(name), QLabel(value)
            label.setProperty("muted", True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setAccessibleName(f"{name}: {value}")
            self._facts.addWidget(label, row, 0)
            self._facts.addWidget(text, row, 1)
        self.code.setPlainText(code)

    def _show(self, mark: tuple[str, str], text: str, detail: str, path: Path | None) -> None:
        self._mark_name = mark
        self.exported = None
        self._path = path
        self.mark.setVisible(bool(mark[0]))
        self.verdict.setText(text)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.path.setText(str(path or ""))
        self._file.setVisible(path is not None)
        self._paint()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.verdict, 1)
        file_row = QHBoxLayout()
        file_row.setSpacing(SPACE)
        file_row.addWidget(self.path, 1)
        file_row.addWidget(self.copy_path)
        file_row.addWidget(self.open_folder)
        title = QLabel(tr("Use it in Python"))
        title.setProperty("strong", True)
        code_row = QHBoxLayout()
        code_row.addWidget(title, 1)
        code_row.addWidget(self.copy_code)
        inside = QVBoxLayout(self._file)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE)
        inside.addLayout(file_row)
        inside.addLayout(self._facts)
        inside.addSpacing(SPACE)
        inside.addLayout(code_row)
        inside.addWidget(self.code, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addLayout(top)
        column.addWidget(self.detail)
        column.addWidget(self._file, 1)
        column.addStretch(0)

    @Slot()
    def _paint(self) -> None:
        colours = self._look.colours
        name, role = self._mark_name
        if name:
            self.mark.setPixmap(pixmap(name, colours, role, 24, self.devicePixelRatioF()))
        for button, icon_name in (
            (self.copy_path, "copy"),
            (self.copy_code, "copy"),
            (self.open_folder, "folder-open"),
        ):
            set_icon(button, icon_name, colours)

    @Slot()
    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(str(self._path or ""))

    @Slot()
    def _copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())

    @Slot()
    def _open_folder(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))
