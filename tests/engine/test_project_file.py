"""Project files: what is read is what was saved, to the bit; bad files and bad disks do no harm."""

from __future__ import annotations

import errno
import json
import resource
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from designer.engine import archive
from designer.engine.building import build, weights_of
from designer.engine.project_file import ProjectContents, check_saving, load_project, save_project
from designer.engine.weights import Weights
from designer.errors import Cancelled, ProjectError
from designer.network.edits import Compound, RemoveLayer, SetInputs, SetSettings
from designer.network.network import Layer, Port
from designer.progress import Recording, Silent
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import EpochRow, Run


def run_of(weights, number=1):
    return Run(
        number=number,
        options=TrainingOptions(epochs=3, learning_rate=0.01),
        history=(EpochRow(1, 1.5, 1.25, 0.5, 0.625, 2.0, 0.01), EpochRow(2, 1.0, 0.1, 0.75, 1.0, 2.0, 0.001)),
        best_epoch=2,
        stopped_because="stopped",
        device="CPU",
        seconds=4.5,
        images_per_second=12.25,
        classes=("cat", "dog", "owl"),
        weights=weights,
        remarks=("It was stopped early.",),
    )


@pytest.fixture
def contents(tiny_network, tmp_path):
    weights = weights_of(build(tiny_network, seed=3))
    return ProjectContents(
        network=tiny_network,
        weights=weights,
        data_folder=tmp_path / "pictures",
        validation_folder=Path("/elsewhere/pictures"),
        validation_share=0.25,
        split_seed=7,
        training_options=TrainingOptions(epochs=5, optimizer="SGD", cache_features=False),
        export_options=ExportOptions(opset=18, embed_preprocessing=True),
        runs=(run_of(weights),),
        view={"zoom": 0.5, "folded": ["block"]},
    )


@pytest.fixture
def file(tmp_path, contents):
    path = tmp_path / "tiny.netgraft"
    save_project(path, contents, Silent())
    return path


def digests(weights):
    return {i: weights.digest(i) for i in weights}


def rewritten(file, change, **named):
    """The project with entries changed: `change` maps a name to new bytes, None takes it out."""
    with zipfile.ZipFile(file) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    entries.update(change)
    with zipfile.ZipFile(file, "w", **named) as new:
        for name, data in entries.items():
            if data is not None:
                new.writestr(name, data)
    return file


def json_in(file, name):
    with zipfile.ZipFile(file) as opened:
        return json.loads(opened.read(name))


def refused(path):
    with pytest.raises(ProjectError) as caught:
        load_project(path, Silent())
    error = caught.value
    assert error.what
    assert error.why
    assert error.remedy
    assert "\n" not in str(error)
    return error


class TestRoundTrip:
    def test_everything_comes_back(self, file, contents):
        found = load_project(file, Silent())
        assert found.network == contents.network
        assert list(found.network.layers) == list(contents.network.layers)
        assert digests(found.weights) == digests(contents.weights)
        same = ("data_folder", "validation_folder", "validation_share", "split_seed", "view")
        assert all(getattr(found, name) == getattr(contents, name) for name in same)
        assert found.training_options == contents.training_options
        assert found.export_options == contents.export_options
        assert found.runs == contents.runs
        assert digests(found.runs[0].weights) == digests(contents.weights)

    def test_the_parts_are_the_promised_ones_and_weights_are_not_compressed(self, file):
        with zipfile.ZipFile(file) as opened:
            names = set(opened.namelist())
            stored = opened.getinfo("weights.safetensors").compress_type
        assert names == {"network.json", "session.json", "weights.safetensors", "runs/0001/run.json"}
        assert stored == zipfile.ZIP_STORED

    def test_the_weights_are_an_ordinary_safetensors_file_with_torch_keys(self, file, contents):
        import safetensors.torch

        with zipfile.ZipFile(file) as opened:
            tensors = safetensors.torch.load(opened.read("weights.safetensors"))
        wanted = build(contents.network, contents.weights).state_dict()
        assert tensors.keys() == wanted.keys()
        assert all(torch.equal(tensors[name], wanted[name]) for name in wanted)

    def test_saving_what_was_loaded_gives_the_same_file(self, file, tmp_path):
        again = tmp_path / "again.netgraft"
        save_project(again, load_project(file, Silent()), Silent())
        assert again.read_bytes() == file.read_bytes()

    def test_outputs_in_a_fresh_process_are_bit_identical(self, file, contents, tmp_path):
        x = torch.linspace(-2, 2, 3 * 3 * 16 * 16).reshape(3, 3, 16, 16)
        with torch.no_grad():
            wanted = build(contents.network, contents.weights)(x)
        torch.save(x, tmp_path / "x.pt")
        code = (
            "import sys, torch\nfrom pathlib import Path\n"
            "from designer.engine.building import build\n"
            "from designer.engine.project_file import load_project\n"
            "from designer.progress import Silent\n"
            "found = load_project(Path(sys.argv[1]), Silent())\n"
            "with torch.no_grad():\n"
            "    y = build(found.network, found.weights)(torch.load(sys.argv[2]))\n"
            "torch.save(y, sys.argv[3])\n"
        )
        paths = [str(file), str(tmp_path / "x.pt"), str(tmp_path / "y.pt")]
        subprocess.run([sys.executable, "-c", code, *paths], check=True, timeout=120)
        assert torch.equal(torch.load(tmp_path / "y.pt"), wanted)

    def test_a_folder_below_the_project_moves_with_it(self, file, tmp_path):
        assert json_in(file, "session.json")["data_folder"] == "pictures"
        moved = tmp_path / "other" / "tiny.netgraft"
        moved.parent.mkdir()
        file.rename(moved)
        found = load_project(moved, Silent())
        assert found.data_folder == moved.parent / "pictures"
        assert found.validation_folder == Path("/elsewhere/pictures")

    def test_news_count_up_and_a_newer_program_keeps_what_it_added(self, tmp_path, contents):
        progress = Recording()
        save_project(tmp_path / "a.netgraft", contents, progress)
        shares = [news.done for news in progress.news]
        assert shares[0] == 0.0
        assert shares == sorted(shares)
        assert shares[-1] == 1.0

    def test_a_history_without_validation_survives_as_plain_json(self, tmp_path, contents):
        row = EpochRow(1, 1.5, float("nan"), 0.5, float("nan"), 2.0, 0.01)
        path = tmp_path / "a.netgraft"
        save_project(path, replace(contents, runs=(replace(run_of(None), history=(row,)),)), Silent())
        with zipfile.ZipFile(path) as opened:
            text = opened.read("runs/0001/run.json").decode()
        assert "NaN" not in text
        (found,) = load_project(path, Silent()).runs[0].history
        assert found.train_loss == 1.5
        assert found.val_loss != found.val_loss
        assert found.val_accuracy != found.val_accuracy

    def test_special_values_and_views_survive(self, tmp_path, contents):
        odd = torch.tensor([float("nan"), -0.0, float("inf"), 1e-45] * 2)
        bias = dict(contents.weights["block.conv"]) | {"bias": odd}
        weight = torch.arange(3 * 8.0).reshape(8, 3).t()  # a view that is not contiguous
        fc = {"weight": weight, "bias": weight[:, 0]}
        weights = contents.weights.merged(Weights({"block.conv": bias, "fc": fc}))
        path = tmp_path / "odd.netgraft"
        save_project(path, replace(contents, weights=weights), Silent())
        assert digests(load_project(path, Silent()).weights) == digests(weights)


class TestWeightsOfLayers:
    def test_layers_that_are_gone_are_not_saved_and_new_ones_start_anew(self, tmp_path, contents):
        bypass = Compound("", (RemoveLayer("block.add"), SetInputs("pool", (Port("block.conv"),))))
        network = bypass.apply(contents.network)
        network = RemoveLayer("stem.bn").apply(network)
        fewer = Weights({i: contents.weights[i] for i in contents.weights if i != "fc"})
        path = tmp_path / "a.netgraft"
        save_project(path, replace(contents, network=network, weights=fewer, runs=()), Silent())
        assert set(load_project(path, Silent()).weights) == {"stem.conv", "block.conv"}

    def test_weights_that_no_longer_fit_are_left_out_so_that_the_file_opens(self, tmp_path, contents):
        network = SetSettings("fc", {"out_features": 9}).apply(contents.network)
        path = tmp_path / "a.netgraft"
        save_project(path, replace(contents, network=network, runs=()), Silent())
        found = load_project(path, Silent())
        assert found.network == network
        assert "fc" not in found.weights
        assert "block.conv" in found.weights

    def test_a_document_that_cannot_be_built_yet_is_kept(self, tmp_path, contents):
        network = SetSettings("block.conv", {"groups": 3}).apply(contents.network)
        path = tmp_path / "a.netgraft"
        save_project(path, replace(contents, network=network), Silent())
        assert load_project(path, Silent()).network == network

    def test_ids_that_run_into_one_another_keep_their_own_weights(self, tmp_path, contents):
        # 'a' has out_proj.weight, and so has a layer named 'a.out_proj'
        attention = Layer("a", "a", "MultiheadAttention", {"embed_dim": 4, "num_heads": 2})
        linear = Layer("a.out_proj", "b", "Linear", {"in_features": 4, "out_features": 4})
        network = replace(
            contents.network,
            layers={**contents.network.layers, "a": attention, "a.out_proj": linear},
            inputs={**contents.network.inputs, "a": (None,) * 3, "a.out_proj": (None,)},
        )
        from designer.engine.building import layer_module

        weights = Weights({row.id: layer_module(row).state_dict() for row in (attention, linear)})
        path = tmp_path / "a.netgraft"
        save_project(path, replace(contents, network=network, weights=weights, runs=()), Silent())
        assert digests(load_project(path, Silent()).weights) == digests(weights)

    def test_a_run_stores_only_what_is_not_in_the_project(self, tmp_path, contents):
        earlier = contents.weights.merged(
            Weights({"fc": {"weight": torch.ones(3, 8), "bias": torch.ones(3)}})
        )
        runs = (run_of(earlier, 1), run_of(contents.weights, 2), replace(run_of(None, 3)))
        path = tmp_path / "a.netgraft"
        save_project(path, replace(contents, runs=runs), Silent())
        with zipfile.ZipFile(path) as opened:
            own = [name for name in opened.namelist() if name.endswith("/weights.safetensors")]
            assert own == ["runs/0001/weights.safetensors"]
            assert opened.getinfo(own[0]).file_size < opened.getinfo("weights.safetensors").file_size
        found = load_project(path, Silent()).runs
        assert digests(found[0].weights) == digests(earlier)
        assert digests(found[1].weights) == digests(contents.weights)
        assert found[2].weights is None

    def test_a_run_keeps_layers_that_the_network_no_longer_has(self, tmp_path, contents):
        network = RemoveLayer("stem.bn").apply(contents.network)
        path = tmp_path / "a.netgraft"
        save_project(path, replace(contents, network=network), Silent())
        found = load_project(path, Silent())
        assert "stem.bn" not in found.weights
        assert digests(found.runs[0].weights) == digests(contents.weights)


class TestBadFiles:
    def test_a_missing_file_and_a_folder(self, tmp_path):
        assert "no such file" in refused(tmp_path / "none.netgraft").why
        assert "It is a folder" in refused(tmp_path).why

    @pytest.mark.parametrize("content", [b"", b"hello, world\n" * 50, b"\x89PNG\r\n\x1a\n" + bytes(99)])
    def test_not_a_zip_file(self, tmp_path, content):
        path = tmp_path / "a.netgraft"
        path.write_bytes(content)
        error = refused(path)
        assert "not a Netgraft project" in error.what
        assert ".netgraft" in error.remedy

    def test_a_zip_file_that_is_no_project(self, tmp_path):
        path = tmp_path / "a.netgraft"
        with zipfile.ZipFile(path, "w") as new:
            new.writestr("photo.txt", "hello")
        error = refused(path)
        assert "not a Netgraft project" in error.what
        assert "network.json" in error.why

    @pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.999])
    def test_a_file_cut_short(self, file, share):
        data = file.read_bytes()
        file.write_bytes(data[: max(int(len(data) * share), 4)])
        assert "cut short or damaged" in refused(file).why

    def test_no_flipped_byte_is_taken_for_good(self, file, contents):
        data = file.read_bytes()
        wanted = digests(contents.weights)
        for place in range(40, len(data), len(data) // 60):
            file.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
            try:
                found = load_project(file, Silent())
            except ProjectError:
                continue
            # a byte of a date or a mode in the table of contents; what counts is unhurt
            assert found.network == contents.network
            assert digests(found.weights) == wanted

    @pytest.mark.parametrize("part", ["network.json", "session.json"])
    def test_a_newer_format(self, file, part):
        value = json_in(file, part)
        rewritten(file, {part: json.dumps({**value, "format": 99}).encode()})
        error = refused(file)
        assert "newer version" in error.what
        assert "99" in error.why
        assert "Update" in error.remedy

    @pytest.mark.parametrize("part", ["network.json", "session.json", "runs/0001/run.json"])
    @pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 100_000])
    def test_json_that_is_not_the_expected(self, file, part, data):
        rewritten(file, {part: data})
        refused(file)

    @pytest.mark.parametrize(
        "change",
        [
            {"training_options": {"epochs": "many"}},
            {"training_options": {"learning_rate": -1}},
            {"training_options": 3},
            {"validation_share": None},
            {"view": []},
            {"format": "1"},
            {"validation_share": 1e30},
            {"validation_share": 10**400},
            {"split_seed": 1.5},
            {"split_seed": float("inf")},
            {"data_folder": 7},
            {"training_options": {"optimizer": ["SGD"]}},
            {"training_options": {"cache_features": "yes"}},
            {"export_options": {"opset": "18"}},
            {"view": {"zoom": float("nan")}},
            {"view": {"page": "\ud800"}},
        ],
    )
    def test_session_values_that_do_not_fit(self, file, change):
        value = json_in(file, "session.json")
        rewritten(file, {"session.json": json.dumps({**value, **change}).encode()})
        refused(file)

    @pytest.mark.parametrize(
        "change",
        [
            {"number": None},
            {"number": 2},
            {"best_epoch": "last"},
            {"seconds": float("nan")},
            {"device": 3},
            {"classes": [1, 2, 3]},
            {"history": [{"epoch": 1}]},
            {"options": {"epochs": 2.5}},
        ],
    )
    def test_run_values_that_do_not_fit(self, file, change):
        value = json_in(file, "runs/0001/run.json")
        rewritten(file, {"runs/0001/run.json": json.dumps({**value, **change}).encode()})
        refused(file)

    @pytest.mark.parametrize("value", ["fast", [1], {}, True, 10**400])
    def test_an_epoch_s_values_are_numbers(self, file, value):
        found = json_in(file, "runs/0001/run.json")
        found["history"][0]["train_loss"] = value
        rewritten(file, {"runs/0001/run.json": json.dumps(found).encode()})
        refused(file)

    @pytest.mark.parametrize("part", ["network.json", "session.json", "weights.safetensors"])
    def test_a_missing_part(self, file, part):
        assert part in refused(rewritten(file, {part: None})).why

    def layer_changed(self, file, layer_id, **change):
        value = json_in(file, "network.json")
        for row in value["layers"]:
            if row["id"] == layer_id:
                row.update(change)
        return rewritten(file, {"network.json": json.dumps(value).encode()})

    def test_an_unknown_layer_kind(self, file):
        error = refused(self.layer_changed(file, "fc", kind="Liner"))
        assert "'fc'" in error.what
        assert "Liner" in error.why
        assert "Linear" in error.why

    @pytest.mark.parametrize(
        "settings",
        [
            {"in_features": 8},
            {"in_features": 8, "out_features": "three"},
            {"in_features": 8, "out_features": 3, "colour": "red"},
            {"in_features": 8, "out_features": 0},
            {"in_features": 8, "out_features": 10**30},
        ],
    )
    def test_settings_that_do_not_fit(self, file, settings):
        error = refused(self.layer_changed(file, "fc", settings=settings))
        assert "'fc'" in error.what
        assert error.why

    def test_a_cycle(self, file):
        error = refused(self.layer_changed(file, "stem.conv", inputs=[["stem.bn", 0]]))
        assert "cycle" in error.why

    def test_weights_that_do_not_fit_name_the_layer_and_both_shapes(self, file):
        settings = {"in_features": 8, "out_features": 7}
        error = refused(self.layer_changed(file, "fc", settings=settings))
        assert "do not fit" in error.what
        assert "'fc'" in error.why
        assert "(3, 8)" in error.why
        assert "(7, 8)" in error.why

    @pytest.mark.parametrize(
        "damage",
        [
            lambda data: b"",
            lambda data: b"hello" * 20,
            lambda data: data[:-100],
            lambda data: (2**60).to_bytes(8, "little") + data[8:],
            lambda data: data[:8] + b"\0" * (len(data) - 8),
        ],
        ids=["empty", "text", "cut", "huge header", "zeros"],
    )
    def test_damaged_safetensors(self, file, damage):
        with zipfile.ZipFile(file) as opened:
            data = opened.read("weights.safetensors")
        assert "weights cannot be read" in refused(rewritten(file, {"weights.safetensors": damage(data)})).why

    def test_safetensors_of_another_program_are_refused(self, file):
        import safetensors.torch

        data = safetensors.torch.save({"fc.weight": torch.ones(3, 8)})
        assert "weights cannot be read" in refused(rewritten(file, {"weights.safetensors": data})).why

    def test_a_zip_bomb_is_not_unpacked(self, file):
        bomb = bytes(archive.LARGEST_TEXT + 1)
        rewritten(file, {"network.json": bomb}, compression=zipfile.ZIP_DEFLATED)
        assert file.stat().st_size < 1_000_000
        assert "would unpack to" in refused(file).why

    def test_many_small_bombs_are_a_bomb(self, file):
        parts = {f"runs/{n:04d}/run.json": bytes(archive.LARGEST_TEXT // 8) for n in range(2, 12)}
        rewritten(file, parts, compression=zipfile.ZIP_DEFLATED)
        assert "would unpack to" in refused(file).why

    @pytest.mark.parametrize("name", ["../outside.txt", "/etc/outside", "a/../../b", "C:/x", "..\\x"])
    def test_unsafe_names_are_refused(self, file, name):
        assert "not allowed" in refused(rewritten(file, {name: b"x"})).why

    def test_a_name_given_twice_is_refused(self, file):
        with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as opened:
            opened.writestr("network.json", b"{}")
        assert "same name" in refused(file).why


class TestBadDisks:
    """The former file stays to the byte, and no temporary file is left."""

    @pytest.fixture
    def check(self, file, contents):
        before, names = file.read_bytes(), sorted(p.name for p in file.parent.iterdir())

        def save_fails(error=ProjectError, progress=None):
            other = replace(contents, split_seed=99)
            with pytest.raises(error) as caught:
                save_project(file, other, progress or Silent())
            assert file.read_bytes() == before
            assert sorted(p.name for p in file.parent.iterdir()) == names
            return caught.value

        return save_fails

    def test_a_disk_that_fills_up_midway(self, check, monkeypatch):
        write = archive._write_entry

        def full(opened, entry):
            if entry.name == "weights.safetensors":
                raise OSError(errno.ENOSPC, "No space left on device")
            write(opened, entry)

        monkeypatch.setattr(archive, "_write_entry", full)
        error = check()
        assert "is full" in error.why
        assert "Make room" in error.remedy

    def test_a_limit_that_the_system_itself_enforces(self, check):
        former = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, former[1]))
        try:
            error = check()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, former)
        assert "File too large" in error.why

    def test_a_disk_that_refuses_to_flush(self, check, monkeypatch):
        def broken(number):
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(archive.os, "fsync", broken)
        assert "Input/output error" in check().why

    def test_a_read_only_disk(self, check, monkeypatch):
        opened = Path.open

        def read_only(self, mode="r", *values, **named):
            if "r" in mode:
                return opened(self, mode, *values, **named)
            raise OSError(errno.EROFS, "Read-only file system")

        monkeypatch.setattr(archive.Path, "open", read_only)
        assert "Read-only file system" in check().why

    def test_a_cancel_midway(self, check):
        check(Cancelled, Recording(cancel_after=2))

    def test_a_folder_that_is_not_there_or_is_a_file(self, tmp_path, contents):
        (tmp_path / "file").write_text("not a folder")
        for folder in (tmp_path / "none", tmp_path / "file"):
            with pytest.raises(ProjectError) as caught:
                save_project(folder / "a.netgraft", contents, Silent())
            assert str(folder) in caught.value.why
            assert caught.value.remedy

    def test_room_is_looked_for_before_the_work(self, file, contents, monkeypatch):
        class Disk:
            free = 2000

        monkeypatch.setattr(archive.shutil, "disk_usage", lambda folder: Disk)
        names = sorted(p.name for p in file.parent.iterdir())
        check_saving(file)
        with pytest.raises(ProjectError, match="is full"):
            check_saving(file, contents.weights)
        assert sorted(p.name for p in file.parent.iterdir()) == names

    def test_a_folder_is_no_file_to_save_to(self, tmp_path):
        with pytest.raises(ProjectError, match="It is a folder") as caught:
            check_saving(tmp_path)
        assert "name of a file" in caught.value.remedy

    def test_a_link_stays_a_link(self, file, contents, tmp_path):
        link = tmp_path / "link.netgraft"
        link.symlink_to(file)
        save_project(link, replace(contents, split_seed=99), Silent())
        assert link.is_symlink()
        assert load_project(file, Silent()).split_seed == 99
