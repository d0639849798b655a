"""Bad input, one by one: exit status 1, what, why and remedy, and everything as it was before."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import zipfile

import pytest
import torch

from designer.engine import archive, downloading
from designer.engine.export import exporting


@pytest.fixture
def kept(project, pictures):
    """Checks at the end that the project file, and the folder that it is in, are as they were."""
    before = project.read_bytes()
    names = sorted(path.name for path in project.parent.iterdir())

    yield

    assert project.read_bytes() == before
    assert [n for n in sorted(path.name for path in project.parent.iterdir()) if n not in names] == []


def changed(project, part, change):
    """The project file with a JSON part changed by a function."""
    with zipfile.ZipFile(project) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    value = json.loads(entries[part])
    change(value)
    entries[part] = json.dumps(value).encode()
    with zipfile.ZipFile(project, "w") as new:
        for name, data in entries.items():
            new.writestr(name, data)


PROJECT_COMMANDS = {
    "train": ("train", "{file}", "--data", "{pictures}"),
    "evaluate": ("evaluate", "{file}", "--data", "{pictures}"),
    "predict": ("predict", "{file}", "{pictures}"),
    "export": ("export", "{file}", "-o", "{out}"),
    "inspect": ("inspect", "{file}"),
}


@pytest.fixture(params=PROJECT_COMMANDS)
def command(request, pictures, tmp_path):
    """Each command that reads a project file, as a function of the file."""

    def arguments(file):
        values = {"file": file, "pictures": pictures, "out": tmp_path / "out.onnx"}
        return [part.format(**values) for part in PROJECT_COMMANDS[request.param]]

    return arguments


class TestProjectFiles:
    def test_not_a_project(self, refused, command, tmp_path):
        file = tmp_path / "notes.netgraft"
        file.write_text("not a project at all")
        what, why, remedy = refused(*command(file))
        assert what == "'notes.netgraft' is not a Netgraft project."
        assert why
        assert ".netgraft" in remedy
        assert not (tmp_path / "out.onnx").exists()

    def test_a_truncated_zip(self, refused, command, project):
        data = project.read_bytes()
        project.write_bytes(data[: len(data) // 2])
        what, why, _ = refused(*command(project))
        assert "cannot be opened" in what
        assert "cut short or damaged" in why
        assert project.read_bytes() == data[: len(data) // 2]

    def test_a_newer_format(self, refused, command, project):
        changed(project, "network.json", lambda value: value.update(format=99))
        what, why, remedy = refused(*command(project))
        assert "newer version" in what
        assert "99" in why
        assert "Update" in remedy

    def test_weights_that_do_not_fit(self, refused, command, project):
        def widen(value):
            row = next(row for row in value["layers"] if row["id"] == "fc")
            row["settings"]["out_features"] = 7

        changed(project, "network.json", widen)
        what, why, _ = refused(*command(project))
        assert "do not fit" in what
        assert "'fc'" in why
        assert "(3, 8)" in why
        assert "(7, 8)" in why

    def test_no_such_file(self, refused, command, tmp_path):
        what, why, _ = refused(*command(tmp_path / "none.netgraft"))
        assert "'none.netgraft'" in what
        assert "no such file" in why

    def test_a_network_that_cannot_run(self, refused, project, pictures):
        def cut(value):
            next(row for row in value["layers"] if row["id"] == "block.add")["inputs"] = [None, None]

        changed(project, "network.json", cut)
        before = project.read_bytes()
        lines = refused("train", project, "--data", pictures)
        assert "block.add" in " ".join(lines)
        assert project.read_bytes() == before


class TestWeights:
    def new(self, refused, tmp_path, weights, model="resnet18"):
        lines = refused("new", model, "--weights", weights, "-o", tmp_path / "out.netgraft")
        assert not (tmp_path / "out.netgraft").exists()
        return lines

    def test_a_text_file(self, refused, tmp_path):
        (tmp_path / "w.pth").write_text("these are not weights\n" * 10)
        what, why, _ = self.new(refused, tmp_path, tmp_path / "w.pth")
        assert what == "'w.pth' is not a weights file."
        assert "neither that of torch nor of safetensors" in why

    def test_a_pickle_bomb_does_not_go_off(self, refused, tmp_path):
        class Bomb:
            def __reduce__(self):
                return os.mkdir, (str(tmp_path / "witness"),)

        torch.save({"conv1.weight": Bomb()}, tmp_path / "w.pth")
        _, why, remedy = self.new(refused, tmp_path, tmp_path / "w.pth")
        assert "program code" in why
        assert "state_dict" in remedy
        assert not (tmp_path / "witness").exists()

    def test_weights_of_another_network(self, refused, tmp_path):
        import torchvision

        torch.save(torchvision.models.squeezenet1_1(weights=None).state_dict(), tmp_path / "w.pth")
        lines = self.new(refused, tmp_path, tmp_path / "w.pth")
        assert lines

    def test_a_missing_file(self, refused, tmp_path):
        what, why, _ = self.new(refused, tmp_path, tmp_path / "none.pth")
        assert "none.pth" in what
        assert "no such file" in why

    def test_no_network(self, refused, tmp_path, monkeypatch):
        def unknown(*values, **named):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        what, why, remedy = self.new(refused, tmp_path, "default")
        assert "ResNet-18" in what
        assert "no connection" in why
        assert "weights from a file" in remedy


class TestModels:
    @pytest.mark.parametrize("command", [("new", "resnet81", "-o", "x.netgraft"), ("inspect", "resnet81")])
    def test_an_unknown_model_offers_the_nearest(self, refused, command, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        what, why, _ = refused(*command)
        assert "resnet81" in what
        assert "resnet18" in why
        assert list(tmp_path.iterdir()) == []

    def test_a_layer_to_freeze_that_is_not_there(self, refused, tmp_path):
        file = tmp_path / "a.netgraft"
        values = ("--weights", "none", "--freeze", "featurs.1")
        what, why, _ = refused("new", "squeezenet1_1", "-o", file, *values)
        assert "featurs.1" in what
        assert "features.1" in why
        assert not file.exists()

    @pytest.mark.parametrize("classes", ["1", "0", "-3", "99999999999", "a", "a,a", "a,,b", ""])
    def test_classes_that_make_no_head(self, refused, tmp_path, classes):
        file = tmp_path / "a.netgraft"
        refused("new", "squeezenet1_1", "--weights", "none", "-o", file, "--classes", classes)
        assert not file.exists()

    @pytest.mark.parametrize("seed", ["-1", "9" * 30])
    def test_a_seed_that_is_none(self, refused, tmp_path, seed):
        file = tmp_path / "a.netgraft"
        what, why, _ = refused("new", "squeezenet1_1", "--weights", "none", "-o", file, "--seed", seed)
        assert seed in what
        assert "between" in why
        assert not file.exists()

    def test_a_folder_is_no_model(self, refused, tmp_path):
        _, why, _ = refused("inspect", tmp_path)
        assert why == "It is a folder."

    def test_classes_that_are_not_the_folder_s(self, refused, tmp_path, pictures):
        file = tmp_path / "a.netgraft"
        values = ("--weights", "none", "--data", pictures, "--classes", "2")
        what, why, _ = refused("new", "squeezenet1_1", "-o", file, *values)
        assert "do not match" in what
        assert "cat, dog, owl" in why
        assert not file.exists()


def _empty(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def _missing(folder):
    shutil.rmtree(folder)


def _one_class(folder):
    shutil.rmtree(folder / "dog")
    shutil.rmtree(folder / "owl")


def _no_picture(folder):
    for file in folder.rglob("*.png"):
        file.rename(file.with_suffix(".txt"))


def _unreadable(folder):
    for file in folder.rglob("*.png"):
        file.write_bytes(b"not a picture")


@pytest.mark.usefixtures("kept")
class TestPictures:
    @pytest.mark.parametrize("spoil", [_empty, _missing, _one_class, _no_picture, _unreadable])
    @pytest.mark.parametrize("command", ["train", "evaluate"])
    def test_a_folder_that_cannot_be_used(self, refused, project, pictures, command, spoil):
        spoil(pictures)
        lines = refused(command, project, "--data", pictures)
        assert str(pictures) in " ".join(lines)

    def test_some_unreadable_pictures_are_left_out_and_told(self, run, project, pictures):
        (pictures / "cat" / "0.png").write_bytes(b"not a picture")
        document = run("evaluate", project, "--data", pictures, "--json").document
        assert sum(map(sum, document["confusion"])) == 23

    def test_classes_that_do_not_match_the_head(self, refused, project, pictures):
        (pictures / "cat").rename(pictures / "ant")
        for command in ("train", "evaluate"):
            lines = refused(command, project, "--data", pictures)
            assert "ant" in " ".join(lines)

    def test_more_classes_than_the_head_has(self, refused, project, pictures):
        shutil.copytree(pictures / "cat", pictures / "yak")
        assert "4 classes" in " ".join(refused("train", project, "--data", pictures))

    def test_no_folder_known(self, refused, project):
        for command in ("train", "evaluate"):
            what, _, remedy = refused(command, project)
            assert "no pictures" in what
            assert "folder" in remedy

    def test_a_picture_that_is_none(self, refused, project, tmp_path):
        (tmp_path / "notes.png").write_text("hello")
        assert "notes.png" in refused("predict", project, tmp_path / "notes.png")[0]
        assert "none.png" in refused("predict", project, tmp_path / "none.png")[0]
        (tmp_path / "empty").mkdir()
        assert "empty" in refused("predict", project, tmp_path / "empty")[0]
        shutil.rmtree(tmp_path / "empty")
        (tmp_path / "notes.png").unlink()


@pytest.mark.usefixtures("kept")
class TestOptions:
    @pytest.mark.parametrize(
        "values",
        [("--epochs", "0"), ("--learning-rate", "-1"), ("--batch-size", "0"), ("--seed", "-1")],
    )
    def test_out_of_bounds(self, refused, project, pictures, values):
        what, why, _ = refused("train", project, "--data", pictures, *values)
        assert values[1] in what
        assert "between" in why

    def test_nothing_to_resume(self, refused, project, pictures):
        what, why, _ = refused("train", project, "--data", pictures, "--resume")
        assert "no run to go on with" in what
        assert "not been trained" in why

    def test_a_device_that_is_not_there(self, refused, project, pictures, monkeypatch):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        lines = refused("train", project, "--data", pictures, "--device", "cuda")
        assert "cuda" in lines[0]

    def test_numbers_that_mean_nothing(self, refused, project, pictures, tmp_path):
        assert "0 classes" in refused("predict", project, pictures, "--top", "0")[0]
        values = ("-o", tmp_path / "a.onnx", "--check-pictures", "-4")
        assert "-4" in refused("export", project, *values)[0]
        assert not (tmp_path / "a.onnx").exists()

    def test_an_opset_that_cannot_be_written(self, refused, project, tmp_path):
        refused("export", project, "-o", tmp_path / "a.onnx", "--opset", "3")
        assert not (tmp_path / "a.onnx").exists()


class TestDisks:
    @pytest.fixture
    def full(self, monkeypatch):
        """A disk that takes the first entry of a zip file and is full then."""
        write = archive._write_entry
        written = []

        def no_room(opened, entry):
            if written:
                raise OSError(errno.ENOSPC, "No space left on device")
            written.append(entry.name)
            write(opened, entry)

        monkeypatch.setattr(archive, "_write_entry", no_room)

    @pytest.mark.usefixtures("kept", "full")
    def test_a_full_disk_when_a_trained_project_is_saved(self, refused, project, pictures):
        lines = refused("train", project, "--data", pictures, "--epochs", "1")
        assert "could not be saved" in lines[0]
        assert "is full" in lines[1]
        assert "Make room" in lines[2]

    @pytest.mark.usefixtures("full")
    def test_a_full_disk_when_a_project_is_made(self, refused, tmp_path):
        refused("new", "squeezenet1_1", "--weights", "none", "-o", tmp_path / "a.netgraft")
        assert list(tmp_path.iterdir()) == []

    def test_a_full_disk_when_weights_come(self, refused, tmp_path, monkeypatch):
        class Disk:
            free = 0

        class Answer:
            status = 200
            headers = __import__("email.message").message.Message()
            read1 = close = None

            def __enter__(self):
                return self

            def __exit__(self, *values):
                return None

        monkeypatch.setattr(downloading, "_open", lambda source, have: Answer())
        Answer.headers["Content-Length"] = "1000"
        monkeypatch.setattr(downloading.shutil, "disk_usage", lambda folder: Disk)
        lines = refused("new", "resnet18", "-o", tmp_path / "a.netgraft")
        assert "is full" in lines[1]
        assert not (tmp_path / "a.netgraft").exists()

    def test_a_place_that_cannot_be_written_is_told_before_hours_of_training(
        self, refused, project, pictures, tmp_path, monkeypatch
    ):
        def never(*values):
            raise AssertionError("training began")

        monkeypatch.setattr("designer.trainable.begin_run", never)
        lines = refused("train", project, "--data", pictures, "-o", tmp_path / "none" / "a.netgraft")
        assert "could not be saved" in lines[0]
        assert str(tmp_path / "none") in lines[1]

    def test_a_folder_that_is_not_there_or_is_a_file(self, refused, tmp_path, project):
        (tmp_path / "file").write_text("not a folder")
        for folder in (tmp_path / "none", tmp_path / "file"):
            lines = refused("new", "squeezenet1_1", "--weights", "none", "-o", folder / "a.netgraft")
            assert "could not be saved" in lines[0]
            lines = refused("export", project, "-o", folder / "a.onnx")
            assert "cannot be written" in lines[0]

    @pytest.mark.usefixtures("kept")
    def test_a_read_only_disk(self, refused, project, pictures, tmp_path, monkeypatch):
        opened = archive.Path.open

        def read_only(self, mode="r", *values, **named):
            if "x" in mode:
                raise OSError(errno.EROFS, "Read-only file system")
            return opened(self, mode, *values, **named)

        def no_folder(**named):
            raise OSError(errno.EROFS, "Read-only file system")

        monkeypatch.setattr(archive.Path, "open", read_only)
        monkeypatch.setattr(exporting.tempfile, "mkdtemp", no_folder)
        lines = refused("train", project, "--data", pictures, "--epochs", "1")
        assert "Read-only file system" in lines[1]
        lines = refused("export", project, "-o", tmp_path / "a.onnx")
        assert "Read-only file system" in lines[1]

    def test_the_demo_in_a_place_that_is_no_folder(self, refused, tmp_path):
        (tmp_path / "file").write_text("not a folder")
        lines = refused("demo", "--out", tmp_path / "file", "--no-window")
        assert "demo cannot write" in lines[0]
