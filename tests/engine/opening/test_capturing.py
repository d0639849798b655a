"""Capture of modules that torchvision does not have: what is taken, and what is refused in which words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.nn import functional

from designer.engine.building import build
from designer.engine.opening import capture
from designer.engine.opening.calls import Call
from designer.engine.opening.functions import TRANSLATORS
from designer.errors import OpeningError


class Written(nn.Module):
    """A module whose forward function is given."""

    def __init__(self, forward, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self._forward = forward

    def forward(self, x):
        return self._forward(self, x)


def kinds(network):
    return [layer.kind for layer in network]


def head(width=3):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 4))


def taken(forward, width=3, size=8, **parts):
    """Capture `forward`, its result made into four numbers, and compare at another batch size."""
    torch.manual_seed(0)
    module = Written(lambda m, x: m.head(forward(m, x)), head=head(width), **parts)
    opened = capture(module, (3, size, size), "written")
    x = torch.randn(6, 3, size, size)
    built = build(opened.network, opened.weights)
    with torch.no_grad():
        assert torch.equal(built(x), module.eval()(x))
    return opened.network


def test_ids_names_and_groups_are_the_module_paths():
    network = taken(
        lambda m, x: m.block(x) + x, block=nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU())
    )
    assert [(la.id, la.group) for la in network] == [
        ("input", ""),
        ("block.0", "block"),
        ("block.1", "block"),
        ("add", ""),
        ("head.0", "head"),
        ("head.1", "head"),
        ("head.2", "head"),
        ("output", ""),
    ]
    assert all(layer.name == layer.id for layer in network)
    assert network["block.0"].settings == {
        "in_channels": 3,
        "out_channels": 3,
        "kernel_size": 3,
        "padding": 1,
    }


@pytest.mark.parametrize(
    ("forward", "wanted"),
    [
        (lambda m, x: x + 1.5, ["Scale"]),
        (lambda m, x: 1.5 - x, ["Scale"]),
        (lambda m, x: x - 1.5, ["Scale"]),
        (lambda m, x: x / 3, ["Scale"]),
        (lambda m, x: 3 / (x + 10), ["Scale", "Power", "Scale"]),
        (lambda m, x: -x * 0.1, ["Scale", "Scale"]),
        (lambda m, x: x**2, ["Power"]),
        (lambda m, x: x - x.sigmoid(), ["Sigmoid", "Subtract"]),
        (lambda m, x: x / (x * x + 1), ["Multiply", "Scale", "Divide"]),
        (lambda m, x: x @ x.transpose(-1, -2), ["Transpose", "MatrixProduct"]),
        (lambda m, x: torch.matmul(x, x.mT), ["Transpose", "MatrixProduct"]),
        (
            lambda m, x: torch.cat([x, x.flip], 1) if False else torch.cat((x[:, :1], x[:, 1:]), 1),
            ["Slice", "Slice", "Concat"],
        ),
        (
            lambda m, x: torch.stack([x, x], 1).flatten(1, 2)[:, :3],
            ["Unsqueeze", "Unsqueeze", "Concat", "Flatten", "Slice"],
        ),
        (lambda m, x: x.view(x.size(0), 3, -1).unsqueeze(-1), ["Reshape", "Unsqueeze"]),
        (lambda m, x: x.reshape(x.shape[0] * 2, 3, 8, 4).view(-1, 3, 8, 8), ["Reshape", "Reshape"]),
        (lambda m, x: torch.cat(x.split([1, 2], dim=1)[::-1], dim=1), ["Slice", "Slice", "Concat"]),
        (lambda m, x: torch.cat(x.chunk(3, 1), 1), ["Chunk", "Concat"]),
        (lambda m, x: torch.stack(x.unbind(1)[:3], 1), ["Select"] * 3 + ["Unsqueeze"] * 3 + ["Concat"]),
        (lambda m, x: functional.pad(x, (1, 0, 2, 0), value=1.0), ["Pad"]),
        (lambda m, x: functional.pad(x, (0, 0, 0, 0)), []),
        (
            lambda m, x: functional.max_pool2d(functional.gelu(x, approximate="tanh"), 2),
            ["GELU", "MaxPool2d"],
        ),
        (
            lambda m, x: functional.avg_pool2d(x, 3, stride=1, count_include_pad=False, padding=1),
            ["AvgPool2d"],
        ),
        (lambda m, x: functional.leaky_relu(x, 0.2).softmax(1), ["LeakyReLU", "Softmax"]),
        (lambda m, x: x.mean((2, 3), keepdim=True) * x.sum(-1, keepdim=True), ["Mean", "Sum", "Multiply"]),
        (
            lambda m, x: (
                x.permute(0, 2, 3, 1).contiguous().movedim(-1, 1) if False else x.clone().to(x.dtype)
            ),
            [],
        ),
    ],
)
def test_functions_become_layers(forward, wanted):
    assert kinds(taken(forward))[1:-4] == wanted


def test_dropout_as_a_function_follows_the_mode():
    network = taken(lambda m, x: functional.dropout(x, 0.3, m.training))
    assert network["dropout"].settings == {"p": 0.3}


def test_operations_in_place_mean_the_value_at_that_time():
    def forward(m, x):
        y = m.conv(x)
        before = y * 2
        y += 1
        y = functional.relu(y, inplace=True)
        y.mul_(before)
        return y

    network = taken(forward, conv=nn.Conv2d(3, 3, 1))
    assert kinds(network)[1:-4] == ["Conv2d", "Scale", "Scale", "ReLU", "Multiply"]
    assert [port.layer for port in network.inputs["mul_2"]] == ["relu", "mul"]


def test_a_layer_that_gives_back_its_input_does_not_stand_for_it():
    # In evaluation dropout and identity return the very tensor that they got.
    network = taken(lambda m, x: x + m.drop(m.same(x)), drop=nn.Dropout(0.5), same=nn.Identity())
    assert [port.layer for port in network.inputs["add"]] == ["input", "drop"]


def test_a_bare_parameter_is_a_layer():
    network = taken(lambda m, x: m.scale * x, scale=nn.Parameter(torch.rand(3, 1, 1)))
    assert network["scale"].kind == "Parameter"
    assert network["scale"].settings == {"shape": [3, 1, 1]}


def test_a_token_is_repeated_for_each_picture():
    def forward(m, x):
        x = x.flatten(2)
        return torch.cat([m.token.expand(x.shape[0], -1, -1), x], 2).unsqueeze(-1)

    network = taken(forward, token=nn.Parameter(torch.rand(1, 3, 1)))
    assert [port.layer for port in network.inputs["expand"]] == ["token", "flatten"]


def test_a_module_without_weights_may_be_called_twice():
    network = taken(lambda m, x: m.relu(m.relu(x) - 1), relu=nn.ReLU(inplace=True))
    assert [layer.id for layer in network.of_kind("ReLU")] == ["relu", "relu_2"]


def test_a_subclass_that_only_builds_otherwise_is_the_layer():
    class Narrow(nn.Conv2d):
        def __init__(self):
            super().__init__(3, 3, 1)

    assert "Conv2d" in kinds(taken(lambda m, x: m.conv(x), conv=Narrow()))


def test_unused_parts_are_left_out_and_the_module_is_as_before():
    module = Written(lambda m, x: m.head(x), head=head(), spare=nn.Linear(2, 2))
    module.head.train()
    state = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    rng = torch.get_rng_state()
    opened = capture(module, (3, 8, 8), "n")
    assert "spare" not in opened.network
    assert module.training
    assert "forward" not in vars(module.head[0])
    assert all(torch.equal(t, state[n]) for n, t in module.state_dict().items())
    assert torch.equal(rng, torch.get_rng_state())
    with torch.no_grad():
        module.head[2].weight.zero_()
    assert opened.weights["head.2"]["weight"].abs().sum() > 0


class Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        self.conv.register_forward_hook(lambda module, inputs, output: output * 2)

    def forward(self, x):
        return self.conv(x)


class Same(nn.Conv2d):
    def forward(self, x):
        return super().forward(x) + 1


CONV = {"conv": nn.Conv2d(3, 3, 1)}


@pytest.mark.parametrize(
    ("forward", "parts", "words"),
    [
        (lambda m, x: x * x.sum((1, 2, 3)).tolist()[0], {}, ["does not run without values"]),
        (lambda m, x: torch.fft.fft(x).real, {}, ["'fft_fft' in", "no layer kind for this operation"]),
        (lambda m, x: x.cumsum(1), {}, ["'cumsum'", "no layer kind"]),
        (lambda m, x: x.detach(), {}, ["'detach'"]),
        (lambda m, x: m.conv(m.conv(x)), CONV, ["'conv'", "called twice", "share"]),
        (lambda m, x: x * torch.ones(3, 1, 1, device=x.device), {}, ["'mul'", "fixed tensor"]),
        (lambda m, x: x[::2], {}, ["'getitem'", "some pictures out of a batch"]),
        (lambda m, x: x - x.mean(0, keepdim=True), {}, ["'mean'", "pictures of a batch together"]),
        (lambda m, x: x if m.training else x * 2, {}, ["In evaluation another layer runs"]),
        (lambda m, x: functional.dropout(x, 0.5), {}, ["'dropout'", "training mode"]),
        (
            lambda m, x: functional.conv2d(x, m.w),
            {"w": nn.Parameter(torch.rand(3, 3, 1, 1))},
            ["'conv2d'", "no layer kind"],
        ),
        (lambda m, x: functional.pad(x, (1, 1, 1, 1), mode="reflect"), {}, ["'pad'", "mode is 'reflect'"]),
        (lambda m, x: x * x.shape[0], {}, ["depend on the number of pictures"]),
        (lambda m, x: m.hooked(x), {"hooked": Hooked()}, ["'hooked.conv'", "hooks"]),
        (
            lambda m, x: m.pool(x)[0],
            {"pool": nn.MaxPool2d(2, return_indices=True)},
            ["'pool'", "return_indices"],
        ),
        (
            lambda m, x: m.part(x),
            {"part": nn.Linear(5, 5)},
            ["'part' does not run", "[120, 8] X [5, 5]"],
        ),
        (
            lambda m, x: m.conv(x),
            {"conv": nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 3, 1))},
            ["'conv'", "another form"],
        ),
    ],
)
def test_what_cannot_be_a_layer_is_refused_by_name(forward, parts, words):
    module = Written(lambda m, x: m.head(forward(m, x)), head=head(), **parts)
    with pytest.raises(OpeningError) as caught:
        capture(module, (3, 8, 8), "written")
    assert "cannot be opened" in caught.value.what
    assert caught.value.remedy
    for word in words:
        assert word in str(caught.value)


def test_a_layer_with_a_forward_function_of_its_own_is_no_layer():
    with pytest.raises(OpeningError, match="conv2d"):
        taken(lambda m, x: m.conv(x), conv=Same(3, 3, 1))


def test_a_view_that_was_changed_through_another_is_refused():
    def forward(m, x):
        y = m.conv(x)
        view = y.flatten(1)
        y.add_(1)
        return view.unsqueeze(-1).unsqueeze(-1)

    with pytest.raises(OpeningError, match="changed in place through another tensor"):
        taken(forward, conv=nn.Conv2d(3, 3, 1), width=192)


def test_a_network_that_gives_no_single_tensor_is_refused():
    module = Written(lambda m, x: {"out": m.conv(x)}, **CONV)
    with pytest.raises(OpeningError, match="dict instead of one tensor"):
        capture(module, (3, 8, 8), "n")


def test_weights_of_another_precision_are_refused():
    with pytest.raises(OpeningError, match=r"'0.weight' is of type float16.*module.float"):
        capture(nn.Sequential(nn.Conv2d(3, 3, 1)).half(), (3, 8, 8), "n")


def test_a_difference_of_one_bit_is_found(monkeypatch):
    # Let the capture go wrong: it must notice, and not give a network that is nearly right.
    monkeypatch.setitem(TRANSLATORS, "sigmoid", lambda out, x: Call("Hardsigmoid", {}, (x,)))
    with pytest.raises(OpeningError, match="gives other values"):
        taken(lambda m, x: x.sigmoid())


def test_networks_are_captured_in_several_threads_at_once():
    def work(number):
        width = 3 + number
        module = nn.Sequential(nn.Conv2d(3, width, 1), nn.ReLU(), *head(width))
        plain = (torch.ones(2) + 1).sum().item()
        return capture(module, (3, 8, 8), f"n{number}").network, plain

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, range(12)))
    for number, (network, plain) in enumerate(found):
        assert network["0"].settings["out_channels"] == 3 + number
        assert (len(network), plain) == (7, 4.0)


def test_auxiliary_outputs_are_used_in_training_alone():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.main, self.second = nn.Conv2d(3, 3, 1), head(), head()

        def forward(self, x):
            x = self.conv(x)
            return (self.main(x), self.second(x)) if self.training else self.main(x)

    opened = capture(Two(), (3, 8, 8), "two", auxiliary_weight=0.4)
    module = build(opened.network, opened.weights)
    assert module.auxiliary_weights == (0.4,)
    assert [tuple(y.shape) for y in module.train()(torch.randn(2, 3, 8, 8))] == [(2, 4), (2, 4)]
    assert module.eval()(torch.randn(2, 3, 8, 8)).shape == (2, 4)
