"""Windows beside the main one end what is theirs, however they are closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from shiboken6 import isValid

from designer.gui.aside import AsideWindow
from designer.gui.notices import Notice


class Aside(AsideWindow):
    """Counts how often it has been left."""

    left = 0

    def leave(self):
        Aside.left += 1


@pytest.fixture
def aside(context):
    Aside.left = 0
    made = Aside(context.look, "Aside", (600, 400))
    made.column.addWidget(made.search)
    made.show()
    return made


@pytest.mark.parametrize("way", ["escape", "button"])
def test_whatever_closes_it_ends_what_is_its_own_and_the_window(aside, qtbot, way):
    assert Aside.left == 0
    if way == "escape":
        qtbot.keyClick(aside, Qt.Key.Key_Escape)
    else:
        aside.close()
    assert Aside.left >= 1
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(aside)


def test_it_has_its_size_a_way_to_be_as_large_as_the_screen_and_a_search_field(aside, qtbot):
    assert (aside.width(), aside.height(), aside.windowTitle()) == (600, 400, "Aside")
    assert aside.windowFlags() & Qt.WindowType.WindowMaximizeButtonHint
    aside.activateWindow()
    aside.notices.show_notice(Notice("Something to say."))
    assert aside.notices.isVisible()
    assert aside.notices.geometry().bottom() < aside.search.geometry().top()
    aside.setFocus()
    qtbot.keyClick(aside, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(aside.search.hasFocus)
