"""What may go wrong in the middle of training: each time a clear message, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from PIL import Image

from designer.engine.building import build, weights_of
from designer.engine.data import read_folder
from designer.engine.project_file import ProjectContents
from designer.engine.training import begin_run, interrupted_runs, train
from designer.engine.training.averaging import Average
from designer.engine.training.batches import PictureSource
from designer.engine.training.diagnosing import first_bad
from designer.engine.training.keeping import Keeper
from designer.engine.training.losses import Objective
from designer.engine.training.optimizing import Precision
from designer.engine.training.recovery import RunFolder
from designer.engine.weights import Weights
from designer.errors import DataError, TrainingError
from designer.network.network import Layer, Network, Port
from designer.progress import Recording, Silent
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow

OPTIONS = TrainingOptions(epochs=3, batch_size=8, learning_rate=1e-2, device="cpu")
GONE = torch.AcceleratorError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA")


def digests(weights):
    return {layer_id: weights.digest(layer_id) for layer_id in weights}


def fails_from(monkeypatch, step, error):
    """From the `step`-th training batch on the device answers nothing but `error`."""
    real, calls, gone = Objective.__call__, [], []

    def loss(objective, answers, labels):
        values = real(objective, answers, labels)
        calls.extend([1] if values.requires_grad else [])
        if len(calls) >= step:
            gone.append(1)
            raise error
        return values

    def dead(real):
        def call(*arguments, **named):
            if gone:
                raise error
            return real(*arguments, **named)

        return call

    monkeypatch.setattr(Objective, "__call__", loss)
    monkeypatch.setattr(Keeper, "present", dead(Keeper.present))
    monkeypatch.setattr(Average, "in_place", dead(Average.in_place))


class TestAGraphicsCardThatIsGone:
    def test_in_the_first_epoch(self, tiny_network, pets, monkeypatch):
        given = weights_of(build(tiny_network, seed=3))
        before = digests(given)
        state = torch.get_rng_state()
        fails_from(monkeypatch, 3, GONE)
        with pytest.raises(TrainingError) as caught:
            train(tiny_network, given, pets, OPTIONS, Silent())
        assert caught.value.what == "The graphics card has stopped working."
        # The first line alone: the others are for who builds torch.
        assert caught.value.why == "CUDA error: unspecified launch failure"
        assert "'cpu'" in caught.value.remedy
        assert digests(given) == before
        assert torch.equal(torch.get_rng_state(), state)

    @pytest.mark.parametrize("error", [GONE, RuntimeError("CUDA error: device-side assert triggered")])
    def test_later_the_epochs_until_then_are_kept(self, tiny_network, pets, monkeypatch, error):
        options = replace(OPTIONS, average_weights=0.5, schedule="constant")
        wanted = train(tiny_network, Weights(), pets, replace(options, epochs=1), Silent())
        fails_from(monkeypatch, 8, error)
        run = train(tiny_network, Weights(), pets, options, Silent())
        assert (run.stopped_because, len(run.history)) == ("failed", 1)
        assert "has stopped working" in run.remarks[0]
        assert digests(run.weights) == digests(wanted.weights)

    def test_frozen_layers_without_weights_are_had_as_well(self, frozen_network, pets, monkeypatch):
        wanted = train(frozen_network, Weights(), pets, replace(OPTIONS, epochs=1), Silent())
        fails_from(monkeypatch, 8, GONE)
        run = train(frozen_network, Weights(), pets, OPTIONS, Silent())
        assert run.stopped_because == "failed"
        assert run.weights.digest("stem.conv") == wanted.weights.digest("stem.conv")

    def test_before_the_first_batch(self, tiny_network, pets, monkeypatch):
        def to(module, *arguments, **named):
            raise GONE

        monkeypatch.setattr(torch.nn.Module, "to", to)
        with pytest.raises(TrainingError, match="has stopped working"):
            train(tiny_network, Weights(), pets, OPTIONS, Silent())


def with_overflow(network: Network) -> Network:
    """The stem's answer, positive after its ReLU, times 1e30 twice: more than a float32 holds."""
    layers, inputs = dict(network.layers), dict(network.inputs)
    for name, source in (("large", "stem.relu"), ("larger", "large")):
        layers[name] = Layer(name, name, "Conv2d", {"in_channels": 8, "out_channels": 8, "kernel_size": 1})
        inputs[name] = (Port(source),)
    inputs["block.conv"] = (Port("larger"),)
    return replace(network, layers=layers, inputs=inputs)


def poisoned(weights, layer_id, name, value):
    tensors = {key: tensor.clone() for key, tensor in weights[layer_id].items()}
    tensors[name].flatten()[0] = value
    return weights.merged(Weights({layer_id: tensors}))


class TestTheFirstLayerThatIsNoNumber:
    @pytest.mark.parametrize(
        ("layer", "tensor"),
        [("stem.conv", "weight"), ("stem.bn", "running_var"), ("block.conv", "bias"), ("fc", "weight")],
    )
    @pytest.mark.parametrize("value", [torch.nan, torch.inf])
    def test_a_poisoned_weight(self, tiny_network, layer, tensor, value):
        weights = poisoned(weights_of(build(tiny_network, seed=0)), layer, tensor, value)
        module = build(tiny_network, weights)
        known = {Port("input"): torch.zeros(2, 3, 16, 16)}
        said = first_bad(module, known, (Port("output"),))
        assert said == f"The first that is no number is '{tensor}' of layer '{layer}'."

    def test_it_is_the_first_of_several_in_the_order_of_the_network(self, tiny_network):
        weights = weights_of(build(tiny_network, seed=0))
        weights = poisoned(poisoned(weights, "fc", "weight", torch.nan), "block.conv", "weight", torch.nan)
        said = first_bad(
            build(tiny_network, weights), {Port("input"): torch.zeros(2, 3, 16, 16)}, (Port("output"),)
        )
        assert "'block.conv'" in said

    def test_through_training(self, tiny_network, pets):
        weights = poisoned(weights_of(build(tiny_network, seed=0)), "block.conv", "weight", torch.nan)
        with pytest.raises(TrainingError) as caught:
            train(tiny_network, weights, pets, OPTIONS, Silent())
        assert caught.value.why == "The first that is no number is 'weight' of layer 'block.conv'."

    def test_a_poisoned_picture(self, tiny_network, pets, monkeypatch):
        real = PictureSource.portion

        def portion(source, batch, *dtype):
            made = real(source, batch, *dtype)
            for value in made.known.values():
                value[0, 0, 3, 3] = torch.nan
            return made

        monkeypatch.setattr(PictureSource, "portion", portion)
        with pytest.raises(TrainingError) as caught:
            train(tiny_network, Weights(), pets, OPTIONS, Silent())
        assert caught.value.why == "What comes out of layer 'input' is no number."

    def test_a_value_that_overflows(self, tiny_network, pets):
        network = with_overflow(tiny_network)
        weights = weights_of(build(network, seed=0))
        for name in ("large", "larger"):
            large = {key: torch.full_like(tensor, 1e30) for key, tensor in weights[name].items()}
            weights = weights.merged(Weights({name: large}))
        with pytest.raises(TrainingError) as caught:
            train(network, weights, pets, OPTIONS, Silent())
        assert caught.value.why == "The first layer whose values are no numbers is 'larger'."

    def test_an_overflow_is_not_blamed_on_the_running_mean_after_it(self, tiny_network, pets):
        """In training the batch normalization after it takes up what is no number, and keeps it."""
        weights = weights_of(build(tiny_network, seed=0))
        large = {key: torch.full_like(tensor, 3e38) for key, tensor in weights["stem.conv"].items()}
        with pytest.raises(TrainingError) as caught:
            train(tiny_network, weights.merged(Weights({"stem.conv": large})), pets, OPTIONS, Silent())
        assert caught.value.why == "The first layer whose values are no numbers is 'stem.conv'."

    @pytest.mark.parametrize("keep", ["best", "last"])
    @pytest.mark.parametrize("validated", [True, False])
    def test_an_epoch_whose_last_step_ruins_the_weights_is_not_kept(
        self, tiny_network, pets, monkeypatch, keep, validated
    ):
        """One batch is the whole epoch: no further one would tell that its step went wrong."""
        options = replace(OPTIONS, batch_size=64, keep=keep, schedule="constant", epochs=2)
        data = pets if validated else replace(pets, validation=())
        wanted = train(tiny_network, Weights(), data, replace(options, epochs=1), Silent())
        real, steps = Precision.step, []

        def step(precision, optimizer, clip=0.0):
            real(precision, optimizer, clip)
            steps.append(1)
            if len(steps) == 2:
                optimizer.param_groups[0]["params"][0].data[0] = torch.inf

        monkeypatch.setattr(Precision, "step", step)
        run = train(tiny_network, Weights(), data, options, Silent())
        assert (run.stopped_because, len(run.history)) == ("failed", 1)
        assert "in epoch 2: the loss is not a number any more" in run.remarks[0]
        assert "'stem.conv'" in run.remarks[0]
        assert digests(run.weights) == digests(wanted.weights)

    def test_where_all_is_finite_nothing_is_named(self, tiny_network):
        known = {Port("input"): torch.zeros(2, 3, 16, 16)}
        assert first_bad(build(tiny_network), known, (Port("output"),)) == ""


class BreakAfter(Recording):
    """Damages a file once the first epoch is over."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def report(self, news):
        super().report(news)
        if isinstance(news, EpochRow) and news.epoch == 1:
            self.path.write_bytes(b"no picture any more")


def test_a_picture_that_breaks_in_the_middle_is_skipped_counted_and_listed(
    tiny_network, pets, tmp_path, monkeypatch
):
    # Nothing is kept in memory: each epoch reads the files.
    monkeypatch.setattr("designer.engine.data.pictures.memory_budget", lambda: 0)
    path = tmp_path / "copy.png"
    path.write_bytes(pets.pictures[pets.training[4]].path.read_bytes())
    pictures = [replace(p, path=path) if i == pets.training[4] else p for i, p in enumerate(pets.pictures)]
    data = replace(pets, pictures=tuple(pictures))
    run = train(tiny_network, Weights(), data, OPTIONS, BreakAfter(path))
    assert (run.stopped_because, len(run.history)) == ("finished", 3)
    assert run.remarks[0].startswith(f"1 picture could not be read and was left out: '{path}':")


def test_a_batch_that_broken_pictures_leave_one_of_is_passed_over(tiny_network, pets, tmp_path):
    """Batch normalization of single values would end the run there."""
    norm = Layer("norm", "norm", "BatchNorm1d", {"num_features": 8})
    network = replace(tiny_network, layers={**tiny_network.layers, "norm": norm})
    network = replace(network, inputs={**network.inputs, "norm": (Port("flatten"),), "drop": (Port("norm"),)})
    lost = pets.training[:1]
    # Three pictures in a batch of two and... one: the last joins, so four, of which two cannot be read.
    data = replace(pets, training=pets.training[:4])
    pictures = [replace(p, path=tmp_path / "x.png") if i in lost else p for i, p in enumerate(pets.pictures)]
    run = train(
        network,
        Weights(),
        replace(data, pictures=tuple(pictures)),
        replace(OPTIONS, batch_size=2, epochs=4),
        Silent(),
    )
    assert run.stopped_because == "finished"
    assert len(run.history) == 4


def test_a_single_picture_cannot_train_batch_normalization(tiny_network, frozen_network, pets):
    one = replace(pets, training=pets.training[:1])
    with pytest.raises(TrainingError) as caught:
        train(tiny_network, Weights(), one, OPTIONS, Silent())
    assert "a single picture for training" in caught.value.why
    assert train(frozen_network, Weights(), one, OPTIONS, Silent()).stopped_because == "finished"


def test_a_class_with_no_picture_in_the_split_trains_and_is_told_of(tiny_network, pets):
    without = tuple(i for i in pets.training if pets.pictures[i].label != 2)
    data = replace(pets, training=without)
    assert "Class 'owl' has no picture for training." in data.remarks
    for weights in ("none", "balanced"):
        run = train(tiny_network, Weights(), data, replace(OPTIONS, class_weights=weights), Silent())
        assert run.stopped_because == "finished"


def test_a_batch_larger_than_the_data_is_all_of_it(tiny_network, pets):
    run = train(tiny_network, Weights(), pets, replace(OPTIONS, batch_size=4096), Silent())
    whole = train(tiny_network, Weights(), pets, replace(OPTIONS, batch_size=36), Silent())
    assert digests(run.weights) == digests(whole.weights)


def test_a_folder_with_a_single_picture(tmp_path):
    (tmp_path / "cat").mkdir()
    Image.new("RGB", (16, 16)).save(tmp_path / "cat" / "1.png")
    with pytest.raises(DataError) as caught:
        read_folder(tmp_path, 0.2, 0, None, Silent())
    assert "one class only: 'cat'" in caught.value.what
    assert "second sub-folder" in caught.value.remedy


class SecondWindow(Recording):
    """Trains the same project in another window as soon as the first epoch is over."""

    def __init__(self, second):
        super().__init__()
        self.second = second

    def report(self, news):
        super().report(news)
        if isinstance(news, EpochRow) and news.epoch == 1 and self.second is not None:
            second, self.second = self.second, None
            second()


def test_two_windows_that_train_one_project_keep_both_runs(tiny_network, pets, tmp_path):
    contents = ProjectContents(
        tiny_network, weights_of(build(tiny_network, seed=3)), training_options=OPTIONS
    )
    project = tmp_path / "a.netgraft"
    others = []
    first = begin_run(
        contents,
        project,
        pets,
        SecondWindow(lambda: others.append(begin_run(contents, project, pets, Silent()))),
    )
    (second,) = others
    assert first.run.stopped_because == second.run.stopped_because == "finished"
    assert first.run.remarks == second.run.remarks == ()
    assert digests(first.run.weights) == digests(second.run.weights)
    assert isinstance(first.folder, RunFolder)
    assert isinstance(second.folder, RunFolder)
    assert first.folder.path != second.folder.path
    assert first.folder.checkpoint().values["place"]["epoch"] == 3
    # As long as a window holds its run, no other is offered it.
    assert interrupted_runs() == ()
    first.folder.release()
    assert [run.folder for run in interrupted_runs()] == [first.folder.path]
