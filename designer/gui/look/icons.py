"""Icons: Lucide's line drawings, tinted in a colour of the look, sharp at every scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from designer import resources
from designer.gui.look.tokens import Colours

SIZES = (16, 20, 24, 32, 40, 48, 64, 96)
"""Sides in device pixels that an icon is drawn at; a screen takes the next larger one."""

BUTTON_ICON = QSize(20, 16)
"""Room of an icon before a button's text: 16 pixels, and 4 to keep away from the text."""


def icon(name: str, colours: Colours, role: str = "text") -> QIcon:
    """The icon `name` (a file in `resources/icons`, without '.svg') in the colour of `role`.

    Raises:
        FileNotFoundError: there is no such icon.
        AttributeError: there is no such role.
    """
    return _icon(name, str(getattr(colours, role)), colours.text_muted)


def set_icon(button: QAbstractButton, name: str, colours: Colours, role: str = "text") -> None:
    """Put an icon before a button's text, with some room between: style sheets leave hardly any."""
    button.setIcon(padded_icon(name, colours, role))
    button.setIconSize(BUTTON_ICON)


def padded_icon(name: str, colours: Colours, role: str = "text") -> QIcon:
    """An icon with room behind it, of the size `BUTTON_ICON`, for what has a text beside it."""
    return _padded(name, str(getattr(colours, role)), colours.text_muted)


@lru_cache(maxsize=256)
def _padded(name: str, normal: str, muted: str) -> QIcon:
    padded = QIcon()
    for scale in (1, 2, 3):
        for mode, colour, opacity in (
            (QIcon.Mode.Normal, normal, 1.0),
            (QIcon.Mode.Disabled, muted, 0.5),
        ):
            side = BUTTON_ICON.height() * scale
            drawn = QPixmap(BUTTON_ICON * scale)
            drawn.fill(Qt.GlobalColor.transparent)
            painter = QPainter(drawn)
            painter.drawPixmap(0, 0, _drawn(_source(name), colour, side, opacity))
            painter.end()
            padded.addPixmap(drawn, mode)
    return padded


def pixmap(name: str, colours: Colours, role: str, side: int, scale: float = 1.0) -> QPixmap:
    """One drawing of an icon for a label: `side` in pixels, on a screen with `scale` device pixels."""
    drawn = _drawn(_source(name), str(getattr(colours, role)), round(side * scale), 1.0)
    drawn.setDevicePixelRatio(scale)
    return drawn


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, muted: str) -> QIcon:
    source = _source(name)
    made = QIcon()
    for side in SIZES:
        made.addPixmap(_drawn(source, colour, side, 1.0), QIcon.Mode.Normal)
        made.addPixmap(_drawn(source, muted, side, 0.5), QIcon.Mode.Disabled)
    return made


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resources.path(f"icons/{name}.svg").read_text(encoding="utf-8")


def _drawn(source: str, colour: str, side: int, opacity: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", QColor(colour).name()).encode()))
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return drawn
