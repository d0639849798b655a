"""The choice of a recipe, and the question before it is applied."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from designer.catalog.recipes import RECIPES, RecipePlan, plan
from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.look.tokens import SPACE
from designer.gui.notices import notice_of
from designer.gui.training.editors import ChoiceBox
from designer.gui.training.recipe_texts import option_rows
from designer.messages import tr


class RecipeBox(QWidget):
    """A list of recipes, what the chosen one does, and a button that applies it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.choice = ChoiceBox((("", "Choose one"), *((row.key, row.title) for row in RECIPES.values())))
        self.choice.setAccessibleName(tr("Recipe"))
        view = self.choice.view()
        view.setTextElideMode(Qt.TextElideMode.ElideNone)
        view.setMinimumWidth(view.sizeHintForColumn(0) + 4 * SPACE)
        label = QLabel(tr("Recipe"))
        label.setProperty("strong", True)
        label.setBuddy(self.choice)
        self.apply_button = QPushButton(tr("Apply ..."))
        self.apply_button.setAccessibleName(tr("Apply the recipe"))
        self.apply_button.setToolTip(tr("Shows what will change before it is done."))
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setProperty("small", True)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(label)
        row.addWidget(self.choice, 1)
        row.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(row)
        column.addWidget(self.text)
        self.choice.currentIndexChanged.connect(self._show)
        self.apply_button.clicked.connect(self._apply)
        self._show()

    @Slot()
    def _show(self) -> None:
        row = RECIPES.get(self.choice.currentData())
        text = tr(
            "A named way of training: sets what is frozen, rates, head and options. All can be changed."
        )
        self.text.setText(tr(row.text) if row is not None else text)
        self.choice.setAccessibleDescription(self.text.text())
        self.choice.setToolTip(tr(row.title) if row is not None else "")
        self.apply_button.setEnabled(row is not None)

    @Slot()
    def _apply(self) -> None:
        session = self._context.session
        row = RECIPES.get(self.choice.currentData())
        if row is None:
            return
        try:
            if session.network is None:
                raise DesignerError(
                    tr("The recipe cannot be applied."), tr("No network is open."), tr("Open one first.")
                )
            classes = session.data.classes if session.data is not None else ()
            made = plan(row, session.network, session.facts, session.training_options, classes)
            if not RecipeDialog.ask(made, self.window()):
                return
            if made.edit is not None:
                session.apply(made.edit)
            session.set_options(training=made.options)
        except DesignerError as error:
            self._context.notify(notice_of(error))


class RecipeDialog(QDialog):
    """Shows what a recipe would change, and asks whether it should."""

    def __init__(self, made: RecipePlan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Apply recipe"))
        self.resize(620, 460)
        self.lines = made.changes
        self.rows = option_rows(made)
        title = QLabel(tr(made.recipe.title))
        title.setProperty("subheading", True)
        title.setWordWrap(True)
        text = QLabel(tr(made.recipe.text))
        text.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = QPushButton(tr("Apply recipe"))
        self.accept_button.setProperty("primary", True)
        self.accept_button.setEnabled(bool(self.lines or self.rows))
        buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(title)
        column.addWidget(text)
        column.addWidget(self._changes(), 1)
        remark = QLabel(tr("Undo takes back what is done to the network. Options can be changed one by one."))
        remark.setWordWrap(True)
        remark.setProperty("small", True)
        column.addWidget(remark)
        column.addWidget(buttons)
        self.accept_button.setDefault(True)
        self.accept_button.setFocus()

    @classmethod
    def ask(cls, made: RecipePlan, parent: QWidget | None) -> bool:
        """Whether the user wants it."""
        dialog = cls(made, parent)
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return agreed

    def _changes(self) -> QWidget:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, SPACE, SPACE, SPACE)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        grid.setColumnStretch(2, 1)
        if self.lines:
            grid.addWidget(_label(tr("Network"), strong=True), 0, 0, 1, 3)
        for line in self.lines:
            grid.addWidget(_label(line), grid.rowCount(), 0, 1, 3)
        if self.rows:
            row = grid.rowCount()
            grid.addWidget(_label(tr("Options"), strong=True), row, 0)
            grid.addWidget(_label(tr("now"), muted=True), row, 1, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(_label(tr("then"), muted=True), row, 2, Qt.AlignmentFlag.AlignBottom)
        for name, before, after in self.rows:
            row = grid.rowCount()
            grid.addWidget(_label(name), row, 0)
            grid.addWidget(_label(before, muted=True), row, 1)
            shown = _label(after)
            shown.setAccessibleDescription(
                tr("{name}: {before} becomes {after}", name=name, before=before, after=after)
            )
            grid.addWidget(shown, row, 2)
        if not self.lines and not self.rows:
            grid.addWidget(_label(tr("Network and options are as the recipe has them already.")), 0, 0)
        grid.setRowStretch(grid.rowCount(), 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll


def _label(text: str, *, strong: bool = False, muted: bool = False) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    made.setWordWrap(not muted)
    made.setProperty("strong", strong)
    made.setProperty("muted", muted)
    if strong:
        made.setContentsMargins(0, SPACE // 2, 0, 0)
    return made
