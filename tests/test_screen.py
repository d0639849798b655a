from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from designer import screen
from designer.errors import ScreenError
from designer.screen import PACKAGES, check_screen, missing_library


@pytest.fixture
def bare(monkeypatch):
    """An environment that names neither a screen nor a platform."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_without_a_screen_it_says_what_to_do(bare):
    with pytest.raises(ScreenError) as raised:
        check_screen()
    assert raised.value.what == "There is no screen."
    assert "DISPLAY" in raised.value.why
    assert "netgraft --help" in raised.value.remedy


def test_a_display_that_does_not_answer_is_named(bare):
    bare.setenv("DISPLAY", ":8765")
    with pytest.raises(ScreenError) as raised:
        check_screen()
    # Where a library of X is missing, that is said first.
    assert ":8765" in raised.value.why or "missing" in raised.value.why


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "offscreen:size=800x600"])
def test_platforms_without_a_screen_need_none(bare, platform):
    bare.setenv("QT_QPA_PLATFORM", platform)
    check_screen()


def test_a_missing_library_is_named_with_its_package(bare):
    bare.setenv("DISPLAY", ":0")
    text = "libxcb-cursor.so.0: cannot open shared object file: No such file or directory"
    bare.setattr(screen, "_missing_library", lambda plugin: text)
    with pytest.raises(ScreenError) as raised:
        check_screen()
    assert "libxcb-cursor.so.0" in raised.value.why
    assert "apt-get install libxcb-cursor0" in raised.value.remedy
    assert "netgraft --help" in raised.value.remedy


def test_wayland_alone_is_enough_where_x_is_incomplete(bare, tmp_path):
    (tmp_path / "wayland-0").touch()
    bare.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    bare.setenv("WAYLAND_DISPLAY", "wayland-0")
    bare.setattr(screen, "_missing_library", lambda plugin: "libxcb.so.1: none" if plugin == "xcb" else None)
    check_screen()
    bare.setenv("WAYLAND_DISPLAY", "wayland-1")
    with pytest.raises(ScreenError):
        check_screen()


def test_a_library_of_no_known_package_is_still_named():
    error = missing_library("libstrange.so.3: cannot open shared object file")
    assert "libstrange.so.3" in error.why
    assert "libstrange.so.3" in error.remedy


def test_every_system_library_that_qt_wants_here_has_a_package():
    # What the loader says of Qt's own files: all that lie outside the package.
    import PySide6

    folder = Path(PySide6.__file__).parent
    files = [
        folder / "Qt/plugins/platforms/libqxcb.so",
        folder / "Qt/lib/libQt6Gui.so.6",
        folder / "Qt/lib/libQt6Widgets.so.6",
        folder / "Qt/lib/libQt6XcbQpa.so.6",
    ]
    wanted = set()
    for file in files:
        # The names of needed libraries stand in the file as text, ended by a zero byte.
        for part in file.read_bytes().split(b"\0"):
            if part.startswith(b"lib") and b".so" in part and len(part) < 40:
                wanted.add(part.decode())
    basic = ("libc.", "libm.", "libdl.", "libpthread", "librt.", "libgcc_s", "libstdc++", "libQt6", "libicu")
    outside = {name for name in wanted if not name.startswith(basic) and name[-1].isdigit()}
    assert "libxcb-cursor.so.0" in outside
    unknown = sorted(name for name in outside if name not in PACKAGES)
    assert not unknown, unknown


def test_the_check_loads_no_qt():
    code = (
        "import sys, designer.screen as s\n"
        "try: s.check_screen()\n"
        "except s.ScreenError: pass\n"
        "print([n for n in sys.modules if n.startswith('PySide6')])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
