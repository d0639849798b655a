"""Looking at layers while they learn: the same numbers as plain hooks give, and no trace in training."""

from __future__ import annotations

import copy
import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from designer.engine.building import build, weights_of
from designer.engine.opening import open_model
from designer.engine.training import train
from designer.engine.training.optimizing import Precision
from designer.engine.training.watching import Budget, Watch, statistics
from designer.network.network import Port
from designer.progress import LAYERS, LayersNews, Recording, Silent, StageNews
from designer.session.options import TrainingOptions
from designer.session.stages import ALL, Stage

LOOKING = frozenset({LAYERS})
RECTIFIERS = nn.ReLU | nn.ReLU6


class Clock:
    """Shows the seconds that it is set to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_the_first_look_is_taken_at_once_and_the_next_when_it_has_been_paid_for():
    clock = Clock()
    budget = Budget(clock)
    assert not budget.due(False)
    assert budget.due(True)
    # 40 ms are 2 % of 2 s.
    budget.spent(100.0, 0.04)
    clock.now = 101.999
    assert not budget.due(True)
    clock.now = 102.001
    assert budget.due(True)


def test_looks_that_cost_nothing_still_come_three_times_a_second_at_most():
    clock = Clock()
    budget = Budget(clock)
    taken = 0
    while clock.now < 110.0:
        if budget.due(True):
            taken += 1
            budget.spent(clock.now, 1e-6)
        clock.now += 0.01
    assert 25 <= taken <= 34


def test_who_looks_again_need_not_wait():
    clock = Clock()
    budget = Budget(clock)
    budget.spent(100.0, 3.0)
    clock.now = 101.0
    assert not budget.due(True)
    assert not budget.due(False)
    assert budget.due(True)


def reference(module, optimizer, forward, labels):
    """The numbers of one step, with hooks and autograd alone, in float64 where something is added up."""
    outputs = {}
    hooks = []
    for layer_id, layer in module.layer_modules().items():

        def keep(_, __, output, layer_id=layer_id):
            first = output[0] if isinstance(output, tuple) else output
            outputs[layer_id] = first.detach().double().clone()

        hooks.append(layer.register_forward_hook(keep))
    loss = nn.functional.cross_entropy(forward(module), labels)
    for hook in hooks:
        hook.remove()
    loss.backward()
    state = {i: {k: v.detach().clone() for k, v in m.named_parameters()} for i, m in layers_of(module)}
    gradients = {
        i: [p.grad.double().flatten() for p in m.parameters() if p.grad is not None]
        for i, m in layers_of(module)
    }
    optimizer.step()
    found = {}
    for layer_id, value in outputs.items():
        row = {"mean": value.mean().item(), "spread": value.std(unbiased=False).item(), "dead": None}
        layer = module.layer_module(layer_id)
        if isinstance(layer, RECTIFIERS):
            channels = value.transpose(0, 1).flatten(1)
            row["dead"] = sum(bool((c <= 0).all()) for c in channels) / len(channels)
        row["gradient"] = row["update"] = None
        if gradients[layer_id]:
            row["gradient"] = torch.cat(gradients[layer_id]).norm().item()
            old = torch.cat([v.double().flatten() for v in state[layer_id].values()])
            new = torch.cat([p.detach().double().flatten() for p in layer.parameters()])
            row["update"] = ((new - old).norm() / old.norm()).item()
        found[layer_id] = row
    return found


def layers_of(module):
    return module.layer_modules().items()


def watched(module, optimizer, forward, labels, clock=None):
    """The news of one step."""
    heard = Recording(wants=LOOKING)
    watch = Watch(heard, "cpu", *([clock] if clock else []))
    with watch.forward(module, ends_step=True):
        answers = forward(module)
    nn.functional.cross_entropy(answers, labels).backward()
    with watch.step(module, optimizer, Precision("full", "cpu"), 7, 2):
        optimizer.step()
    (news,) = heard.news
    assert isinstance(news, LayersNews)
    assert (news.iteration, news.epoch) == (7, 2)
    return news.layers


def forward_of(pictures):
    def forward(module):
        torch.manual_seed(5)
        known = {Port(layer.id): pictures for layer in module.network.of_kind("Input")}
        (answers,) = module.run(known, [Port("output")])
        return answers

    return forward


def compare(network, size, count, classes):
    torch.manual_seed(0)
    module = build(network, weights_of(build(network, seed=0))).train()
    # Channels that are shut for good, so that there is something dead.
    for layer in network.of_kind("BatchNorm2d")[:1]:
        with torch.no_grad():
            module.layer_module(layer.id).bias[:3] = -100.0
    other = copy.deepcopy(module)
    pictures = torch.randn(count, 3, size, size)
    labels = torch.arange(count) % classes
    makers = [torch.optim.AdamW([p for p in m.parameters() if p.requires_grad]) for m in (module, other)]
    expected = reference(other, makers[1], forward_of(pictures), labels)
    found = watched(module, makers[0], forward_of(pictures), labels)
    assert found.keys() == expected.keys()
    for layer_id, row in expected.items():
        reading = found[layer_id]
        # A mean is a difference of large sums: it can only be as exact as the values it is made of.
        assert reading.mean == pytest.approx(row["mean"], rel=1e-6, abs=1e-6 * row["spread"]), layer_id
        for name in ("spread", "dead", "gradient", "update"):
            wanted = None if row[name] is None else pytest.approx(row[name], rel=1e-6)
            assert getattr(reading, name) == wanted, (layer_id, name)
        assert reading.seconds >= 0
    for one, two in zip(module.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, two)
    return found


def test_every_number_is_that_of_plain_hooks(tiny_network):
    found = compare(tiny_network, 16, 8, 3)
    assert found["stem.relu"].dead == 3 / 8
    assert found["stem.relu"].channels == 8
    assert found["stem.conv"].dead is None
    assert found["fc"].gradient > 0
    assert found["pool"].gradient is None


def test_frozen_layers_have_values_but_no_gradient(frozen_network):
    found = compare(frozen_network, 16, 8, 3)
    assert found["stem.conv"].gradient is None
    assert found["stem.conv"].update is None
    assert found["stem.conv"].spread > 0
    assert found["fc"].update > 0


def test_every_number_of_resnet18_is_that_of_plain_hooks():
    opened = open_model("resnet18", "none", 0, Silent())
    found = compare(opened.network, 64, 4, 1000)
    assert found["relu"].dead == 3 / 64
    assert len([1 for reading in found.values() if reading.update is not None]) == 41


def test_half_precision_is_added_up_in_full():
    value = torch.full((4, 2, 300, 300), 0.1, dtype=torch.bfloat16)
    found = statistics(value, dead=True)
    assert found["mean"].item() == pytest.approx(value[0, 0, 0, 0].item(), rel=1e-6)
    assert found["spread"].item() == pytest.approx(0, abs=1e-5)
    assert found["dead"].item() == 0


def test_one_value_for_each_picture_is_one_channel():
    assert statistics(torch.zeros(5), dead=True)["dead"].item() == 1


def test_nobody_looks_and_no_hook_is_there(tiny_network):
    module = build(tiny_network, seed=0)
    watch = Watch(Silent(), "cpu")
    with watch.forward(module, ends_step=True):
        assert not any(m._forward_hooks or m._forward_pre_hooks for m in module.modules())


def test_hooks_are_gone_after_the_batch_though_it_fails(tiny_network):
    module = build(tiny_network, seed=0)
    watch = Watch(Recording(wants=LOOKING), "cpu")
    hooked = []

    def break_off():
        with watch.forward(module, ends_step=True):
            hooked.extend(m for m in module.layer_modules().values() if m._forward_hooks)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_off()
    assert len(hooked) == len(module.layer_modules())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in module.modules())


class Ticking(Clock):
    """Goes on by a tenth of a second whenever it is looked at."""

    def __call__(self):
        self.now += 0.1
        return self.now


def test_the_cost_of_a_look_puts_off_the_next_one(tiny_network):
    module = build(tiny_network, seed=0).train()
    clock, heard = Ticking(), Recording(wants=LOOKING)
    watch = Watch(heard, "cpu", clock)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    pictures, labels = torch.randn(4, 3, 16, 16), torch.tensor([0, 1, 2, 0])
    forward = forward_of(pictures)
    began, looks = clock.now, []
    for number in range(1, 10_000):
        with watch.forward(module, ends_step=True):
            looked = any(m._forward_hooks for m in module.layer_modules().values())
            if looked:
                nn.functional.cross_entropy(forward(module), labels).backward()
        with watch.step(module, optimizer, Precision("full", "cpu"), number, 1):
            pass
        if looked:
            looks.append(clock.now)
    # Ten layers or so, each with some readings of the clock: 3 to 6 seconds of cost, 150 to 300 in between.
    assert len(looks) >= 3
    for one, two in zip([began, *looks], looks, strict=False):
        assert two == looks[0] or 150 <= two - one <= 320


def test_watching_leaves_no_trace_in_what_is_learned(tiny_network, pets):
    options = TrainingOptions(epochs=3, batch_size=8, accumulate=2, device="cpu", clip_gradients=0.5)
    given = weights_of(build(tiny_network, seed=1))
    state = torch.get_rng_state()
    unseen = train(tiny_network, given, pets, options, Silent())
    heard = Recording(wants=LOOKING)
    seen = train(tiny_network, given, pets, options, heard)
    assert torch.equal(torch.get_rng_state(), state)
    assert [replace(row, seconds=0) for row in seen.history] == [
        replace(row, seconds=0) for row in unseen.history
    ]
    for layer in tiny_network:
        if layer.id in unseen.weights:
            assert seen.weights.digest(layer.id) == unseen.weights.digest(layer.id), layer.id
    news = [n for n in heard.news if isinstance(n, LayersNews)]
    assert news
    # Two batches make a step: the second one is looked at.
    assert news[0].iteration == 2
    assert news[0].layers["fc"].gradient > 0


def test_nothing_is_told_when_nobody_asks(tiny_network, pets):
    heard = Recording()
    options = TrainingOptions(epochs=1, batch_size=8, device="cpu")
    train(tiny_network, weights_of(build(tiny_network, seed=1)), pets, options, heard)
    assert not [n for n in heard.news if isinstance(n, LayersNews)]


def test_the_gradient_is_that_of_all_batches_of_the_step_before_it_is_clipped(tiny_network):
    module = build(tiny_network, seed=0).eval()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    heard = Recording(wants=LOOKING)
    watch = Watch(heard, "cpu")
    forward = [forward_of(torch.randn(4, 3, 16, 16)) for _ in range(2)]
    labels = torch.tensor([0, 1, 2, 0])
    for number, run in enumerate(forward):
        with watch.forward(module, ends_step=number == 1):
            answers = run(module)
        nn.functional.cross_entropy(answers, labels).backward()
    fc = module.layer_module("fc")
    whole = torch.cat([p.grad.double().flatten() for p in fc.parameters()]).norm().item()
    with watch.step(module, optimizer, Precision("full", "cpu"), 2, 1):
        nn.utils.clip_grad_norm_(module.parameters(), 1e-6)
        optimizer.step()
    (news,) = heard.news
    assert news.layers["fc"].gradient == pytest.approx(whole, rel=1e-6)
    assert news.layers["fc"].update < 1e-6


def test_what_has_the_factor_0_is_not_trained(tiny_network, pets):
    network = tiny_network.with_layers(replace(tiny_network["block.conv"], weight_rate=0.0, bias_rate=0.0))
    heard = Recording(wants=LOOKING)
    options = TrainingOptions(epochs=1, batch_size=8, device="cpu")
    train(network, weights_of(build(network, seed=1)), pets, options, heard)
    first = next(n for n in heard.news if isinstance(n, LayersNews))
    assert first.layers["block.conv"].gradient is None
    stage = next(n for n in heard.news if isinstance(n, StageNews))
    assert stage.learning == {"stem.conv", "stem.bn", "fc"}


def test_with_known_features_only_layers_that_run_are_told_of(frozen_network, pets):
    heard = Recording(wants=LOOKING)
    options = TrainingOptions(epochs=1, batch_size=8, device="cpu", cache_features=True)
    train(frozen_network, weights_of(build(frozen_network, seed=1)), pets, options, heard)
    first = next(n for n in heard.news if isinstance(n, LayersNews))
    assert "stem.conv" not in first.layers
    assert "fc" in first.layers
    assert all(math.isfinite(reading.spread) for reading in first.layers.values())


def test_each_stage_tells_who_learns_in_it(frozen_network, pets):
    stages = (Stage("Head", 1, 1e-2), Stage("Block", 1, 1e-3, ("block.conv",)), Stage("All", 1, 1e-4, (ALL,)))
    heard = Recording()
    options = TrainingOptions(batch_size=8, device="cpu", stages=stages)
    train(frozen_network, weights_of(build(frozen_network, seed=1)), pets, options, heard)
    told = [n for n in heard.news if isinstance(n, StageNews)]
    assert [(n.stage, n.stages, n.name) for n in told] == [(1, 3, "Head"), (2, 3, "Block"), (3, 3, "All")]
    assert [n.learning for n in told] == [
        {"fc"},
        {"fc", "block.conv"},
        {"fc", "block.conv", "stem.conv", "stem.bn"},
    ]
