"""How the pictures are split: share, seed, or a validation folder of their own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from designer.gui.data.state import PanelState
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.session.data import ImageData

SHARES = (0, 90)
"""Least and greatest share for validation, percent."""


class SplitPanel(QFrame):
    """The controls of the split.

    Signals:
        changed: share (0 to 1) and seed that the user wants.
        folder_wanted: a validation folder is to be asked for.
        folder_dropped: the pictures are to be split off again.
    """

    changed = Signal(float, int)
    folder_wanted = Signal()
    folder_dropped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        title = QLabel(tr("Split"))
        title.setProperty("strong", True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(*SHARES)
        self.slider.setAccessibleName(tr("Share for validation"))
        self.share = QSpinBox()
        self.share.setRange(*SHARES)
        self.share.setSuffix(" %")
        self.share.setFixedWidth(80)
        self.share.setAccessibleName(tr("Share for validation, percent"))
        self.share.setKeyboardTracking(False)
        self.seed = QSpinBox()
        self.seed.setRange(0, 2_000_000_000)
        self.seed.setAccessibleName(tr("Seed of the split"))
        self.seed.setToolTip(tr("The same seed gives the same split"))
        self.seed.setKeyboardTracking(False)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self._tell)
        self.share.valueChanged.connect(self._typed)
        self.seed.valueChanged.connect(self._tell)
        self._folder = QLabel()
        self._folder.setProperty("small", True)
        self._folder.setTextFormat(Qt.TextFormat.PlainText)
        self._folder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choose = QPushButton()
        self.choose.setProperty("flat", True)
        self.choose.clicked.connect(self._choose)
        share = QHBoxLayout()
        share.setSpacing(SPACE)
        share.addWidget(self.slider, 1)
        share.addWidget(self.share)
        form = QFormLayout()
        form.setSpacing(SPACE)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Validation"), share)
        form.addRow(tr("Seed"), self.seed)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE + 4, 2 * SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(title)
        column.addLayout(form)
        column.addWidget(self._folder)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        self._own = False
        self._quiet = False

    def show_state(self, state: PanelState, data: ImageData | None) -> None:
        """Show the split of `data`."""
        self._quiet = True
        if data is not None and not self.slider.isSliderDown():
            percent = round(100 * data.validation_share)
            self.slider.setValue(percent)
            self.share.setValue(percent)
            self.seed.setValue(data.seed)
        self._own = data is not None and data.validation_folder is not None
        self._quiet = False
        for widget in (self.slider, self.share, self.seed):
            widget.setEnabled(state.can_split)
        for widget in (self.slider, self.share):
            widget.setToolTip(state.why_not)
        self.seed.setToolTip(state.why_not or tr("The same seed gives the same split"))
        folder: Path | None = data.validation_folder if data is not None else None
        self._folder.setVisible(folder is not None)
        if folder is not None:
            self._folder.setText(tr("From {folder}", folder=folder.name))
            self._folder.setToolTip(str(folder))
        self.choose.setText(tr("Split it off instead") if self._own else tr("Use a validation folder ..."))
        self.choose.setEnabled(data is not None and state.can_choose)
        self.choose.setToolTip("" if state.can_choose else state.why_not)

    @Slot(int)
    def _slid(self, percent: int) -> None:
        if self._quiet:
            return
        self._quiet = True
        self.share.setValue(percent)
        self._quiet = False
        if not self.slider.isSliderDown():
            self._tell()

    @Slot(int)
    def _typed(self, percent: int) -> None:
        if self._quiet:
            return
        self._quiet = True
        self.slider.setValue(percent)
        self._quiet = False
        self._tell()

    @Slot()
    def _tell(self) -> None:
        if not self._quiet:
            self.changed.emit(self.share.value() / 100, self.seed.value())

    @Slot()
    def _choose(self) -> None:
        if self._own:
            self.folder_dropped.emit()
        else:
            self.folder_wanted.emit()
