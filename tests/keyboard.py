"""A keyboard for the tests: its keys take the way that those of a window system take."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


class Keyboard:
    """Presses keys in whichever window has the focus."""

    def press(self, *keys: str) -> None:
        """Keys as they are written in menus, such as 'Ctrl+D' or 'Shift+Tab', one after another."""
        for text in keys:
            combination = QKeySequence(text)[0]
            key, held = combination.key(), combination.keyboardModifiers()
            if key == Qt.Key.Key_Tab and held & Qt.KeyboardModifier.ShiftModifier:
                key = Qt.Key.Key_Backtab
            QTest.keyClick(_window(), key, held)

    def type(self, text: str) -> None:
        """Letters, one after another."""
        for letter in text:
            QTest.keyClick(_window(), letter)


def focused() -> QWidget:
    """The widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the keyboard"
    return widget


def heard() -> str:
    """The name of what screen readers are told has the keyboard: a list's item, else the widget itself."""
    interface = QAccessible.queryAccessibleInterface(focused())
    child = interface.focusChild()
    return (child or interface).text(QAccessible.Text.Name)


def _window():
    window = QGuiApplication.focusWindow()
    assert window is not None, "no window has the keyboard"
    return window
