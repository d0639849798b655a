"""The frozen prefix with batch normalization folded: the same values, and every weight left as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.catalog.actions import freeze_backbone, replace_head
from designer.engine.building import build, weights_of
from designer.engine.opening import open_model
from designer.engine.training.batches import Portion
from designer.engine.training.optimizing import Precision
from designer.engine.training.prefix import How, Prefix, folded, multiplications, needed_ports
from designer.network.network import Layer, Port
from designer.progress import Silent

FULL = Precision("full", "cpu")


def frozen(network):
    return freeze_backbone(network).apply(network)


def stirred(module):
    """Running statistics and weights of batch norm that are not those of a fresh one."""
    generator = torch.Generator().manual_seed(1)
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            lowest = (
                (part.weight, 0.5),
                (part.bias, -0.5),
                (part.running_mean, -0.5),
                (part.running_var, 0.5),
            )
            for tensor, low in lowest:
                if tensor is not None:
                    tensor.data.uniform_(low, low + 1, generator=generator)
    return module


def portion(module, size, count=4):
    pictures = torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(0))
    pictures = pictures.contiguous(memory_format=torch.channels_last)
    ports = [Port(layer.id) for layer in module.network.of_kind("Input")]
    return Portion(dict.fromkeys(ports, pictures), torch.zeros(count), tuple(range(count)), (0,) * count)


def outputs(network):
    return tuple(Port(layer.id) for layer in network.of_kind("Output"))


@pytest.mark.parametrize(
    ("name", "variant", "norms"),
    [("efficientnet_lite0", "default", 49), ("resnet18", "none", 20), ("mobilenet_v3_small", "none", 34)],
)
def test_folded_networks_give_the_same(name, variant, norms):
    opened = open_model(name, variant, 0, Silent())
    network = frozen(replace_head(opened.network, ("a", "b", "c")).apply(opened.network))
    module = build(network, opened.weights)
    if variant == "none":
        stirred(module)
    before = weights_of(module)
    digests = {i: before.digest(i) for i in before}
    prefix = Prefix(module, needed_ports(module, outputs(network)), FULL)
    assert prefix.folded == norms == sum(layer.kind == "BatchNorm2d" for layer in network)
    given = portion(module, 96)
    with torch.no_grad():
        plain = module.run(given.known, prefix.ports)
    for ours, theirs in zip(prefix.run(given), plain, strict=True):
        assert not torch.equal(ours, torch.zeros_like(ours))
        assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()
    after = weights_of(module)
    assert {i: after.digest(i) for i in after} == digests


def test_what_else_reads_the_convolution_or_is_not_frozen_is_not_folded(tiny_network):
    def count(network, ports=()):
        module = stirred(build(network))
        return folded(module, ports)[1]

    both = tiny_network.with_layers(
        *(replace(tiny_network[i], frozen=True) for i in ("stem.conv", "stem.bn", "block.conv"))
    )
    assert count(both) == 1
    assert count(tiny_network) == 0
    assert count(both.with_layers(replace(both["stem.bn"], frozen=False))) == 0
    # The convolution itself is handed on, or read beside the normalization.
    assert count(both, (Port("stem.conv"),)) == 0
    read = replace(both, inputs={**both.inputs, "block.add": (Port("block.conv"), Port("stem.conv"))})
    assert count(read) == 0
    without = replace(both["stem.bn"], settings={"num_features": 8, "track_running_stats": False})
    assert count(both.with_layers(without)) == 0


def test_without_weights_of_its_own(tiny_network):
    layers = [replace(tiny_network[i], frozen=True) for i in ("stem.conv", "stem.bn", "block.conv")]
    layers[1] = replace(layers[1], settings={"num_features": 8, "affine": False})
    module = stirred(build(tiny_network.with_layers(*layers)))
    prefix = Prefix(module, (Port("flatten"),), FULL)
    assert prefix.folded == 1
    given = portion(module, 16)
    with torch.no_grad():
        (plain,) = module.run(given.known, prefix.ports)
    assert torch.allclose(prefix.run(given)[0], plain, atol=1e-6)


def test_half_is_near_and_leaves_the_module_alone(frozen_network):
    module = stirred(build(frozen_network))
    prefix = Prefix(module, (Port("flatten"),), FULL)
    given = portion(module, 16)
    (full,), (half,) = prefix.run(given), prefix.run(given, half=True)
    assert half.dtype == torch.bfloat16
    assert torch.allclose(half.float(), full, rtol=0.05, atol=0.02)
    assert all(p.dtype == torch.float32 for p in module.parameters())


def test_how_survives_json_and_names_differ():
    ways = [How(), How("bfloat16", "", 3), How("float32", "float16", 3), How("mixed bfloat16", "", 3)]
    assert [How.from_json(how.to_json()) for how in ways] == ways
    assert len({how.name for how in ways}) == 4
    with pytest.raises(KeyError):
        How.from_json({})


def test_multiplications(frozen_network):
    # Two 3 x 3 convolutions on 16 x 16 pixels, from 3 and from 8 channels to 8.
    work = 16 * 16 * 9 * 8 * (3 + 8)
    layers = {"stem.conv", "stem.bn", "stem.relu", "block.conv"}
    assert multiplications(frozen_network, layers) == work


def test_a_normalization_elsewhere_stays(tiny_network):
    after = Layer("late", "late", "BatchNorm2d", {"num_features": 8}, frozen=True)
    network = replace(
        tiny_network,
        layers={**tiny_network.layers, "late": after},
        inputs={**tiny_network.inputs, "late": (Port("block.add"),), "pool": (Port("late"),)},
    )
    assert folded(build(network), ())[1] == 0
