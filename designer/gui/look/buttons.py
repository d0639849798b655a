"""Buttons that show an icon alone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget


def icon_button(parent: QWidget, name: str, menu: QMenu | None = None, side: int = 16) -> QToolButton:
    """A button for an icon, `side` pixels wide; `name` says what it does, and `menu` opens at once.

    Tab leads to it; a click leaves the keyboard where it is.
    """
    made = QToolButton(parent)
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setIconSize(QSize(side, side))
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if menu is not None:
        made.setMenu(menu)
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return made
