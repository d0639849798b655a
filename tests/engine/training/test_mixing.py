"""Mixed precision on a processor: where a step is clearly faster and gives the same, and without a trace."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from designer.engine.building import build, weights_of
from designer.engine.training import mixing, state, train
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.losses import Objective
from designer.engine.training.mixing import gain_of_mixing
from designer.network.network import Port
from designer.progress import Silent
from designer.session.options import TrainingOptions
from tests.engine.training.crashing import Crash

OPTIONS = TrainingOptions(epochs=3, batch_size=8, learning_rate=1e-2, device="cpu")


def digests(weights):
    return {i: weights.digest(i) for i in weights}


def values_of(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


@pytest.fixture
def module(tiny_network):
    return build(tiny_network, seed=3)


LABELS = torch.tensor([0, 1, 2, 0])


def step_of(module, change=lambda value: value, turn=lambda answers: answers):
    """What is measured of a module: its answers, `turn` applied, and their loss, `change` applied."""
    pictures = torch.linspace(-1, 1, 4 * 3 * 16 * 16).reshape(4, 3, 16, 16)

    def answers():
        return [turn(module.run({Port("input"): pictures}, (Port("fc"),))[0])]

    def loss(found):
        return change(torch.nn.functional.cross_entropy(found[0].float(), LABELS))

    return answers, loss


@pytest.fixture
def once(monkeypatch):
    """Runs each way once, and says that the other is 1.7 times as fast."""

    def both(usual, other):
        usual()
        other()
        return 1.7

    monkeypatch.setattr(mixing, "quicker", both)


def test_measuring_leaves_no_trace(module, monkeypatch):
    ran = []

    def both(usual, other):
        for act in (usual, other):
            act()
            ran.append({name: value.clone() for name, value in module.state_dict().items()})
        return 1.7

    monkeypatch.setattr(mixing, "quicker", both)
    module.eval()
    before, random = values_of(module), torch.get_rng_state()
    assert gain_of_mixing(module, *step_of(module)) == 1.7
    # Batch normalization did run in training mode meanwhile.
    assert not torch.equal(ran[0]["stem.bn.running_mean"], before["stem.bn.running_mean"])
    after = values_of(module)
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert all(parameter.grad is None for parameter in module.parameters())
    assert torch.equal(torch.get_rng_state(), random)
    assert not module.training


@pytest.mark.parametrize(
    ("factor", "found"), [(1.0, 1.7), (1.5, 0.0), (float("nan"), 0.0), (float("inf"), 0.0)]
)
def test_losses_must_be_alike(module, once, factor, found):
    def change(value):
        return value * factor if torch.is_autocast_enabled("cpu") else value

    assert gain_of_mixing(module, *step_of(module, change)) == found


@pytest.mark.parametrize(("noise", "found"), [(0.0, 1.7), (0.4, 1.7), (4.0, 0.0)])
def test_little_loss_may_change_by_more_than_its_share(module, once, noise, found):
    """A network that knows the classes: its loss is 0.0018, 0.0027 or 0.095; where nothing is known, 1.17."""
    sure = 7.0 * torch.nn.functional.one_hot(LABELS, 3)

    def turn(answers):
        less = noise if torch.is_autocast_enabled("cpu") else 0.0
        return 0.0 * answers.float() + sure - less * sure / 7.0

    def loss(logit):
        return math.log(1 + 2 * math.exp(-logit))

    change = loss(7.0 - noise) - loss(7.0)
    assert change == 0 or change > mixing.ALIKE * loss(7.0)
    # The mean answer: class 0 has half of the pictures, the others a quarter each.
    mean = [3.5, 1.75, 1.75]
    unknowing = math.log(sum(math.exp(one) for one in mean)) - (mean[0] + mean[0] + mean[1] + mean[2]) / 4
    assert (change <= mixing.ALIKE * unknowing) == (found > 0)
    assert gain_of_mixing(module, *step_of(module, turn=turn)) == found


def test_an_operation_that_bfloat16_lacks_is_no_failure(module):
    def change(value):
        if torch.is_autocast_enabled("cpu"):
            raise RuntimeError("not implemented for 'BFloat16'")
        return value

    assert gain_of_mixing(module, *step_of(module, change)) == 0.0


@pytest.fixture
def capable(monkeypatch):
    """A processor that calculates with bfloat16, and any work is much; sets by what factor it is faster."""
    monkeypatch.setattr(state, "has_bfloat16", lambda: True)
    for name, value in (("LONG_WORK", 1), ("MANY", 1), ("TRIED", 8)):
        monkeypatch.setattr(state, name, value)
    monkeypatch.setenv("OMP_NUM_THREADS", str(torch.get_num_threads()))

    def gains(gain):
        monkeypatch.setattr(state, "gain_of_mixing", lambda module, answers, loss: gain)

    gains(2.0)
    return gains


@pytest.mark.parametrize(("gain", "precision"), [(1.31, "mixed"), (1.29, "full"), (0.0, "full")])
def test_only_a_clear_gain_is_taken(tiny_network, pets, capable, gain, precision):
    capable(gain)
    given = weights_of(build(tiny_network, seed=3))
    chosen = train(tiny_network, given, pets, OPTIONS, Silent())
    told = train(tiny_network, given, pets, replace(OPTIONS, precision=precision), Silent())
    assert digests(chosen.weights) == digests(told.weights)
    assert any("a step of training took" in remark for remark in chosen.remarks) == (precision == "mixed")
    assert not any("Mixed precision is used" in remark for remark in told.remarks)


def test_the_two_precisions_differ(tiny_network, pets):
    given = weights_of(build(tiny_network, seed=3))
    runs = [
        train(tiny_network, given, pets, replace(OPTIONS, precision=p), Silent()) for p in ("full", "mixed")
    ]
    assert digests(runs[0].weights) != digests(runs[1].weights)


@pytest.mark.parametrize(
    ("name", "value"), [("LONG_WORK", 10**15), ("MANY", 1000), ("has_bfloat16", lambda: False)]
)
def test_it_is_not_tried_for_little_work_or_without_hardware(
    tiny_network, pets, capable, monkeypatch, name, value
):
    monkeypatch.setattr(state, name, value)
    monkeypatch.setattr(state, "gain_of_mixing", lambda module, answers, loss: pytest.fail("tried"))
    train(tiny_network, weights_of(build(tiny_network, seed=3)), pets, OPTIONS, Silent())


def test_it_is_tried_on_pictures_of_all_classes(tiny_network, pets, capable, monkeypatch):
    seen = []
    plain = Objective.__call__

    def noted(self, answers, labels):
        seen.append(labels.tolist())
        return plain(self, answers, labels)

    def measured(module, answers, loss):
        with monkeypatch.context() as patch:
            patch.setattr(Objective, "__call__", noted)
            loss(answers())
        return 0.0

    monkeypatch.setattr(state, "gain_of_mixing", measured)
    train(tiny_network, weights_of(build(tiny_network, seed=3)), pets, OPTIONS, Silent())
    (labels,) = seen
    assert len(labels) == 8
    assert set(labels) == {0, 1, 2}


@pytest.mark.parametrize("precision", ["full", "mixed"])
def test_what_the_user_chose_is_not_measured(tiny_network, pets, capable, monkeypatch, precision):
    monkeypatch.setattr(state, "gain_of_mixing", lambda module, answers, loss: pytest.fail("tried"))
    options = replace(OPTIONS, precision=precision)
    train(tiny_network, weights_of(build(tiny_network, seed=3)), pets, options, Silent())


def test_a_run_goes_on_in_the_precision_it_had(tiny_network, pets, capable, tmp_path):
    given = weights_of(build(tiny_network, seed=3))
    whole = train(tiny_network, given, pets, OPTIONS, Silent())
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_network, given, pets, OPTIONS, Crash(cancel_after=8), checkpoints=file)
    held = file.read()
    assert held.values["mixed"] is True
    # The machine is busy now: measured again, it would come out otherwise.
    capable(0.5)
    again = train(tiny_network, given, pets, OPTIONS, Silent(), begin_from=held)
    assert digests(again.weights) == digests(whole.weights)


def test_a_checkpoint_of_before_there_was_a_choice_goes_on_in_full(tiny_network, pets, capable, tmp_path):
    capable(0.0)
    given = weights_of(build(tiny_network, seed=3))
    whole = train(tiny_network, given, pets, OPTIONS, Silent())
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_network, given, pets, OPTIONS, Crash(cancel_after=8), checkpoints=file)
    held = file.read()
    del held.values["mixed"]
    capable(2.0)
    again = train(tiny_network, given, pets, OPTIONS, Silent(), begin_from=held)
    assert digests(again.weights) == digests(whole.weights)
