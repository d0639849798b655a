"""Two lists in a row that choose what is compared."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QToolButton, QWidget

from designer import settings
from designer.gui.comparing.sides import FILE, choices, defaults, side_of
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.jobs.comparing import Side
from designer.messages import tr
from designer.session.session import Session

OTHER = "other"
"""Key of the line that asks for another project file."""
SUFFIX = ".netgraft"


class SideChooser(QWidget):
    """Chooses before and after.

    Attributes:
        chosen: keys of what is chosen, before and after.
        boxes: the two lists.
        swap: exchanges the two.

    Signals:
        changed(): something else is chosen.
    """

    changed = Signal()

    def __init__(self, session: Session, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._look = look
        self._files: tuple[Path, ...] = ()
        self.chosen = defaults(session)
        self.boxes = (QComboBox(), QComboBox())
        self.swap = QToolButton()
        self.swap.setAccessibleName(tr("Swap the two"))
        self.swap.setToolTip(tr("Swap the two"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        for number, (box, name) in enumerate(zip(self.boxes, (tr("Before"), tr("After")), strict=True)):
            box.setAccessibleName(name)
            box.setMaxVisibleItems(24)
            box.setMinimumWidth(200)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            label = QLabel(name)
            label.setBuddy(box)
            if number:
                row.addWidget(self.swap)
            row.addWidget(label)
            row.addWidget(box, 1)
            box.activated.connect(self._choose)
        self.swap.clicked.connect(self._swap)
        look.changed.connect(self._dress)
        self._dress()
        self.fill()

    def side(self, key: str) -> Side:
        """What is to be opened for a key."""
        choice = next(one for one in choices(self._session, self._files) if one.key == key)
        return side_of(self._session, choice)

    def choose(self, before: str, after: str) -> None:
        """Choose two by their keys."""
        self.chosen = (before, after)
        self.fill()
        self.changed.emit()

    def reset(self) -> None:
        """Choose what is compared at first: another network has been opened."""
        self.chosen = defaults(self._session)
        self.fill()

    def fill(self) -> None:
        """Fill both lists with what can be chosen now, with lines between the parts."""
        found = choices(self._session, self._files)
        keys = {choice.key for choice in found}
        first = defaults(self._session)
        self.chosen = (
            self.chosen[0] if self.chosen[0] in keys else first[0],
            self.chosen[1] if self.chosen[1] in keys else first[1],
        )
        for box, key in zip(self.boxes, self.chosen, strict=True):
            box.clear()
            for number, choice in enumerate(found):
                if number and found[number - 1].part != choice.part:
                    box.insertSeparator(box.count())
                if choice.part == "models" and (not number or found[number - 1].part != "models"):
                    box.addItem(tr("Another project file..."), OTHER)
                    box.insertSeparator(box.count())
                box.addItem(choice.title, choice.key)
            box.setCurrentIndex(box.findData(key))

    @Slot()
    def _choose(self) -> None:
        keys = [str(box.currentData()) for box in self.boxes]
        for number, key in enumerate(keys):
            if key == OTHER:
                path = self._ask_file()
                keys[number] = self.chosen[number] if path is None else FILE + str(path)
                self._files = self._files if path is None else tuple(dict.fromkeys((*self._files, path)))
        if tuple(keys) == self.chosen:
            self.fill()
        else:
            self.choose(keys[0], keys[1])

    @Slot()
    def _swap(self) -> None:
        self.choose(self.chosen[1], self.chosen[0])

    def _ask_file(self) -> Path | None:
        start = settings.load().last_folder or str(Path.home())
        kinds = tr("Netgraft projects (*{suffix})", suffix=SUFFIX)
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose a project"), start, kinds)
        return Path(name) if name else None

    @Slot()
    def _dress(self) -> None:
        self.swap.setIcon(icon("arrow-left-right", self._look.colours))
