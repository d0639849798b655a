"""Whole journeys through the real window, with the real engine and the bundled model's real weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from designer.catalog.actions import head_layers, replace_head
from designer.engine.weights import Weights
from designer.gui import asking
from designer.gui.editing.head_dialog import HeadDialog
from designer.gui.main_window.window import MainWindow
from designer.gui.opening.opener import ModelRequest
from designer.session.options import TrainingOptions
from designer.session.results import ExportedFile, Findings, Parity, Report
from designer.session.session import Session

pytestmark = pytest.mark.timeout(600)
LONG = 60_000


def opened(window: MainWindow, qtbot) -> Session:
    """The bundled model, opened as the start page opens it."""
    session = window.context.session
    window.opener.open(ModelRequest("efficientnet_lite0", "EfficientNet-Lite0", "default"))
    qtbot.waitUntil(lambda: session.facts is not None, timeout=LONG)
    return session


def read(window: MainWindow, folder: Path, qtbot) -> None:
    window.go_to("data")
    window.pages["data"].take_folder(folder)
    qtbot.waitUntil(lambda: window.context.session.data is not None, timeout=LONG)


def click(button, qtbot) -> None:
    # After an edit the shapes are worked out anew first.
    qtbot.waitUntil(button.isEnabled, timeout=LONG)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def digests(session: Session) -> dict[str, str]:
    weights = session.weights
    assert isinstance(weights, Weights)
    return {layer_id: weights.digest(layer_id) for layer_id in weights}


def test_from_a_pretrained_model_to_a_proved_file_and_back(
    make_window, qtbot, digits_folder, tmp_path, monkeypatch
):
    window = make_window()
    session = opened(window, qtbot)
    assert (session.facts.parameters, len(session.network.classes)) == (4_652_008, 1000)
    read(window, digits_folder, qtbot)
    assert session.data.counts() == (12, 12, 12)

    # A new head and a frozen backbone, by the network page's own buttons.
    window.go_to("network")
    page = window.pages["network"]
    monkeypatch.setattr(
        HeadDialog, "ask", lambda context, parent: replace_head(session.network, session.data.classes)
    )
    page.actions_by_key["replace_head"].trigger()
    page.actions_by_key["freeze_backbone"].trigger()
    qtbot.waitUntil(lambda: session.facts.parameters == 3_371_008 + 3 * 1281, timeout=LONG)
    assert session.network.classes == ("digit 0", "digit 1", "digit 7")
    before = digests(session)

    # Two epochs for real.
    window.go_to("training")
    options = TrainingOptions(epochs=2, batch_size=8, learning_rate=1e-3)
    session.set_options(training=options)
    click(window.pages["training"].start_button, qtbot)
    qtbot.waitUntil(lambda: len(session.runs) == 1, timeout=LONG)
    run = session.runs[0]
    assert (len(run.history), run.stopped_because) == (2, "finished")
    after = digests(session)
    head = head_layers(session.network)[0]
    assert {i for i in after if after[i] != before.get(i)} == {head}

    # A long run, stopped after its first epochs: what was learned stays.
    session.set_options(training=replace(options, epochs=100_000))
    click(window.pages["training"].start_button, qtbot)
    live = window.pages["training"].live
    qtbot.waitUntil(lambda: live.record is not None and len(live.record.rows) >= 2, timeout=LONG)
    click(window.pages["training"].stop_button, qtbot)
    qtbot.waitUntil(lambda: len(session.runs) == 2, timeout=LONG)
    assert session.runs[1].stopped_because == "stopped"
    assert 2 <= len(session.runs[1].history) < 100_000

    # Evaluation: the confusion matrix counts each validation picture once.
    window.go_to("evaluation")
    click(window.pages["evaluation"].evaluate_button, qtbot)
    qtbot.waitUntil(lambda: session.report is not None, timeout=LONG)
    assert np.sum(session.report.confusion) == len(session.data.validation)
    best = max(row.val_accuracy for row in session.runs[1].history)
    assert session.report.accuracy == pytest.approx(best)

    # Export, and the file's own answer outside.
    window.go_to("export")
    target = tmp_path / "digits.onnx"
    window.pages["export"].export.export(target)
    qtbot.waitUntil(lambda: session.exported is not None, timeout=LONG)
    assert session.exported.parity.top1_agreement == 1.0
    first = session.report.pictures[0]
    assert _answer_outside(target, first) == session.report.predicted[0]

    # Save, close, open again in a new window: the same bits.
    saved = tmp_path / "digits.netgraft"
    monkeypatch.setattr(window.saving, "_ask_path", lambda: saved)
    window.saving.save()
    qtbot.waitUntil(lambda: not session.changed, timeout=LONG)
    again = make_window()
    again.open_project(saved)
    qtbot.waitUntil(lambda: again.context.session.network is not None, timeout=LONG)
    reopened = again.context.session
    assert reopened.network == session.network
    assert len(reopened.runs) == 2
    assert reopened.data is not None
    ids = set(reopened.network.layers)
    assert {i: d for i, d in digests(reopened).items() if i in ids} == {
        i: d for i, d in digests(session).items() if i in ids
    }


def test_undo_leads_back_to_the_beginning(make_window, qtbot, digits_folder):
    window = make_window()
    session = opened(window, qtbot)
    first, weights = session.network, session.weights
    # The network page has not been looked at yet: its undo list holds these edits all the same.
    read(window, digits_folder, qtbot)
    click(window.pages["data"].head, qtbot)
    assert len(session.network.classes) == 3
    window.go_to("network")
    page = window.pages["network"]
    page.actions_by_key["freeze_backbone"].trigger()
    last = session.network
    page.selection.select([head_layers(session.network)[0]])
    page.actions_by_key["delete"].trigger()
    assert len(session.network) == len(first) - 1
    stack = page.context.history.stack
    stack.undo()
    assert session.network == last
    while stack.canUndo():
        stack.undo()
    assert session.network == first
    assert session.weights is weights


def test_closing_while_training_asks_and_stops_cleanly(make_window, qtbot, digits_folder, monkeypatch):
    window = make_window()
    session = opened(window, qtbot)
    read(window, digits_folder, qtbot)
    click(window.pages["data"].head, qtbot)
    session.set_options(training=TrainingOptions(epochs=100_000, batch_size=8))
    window.go_to("training")
    click(window.pages["training"].start_button, qtbot)
    live = window.pages["training"].live
    qtbot.waitUntil(lambda: live.record is not None and len(live.record.rows) > 0, timeout=LONG)

    asked: list[str] = []

    def ask(parent, text, detail, choices) -> str:
        asked.append(text)
        answers = {choice.key for choice in choices}
        return "cancel" if len(asked) == 1 else "stop" if "stop" in answers else "discard"

    monkeypatch.setattr(asking, "ask", ask)
    window.close()
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert window.isVisible()
    assert window.context.runner.busy()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG)
    assert not window.context.runner.busy()
    assert "still running" in asked[1]
    assert len(session.runs) == 1


def _answer_outside(file: Path, picture: Path) -> int:
    """The file's first class for a square picture: 224 px after 256, (x - 127) / 128, by numpy alone."""
    image = Image.open(picture).convert("RGB").resize((256, 256), Image.Resampling.BICUBIC)
    values = (np.asarray(image.crop((16, 16, 240, 240)), np.float32) - 127) / 128
    session = onnxruntime.InferenceSession(str(file))
    name = session.get_inputs()[0].name
    return int(session.run(None, {name: values.transpose(2, 0, 1)[None]})[0].argmax())


def test_the_window_shows_what_the_demo_found(make_window, qtbot, digits_folder, tmp_path):
    window = make_window()
    session = opened(window, qtbot)
    read(window, digits_folder, qtbot)
    click(window.pages["data"].head, qtbot)
    window.saving._save_to(tmp_path / "demo.netgraft")
    qtbot.waitUntil(lambda: not session.changed, timeout=LONG)
    path = digits_folder / "digit 0" / "0.png"
    report = Report(
        1.0, session.network.classes, ((1, 0, 0), (0, 0, 0), (0, 0, 0)), (), (path,), (0,), (0,), (0.9,)
    )
    parity = Parity(16, (1, 2, 7), 1e-5, 10.0, 1.0)
    exported = ExportedFile(tmp_path / "demo.onnx", 17, 8, "torchscript", 1000, parity)
    shown = make_window()
    shown.open_project(tmp_path / "demo.netgraft", Findings(report, exported))
    qtbot.waitUntil(lambda: shown.step == "evaluation", timeout=LONG)
    assert shown.context.session.report is report
    shown.go_to("export")
    assert shown.pages["export"].result.exported is exported
