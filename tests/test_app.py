from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys

import pytest

from designer.__main__ import main, wants_window


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["birds.netgraft"], True),
        (["/some where/birds.netgraft"], True),
        (["models"], False),
        (["--help"], False),
        (["inspect", "birds.netgraft"], False),
        (["-birds.netgraft"], False),
    ],
)
def test_what_opens_the_window(arguments, window):
    assert wants_window(arguments) is window


def environment(tmp_path, **more) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return {**kept, "NETGRAFT_CONFIG": str(tmp_path / "config"), **more}


def test_without_a_screen_the_command_says_so_and_ends(tmp_path):
    if not sys.platform.startswith("linux"):
        return
    result = subprocess.run(
        [sys.executable, "-m", "designer"], env=environment(tmp_path), capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == "There is no screen."
    assert "netgraft --help" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_missing_library_of_qt_itself_is_named(tmp_path):
    # As where libEGL is not installed: importing QtGui fails with the loader's words.
    code = (
        "import sys\n"
        "class Broken:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'PySide6.QtGui':\n"
        "            raise ImportError('libEGL.so.1: cannot open shared object file: No such file')\n"
        "sys.meta_path.insert(0, Broken())\n"
        "from designer import app\n"
        "sys.exit(app.run(['netgraft']))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(tmp_path, QT_QPA_PLATFORM="offscreen"),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "libEGL.so.1" in result.stderr
    assert "apt-get install libegl1" in result.stderr
    assert "Traceback" not in result.stderr


WINDOW = """
import sys
from designer import app
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

def window():
    return next(w for w in QApplication.topLevelWidgets() if hasattr(w, "closing"))

def shown(seconds):
    heavy = [n for n in ("torch", "torchvision", "onnx", "pyqtgraph") if n in sys.modules]
    print("shown", heavy, window().step, flush=True)
    {then}

sys.exit(app.run(["netgraft"], first_frame=shown))
"""


def start(tmp_path, then: str) -> subprocess.Popen[str]:
    # Torch takes seconds to load and is not what is tested here.
    code = WINDOW.format(then=then)
    quick = "import designer.gui.main_window.window as w\nw.warm_up = lambda more: lambda progress: None\n"
    return subprocess.Popen(
        [sys.executable, "-c", quick + code],
        env=environment(tmp_path, QT_QPA_PLATFORM="offscreen"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_window_is_shown_before_anything_heavy_and_ends_cleanly(tmp_path):
    process = start(tmp_path, "QTimer.singleShot(0, window().close)")
    out, err = process.communicate(timeout=60)
    assert out.strip() == "shown [] start"
    assert process.returncode == 0, err
    kept = json.loads((tmp_path / "config" / "settings.json").read_text(encoding="utf-8"))
    assert kept["window"]


def test_an_interrupt_from_the_terminal_closes_the_window(tmp_path):
    process = start(tmp_path, "pass")
    assert process.stdout.readline().startswith("shown")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_a_bug_in_the_window_does_not_end_it(tmp_path):
    then = "QTimer.singleShot(300, window().close); raise LookupError('on purpose')"
    process = start(tmp_path, then)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "on purpose" in err
    log = (tmp_path / "config" / "netgraft.log").read_text(encoding="utf-8")
    assert "LookupError: on purpose" in log


@pytest.mark.parametrize("module", ["designer.engine.export.child", "designer.engine.training.child"])
def test_only_a_frozen_program_answers_for_its_own_processes(monkeypatch, module):
    child = importlib.import_module(module)
    asked = []
    monkeypatch.setattr(child, "main", lambda arguments: asked.append(arguments) or 7)
    monkeypatch.setattr("designer.cli.main", lambda arguments: 2)
    monkeypatch.setattr(sys, "argv", ["netgraft", "-m", module, "/folder"])
    assert main() == 2
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert main() == 7
    assert asked == [["/folder"]]
    monkeypatch.setattr(sys, "argv", ["netgraft", "-m", "os"])
    assert main() == 2
