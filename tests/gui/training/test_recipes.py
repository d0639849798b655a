"""Recipes, stages and the drawn schedule in the panel of options."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit

from designer.catalog.courses import course
from designer.catalog.recipes import RECIPES, plan
from designer.gui.training import stages_panel
from designer.gui.training.course_plot import CoursePlot, axis_of
from designer.gui.training.editors import RateBox
from designer.gui.training.layers_dialog import LayersDialog
from designer.gui.training.options_panel import OptionsPanel
from designer.gui.training.page import WIDTH, TrainingPage
from designer.gui.training.recipe_box import RecipeDialog
from designer.gui.training.recipe_texts import option_rows
from designer.gui.training.stages_model import EPOCHS, LEARNS, NAME, RATE
from designer.network.edits import SetFrozen
from designer.session.options import TrainingOptions
from designer.session.stages import ALL, Stage

STAGES = (Stage("Head", 2, 1e-2), Stage("Block", 3, 1e-3, ("block.conv",)), Stage("All", 4, 1e-4, (ALL,)))
BACKBONE = ("stem.conv", "stem.bn", "block.conv")


@pytest.fixture
def panel(ready, qtbot):
    made = OptionsPanel(ready)
    qtbot.addWidget(made)
    made.resize(WIDTH, 900)
    made.show()
    ready.session.observe(lambda topic: made.show_options() if topic == "options" else None)
    return made


@pytest.fixture
def asked(monkeypatch):
    """Plans that the user was asked about; the answer is yes while it is in there."""
    plans, answer = [], [True]

    def ask(made, parent):
        plans.append(made)
        return answer[0]

    monkeypatch.setattr(RecipeDialog, "ask", ask)
    plans_and_answer = type("Asked", (), {"plans": plans, "answer": answer})
    return plans_and_answer


def cells(panel):
    model = panel.stages.model
    return [[model.index(r, c).data() for c in range(4)] for r in range(model.rowCount())]


def open_editor(panel, row, column, kind):
    table = panel.stages.table
    index = panel.stages.model.index(row, column)
    table.setCurrentIndex(index)
    table.edit(index)
    (editor,) = [w for w in table.viewport().findChildren(kind) if w.parent() is table.viewport()]
    return editor


class TestRecipes:
    def test_choosing_explains_and_changes_nothing(self, panel, ready):
        before = ready.session.network, ready.session.training_options
        box = panel.recipes
        assert not box.apply_button.isEnabled()
        assert [box.choice.itemData(i) for i in range(1, box.choice.count())] == list(RECIPES)
        for row in RECIPES.values():
            box.choice.choose(row.key)
            assert box.text.text() == row.text == box.choice.accessibleDescription()
            assert box.apply_button.isEnabled()
        assert (ready.session.network, ready.session.training_options) == before

    def test_applying_sets_options_and_is_one_step_of_undo(self, panel, ready, asked, qtbot):
        before = ready.session.network
        panel.recipes.choice.choose("gradual_unfreezing")
        qtbot.mouseClick(panel.recipes.apply_button, Qt.MouseButton.LeftButton)
        assert len(asked.plans) == 1
        assert all(ready.session.network[i].frozen for i in BACKBONE)
        assert ready.session.training_options == asked.plans[0].options
        assert [row[NAME] for row in cells(panel)] == ["Head", "block", "stem.bn", "All layers"]
        assert not panel.is_shown("epochs")
        assert ready.history.texts() == ("Recipe: Gradual unfreezing",)
        ready.history.stack.undo()
        assert ready.session.network == before

    def test_thinking_better_of_it_changes_nothing(self, panel, ready, asked):
        before = ready.session.network, ready.session.training_options
        asked.answer[0] = False
        panel.recipes.choice.choose("from_scratch")
        panel.recipes.apply_button.click()
        assert len(asked.plans) == 1
        assert (ready.session.network, ready.session.training_options) == before

    def test_what_cannot_be_is_told_and_not_asked(self, panel, ready, asked, notices):
        # Shapes are not known here, which the textbook heads need.
        before = ready.session.network
        panel.recipes.choice.choose("vgg16_flatten")
        panel.recipes.apply_button.click()
        assert asked.plans == []
        assert len(notices) == 1
        assert "cannot be replaced" in str(notices[0])
        assert ready.session.network is before

    def test_without_a_network(self, make_context, qtbot, asked, notices):
        panel = OptionsPanel(make_context())
        qtbot.addWidget(panel)
        panel.recipes.choice.choose("fine_tuning")
        panel.recipes.apply_button.click()
        assert asked.plans == []
        assert "No network is open" in str(notices[0])

    def test_the_question_shows_what_will_change(self, qtbot, tiny_network, context):
        options = TrainingOptions(optimizer="SGD", from_scratch=True)
        made = plan(RECIPES["fine_tuning"], tiny_network, None, options, ("ant", "bee"))
        dialog = RecipeDialog(made)
        qtbot.addWidget(dialog)
        assert dialog.lines == ("A new head for 2 classes: 'fc'.", "3 layers are frozen.")
        assert ("Optimizer", "SGD with momentum", "AdamW") in dialog.rows
        assert ("Begin with fresh weights", "on", "off") in dialog.rows
        assert ("Warm-up epochs", "None", "1") in dialog.rows
        stages = "Head: 5 epochs at 0.001\nAll layers: 10 epochs at 1e-05"
        assert ("Stages", "None", stages) in dialog.rows
        # Epochs of the whole run have no effect beside stages.
        assert not [row for row in dialog.rows if row[0] in ("Epochs", "Learning rate", "Momentum")]
        assert dialog.accept_button.isEnabled()
        again = plan(RECIPES["fine_tuning"], made.network, None, made.options, ("ant", "bee"))
        nothing = RecipeDialog(again)
        qtbot.addWidget(nothing)
        assert not nothing.accept_button.isEnabled()
        assert option_rows(again) == ()


class TestStages:
    def test_there_is_no_table_without_stages(self, panel):
        assert not panel.stages.table.isVisible()
        assert not panel.stages.remove_button.isVisible()
        assert panel.stages.add_button.isVisible()

    def test_adding_begins_with_the_run_as_it_is(self, panel, ready, qtbot):
        ready.session.set_options(training=TrainingOptions(epochs=4, learning_rate=0.02))
        qtbot.mouseClick(panel.stages.add_button, Qt.MouseButton.LeftButton)
        assert cells(panel) == [["Stage 1", "4", "0.02", "As in network"]]
        assert not panel.is_shown("learning_rate")
        qtbot.keyClick(panel.stages.table, Qt.Key.Key_Insert)
        assert cells(panel)[1] == ["Stage 2", "4", "0.002", "Everything"]
        assert ready.session.training_options.stages == (
            Stage("Stage 1", 4, 0.02),
            Stage("Stage 2", 4, 0.002, (ALL,)),
        )
        assert panel.stages.table.currentIndex().row() == 1

    def test_the_keyboard_moves_and_removes(self, panel, ready, qtbot):
        ready.session.set_options(training=TrainingOptions(stages=STAGES))
        table = panel.stages.table
        table.setFocus()
        table.selectRow(2)
        qtbot.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        assert [row[NAME] for row in cells(panel)] == ["Head", "All", "Block"]
        assert table.currentIndex().row() == 1
        qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        assert ready.session.training_options.stages == STAGES
        assert not panel.stages.down_button.isEnabled()
        qtbot.keyClick(table, Qt.Key.Key_Delete)
        assert ready.session.training_options.stages == STAGES[:2]
        assert table.currentIndex().row() == 1
        panel.stages.remove_button.click()
        panel.stages.remove_button.click()
        assert ready.session.training_options.stages == ()
        assert not table.isVisible()
        assert panel.is_shown("epochs")

    def test_cells_are_edited_in_place(self, panel, ready, qtbot):
        ready.session.set_options(training=TrainingOptions(stages=STAGES))
        editor = open_editor(panel, 0, NAME, QLineEdit)
        editor.clear()
        qtbot.keyClicks(editor, "First")
        # While a cell is edited, the keys of the table do nothing to the stages.
        qtbot.keyClick(editor, Qt.Key.Key_Delete)
        qtbot.keyClick(editor, Qt.Key.Key_Insert)
        assert ready.session.training_options.stages == STAGES
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: ready.session.training_options.stages[0].name == "First")
        editor = open_editor(panel, 0, RATE, RateBox)
        editor.selectAll()
        qtbot.keyClicks(editor, "5e-5")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: ready.session.training_options.stages[0].learning_rate == 5e-5)
        panel.stages.model.setData(panel.stages.model.index(0, EPOCHS), 9)
        assert ready.session.training_options.stages[0] == Stage("First", 9, 5e-5)
        assert ready.session.training_options.stages[1:] == STAGES[1:]

    def test_a_name_is_not_empty(self, panel, ready):
        ready.session.set_options(training=TrainingOptions(stages=STAGES))
        model = panel.stages.model
        assert not model.setData(model.index(0, NAME), "  ")
        assert ready.session.training_options.stages == STAGES

    def test_what_learns_is_chosen_by_groups(self, panel, ready):
        network = ready.session.network
        ready.session.apply(SetFrozen(BACKBONE, True))
        ready.session.set_options(training=TrainingOptions(stages=STAGES))
        assert [row[LEARNS] for row in cells(panel)] == ["As in network", "From block on", "Everything"]
        editor = open_editor(panel, 0, LEARNS, QComboBox)
        titles = [editor.itemText(i) for i in range(editor.count())]
        assert titles == [
            "As in network",
            "From block on",
            "From stem.bn on",
            "Everything",
            "Choose layers ...",
        ]
        editor.setCurrentIndex(2)
        editor.activated.emit(2)
        assert set(ready.session.training_options.stages[0].unfrozen) == {"stem.bn", "block.conv"}
        assert network["stem.conv"].frozen is False

    def test_layers_are_chosen_one_by_one(self, panel, ready, qtbot, monkeypatch):
        ready.session.apply(SetFrozen(BACKBONE, True))
        ready.session.set_options(training=TrainingOptions(stages=STAGES))
        dialogs = []

        def tick(dialog):
            dialogs.append(dialog.chosen)
            dialog.list.item(0).setCheckState(Qt.CheckState.Checked)
            return QDialog.DialogCode.Accepted

        monkeypatch.setattr(stages_panel.LayersDialog, "exec", tick)
        editor = open_editor(panel, 1, LEARNS, QComboBox)
        editor.setCurrentIndex(editor.count() - 1)
        editor.activated.emit(editor.count() - 1)
        qtbot.waitUntil(lambda: len(dialogs) == 1)
        assert dialogs == [("block.conv",)]
        assert ready.session.training_options.stages[1].unfrozen == ("stem.conv", "block.conv")
        assert cells(panel)[1][LEARNS] == "2 layers"
        # Only looking at the list leaves the layers as they were ticked.
        editor = open_editor(panel, 1, LEARNS, QComboBox)
        assert editor.currentText() == "Choose layers ..."
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
        assert len(dialogs) == 1

    def test_layers_that_are_gone_are_told(self, panel, ready):
        ready.session.set_options(training=TrainingOptions(stages=(Stage("Old", 1, 1e-3, ("gone", "fc")),)))
        assert cells(panel)[0][LEARNS] == "2 layers, 1 of them gone"

    def test_the_dialog_finds_and_ticks_alike(self, ready, qtbot):
        ready.session.apply(SetFrozen(BACKBONE, True))
        dialog = LayersDialog(ready.session.network, STAGES[2])
        qtbot.addWidget(dialog)
        assert dialog.chosen == BACKBONE
        dialog.list.selectAll()
        dialog.search.setText("STEM")
        assert [dialog.list.item(i).isHidden() for i in range(3)] == [False, False, True]
        dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
        assert dialog.chosen == ("block.conv",)

    def test_everything_has_a_name(self, panel):
        stages = panel.stages
        for button in (stages.up_button, stages.down_button, stages.remove_button):
            assert button.accessibleName()
            assert button.toolTip()
        assert stages.table.accessibleName()
        assert "Delete" in stages.table.accessibleDescription()


class TestCourse:
    def test_it_follows_the_options(self, panel, ready):
        assert panel.course.stretches == course(ready.session.training_options)
        ready.session.set_options(training=TrainingOptions(stages=STAGES, warmup_epochs=1))
        assert [stretch.name for stretch in panel.course.stretches] == ["Head", "Block", "All"]
        assert panel.course.accessibleDescription().startswith("Head 0.01 for 2 epochs, Block")

    def test_the_axis_tells_stages_apart(self):
        linear = axis_of(course(TrainingOptions(epochs=3, learning_rate=0.5)))
        assert (linear.low, linear.powers, linear.ticks) == (0.0, False, (0.0, 0.5))
        assert (linear.share(0.25), linear.share(0.0)) == (0.5, 0.0)
        powers = axis_of(course(TrainingOptions(stages=STAGES, schedule="constant")))
        assert powers.powers
        # From 1e-2 down to a twentieth of 1e-4.
        assert powers.ticks == pytest.approx((1e-2, 1e-3, 1e-4, 1e-5))
        assert powers.share(1e-2) == 1
        assert powers.share(5e-6) == powers.share(0.0) == 0
        # A tenth lies just as far below, wherever it is.
        steps = [powers.share(10.0**-n) - powers.share(10.0 ** -(n + 1)) for n in (2, 3, 4)]
        assert steps == pytest.approx([steps[0]] * 3)

    def test_the_line_is_where_the_rate_is(self, context, qtbot):
        plot = CoursePlot(context.look)
        qtbot.addWidget(plot)
        plot.resize(400, 120)
        plot.show_options(TrainingOptions(epochs=10, learning_rate=1.0, schedule="step", step_epochs=5))
        image = plot.grab().toImage()
        accent = QColor(context.look.colours.accent)

        def heights(x):
            return [y for y in range(image.height()) if QColor(image.pixel(x, y)) == accent]

        early, late = heights(150), heights(image.width() - 40)
        assert early
        assert late
        assert max(early) < 30
        assert min(late) > 80

    def test_options_that_cannot_be_are_told(self, context, qtbot):
        plot = CoursePlot(context.look)
        qtbot.addWidget(plot)
        plot.show_options(TrainingOptions(schedule="nix"))
        assert plot.stretches == ()
        assert "no schedule 'nix'" in plot.text
        plot.show_options(replace(TrainingOptions(), epochs=0))
        assert plot.stretches == ()
        plot.grab()


@pytest.mark.parametrize("size", [(1100, 700), (1360, 850)])
def test_nothing_of_the_panel_is_cut_off(ready, qtbot, size):
    ready.session.set_options(training=TrainingOptions(stages=STAGES))
    page = TrainingPage(ready)
    qtbot.addWidget(page)
    page.resize(*size)
    page.show()
    assert page.options.stages.width() <= page.options.width()
    assert page.options.recipes.width() <= page.options.width()
    table = page.options.stages.table
    assert not table.horizontalScrollBar().isVisible()
    assert sum(table.columnWidth(c) for c in range(4)) <= table.viewport().width()
