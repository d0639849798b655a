import csv
import math
import xml.etree.ElementTree as ElementTree

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from designer.gui.training.curves.saving import HEADER, CurvesSaver
from designer.gui.training.record import Record, Shown
from tests.gui.training.curves.conftest import fill, loss_at


@pytest.fixture
def chosen(monkeypatch, tmp_path):
    """The file that the user chooses; the dialogs that came."""
    asked = []

    def ask(parent, title, start, kinds):
        asked.append((title, start, kinds))
        return str(ask.path), ""

    ask.path, ask.asked = tmp_path / "curves", asked
    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return ask


@pytest.fixture
def saver(context, curves):
    """Saves the curves of a run."""
    curves.show_runs([Shown(2, fill(Record(), 4), 4)])
    return CurvesSaver(context, curves)


def save(curves, ending):
    """Through the menu."""
    actions = curves.controls.save_button.menu().actions()
    next(action for action in actions if action.data() == ending).trigger()


def test_a_png_holds_what_is_seen(saver, curves, chosen, notices, tmp_path):
    save(curves, ".png")
    image = QImage(str(tmp_path / "curves.png"))
    assert (image.width(), image.height()) == (2 * curves.figure.width(), 2 * curves.figure.height())
    colours = {image.pixelColor(x, y).name() for x in range(0, 1000, 1) for y in range(150, 600, 2)}
    assert curves.loss.lines[0].pen("validation").color().name() in colours
    assert notices[0].text == "Saved curves.png."
    assert chosen.asked[0][1].endswith("run-2.png")


def test_an_svg_is_made_of_lines_and_words(saver, curves, chosen, tmp_path):
    save(curves, ".svg")
    root = ElementTree.parse(tmp_path / "curves.svg").getroot()
    words = " ".join("".join(part.itertext()) for part in root.iter("{http://www.w3.org/2000/svg}text"))
    for word in ("Loss", "Validation", "Stage 1", "Learning rate", "Run 2"):
        assert word in words
    assert "arrow keys" not in words
    assert "arrow keys" in curves.readout.text()
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) > 3
    assert not list(root.iter("{http://www.w3.org/2000/svg}image"))


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_csv_holds_the_numbers(saver, curves, context, chosen, notices, qtbot, tmp_path):
    save(curves, ".csv")
    qtbot.waitUntil(lambda: bool(notices))
    assert notices[0].text == "Saved curves.csv."
    rows = read(tmp_path / "curves.csv")
    assert tuple(rows[0]) == HEADER
    batches, epochs = ([row for row in rows if row["of"] == of] for of in ("batch", "epoch"))
    assert (len(batches), len(epochs)) == (40, 4)
    assert [float(row["training_loss"]) for row in batches] == [loss_at(n) for n in range(1, 41)]
    assert [float(row["validation_loss"]) for row in epochs] == [1.2 / n for n in range(1, 5)]
    assert [row["stage"] for row in epochs] == ["Stage 1", "Stage 1", "Stage 2", "Stage 2"]
    assert batches[19] == {
        "run": "2",
        "of": "batch",
        "epoch": "2",
        "iteration": "20",
        "seconds": "10",
        "stage": "Stage 1",
        "learning_rate": "0.001",
        "training_loss": "0.1",
        "smoothed_training_loss": batches[19]["smoothed_training_loss"],
        "validation_loss": "",
        "training_accuracy": "0.2",
        "smoothed_training_accuracy": batches[19]["smoothed_training_accuracy"],
        "validation_accuracy": "",
    }
    weights = [0.6**k for k in range(20)]
    expected = sum(w * loss_at(20 - k) for k, w in enumerate(weights)) / math.fsum(weights)
    assert float(batches[19]["smoothed_training_loss"]) == pytest.approx(expected)


def test_a_csv_holds_what_is_in_view_alone(saver, curves, chosen, notices, qtbot, tmp_path):
    curves.loss.view.box.setXRange(1.05, 2.05, padding=0)
    save(curves, ".csv")
    qtbot.waitUntil(lambda: bool(notices))
    rows = read(tmp_path / "curves.csv")
    assert [row["iteration"] for row in rows if row["of"] == "batch"] == [str(n) for n in range(11, 21)]
    assert [row["epoch"] for row in rows if row["of"] == "epoch"] == ["2"]


@pytest.mark.parametrize("ending", [".png", ".svg", ".csv"])
def test_a_failure_is_told_and_leaves_no_file(saver, curves, chosen, notices, qtbot, tmp_path, ending):
    chosen.path = tmp_path / "gone" / "curves"
    save(curves, ending)
    qtbot.waitUntil(lambda: bool(notices))
    assert notices[0].severity == "error"
    assert notices[0].text == f"'curves{ending}' could not be written."
    assert "Choose another folder" in notices[0].detail
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_saved_where_nothing_is_chosen(saver, curves, monkeypatch, notices):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    save(curves, ".png")
    assert notices == []


def test_a_csv_names_macro_f1(curves, context, chosen, notices, qtbot, tmp_path):
    saver = CurvesSaver(context, curves)
    for labels, title in (((True,), "macro_f1"), ((True, False), "accuracy_or_macro_f1")):
        runs = [fill(Record(multilabel=several), 2) for several in labels]
        curves.show_runs([Shown(number, record, 2) for number, record in enumerate(runs, 1)])
        notices.clear()
        saver.ask_and_save(".csv")
        qtbot.waitUntil(lambda: bool(notices))
        titles = list(read(tmp_path / "curves.csv")[0])
        assert titles == [name.replace("accuracy", title) for name in HEADER]
