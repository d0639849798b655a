"""Makes the pictures of the README: the real window, the real model, a real training run.

Run `uv run python tests/screenshots.py [FOLDER]`; FOLDER is resources/screenshots unless given. With
`--networks FOLDER` it makes pictures of networks of many shapes instead, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A plain path, since the pictures show it.
HOME = Path(tempfile.gettempdir()) / "netgraft"
os.environ["HOME"] = str(HOME)
os.environ["NETGRAFT_CONFIG"] = str(HOME / "config")
os.environ["NETGRAFT_CACHE"] = str(HOME / "cache")
os.environ["NETGRAFT_STATE"] = str(HOME / "state")

from designer.engine.process import before_torch

before_torch()

from PIL import Image
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QCursor, QImage
from PySide6.QtWidgets import QApplication

from designer.catalog.models import MODELS
from designer.engine.weights import Weights
from designer.gui.look.style import Look
from designer.gui.main_window.window import MainWindow
from designer.gui.opening.opener import ModelRequest, SampleRequest
from designer.jobs.runner import Runner
from designer.network.network import Layer, Network, Port
from designer.network.preprocessing import Preprocessing
from designer.session.session import Session

SIZE = (1360, 850)
STEPS = ("start", "network", "data", "training", "evaluation", "export")
LARGE = ("densenet201", "vit_b_16")
GALLERY = ("resnet18", "googlenet", "densenet201", "vit_b_16")
EXPANDED = ("googlenet",)
CHAIN = 5_000
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
        # Beside the window: nothing in the pictures lies under the pointer.
        QCursor.setPos(self.app.primaryScreen().size().width() - 1, SIZE[1] + 100)
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
        # Covered as a whole: by the median, small things such as bars of categories lose their colours.
        flat = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
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
            self.open_model(model_id)
            self.both(f"network-{model_id}")

    def networks(self) -> None:
        """Networks of many shapes, as a whole and near, light and dark."""
        for model_id in GALLERY:
            self.open_model(model_id)
            if model_id in EXPANDED:
                self.window.pages["network"].canvas.expand_all()
            self.both(model_id)
        self.session.open(chain(CHAIN), Weights())
        self.until(lambda: self.session.facts is not None)
        self.both("chain")

    def open_model(self, model_id: str) -> None:
        """Open a model without weights, and wait until its shapes are known."""
        self.session.saved(HOME / "digits.netgraft")
        self.window.opener.open(ModelRequest(model_id, MODELS[model_id].title, "none"))
        self.until(
            lambda: (
                self.session.network is not None
                and self.session.network.origin == model_id
                and self.session.facts is not None
            )
        )

    def both(self, name: str) -> None:
        """Take a picture in light and in dark."""
        for appearance in ("light", "dark"):
            self.look.set_appearance(appearance)
            self.take(f"{name}-{appearance}")

    def close(self) -> None:
        """End everything."""
        self.runner.shut_down()
        self.window.hide()


def chain(length: int) -> Network:
    """A network of that many layers in one row."""
    rows = [Layer("input", "input", "Input", {"shape": [3, 8, 8]})]
    rows += [Layer(f"act{n}", f"act{n}", "ReLU") for n in range(length - 4)]
    rows += [
        Layer("flatten", "flatten", "Flatten"),
        Layer("fc", "fc", "Linear", {"in_features": 192, "out_features": 2}),
        Layer("output", "output", "Output"),
    ]
    inputs = {rows[0].id: ()}
    inputs.update({row.id: (Port(before.id),) for before, row in pairwise(rows)})
    return Network("chain", {row.id: row for row in rows}, inputs, ("a", "b"), Preprocessing(8, 8))


def main() -> int:
    """Make all pictures."""
    root = Path(__file__).parent.parent
    networks = sys.argv[1:2] == ["--networks"]
    given = sys.argv[2:] if networks else sys.argv[1:]
    folder = Path(given[0]) if given else root / "resources" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    HOME.mkdir()
    try:
        studio = Studio(folder)
        if networks:
            studio.networks()
        else:
            studio.work()
            studio.pages()
            studio.large()
        studio.close()
    finally:
        shutil.rmtree(HOME)
    return 0


if __name__ == "__main__":
    sys.exit(main())
