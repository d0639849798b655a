"""dagre, the layout engine that Netron uses, on the same boxes and edges: needs node and npm."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 75
"""Seconds for one drawing."""
STACK = 60_000
"""Kilobytes of stack for node: dagre calls itself for each node of a long chain."""

Box = tuple[str, float, float]


@dataclass(frozen=True)
class Drawn:
    """What dagre has made: milliseconds of CPU, rectangles by key, and lines."""

    milliseconds: float
    rectangles: dict[str, tuple[float, float, float, float]]
    lines: list[list[tuple[float, float]]]


class Dagre:
    """Installs dagre in a temporary folder, and lays out with it.

    Attributes:
        missing: why it cannot, '' when it can.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dagre-"))
        self.missing = ""
        if shutil.which("node") is None or shutil.which("npm") is None:
            self.missing = "no node or npm"
            return
        shutil.copy(Path(__file__).with_name("dagre.mjs"), self._folder)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "@dagrejs/dagre"]
        try:
            subprocess.run(install, cwd=self._folder, check=True, capture_output=True, timeout=120)
        except (subprocess.SubprocessError, OSError):
            self.missing = "npm could not install it"

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def arrange(self, boxes: Sequence[Box], edges: Sequence[tuple[str, str]]) -> Drawn | str:
        """The drawing, or in a few words why there is none."""
        if self.missing:
            return self.missing
        given, made = self._folder / "given.json", self._folder / "made.json"
        given.write_text(json.dumps({"boxes": boxes, "edges": edges}))
        command = ["node", f"--stack-size={STACK}", "dagre.mjs", str(given), str(made)]
        # The stack that node may use is bounded by that of its process.
        command = ["bash", "-c", 'ulimit -s unlimited 2>/dev/null; exec "$@"', "bash", *command]
        try:
            subprocess.run(command, cwd=self._folder, check=True, capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return f"> {TIMEOUT} s"
        except subprocess.CalledProcessError as error:
            last = error.stderr.decode(errors="replace").strip()
            reason = next((line for line in last.splitlines() if "Error" in line), "")
            return f"fails: {reason[:60]}" if reason else f"ends with {error.returncode}"
        found = json.loads(made.read_text())
        rectangles = {
            key: (x - width / 2, y - height / 2, width, height)
            for (key, width, height), (x, y) in zip(boxes, found["places"], strict=True)
        }
        return Drawn(
            found["milliseconds"], rectangles, [[(x, y) for x, y in line] for line in found["lines"]]
        )
