"""The commands as Qt's actions: one for each row of the table, with its state, its icon and its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton, QWidget

from designer.gui.editing.commands.command import BAR, MENUS, SUBMENUS, Command
from designer.gui.editing.commands.states import CommandState
from designer.gui.editing.commands.table import BY_KEY, COMMANDS
from designer.gui.look.icons import BUTTON_ICON, icon
from designer.gui.look.style import Look
from designer.messages import tr


def native(keys: str) -> str:
    """A shortcut as this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class Actions(QObject):
    """Makes the actions, the tool bar's part of them, and the menus.

    Attributes:
        by_key: the actions.
        menus: the menus of the tool bar by key.
        bar: the tool bar.
    """

    def __init__(self, look: Look, page: QWidget, handlers: Mapping[str, Callable[..., object]]) -> None:
        """`handlers`: for each command a bound method of a QObject."""
        super().__init__(page)
        self._look = look
        self._page = page
        self.bar = QToolBar(tr("Network"))
        self.bar.setIconSize(BUTTON_ICON)
        self.by_key: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._tinted: list[tuple[QMenu, str]] = []
        self._shown: dict[str, CommandState] = {}
        for command in COMMANDS:
            self.by_key[command.key] = self._action(command, handlers[command.key])
        self._fill_bar()
        look.changed.connect(self._tint)
        self._tint()

    def show_states(self, states: Mapping[str, CommandState]) -> None:
        """Enable what can be done; the others say why they cannot."""
        for key, state in states.items():
            if self._shown.get(key) == state:
                continue
            self._shown[key] = state
            command, action = BY_KEY[key], self.by_key[key]
            action.setEnabled(state.enabled)
            text = state.text or tr(command.text)
            # After a tab stands a key that someone else acts on.
            shown = text if command.ours or not command.keys else f"{text}\t{native(command.keys)}"
            if action.text() != shown:
                action.setText(shown)
            keys = f" ({native(command.keys)})" if command.keys else ""
            action.setToolTip(state.reason or f"{tr(command.tip)}{keys}")
            if command.checkable:
                action.setChecked(state.checked)

    def context_menu(self, spot: str, parent: QWidget) -> QMenu:
        """The menu for a 'layer', a 'group', a 'connection' or the 'canvas'. It goes once it is closed."""
        menu = QMenu(parent)
        menu.setAccessibleName(tr("Commands"))
        self._fill(menu, [command for command in COMMANDS if spot in command.on])
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def add_menu(self, key: str, menu: QMenu, icon_name: str) -> None:
        """Put a submenu that someone else fills at the end of a menu."""
        menu.setIcon(icon(icon_name, self._look.colours))
        self._tinted.append((menu, icon_name))
        self.menus[key].addMenu(menu)

    def _action(self, command: Command, handler: Callable[..., object]) -> QAction:
        # Of the bar, not of the page: it must not be deleted while the bar still shows it.
        action = QAction(tr(command.text), self.bar)
        action.setCheckable(command.checkable)
        # In a menu the tick stands where the icon would.
        action.setIconVisibleInMenu(not command.checkable)
        if command.keys and command.ours:
            action.setShortcuts([QKeySequence(keys) for keys in (command.keys, command.also) if keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(handler)
        self._page.addAction(action)
        return action

    def _fill_bar(self) -> None:
        bar = self.bar
        for key in BAR:
            bar.addAction(self.by_key[key])
            self._dress(BY_KEY[key])
        bar.addSeparator()
        for key, text in MENUS.items():
            menu = QMenu(tr(text), bar)
            menu.setAccessibleName(tr(text))
            menu.setToolTipsVisible(True)
            self.menus[key] = menu
            self._tinted += self._fill(menu, [command for command in COMMANDS if command.menu == key])
            button = QToolButton(bar)
            button.setObjectName(f"menu {key}")
            button.setText(tr(text))
            button.setAccessibleName(tr(text))
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setMenu(menu)
            bar.addWidget(button)

    def _dress(self, command: Command) -> None:
        button = self.bar.widgetForAction(self.by_key[command.key])
        assert isinstance(button, QToolButton)
        button.setAccessibleName(tr(command.text))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # Style sheets leave hardly any room between icon and text.
        self.by_key[command.key].setIconText(f" {tr(command.text).removesuffix('...').strip()}")

    def _fill(self, menu: QMenu, commands: list[Command]) -> list[tuple[QMenu, str]]:
        """Put these in; the submenus that are made come back, each with the name of its icon."""
        made: list[tuple[QMenu, str]] = []
        menu.setToolTipsVisible(True)
        subs: dict[str, QMenu] = {}
        former: tuple[str, int] | None = None
        for command in commands:
            part = (command.menu, command.part)
            if former is not None and part != former:
                menu.addSeparator()
            former = part
            if not command.sub:
                menu.addAction(self.by_key[command.key])
                continue
            if command.sub not in subs:
                text, icon_name = SUBMENUS[command.sub]
                subs[command.sub] = inner = menu.addMenu(tr(text))
                inner.setToolTipsVisible(True)
                inner.setIcon(icon(icon_name, self._look.colours))
                made.append((inner, icon_name))
            subs[command.sub].addAction(self.by_key[command.key])
        return made

    @Slot()
    def _tint(self) -> None:
        colours = self._look.colours
        for command in COMMANDS:
            if command.icon:
                self.by_key[command.key].setIcon(icon(command.icon, colours))
        for menu, name in self._tinted:
            menu.setIcon(icon(name, colours))
