"""A progress bar that does not paint the window by itself."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar


class ProgressBar(QProgressBar):
    """Painted together with all else: Qt's own paints at once, and with it all of the window that is due.

    That falls into the middle of what has changed the value; two things that take long become one.
    """

    def setRange(self, minimum: int, maximum: int) -> None:
        """See `QProgressBar.setRange`."""
        self.setUpdatesEnabled(False)
        super().setRange(minimum, maximum)
        self.setUpdatesEnabled(True)

    def setValue(self, value: int) -> None:
        """See `QProgressBar.setValue`."""
        if value == self.value():
            return
        self.setUpdatesEnabled(False)
        super().setValue(value)
        self.setUpdatesEnabled(True)
