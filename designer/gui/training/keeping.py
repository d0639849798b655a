"""Where the last run lies until its result is safe: what becomes of its folder, and when."""

from __future__ import annotations

from designer.session.kept_runs import RunPlace
from designer.session.options import TrainingOptions
from designer.session.session import Session


class RunKeeping:
    """Holds the folder of the last run of a session.

    A run that has ended is safe once the project has been saved with it. One that was stopped may still go
    on: its folder stays for as long as it is open, and afterwards if the project has been saved.

    Attributes:
        begun: options of a run that was stopped in its first epoch, and so is none of the session's yet.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folder: RunPlace | None = None
        self._saved = False
        self.begun: TrainingOptions | None = None

    @property
    def stopped(self) -> bool:
        """The last run was stopped in this window, and can go on where it was."""
        return self._folder is not None and self.options is not None

    @property
    def options(self) -> TrainingOptions | None:
        """Those of the last run, where it was stopped."""
        runs = self._session.runs
        if self.begun is not None or not runs or runs[-1].stopped_because != "stopped":
            return self.begun
        return runs[-1].options

    def hold(self, folder: RunPlace | None, begun: TrainingOptions | None = None) -> None:
        """A run has ended and takes the place of the one before; for `begun` see above."""
        if self._folder is not None:
            self._folder.discard()
        self._folder, self._saved, self.begun = folder, False, begun

    def give(self) -> RunPlace | None:
        """The folder, for a job that goes on with its run."""
        folder, self._folder = self._folder, None
        return folder

    def take_back(self, folder: RunPlace | None, *, open_now: bool = True) -> None:
        """The job has failed: its run, if `folder` is of one, can go on once the cause is mended.

        Unless `open_now`, that is for whoever opens its project again.
        """
        if folder is None:
            return
        if not open_now:
            folder.release()
        elif folder.can_go_on():
            self._folder = folder
        else:
            folder.discard()

    def saved(self) -> None:
        """The project has been saved."""
        self._saved = True
        if not self.stopped and self._folder is not None:
            self._folder.discard()
            self._folder = None

    def leave(self) -> None:
        """What is open is left for good, whatever was not saved with it."""
        if self._folder is not None:
            if self._saved and self._folder.can_go_on():
                self._folder.release()
            else:
                self._folder.discard()
            self._folder = None
