"""Ready-made blocks against the same blocks written in plain torch, with the same weights."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.densenet import _DenseLayer
from torchvision.models.efficientnet import MBConv, MBConvConfig
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.ops import SqueezeExcitation

from designer.catalog.blocks import attentive, convolutional, heads
from designer.catalog.blocks.around import Around
from designer.engine.building import layer_module
from designer.network.fragment import Fragment

PICTURE, TOKENS = (24, 9, 7), (10, 64)


class Made(nn.Module):
    """A fragment run layer by layer, every entrance fed by the same values."""

    def __init__(self, fragment: Fragment) -> None:
        super().__init__()
        self.fragment = fragment
        self.parts = nn.ModuleDict({layer.id: layer_module(layer) for layer in fragment.layers})

    def forward(self, x: Tensor) -> Tensor:
        values: dict[str, Tensor] = {}
        for layer in self.fragment.layers:
            ports = self.fragment.inputs[layer.id]
            given = [x if port is None else values[port.layer] for port in ports]
            values[layer.id] = self.parts[layer.id](*given)
        return values[self.fragment.exit.layer]


def made(fragment: Fragment) -> Made:
    """With weights and statistics far from their first values: zeros and ones would hide much."""
    generator = torch.Generator().manual_seed(1)
    module = Made(fragment).eval()
    for name, tensor in module.state_dict().items():
        if tensor.is_floating_point():
            values = torch.randn(tensor.shape, generator=generator)
            small = 0.2 if tensor.dim() > 1 else 1.0
            tensor.copy_(values.abs() + 0.5 if name.endswith("running_var") else values * small)
    return module


def copied(module: Made, other: nn.Module, names: Mapping[str, str]) -> nn.Module:
    """`other` with the weights of the block: `names` says which module has those of a layer."""
    states = {
        f"{path}.{name}" if path else name: tensor
        for layer, path in names.items()
        for name, tensor in module.parts[layer].state_dict().items()
    }
    other.load_state_dict(states)
    assert {layer for layer, part in module.parts.items() if part.state_dict()} == set(names)
    return other.eval()


def same(module: Made, other: nn.Module, *shape: int) -> None:
    x = torch.randn(2, *shape, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        found, wanted = module(x), other(x)
    assert found.shape == wanted.shape
    assert wanted.std() > 1e-3
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("width", "stride"), [(0, 1), (48, 1), (24, 2), (48, 2)])
def test_a_residual_block_is_torchvisions(width, stride):
    block = made(convolutional.residual(Around(PICTURE), width, stride))
    names = {"conv1": "conv1", "bn1": "bn1", "conv2": "conv2", "bn2": "bn2"}
    shortcut = None
    if width == 48 or stride == 2:
        shortcut = nn.Sequential(nn.Conv2d(24, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        names |= {"conv_shortcut": "downsample.0", "bn_shortcut": "downsample.1"}
    other = BasicBlock(24, width or 24, stride, shortcut)
    same(block, copied(block, other, names), *PICTURE)


@pytest.mark.parametrize(("width", "stride"), [(0, 1), (48, 2)])
def test_a_bottleneck_block_is_torchvisions(width, stride):
    block = made(convolutional.bottleneck(Around(PICTURE), width, stride))
    names = {f"{kind}{n}": f"{kind}{n}" for kind in ("conv", "bn") for n in (1, 2, 3)}
    shortcut = None
    if width:
        shortcut = nn.Sequential(nn.Conv2d(24, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        names |= {"conv_shortcut": "downsample.0", "bn_shortcut": "downsample.1"}
    other = Bottleneck(24, (width or 24) // 4, stride, shortcut)
    same(block, copied(block, other, names), *PICTURE)


def test_the_halving_block_halves_and_doubles():
    block = made(convolutional.halving_residual(Around(PICTURE)))
    assert block(torch.randn(2, *PICTURE)).shape == (2, 48, 5, 4)


def test_squeeze_and_excitation_is_torchvisions():
    block = made(convolutional.squeeze_excitation(Around((32, 9, 7))))
    other = SqueezeExcitation(32, 2)
    same(block, copied(block, other, {"se_fc1": "fc1", "se_fc2": "fc2"}), 32, 9, 7)


@pytest.mark.parametrize(("width", "stride"), [(0, 1), (40, 1), (24, 2)])
def test_an_inverted_residual_block_is_mobilenets(width, stride):
    block = made(convolutional.inverted_residual(Around(PICTURE), width, stride, excited=False))
    other = InvertedResidual(24, width or 24, stride, 6)
    names = {
        "conv_expand": "conv.0.0",
        "bn_expand": "conv.0.1",
        "conv_depth": "conv.1.0",
        "bn_depth": "conv.1.1",
        "conv_project": "conv.2",
        "bn_project": "conv.3",
    }
    same(block, copied(block, other, names), *PICTURE)


@pytest.mark.parametrize(("width", "stride"), [(0, 1), (40, 1), (24, 2)])
def test_an_excited_inverted_residual_block_is_efficientnets(width, stride):
    block = made(convolutional.inverted_residual(Around(PICTURE), width, stride))
    settings = MBConvConfig(6, 3, stride, 24, width or 24, 1, 1.0, 1.0)
    other = MBConv(settings, 0.0, lambda features: nn.BatchNorm2d(features))
    names = {
        "conv_expand": "block.0.0",
        "bn_expand": "block.0.1",
        "conv_depth": "block.1.0",
        "bn_depth": "block.1.1",
        "se_fc1": "block.2.fc1",
        "se_fc2": "block.2.fc2",
        "conv_project": "block.3.0",
        "bn_project": "block.3.1",
    }
    same(block, copied(block, other, names), *PICTURE)


def test_a_concatenating_block_is_densenets():
    block = made(convolutional.dense_layer(Around(PICTURE)))
    layer = _DenseLayer(24, 32, 4, 0.0)

    class Joined(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, x: Tensor) -> Tensor:
            return torch.cat((x, self.layer(x)), 1)

    names = {"bn1": "layer.norm1", "conv1": "layer.conv1", "bn2": "layer.norm2", "conv2": "layer.conv2"}
    same(block, copied(block, Joined(), names), *PICTURE)


def brick(before: int, after: int, kernel: int, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(before, after, kernel, padding=kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(after), nn.ReLU())


def test_a_brick_is_convolution_norm_and_activation():
    block = made(convolutional.conv_bn_relu(Around(PICTURE)))
    same(block, copied(block, brick(24, 24, 3), {"conv": "0", "bn": "1"}), *PICTURE)


def test_a_depthwise_separable_convolution_is_one_by_channels_and_one_by_positions():
    block = made(convolutional.depthwise_separable(Around(PICTURE)))
    other = nn.Sequential(brick(24, 24, 3, groups=24), brick(24, 24, 1))
    names = {"conv_depth": "0.0", "bn_depth": "0.1", "conv_point": "1.0", "bn_point": "1.1"}
    same(block, copied(block, other, names), *PICTURE)


def test_an_inception_block_joins_its_branches():
    class Branches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one = brick(24, 6, 1)
            self.three = nn.Sequential(brick(24, 6, 1), brick(6, 6, 3))
            self.five = nn.Sequential(brick(24, 6, 1), brick(6, 6, 5))
            self.pool = nn.Sequential(nn.MaxPool2d(3, 1, 1), brick(24, 6, 1))

        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([self.one(x), self.three(x), self.five(x), self.pool(x)], 1)

    block = made(convolutional.inception(Around(PICTURE)))
    paths = {
        "1x1": "one",
        "3x3_reduce": "three.0",
        "3x3": "three.1",
        "5x5_reduce": "five.0",
        "5x5": "five.1",
        "pool": "pool.1",
    }
    names = {f"{k}_{n}": f"{p}.{i}" for n, p in paths.items() for i, k in enumerate(("conv", "bn"))}
    same(block, copied(block, Branches(), names), *PICTURE)


def encoder(block: Made, width: int, number: int) -> nn.Module:
    other = nn.TransformerEncoderLayer(
        width, number, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
    )
    names = {
        "norm1": "norm1",
        "attention": "self_attn",
        "norm2": "norm2",
        "fc1": "linear1",
        "fc2": "linear2",
    }
    return copied(block, other, names)


@pytest.mark.parametrize(("shape", "number"), [((10, 64), 1), ((5, 128), 2), ((7, 24), 8)])
def test_a_transformer_encoder_is_torchs(shape, number):
    block = made(attentive.transformer_encoder(Around(shape)))
    same(block, encoder(block, shape[1], number), *shape)


def test_a_transformer_encoder_takes_a_picture_as_tokens_and_gives_it_back():
    block = made(attentive.transformer_encoder(Around(PICTURE)))
    other = encoder(block, 24, 8)

    class Pictures(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            tokens = torch.stack([x[:, :, h, w] for h in range(9) for w in range(7)], 1)
            found = other(tokens)
            return torch.stack([found[:, n] for n in range(63)], 2).reshape(x.shape)

    same(block, Pictures(), *PICTURE)


def test_a_transformer_encoder_takes_a_list_as_one_token():
    block = made(attentive.transformer_encoder(Around((24,))))
    other = encoder(block, 24, 8)

    class Lists(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return other(x[:, None])[:, 0]

    same(block, Lists(), 24)


def test_patches_are_the_pictures_squares_in_rows():
    block = made(attentive.patches(Around((3, 32, 48))))
    conv = block.parts["patches"]
    x = torch.randn(2, 3, 32, 48)
    squares = [x[:, :, r : r + 16, c : c + 16].flatten(1) for r in (0, 16) for c in (0, 16, 32)]
    wanted = torch.stack(squares, 1) @ conv.weight.flatten(1).T + conv.bias
    assert wanted.shape == (2, 6, 768)
    torch.testing.assert_close(block(x), wanted, rtol=1e-4, atol=1e-4)


def test_a_class_token_goes_before_all_others():
    block = made(attentive.class_token(Around(TOKENS)))
    x = torch.randn(3, *TOKENS)
    found = block(x)
    assert torch.equal(found[:, 1:], x)
    assert torch.equal(found[:, :1], block.parts["class_token"].value.expand(3, 1, 64))


def test_positions_are_added():
    x = torch.randn(3, *TOKENS)
    block = made(attentive.position_vectors(Around(TOKENS)))
    assert torch.equal(block(x), x + block.parts["positions"].value)
    block = made(attentive.position_table(Around(TOKENS)))
    table = block.parts["embedding"].weight
    assert table.shape == (16, 64)
    assert torch.equal(block(x), x + table[:10])
    # It has room for more than there were.
    x = torch.randn(1, 13, 64)
    assert torch.equal(block(x), x + table[:13])


def test_a_perceptron_is_two_linear_layers():
    block = made(attentive.perceptron(Around(TOKENS)))
    one, two = block.parts["fc1"], block.parts["fc2"]
    x = torch.randn(3, *TOKENS)
    assert one.weight.shape == (256, 64)
    assert torch.equal(block(x), two(functional.gelu(one(x))))


@pytest.mark.parametrize("shape", [PICTURE, TOKENS, (30,)])
def test_heads_are_what_their_names_say(shape):
    x = torch.randn(3, *shape)
    block = made(heads.linear_head(Around(shape, 5)))
    torch.testing.assert_close(block(x), block.parts["fc"](x.flatten(1)))
    block = made(heads.gap_dense_head(Around(shape, 5)))
    mean = {3: lambda: x.mean((2, 3)), 2: lambda: x.mean(1), 1: lambda: x}[len(shape)]()
    torch.testing.assert_close(block(x), block.parts["fc"](mean))
    block = made(heads.gap_two_dense_head(Around(shape, 5)))
    hidden = functional.relu(block.parts["fc1"](mean))
    assert hidden.shape == (3, 256)
    torch.testing.assert_close(block(x), block.parts["fc2"](hidden))
    block = made(heads.flatten_dense_head(Around(shape, 5)))
    hidden = functional.relu(block.parts["fc1"](x.flatten(1)))
    assert hidden.shape == (3, 256)
    torch.testing.assert_close(block(x), block.parts["fc2"](hidden))
    assert block.parts["dropout"].p == 0.5


def test_groups_and_names_within_a_block():
    block = convolutional.inverted_residual(Around(PICTURE))
    assert {layer.group for layer in block.layers} == {"", "se"}
    assert [layer.name for layer in block.layers if layer.group == "se"][:2] == ["se_pool", "se_fc1"]
    block = convolutional.residual(Around(PICTURE), 48)
    assert {layer.name: layer.group for layer in block.layers if layer.group} == {
        "conv_shortcut": "shortcut",
        "bn_shortcut": "shortcut",
    }
