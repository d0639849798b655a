"""The bar above the curves: what they are drawn over, scale, smoothing, all in view, saving."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget

from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.training.curves.columns import ACCURACY, AXES, LOSS
from designer.gui.training.editors import ChoiceBox, ShareBox
from designer.messages import tr

SMOOTHING = 0.6
"""At first, as in TensorBoard."""
MOST = 0.999
KINDS = (
    (".png", "Picture (PNG) ..."),
    (".svg", "Drawing (SVG) ..."),
    (".csv", "Numbers (CSV) ..."),
)
"""Endings and English titles of the files that curves can be saved as."""


class Controls(QWidget):
    """Attributes:
    measure, axis, log, slider, field: the editors.
    """

    changed = Signal()
    """Axis, scale or smoothing are other ones."""
    fit = Signal()
    """Everything is to be shown."""
    save = Signal(str)
    """The curves are to be saved, as a file with this ending."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.axis = ChoiceBox(AXES)
        self.axis.setAccessibleName(tr("Horizontal axis"))
        self.axis.setToolTip(tr("What the curves are drawn over"))
        self.measure = ChoiceBox(tuple((measure.name, measure.title) for measure in (LOSS, ACCURACY)))
        self.measure.setAccessibleName(tr("Curves"))
        for box in (self.axis, self.measure):
            # In a small window the other parts give way.
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.log = QCheckBox(tr("Log scale"))
        self.log.setToolTip(tr("Show the loss in powers of ten"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 1000)
        self.slider.setPageStep(100)
        self.slider.setMinimumWidth(48)
        self.slider.setMaximumWidth(140)
        self.field = ShareBox(0, MOST)
        self.field.setFixedWidth(68)
        both: tuple[QWidget, ...] = (self.slider, self.field)
        for part in both:
            part.setAccessibleName(tr("Smoothing"))
            part.setToolTip(tr("How much of the running mean is kept from batch to batch; 0: as it is"))
        self._label = QLabel(tr("Smoothing"))
        self._label.setBuddy(self.slider)
        self.fit_button = self._button(tr("Show everything (0, or double click)"))
        self.enlarge = self._button(tr("Give the curves the room of options and tables"))
        self.enlarge.setCheckable(True)
        self.save_button = self._button(tr("Save the curves"))
        self.save_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.save_button)
        for ending, title in KINDS:
            menu.addAction(tr(title)).setData(ending)
        menu.triggered.connect(self._save)
        self.save_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE - 2)
        row.addWidget(self.measure)
        row.addWidget(self.axis)
        row.addWidget(self.log)
        row.addStretch(1)
        for shown in (self._label, *both, self.fit_button, self.enlarge, self.save_button):
            row.addWidget(shown)
        self.be_narrow(False)
        self._show_smoothing(SMOOTHING)
        self.axis.activated.connect(self._change)
        self.measure.activated.connect(self._change)
        self.log.toggled.connect(self._change)
        self.slider.valueChanged.connect(self._slide)
        self.field.valueChanged.connect(self._type)
        self.fit_button.clicked.connect(self.fit)
        look.changed.connect(self._tint)
        self._tint()

    @property
    def smoothing(self) -> float:
        """0 to `MOST`."""
        return float(self.field.value())

    def be_narrow(self, narrow: bool) -> None:
        """Take up less room, and let one of the plots be chosen. Smoothing can be set where there is room."""
        self.measure.setVisible(narrow)
        for part in (self._label, self.slider, self.field):
            part.setVisible(not narrow)
        self.log.setText(tr("Log") if narrow else tr("Log scale"))

    def name_measures(self, labels: Collection[bool]) -> None:
        """Name the measures as their plots do, given of each run whether its pictures have several labels."""
        for row, measure in enumerate((LOSS, ACCURACY)):
            self.measure.setItemText(row, tr(measure.title_of(labels)))

    def allow(self, axes: tuple[str, ...]) -> str:
        """Let these axes be chosen; the one that is drawn over: as chosen where it is one of them."""
        model: Any = self.axis.model()
        for row in range(self.axis.count()):
            there = self.axis.itemData(row) in axes
            item = model.item(row)
            if item.isEnabled() != there:
                item.setEnabled(there)
                why = tr("Not known of a run that was not trained since the project was opened")
                item.setToolTip("" if there else why)
        chosen = str(self.axis.currentData())
        return chosen if chosen in axes else AXES[0][0]

    def choices(self) -> dict[str, Any]:
        """What is chosen, as JSON values."""
        return {
            "axis": self.axis.currentData(),
            "log": self.log.isChecked(),
            "smoothing": self.smoothing,
        }

    def choose(self, choices: dict[str, Any]) -> None:
        """Take over what `choices` gave; what is no such value is left as it is."""
        axis, smoothing = choices.get("axis"), choices.get("smoothing")
        if axis in [name for name, _ in AXES]:
            self.axis.choose(axis)
        if isinstance(choices.get("log"), bool):
            self.log.setChecked(choices["log"])
        if isinstance(smoothing, int | float) and 0 <= smoothing <= MOST:
            self._show_smoothing(float(smoothing))
        self.changed.emit()

    def _button(self, text: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _show_smoothing(self, weight: float) -> None:
        blockers = [QSignalBlocker(part) for part in (self.slider, self.field)]
        self.slider.setValue(round(1000 * weight))
        self.field.setValue(weight)
        for blocker in blockers:
            blocker.unblock()

    @Slot()
    def _change(self, *_: object) -> None:
        self.changed.emit()

    @Slot(int)
    def _slide(self, value: int) -> None:
        self._show_smoothing(min(value / 1000, MOST))
        self.changed.emit()

    @Slot(float)
    def _type(self, value: float) -> None:
        self._show_smoothing(value)
        self.changed.emit()

    @Slot(object)
    def _save(self, action: Any) -> None:
        self.save.emit(action.data())

    @Slot()
    def _tint(self) -> None:
        self.fit_button.setIcon(icon("scan", self._look.colours))
        self.enlarge.setIcon(icon("panel-left-close", self._look.colours))
        self.save_button.setIcon(icon("image-down", self._look.colours))
