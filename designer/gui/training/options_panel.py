"""The panel of training options, built from the table of fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from designer.gui.context import Context
from designer.gui.look.tokens import SPACE
from designer.gui.training.altered.window import AlteredOpener
from designer.gui.training.course_plot import CoursePlot
from designer.gui.training.editors import EDITORS
from designer.gui.training.fields import FIELDS, SECTIONS, Field
from designer.gui.training.recipe_box import RecipeBox
from designer.gui.training.stages_panel import StagesPanel
from designer.messages import tr


class OptionsPanel(QFrame):
    """Shows the session's training options and sets them.

    Attributes:
        rate_button: beside the learning rate, for whoever finds one.
        altered_button: shows what altering does to pictures, in the window that `altered` opens.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self._session = context.session
        self._editors: dict[str, Any] = {}
        self.rate_button = QPushButton(tr("Find ..."))
        self.rate_button.setAccessibleName(tr("Find a learning rate"))
        self.altered = AlteredOpener(context, self)
        self.altered_button = QPushButton(tr("Preview ..."))
        self.altered_button.setAccessibleName(tr("Preview of altered pictures"))
        self.altered_button.setToolTip(tr("Shows what this does to your own pictures."))
        self.altered_button.clicked.connect(self.altered.ask)
        self.recipes = RecipeBox(context)
        self.stages = StagesPanel(context)
        self.course = CoursePlot(context.look)
        self._course_text = QLabel()
        self._course_text.setWordWrap(True)
        self._course_text.setProperty("small", True)
        title = QLabel(tr("Options"))
        title.setProperty("subheading", True)
        inside = QWidget()
        inside.setObjectName("inside")
        inside.setStyleSheet("QWidget#inside { background: transparent; }")
        self._form = QFormLayout(inside)
        self._form.setContentsMargins(0, 0, SPACE, 0)
        self._form.setHorizontalSpacing(2 * SPACE)
        self._form.setVerticalSpacing(SPACE)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.addRow(self.recipes)
        for section in SECTIONS:
            self._add_section(section)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(title)
        column.addWidget(scroll, 1)
        self.show_options()

    def editor(self, name: str) -> Any:
        """The editor of a field of `TrainingOptions`."""
        return self._editors[name]

    def is_shown(self, name: str) -> bool:
        """True when the field has an effect and is therefore shown."""
        return self._form.isRowVisible(self._row(name))

    def show_options(self) -> None:
        """Take over what the session holds."""
        options = self._session.training_options
        for field in FIELDS:
            editor = self._editors[field.name]
            kind = EDITORS[field.editor]
            value = getattr(options, field.name)
            if kind.read(editor) != value:
                blocker = QSignalBlocker(editor)
                kind.write(editor, value)
                blocker.unblock()
            self._form.setRowVisible(self._row(field.name), field.shown(options))
        self.stages.show_stages()
        self.course.show_options(options)
        self._course_text.setText(self.course.text)

    def _add_section(self, section: str) -> None:
        if section:
            heading = QLabel(tr(section))
            heading.setProperty("strong", True)
            heading.setContentsMargins(0, SPACE, 0, 0)
            self._form.addRow(heading)
        for field in FIELDS:
            if field.section == section:
                self._add(field)
        if not section:
            self._form.addRow(self.stages)
        elif section == "Schedule":
            self._form.addRow(self.course)
            self._form.addRow(self._course_text)
        elif section == "Altered pictures":
            self._form.addRow("", self.altered_button)

    def _add(self, field: Field) -> None:
        kind = EDITORS[field.editor]
        editor = kind.make(field)
        editor.setObjectName(field.name)
        editor.setAccessibleName(tr(field.label))
        editor.setAccessibleDescription(tr(field.help))
        editor.setToolTip(tr(field.help))
        if field.none and isinstance(editor, QAbstractSpinBox):
            editor.setSpecialValueText(tr(field.none))
        kind.signal(editor).connect(self._take)
        self._editors[field.name] = editor
        if field.editor == "switch":
            self._form.addRow(editor)
            return
        editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        editor.setMinimumWidth(0)
        label = QLabel(tr(field.label))
        label.setToolTip(tr(field.help))
        label.setBuddy(editor)
        self._form.addRow(label, self._row(field.name))

    def _row(self, name: str) -> QWidget:
        """What stands in the row of a field: its editor, the learning rate's with a button beside it."""
        editor: QWidget = self._editors[name]
        if name != "learning_rate":
            return editor
        if self.rate_button.parentWidget() is None:
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(SPACE)
            line.addWidget(editor, 1)
            line.addWidget(self.rate_button)
        held = self.rate_button.parentWidget()
        assert held is not None
        return held

    @Slot()
    def _take(self) -> None:
        sender: QObject = self.sender()
        field = next(field for field in FIELDS if field.name == sender.objectName())
        value = EDITORS[field.editor].read(self._editors[field.name])
        options = self._session.training_options
        if getattr(options, field.name) != value:
            changed: dict[str, Any] = {field.name: value}
            self._session.set_options(training=replace(options, **changed))
