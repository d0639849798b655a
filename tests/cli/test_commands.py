"""Commands: their documents have the promised keys and true values, and their files are whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import threading
import zipfile
from dataclasses import fields, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import onnxruntime
import pytest
import torch

import designer
from designer.catalog.models import MODELS, weights_path
from designer.catalog.recipes import RECIPES
from designer.cli.arguments import read
from designer.engine.building import build
from designer.engine.data import load_picture
from designer.engine.project_file import load_project
from designer.engine.training import loop
from designer.engine.training.failures import diverged
from designer.progress import Silent
from designer.session.options import TrainingOptions


def test_models_lists_every_model_without_loading_torch(run):
    rows = run("models", "--json").document
    assert [row["id"] for row in rows] == list(MODELS)
    keys = {
        "id",
        "family",
        "parameters",
        "input_size",
        "top1",
        "file_mb",
        "source",
        "licence",
        "weights_here",
    }
    assert all(set(row) == keys for row in rows)
    here = [row["id"] for row in rows if row["weights_here"]]
    assert here == ["efficientnet_lite0"]
    code = "import sys; from designer import cli; cli.main(['models']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_recipes_are_listed_without_loading_torch(run):
    rows = run("recipes", "--json").document
    assert [row["recipe"] for row in rows] == list(RECIPES)
    assert all(row["title"] and row["text"] for row in rows)
    assert all(key in run("recipes").out for key in RECIPES)
    code = "import sys; from designer import cli; cli.main(['recipes']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_models_as_a_table_has_a_line_for_each(run):
    outcome = run("models")
    assert len(outcome.out.splitlines()) == len(MODELS) + 1
    assert "EfficientNet" not in outcome.err


class TestNew:
    def test_a_project_with_a_new_head_and_a_frozen_backbone(self, run, tmp_path):
        file = tmp_path / "a.netgraft"
        outcome = run(
            "new", "efficientnet_lite0", "-o", file, "--classes", "a,b,c", "--freeze", "backbone", "--json"
        )
        assert outcome.status == 0
        document = outcome.document
        assert set(document) == {
            "project",
            "layers",
            "connections",
            "parameters",
            "trainable_parameters",
            "head",
            "problems",
        }
        # 4,652,008 with 1,000 classes of 1,280 features and a bias each
        head = 3 * 1280 + 3
        assert document["trainable_parameters"] == head
        assert document["parameters"] == 4_652_008 - 1000 * 1281 + head
        contents = load_project(file, Silent())
        assert contents.network.classes == ("a", "b", "c")
        assert document["layers"] == len(contents.network)
        assert document["connections"] == len(contents.network.connections)
        assert contents.network[next(i for i in contents.network.layers if "~" in i)].name in document["head"]

    def test_a_folder_gives_the_classes_and_is_kept(self, run, tmp_path, pictures):
        file = tmp_path / "a.netgraft"
        run("new", "mobilenet_v3_small", "--weights", "none", "-o", file, "--data", pictures, "--json")
        contents = load_project(file, Silent())
        assert contents.network.classes == ("cat", "dog", "owl")
        assert contents.data_folder == pictures
        with zipfile.ZipFile(file) as opened:
            assert json.loads(opened.read("session.json"))["data_folder"] == "pictures"

    def test_a_seed_and_a_layer_to_freeze_up_to(self, run, tmp_path):
        def made(seed):
            file = tmp_path / f"{seed}.netgraft"
            values = ("--weights", "none", "--seed", seed, "--freeze", "features.1")
            assert run("new", "mobilenet_v3_small", "-o", file, *values).status == 0
            return load_project(file, Silent())

        one, again, other = made(1), made(1), made(2)
        assert all(one.weights.digest(i) == again.weights.digest(i) for i in one.weights)
        assert any(one.weights.digest(i) != other.weights.digest(i) for i in one.weights)
        frozen = {layer.id for layer in one.network if layer.frozen}
        assert "features.0.0" in frozen
        assert any(i.startswith("features.1.") for i in frozen)
        assert not any(i.startswith("features.2.") for i in frozen)

    def test_weights_from_a_file(self, run, tmp_path):
        import torchvision

        torch.manual_seed(5)
        module = torchvision.models.squeezenet1_1(weights=None).eval()
        torch.save(module.state_dict(), tmp_path / "w.pth")
        file = tmp_path / "a.netgraft"
        assert run("new", "squeezenet1_1", "--weights", tmp_path / "w.pth", "-o", file).status == 0
        contents = load_project(file, Silent())
        x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            assert torch.equal(build(contents.network, contents.weights)(x), module(x))

    def test_weights_that_are_not_here_are_downloaded(self, run, tmp_path, monkeypatch):
        import torchvision

        torch.manual_seed(6)
        module = torchvision.models.squeezenet1_1(weights=None).eval()
        served = tmp_path / "served"
        served.mkdir()
        torch.save(module.state_dict(), served / "w.pth")
        digest = hashlib.sha256((served / "w.pth").read_bytes()).hexdigest()
        monkeypatch.setenv("no_proxy", "127.0.0.1")

        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *values):
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=served)) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            row = replace(
                MODELS["squeezenet1_1"],
                url=f"http://127.0.0.1:{server.server_address[1]}/w.pth",
                sha256=digest[:8],
                file_name=f"w-{digest[:8]}.pth",
            )
            monkeypatch.setitem(MODELS, row.id, row)
            assert run("new", row.id, "-o", tmp_path / "a.netgraft").status == 0
            server.shutdown()
            thread.join(10)
        assert weights_path(row).read_bytes() == (served / "w.pth").read_bytes()
        # and from now on without the server
        assert run("new", row.id, "-o", tmp_path / "b.netgraft").status == 0
        weights = load_project(tmp_path / "b.netgraft", Silent()).weights
        assert torch.equal(weights["features.0"]["weight"], module.state_dict()["features.0.weight"])


class TestInspect:
    def test_a_project_layer_by_layer(self, run, project):
        document = run("inspect", project, "--json").document
        assert set(document) >= {"layers", "problems", "parameters", "trainable_parameters", "macs"}
        layers = {row["name"]: row for row in document["layers"]}
        conv = layers["block.conv"]
        assert set(conv) == {
            "id",
            "name",
            "kind",
            "group",
            "inputs",
            "output_shape",
            "parameters",
            "frozen",
            "macs",
        }
        assert conv["kind"] == "Conv2d"
        assert conv["group"] == "block"
        assert conv["inputs"] == ["stem.relu"]
        assert conv["output_shape"] == [8, 16, 16]
        assert conv["parameters"] == 8 * 8 * 9 + 8
        assert conv["macs"] == 8 * 8 * 9 * 16 * 16
        assert conv["frozen"] is False
        # two convolutions, a scale and a shift for each of 8 channels, and the head
        assert document["parameters"] == 8 * 3 * 9 + 16 + (8 * 8 * 9 + 8) + (3 * 8 + 3)
        assert document["trainable_parameters"] == document["parameters"]
        assert document["problems"] == []

    def test_a_model_is_inspected_without_its_weights(self, run):
        document = run("inspect", "resnet18", "--json").document
        assert document["parameters"] == MODELS["resnet18"].parameters
        assert document["layers"][0]["output_shape"] == [3, 224, 224]

    def test_a_weights_file_tells_its_network_by_its_parameters(self, run, tmp_path):
        import torchvision

        torch.save(torchvision.models.squeezenet1_0(weights=None).state_dict(), tmp_path / "mine.pth")
        document = run("inspect", tmp_path / "mine.pth", "--json").document
        assert document["parameters"] == MODELS["squeezenet1_0"].parameters

    def test_as_a_table(self, run, project):
        lines = run("inspect", project).out.splitlines()
        assert any("stem.conv" in line and "Conv2d" in line and "8 × 16 × 16" in line for line in lines)
        assert any("11 layers" in line for line in lines)


class TestTrain:
    def test_it_trains_and_saves(self, run, project, pictures):
        outcome = run(
            "train",
            project,
            "--data",
            pictures,
            "--epochs",
            8,
            "--learning-rate",
            0.05,
            "--batch-size",
            6,
            "--json",
        )
        assert outcome.status == 0, outcome.err
        document = outcome.document
        assert set(document) >= {
            "project",
            "device",
            "epochs",
            "seconds",
            "images_per_second",
            "history",
            "best_epoch",
            "stopped_because",
        }
        assert document["epochs"] == 8
        assert document["stopped_because"] == "finished"
        assert set(document["history"][0]) == {
            "epoch",
            "train_loss",
            "val_loss",
            "train_accuracy",
            "val_accuracy",
            "seconds",
            "learning_rate",
            "stage",
        }
        accuracies = [row["val_accuracy"] for row in document["history"]]
        assert max(accuracies) == 1.0
        contents = load_project(project, Silent())
        assert len(contents.runs) == 1
        assert contents.training_options.epochs == 8
        assert contents.runs[0].best_epoch == document["best_epoch"]
        # standard error has a line for each epoch
        assert sum(line.startswith("epoch ") for line in outcome.err.splitlines()) == 8

    def test_what_the_run_remarks_is_said(self, run, project, pictures, monkeypatch, tmp_path):
        (tmp_path / "file").write_text("no folder")
        monkeypatch.setenv("NETGRAFT_STATE", str(tmp_path / "file"))
        told = run("train", project, "--data", pictures, "--epochs", 1, "--quiet")
        assert told.status == 0
        assert "this run cannot go on: " in told.out
        document = run("train", project, "--epochs", 1, "--json").document
        assert any("Not a directory" in remark for remark in document["remarks"])

    def test_a_run_that_breaks_off_says_why_and_is_no_success(self, run, project, pictures, monkeypatch):
        real = loop.learn

        def learn(*given):
            if given[0].place.epoch == 1:
                raise diverged(2, 0.5, "")
            return real(*given)

        monkeypatch.setattr(loop, "learn", learn)
        told = run("train", project, "--data", pictures, "--epochs", 3, "--quiet")
        assert told.status == 1
        assert "its epochs until then are kept" in told.out
        assert "Training broke off in epoch 2" in told.out
        assert len(load_project(project, Silent()).runs[0].history) == 1

    def test_another_output_leaves_the_first_file_alone(self, run, project, pictures, tmp_path):
        before = project.read_bytes()
        other = tmp_path / "other.netgraft"
        assert run("train", project, "--data", pictures, "--epochs", 1, "-o", other).status == 0
        assert project.read_bytes() == before
        assert len(load_project(other, Silent()).runs) == 1

    def test_quiet_says_nothing_but_the_result(self, run, project, pictures):
        outcome = run("train", project, "--data", pictures, "--epochs", 1, "--quiet")
        assert outcome.err == ""
        assert "1 epochs" in outcome.out

    def test_validation_from_a_folder_or_a_share(self, run, project, pictures, tmp_path):
        other = tmp_path / "other"
        for name in ("cat", "dog", "owl"):
            (other / name).mkdir(parents=True)
            shutil.copy(pictures / name / "0.png", other / name)
        run("train", project, "--data", pictures, "--val", other, "--epochs", 1)
        assert load_project(project, Silent()).validation_folder == other
        run("train", project, "--val", "0.5", "--epochs", 1)
        contents = load_project(project, Silent())
        assert contents.validation_folder is None
        assert contents.validation_share == 0.5
        assert [one.number for one in contents.runs] == [1, 2]

    def test_numbered_classes_take_the_folders_names(self, run, tmp_path, pictures):
        project = designer.open("squeezenet1_1", weights=None)
        project.replace_head(3)
        file = project.save(tmp_path / "a.netgraft")
        assert run("train", file, "--data", pictures, "--epochs", 1).status == 0
        assert load_project(file, Silent()).network.classes == ("cat", "dog", "owl")

    def test_a_recipe_prepares_network_and_options(self, run, project, pictures):
        shutil.rmtree(pictures / "owl")
        given = ("--data", pictures, "--recipe", "gradual_unfreezing", "--device", "cpu")
        outcome = run("train", project, *given, "--batch-size", 4)
        assert outcome.status == 0, outcome.err
        assert "A new head for 2 classes: 'fc'." in outcome.out
        held = load_project(project, Silent())
        assert held.network.classes == ("cat", "dog")
        stages = held.training_options.stages
        assert [stage.name for stage in stages] == ["Head", "block", "stem.bn", "All layers"]
        assert held.training_options.batch_size == 4
        assert [row.stage for row in held.runs[0].history] == [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3]
        assert held.network["stem.conv"].frozen

    def test_epochs_that_stages_pass_over_are_refused(self, project, pictures, refused, run):
        given = ("train", project, "--data", pictures, "--recipe")
        before = project.read_bytes()
        lines = refused(*given, "fine_tuning", "--epochs", 3)
        assert "--epochs has no effect" in lines[0]
        assert project.read_bytes() == before
        assert run(*given, "feature_extraction", "--epochs", 1, "--device", "cpu").status == 0
        assert run(*given, "fine_tuning", "--resume").status == 2
        assert run(*given, "nix").status == 2

    def test_every_training_option_has_a_flag(self):
        for field in fields(TrainingOptions):
            flag = "--" + field.name.replace("_", "-")
            written = "[]" if field.name == "stages" else str(field.default)
            values = [flag] if field.type == "bool" else [flag, written]
            given = read(["train", "x.netgraft", *values])
            assert getattr(given, field.name) == (True if field.type == "bool" else field.default)
        assert read(["train", "x.netgraft", "--no-cache-features"]).cache_features is False
        assert not hasattr(read(["train", "x.netgraft"]), "epochs")

    def test_the_same_seed_gives_the_same_weights(self, run, project, pictures, tmp_path):
        def trained(name, seed):
            file = tmp_path / name
            run("train", project, "--data", pictures, "--epochs", 2, "--seed", seed, "-o", file)
            weights = load_project(file, Silent()).weights
            return {i: weights.digest(i) for i in weights}

        one = trained("1.netgraft", 1)
        assert trained("2.netgraft", 1) == one
        assert trained("3.netgraft", 2) != one

    def test_ways_are_compared(self, run, project, pictures):
        outcome = run(
            "compare-ways",
            project,
            "--data",
            pictures,
            "--ways",
            "from_scratch",
            "feature_extraction",
            "--epochs",
            2,
            "--json",
        )
        assert outcome.status == 0, outcome.err
        found = outcome.document["runs"]
        assert [one["name"] for one in found] == ["From scratch", "Feature extraction"]
        assert [one["epochs"] for one in found] == [2, 2]
        assert all(one["interval"][0] <= one["accuracy"] <= one["interval"][1] for one in found)
        assert len(load_project(project, Silent()).runs) == 2


class TestAfterTraining:
    @pytest.fixture
    def trained(self, run, project, pictures):
        values = ("--epochs", 8, "--learning-rate", 0.05, "--batch-size", 6)
        assert run("train", project, "--data", pictures, *values).status == 0
        return project

    def test_evaluate_a_folder(self, run, trained, pictures):
        document = run("evaluate", trained, "--data", pictures, "--json").document
        assert set(document) >= {"accuracy", "classes", "confusion", "per_class"}
        assert document["classes"] == ["cat", "dog", "owl"]
        table = np.array(document["confusion"])
        assert table.sum(axis=1).tolist() == [8, 8, 8]
        assert document["accuracy"] == pytest.approx(np.trace(table) / 24)
        assert set(document["per_class"][0]) == {"name", "precision", "recall", "f1", "count"}
        assert document["per_class"][1]["recall"] == pytest.approx(table[1, 1] / 8)

    def test_evaluate_the_project_s_own_validation_pictures(self, run, trained):
        document = run("evaluate", trained, "--json").document
        assert np.sum(document["confusion"]) == 6
        text = run("evaluate", trained).out
        assert "Accuracy" in text
        assert "owl" in text

    def test_predict_pictures_and_folders(self, run, trained, pictures):
        first = pictures / "cat" / "0.png"
        rows = run("predict", trained, first, pictures / "dog", "--json").document
        assert [row["image"] for row in rows] == [
            str(first),
            *(str(pictures / "dog" / f"{n}.png") for n in range(8)),
        ]
        assert len(rows[0]["top"]) == 3
        contents = load_project(trained, Silent())
        with torch.no_grad():
            x = load_picture(first, contents.network.preprocessing)[None]
            wanted = build(contents.network, contents.weights)(x).softmax(1)[0]
        found = {entry["class"]: entry["probability"] for entry in rows[0]["top"]}
        assert list(found.values()) == sorted(found.values(), reverse=True)
        for name, value in zip(contents.network.classes, wanted.tolist(), strict=True):
            assert found[name] == pytest.approx(value, abs=1e-5)

    def test_export_is_compared_and_runs_elsewhere(self, run, trained, pictures, tmp_path):
        file = tmp_path / "tiny.onnx"
        outcome = run("export", trained, "-o", file, "--check", pictures, "--json")
        assert outcome.status == 0, outcome.err
        document = outcome.document
        assert set(document) >= {"path", "opset", "ir_version", "exporter", "bytes", "parity"}
        assert document["bytes"] == file.stat().st_size
        parity = document["parity"]
        assert parity["images"] == 16
        assert parity["batches"] == [1, 2, 7]
        assert parity["max_abs_diff"] <= 1e-4 * parity["scale"]
        assert parity["top1_agreement"] == 1.0
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        contents = load_project(trained, Silent())
        x = load_picture(pictures / "owl" / "3.png", contents.network.preprocessing)[None]
        (answer,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
        assert contents.network.classes[answer[0].argmax()] == "owl"


class TestDoctor:
    def test_the_document(self, run, tmp_path):
        document = run("doctor", "--json").document
        assert set(document) >= {"versions", "devices", "cache", "problems"}
        assert document["versions"]["torch"] == torch.__version__.partition("+")[0]
        assert [row["device"] for row in document["devices"] if row["chosen"]]
        assert set(document["cache"]) >= {"folder", "bytes", "files"}

    def test_for_people(self, run):
        outcome = run("doctor")
        assert outcome.status == 0
        assert "torch" in outcome.out
        assert "Cache:" in outcome.out


class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            ("fly",),
            ("train",),
            ("new", "resnet18"),
            ("train", "a.netgraft", "--epochs", "many"),
            ("train", "a.netgraft", "--optimizer", "magic"),
            ("train", "a.netgraft", "--val", "1.5"),
            ("evaluate", "a.netgraft", "--nonsense"),
        ],
    )
    def test_wrong_usage_is_status_2(self, run, arguments):
        outcome = run(*arguments)
        assert outcome.status == 2
        assert "usage: netgraft" in outcome.err

    def test_no_command_shows_the_help(self, run):
        outcome = run()
        assert outcome.status == 2
        assert "demo" in outcome.out

    def test_help_and_version(self, run):
        assert run("--help").status == 0
        assert run("--version").out.strip() == f"netgraft {designer.__version__}"
        text = run("train", "--help").out
        assert "--learning-rate" in text
        assert "a layer's factor multiplies it" in " ".join(text.split())

    def test_every_command_is_listed(self, run):
        text = run("--help").out
        promised = "demo models new inspect analyze edit recipes train evaluate predict export diff doctor"
        for name in promised.split():
            assert f"\n    {name} " in text

    def test_a_reader_that_goes_away_is_no_crash(self, tmp_path):
        code = "import sys; from designer import cli; sys.exit(cli.main(['models']))"
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            child.stdout.close()
            assert b"Traceback" not in child.stderr.read()
