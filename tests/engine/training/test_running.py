"""The network compiled: the same values, names and promises, or as it is where it cannot be compiled."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch._dynamo.exc import BackendCompilerFailed

from designer.engine.building import build, weights_of
from designer.engine.module import NetworkModule
from designer.engine.training import find_rate, running, train
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.trial import trial
from designer.progress import LAYERS, LayersNews, Recording, Silent, StepNews
from designer.session.options import TrainingOptions
from designer.session.stages import ALL, Stage
from tests.engine.training.crashing import Crash

OPTIONS = TrainingOptions(epochs=3, batch_size=8, learning_rate=1e-2, device="cpu", keep="last")


@pytest.fixture
def fresh():
    """What torch has compiled in one test is no part of another one."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def without_compiler(monkeypatch, backend):
    """Captured and differentiated as for the compiler, but run by torch's own operations: in seconds."""

    def made(module, ports, wanted):
        def run(*values):
            return module.run(dict(zip(ports, values, strict=True)), wanted)

        return torch.compile(run, dynamic=False, backend=backend, fullgraph=True)

    monkeypatch.setattr(running, "compiled_run", made)


def go(network, pets, options, progress=None, **given):
    return train(network, weights_of(build(network, seed=3)), pets, options, progress or Silent(), **given)


def losses(run):
    return [(row.train_loss, row.val_loss) for row in run.history]


def digests(run):
    return {i: run.weights.digest(i) for i in run.weights}


STAGES = replace(OPTIONS, stages=(Stage("Head", 1, 1e-2), Stage("All", 2, 1e-3, (ALL,))))


@pytest.mark.parametrize("name", ["plain", "stages"])
def test_the_whole_network_is_captured_and_gives_the_same(
    tiny_network, frozen_network, pets, monkeypatch, fresh, name
):
    without_compiler(monkeypatch, "aot_eager")
    network, options = (tiny_network, OPTIONS) if name == "plain" else (frozen_network, STAGES)
    plain = go(network, pets, options)
    compiled = go(network, pets, replace(options, compile=True))
    assert losses(compiled) == [pytest.approx(row, rel=1e-4) for row in losses(plain)]
    assert not compiled.remarks
    assert {i: list(compiled.weights[i]) for i in compiled.weights} == {
        i: list(plain.weights[i]) for i in plain.weights
    }


def test_frozen_layers_keep_every_bit(frozen_network, pets, monkeypatch, fresh):
    without_compiler(monkeypatch, "aot_eager")
    made = []
    from designer.engine.training import beginning

    monkeypatch.setattr(beginning, "build", lambda *a, **k: made.append(build(*a, **k)) or made[-1])
    options = replace(OPTIONS, compile=True, cache_features=False)
    given = weights_of(build(frozen_network, seed=3))
    train(frozen_network, given, pets, options, Silent())
    for layer in frozen_network:
        if layer.frozen and layer.id in given:
            for name, tensor in made[0].layer_module(layer.id).state_dict().items():
                assert torch.equal(tensor, given[layer.id][name]), (layer.id, name)


def test_a_compiled_run_goes_on_bit_for_bit(tiny_network, pets, tmp_path, monkeypatch, fresh):
    without_compiler(monkeypatch, "aot_eager")
    options = replace(OPTIONS, compile=True)
    whole = go(tiny_network, pets, options)
    file = CheckpointFile(tmp_path / "checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        go(tiny_network, pets, options, Crash(cancel_after=9), checkpoints=file)
    torch._dynamo.reset()
    again = go(tiny_network, pets, options, begin_from=file.read())
    assert losses(again) == losses(whole)
    assert digests(again) == digests(whole)


def test_what_cannot_be_compiled_is_trained_as_it_is_and_told_once(tiny_network, pets, monkeypatch, fresh):
    def fails(graph, inputs):
        raise RuntimeError("no such compiler")

    without_compiler(monkeypatch, fails)
    heard = Recording()
    run = go(tiny_network, pets, replace(OPTIONS, compile=True), heard)
    assert digests(run) == digests(go(tiny_network, pets, OPTIONS))
    [remark] = run.remarks
    assert remark.startswith("The network could not be compiled, and is trained as it is: ")
    assert BackendCompilerFailed.__name__ in remark
    assert [n.text for n in heard.news if isinstance(n, StepNews)].count(remark) == 2


def test_compiled_layers_are_not_looked_at(tiny_network, pets, monkeypatch, fresh):
    without_compiler(monkeypatch, "aot_eager")
    heard = Recording(wants=frozenset({LAYERS}))
    options = replace(OPTIONS, compile=True)
    run = go(tiny_network, pets, options, heard)
    assert not run.remarks
    assert not [news for news in heard.news if isinstance(news, LayersNews)]
    torch._dynamo.reset()
    assert digests(run) == digests(go(tiny_network, pets, options))


def test_layers_that_could_not_be_compiled_are_looked_at(tiny_network, pets, monkeypatch, fresh):
    def fails(graph, inputs):
        raise RuntimeError("no such compiler")

    without_compiler(monkeypatch, fails)
    heard = Recording(wants=frozenset({LAYERS}))
    go(tiny_network, pets, replace(OPTIONS, compile=True), heard)
    [first, *_] = [news for news in heard.news if isinstance(news, LayersNews)]
    assert first.iteration == 2
    assert first.layers["fc"].gradient > 0


def test_what_is_tried_is_not_compiled(tiny_network, pets, monkeypatch):
    def made(module, ports, wanted):
        raise AssertionError("compiled")

    monkeypatch.setattr(running, "compiled_run", made)
    given, options = weights_of(build(tiny_network, seed=3)), replace(OPTIONS, compile=True)
    found = trial(tiny_network, given, pets, options, Silent())
    assert not found.problems
    assert any(remark.startswith("Tried without compiling") for remark in found.remarks)
    assert find_rate(tiny_network, given, pets, options, Silent()).rates


def test_a_fault_of_the_compiler_counts_as_one_too(tiny_network, pets, monkeypatch, fresh):
    """An assertion in a line of its own, such as the one that states changed while it looks raise."""
    without_compiler(monkeypatch, "aot_eager")
    monkeypatch.setattr(NetworkModule, "plan", lambda self, known, wanted: None)
    run = go(tiny_network, pets, replace(OPTIONS, compile=True))
    assert digests(run) == digests(go(tiny_network, pets, OPTIONS))
    assert "could not be compiled" in run.remarks[0]


def test_other_errors_are_not_taken_for_the_compilers(tiny_network, pets, monkeypatch):
    def made(module, ports, wanted):
        def run(*values):
            raise ZeroDivisionError

        return run

    monkeypatch.setattr(running, "compiled_run", made)
    with pytest.raises(ZeroDivisionError):
        go(tiny_network, pets, replace(OPTIONS, compile=True))


def test_synchronised_norms_hold_what_was_there_and_stay_frozen(tiny_network):
    plain = build(tiny_network, seed=3)
    given = {name: tensor.clone() for name, tensor in plain.state_dict().items()}
    made = running.synchronised(plain)
    assert isinstance(made.layer_module("stem.bn"), torch.nn.SyncBatchNorm)
    assert made.state_dict().keys() == given.keys()
    assert all(torch.equal(tensor, given[name]) for name, tensor in made.state_dict().items())
    assert made.train().layer_module("stem.bn").training
    frozen = tiny_network.with_layers(replace(tiny_network["stem.bn"], frozen=True))
    norm = running.synchronised(build(frozen, seed=3)).train().layer_module("stem.bn")
    assert not norm.training
    assert not any(parameter.requires_grad for parameter in norm.parameters())


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_compiler_itself_gives_the_same(tiny_network, pets, tmp_path, fresh):
    plain, options = go(tiny_network, pets, OPTIONS), replace(OPTIONS, compile=True)
    compiled = go(tiny_network, pets, options)
    assert not compiled.remarks
    assert losses(compiled) == [pytest.approx(row, rel=1e-3) for row in losses(plain)]
    file = CheckpointFile(tmp_path / "checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        go(tiny_network, pets, options, Crash(cancel_after=9), checkpoints=file)
    torch._dynamo.reset()
    assert digests(go(tiny_network, pets, options, begin_from=file.read())) == digests(compiled)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_without_a_compiler_on_the_computer_it_is_trained_as_it_is(tiny_network, pets, monkeypatch, fresh):
    from torch._inductor import config

    monkeypatch.setattr(config.cpp, "cxx", ("no-such-compiler",))
    monkeypatch.setattr(config, "force_disable_caches", True)
    run = go(tiny_network, pets, replace(OPTIONS, compile=True))
    assert digests(run) == digests(go(tiny_network, pets, OPTIONS))
    assert "could not be compiled" in run.remarks[0]
