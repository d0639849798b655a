"""The demo: every step of it for real; the whole sample behind the marker."""

from __future__ import annotations

from dataclasses import dataclass, replace

import onnx
import pytest

from designer.engine import demo
from designer.engine.project_file import load_project
from designer.errors import Cancelled
from designer.progress import Recording, Silent, StepNews
from designer.session.results import EpochRow


@pytest.fixture
def few(monkeypatch):
    """The sample cut down to 3 pictures a class, and 4 epochs."""
    make = demo.make_sample

    def make_few(name, folder, progress):
        made = make(name, folder, progress)
        for number, picture in enumerate(sorted(made.glob("*/*.png"))):
            if number % 60:
                picture.unlink()
        return made

    monkeypatch.setattr(demo, "make_sample", make_few)
    monkeypatch.setattr(demo, "OPTIONS", replace(demo.OPTIONS, epochs=4))


def check(made, folder):
    assert made.project == folder / "digits.netgraft"
    assert made.exported.path == folder / "digits.onnx"
    assert made.exported.parity.batches == (1, 2, 7)
    assert made.exported.parity.images == min(16, len(made.report.truth))
    assert made.exported.parity.max_abs_diff <= 1e-4 * made.exported.parity.scale
    contents = load_project(made.project, Silent())
    network = contents.network
    assert network.classes == tuple("0123456789")
    learning = [layer for layer in network if layer.id in contents.weights and not layer.frozen]
    assert len(learning) == 1
    assert learning[0].settings["out_features"] == 10
    assert contents.runs[0].history == made.run.history
    assert contents.data_folder == folder / "digits"
    assert '"0"' in {p.key: p.value for p in onnx.load(made.exported.path).metadata_props}["labels"]


def test_the_whole_way_on_a_few_pictures(few, tmp_path):
    made = demo.run_demo(tmp_path / "out", Silent())
    check(made, tmp_path / "out")
    assert made.report.accuracy == max(row.val_accuracy for row in made.run.history)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"digits", "digits.netgraft", "digits.onnx"}


@dataclass
class CancelledAt(Recording):
    """Cancelled as soon as it hears news of a kind."""

    kind: type = EpochRow

    def raise_if_cancelled(self):
        if any(isinstance(news, self.kind) for news in self.news):
            raise Cancelled


@pytest.mark.parametrize("kind", [StepNews, EpochRow])
def test_a_cancelled_demo_leaves_no_half_file(few, tmp_path, kind):
    with pytest.raises(Cancelled):
        demo.run_demo(tmp_path, CancelledAt(kind=kind))
    assert not list(tmp_path.glob("*.*"))


@pytest.mark.slow
def test_the_demo_reads_nine_of_ten_digits(tmp_path):
    made = demo.run_demo(tmp_path, Silent())
    check(made, tmp_path)
    assert len(made.report.truth) == 359
    assert made.report.accuracy >= 0.9
