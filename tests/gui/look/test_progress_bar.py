"""A progress bar waits with its painting until the window's turn."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from designer.gui.look.progress_bar import ProgressBar


class Beside(QWidget):
    """Counts how often it is painted."""

    painted = 0

    def paintEvent(self, event):
        self.painted += 1


@pytest.fixture
def shown(qtbot):
    window = QWidget()
    layout = QVBoxLayout(window)
    bar, beside = ProgressBar(), Beside()
    layout.addWidget(bar)
    layout.addWidget(beside)
    window.resize(300, 200)
    window.show()
    qtbot.waitUntil(lambda: beside.painted > 0)
    yield bar, beside
    window.close()
    window.deleteLater()


@pytest.mark.parametrize("change", [lambda bar: bar.setValue(50), lambda bar: bar.setRange(0, 0)])
def test_nothing_is_painted_before_its_turn(shown, qtbot, change):
    bar, beside = shown
    bar.setRange(0, 200)
    bar.setValue(150)
    beside.update()
    before = beside.painted
    qtbot.waitUntil(lambda: beside.painted > before)
    before = beside.painted
    beside.update()
    change(bar)
    assert beside.painted == before
    qtbot.waitUntil(lambda: beside.painted > before)


def test_it_shows_what_it_was_given(shown, qtbot):
    bar, _ = shown
    bar.setRange(0, 200)
    bar.setValue(50)
    assert (bar.minimum(), bar.maximum(), bar.value(), bar.text()) == (0, 200, 50, "25%")
    assert bar.updatesEnabled()
    half_full = bar.grab().toImage()
    bar.setValue(150)
    assert bar.grab().toImage() != half_full
