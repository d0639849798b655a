"""The windows beside the page: each opens once, and knows the page's network."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from designer.catalog.scripts import read_script, run_script
from designer.engine.shapes import infer
from designer.gui.analysis.window import AnalysisWindow
from designer.gui.comparing.window import ComparisonWindow
from designer.network.edits import Rename


def test_the_analysis_opens_once_and_leads_back(page, qtbot):
    page.actions_by_key["analyze"].trigger()
    window = page.windows._open["analysis"]
    assert isinstance(window, AnalysisWindow)
    assert window.isVisible()
    page.actions_by_key["analyze"].trigger()
    assert page.windows._open["analysis"] is window
    window.layer_chosen.emit("fc")
    assert page.selection.layers == ("fc",)
    window.close()
    qtbot.waitUntil(lambda: not isValid(window), timeout=60_000)
    page.actions_by_key["analyze"].trigger()
    assert page.windows._open["analysis"].isVisible()


def test_the_comparison_opens_once(page, monkeypatch):
    monkeypatch.setattr(ComparisonWindow, "_compare", lambda window: None)
    page.actions_by_key["compare"].trigger()
    window = page.windows._open["comparison"]
    assert isinstance(window, ComparisonWindow)
    page.actions_by_key["compare"].trigger()
    assert page.windows._open["comparison"] is window


def test_the_reports_picture_is_the_whole_network(page):
    drawing = page.windows._drawing()
    assert drawing.startswith(b"<?xml")
    for name in (b"stem.conv", b"fc", b"output"):
        assert name.split(b".")[-1] in drawing


def test_without_a_network_there_is_nothing_to_analyze(make_page):
    page = make_page(None)
    page.windows.analyze()
    page.windows.compare()
    assert page.windows._open == {}
    assert page.windows._drawing() == b""


def test_the_edits_are_saved_as_a_script_that_does_them_again(
    make_page, tiny_network, tmp_path, monkeypatch, qtbot, notices
):
    page = make_page(tiny_network)
    session, history = page.context.session, page.context.history
    page.actions_by_key["save_script"].trigger()
    assert "Nothing has been edited" in notices[-1].text
    page.actions_by_key["freeze_backbone"].trigger()
    session.apply(Rename("fc", "answer"))
    session.apply(Rename("pool", "mean"))
    history.stack.undo()
    path = tmp_path / "edits"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    page.actions_by_key["save_script"].trigger()
    qtbot.waitUntil(lambda: "edits.json" in notices[-1].text)
    again = tiny_network
    for edit in run_script(tiny_network, read_script((tmp_path / "edits.json").read_bytes()), infer):
        again = edit.apply(again)
    assert again == session.network
    assert again["fc"].name == "answer"
    assert "mean" not in again.names
