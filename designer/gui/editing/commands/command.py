"""What a row of the table of commands says, and the menus there are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the page.

    Attributes:
        key: its name.
        text, tip: in English, translated where they are shown.
        icon: name of its icon.
        keys: shortcut, '' for none; `also` is another one.
        menu: the menu that it is in: 'edit', 'freeze', 'view' or 'tools'.
        part: commands of a menu with the same part stand together, a line between two parts.
        sub: key of a submenu of `SUBMENUS`, '' for the menu itself.
        on: what one may point at to have it in the context menu: 'layer', 'group', 'connection', 'canvas'.
        checkable: it is on or off.
        ours: false where what is shown acts on the key itself, and the text of the key is for reading alone.
    """

    key: str
    text: str
    tip: str
    icon: str = ""
    keys: str = ""
    menu: str = "edit"
    part: int = 0
    sub: str = ""
    on: tuple[str, ...] = ()
    checkable: bool = False
    ours: bool = True
    also: str = ""


MENUS = {"edit": "Edit", "freeze": "Freeze", "view": "View", "tools": "Tools"}
"""The menus of the tool bar: key and text."""

BAR = ("replace_head", "freeze_backbone", "add_layer")
"""Commands with a button of their own in the tool bar."""

SUBMENUS = {"align": ("Align and distribute", "align-start-vertical")}
"""Menus within menus: text and icon by key."""

LAYER = ("layer",)
BOX = ("layer", "group")
SPOT = ("canvas",)
