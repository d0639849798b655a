"""Editors of settings, one by one: what is typed is given, refused aloud, or left alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from designer.catalog.kind import Setting
from designer.catalog.kinds import KINDS
from designer.gui.editing.properties.editor_table import editor_of, sort_of
from designer.gui.editing.properties.editors import BoolEditor, ChoiceEditor, IntEditor, TextEditor
from designer.gui.editing.properties.inputs import SEVERAL
from designer.gui.editing.properties.sizes_editor import SizesEditor

SIZES = Setting("kernel_size", "sizes", minimum=1, help="Height and width.")
CHANNELS = Setting("out_channels", "int", 8, minimum=1, maximum=512)


@pytest.fixture
def make(qtbot):
    def make(setting: Setting, value):
        editor = editor_of(setting)
        qtbot.addWidget(editor)
        editor.given = []
        editor.edited.connect(editor.given.append)
        editor.show_value(value, anew=True)
        editor.show()
        with qtbot.waitActive(editor):
            editor.activateWindow()
        return editor

    return make


def line_of(field) -> QLineEdit:
    return field if isinstance(field, QLineEdit) else field.lineEdit()


def type_into(field, text: str, enter: bool = True) -> None:
    line_of(field).selectAll()
    QTest.keyClicks(field, text) if text else QTest.keyClick(field, Qt.Key.Key_Delete)
    if enter:
        QTest.keyClick(field, Qt.Key.Key_Return)


def turn(widget) -> QWheelEvent:
    """A click of the wheel over the middle of a widget."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def test_linked_sides_are_one_number_by_name_too(make):
    editor = make(SIZES, [3, 3])
    assert editor.widget.accessibleName() == "Kernel size"
    assert editor.link.accessibleName() == "One number for all sides of Kernel size"
    editor.link.click()
    assert [field.accessibleName() for field in editor.fields] == [
        "Kernel size, 1 of 2",
        "Kernel size, 2 of 2",
    ]


@pytest.mark.parametrize("setting", [CHANNELS, Setting("mode", "choice", "b", choices=("a", "b", "c"))])
@pytest.mark.parametrize("focus", [False, True])
def test_the_wheel_scrolls_the_pane_and_changes_nothing(make, setting, focus):
    editor = make(setting, setting.default)
    if focus:
        editor.widget.setFocus()
    assert editor.widget.hasFocus() or not focus
    # Not taken, so that whoever is around can scroll.
    assert not turn(editor.widget).isAccepted()
    assert editor.given == []


@pytest.mark.parametrize("row", KINDS.values(), ids=lambda row: row.key)
def test_every_setting_of_every_kind_has_an_editor_that_shows_its_default(make, row):
    for setting in row.settings:
        editor = make(setting, None if setting.required else setting.default)
        assert editor.given == []
        assert all(field.accessibleName() for field in editor.fields)
        assert len(editor.fields) == (setting.sides if setting.type == "sizes" else 1)
        assert editor.wrong == ""


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        (CHANNELS, IntEditor),
        (Setting("stop", "int", None, optional=True), TextEditor),
        (Setting("eps", "float", 1e-5), TextEditor),
        (Setting("bias", "bool", True), BoolEditor),
        (Setting("mode", "choice", "a", choices=("a", "b")), ChoiceEditor),
        (SIZES, SizesEditor),
        (Setting("kernel_size", "sizes", 1, sides=1), IntEditor),
        (Setting("stride", "sizes", None, sides=1, optional=True), TextEditor),
        (Setting("shape", "ints"), TextEditor),
    ],
    ids=lambda part: part.name if isinstance(part, Setting) else part.__name__,
)
def test_which_editor_a_setting_has(make, setting, kind):
    assert type(make(setting, None if setting.required else setting.default)) is kind
    assert sort_of(setting)


def test_a_number_is_given_by_arrows_at_once_and_by_typing_with_enter(make):
    editor = make(CHANNELS, 64)
    editor.widget.stepUp()
    assert editor.given == [65]
    type_into(editor.widget, "128", enter=False)
    assert editor.given == [65]
    QTest.keyClick(editor.widget, Qt.Key.Key_Return)
    assert editor.given == [65, 128]
    QTest.keyClick(editor.widget, Qt.Key.Key_Return)
    assert editor.given == [65, 128]


@pytest.mark.parametrize("typed", ["0", "513", "abc", "-4", "", "6.5"])
def test_a_number_that_does_not_fit_stays_and_says_why(make, typed):
    editor = make(CHANNELS, 64)
    type_into(editor.widget, typed)
    assert editor.given == []
    assert editor.widget.lineEdit().text() == typed
    assert editor.widget.property("wrong")
    assert "from 1 to 512" in editor.note.text()
    assert not editor.note.isHidden()
    editor.show_value(64)
    assert editor.widget.lineEdit().text() == typed
    QTest.keyClick(editor.widget, Qt.Key.Key_Escape)
    assert editor.widget.lineEdit().text() == "64"
    assert not editor.widget.property("wrong")


def test_a_wrong_number_is_put_right_and_given(make):
    editor = make(CHANNELS, 64)
    type_into(editor.widget, "0")
    type_into(editor.widget, "32")
    assert editor.given == [32]
    assert (editor.wrong, editor.note.isHidden()) == ("", True)


def test_a_wrong_number_survives_the_loss_of_the_focus(make, qtbot):
    editor = make(CHANNELS, 64)
    other = QLineEdit(editor)
    other.show()
    editor.widget.setFocus()
    type_into(editor.widget, "0", enter=False)
    other.setFocus()
    assert editor.widget.lineEdit().text() == "0"
    assert editor.given == []
    editor.widget.setFocus()
    type_into(editor.widget, "16", enter=False)
    other.setFocus()
    assert editor.given == [16]


def test_another_value_from_outside_takes_the_place_of_what_is_typed(make):
    editor = make(CHANNELS, 64)
    type_into(editor.widget, "0")
    editor.show_value(32)
    assert editor.widget.lineEdit().text() == "32"
    assert editor.wrong == ""


def test_several_values_are_shown_as_such_and_any_number_is_given_to_all(make):
    editor = make(CHANNELS, SEVERAL)
    assert editor.widget.lineEdit().text() == ""
    assert "several" in editor.widget.lineEdit().placeholderText()
    type_into(editor.widget, "1")
    assert editor.given == [1]
    again = make(CHANNELS, SEVERAL)
    again.widget.setFocus()
    QTest.keyClick(again.widget, Qt.Key.Key_Return)
    again.widget.clearFocus()
    assert again.given == []
    assert again.widget.lineEdit().text() == ""


def test_what_qt_writes_into_a_field_is_not_taken_for_typing(make):
    editor = make(CHANNELS, SEVERAL)
    other = QLineEdit(editor)
    other.show()
    editor.widget.setFocus()
    # Makes Qt write its number anew, as it does now and then.
    editor.widget.setSuffix("")
    assert editor.widget.lineEdit().text() != ""
    other.setFocus()
    assert editor.given == []
    assert editor.widget.lineEdit().text() == ""


def test_one_size_for_all_sides_and_one_for_each(make):
    editor = make(SIZES, 3)
    first, second = editor.fields
    assert not second.isVisible()
    type_into(first, "5")
    assert editor.given == [5]
    editor.link.click()
    assert second.isVisible()
    assert (first.text(), second.text()) == ("5", "5")
    type_into(second, "1")
    assert editor.given == [5, [5, 1]]
    editor.link.click()
    assert editor.given == [5, [5, 1], 5]
    assert not second.isVisible()


def test_sizes_that_differ_come_unlinked_and_equal_ones_linked(make):
    editor = make(SIZES, [7, 1])
    assert [field.text() for field in editor.fields] == ["7", "1"]
    assert editor.fields[1].isVisible()
    editor.show_value([3, 3], anew=True)
    assert not editor.fields[1].isVisible()
    type_into(editor.fields[0], "3")
    assert editor.given == []


@pytest.mark.parametrize(
    ("typed", "value"), [("5, 3", [5, 3]), ("5x3", [5, 3]), ("5 × 3", [5, 3]), ("4;4", 4)]
)
def test_sides_may_be_typed_in_one_field(make, typed, value):
    editor = make(SIZES, 3)
    type_into(editor.fields[0], typed)
    assert editor.given == [value]


def test_sides_that_a_value_has_parted_are_one_again_when_it_is_taken_back(make):
    editor = make(SIZES, 7)
    first, second = editor.fields
    type_into(first, "3, 5")
    assert editor.given == [[3, 5]]
    assert (first.text(), second.text()) == ("3", "5")
    assert second.isVisible()
    editor.show_value(7)
    assert (first.text(), second.isVisible()) == ("7", False)
    # What makes them equal while one types there does not take the field away.
    editor.show_value([3, 5])
    type_into(second, "3")
    editor.show_value(3)
    assert (first.text(), second.text()) == ("3", "3")
    assert second.isVisible()


def test_sides_that_the_user_has_parted_stay_apart(make):
    editor = make(SIZES, 7)
    first, second = editor.fields
    editor.link.click()
    type_into(second, "5")
    assert editor.given == [[7, 5]]
    editor.show_value(7)
    assert (first.text(), second.text()) == ("7", "7")
    assert second.isVisible()
    editor.show_value(3, anew=True)
    assert not second.isVisible()


def test_four_borders_have_four_fields(make):
    pad = KINDS["ZeroPad2d"].setting("padding")
    editor = make(pad, [1, 2, 3, 4])
    assert [field.text() for field in editor.fields] == ["1", "2", "3", "4"]
    type_into(editor.fields[3], "0")
    assert editor.given == [[1, 2, 3, 0]]


@pytest.mark.parametrize("typed", ["0", "x", "1, 2, 3", "", "2.5"])
def test_a_size_that_does_not_fit_stays_and_says_why(make, typed):
    editor = make(SIZES, 3)
    type_into(editor.fields[0], typed)
    assert editor.given == []
    assert editor.fields[0].text() == typed
    assert editor.fields[0].property("wrong")
    assert editor.note.text()
    QTest.keyClick(editor.fields[0], Qt.Key.Key_Escape)
    assert editor.fields[0].text() == "3"
    assert editor.wrong == ""


def test_arrow_keys_count_sizes_up_and_down(make):
    editor = make(SIZES, 3)
    QTest.keyClick(editor.fields[0], Qt.Key.Key_Up)
    QTest.keyClick(editor.fields[0], Qt.Key.Key_Down)
    assert editor.given == [4, 3]
    one = make(SIZES, 1)
    QTest.keyClick(one.fields[0], Qt.Key.Key_Down)
    assert one.given == []
    assert one.wrong


def test_an_optional_size_may_be_empty(make):
    stride = KINDS["MaxPool2d"].setting("stride")
    editor = make(stride, 2)
    type_into(editor.fields[0], "")
    assert editor.given == [None]
    assert editor.fields[0].placeholderText() == "none"
    type_into(editor.fields[0], "3")
    assert editor.given == [None, 3]


@pytest.mark.parametrize(
    ("typed", "value"),
    [("3, 224, 224", [3, 224, 224]), ("3 224 224", [3, 224, 224]), ("[1, 28, 28]", [1, 28, 28]), ("7", [7])],
)
def test_lists_of_numbers(make, typed, value):
    editor = make(Setting("shape", "ints", minimum=1), [3, 16, 16])
    assert editor.widget.text() == "3, 16, 16"
    type_into(editor.widget, typed)
    assert editor.given == [value]


def test_a_list_is_judged_while_it_is_typed(make):
    editor = make(Setting("shape", "ints", minimum=1), [3, 16, 16])
    type_into(editor.widget, "3, 0", enter=False)
    assert editor.wrong
    QTest.keyClicks(editor.widget, "4")
    assert not editor.wrong
    QTest.keyClicks(editor.widget, " x")
    assert editor.wrong
    type_into(editor.widget, "3, 4", enter=False)
    assert not editor.wrong


def test_ticks_and_choices(make):
    tick = make(Setting("bias", "bool", True), SEVERAL)
    assert tick.widget.checkState() == Qt.CheckState.PartiallyChecked
    tick.widget.click()
    assert tick.given == [True]
    choice = make(Setting("mode", "choice", "a", choices=("a", "b")), SEVERAL)
    assert choice.widget.currentIndex() == -1
    choice.widget.setCurrentIndex(1)
    choice.widget.textActivated.emit("b")
    choice.widget.textActivated.emit("b")
    assert choice.given == ["b"]


def test_the_cost_is_told_while_the_field_has_the_keyboard(make):
    editor = make(CHANNELS, 64)
    editor.set_cost("9,408 values are lost.")
    other = QLineEdit(editor)
    other.show()
    other.setFocus()
    assert editor.note.isHidden()
    with_focus = []
    editor.focused.connect(with_focus.append)
    editor.widget.setFocus()
    assert editor.note.text() == "9,408 values are lost."
    type_into(editor.widget, "0", enter=False)
    assert "cannot be 0" in editor.note.text()
    type_into(editor.widget, "6", enter=False)
    assert editor.note.text() == "9,408 values are lost."
    other.setFocus()
    assert editor.note.isHidden()
    assert with_focus == [True, False]


@pytest.mark.parametrize("typed", ["abc", "0", "1, 2, 3"])
def test_a_refusal_names_the_setting_as_the_pane_does(make, typed):
    editor = make(Setting("kernel_size", "sizes", minimum=1, sides=2), 3)
    type_into(editor.findChild(QLineEdit), typed)
    assert "'Kernel size'" in editor.wrong
    assert "kernel_size" not in editor.wrong


def test_a_name_of_500_letters_does_not_widen_the_pane(make):
    editor = make(Setting("shape", "ints"), [1])
    type_into(editor.widget, "x" * 500)
    assert len(editor.wrong) < 200
