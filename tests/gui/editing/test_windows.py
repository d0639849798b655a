"""The windows beside the page: each opens once, and knows the page's network."""

from __future__ import annotations

from shiboken6 import isValid

from designer.gui.analysis.window import AnalysisWindow
from designer.gui.comparing.window import ComparisonWindow


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
