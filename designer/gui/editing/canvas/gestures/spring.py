"""Collapsed groups that open under a line that rests on them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from designer.network.groups import GROUP

REST = 700
"""Milliseconds after which a collapsed group opens."""


class Spring(QObject):
    """Waits on a collapsed group.

    Signals:
        opened(path): something has rested on the group long enough.
    """

    opened = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._key = ""
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(REST)
        self.timer.timeout.connect(self._open)

    def rest_on(self, key: str) -> None:
        """The pointer is on the box of that key, '' for none that opens."""
        if key == self._key:
            return
        self._key = key
        if key:
            self.timer.start()
        else:
            self.timer.stop()

    @Slot()
    def _open(self) -> None:
        if self._key:
            self.opened.emit(self._key.removeprefix(GROUP))
