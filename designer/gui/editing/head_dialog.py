"""The dialog of Replace head: asks for the classes and the style, and shows what will change."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from designer.catalog.actions import MOST_CLASSES, HeadPlan, class_names, head_plan
from designer.errors import EditError
from designer.gui.context import Context
from designer.gui.editing.diff_view import DiffRow, DiffView, rows_of
from designer.gui.editing.head_styles import StyleChoice
from designer.gui.editing.previewing import Previewing
from designer.gui.look.tokens import SPACE
from designer.jobs.previews import Preview
from designer.messages import count_text, tr
from designer.network.edits import Edit
from designer.network.network import Network
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class Planned:
    """What the dialog would do.

    Attributes:
        edit: the edit; None when it cannot be made.
        text: why it cannot be made, or how many parameters there are before and after.
        rows: the layers that go and come.
    """

    edit: Edit | None
    text: str
    rows: tuple[DiffRow, ...] = ()


def names_in(text: str) -> tuple[str, ...]:
    """Class names that were typed: one a line, or several on one line with commas between."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = [name.strip() for name in lines[0].split(",") if name.strip()]
    return tuple(lines)


def planned(
    network: Network, classes: tuple[str, ...], style: str = "linear", facts: Facts | None = None
) -> HeadPlan | EditError:
    """What replacing the head by one for these classes does, or why it cannot be done."""
    try:
        return head_plan(network, classes, style, facts)
    except EditError as error:
        return error


def described(plan: HeadPlan | EditError, before: Facts | None, after: Facts | None) -> Planned:
    """A plan as it is shown; `after`: facts of the network once it is done, None until they are known."""
    if isinstance(plan, EditError):
        return Planned(None, str(plan))
    return Planned(plan.edit, _parameters(before, after), rows_of(plan.removed, plan.added, before, after))


def _parameters(before: Facts | None, after: Facts | None) -> str:
    if before is None or after is None:
        return ""
    return tr(
        "Parameters: {before} before, {after} after.",
        before=count_text(before.parameters),
        after=count_text(after.parameters),
    )


class HeadDialog(QDialog):
    """Asks for class names or a number of classes, and for the style of the head."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        network = context.session.network
        assert network is not None
        self._network = network
        self._facts = context.session.facts
        self._after: Facts | None = None
        self._asked: tuple[tuple[str, ...], str] | None = None
        self._plan: HeadPlan | EditError | None = None
        self._previewing = Previewing(context.runner, self)
        self._previewing.found.connect(self._take)
        data = context.session.data
        suggested = data.classes if data is not None else ()
        self.setWindowTitle(tr("Replace head"))
        self.resize(860, 640)
        self._make_classes(suggested)
        self.styles = StyleChoice(context.look)
        self.styles.changed.connect(self._refresh)
        self.diff = DiffView()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setAccessibleName(tr("Parameters, or why it cannot be done"))
        self._remark = QLabel(
            tr("New layers have new weights and learn at 10 times the rate. All others stay as they are.")
        )
        self._remark.setWordWrap(True)
        self._remark.setProperty("small", True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = QPushButton(tr("Replace head"))
        self.accept_button.setProperty("primary", True)
        buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._lay_out(suggested, buttons)
        # Once it lies in the dialog: else Enter would mean the button that was focused last.
        self.accept_button.setDefault(True)
        self._refresh()
        (self.names if self.by_names.isChecked() else self.number).setFocus()

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes as they are given now."""
        if self.by_number.isChecked():
            return class_names(self.number.value())
        return names_in(self.names.toPlainText())

    @property
    def plan(self) -> Planned:
        """What would be done now."""
        assert self._plan is not None
        return described(self._plan, self._facts, self._after)

    @classmethod
    def ask(cls, context: Context, parent: QWidget | None) -> Edit | None:
        """Ask, and give the edit; None when the user thinks better of it."""
        dialog = cls(context, parent)
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        edit = dialog.plan.edit if agreed else None
        dialog.deleteLater()
        return edit

    def done(self, result: int) -> None:
        """Nothing more is asked for once it is closed."""
        self._previewing.stop()
        super().done(result)

    def _make_classes(self, suggested: tuple[str, ...]) -> None:
        self.by_number = QRadioButton(tr("A number of classes"))
        self.number = QSpinBox()
        self.number.setRange(2, MOST_CLASSES)
        self.number.setValue(max(len(suggested), 2))
        self.number.setAccessibleName(tr("Number of classes"))
        self.by_names = QRadioButton(tr("Class names, one a line"))
        self.names = QPlainTextEdit("\n".join(suggested))
        self.names.setAccessibleName(tr("Class names, one a line"))
        self.names.setPlaceholderText(tr("daisy\nrose\ntulip"))
        self.names.setTabChangesFocus(True)
        (self.by_names if suggested else self.by_number).setChecked(True)
        self.by_number.toggled.connect(self._refresh)
        self.number.valueChanged.connect(self._refresh)
        self.names.textChanged.connect(self._refresh)

    def _lay_out(self, suggested: tuple[str, ...], buttons: QDialogButtonBox) -> None:
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addWidget(_heading(tr("Classes")))
        if suggested:
            hint = QLabel(tr("From the pictures: {count} classes", count=len(suggested)))
            hint.setProperty("small", True)
            left.addWidget(hint)
        for widget in (self.by_number, self.number, self.by_names):
            left.addWidget(widget)
        left.addWidget(self.names, 1)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        right.addWidget(_heading(tr("Style")))
        right.addWidget(self.styles)
        right.addSpacing(SPACE)
        right.addWidget(_heading(tr("What will change")))
        panel = QFrame()
        panel.setProperty("panel", True)
        inside = QVBoxLayout(panel)
        inside.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        inside.addWidget(self.diff, 1)
        inside.addWidget(self._text)
        inside.addWidget(self._remark)
        # Without layers, why there are none is told where they would begin.
        inside.addStretch()
        right.addWidget(panel, 1)
        both = QHBoxLayout()
        both.setSpacing(3 * SPACE)
        both.addLayout(left, 2)
        both.addLayout(right, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(both, 1)
        column.addWidget(buttons)

    @Slot()
    def _refresh(self) -> None:
        by_number = self.by_number.isChecked()
        self.number.setEnabled(by_number)
        self.names.setEnabled(not by_number)
        asked = (self.classes, self.styles.style_key)
        if asked != self._asked:
            self._asked, self._after = asked, None
            # Made once: the ids of its new layers are drawn anew each time.
            self._plan = planned(self._network, *asked, self._facts)
            if isinstance(self._plan, HeadPlan):
                self._previewing.ask(self._plan.edit.apply(self._network))
        self._show()

    @Slot(object)
    def _take(self, found: Preview) -> None:
        self._after = found.facts
        self._show()

    def _show(self) -> None:
        plan = self.plan
        possible = plan.edit is not None
        self.diff.show_rows(plan.rows)
        self.diff.setVisible(possible)
        self._remark.setVisible(possible)
        self._text.setText(plan.text)
        self._text.setVisible(bool(plan.text))
        self._text.setProperty("danger", not possible)
        self._text.style().unpolish(self._text)
        self._text.style().polish(self._text)
        self.accept_button.setEnabled(possible)


def _heading(text: str) -> QLabel:
    made = QLabel(text)
    made.setProperty("strong", True)
    return made
