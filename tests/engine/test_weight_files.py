"""Weights files: what is read is what was saved, and a stranger's file cannot run anything."""

from __future__ import annotations

import os
import pickle
import zipfile

import pytest
import safetensors.torch
import torch

from designer.engine.weight_files import read_tensors
from designer.errors import OpeningError


@pytest.fixture
def tensors():
    return {
        "conv.weight": torch.arange(12, dtype=torch.float32).reshape(3, 4),
        "bn.num_batches_tracked": torch.tensor(7),
        "half": torch.tensor([1.5, -2.0], dtype=torch.float16),
    }


def same(found, wanted):
    return list(found) == list(wanted) and all(
        torch.equal(found[n], wanted[n]) and found[n].dtype == wanted[n].dtype for n in wanted
    )


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin", ".odd"])
def test_a_state_dict_is_read_whatever_its_ending(tmp_path, tensors, suffix):
    file = tmp_path / f"weights{suffix}"
    torch.save(tensors, file)
    assert same(read_tensors(file), tensors)


def test_the_old_format_of_torch_is_read(tmp_path, tensors):
    file = tmp_path / "old.pth"
    torch.save(tensors, file, _use_new_zipfile_serialization=False)
    assert same(read_tensors(file), tensors)


def test_safetensors_are_read(tmp_path, tensors):
    file = tmp_path / "weights.safetensors"
    safetensors.torch.save_file(tensors, file)
    found = read_tensors(file)
    assert same({n: found[n] for n in tensors}, tensors)
    assert len(found) == 3


@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model"])
def test_weights_inside_a_checkpoint_are_found(tmp_path, tensors, key):
    file = tmp_path / "checkpoint.pth"
    torch.save({"epoch": 3, key: tensors, "optimizer": {"state": {0: torch.ones(2)}}}, file)
    assert same(read_tensors(file), tensors)


def test_the_prefix_of_parallel_training_is_taken_off_only_where_all_have_it(tmp_path, tensors):
    torch.save({f"module.{n}": t for n, t in tensors.items()}, tmp_path / "a.pth")
    assert same(read_tensors(tmp_path / "a.pth"), tensors)
    mixed = {"module.a": torch.ones(1), "b": torch.ones(1)}
    torch.save(mixed, tmp_path / "b.pth")
    assert same(read_tensors(tmp_path / "b.pth"), mixed)


def test_what_was_read_stays_when_the_file_is_changed(tmp_path, tensors):
    file = tmp_path / "weights.pth"
    torch.save(tensors, file)
    found = read_tensors(file)
    file.write_bytes(b"\0" * file.stat().st_size)
    assert same(found, tensors)


def test_views_and_shared_tensors_become_plain_ones(tmp_path):
    base = torch.arange(6.0).reshape(2, 3)
    torch.save({"a": base.t(), "b": base[0]}, tmp_path / "v.pth")
    found = read_tensors(tmp_path / "v.pth")
    assert found["a"].is_contiguous()
    assert found["a"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert found["b"].untyped_storage().nbytes() == 3 * 4


class Bomb:
    """What runs a command while it is unpickled, where the reader lets it."""

    def __init__(self, witness):
        self.witness = witness

    def __reduce__(self):
        return os.mkdir, (str(self.witness),)


def _plain_bomb(file, witness):
    file.write_bytes(pickle.dumps({"weight": Bomb(witness)}, protocol=2))


def _newer_bomb(file, witness):
    file.write_bytes(pickle.dumps({"weight": Bomb(witness)}, protocol=4))


def _torch_bomb(file, witness):
    torch.save({"weight": Bomb(witness)}, file)


def _old_torch_bomb(file, witness):
    torch.save({"weight": Bomb(witness)}, file, _use_new_zipfile_serialization=False)


@pytest.mark.parametrize("make", [_plain_bomb, _newer_bomb, _torch_bomb, _old_torch_bomb])
def test_a_pickle_bomb_does_not_go_off(tmp_path, make, recwarn):
    file, witness = tmp_path / "bomb.pth", tmp_path / "witness"
    make(file, witness)
    with pytest.raises(OpeningError) as caught:
        read_tensors(file)
    assert not witness.exists()
    assert not recwarn.list
    assert "bomb.pth" in caught.value.what
    assert "program code" in caught.value.why
    assert "state_dict" in caught.value.remedy


def test_the_bomb_is_a_real_one(tmp_path):
    """The same file, read the careless way, does its harm: so the test above proves something."""
    file, witness = tmp_path / "bomb.pth", tmp_path / "witness"
    _torch_bomb(file, witness)
    torch.load(file, weights_only=False)
    assert witness.is_dir()


def test_a_whole_pickled_module_is_refused_with_the_remedy(tmp_path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "module.pth")
    with pytest.raises(OpeningError, match="state_dict"):
        read_tensors(tmp_path / "module.pth")


def _missing(file):
    pass


def _folder(file):
    file.mkdir()


def _empty(file):
    file.write_bytes(b"")


def _text(file):
    file.write_text("these are not the weights that you are looking for\n")


def _cut_zip(file):
    torch.save({"w": torch.ones(1000)}, file)
    file.write_bytes(file.read_bytes()[:-700])


def _cut_pickle(file):
    torch.save({"w": torch.ones(1000)}, file, _use_new_zipfile_serialization=False)
    file.write_bytes(file.read_bytes()[:-700])


def _cut_safetensors(file):
    safetensors.torch.save_file({"w": torch.ones(1000)}, file)
    file.write_bytes(file.read_bytes()[:-700])


def _other_zip(file):
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")


def _no_tensors(file):
    torch.save({"epoch": 3, "name": "resnet"}, file)


def _one_tensor(file):
    torch.save(torch.ones(3), file)


def _sparse(file):
    torch.save({"w": torch.eye(3).to_sparse()}, file)


BAD = {
    "missing": (_missing, "no such file"),
    "folder": (_folder, "It is a folder"),
    "empty": (_empty, "It is empty"),
    "text": (_text, "neither that of torch nor of safetensors"),
    "cut zip": (_cut_zip, "cut short or damaged"),
    "cut pickle": (_cut_pickle, "cut short or damaged"),
    "cut safetensors": (_cut_safetensors, "cut short or damaged"),
    "other zip": (_other_zip, "cut short or damaged"),
    "no tensors": (_no_tensors, "no tensors"),
    "one tensor": (_one_tensor, "no tensors"),
    "sparse": (_sparse, "sparse"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_weights_is_refused_clearly(tmp_path, case):
    make, why = BAD[case]
    file = tmp_path / "given.pth"
    make(file)
    with pytest.raises(OpeningError) as caught:
        read_tensors(file)
    error = caught.value
    assert why in error.why
    assert "given.pth" in error.what
    assert error.remedy
    assert "\n" not in str(error)
