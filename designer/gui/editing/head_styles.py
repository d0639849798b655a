"""The choice between styles of heads, each with a small drawing of its layers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QRadioButton, QSizePolicy, QWidget

from designer.catalog.actions import HEAD_STYLES, HeadStyle
from designer.catalog.kinds import KINDS
from designer.catalog.library import Around
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr

_BAR = 9
_GAP = 5


class StylePicture(QWidget):
    """The layers of a style as a column of blocks in the colours of their categories."""

    def __init__(self, look: Look, style: HeadStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        # Any shape will do: the kinds of layers are the same for all.
        made = style.make(Around((8, 4, 4), 2)).layers if style.make is not None else ()
        kinds = [layer.kind for layer in made] or ["Linear"]
        self._categories = [KINDS[kind].category for kind in kinds]
        self.setFixedSize(self.sizeHint())
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """See Qt: all pictures are as high as the one with five layers."""
        return QSize(44, 5 * _BAR + 4 * _GAP + SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the blocks, from above to below."""
        colours = self._look.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count = len(self._categories)
        top = (self.height() - count * _BAR - (count - 1) * _GAP) / 2
        painter.setPen(QPen(QColor(colours.text_muted), 1.0))
        middle = self.width() / 2
        painter.drawLine(round(middle), SPACE // 4, round(middle), self.height() - SPACE // 4)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, category in enumerate(self._categories):
            # The last one, which answers, is as narrow as the classes are few.
            inset = 8.0 if number == count - 1 else 1.0
            painter.setBrush(QColor(colours.category.get(category, colours.accent)))
            where = QRectF(inset, top + number * (_BAR + _GAP), self.width() - 2 * inset, _BAR)
            painter.drawRoundedRect(where, 3, 3)
        painter.end()


class StyleChoice(QWidget):
    """One radio button for each style.

    Signals:
        changed(): another one is chosen.
    """

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE + SPACE // 2)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for number, style in enumerate(HEAD_STYLES.values()):
            button = QRadioButton(tr(style.title))
            button.setAccessibleDescription(tr(style.text))
            text = QLabel(tr(style.text))
            text.setProperty("small", True)
            text.setWordWrap(True)
            text.setContentsMargins(30, 0, 0, SPACE)
            text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            grid.addWidget(StylePicture(look, style), 2 * number, 0, 2, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(button, 2 * number, 1, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(text, 2 * number + 1, 1)
            self._group.addButton(button, number)
            self.buttons[style.key] = button
        next(iter(self.buttons.values())).setChecked(True)
        self._group.idToggled.connect(self._tell)

    @property
    def style_key(self) -> str:
        """Key of the chosen style."""
        return list(self.buttons)[self._group.checkedId()]

    @Slot(int, bool)
    def _tell(self, number: int, checked: bool) -> None:
        if checked:
            self.changed.emit()
