"""What can be done with the model that is chosen: a pure state, and the panel that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from designer.catalog.models import PretrainedModel
from designer.gui.look.icons import set_icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.readiness import busy_reason
from designer.messages import bytes_text, tr


@dataclass(frozen=True, slots=True)
class ChoiceState:
    """What the panel shows.

    Attributes:
        title, detail: of the model.
        main_text: of the main button.
        download: the main button downloads first.
        can_open: buttons work.
        reason: why they do not.
        others: fresh weights and weights from a file are offered.
    """

    title: str
    detail: str
    main_text: str
    download: bool = False
    can_open: bool = False
    reason: str = ""
    others: bool = False


def resolve(row: PretrainedModel | None, here: bool, busy_with: str = "") -> ChoiceState:
    """The state for the chosen model; `here`: its weights are; `busy_with`: a job that runs now."""
    if row is None:
        return ChoiceState(
            tr("No model is chosen"), tr("Choose one in the list."), tr("Open"), reason=tr("Choose a model.")
        )
    detail = f"{row.licence}. {row.source}"
    size = bytes_text(round(row.file_mb * 1e6))
    return ChoiceState(
        row.title,
        detail,
        tr("Open") if here else tr("Download {size} and open", size=size),
        download=not here,
        can_open=not busy_with,
        reason=busy_reason(busy_with),
        others=True,
    )


class ChoicePanel(QFrame):
    """The chosen model, and the ways to open it.

    Signals:
        open_wanted, fresh_wanted, file_wanted: the buttons.
    """

    open_wanted = Signal()
    fresh_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self._look = look
        self._state: ChoiceState | None = None
        self.title = QLabel()
        self.title.setProperty("strong", True)
        self.detail = QLabel()
        self.detail.setProperty("small", True)
        for label in (self.title, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setWordWrap(True)
        self.file = QPushButton(tr("Weights from a file ..."))
        self.file.clicked.connect(self.file_wanted)
        self.fresh = QPushButton(tr("Fresh weights"))
        self.fresh.clicked.connect(self.fresh_wanted)
        self.main = QPushButton()
        self.main.setProperty("primary", True)
        self.main.clicked.connect(self.open_wanted)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE + 4, SPACE + 4, SPACE + 4)
        row.setSpacing(SPACE)
        row.addLayout(texts, 1)
        for button in (self.file, self.fresh, self.main):
            row.addWidget(button)
        look.changed.connect(self._paint)

    def show_state(self, state: ChoiceState) -> None:
        """Show another state."""
        if state == self._state:
            return
        self._state = state
        self.title.setText(state.title)
        self.detail.setText(state.detail)
        self.detail.setToolTip(state.detail)
        self.main.setText(state.main_text)
        self.main.setAccessibleName(state.main_text)
        tips = {
            self.main: "",
            self.fresh: tr("Open the architecture with random weights; nothing is downloaded"),
            self.file: tr("Open it with weights from a .pth or .safetensors file"),
        }
        for button, tip in tips.items():
            button.setEnabled(state.can_open)
            button.setToolTip(state.reason or tip)
        for button in (self.fresh, self.file):
            button.setVisible(state.others)
        self._paint()

    @Slot()
    def _paint(self) -> None:
        if self._state is not None:
            name = "download" if self._state.download else "folder-open"
            role = "accent_text" if self._state.can_open else "text_muted"
            set_icon(self.main, name, self._look.colours, role)
