"""The property pane on the page: it shows what is selected, and asks for edits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

from designer.gui.editing.properties.inputs import SEVERAL
from designer.gui.editing.properties.parts import Facts, Note
from designer.gui.editing.properties.state import SeveralState
from designer.jobs import steps
from designer.network.edits import AddLayer, PutLayers, Rename, SetPurpose, SetSettings
from designer.network.network import Layer
from designer.session.results import Problem

from ..conftest import make_facts


def edit_text(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def editor(page, name: str):
    pane = page.pane.several if isinstance(page.pane.state, SeveralState) else page.pane.layer
    return pane.form.editors[name]


def test_settings_are_edited_in_the_pane(page, context):
    page.go_to_layer("stem.conv")
    pane = page.pane.layer
    editor(page, "out_channels").widget.setValue(16)
    assert context.session.network["stem.conv"].settings["out_channels"] == 16
    edit_text(editor(page, "kernel_size").widget, "5, 3")
    assert context.session.network["stem.conv"].settings["kernel_size"] == [5, 3]
    check = editor(page, "bias").widget
    check.click()
    assert context.session.network["stem.conv"].settings["bias"] is True
    assert page.context.history.stack.count() == 3
    page.context.history.stack.undo()
    assert not check.isChecked()
    assert page.pane.layer is pane


def test_an_undo_shows_one_size_where_there_was_one(page, context, qtbot):
    page.activateWindow()
    page.go_to_layer("stem.conv")
    sizes = editor(page, "kernel_size")
    first, second = sizes.fields
    edit_text(first, "3, 5")
    assert context.session.network["stem.conv"].settings["kernel_size"] == [3, 5]
    assert second.isVisible()
    second.setFocus()
    qtbot.waitUntil(second.hasFocus)
    context.history.stack.undo()
    assert context.session.network["stem.conv"].settings["kernel_size"] == 3
    assert first.text() == "3"
    assert not second.isVisible()
    assert first.hasFocus()
    context.history.stack.redo()
    assert (first.text(), second.text(), second.isVisible()) == ("3", "5", True)


def test_back_to_the_default(page, context):
    page.go_to_layer("stem.conv")
    resets = page.pane.layer.form.resets
    assert not resets["stride"].isEnabled()
    assert resets["padding"].isEnabled()
    assert resets["padding"].toolTip() == "Back to the default: 0"
    resets["padding"].click()
    assert context.session.network["stem.conv"].settings["padding"] == 0
    assert not resets["padding"].isEnabled()
    assert resets["in_channels"].isHidden()


def test_a_value_that_does_not_fit_is_marked_and_not_given(page, context, tiny_network):
    page.go_to_layer("stem.conv")
    line = editor(page, "kernel_size").widget
    edit_text(line, "0")
    assert line.property("wrong")
    assert "upwards" in line.toolTip()
    assert line.text() == "0"
    assert context.session.network is tiny_network
    page.go_to_layer("block.conv")
    assert editor(page, "kernel_size").widget.text() == "3"
    assert not editor(page, "kernel_size").widget.property("wrong")


def test_what_is_being_typed_is_not_disturbed_by_other_edits(page, context):
    page.go_to_layer("stem.conv")
    line = editor(page, "kernel_size").widget
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "7")
    context.session.apply(SetSettings("block.conv", {"padding": 2}))
    context.session.apply(Rename("stem.conv", "first"))
    assert line.text() == "7"
    assert page.pane.layer.name.text() == "first"


def test_a_name_in_use_is_refused_and_the_pane_shows_the_old_one(page, context, notices, tiny_network):
    page.go_to_layer("fc")
    name = page.pane.layer.name
    edit_text(name, "drop")
    assert context.session.network is tiny_network
    assert len(notices) == 1
    assert name.text() == "fc"
    edit_text(name, "classifier")
    assert context.session.network["fc"].name == "classifier"


def test_rates_and_frozen_in_the_pane(page, context):
    page.go_to_layer("fc")
    training = page.pane.layer.training
    edit_text(training._weight.widget, "10")
    assert context.session.network["fc"].weight_rate == 10
    assert context.session.network["fc"].bias_rate == 1
    training._frozen.click()
    assert context.session.network["fc"].frozen
    page.selection.select(["fc", "stem.conv", "pool"])
    several = page.pane.state
    assert several.tick == "some"
    assert several.rates == (None, 1.0)
    assert several.learning == ("fc", "stem.conv")


def test_several_layers_are_edited_together_as_one_edit(page, context):
    page.selection.select(["stem.conv", "block.conv"])
    assert editor(page, "in_channels").widget.lineEdit().text() == ""
    edit_text(editor(page, "kernel_size").widget, "5")
    network = context.session.network
    assert [network[i].settings["kernel_size"] for i in ("stem.conv", "block.conv")] == [5, 5]
    assert context.history.stack.count() == 1
    training = page.pane.several.training
    edit_text(training._bias.widget, "2")
    training._frozen.click()
    network = context.session.network
    assert all(network[i].bias_rate == 2 and network[i].frozen for i in ("stem.conv", "block.conv"))
    assert context.history.stack.count() == 3
    while context.history.stack.canUndo():
        context.history.stack.undo()
    field = next(f for f in page.pane.state.fields if f.setting.name == "in_channels")
    assert field.value is SEVERAL
    assert page.pane.state.tick == "off"


def test_looking_at_a_field_changes_nothing(page, context, qtbot, tiny_network):
    with qtbot.waitActive(page):
        page.activateWindow()
    for chosen in (["stem.conv", "block.conv"], ["stem.conv"], ["fc", "stem.conv"], []):
        page.selection.select(chosen)
        pane = page.pane.network if not chosen else page.pane.several if len(chosen) > 1 else page.pane.layer
        for shown in pane.form.editors.values():
            for field in shown.fields:
                field.setFocus()
        # The field that has the keyboard goes with its pane.
        page.selection.select(["pool"])
        assert context.session.network is tiny_network
        assert context.history.stack.count() == 0


@pytest.mark.parametrize("name", ["in_channels", "bias", "kernel_size"])
def test_a_field_of_several_values_that_is_left_changes_nothing(page, context, qtbot, tiny_network, name):
    with qtbot.waitActive(page):
        page.activateWindow()
    page.go_to_layer("stem.conv")
    page.selection.select(["stem.conv", "block.conv"])
    editor(page, name).widget.setFocus()
    QCoreApplication.processEvents()
    page.grab()
    page.go_to_layer("fc")
    assert context.session.network is tiny_network


def test_a_mixed_selection_can_be_narrowed_to_a_kind(page):
    page.selection.select(["stem.conv", "block.conv", "stem.bn"])
    button = next(b for b in page.pane.several.findChildren(QPushButton) if "(2)" in b.text())
    button.click()
    assert page.selection.layers == ("stem.conv", "block.conv")
    assert {f.setting.name for f in page.pane.state.fields} >= {"kernel_size", "stride"}


class Shown(QObject):
    """Notes which windows are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


def test_no_part_of_the_pane_is_a_window_for_a_moment(page, context, qapp):
    """A window that flashes up takes the keyboard away."""
    shown = Shown()
    qapp.installEventFilter(shown)
    try:
        for chosen in (
            *((i,) for i in context.session.network.layers),
            ("stem.conv", "fc"),
            ("fc", "pool"),
            (),
        ):
            page.selection.select(chosen)
        context.session.set_facts(make_facts(context.session.network, Problem("error", "fc", "It is bad.")))
        context.session.apply(SetSettings("fc", {"out_features": 4}))
    finally:
        qapp.removeEventFilter(shown)
    assert shown.windows == []


def test_kinds_of_another_selection_take_the_place_of_the_former(page):
    page.selection.select(["stem.conv", "pool"])
    page.selection.select(["stem.conv", "fc"])
    pane = page.pane.several
    shown = [b.text() for b in pane.findChildren(QPushButton) if not b.isHidden() and "(" in b.text()]
    assert shown == ["Convolution 2-D (1)", "Linear (1)"]
    assert sum(not w.isHidden() and w.text() == "Select only" for w in pane.findChildren(QLabel)) == 1


def test_the_pane_tells_of_new_weights(page, context, qtbot, monkeypatch, tiny_network):
    monkeypatch.setattr(
        steps, "misfits", lambda network, weights: lambda progress: (("fc", "'weight' has shape (3, 8)"),)
    )
    context.session.set_weights("weights")
    qtbot.waitUntil(lambda: page._misfits.found == {"fc": "'weight' has shape (3, 8)"})
    page.go_to_layer("fc")
    assert "(3, 8)" in page.pane.layer.new_weights.text
    page.go_to_layer("pool")
    assert page.pane.state.new_weights == ""


def test_what_a_change_costs_is_told_before_it_is_made(page, context):
    context.session.weights = {"stem.conv": object()}
    page.go_to_layer("stem.conv")
    assert "216 values are lost" in editor(page, "kernel_size")._cost
    assert editor(page, "stride")._cost == ""
    page.go_to_layer("block.conv")
    assert editor(page, "kernel_size")._cost == ""


def test_the_help_follows_the_keyboard(page, qtbot):
    page.go_to_layer("stem.conv")
    with qtbot.waitActive(page):
        page.activateWindow()
    box = page.pane.help
    assert box.title.text() == "Convolution 2-D"
    editor(page, "stride").widget.setFocus()
    assert box.title.text() == "Stride"
    assert "Step between" in box.text.text()
    assert "Default: 1." in box.text.text()
    page.pane.layer.name.setFocus()
    assert box.title.text() == "Convolution 2-D"
    page.selection.select(())
    assert not box.isVisible()


def test_the_pane_of_the_network(page, context, qtbot):
    page.selection.select(())

    def row(name: str) -> str:
        return {row[0]: row[1] for row in page.pane.state.rows}.get(name, "")

    qtbot.waitUntil(lambda: row("Parameters") == "843")
    assert row("Layers") == "11"
    page.freezing.freeze_backbone()
    qtbot.waitUntil(lambda: row("Frozen") == "816")
    assert row("Trainable") == "27"
    page.go_to_layer("fc")
    context.session.apply(SetSettings("stem.conv", {"stride": 2}))
    page.selection.select(())
    # The former figures hold until there are newer ones.
    assert row("Frozen") == "816"


def test_the_networks_name_and_preprocessing_are_edited(page, context, tiny_network):
    page.selection.select(())
    pane = page.pane.network
    edit_text(pane.name, "mine")
    assert context.session.network.name == "mine"
    pane.form.editors["resize"].widget.setValue(20)
    assert context.session.network.preprocessing.resize == 20
    edit_text(pane.form.editors["mean"].widget, "0.5 0.5 0.5")
    assert context.session.network.preprocessing.mean == (0.5, 0.5, 0.5)
    before = context.session.network
    edit_text(pane.form.editors["crop"].widget, "21")
    assert context.session.network is before
    assert "resized to 20" in pane.form.editors["crop"].wrong
    edit_text(pane.name, "")
    assert pane.name.text() == "mine"
    while context.history.stack.canUndo():
        context.history.stack.undo()
    assert context.session.network == tiny_network


def test_the_pane_of_a_layer_has_its_facts(page):
    page.go_to_layer("block.add")
    assert page.pane.state.rows[:3] == (
        ("Input 1", "8 × 16 × 16"),
        ("Input 2", "8 × 16 × 16"),
        ("Output", "8 × 16 × 16"),
    )
    assert page.pane.state.frozen is None
    assert page.pane.state.rates is None


def test_a_group_of_a_long_path_does_not_widen_the_pane(page, context, qtbot, tiny_network):
    path = "encoder.layers.encoder_layer_0.self_attention_and_more"
    context.session.apply(PutLayers(tuple(replace(tiny_network[i], group=path) for i in ("fc", "drop"))))
    page.pane.setFixedWidth(284)
    for chosen in (("fc",), ("fc", "drop")):
        page.selection.select(chosen)
        qtbot.waitUntil(lambda: page.pane.width() == 284)
        area = page.pane.findChildren(QScrollArea)
        shown = next(one for one in area if one.isVisible())
        assert shown.widget().minimumSizeHint().width() <= shown.viewport().width()


def test_texts_of_the_pane_are_as_high_as_they_need_at_its_width(page, context, qtbot):
    """A wrapped text that takes the height that it would need at one pixel pushes all else out of sight."""
    classes = tuple(f"a rather long class name {number}" for number in range(40))
    context.session.apply(SetPurpose(classes=classes))
    page.selection.select(())
    page.pane.setFixedWidth(284)
    qtbot.waitUntil(lambda: page.pane.width() == 284)
    area = next(one for one in page.pane.findChildren(QScrollArea) if one.isVisible())
    inside = area.widget()
    assert inside.minimumSizeHint().height() <= inside.heightForWidth(area.viewport().width())


def test_paths_in_notes_break_where_their_parts_end(page, context, tiny_network):
    name = "encoder.layers.encoder_layer_3.self_attention"
    message = f"Layer '{name}' leads to no output."
    context.session.set_facts(make_facts(tiny_network, Problem("warning", "fc", message)))
    page.go_to_layer("fc")
    note = next(one for one in page.pane.layer.findChildren(Note) if one.text)
    assert note.text == message
    page.pane.setFixedWidth(284)
    shown = next(one for one in note.findChildren(QLabel) if "Layer" in one.text())
    words = shown.text().replace("\u200b", " ").split()
    assert max(shown.fontMetrics().horizontalAdvance(word) for word in words) < 180


@pytest.mark.parametrize("name", ["x" * 500, "طبقة " * 60, "blocks." * 70 + "end"])
@pytest.mark.parametrize("width", [284, 600])
def test_long_names_do_not_widen_the_pane(page, context, qtbot, name, width):
    context.session.apply(Rename("fc", name.strip()[:500]))
    page.go_to_layer("fc")
    page.pane.setFixedWidth(width)
    qtbot.waitUntil(lambda: page.pane.width() == width)
    for area in page.pane.findChildren(QScrollArea):
        if area.isVisible():
            assert area.widget().minimumSizeHint().width() <= area.viewport().width()
    for label in page.pane.layer.findChildren(QLabel):
        assert not label.isVisible() or label.width() <= width


def test_every_control_of_the_pane_has_a_name(page):
    for chosen in ((), ("stem.conv",), ("stem.conv", "block.conv")):
        page.selection.select(chosen)
        for area in page.pane.findChildren(QScrollArea):
            for kind in (QLineEdit, QPushButton):
                for control in area.findChildren(kind):
                    inner = control.objectName() == "qt_spinbox_lineedit"
                    assert inner or control.accessibleName() or getattr(control, "text", str)()


def test_labels_and_texts_of_facts_stand_on_one_line(qtbot, context):
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_rows((("Memory", "896.8 MB, batch of 32"), ("Input", "3")))
    facts.resize(230, 100)
    facts.show()
    memory, text, *_ = facts.findChildren(QLabel)
    # Two lines, broken after the comma.
    assert text.height() >= 2 * text.fontMetrics().height()
    assert text.text() == "896.8\u00a0MB, batch\u00a0of\u00a032"
    assert memory.y() == text.y()
    # An M is as high as a figure.
    assert first_ink(memory) == first_ink(text)


def first_ink(widget) -> int:
    """The uppermost line of a label that something is written on."""
    shot = widget.grab().toImage()
    ground = shot.pixelColor(shot.width() - 1, shot.height() - 1)
    places = ((x, y) for y in range(shot.height()) for x in range(shot.width()))
    return next(y for x, y in places if shot.pixelColor(x, y) != ground)


def test_fields_begin_where_texts_do(page, qtbot):
    pane = page.pane.network

    def left() -> set[int]:
        texts = [label for label in pane._facts.findChildren(QLabel) if label.text() in ("11", "tiny")]
        parts = (*texts, pane.name, *pane.form.editors.values())
        return {part.mapTo(pane, QPoint(0, 0)).x() for part in parts}

    qtbot.waitUntil(lambda: len(left()) == 1)


def lines_in(pane) -> list:
    return [frame for frame in pane.findChildren(QFrame) if frame.property("line") and frame.isVisible()]


def test_no_line_is_drawn_where_nothing_follows(page, context):
    assert not page.pane._line.isVisible()
    page.go_to_layer("stem.conv")
    assert page.pane._line.isVisible()
    assert len(lines_in(page.pane.layer)) == 1
    context.session.apply(AddLayer(Layer("alone", "alone", "Add"), ()))
    context.session.set_facts(None)
    page.go_to_layer("alone")
    assert not page.pane.layer._facts._rows
    assert not lines_in(page.pane.layer)
