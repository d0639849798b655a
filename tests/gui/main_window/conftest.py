"""A real main window with steps that need no torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout

from designer.gui import asking
from designer.gui.main_window import facts, pages, window
from designer.gui.main_window.window import MainWindow
from designer.gui.page import Page
from designer.network.network import Network
from designer.progress import DeviceNews, Progress
from designer.session.results import Facts, LayerFacts


def found_in(network: Network) -> Facts:
    """Stands in for the engine: every layer has as many values as its settings have letters."""
    return Facts({layer.id: LayerFacts((), len(str(layer.settings))) for layer in network})


class PlainPage(Page):
    """Stands in for the pages of other steps."""

    def __init__(self, context) -> None:
        super().__init__(context)
        QVBoxLayout(self).addWidget(QLabel("page"))
        self.times_shown = 0
        self.prepared = False
        self.folders: list[Path] = []

    def prepare(self) -> None:
        self.prepared = True

    def shown(self) -> None:
        self.times_shown += 1

    def take_folder(self, folder: Path) -> None:
        self.folders.append(folder)


@pytest.fixture
def answers(monkeypatch) -> list[str]:
    """Answers that the user will give, in order; asking more often is an error."""
    given: list[str] = []
    asked: list[str] = []

    def ask(parent, text, detail, choices) -> str:
        asked.append(text)
        answer = given.pop(0)
        assert answer in {choice.key for choice in choices}
        return answer

    monkeypatch.setattr(asking, "ask", ask)
    given_and_asked = given
    yield given_and_asked
    assert not given, f"never asked for {given}; asked were {asked}"


@pytest.fixture
def stand_ins(monkeypatch) -> None:
    """Pages but the first are plain ones, and nothing is asked of torch."""
    real = pages.make_page

    def make_page(row, context):
        if row.step == "start":
            return real(row, context)
        page = PlainPage(context)
        page.step = row.step
        return page

    def warm_up(load_more):
        def step(progress: Progress) -> DeviceNews:
            progress.report(DeviceNews("Test device", "it is a test"))
            return DeviceNews("Test device", "it is a test")

        return step

    monkeypatch.setattr(pages, "make_page", make_page)
    monkeypatch.setattr(window, "warm_up", warm_up)
    monkeypatch.setattr(facts, "infer_facts", lambda network: lambda progress: found_in(network))


@pytest.fixture
def make_window(stand_ins, make_window) -> Callable[[], MainWindow]:
    """Makes main windows with these stand-ins."""
    return make_window


@pytest.fixture
def main_window(make_window) -> MainWindow:
    """One such window."""
    return make_window()
