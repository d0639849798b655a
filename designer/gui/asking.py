"""The few questions that need an answer before anything goes on."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtWidgets import QMessageBox, QWidget


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer: its key, its text, and 'accept', 'destroy' or 'cancel'."""

    key: str
    text: str
    role: str = "accept"


_ROLES = {
    "accept": QMessageBox.ButtonRole.AcceptRole,
    "destroy": QMessageBox.ButtonRole.DestructiveRole,
    "cancel": QMessageBox.ButtonRole.RejectRole,
}


def ask(parent: QWidget | None, text: str, detail: str, choices: tuple[Choice, ...]) -> str:
    """The key of the answer; Escape is the choice whose role is 'cancel'."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    # Names of layers and files are in there, whatever they are called.
    box.setText(f"<b>{escape(text, quote=False)}</b>")
    box.setInformativeText(detail)
    buttons = {}
    for choice in choices:
        button = box.addButton(choice.text, _ROLES[choice.role])
        buttons[choice.key] = button
        if choice.role == "cancel":
            box.setEscapeButton(button)
    first = buttons[choices[0].key]
    first.setProperty("primary", True)
    box.setDefaultButton(first)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return next((key for key, button in buttons.items() if button is clicked), choices[-1].key)
