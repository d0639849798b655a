"""Icons: Lucide's line drawings, tinted in a colour of the look, sharp at every scale."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from designer import resources
from designer.gui.look.tokens import Colours

SIZES = (16, 20, 24, 32, 40, 48, 64, 96)
"""Sides in device pixels that an icon is drawn at; a screen takes the next larger one."""

FADED = 0.5
"""How opaque the icon of a control is that cannot be used."""

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
        side, room = BUTTON_ICON.height() * scale, BUTTON_ICON * scale
        padded.addPixmap(_drawn(name, normal, side, room=room), QIcon.Mode.Normal)
        padded.addPixmap(_drawn(name, muted, side, FADED, room), QIcon.Mode.Disabled)
    return padded


def draw_ahead() -> None:
    """Draw the lines of all icons, in any thread, so that the pages that show them come up the sooner."""
    for path in sorted(resources.path("icons").glob("*.svg")):
        for side in SIZES:
            _stencil(path.stem, side)


def tint_ahead(colours: Colours) -> Iterator[None]:
    """Tint all icons in the colour of text, one at each step: pages that show many come up the sooner."""
    for path in sorted(resources.path("icons").glob("*.svg")):
        icon(path.stem, colours)
        yield


def pixmap(name: str, colours: Colours, role: str, side: int, scale: float = 1.0) -> QPixmap:
    """One drawing of an icon for a label: `side` in pixels, on a screen with `scale` device pixels."""
    drawn = _drawn(name, str(getattr(colours, role)), round(side * scale))
    drawn.setDevicePixelRatio(scale)
    return drawn


@lru_cache(maxsize=512)
def _icon(name: str, normal: str, muted: str) -> QIcon:
    made = QIcon()
    for side in SIZES:
        made.addPixmap(_drawn(name, normal, side), QIcon.Mode.Normal)
        made.addPixmap(_drawn(name, muted, side, FADED), QIcon.Mode.Disabled)
    return made


def _drawn(name: str, colour: str, side: int, opacity: float = 1.0, room: QSize | None = None) -> QPixmap:
    """An icon in one colour, a square of `side` pixels, at the left of `room` where that is larger."""
    stencil = _stencil(name, side)
    drawn = QPixmap(room or QSize(side, side))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setOpacity(opacity)
    painter.drawImage(0, 0, stencil)
    painter.setOpacity(1.0)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(drawn.rect(), QColor(colour))
    painter.end()
    return drawn


@lru_cache(maxsize=2048)
def _stencil(name: str, side: int) -> QImage:
    """An icon's lines in black. Drawing them takes longest, and each colour has the same ones."""
    source = resources.path(f"icons/{name}.svg").read_text(encoding="utf-8")
    drawing = QSvgRenderer(QByteArray(source.replace("currentColor", "black").encode()))
    cut = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    cut.fill(Qt.GlobalColor.transparent)
    painter = QPainter(cut)
    drawing.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return cut
