"""Questions: what is shown, and which answer comes back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QMessageBox

from designer.gui.asking import Choice, ask

CHOICES = (
    Choice("save", "Save"),
    Choice("discard", "Don't save", "destroy"),
    Choice("cancel", "Cancel", "cancel"),
)


@pytest.fixture
def answered(qapp):
    """Asks, answers as `act(box)` does, and gives the text and the answer."""

    def run(text, act):
        seen = []

        def answer():
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            shown = QTextDocument()
            shown.setHtml(box.text())
            seen.append(shown.toPlainText())
            act(box)

        QTimer.singleShot(0, answer)
        return ask(None, text, "Why.", CHOICES), seen[0]

    return run


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_answer_is_the_button_that_was_pressed(answered, number):
    wanted = CHOICES[number]
    answer, _ = answered(
        "Sure?", lambda box: next(b for b in box.buttons() if b.text() == wanted.text).click()
    )
    assert answer == wanted.key


def test_escape_cancels(answered):
    assert answered("Sure?", lambda box: box.reject())[0] == "cancel"


def test_names_are_shown_as_they_are(answered):
    text = "Save the changes to 'a <b>&amp; b</b>'?"
    assert answered(text, lambda box: box.reject())[1] == text
