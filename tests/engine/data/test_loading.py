"""Reading ahead: in order, the same for any number of threads, within bounds, and ended at once."""

from __future__ import annotations

import threading
from contextlib import closing

import numpy as np
import pytest
import torch
from PIL import Image

from designer.engine.data import Loader, Pictures, augmenting_of, load_pixels
from designer.engine.data import pictures as module
from designer.engine.data.loading import AHEAD, ThreadCount
from designer.network.preprocessing import Preprocessing
from designer.session.options import TrainingOptions

RECIPE = Preprocessing(resize=10, crop=8)
OPTIONS = TrainingOptions(flip=True, crop=0.5, rotation=20, colour=0.5)


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    generator = np.random.default_rng(0)
    for number in range(60):
        pixels = generator.integers(0, 256, (12, 15, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return sorted(folder.iterdir())


def plain(indices):
    return [(index, 0) for index in indices]


def reading_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("pictures")]


@pytest.mark.parametrize("threads", [1, 2, 5, None])
def test_batches_come_in_order(paths, threads):
    order = np.random.default_rng(1).permutation(60).tolist()
    wanted = [plain(order[start : start + 17]) for start in range(0, 60, 17)]
    found = list(Loader(Pictures(paths, RECIPE), threads=threads).batches(wanted))
    assert [list(batch.indices) for batch in found] == [[index for index, _ in keys] for keys in wanted]
    for batch in found:
        assert batch.pixels.is_contiguous(memory_format=torch.channels_last)
        for index, pixels in zip(batch.indices, batch.pixels, strict=True):
            assert torch.equal(pixels, load_pixels(paths[index], RECIPE))
    assert not reading_threads()


def test_versions_are_the_same_for_any_threads_and_batches(paths):
    keys = [(index, version) for index in range(20) for version in (0, 1, 2, 7)]
    found = []
    for threads, size, budget, order in ((1, 80, 0, keys), (4, 3, None, keys[::-1]), (2, 9, 999, keys)):
        pictures = Pictures(paths, RECIPE, budget, augmenting_of(OPTIONS, RECIPE))
        groups = [order[start : start + size] for start in range(0, 80, size)]
        loader = Loader(pictures, threads=threads)
        found.append(
            {
                key: pixels.tolist()
                for batch in loader.batches(groups)
                for *key, pixels in zip(batch.indices, batch.versions, batch.pixels, strict=True)
                for key in [tuple(key)]
            }
        )
    assert set(found[0]) == set(keys)
    assert found[0] == found[1] == found[2]


def test_a_slow_network_does_not_let_batches_pile_up(paths, monkeypatch):
    read, real = [], module.load_pixels

    def counting(path, recipe):
        read.append(path)
        return real(path, recipe)

    monkeypatch.setattr(module, "load_pixels", counting)
    wanted = [plain(range(start, start + 4)) for start in range(0, 60, 4)]
    loader = Loader(Pictures(paths, RECIPE, 0), threads=2)
    with closing(loader.batches(wanted)) as batches:
        next(batches)
        next(batches)
        # Whatever time passes: no more was asked for than two batches that were taken and those ahead.
        assert len(read) <= 4 * (2 + AHEAD)
    assert not reading_threads()


def test_a_thread_ends_after_the_picture_it_is_at(paths, monkeypatch):
    ended, read = threading.Event(), []

    def ending(path, recipe):
        read.append(path)
        if len(read) == 3:
            ended.set()
        return torch.zeros((3, 8, 8), dtype=torch.uint8)

    monkeypatch.setattr(module, "load_pixels", ending)
    pictures = Pictures(paths, RECIPE, 0)
    assert pictures.read(plain(range(8)), pictures.empty(8), ended=ended) == [True] * 3 + [False] * 5
    assert len(read) == 3
    assert not pictures.broken


def test_cancelling_leaves_no_thread(paths):
    batches = Loader(Pictures(paths, RECIPE, 0), threads=2).batches(
        [plain(range(start, start + 20)) for start in (0, 20, 40)]
    )
    next(batches)
    batches.close()
    assert not reading_threads()


def test_what_a_thread_raises_reaches_the_caller(paths, monkeypatch):
    real = module.load_pixels

    def failing(path, recipe):
        if path == paths[10]:
            raise MemoryError("no room")
        return real(path, recipe)

    monkeypatch.setattr(module, "load_pixels", failing)
    batches = Loader(Pictures(paths, RECIPE), threads=2).batches([plain(range(8)), plain(range(8, 16))])
    assert next(batches).indices == tuple(range(8))
    with pytest.raises(MemoryError, match="no room"):
        next(batches)
    assert not reading_threads()


def test_a_picture_that_breaks_is_passed_over_and_named(paths, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("nothing")
    pictures = Pictures([*paths[:3], bad, paths[3]], RECIPE)
    for _ in range(2):
        (batch,) = Loader(pictures).batches([plain(range(5))])
        assert batch.indices == (0, 1, 2, 4)
        assert torch.equal(batch.pixels[3], load_pixels(paths[3], RECIPE))
    assert pictures.broken == {3: "It is not a picture of a known format."}
    (batch,) = Loader(pictures).batches([plain([3])])
    assert batch.pixels.shape == (0, 3, 8, 8)


def settle(most, seconds):
    """The numbers of threads that are tried, where a batch takes `seconds[threads]`."""
    count, tried = ThreadCount(most), []
    while not count.settled:
        tried.append(count.now)
        count.took(seconds[count.now], 10)
    return sorted(set(tried)), count.now


def test_the_quickest_number_of_threads_is_found():
    assert settle(8, {1: 4.0, 2: 2.0, 4: 1.0, 8: 0.5}) == ([1, 2, 4, 8], 8)
    assert settle(8, {1: 4.0, 2: 2.0, 4: 1.95, 8: 0.1}) == ([1, 2, 4], 2)
    assert settle(2, {1: 1.0, 2: 1.2}) == ([1, 2], 1)
    assert settle(6, {1: 4.0, 2: 2.0, 4: 1.0, 6: 1.5}) == ([1, 2, 4, 6], 4)
    assert ThreadCount(1).settled


def test_a_pause_of_the_user_does_not_decide_the_number_of_threads():
    count = ThreadCount(2)
    for seconds in (9.0, 1.0, 500.0, 1.0, 9.0, 0.5, 0.5, 0.5):
        count.took(seconds, 1)
    assert (count.now, count.settled) == (2, True)
