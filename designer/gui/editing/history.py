"""Undo and redo of the open network, through Qt's undo stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from designer.gui.editing.merging import MOMENT, joined, subject_of
from designer.gui.editing.naming import title_of
from designer.messages import tr
from designer.network.document import Change
from designer.network.edits import Compound, Edit
from designer.network.network import Network
from designer.session.session import Session

MERGEABLE = 1
"""What the commands that may be joined say they are; whether two of them are is seen from their steps."""


class Replay:
    """Makes edits that are on the stack already. Plain Python: see `EditCommand`.

    Attributes:
        running: an edit is being made that is no new one.
        silent: the stack's index is set to what the network is already.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.running = False
        self.silent = False

    def make(self, edit: Edit) -> None:
        """Make an edit, and let the history know that it is no new one."""
        if self.silent:
            return
        self.running = True
        try:
            self._session.apply(edit)
        finally:
            self.running = False


class Step:
    """One step of the list: an edit, the way back, and what it may be joined with.

    Attributes:
        edit, inverse: there and back.
        text: what it is called.
    """

    def __init__(self, change: Change, now: float) -> None:
        self.edit = change.edit
        self.inverse = change.edit.inverse(change.before)
        self.text = title_of(change)
        self.subject: Hashable | None = subject_of(change)
        self._before, self._after = change.before, change.after
        self._now = now

    def takes(self, other: Step) -> bool:
        """Whether a newer step belongs to this one."""
        return (
            self.subject is not None
            and self.subject == other.subject
            and other._before is self._after
            and other._now - self._now <= MOMENT
        )

    def take(self, other: Step) -> None:
        """Become one with a newer step."""
        self._after, self._now, self.text = other._after, other._now, other.text
        self.edit, self.inverse = joined(self._before, self._after)

    @property
    def idle(self) -> bool:
        """Whether it leads nowhere: the value is what it was at first."""
        return self._before == self._after


class EditCommand(QUndoCommand):
    """One step on the undo stack. It is made after the edit, so that one that fails is never there.

    It holds no QObject: the stack deletes its commands while it is being deleted itself, and nothing of
    Qt should hang on them then.
    """

    def __init__(self, replay: Replay, step: Step) -> None:
        super().__init__(step.text)
        self._replay = replay
        self._step = step
        self._done = True

    def redo(self) -> None:
        """Make the edit again; the first time, when the stack takes the command, it is made already."""
        if not self._done:
            self._replay.make(self._step.edit)
        self._done = True

    def undo(self) -> None:
        """Take the edit back."""
        self._replay.make(self._step.inverse)
        self._done = False

    def id(self) -> int:
        """See Qt: the stack asks `mergeWith` of commands with the same one."""
        return MERGEABLE if self._step.subject is not None else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take a newer command in, if it changes the same value just after."""
        if not isinstance(other, EditCommand) or not self._step.takes(other._step):
            return False
        self._step.take(other._step)
        self.setText(self._step.text)
        self.setObsolete(self._step.idle)
        return True


class History(QObject):
    """Keeps the undo stack in step with the session.

    Every edit of the open network comes onto the stack, whichever page made it; another network empties
    it. It is there before all pages, so that nothing is missed. Saving marks where the file stands.

    Signals:
        changed(): steps or the place among them have changed.

    Attributes:
        stack: for the actions Undo and Redo.
    """

    changed = Signal()

    def __init__(
        self, session: Session, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock()` gives seconds: steps close together may be joined."""
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self._session = session
        self._clock = clock
        self._replay = Replay(session)
        self._steps: list[Step] = []
        self._sealed = False
        self._opened: Network | None = session.network
        self._end = session.observe(self._hear)
        self.stack.indexChanged.connect(self.changed)
        self.stack.cleanChanged.connect(self.changed)

    @property
    def replaying(self) -> bool:
        """An edit is just being undone or done again."""
        return self._replay.running

    @property
    def beginning(self) -> str:
        """What the first row of the list is called."""
        if self._opened is None:
            return tr("Nothing is open")
        return tr("Opened {name}", name=self._opened.name)

    @property
    def saved(self) -> int:
        """Number of the step after which the project was saved, -1 for none that is there."""
        if self._session.path is None:
            return -1
        return self.stack.cleanIndex()

    def texts(self) -> tuple[str, ...]:
        """What the steps are called, oldest first."""
        return tuple(step.text for step in self._steps)

    def edits(self) -> tuple[Edit, ...]:
        """What has been done since the network was opened and is not undone, oldest first."""
        return tuple(step.edit for step in self._steps[: self.stack.index()])

    def go_to(self, index: int) -> None:
        """Undo or redo until so many steps are done; all of them are one change for whoever listens."""
        here = self.stack.index()
        index = min(max(index, 0), len(self._steps))
        if index < here:
            parts = [step.inverse for step in reversed(self._steps[index:here])]
        else:
            parts = [step.edit for step in self._steps[here:index]]
        if not parts:
            return
        self._replay.make(Compound(tr("Go through the history"), tuple(parts)))
        self._replay.silent = True
        try:
            self.stack.setIndex(index)
        finally:
            self._replay.silent = False

    def seal(self) -> None:
        """What is changed from now on is a step of its own, as when another field is edited."""
        self._sealed = True

    def stop(self) -> None:
        """Heed the session no more."""
        self._end()

    def _hear(self, topic: str) -> None:
        if topic == "opened":
            self._opened = self._session.network
            self._steps.clear()
            self.stack.clear()
            self.changed.emit()
        elif topic == "network" and not self._replay.running and self._session.last_change is not None:
            self._add(Step(self._session.last_change, self._clock()))
        elif topic == "file" and not self._session.changed:
            self.stack.setClean()
            self.changed.emit()

    def _add(self, step: Step) -> None:
        del self._steps[self.stack.index() :]
        if self._sealed and self._steps:
            self._steps[-1].subject = None
        self._sealed = False
        self._steps.append(step)
        self.stack.push(EditCommand(self._replay, step))
        # One that was joined with the former, or has undone it, is none of its own.
        del self._steps[self.stack.count() :]
