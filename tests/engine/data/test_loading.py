"""Reading ahead: in order, the same for any number of threads, within bounds, and ended at once."""

from __future__ import annotations

import threading
from concurrent.futures import wait
from contextlib import closing

import numpy as np
import pytest
import torch
from PIL import Image

from designer.engine.data import Loader, Pictures, augmenting_of, load_pixels
from designer.engine.data import pictures as module
from designer.engine.data.loading import AHEAD, TRIAL, ThreadCount
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


def numbers_of_threads(most, training, reading, batches=200, pause=None):
    """Those in turn, where a batch takes so long to train and, by one thread, to read; never two the same.

    Worked out from the clock alone: batches are read one after the other, each once it may be.
    """
    count, found, clock = ThreadCount(most), [most], 0.0
    ready = [reading / most * (batch + 1) for batch in range(1 + AHEAD)]
    for batch in range(batches):
        clock = max(clock, ready[batch]) + training + (100.0 if batch == pause else 0.0)
        count.saw(ready[-1] <= clock)
        ready.append(max(clock, ready[-1]) + reading / count.now)
        found += [count.now] * (count.now != found[-1])
    return found


@pytest.mark.parametrize(
    ("most", "training", "reading", "numbers"),
    [
        (1, 1.0, 5.0, [1]),
        (2, 1.0, 5.0, [2]),  # Slow pictures: all threads, from the first to the last.
        (2, 5.0, 1.0, [2, 1]),  # A slow network: one is enough.
        (2, 1.0, 1.5, [2, 1, 2]),
        (16, 1.0, 0.5, [16, 8, 4, 2, 1]),
        (16, 1.0, 2.1, [16, 8, 4, 2, 4]),
        (16, 1.0, 40.0, [16]),
        (6, 1.0, 2.5, [6, 3, 1, 2, 4]),
        (6, 1.0, 1.5, [6, 3, 1, 2]),
    ],
)
def test_the_fewest_threads_that_keep_up_with_training(most, training, reading, numbers):
    assert numbers_of_threads(most, training, reading) == numbers


def test_a_pause_of_the_user_does_not_decide_the_number_of_threads():
    for pause in range(10):
        assert numbers_of_threads(2, 1.0, 5.0, pause=pause) == [2]


def test_a_given_number_of_threads_stays(paths):
    loader = Loader(Pictures(paths, RECIPE), threads=3)
    for _ in range(3):
        for _ in loader.batches([plain(range(start, start + 4)) for start in range(0, 60, 4)]):
            assert loader.threads.now == 3


def test_short_epochs_add_up_to_a_number_of_threads(paths, monkeypatch):
    """Of three batches the first is waited for; once it was worked on, the other two are there or are not."""
    begun, held = [], threading.Event()
    load, begin = module.load_pixels, Loader._begin

    class Recording(ThreadCount):
        def saw(self, kept_up):
            super().saw(kept_up)
            seen.append((kept_up, self.now))
            held.set()

    def loading(path, recipe):
        assert path in paths[:8] or held.wait(60)
        return load(path, recipe)

    def beginning(*given):
        begun.append(begin(*given))
        return begun[-1]

    monkeypatch.setattr(module, "load_pixels", loading)
    monkeypatch.setattr(Loader, "_begin", beginning)
    loader = Loader(Pictures(paths, RECIPE, 0))
    loader.threads = Recording(4)
    for keeps_up, numbers in ((True, [4, 4, 4, 4, 2]), (False, [2, 2, 2, 2, 4]), (True, [4] * 5)):
        seen = []
        for _ in range(TRIAL):
            begun.clear()
            held.clear()
            batches = loader.batches([plain(range(start, start + 8)) for start in (0, 8, 16)])
            assert next(batches).indices == tuple(range(8))
            if keeps_up:
                held.set()
                wait(piece for ahead in begun for piece in ahead.pieces)
            assert len(list(batches)) == 2
        assert seen == [(keeps_up, number) for number in numbers]
