"""Asks of what a picture is to be saved, and where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from designer.errors import DesignerError
from designer.gui.look.tokens import SPACE
from designer.messages import tr

if TYPE_CHECKING:
    from designer.gui.editing.canvas.canvas import Canvas

FILTERS = (("PNG picture (*.png)", ".png"), ("SVG drawing (*.svg)", ".svg"), ("PDF page (*.pdf)", ".pdf"))


LEAST = 360
"""Width in pixels in which the title can be read."""


class PictureDialog(QDialog):
    """Asks what is drawn, on what ground, and as what kind of file.

    Attributes:
        parts: the radio buttons, by 'all', 'selection' and 'view'.
        kinds, grounds: the lists of files' kinds and of appearances.
    """

    def __init__(self, selected: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Save a picture of the network"))
        self.setMinimumWidth(LEAST)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.parts = {
            "all": QRadioButton(tr("All of the network")),
            "selection": QRadioButton(tr("The selected layers")),
            "view": QRadioButton(tr("What is in view")),
        }
        self._group = QButtonGroup(self)
        column = QVBoxLayout()
        column.setSpacing(0)
        for button in self.parts.values():
            self._group.addButton(button)
            column.addWidget(button)
        self.parts["all"].setChecked(True)
        self.parts["selection"].setEnabled(selected)
        if not selected:
            self.parts["selection"].setToolTip(tr("No layer is selected."))
        form.addRow(_caption(tr("Draw"), self.parts["all"]), column)
        self.kinds = QComboBox()
        for text, ending in FILTERS:
            self.kinds.addItem(tr(text), ending)
        self.kinds.setAccessibleName(tr("Kind of file"))
        form.addRow(_caption(tr("File"), self.kinds), self.kinds)
        self.grounds = QComboBox()
        for text, appearance in (
            (tr("Light, for print"), "light"),
            (tr("Dark"), "dark"),
            (tr("As on the screen"), "screen"),
        ):
            self.grounds.addItem(text, appearance)
        self.grounds.setAccessibleName(tr("Colours"))
        form.addRow(_caption(tr("Colours"), self.grounds), self.grounds)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        box.button(QDialogButtonBox.StandardButton.Save).setProperty("primary", True)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        whole.setSpacing(2 * SPACE)
        whole.addLayout(form)
        whole.addWidget(box)

    @property
    def what(self) -> str:
        """'all', 'selection' or 'view'."""
        return next(key for key, button in self.parts.items() if button.isChecked())

    def ask(self, name: str) -> Path | None:
        """Ask for everything; None when the user would rather not."""
        if self.exec() != QDialog.DialogCode.Accepted:
            return None
        ending = str(self.kinds.currentData())
        chosen, _ = QFileDialog.getSaveFileName(
            self.parentWidget(),
            self.windowTitle(),
            str(Path.home() / f"{name}{ending}"),
            self.kinds.currentText(),
        )
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix.lower() == ending else path.with_name(path.name + ending)


def _caption(text: str, field: QWidget) -> QLabel:
    """A label as high as what stands beside it: Qt would set it a little higher."""
    made = QLabel(text)
    field.ensurePolished()
    made.setFixedHeight(field.sizeHint().height())
    return made


def ask_and_save(canvas: Canvas, parent: QWidget | None) -> Path | None:
    """Ask for a picture, and save it; the path, or None when there is none.

    What keeps it from being written is told through `canvas.failed`.
    """
    network = canvas.mirror.network
    if network is None:
        return None
    dialog = PictureDialog(bool(canvas.view.item.marks.selected), parent)
    path = dialog.ask(_file_name(network.name))
    what, appearance = dialog.what, str(dialog.grounds.currentData())
    dialog.deleteLater()
    if path is None:
        return None
    try:
        canvas.save_picture(path, what, appearance)
    except DesignerError as error:
        canvas.failed.emit(error)
        return None
    return path


def _file_name(name: str) -> str:
    """A network's name as a file's: no separators, and not too long."""
    kept = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in name)
    return kept.strip(" .")[:80] or "network"
