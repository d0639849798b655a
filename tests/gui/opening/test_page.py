from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHeaderView

from designer import settings
from designer.catalog.models import MODELS, weights_path
from designer.gui import asking
from designer.gui.opening.models_table import COLUMNS, ID
from designer.gui.opening.opener import ModelRequest, ProjectRequest, SampleRequest
from designer.gui.opening.page import StartPage


@pytest.fixture
def page(context, qtbot):
    made = StartPage(context)
    made.resize(1064, 640)
    made.show()
    made.shown()
    return made


@pytest.fixture
def wanted(page) -> list:
    """What the page asked for."""
    requests: list = []
    page.requested.connect(requests.append)
    return requests


def shown(page) -> list[str]:
    found = page.found
    return [str(found.data(found.index(row, 0), ID)) for row in range(found.rowCount())]


def column(title: str) -> int:
    return [c.title for c in COLUMNS].index(title)


def test_all_models_are_listed_the_bundled_one_first_and_chosen(page):
    assert shown(page) == list(MODELS)
    assert shown(page)[0] == "efficientnet_lite0"
    assert page.chosen.id == "efficientnet_lite0"


def test_the_search_narrows_the_list_and_keeps_something_chosen(page, qtbot):
    qtbot.keyClicks(page.search, "mobilenet v3")
    assert set(shown(page)) == {"mobilenet_v3_large", "mobilenet_v3_small"}
    assert page.chosen is not None
    page.search.setText("no such model")
    assert shown(page) == []
    assert page.chosen is None
    assert not page.panel.main.isEnabled()
    page.search.clear()
    assert len(shown(page)) == len(MODELS)


@pytest.mark.parametrize(
    ("title", "order"),
    [
        ("Params", lambda row: row.parameters),
        ("Size", lambda row: row.file_mb),
        ("Input", lambda row: row.input_size),
        ("Top-1", lambda row: row.top1 or -1),
    ],
)
def test_numbers_are_sorted_as_numbers(page, title, order):
    page.table.sortByColumn(column(title), Qt.SortOrder.AscendingOrder)
    values = [order(MODELS[name]) for name in shown(page)]
    assert values == sorted(values)
    page.table.sortByColumn(column(title), Qt.SortOrder.DescendingOrder)
    values = [order(MODELS[name]) for name in shown(page)]
    assert values == sorted(values, reverse=True)


def test_headings_can_be_clicked_to_sort(page):
    assert page.table.isSortingEnabled()
    header = page.table.horizontalHeader()
    assert header.sectionResizeMode(0) == QHeaderView.ResizeMode.Interactive


def test_the_bundled_model_is_opened_by_the_button(page, wanted, qtbot):
    qtbot.mouseClick(page.panel.main, Qt.MouseButton.LeftButton)
    assert wanted == [ModelRequest("efficientnet_lite0", "EfficientNet-Lite0")]


def choose(page, model_id: str) -> None:
    page.table.selectRow(shown(page).index(model_id))


def test_a_model_whose_weights_are_not_here_offers_three_ways(page, wanted, qtbot, monkeypatch):
    choose(page, "resnet18")
    assert "46.8 MB" in page.panel.main.text()
    qtbot.mouseClick(page.panel.main, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.panel.fresh, Qt.MouseButton.LeftButton)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/data/w.pth", ""))
    qtbot.mouseClick(page.panel.file, Qt.MouseButton.LeftButton)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    qtbot.mouseClick(page.panel.file, Qt.MouseButton.LeftButton)
    assert wanted == [
        ModelRequest("resnet18", "ResNet-18", "default", download=True),
        ModelRequest("resnet18", "ResNet-18", "none"),
        ModelRequest("resnet18", "ResNet-18", "/data/w.pth"),
    ]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("download", [ModelRequest("resnet18", "ResNet-18", "default", download=True)]),
        ("fresh", [ModelRequest("resnet18", "ResNet-18", "none")]),
        ("cancel", []),
    ],
)
def test_enter_asks_before_anything_is_downloaded(page, wanted, qtbot, monkeypatch, answer, expected):
    asked = []
    monkeypatch.setattr(asking, "ask", lambda *args: asked.append(args[1]) or answer)
    choose(page, "resnet18")
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert len(asked) == 1
    assert "ResNet-18" in asked[0]
    assert wanted == expected


def test_weights_that_have_come_are_seen_when_the_page_is_shown_again(page):
    choose(page, "resnet18")
    assert page.panel.main.text().startswith("Download")
    path = weights_path(MODELS["resnet18"])
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    page.shown()
    assert page.panel.main.text() == "Open"
    index = page.found.index(shown(page).index("resnet18"), column("Weights"))
    assert page.found.data(index) == "Here"


def test_the_tour_is_asked_for(page, wanted, qtbot):
    qtbot.mouseClick(page.cards[0].button, Qt.MouseButton.LeftButton)
    assert wanted == [SampleRequest("digits", "Handwritten digits", "efficientnet_lite0")]


def test_while_a_job_runs_nothing_can_be_opened_and_the_reason_is_told(page, context, qtbot):
    release = threading.Event()
    context.runner.start("Training", lambda progress: release.wait(10))
    for button in (page.panel.main, page.panel.fresh, page.cards[0].button):
        assert not button.isEnabled()
        assert "Training" in button.toolTip()
    release.set()
    qtbot.waitUntil(lambda: page.panel.main.isEnabled())
    assert page.cards[0].button.isEnabled()


def test_recent_projects_are_opened_and_missing_ones_taken_off(page, wanted, qtbot, tmp_path):
    there, gone = tmp_path / "birds.netgraft", tmp_path / "gone.netgraft"
    there.write_bytes(b"")
    settings.save(replace(settings.load(), recent=(str(gone), str(there))))
    page.shown()
    (gone_button, gone_remove), (there_button, _) = page.recent.rows
    assert not gone_button.isEnabled()
    assert "not there" in gone_button.toolTip()
    qtbot.mouseClick(there_button, Qt.MouseButton.LeftButton)
    assert wanted == [ProjectRequest(there)]
    qtbot.mouseClick(gone_remove, Qt.MouseButton.LeftButton)
    assert settings.load().recent == (str(there),)
    assert [button.path for button, _ in page.recent.rows] == [there]
    assert there.exists()


def test_without_recent_projects_the_place_says_what_it_is_for(page):
    from PySide6.QtWidgets import QLabel

    assert page.recent.rows == []
    assert "appear here" in page.recent.findChild(QLabel).text()


def test_the_search_is_reached_by_keys(page, qtbot):
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.search.hasFocus()
    assert page.table.focusPolicy() != Qt.FocusPolicy.NoFocus
    assert Path(settings.configuration_folder()).name == "config"
