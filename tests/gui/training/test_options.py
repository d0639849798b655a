from dataclasses import fields, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QScrollArea, QStyle, QStyleOptionComboBox

from designer.catalog.optimizers import OPTIMIZERS
from designer.gui.training.editors import EDITORS, DoublingBox, RateBox
from designer.gui.training.fields import FIELDS, SECTIONS
from designer.gui.training.options_panel import OptionsPanel
from designer.gui.training.page import WIDTH
from designer.gui.training.rates import next_rate
from designer.session.options import TrainingOptions

OTHERS = {
    "epochs": 3,
    "batch_size": 7,
    "learning_rate": 3.25e-5,
    "optimizer": "SGD",
    "momentum": 0.5,
    "weight_decay": 0.0,
    "schedule": "constant",
    "device": "cpu",
    "precision": "full",
    "seed": 2**62 + 1,
    "keep": "last",
    "cache_features": False,
    "accumulate": 2,
    "nesterov": True,
    "beta1": 0.8,
    "beta2": 0.99,
    "spare_biases": False,
    "warmup_epochs": 1.5,
    "step_epochs": 3,
    "plateau_epochs": 4,
    "decay_factor": 0.5,
    "loss": "focal",
    "label_smoothing": 0.1,
    "focal_gamma": 3.0,
    "class_weights": "balanced",
    "clip_gradients": 1.0,
    "average_weights": 0.99,
    "early_stopping": 5,
    "minimum_change": 0.01,
    "from_scratch": True,
    "checkpoint_minutes": 2.5,
    "custom": "/somewhere/own.py",
    "flip": True,
    "flip_vertical": True,
    "crop": 0.25,
    "rotation": 15.0,
    "colour": 0.3,
    "variants": 7,
    "compile": True,
    "devices": 2,
    "sync_batch_norm": True,
    "tensorboard": "/somewhere/logs",
}


@pytest.fixture
def panel(context, qtbot):
    made = OptionsPanel(context)
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_option_has_a_row_and_every_row_an_editor():
    named = [field.name for field in FIELDS]
    assert sorted(named) == sorted(field.name for field in fields(TrainingOptions) if field.name != "stages")
    assert {field.section for field in FIELDS} == set(SECTIONS)
    assert {field.editor for field in FIELDS} <= set(EDITORS)
    assert all(field.help.endswith(".") for field in FIELDS)


def test_bounds_of_the_panel_are_those_of_the_options():
    for field in FIELDS:
        if field.high:
            for value in (field.low, field.high):
                replace(
                    TrainingOptions(), **{field.name: type(getattr(TrainingOptions(), field.name))(value)}
                ).check()


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_option_goes_both_ways(panel, context, field):
    session = context.session
    other = OTHERS[field.name]
    session.set_options(training=replace(TrainingOptions(), **{field.name: other}))
    panel.show_options()
    assert EDITORS[field.editor].read(panel.editor(field.name)) == other
    EDITORS[field.editor].write(panel.editor(field.name), getattr(TrainingOptions(), field.name))
    if field.editor in ("choice", "seed", "file", "folder"):
        # these tell what a user does, not what a program sets
        signal = EDITORS[field.editor].signal(panel.editor(field.name))
        signal.emit(*([0] if field.editor == "choice" else []))
    assert session.training_options == TrainingOptions()


def test_momentum_is_shown_with_sgd_alone(panel, context):
    assert not panel.is_shown("momentum")
    context.session.set_options(training=TrainingOptions(optimizer="SGD"))
    panel.show_options()
    assert panel.is_shown("momentum")


def test_the_optimizers_are_those_of_the_catalog(panel):
    box = panel.editor("optimizer")
    assert [box.itemData(i) for i in range(box.count())] == list(OPTIMIZERS)


def test_typing_a_rate_sets_it_once_it_is_whole(panel, context, qtbot):
    box = panel.editor("learning_rate")
    box.selectAll()
    qtbot.keyClicks(box, "5e-4")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert context.session.training_options.learning_rate == 5e-4
    assert box.text() == "0.0005"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0.01", QValidator.State.Acceptable),
        ("1e-5", QValidator.State.Acceptable),
        ("1e-", QValidator.State.Intermediate),
        ("", QValidator.State.Intermediate),
        ("50", QValidator.State.Intermediate),
        ("abc", QValidator.State.Invalid),
    ],
)
def test_what_may_be_typed_as_a_rate(qapp, text, wanted):
    assert RateBox(1e-12, 10).validate(text, 0)[0] == wanted


@pytest.mark.parametrize(
    ("value", "up", "wanted"),
    [
        (1e-3, True, 2e-3),
        (2e-3, True, 5e-3),
        (5e-3, True, 1e-2),
        (1e-3, False, 5e-4),
        (3e-4, True, 5e-4),
        (3e-4, False, 2e-4),
        (1.0, False, 0.5),
        (10.0, True, 10.0),
        (0.0, True, 1e-6),
        (1e-6, False, 0.0),
        (0.0, False, 0.0),
    ],
)
def test_rates_go_one_two_five(value, up, wanted):
    assert next_rate(value, up, 0, 10) == pytest.approx(wanted, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("value", "steps", "wanted"),
    [(32, 1, 64), (33, 1, 64), (33, -1, 32), (32, -1, 16), (1, -1, 1), (8, 2, 32)],
)
def test_batches_double_and_halve(qapp, value, steps, wanted):
    box = DoublingBox(1, 65_536)
    box.setValue(value)
    box.stepBy(steps)
    assert box.value() == wanted


def test_every_editor_has_a_name_and_a_help(panel):
    for field in FIELDS:
        editor = panel.editor(field.name)
        assert editor.accessibleName() == field.label
        assert editor.toolTip() == field.help
        assert editor.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("name", [field.name for field in FIELDS])
def test_every_row_fits_beside_a_scroll_bar(panel, context, qapp, name):
    context.look.apply(qapp)
    panel.resize(WIDTH, 480)
    context.session.set_options(training=TrainingOptions(**{name: OTHERS[name]}))
    panel.show_options()
    panel.show()
    qapp.processEvents()
    area = panel.findChild(QScrollArea)
    assert area.verticalScrollBar().isVisible()
    assert area.widget().width() <= area.viewport().width()


CHOICES = [(field.name, value) for field in FIELDS for value, _ in field.choices]


@pytest.mark.parametrize(("name", "value"), CHOICES)
def test_titles_to_choose_from_fit_beside_a_scroll_bar(panel, context, qapp, name, value):
    context.look.apply(qapp)
    panel.resize(WIDTH, 480)
    context.session.set_options(training=TrainingOptions(**{name: value}))
    panel.show_options()
    qapp.processEvents()
    box = panel.editor(name)
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box)
    assert box.currentData() == value
    assert room.width() >= box.fontMetrics().horizontalAdvance(box.currentText())
