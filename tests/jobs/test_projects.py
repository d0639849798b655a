from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from designer.errors import Cancelled, ProjectChangedError, ProjectError
from designer.jobs.projects import open_session, save_snapshot, snapshot
from designer.progress import Recording, Silent
from designer.session.data import ImageData
from designer.session.options import TrainingOptions
from designer.session.session import Session


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("cat", "dog", "owl"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(5):
            file = tmp_path / "pictures" / name / f"{number}.png"
            Image.new("RGB", (16, 16), (40 * number, 0, 0)).save(file)
    return tmp_path / "pictures"


@pytest.fixture
def session(tiny_network, folder) -> Session:
    """A session with real weights and pictures."""
    import torch

    from designer.engine.data import read_folder
    from designer.engine.weights import Weights

    made = Session()
    torch.manual_seed(0)
    weights = Weights({"fc": {"weight": torch.randn(3, 8), "bias": torch.randn(3)}})
    data = read_folder(folder, 0.4, 3, None, Silent())
    made.open(tiny_network, weights, data=data, training_options=TrainingOptions(epochs=7))
    return made


def test_what_is_saved_comes_back(session, tmp_path, folder):
    path = tmp_path / "birds.netgraft"
    taken = snapshot(session, view={"step": "training"})
    saved = save_snapshot(path, taken)(Silent())
    assert saved.taken is taken
    opened = open_session(path)(Silent())
    assert opened.stamp == saved.stamp == (path.stat().st_mtime_ns, path.stat().st_size)
    assert opened.network == session.network
    assert opened.weights.digest("fc") == session.weights.digest("fc")
    assert opened.training_options.epochs == 7
    assert opened.view == {"step": "training"}
    assert isinstance(opened.data, ImageData)
    # 2 of 5 in each of 3 classes, drawn with the same seed
    assert opened.data.validation == session.data.validation
    assert len(opened.data.validation) == 6
    assert opened.missing is None


def test_pictures_that_are_away_keep_their_place_in_the_file(session, tmp_path, folder):
    path = tmp_path / "birds.netgraft"
    save_snapshot(path, snapshot(session))(Silent())
    away = folder.rename(tmp_path / "away")
    opened = open_session(path)(Silent())
    assert opened.data is None
    assert opened.missing is not None
    assert (opened.missing.folder, opened.missing.validation_share, opened.missing.seed) == (folder, 0.4, 3)
    assert opened.why_missing is not None
    # Saved again while they are away, and found when they are back.
    again = Session()
    again.open(opened.network, opened.weights, path=path)
    save_snapshot(path, snapshot(again, opened.missing))(Silent())
    away.rename(folder)
    assert open_session(path)(Silent()).data is not None


def test_what_was_done_while_a_snapshot_was_saved_is_not_saved(session, tmp_path):
    taken = snapshot(session)
    session.set_options(training=TrainingOptions(epochs=8))
    session.saved(tmp_path / "birds.netgraft", taken.savable)
    assert session.changed
    session.set_options(training=taken.savable.training_options)
    assert not session.changed
    assert snapshot(Session()) is None


def test_a_file_that_is_no_project_is_said(tmp_path):
    (tmp_path / "x.netgraft").write_text("no")
    with pytest.raises(ProjectError):
        open_session(tmp_path / "x.netgraft")(Silent())


def test_a_file_that_something_else_has_written_is_left_as_it_is(session, tmp_path):
    path = tmp_path / "birds.netgraft"
    mine = save_snapshot(path, snapshot(session))(Silent()).stamp
    mine = save_snapshot(path, snapshot(session), mine)(Silent()).stamp
    session.set_options(training=TrainingOptions(epochs=99))
    theirs = save_snapshot(path, snapshot(session))(Silent()).stamp
    assert theirs != mine
    before = path.read_bytes()
    with pytest.raises(ProjectChangedError, match="was not saved"):
        save_snapshot(path, snapshot(session), mine)(Silent())
    assert path.read_bytes() == before
    path.unlink()
    save_snapshot(path, snapshot(session), mine)(Silent())
    assert path.is_file(), "what is gone can be written"


def test_a_cancelled_save_leaves_the_former_file(session, tmp_path):
    path = tmp_path / "birds.netgraft"
    save_snapshot(path, snapshot(session))(Silent())
    before = path.read_bytes()
    with pytest.raises(Cancelled):
        save_snapshot(path, snapshot(session))(Recording(cancel_after=1))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["birds.netgraft"]


def test_the_bundled_model_with_the_sample_is_ready_to_train():
    from designer.jobs.projects import open_sample

    news = Recording()
    opened = open_sample("digits", "efficientnet_lite0")(news)
    assert opened.network.classes == tuple("0123456789")
    assert opened.data.classes == tuple("0123456789")
    assert len(opened.data.pictures) == 1797
    fresh = [layer for layer in opened.network if layer.weight_rate == 10]
    assert len(fresh) == 1
    assert not fresh[0].frozen
    assert fresh[0].id not in opened.weights
    learnable = [i for i in opened.weights if i in opened.network]
    assert all(opened.network[i].frozen for i in learnable)
    assert news.asked > 0
