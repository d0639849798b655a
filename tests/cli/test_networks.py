"""analyze, diff and edit: true figures, promised keys, whole files, and clear refusals."""

from __future__ import annotations

import csv
import json

import pytest

from designer.catalog.actions import freeze_backbone, replace_head
from designer.catalog.analysis.csv_report import COLUMNS
from designer.catalog.models import MODELS
from designer.catalog.scripts import script_text
from designer.engine.building import build, weights_of
from designer.engine.project_file import ProjectContents, load_project, save_project
from designer.network.edits import Rename
from designer.progress import Silent


def write_script(folder, *edits):
    path = folder / "script.json"
    path.write_text(json.dumps({"format": 1, "edits": list(edits)}), encoding="utf-8")
    return path


class TestAnalyze:
    def test_the_document_has_every_layer_and_the_sums(self, run, project):
        found = run("analyze", project, "--json", "--batch-size", 4).document
        assert len(found["layers"]) == 11
        by_name = {row["name"]: row for row in found["layers"]}
        assert by_name["stem.conv"]["macs"] == 16 * 16 * 3 * 8 * 9
        assert by_name["stem.conv"]["input_shapes"] == [[3, 16, 16]]
        assert by_name["stem.conv"]["output_shapes"] == [[8, 16, 16]]
        assert by_name["flatten"]["activation_bytes"] == 0
        summary = found["summary"]
        assert (summary["depth"], summary["layers"], summary["batch_size"]) == (3, 11, 4)
        assert sum(row["parameters"] for row in found["layers"]) == summary["parameters"]
        assert sum(row["activation_bytes"] for row in found["layers"]) == summary["activation_bytes"]
        assert found["seconds"] is None
        assert found["measured"] is None

    def test_the_table_has_a_line_for_each_layer_and_the_figures(self, run, project):
        lines = run("analyze", project).out.splitlines()
        assert sum(line.startswith(("stem.", "block.")) for line in lines) == 5
        assert any(line.split() == ["Depth", "3"] for line in lines)

    def test_times_are_measured_when_asked_for(self, run, project):
        found = run(
            "analyze", project, "--time", "--device", "cpu", "--time-batch-size", 2, "--json"
        ).document
        assert found["measured"]["batch_size"] == 2
        assert found["seconds"] == pytest.approx(sum(r["seconds"] or 0 for r in found["layers"]))
        assert {r["name"] for r in found["layers"] if r["seconds"] is None} == {"input"}
        assert "ms" in run("analyze", project, "--time", "--device", "cpu").out

    def test_a_model_is_analyzed_without_its_weights(self, run):
        summary = run("analyze", "resnet18", "--json").document["summary"]
        assert (summary["depth"], summary["parameters"]) == (18, MODELS["resnet18"].parameters)

    def test_a_page_and_a_table_are_written(self, run, project, tmp_path):
        page, sheet = tmp_path / "report.html", tmp_path / "report.csv"
        found = run("analyze", project, "-o", page, "--json").document
        assert found["report"] == str(page)
        assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert run("analyze", project, "-o", sheet).status == 0
        rows = list(csv.DictReader(sheet.open(encoding="utf-8")))
        assert tuple(rows[0]) == COLUMNS
        assert rows[1]["output_shape"] == "8x16x16"

    def test_what_cannot_be_written_is_refused_and_the_former_stays(self, refused, project, tmp_path):
        lines = refused("analyze", project, "-o", tmp_path / "report.pdf")
        assert ".html" in lines[2]
        assert "could not be written" in refused("analyze", project, "-o", tmp_path / "no" / "r.html")[0]
        (tmp_path / "folder.html").mkdir()
        assert "folder" in refused("analyze", project, "-o", tmp_path / "folder.html")[1]

    @pytest.mark.parametrize(
        "arguments", [("--batch-size", "0"), ("--batch-size", "x"), ("--time-batch-size", "99999999")]
    )
    def test_numbers_without_a_meaning_are_wrong_usage(self, run, project, arguments):
        assert run("analyze", project, *arguments).status == 2


class TestDiff:
    @pytest.fixture
    def edited(self, tmp_path, tiny_network):
        """The tiny network with a new head, a frozen backbone and a new name for a layer."""
        network = replace_head(tiny_network, ("a", "b")).apply(tiny_network)
        network = freeze_backbone(network).apply(network)
        network = Rename("pool", "mean").apply(network)
        path = tmp_path / "edited.netgraft"
        save_project(path, ProjectContents(network, weights_of(build(network, seed=1))), Silent())
        return path

    def test_the_document_has_the_promised_keys_and_true_values(self, run, project, edited):
        found = run("diff", project, edited, "--json").document
        assert {"added", "removed", "changed", "parameter_delta"} <= set(found)
        assert (found["added"], found["removed"]) == ([], [])
        assert found["parameter_delta"] == 9 * 2 - 9 * 3
        changed = {row["name"]: row for row in found["changed"]}
        assert changed["mean"]["differences"] == [
            {"what": "name", "name": "", "before": "pool", "after": "mean"}
        ]
        assert changed["fc"]["before_id"] == "fc"
        assert changed["fc"]["shape_before"] == [3]
        assert changed["fc"]["shape_after"] == [2]
        assert [d["before"] for d in changed["stem.bn"]["differences"]] == [False]
        assert [row["name"] for row in found["reshaped"]] == ["output"]
        assert [row["what"] for row in found["network"]] == ["classes"]
        assert not found["equal"]
        assert "weights" not in found

    def test_the_table_says_it_in_words(self, run, project, edited):
        out = run("diff", project, edited).out
        assert "out_features 3 → 2" in out
        assert "now frozen" in out
        assert "Classes: 3 → 2." in out
        assert "0 added, 0 removed" in out

    def test_equal_networks_are_told_to_be_equal(self, run, project):
        outcome = run("diff", project, project)
        assert outcome.status == 0
        assert "equal: 11 layers" in outcome.out
        assert run("diff", project, project, "--json").document["equal"] is True

    def test_weights_are_compared_when_asked_for(self, run, project, edited):
        found = run("diff", project, edited, "--weights", "--json").document
        rows = {row["name"]: row for row in found["weights"]}
        # The same seed, and the head drawn last.
        assert rows["stem.conv"]["equal"]
        assert rows["fc"]["why"] == "other sizes"
        assert "other sizes" in run("diff", project, edited, "--weights").out

    def test_models_are_compared_without_their_weights(self, run):
        found = run("diff", "vgg16", "vgg16_bn", "--json").document
        assert [row["kind"] for row in found["added"]] == ["BatchNorm2d"] * 13
        assert found["parameter_delta"] == MODELS["vgg16_bn"].parameters - MODELS["vgg16"].parameters

    def test_what_is_not_there_is_refused(self, refused, project, tmp_path):
        assert "resnet19" in refused("diff", "resnet19", project)[0]
        assert "gone" in refused("diff", project, tmp_path / "gone.netgraft")[0]


class TestEdit:
    def test_what_is_wrong_afterwards_is_told(self, run, project, tmp_path):
        script = write_script(
            tmp_path, {"action": "set_settings", "layers": ["fc"], "settings": {"in_features": 9}}
        )
        found = run("edit", project, "-o", tmp_path / "out.netgraft", script, "--json").document
        assert [(row["severity"], row["layer"]) for row in found["problems"]] == [("error", "fc")]
        told = run("edit", project, "-o", tmp_path / "out.netgraft", script).out
        assert "error: Layer 'fc' expects 9 inputs" in " ".join(told.split())

    def test_a_script_is_run_and_the_project_written(self, run, project, tmp_path):
        script = write_script(
            tmp_path,
            {"action": "replace_head", "classes": ["a", "b"]},
            {"action": "freeze_backbone"},
            {"action": "insert", "entry": "Dropout", "to": "fc", "settings": {"p": 0.3}},
        )
        out = tmp_path / "out.netgraft"
        before = project.read_bytes()
        found = run("edit", project, "-o", out, script, "--json").document
        assert set(found) == {
            "project",
            "layers",
            "connections",
            "parameters",
            "trainable_parameters",
            "head",
            "problems",
        }
        assert found["problems"] == []
        assert (found["layers"], found["head"], found["trainable_parameters"]) == (12, ["fc"], 18)
        contents = load_project(out, Silent())
        assert contents.network.classes == ("a", "b")
        assert contents.network["stem.conv"].frozen
        assert project.read_bytes() == before

    def test_edits_saved_by_the_window_are_run_alike(self, run, project, tmp_path, tiny_network):
        edits = [replace_head(tiny_network, ("a", "b"))]
        edits.append(freeze_backbone(edits[0].apply(tiny_network)))
        path = tmp_path / "script.json"
        path.write_text(script_text(edits), encoding="utf-8")
        out = tmp_path / "out.netgraft"
        assert run("edit", project, "-o", out, path).status == 0
        expected = edits[1].apply(edits[0].apply(tiny_network))
        assert load_project(out, Silent()).network == expected

    def test_weights_that_still_hold_are_kept(self, run, project, tmp_path):
        script = write_script(tmp_path, {"action": "freeze_backbone"})
        run("edit", project, "-o", tmp_path / "out.netgraft", script)
        old, new = load_project(project, Silent()), load_project(tmp_path / "out.netgraft", Silent())
        assert {i: old.weights.digest(i) for i in old.weights} == {
            i: new.weights.digest(i) for i in new.weights
        }

    @pytest.mark.parametrize(
        ("edit", "said"),
        [
            ({"action": "explode"}, "Edit 2 cannot be read"),
            ({"action": "delete", "layers": ["nothing"]}, "Edit 2 cannot be made"),
            ({"edit": "RemoveLayer"}, "Edit 2 cannot be read"),
        ],
    )
    def test_one_that_cannot_be_made_leaves_no_file(self, refused, project, tmp_path, edit, said):
        script = write_script(tmp_path, {"action": "freeze_backbone"}, edit)
        out = tmp_path / "out.netgraft"
        assert said in refused("edit", project, "-o", out, script)[0]
        assert not out.exists()

    def test_rubbish_in_place_of_a_script(self, refused, project, tmp_path):
        out = tmp_path / "out.netgraft"
        rubbish = tmp_path / "rubbish.json"
        rubbish.write_bytes(b"\xff\xfe not json")
        assert "not a script" in refused("edit", project, "-o", out, rubbish)[0]
        assert "cannot be read" in refused("edit", project, "-o", out, tmp_path / "gone.json")[0]
        assert "cannot be read" in refused("edit", project, "-o", out, tmp_path)[0]
        assert not out.exists()
