"""Threads side by side: the same answers in the same order, each picture once, and nothing left behind."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
import torch

from designer.engine.building import build
from designer.engine.data import Pictures
from designer.engine.opening import open_model
from designer.engine.training import crew
from designer.engine.training.batches import PictureSource, groups
from designer.engine.training.crew import at_a_time, batch_of, worked
from designer.engine.training.prefix import multiplications
from designer.progress import Silent


@pytest.fixture(autouse=True)
def two_threads(monkeypatch):
    """As on two cores, wherever this runs."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    monkeypatch.setattr(crew, "cores", lambda: 2)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def source(tiny_network, pets):
    pictures = Pictures([picture.path for picture in pets.pictures], tiny_network.preprocessing)
    labels = [picture.label for picture in pets.pictures]
    return PictureSource(pictures, labels, build(tiny_network), "cpu")


KEYS = [(index, 0) for index in range(45)]


def told(portion):
    return portion.labels.tolist()


def alive():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("crew")]


@pytest.mark.parametrize(
    ("name", "size"),
    [("mobilenet_v3_small", 32), ("efficientnet_lite0", 16), ("resnet18", 16), ("vgg16", 16)],
)
def test_sizes(name, size):
    network = open_model(name, "none", 0, Silent()).network
    work = multiplications(network, frozenset(network.order))
    assert batch_of(work, 1_000, 64, "cpu") == size
    assert batch_of(work, 1_000, 8, "cpu") == 8
    # A few are shared evenly; and there is always one.
    assert batch_of(work, 19, 64, "cpu") == 10
    assert batch_of(work, 0, 64, "cpu") == 1
    assert batch_of(work, 1_000, 64, "cuda") == 32
    assert (at_a_time("cpu"), at_a_time("cuda")) == (2, 1)
    torch.set_num_threads(1)
    assert at_a_time("cpu") == 1
    assert batch_of(work, 1_000, 64, "cpu") == 32


def test_each_group_comes_in_order_with_what_became_of_it(source, pets):
    wanted = [*groups(KEYS, 7), []]
    with closing(worked(source, wanted, told)) as done:
        found = list(done)
    assert [list(zip(one.indices, one.versions, strict=True)) for one in found] == [list(g) for g in wanted]
    labels = [[pets.pictures[index].label for index, _ in group] for group in wanted[:-1]]
    assert [one.found for one in found] == [*labels, None]
    assert not alive()


def test_two_work_at_a_time_and_no_more_with_half_of_the_threads_each(source):
    met = threading.Barrier(2, timeout=30)
    lock, now, most, threads = threading.Lock(), [0], [0], set()

    def act(portion):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            threads.add(torch.get_num_threads())
        met.wait()  # goes on when another is here
        with lock:
            now[0] -= 1

    with closing(worked(source, groups(KEYS[:24], 4), act)) as done:
        assert len(list(done)) == 6
    assert most == [2]
    assert threads == {1}
    later = []
    other = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    other.start()
    other.join()
    assert (torch.get_num_threads(), later) == (2, [2])


def test_one_thread_works_alone_while_others_read(source):
    torch.set_num_threads(1)
    lock, beside = threading.Lock(), []

    def act(portion):
        beside.append(not lock.acquire(blocking=False))
        lock.release()

    with closing(worked(source, groups(KEYS, 4), act)) as done:
        list(done)
    assert beside == [False] * len(groups(KEYS, 4))


def test_pictures_come_as_asked_for(source):
    with closing(worked(source, [KEYS[:4]], lambda portion: portion, torch.bfloat16)) as done:
        (half,) = done
    with closing(worked(source, [KEYS[:4]], lambda portion: portion)) as done:
        (full,) = done
    (rough,), (exact,) = half.found.known.values(), full.found.known.values()
    expected = torch.stack([source.pictures[index] for index in range(4)])
    assert torch.equal(exact, expected)
    assert torch.equal(rough, expected.to(torch.bfloat16))


def test_broken_pictures_are_missing(source, pets, tmp_path):
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"no picture")
    paths = [damaged, *source.pictures.paths[1:3], damaged, damaged]
    source.pictures = Pictures(paths, source.pictures.preprocessing)
    with closing(worked(source, [[(0, 0), (1, 0), (2, 0)], [(3, 0), (4, 0)]], told)) as done:
        found = list(done)
    assert [one.indices for one in found] == [(1, 2), ()]
    assert [one.found for one in found] == [[pets.pictures[index].label for index in (1, 2)], None]
    assert sorted(source.pictures.broken) == [0, 3, 4]


def test_what_is_raised_comes_in_its_place_and_ends_all(source):
    def act(portion):
        if 8 in portion.indices:
            raise MemoryError
        return told(portion)

    done = worked(source, groups(KEYS, 4), act)
    assert [len(next(done).indices) for _ in range(2)] == [4, 4]
    with pytest.raises(MemoryError):
        next(done)
    assert not alive()
    assert torch.get_num_threads() == 2


def test_closing_ends_after_the_batches_that_are_worked_on(source):
    seen = []

    def act(portion):
        seen.append(portion.indices)

    done = worked(source, groups(KEYS, 3), act)
    next(done)
    done.close()
    assert not alive()
    # One for each of two threads, and one that waits for them.
    assert len(seen) <= 3


def test_on_other_devices_the_calling_thread_works(source):
    source.device = "meta"
    here = []

    def act(portion):
        here.append(threading.current_thread() is threading.main_thread())
        return portion.labels.device.type

    with closing(worked(source, groups(KEYS, 20), act)) as done:
        assert [one.found for one in done] == ["meta"] * 3
    assert here == [True] * 3
