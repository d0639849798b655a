"""The panel of export options, and where the file is to lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
)

from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.session.options import ExportOptions
from designer.session.session import Session

OPSETS = tuple(range(9, 26))
"""Opsets that torch's two exporters write, between them."""
MOST_PICTURES = 512


class ExportOptionsPanel(QFrame):
    """Shows the session's export options and sets them; holds the path of the file."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self._session = session
        self.path = QLineEdit()
        self.path.setAccessibleName(tr("File to write"))
        self.path.setPlaceholderText(tr("Choose where the file is to lie"))
        self.choose = QPushButton(tr("Choose ..."))
        self.choose.clicked.connect(self._choose)
        self.opset = QComboBox()
        self.opset.addItem(tr("Automatic"), None)
        for opset in OPSETS:
            self.opset.addItem(str(opset), opset)
        self.embed = QCheckBox(tr("Put scaling and normalization into the file"))
        self.embed.setToolTip(tr("The file then takes pictures as values of 0 to 255."))
        self.pictures = QSpinBox()
        self.pictures.setRange(1, MOST_PICTURES)
        self.pictures.setKeyboardTracking(False)
        for editor, name, help_text in (
            (
                self.opset,
                tr("ONNX opset"),
                tr("Version of ONNX's operators. Older ones run in older programs."),
            ),
            (
                self.pictures,
                tr("Pictures to compare on"),
                tr("On so many pictures file and network must agree."),
            ),
        ):
            editor.setAccessibleName(name)
            editor.setToolTip(help_text)
        title = QLabel(tr("File"))
        title.setProperty("subheading", True)
        file_row = QHBoxLayout()
        file_row.setSpacing(SPACE)
        file_row.addWidget(self.path, 1)
        file_row.addWidget(self.choose)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("ONNX opset"), self.opset)
        form.addRow(tr("Pictures to compare on"), self.pictures)
        form.addRow(self.embed)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(title)
        column.addLayout(file_row)
        column.addLayout(form)
        self.show_options()
        self.opset.activated.connect(self._take)
        self.embed.toggled.connect(self._take)
        self.pictures.valueChanged.connect(self._take)

    def file(self) -> Path | None:
        """The path that was chosen, with the ending '.onnx'; None for none."""
        text = self.path.text().strip()
        if not text:
            return None
        path = Path(text).expanduser()
        return path if path.suffix.lower() == ".onnx" else path.with_name(path.name + ".onnx")

    def show_options(self) -> None:
        """Take over what the session holds."""
        options = self._session.export_options
        blockers = [QSignalBlocker(widget) for widget in (self.opset, self.embed, self.pictures)]
        if self.opset.findData(options.opset) < 0:
            self.opset.addItem(str(options.opset), options.opset)
        self.opset.setCurrentIndex(self.opset.findData(options.opset))
        self.embed.setChecked(options.embed_preprocessing)
        self.pictures.setValue(options.check_pictures)
        for blocker in blockers:
            blocker.unblock()

    def suggest(self) -> None:
        """Suggest a file beside the project, or in the home folder."""
        session = self._session
        if session.network is None:
            self.path.clear()
            return
        folder = session.path.parent if session.path is not None else Path.home()
        name = session.path.stem if session.path is not None else session.network.name
        self.path.setText(str(folder / f"{name or 'network'}.onnx"))

    @Slot()
    def _take(self) -> None:
        options: ExportOptions = replace(
            self._session.export_options,
            opset=self.opset.currentData(),
            embed_preprocessing=self.embed.isChecked(),
            check_pictures=self.pictures.value(),
        )
        if options != self._session.export_options:
            self._session.set_options(export=options)

    @Slot()
    def _choose(self) -> None:
        title, kinds = tr("Export as ONNX"), tr("ONNX files (*.onnx)")
        path, _ = QFileDialog.getSaveFileName(self, title, self.path.text(), kinds)
        if path:
            self.path.setText(path)
