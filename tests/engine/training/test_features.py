"""Cached features: the same results as without, for every shape that a boundary can take."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace

import pytest
import torch

from designer import settings
from designer.engine.building import build, weights_of
from designer.engine.training import crew, feature_store, features, train
from designer.engine.training.batches import FeatureSource, groups
from designer.engine.training.prefix import needed_ports
from designer.engine.weights import Weights
from designer.network.network import Layer, Port
from designer.progress import Recording, Silent, StepNews
from designer.session.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=4, batch_size=8, learning_rate=1e-2, device="cpu")


def frozen(network, *ids):
    return network.with_layers(*(replace(network[i], frozen=True) for i in ids))


def outputs(network):
    return tuple(Port(layer.id) for layer in network.of_kind("Output", "AuxiliaryOutput"))


def cuts(network):
    """Networks frozen up to several places, with what must be handed over the boundary."""
    norm = Layer("norm", "norm", "BatchNorm1d", {"num_features": 8})
    headed = replace(network, layers={**network.layers, "norm": norm})
    headed = replace(headed, inputs={**network.inputs, "norm": (Port("flatten"),), "drop": (Port("norm"),)})
    return {
        "whole backbone": (frozen(network, "stem.conv", "stem.bn", "block.conv"), {"flatten"}),
        "head with norm and dropout": (frozen(headed, "stem.conv", "stem.bn", "block.conv"), {"flatten"}),
        "norm trains": (frozen(network, "stem.conv"), {"stem.conv"}),
        # The residual connection goes around the layer that trains.
        "before a branch": (frozen(network, "stem.conv", "stem.bn"), {"stem.relu"}),
    }


@pytest.mark.parametrize(
    "name", ["whole backbone", "head with norm and dropout", "norm trains", "before a branch"]
)
def test_the_history_is_that_without_a_cache(tiny_network, pets, name):
    network, ports = cuts(tiny_network)[name]
    assert {port.layer for port in needed_ports(build(network), outputs(network))} == ports
    with_cache, without = (
        train(network, Weights(), pets, replace(OPTIONS, cache_features=cached), Silent())
        for cached in (True, False)
    )
    for row, plain in zip(with_cache.history, without.history, strict=True):
        assert row.train_loss == pytest.approx(plain.train_loss, abs=1e-5)
        assert row.val_loss == pytest.approx(plain.val_loss, abs=1e-5)
        assert (row.train_accuracy, row.val_accuracy) == (plain.train_accuracy, plain.val_accuracy)
    ours, theirs = with_cache.weights.flat(), without.weights.flat()
    assert all(torch.allclose(ours[key], theirs[key], atol=1e-4) for key in theirs)


def test_a_boundary_of_two_values(tiny_network, pets):
    # A second, trained layer reads the stem, while the frozen block goes on beside it.
    side = Layer("side", "side", "Conv2d", {"in_channels": 8, "out_channels": 8, "kernel_size": 1})
    network = replace(
        tiny_network,
        layers={**tiny_network.layers, "side": side},
        inputs={
            **tiny_network.inputs,
            "side": (Port("stem.relu"),),
            "block.add": (Port("block.conv"), Port("side")),
        },
    )
    network = frozen(network, "stem.conv", "stem.bn", "block.conv")
    ports = needed_ports(build(network), outputs(network))
    assert {port.layer for port in ports} == {"stem.relu", "block.conv"}
    runs = [
        train(network, Weights(), pets, replace(OPTIONS, cache_features=cached), Silent())
        for cached in (True, False)
    ]
    for row, plain in zip(runs[0].history, runs[1].history, strict=True):
        assert row.train_loss == pytest.approx(plain.train_loss, abs=1e-5)
        assert row.val_loss == pytest.approx(plain.val_loss, abs=1e-5)


def test_values_that_lead_nowhere_are_not_kept(frozen_network):
    stray = Layer("stray", "stray", "Linear", {"in_features": 8, "out_features": 2})
    network = replace(
        frozen_network,
        layers={**frozen_network.layers, "stray": stray},
        inputs={**frozen_network.inputs, "stray": (Port("pool"),)},
    )
    module = build(network)
    assert {port.layer for port in module.boundary()} == {"pool", "flatten"}
    assert {port.layer for port in needed_ports(module, outputs(network))} == {"flatten"}


def test_nothing_is_computed_ahead_without_a_frozen_prefix(tiny_network):
    assert needed_ports(build(tiny_network), outputs(tiny_network)) == ()
    later = frozen(tiny_network, "block.conv")
    assert needed_ports(build(later), outputs(later)) == ()


def passes(network, pets, monkeypatch, **options):
    """How many pictures went through the frozen stem in a run of four epochs."""
    from designer.engine.training import beginning

    counted = []
    real = beginning.build

    def counting(*arguments, **named):
        module = real(*arguments, **named)
        stem = module.layer_module("stem.conv")
        stem.register_forward_hook(lambda _, given, __: counted.append(len(given[0])))
        return module

    monkeypatch.setattr(beginning, "build", counting)
    recording = Recording()
    train(network, Weights(), pets, replace(OPTIONS, **options), recording)
    return sum(counted) - 1, [news.text for news in recording.news if isinstance(news, StepNews)]


def test_each_picture_goes_through_the_frozen_layers_once(frozen_network, pets, monkeypatch):
    count, texts = passes(frozen_network, pets, monkeypatch)
    assert count == 45
    assert texts[-1] == "What the frozen layers give is kept for later runs (1.4 kB)."
    assert texts[0] == "Computing what the frozen layers give for 45 pictures"


def test_features_of_other_batches_are_not_taken(frozen_network, pets, monkeypatch):
    """Other pictures at once may give other bits."""
    assert passes(frozen_network, pets, monkeypatch)[0] == 45
    assert passes(frozen_network, pets, monkeypatch)[0] == 0
    monkeypatch.setattr(crew, "TOGETHER", 4)
    assert passes(frozen_network, pets, monkeypatch)[0] == 45


def test_without_the_option_it_is_every_epoch(frozen_network, pets, monkeypatch):
    assert passes(frozen_network, pets, monkeypatch, cache_features=False)[0] == 4 * 45


def test_what_fits_neither_in_memory_nor_on_disk_is_computed_anew_and_the_user_is_told(
    frozen_network, pets, monkeypatch
):
    monkeypatch.setattr(features, "budget", lambda device: 45 * 8 * 2 - 1)
    monkeypatch.setattr(feature_store, "LARGEST", 45 * 8 * 2 - 1)
    count, texts = passes(frozen_network, pets, monkeypatch)
    # The first batch showed how large it is; others had begun.
    assert 8 + 4 * 45 <= count <= 5 * 45
    assert any("fits neither in memory nor on disk (No space left" in text for text in texts)
    assert not list((settings.cache_folder() / "features").glob("*"))


def flat(run):
    rows = [replace(row, seconds=0.0) for row in run.history]
    return rows, {i: run.weights.digest(i) for i in run.weights}


def test_the_mapped_file_gives_the_bits_that_memory_gives(frozen_network, pets, monkeypatch):
    kept = train(frozen_network, Weights(), pets, replace(OPTIONS, precision="full"), Silent())
    shutil.rmtree(settings.cache_folder())
    monkeypatch.setattr(features, "budget", lambda device: 0)
    recording = Recording()
    mapped = train(frozen_network, Weights(), pets, replace(OPTIONS, precision="full"), recording)
    assert any("1.4 kB, more than fits in memory" in remark for remark in mapped.remarks)
    assert flat(mapped) == flat(kept)
    # And as a later run finds it.
    again = train(frozen_network, Weights(), pets, replace(OPTIONS, precision="full"), Silent())
    assert flat(again) == flat(kept)
    monkeypatch.undo()


def test_a_later_run_finds_them_with_other_options_and_another_split(frozen_network, pets, monkeypatch):
    assert passes(frozen_network, pets, monkeypatch)[0] == 45
    other = replace(pets, training=pets.validation + pets.training[9:], validation=pets.training[:9])
    count, texts = passes(
        frozen_network, other, monkeypatch, optimizer="SGD", batch_size=8, learning_rate=1e-3, epochs=2
    )
    assert count == 0
    assert texts[0] == "What the frozen layers give is known from an earlier run (1.4 kB)."
    # A head of its own, another name and another rate change nothing of what the frozen layers give.
    named = frozen_network.with_layers(
        replace(frozen_network["stem.conv"], name="other", weight_rate=2.0),
        replace(frozen_network["drop"], settings={"p": 0.5}),
    )
    assert passes(named, pets, monkeypatch)[0] == 0


def changed_weights(network, pets):
    return {"weights": weights_of(build(network, seed=9))}


def changed_settings(network, pets):
    return {"network": network.with_layers(replace(network["stem.relu"], kind="ReLU6"))}


def changed_preparation(network, pets):
    return {"network": replace(network, preprocessing=replace(network.preprocessing, mean=(0.4, 0.4, 0.4)))}


def changed_picture(network, pets):
    path = pets.pictures[4].path
    held = path.stat()
    os.utime(path, ns=(held.st_atime_ns, held.st_mtime_ns + 1))
    return {}


def changed_list(network, pets):
    return {"data": replace(pets, training=pets.training[1:])}


def changed_group(network, pets):
    return {"options": replace(OPTIONS, batch_size=9)}


@pytest.mark.parametrize(
    "change",
    [
        changed_weights,
        changed_settings,
        changed_preparation,
        changed_picture,
        changed_list,
        changed_group,
    ],
)
def test_stale_features_are_never_used(frozen_network, pets, change):
    given = weights_of(build(frozen_network, seed=3))
    now = {"network": frozen_network, "weights": given, "data": pets, "options": OPTIONS}

    def texts(network, weights, data, options):
        recording = Recording()
        train(network, weights, data, options, recording)
        return [news.text for news in recording.news if isinstance(news, StepNews)]

    texts(**now)
    assert texts(**now)[0].startswith("What the frozen layers give is known")
    now |= change(frozen_network, pets)
    assert texts(**now)[0].startswith("Computing what the frozen layers give")


def test_pictures_that_could_not_be_read_are_remembered_until_they_can(
    frozen_network, pets, monkeypatch, tmp_path
):
    folder = tmp_path / "pets"
    shutil.copytree(pets.folder, folder)
    moved = [replace(p, path=folder / p.path.relative_to(pets.folder)) for p in pets.pictures]
    data = replace(pets, folder=folder, pictures=tuple(moved))
    broken = moved[data.training[0]].path
    whole = broken.read_bytes()
    broken.write_bytes(bytes(len(whole)))
    held = broken.stat()
    first = train(frozen_network, Weights(), data, OPTIONS, Silent())
    assert "1 picture could not be read" in first.remarks[-1]
    again = train(frozen_network, Weights(), data, OPTIONS, Silent())
    assert flat(again) == flat(first)
    assert again.remarks == first.remarks
    # Mended without a trace in size and time, as when reading it is permitted again.
    broken.write_bytes(whole)
    os.utime(broken, ns=(held.st_atime_ns, held.st_mtime_ns))
    assert passes(frozen_network, data, monkeypatch)[0] == 45


def test_a_cache_folder_that_cannot_be_written_is_no_obstacle(frozen_network, pets, monkeypatch, tmp_path):
    kept = train(frozen_network, Weights(), pets, OPTIONS, Silent())
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("NETGRAFT_CACHE", str(file))  # no folder can be made in it
    run = train(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert flat(run) == flat(kept)
    (remark,) = run.remarks
    assert "is kept in memory for this run alone" in remark
    assert "(Not a directory)" in remark


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_behind(frozen_network, pets, monkeypatch):
    plain = train(frozen_network, Weights(), pets, replace(OPTIONS, cache_features=False), Silent())
    monkeypatch.setattr(features, "budget", lambda device: 0)
    real, asked = feature_store.Writing.add, []

    def full(self, values):
        asked.append(1)
        if len(asked) == 3:
            raise OSError(28, "No space left on device")
        real(self, values)

    monkeypatch.setattr(feature_store.Writing, "add", full)
    run = train(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert flat(run) == flat(plain)
    assert "No space left on device" in run.remarks[0]
    assert not list((settings.cache_folder() / "features").iterdir())


def test_halved_only_where_they_do_not_fit_and_never_in_full_precision(frozen_network, pets, monkeypatch):
    need = 45 * 8 * 4
    monkeypatch.setattr(features, "STORED_TOLERANCE", 1.0)
    stored = {}
    for room in (need, need // 2, need // 2 - 1):
        for precision in ("auto", "full"):
            monkeypatch.setattr(features, "budget", lambda device, room=room: room)
            train(frozen_network, Weights(), pets, replace(OPTIONS, precision=precision), Silent())
            (entry,) = (settings.cache_folder() / "features").iterdir()
            stored[room, precision] = json.loads((entry / "features.json").read_text())["values"][0]["dtype"]
            shutil.rmtree(settings.cache_folder())
    assert stored == {
        (need, "auto"): "float32",
        (need, "full"): "float32",
        (need // 2, "auto"): "float16",
        (need // 2, "full"): "float32",
        (need // 2 - 1, "auto"): "float32",  # on disk there is room for all of it
        (need // 2 - 1, "full"): "float32",
    }


def test_features_that_rounding_would_change_are_not_halved(frozen_network, pets, monkeypatch):
    monkeypatch.setattr(features, "STORED_TOLERANCE", 1e-9)
    monkeypatch.setattr(features, "budget", lambda device: 45 * 8 * 2)
    train(frozen_network, Weights(), pets, OPTIONS, Silent())
    (entry,) = (settings.cache_folder() / "features").iterdir()
    assert "float16" not in entry.name


def test_stopping_while_features_are_computed(frozen_network, pets):
    run = train(frozen_network, Weights(), pets, OPTIONS, Recording(cancel_after=3))
    assert (run.stopped_because, run.history) == ("stopped", ())


def test_rows_are_found_by_the_numbers_of_pictures():
    values = {Port("a"): torch.arange(6.0).view(3, 2)}
    rows = {(7, 0): 0, (7, 1): 1, (5, 2): 2}
    source = FeatureSource(rows, values, torch.tensor([1, 1, 2]), lambda index, epoch: epoch % 3)
    (portion,) = source.batches([[5, 9, 7]], 2)
    assert portion.known[Port("a")].tolist() == [[4.0, 5.0]]
    (portion,) = source.batches([[5, 9, 7]])
    assert portion.known[Port("a")].tolist() == [[0.0, 1.0]]
    (portion,) = source.batches([[7]], 4)
    assert portion.known[Port("a")].tolist() == [[2.0, 3.0]]
    assert (portion.labels.tolist(), portion.indices, portion.versions) == ([1], (7,), (1,))


ALTERED = {"flip": True, "crop": 0.5}


def test_altered_versions_are_computed_ahead(frozen_network, pets, monkeypatch):
    # 36 pictures for training in 3 versions, and 9 for validation, once; not 45 in each of 4 epochs.
    seen, texts = passes(frozen_network, pets, monkeypatch, variants=3, **ALTERED)
    assert seen == 36 * 3 + 9
    assert "3 altered versions of each training picture are computed ahead." in texts


def test_without_variants_each_epoch_alters_anew(frozen_network, pets, monkeypatch):
    seen, texts = passes(frozen_network, pets, monkeypatch, variants=0, **ALTERED)
    assert seen == 45 * 4
    assert any("altered anew in each epoch" in text for text in texts)


def test_computed_ahead_or_not_each_epoch_sees_the_same_variants(frozen_network, pets):
    runs = [
        train(
            frozen_network,
            Weights(),
            pets,
            replace(OPTIONS, cache_features=cached, variants=2, **ALTERED),
            Silent(),
        )
        for cached in (True, False)
    ]
    for row, plain in zip(runs[0].history, runs[1].history, strict=True):
        assert row.train_loss == pytest.approx(plain.train_loss, abs=1e-5)
        assert row.val_loss == pytest.approx(plain.val_loss, abs=1e-5)


def test_validation_pictures_are_never_altered(tiny_network, frozen_network, pets, monkeypatch):
    from designer.engine.data import load_pixels
    from designer.engine.training.batches import PictureSource

    seen, real = [], PictureSource.portion

    def recording(self, batch, *dtype):
        seen.append(batch)
        return real(self, batch, *dtype)

    monkeypatch.setattr(PictureSource, "portion", recording)
    for network in (tiny_network, frozen_network):
        seen.clear()
        train(network, Weights(), pets, replace(OPTIONS, epochs=2, variants=2, **ALTERED), Silent())
        held_out = set(pets.validation)
        recipe = network.preprocessing
        validated = altered = 0
        for batch in seen:
            for index, version, pixels in zip(batch.indices, batch.versions, batch.pixels, strict=True):
                plain = load_pixels(pets.pictures[index].path, recipe)
                assert (version == 0) == (index in held_out)
                if index in held_out:
                    assert torch.equal(pixels, plain)
                    validated += 1
                else:
                    altered += not torch.equal(pixels, plain)
        assert validated in (9, 18)
        assert altered > 60


def test_floats_in_half_their_size_are_given_in_full_where_the_rest_is_in_full():
    values = {Port("a"): torch.tensor([[0.1], [0.2]], dtype=torch.float16), Port("b"): torch.tensor([3, 4])}
    for full, dtype in ((True, torch.float32), (False, torch.float16)):
        rows, labels = {(0, 0): 0, (1, 0): 1}, torch.tensor([0, 1])
        (portion,) = FeatureSource(rows, values, labels, lambda *_: 0, full=full).batches([[1]])
        assert portion.known[Port("a")].dtype == dtype
        assert portion.known[Port("a")].tolist() == [[values[Port("a")][1].item()]]
        assert portion.known[Port("b")].dtype == torch.int64


def test_groups():
    assert [list(g) for g in groups(range(7), 3)] == [[0, 1, 2], [3, 4, 5, 6]]
    assert [list(g) for g in groups(range(8), 3)] == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert [list(g) for g in groups(range(2), 1)] == [[0], [1]]
    assert [list(g) for g in groups(range(1), 3)] == [[0]]
    assert groups([], 3) == []
