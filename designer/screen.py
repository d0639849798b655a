"""Whether a window can be shown, found out before Qt is asked: Qt itself would end the process.

Only Linux needs it; elsewhere Qt brings everything along. Loads no Qt.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

from designer.errors import ScreenError
from designer.messages import tr

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libz.so.1": "zlib1g",
}
"""System libraries that Qt needs, and the packages of Debian and Ubuntu that they are in."""


def check_screen() -> None:
    """Return if a window can be shown.

    Raises:
        ScreenError: there is no screen, or a system library is missing; it says which, and what to do.
    """
    if not sys.platform.startswith("linux"):
        return
    chosen = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if chosen and chosen not in ("xcb", "wayland"):
        return
    wayland = chosen != "xcb" and _wayland_socket() is not None
    if not wayland and not os.environ.get("DISPLAY"):
        raise ScreenError(
            tr("There is no screen."),
            tr("Neither DISPLAY nor WAYLAND_DISPLAY is set."),
            tr("Start it where there is one, or use the command line: netgraft --help"),
        )
    missing = _missing_library("xcb")
    if missing is None and (wayland or _x_server_answers()):
        return
    if missing is not None and wayland and _missing_library("wayland") is None:
        return
    if missing is None:
        raise ScreenError(
            tr("There is no screen."),
            tr("The display '{name}' does not answer.", name=os.environ.get("DISPLAY", "")),
            tr("Check DISPLAY, or use the command line: netgraft --help"),
        )
    raise missing_library(missing)


def missing_library(text: str) -> ScreenError:
    """The error for what the system's loader said: 'libEGL.so.1: cannot open shared object file ...'."""
    name = text.partition(":")[0].strip()
    package = PACKAGES.get(name)
    if package is None:
        remedy = tr("Install the package that has '{name}',", name=name)
    else:
        remedy = tr("Install it: sudo apt-get install {package},", package=package)
    return ScreenError(
        tr("The window cannot be shown."),
        tr("The system library '{name}' is missing.", name=name),
        f"{remedy} {tr('or use the command line: netgraft --help')}",
    )


def _missing_library(plugin: str) -> str | None:
    """What the loader says when Qt's plugin for a platform cannot be loaded, None when it can."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "Qt" / "plugins" / "platforms" / f"libq{plugin}.so"
    if not file.exists():
        return None
    try:
        ctypes.CDLL(str(file))
    except OSError as error:
        return str(error)
    return None


def _wayland_socket() -> Path | None:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return None
    socket = Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name
    return socket if socket.exists() else None


def _x_server_answers() -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    answers = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(answers)
