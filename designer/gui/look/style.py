"""The look applied to the program: Fusion, a palette, a font, and one style sheet made of tokens."""

from __future__ import annotations

import re
from dataclasses import fields

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from designer import resources
from designer.gui.look.tokens import DARK, LIGHT, RADIUS, SPACE, Colours, Sizes, sizes

APPEARANCES = ("system", "light", "dark")

FAMILIES = ("Inter", "Segoe UI", "Noto Sans", "Cantarell", "Helvetica Neue", "DejaVu Sans", "Arial")
"""Where the system's own font is missing, the first of these that is there."""


class Look(QObject):
    """The look of one program. Widgets that paint themselves ask `colours` and heed `changed`."""

    changed = Signal()

    def __init__(self, appearance: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app: QApplication | None = None
        self._appearance = appearance if appearance in APPEARANCES else "system"
        self._sizes = sizes(13)
        self._colours = self._chosen()

    @property
    def appearance(self) -> str:
        """'system', 'light' or 'dark', as chosen."""
        return self._appearance

    @property
    def colours(self) -> Colours:
        """The colours now."""
        return self._colours

    @property
    def sizes(self) -> Sizes:
        """The font sizes now."""
        return self._sizes

    def set_appearance(self, appearance: str) -> None:
        """Follow the system ('system'), or stay 'light' or 'dark'."""
        if appearance not in APPEARANCES:
            raise ValueError(f"no such appearance: {appearance!r}")
        self._appearance = appearance
        self._tell_system()
        self._refresh()

    def apply(self, app: QApplication) -> None:
        """Dress `app`, now and whenever the system's colour scheme changes."""
        self._app = app
        app.setStyle("Fusion")
        app.setFont(_font())
        self._sizes = sizes(QFontInfo(app.font()).pixelSize())
        self._tell_system()
        app.styleHints().colorSchemeChanged.connect(self._refresh)
        self._colours = self._chosen()
        self._dress()

    @Slot()
    def _refresh(self) -> None:
        chosen = self._chosen()
        if chosen is not self._colours:
            self._colours = chosen
            self._dress()
            self.changed.emit()

    def _chosen(self) -> Colours:
        if self._appearance != "system":
            return DARK if self._appearance == "dark" else LIGHT
        if QGuiApplication.instance() is None:
            return LIGHT
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT

    def _tell_system(self) -> None:
        # Title bars and native dialogs follow; older Qt has no such call.
        hints = QGuiApplication.styleHints() if self._app is not None else None
        if hints is not None and hasattr(hints, "setColorScheme"):
            schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
            hints.setColorScheme(schemes.get(self._appearance, Qt.ColorScheme.Unknown))

    def _dress(self) -> None:
        if self._app is not None:
            self._app.setPalette(palette(self._colours))
            self._app.setStyleSheet(style_sheet(self._colours, self._sizes))


def _font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    there = set(QFontDatabase.families())
    system = QFontInfo(font).family()
    font.setFamilies([system, *(name for name in FAMILIES if name in there and name != system)])
    font.setPixelSize(sizes(QFontInfo(font).pixelSize()).text)
    return font


def palette(colours: Colours) -> QPalette:
    """The palette of `colours`, so that what the style sheet does not name fits too."""
    role = QPalette.ColorRole
    chosen = QPalette()
    for part, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.window),
        (role.Text, colours.text),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.danger),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.PlaceholderText, colours.text_muted),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.accent_text),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.Light, colours.raised),
        (role.Midlight, colours.border),
        (role.Mid, colours.border),
        (role.Dark, colours.border),
        (role.Shadow, colours.border),
    ):
        chosen.setColor(part, QColor(colour))
    faded = QColor(colours.text_muted)
    faded.setAlphaF(0.65)
    for part in (role.WindowText, role.Text, role.ButtonText):
        chosen.setColor(QPalette.ColorGroup.Disabled, part, faded)
    return chosen


def style_sheet(colours: Colours, scale: Sizes) -> str:
    """`resources/style/style.qss` with its `@names` filled from the tokens.

    Raises:
        KeyError: the sheet names a token that there is not.
    """
    shade = "dark" if colours.dark else "light"
    values = {part.name: str(getattr(colours, part.name)) for part in fields(Colours)}
    values |= {f"size_{part.name}": f"{getattr(scale, part.name)}px" for part in fields(Sizes)}
    values |= {"space": f"{SPACE}px", "half": f"{SPACE // 2}px", "double": f"{2 * SPACE}px"}
    values |= {"radius": f"{RADIUS}px"}
    for name in ("check", "dash", "dot", "down", "up", "right", "sorted_up", "sorted_down"):
        file = {"sorted_up": "up", "sorted_down": "down"}.get(name, name)
        values[f"image_{name}"] = f'url("{resources.path(f"style/{file}-{shade}.svg").as_posix()}")'
    sheet = resources.path("style/style.qss").read_text(encoding="utf-8")
    return re.sub(r"@([a-z_]+)", lambda found: values[found[1]], sheet)
