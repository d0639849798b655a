from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from designer.gui.export.result_panel import ResultPanel
from designer.gui.export.verdict import relative, rows, verdict
from designer.gui.look.style import Look
from designer.session.results import ExportedFile, Parity


def parity(diff=1e-6, scale=10.0, agreement=1.0, images=16):
    return Parity(images, (1, 2, 7), diff, scale, agreement)


def test_rounding_alone_agrees():
    assert verdict(parity()).agrees
    assert relative(parity(diff=2e-5)) == pytest.approx(2e-6)


@pytest.mark.parametrize(
    "wrong", [parity(diff=0.5), parity(diff=float("nan")), parity(diff=float("inf")), parity(agreement=0.9)]
)
def test_more_than_rounding_does_not(wrong):
    assert not verdict(wrong).agrees


def test_outputs_that_are_all_nought_are_compared_as_they_are():
    assert relative(parity(diff=0.25, scale=0.0)) == 0.25


def test_rows_tell_everything():
    found = dict(rows(ExportedFile(Path("a.onnx"), 18, 10, "torch 2.15 (dynamo)", 18_600_000, parity())))
    assert found["Size"] == "18.6 MB"
    assert found["ONNX opset"] == "18 (IR version 10)"
    assert found["Batch sizes"] == "1, 2, 7"
    assert found["Greatest difference"] == "1e-06 (1.0e-07 of the greatest output, 10)"
    assert found["Same first class"] == "100 %"


def test_without_pictures_it_says_what_was_compared_on_instead():
    exported = ExportedFile(Path("a.onnx"), 18, 10, "torch", 1, parity(images=0))
    assert dict(rows(exported))["Compared on"] == "generated pictures"
    assert "Second file" not in dict(rows(exported))


def test_a_second_file_is_told_of(qtbot, tmp_path):
    panel = ResultPanel(Look("light"))
    qtbot.addWidget(panel)
    exported = ExportedFile(tmp_path / "a.onnx", 18, 10, "torch", 1, parity())
    (tmp_path / "a.onnx.data").write_bytes(b"1")
    panel.show_file(exported, "")
    found = [label.accessibleName() for label in panel.findChildren(QLabel)]
    assert "Second file: a.onnx.data (keep both together)" in found
