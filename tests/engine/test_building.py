"""Building modules from documents: weights, seeds, order, the frozen prefix, ids of every kind."""

from __future__ import annotations

import copy
import itertools
import time
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from designer.engine.building import Misfit, build, misfits, weights_of
from designer.engine.module import frozen_prefix
from designer.engine.weights import Weights
from designer.errors import NetworkError
from designer.network.network import Layer, Network, Port


def chain(*rows: Layer, **more) -> Network:
    """Layers one after the other, between an input of 3 x 8 x 8 and an output."""
    all_rows = [
        Layer("input", "input", "Input", {"shape": [3, 8, 8]}),
        *rows,
        Layer("output", "output", "Output"),
    ]
    inputs = {b.id: (Port(a.id),) for a, b in itertools.pairwise(all_rows)}
    return Network("chain", {r.id: r for r in all_rows}, {"input": (), **inputs}, **more)


def conv(layer_id: str, **more) -> Layer:
    return Layer(
        layer_id, layer_id, "Conv2d", {"in_channels": 3, "out_channels": 3, "kernel_size": 1}, **more
    )


def by_hand(tiny, state, x):
    """The tiny network of conftest in functions of torch, in evaluation mode."""
    y = functional.conv2d(x, state["stem.conv.weight"], padding=1)
    norm = [state[f"stem.bn.{n}"] for n in ("running_mean", "running_var", "weight", "bias")]
    y = functional.relu(functional.batch_norm(y, *norm))
    y = functional.conv2d(y, state["block.conv.weight"], state["block.conv.bias"], padding=1) + y
    return functional.linear(y.mean((2, 3)), state["fc.weight"], state["fc.bias"])


def test_a_built_network_computes_what_its_layers_say(tiny_network):
    module = build(tiny_network, seed=3)
    assert not module.training
    x = torch.randn(4, 3, 16, 16)
    with torch.no_grad():
        torch.testing.assert_close(module(x), by_hand(tiny_network, module.state_dict(), x))


def test_seeds_decide_and_the_global_state_stays(tiny_network):
    before = torch.get_rng_state()
    one, same, other = (weights_of(build(tiny_network, seed=s)) for s in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert one.digest("fc") == same.digest("fc")
    assert one.digest("fc") != other.digest("fc")
    with torch.random.fork_rng():
        torch.manual_seed(1)
        assert torch.equal(one["stem.conv"]["weight"], nn.Conv2d(3, 8, 3, padding=1, bias=False).weight)


def test_weights_are_copied_and_come_back_whole(tiny_network):
    weights = weights_of(build(tiny_network, seed=1))
    module = build(tiny_network, weights, seed=99)
    assert set(module.state_dict()) == set(weights.flat())
    assert all(torch.equal(t, weights.flat()[n]) for n, t in module.state_dict().items())
    with torch.no_grad():
        module.layer_module("fc").weight.add_(1)
    again = build(tiny_network, weights)
    assert torch.equal(again.layer_module("fc").weight, weights["fc"]["weight"])
    # What a build returns holds real memory and learns.
    assert all(p.requires_grad and not p.is_meta for p in again.parameters())


def test_a_layer_whose_weights_no_longer_fit_starts_anew_and_is_named(tiny_network):
    weights = weights_of(build(tiny_network, seed=1))
    fc = replace(tiny_network["fc"], settings={"in_features": 8, "out_features": 7})
    changed = tiny_network.with_layers(fc)
    assert misfits(tiny_network, weights) == ()
    assert misfits(changed, weights) == (Misfit("fc", "'weight' has shape (3, 8), not (7, 8)"),)
    module = build(changed, weights, seed=4)
    assert module.layer_module("fc").weight.shape == (7, 8)
    assert torch.equal(module.layer_module("stem.conv").weight, weights["stem.conv"]["weight"])
    assert torch.equal(
        module.layer_module("fc").weight, build(changed, weights, seed=4).layer_module("fc").weight
    )


def test_half_precision_weights_become_single(tiny_network):
    weights = weights_of(build(tiny_network, seed=1))
    half = Weights(
        {i: {n: t.half() if t.is_floating_point() else t for n, t in weights[i].items()} for i in weights}
    )
    module = build(tiny_network, half)
    assert {p.dtype for p in module.parameters()} == {torch.float32}
    assert torch.equal(module.layer_module("fc").weight, weights["fc"]["weight"].half().float())


def test_frozen_layers_stay_as_they_are_in_every_mode(tiny_network):
    frozen = [replace(layer, frozen=True) for layer in tiny_network if layer.id.startswith("stem")]
    module = build(tiny_network.with_layers(*frozen), seed=1)
    assert not module.layer_module("stem.bn").training
    module.train()
    assert module.training
    assert module.layer_module("drop").training
    assert not module.layer_module("stem.bn").training
    before = module.layer_module("stem.bn").running_mean.clone()
    module(torch.randn(4, 3, 16, 16)).sum().backward()
    assert torch.equal(module.layer_module("stem.bn").running_mean, before)
    assert [n for n, p in module.named_parameters() if p.grad is None] == [
        "stem.conv.weight",
        "stem.bn.weight",
        "stem.bn.bias",
    ]


def test_the_frozen_prefix_ends_where_something_changes(tiny_network):
    # Without a frozen layer it is what only moves the pictures.
    assert frozen_prefix(tiny_network) == {"input"}
    stem = [replace(tiny_network[i], frozen=True) for i in ("stem.conv", "stem.bn")]
    part = tiny_network.with_layers(*stem)
    assert frozen_prefix(part) == {"input", "stem.conv", "stem.bn", "stem.relu"}
    body = part.with_layers(replace(part["block.conv"], frozen=True))
    assert frozen_prefix(body) == set(body.layers) - {"drop", "fc", "output"}
    # A frozen layer behind a learning one is not in it.
    late = tiny_network.with_layers(replace(tiny_network["fc"], frozen=True))
    assert frozen_prefix(late) == {"input"}
    everything = tiny_network.with_layers(*(replace(layer, frozen=True) for layer in tiny_network))
    assert frozen_prefix(everything) == set(tiny_network.layers)


def test_from_the_boundary_on_the_values_are_the_same(tiny_network):
    frozen = [replace(tiny_network[i], frozen=True) for i in ("stem.conv", "stem.bn")]
    module = build(tiny_network.with_layers(*frozen), seed=1).train()
    module.layer_module("drop").p = 0.0
    x = torch.randn(4, 3, 16, 16)
    assert module.boundary() == (Port("stem.relu"),)
    whole = module(x)
    whole.sum().backward()
    wanted = {n: p.grad.clone() for n, p in module.named_parameters() if p.grad is not None}
    module.zero_grad()
    held = dict(zip(module.boundary(), module.run({Port("input"): x}, module.boundary()), strict=True))
    assert not any(value.requires_grad for value in held.values())
    (found,) = module.run(held, [Port("output")])
    assert torch.equal(found, whole)
    found.sum().backward()
    assert {n: p.grad for n, p in module.named_parameters() if p.grad is not None}.keys() == wanted.keys()
    assert all(torch.equal(p.grad, wanted[n]) for n, p in module.named_parameters() if n in wanted)


def test_a_wholly_frozen_network_has_its_output_at_the_boundary(tiny_network):
    module = build(tiny_network.with_layers(*(replace(layer, frozen=True) for layer in tiny_network)))
    assert module.boundary() == (Port("output"),)


def test_the_frozen_prefix_runs_without_autograd_unless_the_pictures_ask(tiny_network):
    frozen = tiny_network.with_layers(*(replace(layer, frozen=True) for layer in tiny_network))
    module = build(frozen)
    assert not module(torch.randn(2, 3, 16, 16)).requires_grad
    x = torch.randn(2, 3, 16, 16, requires_grad=True)
    module(x).sum().backward()
    assert x.grad.abs().sum() > 0


def test_only_what_is_needed_is_run_and_values_are_let_go(tiny_network):
    module = build(tiny_network)
    ran = []
    for layer_id, part in module.layer_modules().items():
        part.register_forward_hook(lambda *_, layer_id=layer_id: ran.append(layer_id))
    module.run({Port("stem.relu"): torch.randn(2, 8, 16, 16)}, [Port("block.add")])
    assert ran == ["block.conv", "block.add"]


@pytest.mark.parametrize(
    "layer_id",
    ["forward", "train", "run", "network", "a.b.c", "a", "a.b", "weight", "0.1", "fc~12ab", "half.to"],
)
def test_any_id_may_be_built(layer_id):
    others = ("a.b.c", "a", "a.b", "q.forward")
    rows = [conv(i) for i in dict.fromkeys((*others, layer_id))]
    network = chain(*rows)
    module = build(network, seed=1)
    x = torch.randn(2, 3, 8, 8)
    y = x
    for row in rows:
        y = module.layer_module(row.id)(y)
    assert torch.equal(module(x), y)
    assert len(list(module.parameters())) == 2 * len(rows)
    assert len({id(p) for p in module.parameters()}) == 2 * len(rows)
    again = build(network, weights_of(module))
    assert torch.equal(again(x), y)
    # All layers' tensors move with the module, and a copy is whole.
    assert all(
        p.is_meta
        for i in network.layers
        for p in copy.deepcopy(module).to("meta").layer_module(i).parameters()
    )


def test_chunks_are_told_apart():
    rows = {
        "input": Layer("input", "input", "Input", {"shape": [6, 2, 2]}),
        "chunk": Layer("chunk", "chunk", "Chunk", {"chunks": 3}),
        "cat": Layer("cat", "cat", "Concat"),
        "output": Layer("output", "output", "Output"),
    }
    inputs = {
        "input": (),
        "chunk": (Port("input"),),
        "cat": (Port("chunk", 2), Port("chunk", 0)),
        "output": (Port("cat"),),
    }
    x = torch.randn(2, 6, 2, 2)
    assert torch.equal(build(Network("n", rows, inputs))(x), torch.cat([x[:, 4:], x[:, :2]], 1))


def test_wrong_networks_are_refused_in_words(tiny_network):
    two = replace(tiny_network, layers={**tiny_network.layers, "o2": Layer("o2", "o2", "Output")})
    two = replace(two, inputs={**two.inputs, "o2": (Port("fc"),)})
    with pytest.raises(NetworkError, match="has 2 outputs"):
        build(two)
    empty = tiny_network.with_inputs({"fc": (None,)})
    with pytest.raises(NetworkError, match="Input 1 of layer 'fc' is empty"):
        build(empty)(torch.randn(1, 3, 16, 16))
    cycle = tiny_network.with_inputs({"stem.conv": (Port("stem.relu"),)})
    with pytest.raises(NetworkError, match="cycle"):
        build(cycle)(torch.randn(1, 3, 16, 16))
    odd = tiny_network.with_layers(replace(tiny_network["fc"], kind="Lineal"))
    with pytest.raises(NetworkError, match="no layer kind 'Lineal'"):
        build(odd)


def test_a_thousand_layers_are_handled_quickly():
    network = chain(
        *(
            conv(f"b{n // 10}.c{n}") if n % 2 else Layer(f"b{n // 10}.r{n}", f"r{n}", "ReLU")
            for n in range(1000)
        )
    )
    weights = weights_of(build(network))
    started = time.process_time()
    assert len(network.order) == 1002
    ordering = time.process_time() - started
    module = build(network, weights)
    built = time.process_time() - started
    x = torch.randn(1, 3, 8, 8)
    with torch.no_grad():
        module(x)
        started = time.process_time()
        module(x)
    ran = time.process_time() - started
    # Generous bounds; measured on one core: 5 ms, 0.3 s and 30 ms.
    assert ordering < 0.25
    assert built < 4.0
    assert ran < 1.0


def test_a_deep_network_needs_no_recursion():
    network = chain(*(Layer(f"r{n}", f"r{n}", "ReLU") for n in range(5000)))
    x = torch.randn(1, 3, 8, 8)
    with torch.no_grad():
        assert torch.equal(build(network)(x), x.relu())


def test_whole_weights_leave_the_random_state_to_others(tiny_network, monkeypatch):
    """A run that trains in another thread draws from it at that very moment."""
    weights = weights_of(build(tiny_network, seed=3))

    def drawn(*_, **__):
        raise AssertionError("the random state was touched")

    for name in ("manual_seed", "set_rng_state"):
        monkeypatch.setattr(torch, name, drawn)
        monkeypatch.setattr(torch.random, name, drawn)
    before = torch.get_rng_state()
    build(tiny_network, weights)
    assert torch.equal(torch.get_rng_state(), before)
    with pytest.raises(AssertionError, match="touched"):
        build(tiny_network, Weights())
