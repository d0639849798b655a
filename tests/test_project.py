"""The Python twin: the lines of the README work, and do what the window does."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

import designer
from designer.catalog.finding import layer_ids
from designer.catalog.models import MODELS
from designer.catalog.scripts import read_value
from designer.editable import EditableNetwork
from designer.engine.building import build, weights_of
from designer.engine.data import load_picture
from designer.errors import DataError, DesignerError, EditError, OpeningError, TrainingError
from designer.opening import model_of
from designer.progress import Recording
from designer.project import pictures_at
from designer.session.label_report import LabelReport
from designer.session.results import EpochRow, ExportedFile, Parity
from designer.session.session import Session

from .shapes import NAMES, make_shapes

COLOURS = {"blue": (30, 40, 220), "green": (30, 220, 40), "red": (220, 40, 30)}
MODEL = "squeezenet1_1"
"""A small one; its weights are made here."""


@pytest.fixture
def pictures(tmp_path):
    draw = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        folder = tmp_path / "pictures" / name
        folder.mkdir(parents=True)
        for number in range(6):
            pixels = np.clip(np.array(colour) + draw.integers(-30, 30, (24, 24, 3)), 0, 255)
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number}.png")
    return tmp_path / "pictures"


@pytest.fixture
def state(tmp_path):
    """Weights of `MODEL` as torchvision makes them, in a file, and the module they are of."""
    torch.manual_seed(11)
    module = torchvision.models.squeezenet1_1(weights=None).eval()
    torch.save(module.state_dict(), tmp_path / "weights.pth")
    return tmp_path / "weights.pth", module


def test_a_recipe_prepares_for_training(tiny_network):
    project = EditableNetwork(Session())
    project.session.open(tiny_network, weights_of(build(tiny_network)))
    made = project.recipe("gradual_unfreezing", ["ant", "bee"])
    assert project.network == made.network
    assert project.network.classes == ("ant", "bee")
    assert project.session.training_options.stages == made.options.stages != ()
    with pytest.raises(TrainingError, match="no recipe 'gradual'"):
        project.recipe("gradual")
    # Without classes of its own, or pictures, those of the network count.
    assert project.recipe("feature_extraction").edit is None
    assert project.session.training_options.stages == ()


def test_importing_the_package_loads_no_torch():
    code = "import designer, sys; sys.exit('torch' in sys.modules or not callable(designer.open))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_lines_of_the_readme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = designer.open("resnet18", weights=None)
    project.replace_head(5)
    project.freeze_backbone()
    module = project.module()
    project.save("flowers.netgraft")

    assert isinstance(module, torch.nn.Module)
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert module(x).shape == (2, 5)
    trainable = sum(p.numel() for p in module.parameters() if p.requires_grad)
    assert trainable == 512 * 5 + 5
    project.do("insert", entry="Dropout", to="fc", settings={"p": 0.3})
    # All parameters, gradient and two values of state for the head, and its input.
    parameters = project.summary(batch_size=64).parameters
    assert project.summary(batch_size=64).training_bytes == 4 * (parameters + 3 * 2565 + 64 * 512)
    changed = designer.open("resnet18", weights=None).compare(project).changed
    assert {"conv1", "fc"} <= {delta.layer.name for delta in changed}
    again = designer.open("flowers.netgraft")
    with torch.no_grad():
        assert torch.equal(again.module()(x), module(x))


class TestOpening:
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))

    def test_weights_from_a_file_make_the_original_s_answers(self, state):
        file, original = state
        with torch.no_grad():
            wanted = original(self.x)
            assert torch.equal(designer.open(MODEL, weights=file).module()(self.x), wanted)
            # the file alone: the network is told by the number of its parameters
            assert torch.equal(designer.open(file).module()(self.x), wanted)

    def test_fresh_weights_follow_the_seed(self):
        one, same, other = (designer.open(MODEL, weights=None, seed=s) for s in (1, 1, 2))
        assert all(one.weights.digest(i) == same.weights.digest(i) for i in one.weights)
        assert any(one.weights.digest(i) != other.weights.digest(i) for i in one.weights)

    def test_the_bundled_model_opens_with_its_weights(self):
        project = designer.open("efficientnet_lite0")
        assert len(project.network.classes) == 1000
        assert project.facts().parameters == 4_652_008

    def test_a_model_s_name_beats_a_file_of_that_name(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / MODEL).write_text("something else")
        assert designer.open(MODEL, weights=None).network.origin == MODEL

    @pytest.mark.parametrize("name", ["resnet81", "nothing.pth", "nothing.netgraft", ""])
    def test_what_is_not_there_is_a_clear_error(self, name, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(DesignerError) as caught:
            designer.open(name)
        assert caught.value.remedy

    def test_weights_of_no_known_network(self, tmp_path):
        torch.save({"a": torch.ones(3)}, tmp_path / "a.pth")
        with pytest.raises(OpeningError, match="3 parameters"):
            designer.open(tmp_path / "a.pth")

    def test_a_file_s_name_may_say_its_model(self, tmp_path):
        assert model_of(tmp_path / "vgg11-8a719046.pth") == "vgg11"
        assert model_of(tmp_path / "resnet50.safetensors") == "resnet50"


class TestEditing:
    @pytest.fixture
    def project(self):
        return designer.open(MODEL, weights=None)

    def test_replace_head_by_names(self, project):
        assert project.replace_head(["a", "b"]) == project.head
        assert project.network.classes == ("a", "b")
        with torch.no_grad():
            assert project.module()(torch.zeros(1, 3, 64, 64)).shape == (1, 2)

    def test_freeze_by_name_group_and_all_before(self, project):
        def frozen():
            return {layer.id for layer in project.network if layer.frozen}

        project.freeze("features.0")
        assert frozen() == {"features.0"}
        project.freeze("features.3")
        assert frozen() > {"features.0", "features.3.squeeze"}
        assert all(i == "features.0" or i.startswith("features.3.") for i in frozen())
        project.unfreeze("features.3", "features.0")
        assert frozen() == set()
        project.freeze("features.4", before=True)
        assert {"features.0", "features.3.squeeze", "features.4.squeeze"} <= frozen()
        assert not any(i.startswith(("features.6", "classifier")) for i in frozen())

    def test_a_name_that_is_not_there(self, project):
        with pytest.raises(EditError, match=r"features\.3"):
            project.freeze("featurs.3")
        assert layer_ids(project.network, ["features.0", "features.0"]) == ("features.0",)

    def test_facts_follow_the_edits(self, project):
        before = project.facts()
        assert project.facts() is before
        project.replace_head(2)
        assert project.facts().parameters == before.parameters - 998 * 513

    def test_saving_before_there_is_a_place(self, project):
        with pytest.raises(ValueError, match="give a path"):
            project.save()


class TestSteps:
    @pytest.fixture
    def project(self, state):
        project = designer.open(MODEL, weights=state[0])
        project.replace_head(3)
        project.freeze_backbone()
        return project

    def test_train_evaluate_predict_save_and_open_again(self, project, pictures, tmp_path):
        frozen = [layer.id for layer in project.network if layer.frozen and layer.id in project.weights]
        before = {i: project.weights.digest(i) for i in frozen}
        progress = Recording()
        run = project.train(pictures, 0.34, epochs=12, learning_rate=0.01, progress=progress)
        assert [row.epoch for row in progress.news if isinstance(row, EpochRow)] == list(range(1, 13))
        assert project.network.classes == ("blue", "green", "red")
        assert run is project.runs[-1]
        assert run.number == 1
        assert {i: project.weights.digest(i) for i in frozen} == before

        report = project.evaluate()
        assert report is project.session.report
        assert sum(map(sum, report.confusion)) == len(project.read().validation) == 6
        assert report.accuracy == max(row.val_accuracy for row in run.history)

        (first, *rest) = project.predict(pictures / "red", top=2)
        assert len(rest) == 5
        assert len(first.top) == 2
        x = load_picture(first.image, project.network.preprocessing)[None]
        with torch.no_grad():
            wanted = project.module()(x).softmax(1).max()
        assert first.top[0][1] == pytest.approx(float(wanted), abs=1e-5)

        project.save(tmp_path / "a.netgraft")
        assert not project.session.changed
        again = designer.open(tmp_path / "a.netgraft")
        assert again.network == project.network
        assert again.runs == project.runs
        assert again.source == project.source
        assert again.session.training_options.epochs == 12
        with torch.no_grad():
            assert torch.equal(again.module()(x), project.module()(x))
            kept = build(again.network, again.runs[0].weights)
            assert torch.equal(kept(x), project.module()(x))
        assert again.evaluate().confusion == report.confusion

    def test_export_takes_the_project_s_own_validation_pictures(
        self, project, pictures, tmp_path, monkeypatch
    ):
        """The step itself is tested with the engine, and for real on the command line."""
        asked = []
        written = ExportedFile(tmp_path / "a.onnx", 17, 8, "x", 1, Parity(4, (1, 2, 7), 0.0, 1.0, 1.0))

        def export(network, weights, path, options, paths, progress):
            asked.append((network, weights, path, options, list(paths)))
            return written

        monkeypatch.setattr("designer.project.export_onnx", export)
        assert project.export(tmp_path / "a.onnx") is written
        data = project.read(pictures, 0.34)
        assert project.export(tmp_path / "a.onnx", opset=18) is written
        project.export(tmp_path / "a.onnx", pictures / "red" / "0.png")
        assert all(call[:3] == (project.network, project.weights, tmp_path / "a.onnx") for call in asked)
        paths = [call[4] for call in asked]
        own = [data.pictures[i].path for i in data.validation]
        assert paths == [[], own, [pictures / "red" / "0.png"]]
        assert [call[3].opset for call in asked] == [None, 18, 18]
        assert project.session.exported is written

    def test_pictures_with_several_labels(self, project, tmp_path):
        truth = make_shapes(tmp_path / "shapes", 24)
        project.replace_head(3)
        with pytest.raises(TrainingError, match="several labels"):
            project.train(tmp_path / "shapes", epochs=1, device="cpu")
        assert not project.network.multilabel
        trying = project.try_training(epochs=1, device="cpu", loss="binary_cross_entropy")
        assert trying.problems == ()
        assert not project.network.multilabel
        run = project.train(epochs=1, device="cpu", loss="binary_cross_entropy")
        assert run.multilabel
        assert (project.network.multilabel, project.network.classes) == (True, NAMES)
        report = project.evaluate()
        assert isinstance(report, LabelReport)
        assert project.session.report is report
        shown = {NAMES[label] for label in report.truth[0]}
        assert shown == truth[report.pictures[0].name]
        assert len(project.evaluate(tmp_path / "shapes").pictures) == 24
        (found,) = project.predict(report.pictures[0], top=3)
        assert found.answers == tuple(name for name, share in found.top if share > 0.5)
        saved = designer.open(project.save(tmp_path / "s.netgraft"))
        assert saved.network.multilabel
        assert saved.runs[0].multilabel
        found_rate = saved.find_rate(tmp_path / "shapes", device="cpu", batch_size=8)
        assert found_rate.losses

    def test_ways_are_compared_on_the_same_pictures_and_the_weights_stay(self, project, pictures, tmp_path):
        weights = project.weights
        runs = project.compare_ways(pictures, 0.34, epochs=3, batch_size=6)
        assert [run.name for run in runs] == [
            "From scratch",
            "Feature extraction",
            "Feature extraction, then fine-tuning",
        ]
        assert [run.number for run in runs] == [1, 2, 3]
        assert [len(run.history) for run in runs] == [3, 3, 3]
        assert [row.stage for row in runs[2].history] == [0, 1, 1]
        assert {run.options.seed for run in runs} == {0}
        assert {run.options.batch_size for run in runs} == {6}
        assert {run.validated for run in runs} == {len(project.read().validation)}
        assert project.weights is weights
        assert all(run.interval[0] <= run.best.val_accuracy <= run.interval[1] for run in runs)
        # Frozen alone leaves the backbone as it was; from scratch nothing is as it was.
        first = next(i for i in weights if project.network[i].kind == "Conv2d")
        digest = weights.digest(first)
        assert [run.weights.digest(first) == digest for run in runs] == [False, True, False]
        project.use(runs[1])
        head = project.network.order[-2]
        assert project.weights.digest(first) == digest
        assert project.weights is not weights
        assert head
        path = project.save(tmp_path / "ways.netgraft")
        assert designer.open(path).runs == runs

    def test_a_failed_step_leaves_the_project(self, project, pictures):
        network, weights = project.network, project.weights
        with pytest.raises(DesignerError):
            project.train(pictures, optimizer="magic")
        with pytest.raises(DesignerError):
            project.train(pictures, epochs=0)
        with pytest.raises(TypeError):
            project.train(pictures, epoch=3)
        assert project.weights is weights
        assert project.runs == ()
        assert set(project.network.layers) == set(network.layers)

    def test_a_failed_run_gives_no_names_either(self, project, pictures):
        project.replace_head(3)
        network, options = project.network, project.session.training_options
        with pytest.raises(DesignerError):
            project.train(pictures, optimizer="magic")
        assert project.network is network
        assert project.session.training_options == options

    def test_given_names_are_not_replaced_by_the_folders(self, project, pictures):
        project.replace_head(["a", "b", "c"])
        with pytest.raises(TrainingError, match="classes"):
            project.train(pictures, epochs=1)
        assert project.network.classes == ("a", "b", "c")

    def test_trying_changes_nothing(self, project, pictures):
        network, weights, options = project.network, project.weights, project.session.training_options
        found = project.try_training(pictures, epochs=3, batch_size=4, device="cpu")
        assert found.problems == ()
        assert found.seconds > 0
        curve = project.find_rate(batch_size=4, device="cpu")
        assert len(curve.rates) == len(curve.losses) > 0
        assert project.network is network
        assert project.weights is weights
        assert project.session.training_options == options
        assert project.runs == ()

    def test_pictures_are_read_once(self, project, pictures):
        data = project.read(pictures)
        assert project.read() is data
        assert project.read(pictures) is data
        assert project.read(pictures, 0.5) is not data
        assert project.source.share == 0.5

    def test_no_pictures_known(self, project):
        with pytest.raises(DataError, match="any picture folder"):
            project.train()

    def test_nothing_to_go_on_with(self, project, pictures):
        with pytest.raises(TrainingError, match="not been trained"):
            project.resume()
        project.train(pictures, epochs=1)
        with pytest.raises(TrainingError, match="has finished"):
            project.resume()


def test_pictures_at_files_and_folders(pictures, tmp_path):
    assert pictures_at(pictures / "red" / "0.png") == [pictures / "red" / "0.png"]
    assert len(pictures_at(pictures)) == 18
    (tmp_path / "empty").mkdir()
    for wrong in (tmp_path / "empty", tmp_path / "none.png"):
        with pytest.raises(DataError, match=wrong.name):
            pictures_at(wrong)


class TestActions:
    """The window's actions, by their names."""

    def test_an_action_is_made_by_its_name(self):
        project = designer.open(MODEL, weights=None)
        project.do("replace_head", classes=["a", "b"])
        project.do("freeze_backbone")
        project.do("insert", entry="BatchNorm2d", from_="classifier.1", settings={"eps": 0.01})
        new = project.network.of_kind("BatchNorm2d")[0]
        assert new.settings["num_features"] == 2
        assert new.settings["eps"] == 0.01
        assert project.network.classes == ("a", "b")
        assert not [p for p in project.facts().problems if p.severity == "error"]
        assert project.module()(torch.zeros(1, 3, 224, 224)).shape == (1, 2)

    def test_what_cannot_be_made_changes_nothing(self):
        project = designer.open(MODEL, weights=None)
        before = project.network
        for action, values in (("explode", {}), ("delete", {"layers": ["nothing"]}), ("rename", {})):
            with pytest.raises(EditError):
                project.do(action, **values)
        assert project.network is before

    def test_a_script_is_one_edit(self):
        project = designer.open(MODEL, weights=None)
        edits = [{"action": "freeze_backbone"}, {"action": "rename", "layer": "classifier.1", "name": "head"}]
        before = project.network
        project.run(read_value({"format": 1, "edits": edits}))
        assert project.head == ("head",)
        change = project.session.last_change
        assert change.before is before
        assert change.edit.inverse(before).apply(project.network) == before
        project.run(read_value({"format": 1, "edits": []}))
        assert project.session.last_change is change

    def test_a_summary_and_a_comparison(self):
        project, other = designer.open(MODEL, weights=None), designer.open(MODEL, weights=None)
        assert project.summary().parameters == MODELS[MODEL].parameters
        assert project.compare(other).equal
        other.replace_head(7)
        found = project.compare(other)
        assert [delta.layer.name for delta in found.changed] == ["classifier.1"]
        assert found.parameter_delta == 513 * 7 - 513 * 1000
        assert other.summary(8, "SGD").batch_size == 8

    def test_head_styles(self):
        project = designer.open("resnet18", weights=None)
        project.replace_head(["a", "b"], style="flatten_dense")
        assert len(project.network.of_kind("Linear")) == 2
        assert not [p for p in project.facts().problems if p.severity == "error"]
