"""The lines beside an exported file, run as they stand, where pictures have several labels."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from designer.gui.export.snippet import snippet
from designer.progress import Silent
from designer.session.options import ExportOptions

from ...shapes import NAMES, make_shapes


@pytest.mark.parametrize("embedded", [False, True])
def test_it_prints_the_labels_that_prediction_answers(tiny_network, tmp_path, embedded):
    from designer.engine.building import build, weights_of
    from designer.engine.export import export_onnx
    from designer.engine.prediction import predict

    make_shapes(tmp_path, 1)
    network = replace(tiny_network, classes=NAMES, multilabel=True)
    weights = weights_of(build(network, seed=5))
    picture = tmp_path / "000.png"
    options = ExportOptions(embed_preprocessing=embedded)
    file = export_onnx(network, weights, tmp_path / "s.onnx", options, [picture], Silent()).path
    (wanted,) = predict(network, weights, [picture], 3, "cpu", Silent())
    assert 0 < len(wanted.answers) < 3
    shutil.copy(picture, tmp_path / "picture.jpg")
    done = subprocess.run(
        [sys.executable, "-c", snippet(file, network.preprocessing, embedded, multilabel=True)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    said = {name: f"{100 * share:.1f} %" for name, share in wanted.top if name in wanted.answers}
    assert dict(line.split(" ", 1) for line in done.stdout.splitlines()) == said
