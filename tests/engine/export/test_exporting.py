"""The export step: what lands in the file, and what is left when it fails."""

import json
import os
import warnings
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image

import designer
from designer.engine.building import build, weights_of
from designer.engine.export import comparing, export_onnx, exporters, exporting, finishing, producing
from designer.engine.weights import Weights
from designer.errors import Cancelled, DesignerError, ExportError
from designer.network.preprocessing import Preprocessing
from designer.progress import Recording, Silent, StepNews
from designer.session.options import ExportOptions

pytestmark = pytest.mark.usefixtures("same_process")
OPTIONS = ExportOptions()


def scores_of(path, pictures):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(["scores"], {"pictures": pictures})[0]


def metadata_of(path):
    return {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}


def test_the_file_computes_what_the_network_does(tiny_network, tiny_weights, photographs, tmp_path):
    path = tmp_path / "out.onnx"
    made = export_onnx(tiny_network, tiny_weights, path, OPTIONS, photographs, Silent())
    module = build(tiny_network, tiny_weights)
    for count in (1, 2, 5, 13):
        pictures = torch.randn(count, 3, 16, 16, generator=torch.Generator().manual_seed(count))
        with torch.no_grad():
            wanted = module(pictures).numpy()
        np.testing.assert_allclose(scores_of(path, pictures.numpy()), wanted, rtol=0, atol=1e-6)
    assert (made.path, made.opset, made.ir_version, made.exporter) == (path, 17, 8, "torchscript")
    assert made.bytes == path.stat().st_size
    assert (made.parity.images, made.parity.batches) == (8, (1, 2, 7))
    assert made.parity.top1_agreement == 1.0
    assert 0 <= made.parity.max_abs_diff < 1e-6 * made.parity.scale
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.onnx"]


def test_both_ends_have_names_and_a_free_batch(tiny_network, tiny_weights, tmp_path):
    export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    graph = onnx.load(str(tmp_path / "out.onnx")).graph
    ends = [(value.name, value.type.tensor_type.shape.dim) for value in (*graph.input, *graph.output)]
    sizes = {name: [dim.dim_param or dim.dim_value for dim in dims] for name, dims in ends}
    assert sizes == {"pictures": ["batch", 3, 16, 16], "scores": ["batch", 3]}


def test_metadata_says_what_the_file_is(tiny_network, tiny_weights, tmp_path):
    network = replace(
        tiny_network,
        name="Früchte",
        classes=("Äpfel", "pears", "日本"),
        preprocessing=Preprocessing(20, 16, "bicubic", (0.5, 0.4, 0.3), (0.2, 0.1, 0.3)),
    )
    export_onnx(network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    found = metadata_of(tmp_path / "out.onnx")
    assert found["network"] == "Früchte"
    assert json.loads(found["labels"]) == ["Äpfel", "pears", "日本"]
    assert found["netgraft_version"] == designer.__version__
    assert json.loads(found["preprocessing"]) == {
        "resize": 20,
        "crop": 16,
        "interpolation": "bicubic",
        "mean": [0.5, 0.4, 0.3],
        "std": [0.2, 0.1, 0.3],
        "channels": "RGB",
        "input": "normalized",
    }


def test_embedded_preprocessing_takes_pixels(tiny_network, tiny_weights, photographs, tmp_path):
    options = ExportOptions(embed_preprocessing=True)
    made = export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", options, photographs, Silent())
    assert made.parity.images == 8
    assert json.loads(metadata_of(tmp_path / "out.onnx")["preprocessing"])["input"] == "pixels"
    # Resizing and cropping by hand, the rest left to the file.
    image = Image.open(photographs[0]).resize((18, 16), Image.Resampling.BILINEAR).crop((1, 0, 17, 16))
    pixels = np.asarray(image, dtype=np.float32).transpose(2, 0, 1)[None]
    mean, std = (
        np.array(v, dtype=np.float32).reshape(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    )
    with torch.no_grad():
        wanted = build(tiny_network, tiny_weights)(torch.from_numpy((pixels / 255 - mean) / std)).numpy()
    np.testing.assert_allclose(scores_of(tmp_path / "out.onnx", pixels), wanted, rtol=0, atol=1e-5)


def test_without_pictures_noise_stands_in_and_the_result_says_so(tiny_network, tiny_weights, tmp_path):
    made = [
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent()) for _ in "ab"
    ]
    assert made[0].parity.images == 0
    assert made[0].parity.scale > 0
    assert made[0] == made[1]


@pytest.mark.parametrize(("opset", "exporter"), [(13, "torchscript"), (20, "torchscript"), (21, "dynamo")])
def test_the_opset_is_the_one_asked_for(tiny_network, tiny_weights, tmp_path, opset, exporter):
    path = tmp_path / "out.onnx"
    made = export_onnx(tiny_network, tiny_weights, path, ExportOptions(opset=opset), (), Silent())
    assert (made.opset, made.exporter) == (opset, exporter)
    assert [entry.version for entry in onnx.load(str(path)).opset_import if entry.domain == ""] == [opset]


def test_an_opset_that_nobody_writes_is_refused(tiny_network, tiny_weights, tmp_path):
    with pytest.raises(ExportError, match="Opset 5 cannot be written") as caught:
        export_onnx(tiny_network, tiny_weights, tmp_path / "a.onnx", ExportOptions(opset=5), (), Silent())
    assert "9 to" in caught.value.why


def corrupt(module, example, file, opset, large):
    with torch.no_grad():
        next(module.parameters()).mul_(1.01)
        exporters.EXPORTERS[0].export(module, example, file, opset, large)
        next(module.parameters()).div_(1.01)


WRONG = exporters.Exporter("wrong", 9, 20, corrupt)


def test_a_file_that_differs_is_not_kept_and_the_former_one_is(
    tiny_network, tiny_weights, photographs, tmp_path, monkeypatch
):
    (tmp_path / "out.onnx").write_bytes(b"former")
    monkeypatch.setattr(producing, "EXPORTERS", (WRONG,))
    with pytest.raises(ExportError, match=r"wrong: Scores differ by .* is allowed"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, photographs, Silent())
    assert (tmp_path / "out.onnx").read_bytes() == b"former"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.onnx"]


def test_the_other_exporter_has_its_turn_when_the_first_is_wrong(
    tiny_network, tiny_weights, tmp_path, monkeypatch
):
    monkeypatch.setattr(producing, "EXPORTERS", (WRONG, exporters.EXPORTERS[0]))
    made = export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    assert made.exporter == "torchscript"
    assert made.parity.max_abs_diff < 1e-6


def test_the_other_exporter_has_its_turn_when_the_first_fails(
    tiny_network, tiny_weights, tmp_path, monkeypatch
):
    # Opset 99 makes the older exporter raise from within torch.
    broken = exporters.Exporter(
        "broken", 9, 20, lambda m, e, f, o, large: exporters.EXPORTERS[0].export(m, e, f, 99, large)
    )
    monkeypatch.setattr(producing, "EXPORTERS", (broken, exporters.EXPORTERS[0]))
    news = Recording()
    made = export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), news)
    assert made.exporter == "torchscript"
    monkeypatch.setattr(producing, "EXPORTERS", (broken,))
    with pytest.raises(ExportError, match=r"broken: \w+"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "other.onnx", OPTIONS, (), Silent())
    assert not (tmp_path / "other.onnx").exists()


def test_a_file_that_fixes_the_batch_is_refused(tiny_network, tiny_weights, tmp_path, monkeypatch):
    def fixed(module, example, file, opset, large):
        names = {"input_names": ["pictures"], "output_names": ["scores"]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(module, (example,), str(file), dynamo=False, **names)

    monkeypatch.setattr(producing, "EXPORTERS", (exporters.Exporter("fixed", 9, 20, fixed),))
    with pytest.raises(ExportError, match="fixed the batch at 2"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())


@pytest.mark.parametrize("place", ["absent/out.onnx", "file.txt/out.onnx"])
def test_a_folder_that_is_none_is_named(tiny_network, tiny_weights, tmp_path, place):
    (tmp_path / "file.txt").write_text("not a folder")
    with pytest.raises(ExportError, match=r"out\.onnx' cannot be written") as caught:
        export_onnx(tiny_network, tiny_weights, tmp_path / place, OPTIONS, (), Silent())
    assert caught.value.why
    assert caught.value.remedy


def test_a_folder_in_the_file_s_place_is_named(tiny_network, tiny_weights, tmp_path):
    with pytest.raises(ExportError, match="is a folder"):
        export_onnx(tiny_network, tiny_weights, tmp_path, OPTIONS, (), Silent())


def test_a_read_only_or_full_disk_is_named(tiny_network, tiny_weights, tmp_path, monkeypatch):
    def refuse(*_args, **_named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(exporting.tempfile, "mkdtemp", refuse)
    with pytest.raises(ExportError, match="Permission denied"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    monkeypatch.undo()

    def full(*_args, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting.Task, "write", full)
    with pytest.raises(ExportError, match="No space left"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    assert list(tmp_path.iterdir()) == []


def test_a_move_that_fails_leaves_the_former_file(tiny_network, tiny_weights, tmp_path, monkeypatch):
    (tmp_path / "out.onnx").write_bytes(b"former")

    def refuse(source, target):
        raise PermissionError(13, "The file is in use")

    monkeypatch.setattr(exporting.os, "replace", refuse)
    with pytest.raises(ExportError, match="in use"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    assert (tmp_path / "out.onnx").read_bytes() == b"former"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("question", [1, 2, 5, 8])
def test_cancelling_leaves_nothing(tiny_network, tiny_weights, tmp_path, question):
    (tmp_path / "out.onnx").write_bytes(b"former")
    with pytest.raises(Cancelled):
        export_onnx(
            tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Recording(cancel_after=question)
        )
    assert (tmp_path / "out.onnx").read_bytes() == b"former"
    assert len(list(tmp_path.iterdir())) == 1


def test_names_and_scores_must_go_together(tiny_network, tiny_weights, tmp_path):
    network = replace(tiny_network, classes=("a", "b"))
    with pytest.raises(ExportError, match="3 scores for 2 classes"):
        export_onnx(network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())


def test_scores_that_are_not_finite_are_refused(tiny_network, tiny_weights, tmp_path):
    bad = {name: tensor * float("nan") for name, tensor in tiny_weights["fc"].items()}
    weights = tiny_weights.merged(Weights({"fc": bad}))
    with pytest.raises(ExportError, match="not finite"):
        export_onnx(tiny_network, weights, tmp_path / "out.onnx", OPTIONS, (), Silent())


def test_a_picture_that_cannot_be_read_is_named(tiny_network, tiny_weights, tmp_path):
    (tmp_path / "broken.jpg").write_text("no picture")
    with pytest.raises(DesignerError, match=r"broken\.jpg"):
        export_onnx(
            tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, [tmp_path / "broken.jpg"], Silent()
        )
    assert [entry.name for entry in tmp_path.iterdir()] == ["broken.jpg"]


def test_only_as_many_pictures_as_asked_for_are_compared(tiny_network, tiny_weights, photographs, tmp_path):
    options = ExportOptions(check_pictures=3)
    made = export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", options, photographs, Silent())
    assert made.parity.images == 3


@pytest.mark.parametrize("number", [0, 1])
def test_large_weights_lie_in_a_second_file(
    tiny_network, tiny_weights, photographs, tmp_path, monkeypatch, number
):
    exporter = exporters.EXPORTERS[number]
    monkeypatch.setattr(producing, "SINGLE_FILE", 100)
    monkeypatch.setattr(producing, "EXPORTERS", (exporter,))
    path = tmp_path / "out.onnx"
    for _ in "ab":  # the second time over the first
        made = export_onnx(tiny_network, tiny_weights, path, OPTIONS, photographs, Silent())
    assert made.exporter == exporter.name
    names = sorted(entry.name for entry in tmp_path.iterdir())
    assert names == ["out.onnx", "out.onnx.data"]
    assert made.bytes == path.stat().st_size + finishing.data_file(path).stat().st_size
    pictures = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        wanted = build(tiny_network, tiny_weights)(pictures).numpy()
    np.testing.assert_allclose(scores_of(path, pictures.numpy()), wanted, rtol=0, atol=1e-6)


def test_for_large_networks_the_exporter_without_copies_goes_first(
    tiny_network, tiny_weights, tmp_path, monkeypatch
):
    monkeypatch.setattr(producing, "SINGLE_FILE", 100)
    made = export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    assert made.exporter == "dynamo"


def test_a_failed_move_gives_back_both_former_files(tiny_network, tiny_weights, tmp_path, monkeypatch):
    monkeypatch.setattr(producing, "SINGLE_FILE", 100)
    former = {"out.onnx": b"former", "out.onnx.data": b"former data"}
    for name, content in former.items():
        (tmp_path / name).write_bytes(content)
    move = os.replace

    def refuse(source, target):
        if target.name == "out.onnx":
            raise PermissionError(13, "The file is in use")
        move(source, target)

    monkeypatch.setattr(exporting.os, "replace", refuse)
    with pytest.raises(ExportError, match="in use"):
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), Silent())
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == former


def test_nothing_is_printed(tiny_network, tiny_weights, tmp_path, capfd, recwarn):
    for opset in (17, 21):
        options = ExportOptions(opset=opset)
        export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", options, (), Silent())
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_progress_goes_up_to_one(tiny_network, tiny_weights, tmp_path):
    progress = Recording()
    export_onnx(tiny_network, tiny_weights, tmp_path / "out.onnx", OPTIONS, (), progress)
    done = [news.done for news in progress.news if isinstance(news, StepNews)]
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_frozen_and_unfrozen_networks_give_the_same_file(tiny_network, tiny_weights, tmp_path):
    frozen = tiny_network.with_layers(*(replace(layer, frozen=True) for layer in tiny_network))
    pictures = np.ones((2, 3, 16, 16), np.float32)
    answers = []
    for name, network in (("a.onnx", tiny_network), ("b.onnx", frozen)):
        export_onnx(network, tiny_weights, tmp_path / name, OPTIONS, (), Silent())
        answers.append(scores_of(tmp_path / name, pictures))
    np.testing.assert_array_equal(*answers)


def test_layers_without_kept_weights_are_exported_as_they_are_built(tiny_network, tmp_path):
    half = Weights({"fc": dict(weights_of(build(tiny_network, seed=9))["fc"])})
    export_onnx(tiny_network, half, tmp_path / "out.onnx", OPTIONS, (), Silent())
    pictures = torch.ones(2, 3, 16, 16)
    with torch.no_grad():
        wanted = build(tiny_network, half)(pictures).numpy()
    np.testing.assert_allclose(scores_of(tmp_path / "out.onnx", pictures.numpy()), wanted, rtol=0, atol=1e-6)


def test_the_tolerance_is_a_share_of_the_scale():
    ours = np.array([[100.0, -50.0], [1.0, 2.0]], np.float32)
    theirs = np.array([[100.0, -49.5], [2.0, 1.0]], np.float32)
    parity = comparing.measure(ours, theirs, 2, (2,))
    assert (parity.scale, parity.max_abs_diff, parity.top1_agreement) == (100.0, 1.0, 0.5)
    assert comparing.measure(ours, theirs[:1], 2, (2,)).max_abs_diff == float("inf")
    assert not comparing.measure(ours, theirs * float("nan"), 2, (2,)).max_abs_diff <= 1e9
