"""Prints how long the window takes to its first frame: python tests/benchmarks/first_frame.py [starts]

Each start is a fresh process, measured from before the interpreter begins to the frame on the screen.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

CODE = """
import sys, time
began = float(sys.argv[1])
from designer.engine.process import before_torch
before_torch()
from designer import app
def measured(seconds):
    heavy = [n for n in ("torch", "torchvision", "onnx", "pyqtgraph") if n in sys.modules]
    print(f"{time.time() - began:.3f} {seconds:.3f} {','.join(heavy) or 'none'}", flush=True)
    from PySide6.QtWidgets import QApplication
    for window in QApplication.topLevelWidgets():
        if hasattr(window, "closing"):
            window.closing.agreed = True
            window.warm_up = lambda: None
            window.close()
sys.exit(app.run(["netgraft"], first_frame=measured))
"""


def main() -> None:
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rows = []
    home = tempfile.mkdtemp()
    for _ in range(starts):
        line = subprocess.run(
            [sys.executable, "-c", CODE, str(time.time())],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "NETGRAFT_CONFIG": home},
        ).stdout.split()
        rows.append((float(line[0]), float(line[1])))
        print(
            f"from the start of the process {line[0]} s, of the program {line[1]} s; heavy modules: {line[2]}"
        )
    whole = statistics.median(row[0] for row in rows)
    own = statistics.median(row[1] for row in rows)
    print(f"median of {starts}: {whole:.2f} s, without the interpreter's own start {own:.2f} s")


if __name__ == "__main__":
    main()
