"""What the user is offered where a run could not start or go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from designer.errors import DesignerError, OutOfMemoryError, TrainingError, UnconfirmedCodeError
from designer.gui import asking
from designer.gui.asking import Choice
from designer.gui.context import Context
from designer.gui.notices import BEGUN, Notice, notice_of
from designer.gui.training.texts import loss_text_of
from designer.jobs import training
from designer.messages import tr


class Remedies:
    """Offers what may help, and starts again once the user has taken it.

    Args:
        context: session and notices.
        page: above which questions are asked.
        start: begins a run.
    """

    def __init__(self, context: Context, page: QObject, start: Callable[[], None]) -> None:
        self._context = context
        self._page = page
        self._start = start

    def notice(self, error: BaseException) -> Notice:
        """The notice of an error; with a button that halves the batch, or chooses a loss that fits."""
        found, options = notice_of(error), self._context.session.training_options
        if isinstance(error, OutOfMemoryError) and error.batch_size < options.batch_size:
            text = tr("Train with batches of {size}", size=error.batch_size)
            found = replace(found, action_text=text, action=partial(self._smaller, error))
        if isinstance(error, TrainingError) and "loss" in error.options:
            key = str(error.options["loss"])
            text = tr("Train with {loss}", loss=loss_text_of(key))
            until = ("opened", "data", "options", BEGUN)
            found = replace(found, action_text=text, action=partial(self._with_loss, key), until=until)
        return found

    def ask_to_run(self, error: UnconfirmedCodeError) -> None:
        """Ask whether a file with code of the user's is to be run; if so, remember that and start."""
        answer = asking.ask(
            self._page.window() if isinstance(self._page, QWidget) else None,
            tr("Run the code in {name}?", name=error.path.name),
            f"{error.path}\n\n{error.why} {tr('Only confirm what you have read and trust.')}",
            (Choice("cancel", tr("Cancel"), "cancel"), Choice("run", tr("Confirm and train"), "destroy")),
        )
        if answer != "run":
            return
        try:
            training.confirm(error.path)
        except DesignerError as failure:
            self._context.notify(notice_of(failure))
            return
        self._start()

    def _with_loss(self, key: str) -> None:
        options = replace(self._context.session.training_options, loss=key)
        self._context.session.set_options(training=options)
        self._start()

    def _smaller(self, error: OutOfMemoryError) -> None:
        options = self._context.session.training_options
        smaller = replace(options, batch_size=error.batch_size, accumulate=error.accumulate)
        self._context.session.set_options(training=smaller)
        self._start()
