"""Notices: what went wrong or well, in a bar above the page instead of a dialog."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.errors import (
    DataError,
    DesignerError,
    EditError,
    ExportError,
    OpeningError,
    ProjectError,
    TrainingError,
)
from designer.gui.announcing import announce
from designer.gui.look.icons import icon, pixmap
from designer.gui.look.tokens import ICON, SPACE
from designer.messages import tr

if TYPE_CHECKING:
    from designer.gui.look.style import Look

_ICONS = {
    "info": ("info", "accent"),
    "warning": ("triangle-alert", "warning"),
    "error": ("circle-x", "danger"),
}


BEGUN = "begun"
"""A job of the engine has begun: like a topic of the session, for `NoticeBar.settle`."""

_SETTLED: dict[type[DesignerError], tuple[str, ...]] = {
    EditError: ("opened", "network"),
    OpeningError: ("opened",),
    DataError: ("opened", "data", "report"),
    ProjectError: ("opened", "file"),
    ExportError: ("opened", "exported"),
    TrainingError: ("opened", BEGUN),
}
"""What the user has done instead when these errors are of no interest any more."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user is told.

    Attributes:
        text: one sentence.
        detail: why, and what to do; may be empty.
        severity: 'info', 'warning' or 'error'.
        action_text: text of a button, '' for none.
        action: what the button does.
        until: topics of the session with which it holds no more.
        other_text, other: a second button, which closes the notice too.
    """

    text: str
    detail: str = ""
    severity: str = "info"
    action_text: str = ""
    action: Callable[[], None] | None = None
    until: tuple[str, ...] = ()
    other_text: str = ""
    other: Callable[[], None] | None = None


def notice_of(error: BaseException) -> Notice:
    """The notice of an error: a `DesignerError` as it stands, anything else as a bug with a report."""
    if isinstance(error, DesignerError):
        detail = " ".join(part for part in (error.why, error.remedy) if part)
        until = next((topics for kind, topics in _SETTLED.items() if isinstance(error, kind)), ())
        return Notice(error.what, detail, "error", until=until)
    report = "".join(traceback.format_exception(error))

    def copy() -> None:
        QGuiApplication.clipboard().setText(report)

    return Notice(
        tr("Something went wrong inside Netgraft."),
        tr("{kind}: {said}. What is open has been kept.", kind=type(error).__name__, said=str(error)[:300]),
        "error",
        tr("Copy report"),
        copy,
    )


class NoticeBar(QFrame):
    """Shows one notice; a warning or error that another one covers comes back when that is closed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAccessibleName(tr("Notice"))
        self._look = look
        self._notices: list[Notice] = []
        self._icon = QLabel()
        self._text = QLabel()
        self._detail = QLabel()
        for label in (self._text, self._detail):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setProperty("strong", True)
        self._detail.setProperty("muted", True)
        self._action = QPushButton()
        self._action.clicked.connect(self._act)
        self._other = QPushButton()
        self._other.clicked.connect(self._act_other)
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Close the notice"))
        self._close.setToolTip(tr("Close the notice"))
        self._close.clicked.connect(self.close_notice)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._text)
        texts.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        row.setSpacing(SPACE + SPACE // 2)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self._action, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._other, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        look.changed.connect(self._show)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """The notice that is shown, or None."""
        return self._notices[-1] if self._notices else None

    def show_notice(self, notice: Notice) -> None:
        """Show `notice` on top of what is there."""
        kept = [old for old in self._notices if old.severity != "info" and old.text != notice.text]
        self._notices = [*kept, notice][-4:]
        self._show()
        announce(self, f"{notice.text} {notice.detail}".strip())

    @Slot()
    def close_notice(self) -> None:
        """Close the notice that is shown; one below it comes back."""
        del self._notices[-1:]
        self._show()

    def settle(self, topic: str) -> None:
        """Take away what holds no more, now that the session has changed so."""
        left = [notice for notice in self._notices if topic not in notice.until]
        if len(left) < len(self._notices):
            self._notices = left
            self._show()

    @Slot()
    def _act(self) -> None:
        notice = self.notice
        if notice is not None and notice.action is not None:
            notice.action()

    @Slot()
    def _act_other(self) -> None:
        notice = self.notice
        self.close_notice()
        if notice is not None and notice.other is not None:
            notice.other()

    @Slot()
    def _show(self) -> None:
        notice = self.notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        name, role = _ICONS[notice.severity]
        colours = self._look.colours
        self._icon.setPixmap(pixmap(name, colours, role, ICON, self.devicePixelRatioF()))
        self._close.setIcon(icon("x", colours, "text_muted"))
        self._close.setIconSize(QSize(16, 16))
        self._text.setText(notice.text)
        self._detail.setText(notice.detail)
        self._detail.setVisible(bool(notice.detail))
        self._action.setText(notice.action_text)
        self._action.setVisible(bool(notice.action_text and notice.action))
        self._other.setText(notice.other_text)
        self._other.setVisible(bool(notice.other_text and notice.other))
        self.setProperty("severity", notice.severity)
        self.style().unpolish(self)
        self.style().polish(self)
