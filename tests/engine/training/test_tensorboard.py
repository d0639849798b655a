"""Event files, read back by a reader of their format that shares nothing with the library that wrote them."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from designer.engine.building import build, weights_of
from designer.engine.training import tensorboard, train
from designer.engine.training.checkpoints import CheckpointFile
from designer.errors import TrainingError
from designer.progress import BatchNews, Recording, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow
from designer.session.stages import ALL, Stage

FULL = Path("/dev/full")
OPTIONS = TrainingOptions(epochs=3, batch_size=8, learning_rate=1e-2, device="cpu")


def crc32c(data):
    """Castagnoli's checksum, bit by bit."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def masked(data):
    value = crc32c(data)
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    """The records of a TFRecord file, each with two checksums."""
    place = 0
    while place < len(data):
        length, check = struct.unpack_from("<QI", data, place)
        assert check == masked(data[place : place + 8])
        record = data[place + 12 : place + 12 + length]
        assert struct.unpack_from("<I", data, place + 12 + length)[0] == masked(record)
        yield record
        place += 16 + length


def varint(data, place):
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place


def message(data):
    """The fields of a protobuf message: number to values as they stand."""
    place, found = 0, {}
    while place < len(data):
        key, place = varint(data, place)
        if key & 7 == 0:
            value, place = varint(data, place)
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            if size is None:
                size, place = varint(data, place)
            value, place = data[place : place + size], place + size
        found.setdefault(key >> 3, []).append(value)
    return found


def read(folder):
    """All values by tag: a list of step and value; texts as they are."""
    found = {}
    [file] = [path for path in folder.rglob("*") if path.is_file()]
    assert ".out.tfevents." in file.name
    first, *others = [message(record) for record in records(file.read_bytes())]
    assert first[3] == [b"brain.Event:2"]
    for event in others:
        # Event: step 2, summary 5. Summary: value 1. Value: tag 1, simple_value 2, tensor 8.
        for value in message(event[5][0])[1]:
            held = message(value)
            if 2 in held:
                inner = struct.unpack("<f", held[2][0])[0]
            else:
                # TensorProto: string_val 8.
                inner = message(held[8][0])[8][0].decode()
            found.setdefault(held[1][0].decode(), []).append((event.get(2, [0])[0], inner))
    return found


def go(network, pets, options, heard=None, **given):
    heard = heard or Recording()
    run = train(network, weights_of(build(network, seed=3)), pets, options, heard, **given)
    return run, heard.news


def floats(values):
    return [pytest.approx(value, rel=1e-6) for value in values]


def test_the_reader_knows_the_checksum():
    assert crc32c(b"123456789") == 0xE3069283


def test_what_is_written_is_what_happened(tiny_network, pets, tmp_path):
    stages = (Stage("Slow", 1, 1e-3), Stage("All", 2, 1e-2, (ALL,)))
    run, news = go(tiny_network, pets, replace(OPTIONS, tensorboard=str(tmp_path / "logs"), stages=stages))
    found = read(tmp_path / "logs")
    columns = {
        "loss/training": "train_loss",
        "loss/validation": "val_loss",
        "accuracy/training": "train_accuracy",
        "accuracy/validation": "val_accuracy",
        "learning_rate": "learning_rate",
    }
    for tag, name in columns.items():
        assert [step for step, _ in found[tag]] == [1, 2, 3]
        assert [value for _, value in found[tag]] == floats(getattr(row, name) for row in run.history)
    assert found["stage"] == [(1, 1.0), (2, 2.0), (3, 2.0)]
    batches = [one for one in news if isinstance(one, BatchNews)]
    assert [step for step, _ in found["batch/loss"]] == [one.iteration for one in batches]
    assert [value for _, value in found["batch/loss"]] == floats(one.loss for one in batches)
    [(step, text)] = found["options/text_summary"]
    assert step == 0
    assert "| batch_size | 8 |" in text
    assert "| optimizer | AdamW |" in text


def test_it_changes_nothing_of_the_run(tiny_network, pets, tmp_path):
    plain, _ = go(tiny_network, pets, OPTIONS)
    written, _ = go(tiny_network, pets, replace(OPTIONS, tensorboard=str(tmp_path)))
    assert [plain.weights.digest(i) for i in plain.weights] == [
        written.weights.digest(i) for i in written.weights
    ]


def test_without_validation_there_are_no_such_values(tiny_network, pets, tmp_path):
    pets = replace(pets, training=pets.training + pets.validation, validation=())
    go(tiny_network, pets, replace(OPTIONS, epochs=1, tensorboard=str(tmp_path)))
    assert not [tag for tag in read(tmp_path) if "validation" in tag]


def test_a_run_that_goes_on_tells_of_all_its_epochs(tiny_network, pets, tmp_path):
    class Stop(Recording):
        def report(self, news):
            super().report(news)
            if isinstance(news, EpochRow) and news.epoch == 2:
                self.cancel_after = 0

    options = replace(OPTIONS, tensorboard=str(tmp_path / "first"))
    file = CheckpointFile(tmp_path / "checkpoint", minutes=0)
    stopped, _ = go(tiny_network, pets, options, Stop(), checkpoints=file)
    assert stopped.stopped_because == "stopped"
    assert [step for step, _ in read(tmp_path / "first")["loss/training"]] == [1, 2]
    options = replace(OPTIONS, tensorboard=str(tmp_path / "second"))
    go(tiny_network, pets, options, begin_from=file.read())
    assert [step for step, _ in read(tmp_path / "second")["loss/training"]] == [1, 2, 3]


def test_two_runs_at_the_same_time_have_folders_of_their_own(tiny_network, pets, tmp_path, monkeypatch):
    monkeypatch.setattr(tensorboard, "strftime", lambda form: "20300101-000000")
    options = replace(OPTIONS, epochs=1, tensorboard=str(tmp_path))
    network = replace(tiny_network, name="a/b: c")
    for _ in range(2):
        go(network, pets, options)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a_b__c-20300101-000000",
        "a_b__c-20300101-000000-2",
    ]


def test_a_folder_that_cannot_be_made_is_told_and_training_goes_on(tiny_network, pets, tmp_path):
    (tmp_path / "file").write_text("in the way")
    run, news = go(tiny_network, pets, replace(OPTIONS, tensorboard=str(tmp_path / "file" / "logs")))
    assert run.stopped_because == "finished"
    told = [one.text for one in news if isinstance(one, StepNews) and "TensorBoard" in one.text]
    assert told == [remark for remark in run.remarks if "TensorBoard" in remark]
    assert told == ["Nothing more is written for TensorBoard (Not a directory)."]


def test_a_run_that_cannot_start_leaves_no_file(tiny_network, pets, tmp_path):
    nothing = replace(pets, training=())
    with pytest.raises(TrainingError):
        go(tiny_network, nothing, replace(OPTIONS, tensorboard=str(tmp_path / "logs")))
    assert not (tmp_path / "logs").exists()


@pytest.mark.skipif(not FULL.exists(), reason="the system has no full disk to offer")
def test_a_full_disk_is_told_and_training_goes_on(tiny_network, pets, tmp_path, monkeypatch):
    real = tensorboard._writer

    def full(folder):
        made = real(folder)
        made._py_recordio_writer._writer = FULL.open("wb", buffering=0)
        return made

    monkeypatch.setattr(tensorboard, "_writer", full)
    run, _ = go(tiny_network, pets, replace(OPTIONS, tensorboard=str(tmp_path)))
    assert run.stopped_because == "finished"
    assert [remark for remark in run.remarks if "No space left" in remark] != []


def test_a_cancelled_run_leaves_a_whole_file(tiny_network, pets, tmp_path):
    run, _ = go(tiny_network, pets, replace(OPTIONS, tensorboard=str(tmp_path)), Recording(cancel_after=4))
    assert run.stopped_because == "stopped"
    assert read(tmp_path)["batch/loss"]
