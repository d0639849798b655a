"""What the runs of a session told, and those that the job which goes on has not handed over yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from designer.gui.training.record import Record, Shown, record_of
from designer.session.options import TrainingOptions
from designer.session.results import Run, WayNews
from designer.session.session import Session


class Records:
    """Takes the news of a job that trains, once or in several ways, one after the other.

    Attributes:
        record: of the run that goes on, None while none does.
        options: that it is trained with, None before the first run.
        way: which of several it is, None for the only one.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, Record] = {}
        self._ended: Record | None = None
        """Of the run that went on last: by its rows it is found again in the session."""
        self._over: tuple[Run, ...] = ()
        """Ways that have ended: the session gets them with the last one."""
        self._told: Run | None = None
        """The way of `record`, once it has ended."""
        self.record: Record | None = None
        self.options: TrainingOptions | None = None
        self.way: WayNews | None = None

    @property
    def runs(self) -> tuple[Run, ...]:
        """Those of the session, and the ways that have ended since the job began."""
        return (*self._session.runs, *self._over)

    @property
    def followed(self) -> tuple[int, ...]:
        """Numbers of what the job trains, the run that goes on last; while none does, of the last run."""
        first = len(self._session.runs)
        return (first,) if self.record is None else tuple(range(first + 1, len(self.runs) + 2))

    def begin(self, options: TrainingOptions) -> None:
        """A job begins."""
        self.end()
        self.record, self.options = Record(), options

    def take(self, news: object) -> bool:
        """Take one piece of its news. False when it is of no use here."""
        if self.record is None:
            return False
        if isinstance(news, WayNews):
            self._begin_way(news)
            return True
        if isinstance(news, Run):
            self._told = news
            return False
        return self.record.take(news)

    def end(self) -> None:
        """The job is over; if its runs are kept, the session takes them now."""
        self._ended = self.record or self._ended
        self._over, self._told = (), None
        self.record = self.way = None

    def forget(self) -> None:
        """Another network has been opened."""
        self._known.clear()
        self._ended = None
        self._over, self._told = (), None

    def of(self, run: Run) -> Record:
        """What a run told: with its batches when it was trained in this window."""
        known = self._known.get(run.number)
        if known is None or tuple(known.rows) != run.history:
            last = self._ended
            # As texts, since NaN does not equal itself.
            heard = last is not None and repr(tuple(last.rows)) == repr(run.history)
            known = last if last is not None and heard else record_of(run)
            self._known[run.number] = known
        return known

    def shown(self, numbers: Sequence[int]) -> list[Shown]:
        """Runs as curves show them; the one that goes on has the number after the last."""
        runs = self.runs
        found = [
            Shown(number, self.of(run), run.options.all_epochs, run.name)
            for number, run in ((number, runs[number - 1]) for number in numbers if 0 < number <= len(runs))
        ]
        if len(runs) + 1 in numbers and self.record is not None and self.options is not None:
            name = self.way.name if self.way is not None else ""
            found.append(Shown(len(runs) + 1, self.record, self.options.all_epochs, name))
        return found

    def _begin_way(self, news: WayNews) -> None:
        told, self._told = self._told, None
        if told is not None and self.record is not None:
            number = len(self.runs) + 1
            self._known[number] = self.record
            self._over = (*self._over, replace(told, number=number))
        self.record, self.options, self.way = Record(), news.options, news
