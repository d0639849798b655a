"""Makes the pictures of the README: the real window, the real model, a real training run.

Run `uv run python tests/screenshots.py [FOLDER]`; FOLDER is resources/screenshots unless given.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A plain path, since the pictures show it.
HOME = Path(tempfile.gettempdir()) / "netgraft"
os.environ["HOME"] = str(HOME)
os.environ["NETGRAFT_CONFIG"] = str(HOME / "config")
os.environ["NETGRAFT_CACHE"] = str(HOME / "cache")

from designer.engine.process import before_torch

before_torch()

from PIL import Image
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from designer.catalog.models import MODELS
from designer.gui.look.style import Look
from designer.gui.main_window.window import MainWindow
from designer.gui.opening.opener import ModelRequest, SampleRequest
from designer.jobs.runner import Runner
from designer.session.session import Session

SIZE = (1360, 850)
STEPS = ("start", "network", "data", "training", "evaluation", "export")
LARGE = ("densenet201", "vit_b_16")
QUIET = 1.0
"""Seconds without a job after which everything has been drawn."""


class Studio:
    """The program's window, driven from here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = QApplication([])
        self.look = Look("light")
        self.look.apply(self.app)
        self.session = Session()
        self.runner = Runner()
        self.window = MainWindow(self.session, self.runner, self.look)
        self.window.resize(*SIZE)
        self.window.show()

    def until(self, ready: Callable[[], bool], seconds: float = 600.0) -> None:
        """Let the window work until `ready()`."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    def idle(self) -> None:
        """Until no job runs and everything has been drawn."""
        since = time.monotonic()
        while time.monotonic() - since < QUIET:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            if self.runner.running():
                since = time.monotonic()

    def take(self, name: str) -> None:
        """Write a picture of the window as it is."""
        self.idle()
        grabbed = self.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        size = (grabbed.width(), grabbed.height())
        picture = Image.frombytes(
            "RGB", size, bytes(grabbed.constBits()), "raw", "RGB", grabbed.bytesPerLine()
        )
        # A palette without dithering keeps the repository small, and flat colours as they are.
        flat = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(self.folder / f"{name}.png", optimize=True)
        print(name)

    def work(self) -> None:
        """The quick tour: sample, training, evaluation, export."""
        session, window = self.session, self.window
        window.warm_up()
        self.idle()
        window.opener.open(SampleRequest("digits", "Handwritten digits", "efficientnet_lite0"))
        self.until(lambda: session.data is not None and session.facts is not None)
        for step in STEPS:
            window.go_to(step)
        window.pages["training"].live.start()
        self.until(lambda: len(session.runs) == 1)
        window.pages["evaluation"].evaluator.evaluate()
        self.until(lambda: session.report is not None)
        target = HOME / "digits.onnx"
        window.pages["export"].export.export(target)
        self.until(lambda: session.exported is not None)

    def pages(self) -> None:
        """Every step, light and dark."""
        for appearance in ("light", "dark"):
            self.look.set_appearance(appearance)
            for step in STEPS:
                self.window.go_to(step)
                self.take(f"{step}-{appearance}")

    def large(self) -> None:
        """Large networks, light and dark."""
        for model_id in LARGE:
            self.session.saved(HOME / "digits.netgraft")
            self.window.opener.open(ModelRequest(model_id, MODELS[model_id].title, "none"))
            self.until(lambda wanted=model_id: self.session.network.origin == wanted)
            self.until(lambda: self.session.facts is not None)
            for appearance in ("light", "dark"):
                self.look.set_appearance(appearance)
                self.take(f"network-{model_id}-{appearance}")

    def close(self) -> None:
        """End everything."""
        self.runner.shut_down()
        self.window.hide()


def main() -> int:
    """Make all pictures."""
    root = Path(__file__).parent.parent
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "resources" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    HOME.mkdir()
    try:
        studio = Studio(folder)
        studio.work()
        studio.pages()
        studio.large()
        studio.close()
    finally:
        shutil.rmtree(HOME)
    return 0


if __name__ == "__main__":
    sys.exit(main())
