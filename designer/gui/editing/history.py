"""Undo and redo of the open network, through Qt's undo stack."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from designer.network.edits import Edit
from designer.session.session import Session


class Replay:
    """Makes edits that are on the stack already. Plain Python: see `EditCommand`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.running = False

    def make(self, edit: Edit) -> None:
        """Make an edit, and let the history know that it is no new one."""
        self.running = True
        try:
            self._session.apply(edit)
        finally:
            self.running = False


class EditCommand(QUndoCommand):
    """One edit on the undo stack. It is made after the edit, so that one that fails is never there.

    It holds no QObject: the stack deletes its commands while it is being deleted itself, and nothing of
    Qt should hang on them then.
    """

    def __init__(self, replay: Replay, edit: Edit, inverse: Edit) -> None:
        super().__init__(edit.text)
        self._replay = replay
        self._edit = edit
        self._inverse = inverse
        self._done = True

    def redo(self) -> None:
        """Make the edit again; the first time, when the stack takes the command, it is made already."""
        if not self._done:
            self._replay.make(self._edit)
        self._done = True

    def undo(self) -> None:
        """Take the edit back."""
        self._replay.make(self._inverse)
        self._done = False


class History(QObject):
    """Keeps the undo stack in step with the session.

    Every edit of the open network comes onto the stack, whichever page made it; another network empties
    it. It is there before all pages, so that nothing is missed.

    Attributes:
        stack: for the actions Undo and Redo.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self._session = session
        self._replay = Replay(session)
        self._end = session.observe(self._hear)

    def stop(self) -> None:
        """Heed the session no more."""
        self._end()

    def _hear(self, topic: str) -> None:
        if topic == "opened":
            self.stack.clear()
        elif topic == "network" and not self._replay.running and self._session.last_change is not None:
            change = self._session.last_change
            self.stack.push(EditCommand(self._replay, change.edit, change.edit.inverse(change.before)))
