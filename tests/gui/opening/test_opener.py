from __future__ import annotations

import threading

import pytest

from designer.errors import DataError, DownloadError
from designer.gui.opening import opener as room
from designer.gui.opening.opener import ModelRequest, Opener, ProjectRequest, SampleRequest
from designer.jobs.projects import OpenedSession, PictureFolder
from designer.session.data import ImageData, Picture


@pytest.fixture
def asked() -> list:
    return []


@pytest.fixture
def opener(context, asked):
    def guard(go_on) -> None:
        asked.append(1)
        go_on()

    return Opener(context, guard)


@pytest.fixture
def opened(opener) -> list:
    news: list = []
    opener.opened.connect(lambda request, result: news.append((request, result)))
    return news


def returns(value):
    def step(progress):
        if isinstance(value, Exception):
            raise value
        return value

    return step


def test_a_model_is_opened_with_what_was_asked_for(opener, opened, context, qtbot, monkeypatch, tiny_network):
    seen = []

    def open_pretrained(model_id, weights, *, download):
        seen.append((model_id, weights, download))
        return returns(OpenedSession(tiny_network, "weights"))

    monkeypatch.setattr(room, "open_pretrained", open_pretrained)
    opener.open(ModelRequest("resnet18", "ResNet-18", "none"))
    qtbot.waitUntil(lambda: len(opened) == 1)
    opener.open(ModelRequest("resnet18", "ResNet-18", download=True))
    qtbot.waitUntil(lambda: len(opened) == 2)
    assert seen == [("resnet18", "none", False), ("resnet18", "default", True)]
    assert context.session.network is tiny_network
    assert context.session.weights == "weights"
    assert context.session.path is None


def test_a_failed_download_keeps_what_is_open(
    opener, opened, context, notices, qtbot, monkeypatch, tiny_network
):
    context.session.open(tiny_network, "former")
    error = DownloadError("It could not be downloaded.", "There is no network.", "Give a file.")
    monkeypatch.setattr(room, "open_pretrained", lambda *_, **__: returns(error))
    opener.open(ModelRequest("resnet18", "ResNet-18", download=True))
    qtbot.waitUntil(lambda: bool(notices))
    assert notices[0].text == "It could not be downloaded."
    assert notices[0].detail == "There is no network. Give a file."
    assert context.session.weights == "former"
    assert opened == []


def test_a_cancelled_opening_keeps_what_is_open(
    opener, opened, context, notices, qtbot, monkeypatch, tiny_network
):
    context.session.open(tiny_network, "former")

    def slow(progress):
        while True:
            progress.raise_if_cancelled()
            threading.Event().wait(0.001)

    monkeypatch.setattr(room, "open_pretrained", lambda *_, **__: slow)
    opener.open(ModelRequest("resnet18", "ResNet-18"))
    context.runner.current().cancel()
    qtbot.waitUntil(lambda: not context.runner.busy())
    assert context.session.weights == "former"
    assert (opened, notices) == ([], [])


def test_a_sample_comes_with_its_pictures(
    opener, opened, context, qtbot, monkeypatch, tiny_network, tmp_path
):
    pictures = (Picture(tmp_path / "a.png", 0), Picture(tmp_path / "b.png", 1))
    data = ImageData(tmp_path, ("a", "b"), pictures, (), (0,), (1,), 0.5, 0)
    result = OpenedSession(tiny_network, "weights", data)
    monkeypatch.setattr(room, "open_sample", lambda name, model: returns(result))
    opener.open(SampleRequest("digits", "Digits", "efficientnet_lite0"))
    qtbot.waitUntil(lambda: bool(opened))
    assert context.session.data is data


def test_a_project_whose_pictures_are_away_opens_and_says_so(
    opener, opened, context, notices, visited, qtbot, monkeypatch, tiny_network, tmp_path
):
    why = DataError("There is no folder '/away'.", "It may be on a disk that is not connected.")
    result = OpenedSession(tiny_network, "weights", missing=PictureFolder(tmp_path), why_missing=why)
    monkeypatch.setattr(room, "open_session", lambda path: returns(result))
    opener.open(ProjectRequest(tmp_path / "birds.netgraft"))
    qtbot.waitUntil(lambda: bool(opened))
    assert context.session.path == tmp_path / "birds.netgraft"
    assert not context.session.changed
    assert notices[0].severity == "warning"
    assert "/away" in notices[0].detail
    notices[0].action()
    assert visited == ["data"]


def test_a_busy_engine_is_said_before_the_user_is_asked_to_save(opener, asked, context, notices, qtbot):
    release = threading.Event()
    context.runner.start("Training", lambda progress: release.wait(10))
    opener.open(ModelRequest("resnet18", "ResNet-18"))
    assert asked == []
    assert "Training" in notices[0].detail
    release.set()
    qtbot.waitUntil(lambda: not context.runner.busy())
