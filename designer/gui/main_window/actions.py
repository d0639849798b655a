"""The window's actions as one table: text, icon, keys, and where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QLabel, QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from designer.gui.look.buttons import icon_button
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import ICON, SPACE
from designer.messages import tr

Key = QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action of the window.

    Attributes:
        key: its name, and that of the function that it calls.
        text: in English, translated where it is shown.
        icon: name of its icon.
        keys: a standard key or a text such as 'Ctrl+O'.
        place: 'left' (icon in the toolbar) or 'more' (the menu on the right).
    """

    key: str
    text: str
    icon: str
    keys: QKeySequence.StandardKey | str = ""
    place: str = "left"


ACTIONS = (
    ActionRow("open", "Open a project", "folder-open", Key.Open),
    ActionRow("save", "Save", "save", Key.Save),
    ActionRow("undo", "Undo", "undo-2", Key.Undo),
    ActionRow("redo", "Redo", "redo-2", Key.Redo),
    ActionRow("save_as", "Save as ...", "save", "Ctrl+Shift+S", "more"),
    ActionRow("show_log", "Open the folder of the log", "file", "", "more"),
    ActionRow("about", "About Netgraft", "info", "", "more"),
    ActionRow("quit", "Quit", "x", Key.Quit, "more"),
)

LOOKS = (("system", "Like the system", "monitor"), ("light", "Light", "sun"), ("dark", "Dark", "moon"))


class WindowActions:
    """Makes the actions of a window and its toolbar.

    Attributes:
        all: the actions by key.
        title: label in the middle of the toolbar.
    """

    def __init__(
        self,
        window: QMainWindow,
        look: Look,
        handlers: Mapping[str, Callable[[], object]],
        set_appearance: Callable[[str], None],
    ) -> None:
        self._look = look
        self.all: dict[str, QAction] = {}
        self.toolbar = QToolBar(tr("Project"), window)
        for row in ACTIONS:
            # What the toolbar shows is the toolbar's: it must not go while the bar still shows it.
            action = QAction(tr(row.text), self.toolbar if row.place == "left" else window)
            action.setShortcut(QKeySequence(row.keys))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{tr(row.text)} ({keys})" if keys else tr(row.text))
            action.triggered.connect(handlers[row.key])
            window.addAction(action)
            self.all[row.key] = action
        self.looks = QActionGroup(window)
        for key, text, _ in LOOKS:
            action = self.looks.addAction(tr(text))
            action.setCheckable(True)
            action.setData(key)
            action.setChecked(key == look.appearance)
        self._set_appearance = set_appearance
        self.looks.triggered.connect(self._choose_look)
        self.title = QLabel()
        self.title.setProperty("strong", True)
        self.title.setAccessibleName(tr("Project"))
        self._fill_toolbar()
        self.paint()

    def paint(self) -> None:
        """Tint the icons anew."""
        colours = self._look.colours
        for row in ACTIONS:
            self.all[row.key].setIcon(icon(row.icon, colours))
        for action, (_, _, name) in zip(self.looks.actions(), LOOKS, strict=True):
            action.setIcon(icon(name, colours))
        self._appearance.setIcon(icon("sun-moon", colours))
        self._more.setIcon(icon("ellipsis", colours))

    def name_steps(self, undo: str, redo: str) -> None:
        """Say what would be undone and redone; '' for nothing."""
        texts = {"undo": tr("Undo: {step}", step=undo), "redo": tr("Redo: {step}", step=redo)}
        for key, step in (("undo", undo), ("redo", redo)):
            keys = self.all[key].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            text = texts[key] if step else tr("Nothing to undo") if key == "undo" else tr("Nothing to redo")
            self.all[key].setToolTip(f"{text} ({keys})")

    def _choose_look(self, action: QAction) -> None:
        self._set_appearance(str(action.data()))

    def _fill_toolbar(self) -> None:
        bar = self.toolbar
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setIconSize(QSize(ICON, ICON))
        for row in ACTIONS:
            if row.place == "left":
                bar.addAction(self.all[row.key])
                button = bar.widgetForAction(self.all[row.key])
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(tr(row.text))
            if row.key == "save":
                bar.addSeparator()
        for widget in (_spacer(), self.title, _spacer()):
            bar.addWidget(widget)
        looks = QMenu(bar)
        looks.addActions(self.looks.actions())
        self._appearance = _menu_button(bar, tr("Light or dark"), looks)
        more = QMenu(bar)
        more.addActions([self.all[row.key] for row in ACTIONS if row.place == "more"])
        self._more = _menu_button(bar, tr("More"), more)


def _menu_button(bar: QToolBar, name: str, menu: QMenu) -> QToolButton:
    button = icon_button(bar, name, menu, ICON)
    bar.addWidget(button)
    return button


def _spacer() -> QWidget:
    spacer = QWidget()
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    spacer.setMinimumWidth(SPACE)
    return spacer
