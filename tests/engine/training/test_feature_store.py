"""Features on disk: found whole or not at all, the longest unused dropped first."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
import torch

from designer.engine.training import feature_store
from designer.engine.training.feature_store import ABANDONED, FeatureStore
from designer.engine.training.prefix import How

HOW = How("float32", "", 2)
KEY = "ab" * 32


def values(dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    return [
        torch.randn(5, 3, generator=generator).to(dtype),
        torch.randn(5, 2, 2, generator=generator),
    ]


def write(store, key=KEY, how=HOW, held=None, count=5):
    held = held or values()
    writing = store.begin(key, how, held, count)
    writing.add([value[:2] for value in held])
    writing.add([value[2:] for value in held])
    return writing.finish(range(len(held[0])), {})


def anything(how):
    return True


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.int64])
def test_what_is_written_is_found_bit_for_bit(tmp_path, dtype):
    held = values(dtype)
    written = write(FeatureStore(tmp_path / "not there yet"), held=held)
    found = FeatureStore(tmp_path / "not there yet").find(KEY, anything)
    assert found == written
    assert found.nbytes == 5 * 3 * dtype.itemsize + 5 * 4 * 4
    for ours, theirs in zip(found.values(), held, strict=True):
        assert ours.dtype == theirs.dtype
        assert torch.equal(ours, theirs)


def test_numpy_reads_the_files(tmp_path):
    entry = write(FeatureStore(tmp_path))
    assert np.array_equal(np.load(entry.folder / "0.npy"), values()[0].numpy())


def test_pictures_that_are_missing_make_fewer_rows(tmp_path):
    store = FeatureStore(tmp_path)
    held = values()
    writing = store.begin(KEY, HOW, held, 12_345)
    writing.add(held)
    writing.finish([0, 2, 3, 4, 5], {1: "It is damaged."})
    found = store.find(KEY, anything)
    assert found.rows == (0, 2, 3, 4, 5)
    assert found.broken == {1: "It is damaged."}
    assert torch.equal(found.values()[0], held[0])


def test_a_write_that_was_broken_off_is_not_found(tmp_path):
    store = FeatureStore(tmp_path)
    writing = store.begin(KEY, HOW, values(), 5)
    writing.add(values())
    # As after a power cut or kill: nobody finishes or gives up.
    assert store.find(KEY, anything) is None
    (left,) = tmp_path.iterdir()
    store.make_room(0)
    assert left.exists()  # it may still be written
    for path in (*left.iterdir(), left):
        os.utime(path, (1, path.stat().st_mtime - ABANDONED - 1))
    store.make_room(0)
    assert not left.exists()


def test_giving_up_leaves_nothing(tmp_path):
    writing = FeatureStore(tmp_path).begin(KEY, HOW, values(), 5)
    writing.give_up()
    assert list(tmp_path.iterdir()) == []


def cut_short(folder):
    data = (folder / "1.npy").read_bytes()
    (folder / "1.npy").write_bytes(data[:-1])


def without_a_file(folder):
    (folder / "0.npy").unlink()


def other_shape(folder):
    np.save(folder / "0.npy", np.zeros((5, 4), dtype=np.float32))


def other_type(folder):
    np.save(folder / "0.npy", np.zeros((5, 3), dtype=np.float64))


def pickled(folder):
    np.save(folder / "0.npy", np.array([[{}] * 3] * 5, dtype=object), allow_pickle=True)


def no_json(folder):
    (folder / "features.json").write_text("{")


def other_key(folder):
    change(folder, key=KEY[:-2] + "00")


def newer(folder):
    change(folder, format=2)


def other_rows(folder):
    change(folder, rows=[0, 1, 2])


def odd_type(folder):
    change(folder, values=[{"dtype": "nn", "shape": [5, 3]}] * 2)


def change(folder, **new):
    value = json.loads((folder / "features.json").read_text())
    (folder / "features.json").write_text(json.dumps({**value, **new}))


DAMAGES = [cut_short, without_a_file, other_shape, other_type, pickled]
DAMAGES += [no_json, other_key, newer, other_rows, odd_type]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_not_found_and_can_be_written_anew(tmp_path, damage):
    store = FeatureStore(tmp_path)
    entry = write(store)
    damage(entry.folder)
    assert store.find(KEY, anything) is None
    write(store)
    assert store.find(KEY, anything) is not None


def test_ways_lie_side_by_side(tmp_path):
    store = FeatureStore(tmp_path)
    full = write(store)
    half = write(store, how=How("bfloat16", "", 2))
    assert store.find(KEY, lambda how: how.precision == "float32") == full
    assert store.find(KEY, anything) == half  # always the same one
    assert store.find("cd" * 32, anything) is None


def test_the_longest_unused_go_first(tmp_path, monkeypatch):
    store = FeatureStore(tmp_path)
    keys = [digit * 64 for digit in "abc"]
    for age, key in enumerate(keys):
        entry = write(store, key)
        os.utime(entry.folder / "features.json", (1, 1_000_000 + age))
    size = sum(path.stat().st_size for path in entry.folder.iterdir())
    assert store.find(keys[0], anything) is not None  # now the newest
    need = sum(value.nbytes for value in values())
    monkeypatch.setattr(feature_store, "LARGEST", 2 * size + need)
    store.begin("d" * 64, HOW, values(), 5).give_up()
    assert [store.find(key, anything) is not None for key in keys] == [True, False, True]
    monkeypatch.setattr(feature_store, "LARGEST", need)
    store.begin("d" * 64, HOW, values(), 5).give_up()
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(feature_store, "LARGEST", need - 1)
    with pytest.raises(OSError, match="No space left"):
        store.begin("d" * 64, HOW, values(), 5)


def test_a_nearly_full_disk_allows_less(tmp_path, monkeypatch):
    store = FeatureStore(tmp_path / "features")
    monkeypatch.setattr(feature_store.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1_000}))
    assert store.takes(500)
    assert not store.takes(501)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    store = FeatureStore(tmp_path / "file" / "features")
    assert store.find(KEY, anything) is None
    with pytest.raises(OSError, match="Not a directory"):
        store.begin(KEY, HOW, values(), 5)


def test_a_disk_that_fails_at_the_end_leaves_nothing(tmp_path, monkeypatch):
    store = FeatureStore(tmp_path)
    writing = store.begin(KEY, HOW, values(), 5)
    writing.add(values())

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(feature_store.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        writing.finish(range(5), {})
    assert list(tmp_path.iterdir()) == []
