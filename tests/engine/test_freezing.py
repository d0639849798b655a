"""Frozen means: parameters and buffers stay bit for bit, nothing is random, and no gradient is kept."""

from dataclasses import replace

import pytest
import torch
import torchvision
from torch.nn import functional
from torchvision.models import convnext, densenet, swin_transformer, vision_transformer

from designer.catalog.actions import freeze, freeze_backbone, head_layers, replace_head, trainable_layers
from designer.catalog.kinds import kind
from designer.engine.building import build, weights_of
from designer.engine.module import frozen_prefix
from designer.engine.opening import capture
from designer.network.network import Port

CLASSES = ("a", "b", "c")


def small_vit():
    return vision_transformer.VisionTransformer(32, 8, 2, 4, 32, 64, dropout=0.1, attention_dropout=0.1)


def small_swin():
    return swin_transformer.SwinTransformer(
        [4, 4], 16, [2, 2], [2, 4], [4, 4], dropout=0.1, attention_dropout=0.1, stochastic_depth_prob=0.4
    )


def small_convnext():
    blocks = [convnext.CNBlockConfig(16, 32, 2), convnext.CNBlockConfig(32, None, 2)]
    return convnext.ConvNeXt(blocks, stochastic_depth_prob=0.5)


NETWORKS = {
    "resnet18": torchvision.models.resnet18,
    "mobilenet_v3_small": torchvision.models.mobilenet_v3_small,
    "efficientnet_b0": torchvision.models.efficientnet_b0,
    "googlenet": lambda: torchvision.models.googlenet(init_weights=False),
    "densenet": lambda: densenet.DenseNet(8, (2, 2), 16, drop_rate=0.2),
    "vit": small_vit,
    "swin": small_swin,
    "convnext": small_convnext,
}
SIZES = {"resnet18": 64, "mobilenet_v3_small": 64, "efficientnet_b0": 64, "googlenet": 96}


@pytest.fixture(scope="module", params=NETWORKS)
def frozen(request):
    """A network with a fresh head and a frozen backbone, its weights, and the side of its pictures."""
    return make_frozen(request.param)


def make_frozen(name):
    torch.manual_seed(0)
    side = SIZES.get(name, 32)
    opened = capture(NETWORKS[name](), (3, side, side), name)
    network = replace_head(opened.network, CLASSES).apply(opened.network)
    return freeze_backbone(network).apply(network), opened.weights, side


def pictures(side, count=4, seed=0):
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(seed))


def steps(module, side, count=3):
    """Real training steps, with all that could move what should stay: momentum and weight decay."""
    learning = [p for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(learning, 0.1, momentum=0.9, weight_decay=0.1)
    module.train()
    for number in range(count):
        answers = module(pictures(side, seed=number))
        answers = answers if isinstance(answers, tuple) else (answers,)
        truth = torch.tensor([0, 1, 2, 0])
        loss = sum(functional.cross_entropy(answer, truth) for answer in answers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def digests(module, layer_ids):
    weights = weights_of(module)
    return {i: weights.digest(i) for i in layer_ids if i in weights}


def test_training_moves_the_head_and_nothing_else(frozen):
    network, weights, side = frozen
    module = build(network, weights)
    before = weights_of(module)
    steps(module, side)
    after = weights_of(module)
    moved = {i for i in before if before.digest(i) != after.digest(i)}
    assert moved == set(head_layers(network)) == set(trainable_layers(network))
    for layer_id in moved:
        for name, tensor in before[layer_id].items():
            assert not torch.equal(tensor, after[layer_id][name]), (layer_id, name)
    backbone = [i for i in before if i not in moved]
    assert len(backbone) > 5
    for layer_id in backbone:
        for name, tensor in weights[layer_id].items():
            assert torch.equal(tensor, after[layer_id][name]), (layer_id, name)


def test_nothing_in_the_frozen_prefix_is_random(frozen):
    network, weights, side = frozen
    module = build(network, weights).train()
    known = {Port(network.of_kind("Input")[0].id): pictures(side)}
    first, second = (module.run(known, module.boundary()) for _ in range(2))
    module.eval()
    third = module.run(known, module.boundary())
    assert first
    for a, b, c in zip(first, second, third, strict=True):
        assert torch.equal(a, b)
        assert torch.equal(a, c)


@pytest.mark.parametrize("name", ["efficientnet_b0", "densenet", "vit", "swin", "convnext"])
def test_in_training_mode_the_same_layers_would_be_random(name):
    """The test above would see it: torch's own `train` reaches into the frozen layers."""
    network, weights, side = make_frozen(name)
    module = build(network, weights)
    torch.nn.Module.train(module)
    for layer_id in network.layers:
        module.layer_module(layer_id).train()
    known = {Port(network.of_kind("Input")[0].id): pictures(side)}
    first, second = (module.run(known, module.boundary()) for _ in range(2))
    assert not all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_no_gradient_is_kept_for_the_frozen_prefix(frozen):
    network, weights, side = frozen
    module = build(network, weights).train()
    known = {Port(network.of_kind("Input")[0].id): pictures(side)}
    for value in module.run(known, module.boundary()):
        assert value.grad_fn is None
        assert not value.requires_grad
    # From the loss backwards, autograd reaches the parameters of the head and no others.
    answers = module(pictures(side))
    answers = answers if isinstance(answers, tuple) else (answers,)
    ahead = [answer.grad_fn for answer in answers]
    nodes, reached = set(), set()
    while ahead:
        node = ahead.pop()
        if node is None or node in nodes:
            continue
        nodes.add(node)
        if hasattr(node, "variable"):
            reached.add(id(node.variable))
        ahead.extend(following for following, _ in node.next_functions)
    wanted = {id(p) for i in head_layers(network) for p in module.layer_module(i).parameters()}
    assert reached == wanted


def test_all_before_the_head_is_in_the_prefix(frozen):
    network, _, _ = frozen
    heads = head_layers(network)
    for layer_id in frozen_prefix(network) ^ (network.ancestors(heads) - set(heads)):
        # What is left out is the head's own dropout and what follows it.
        assert not kind(network[layer_id].kind).learnable, layer_id


def test_without_freezing_statistics_and_noise_do_move(frozen):
    """The other tests would see it: the same steps on the same network, unfrozen."""
    network, weights, side = frozen
    loose = network.with_layers(*(replace(layer, frozen=False) for layer in network))
    module = build(loose, weights)
    before = weights_of(module)
    steps(module, side)
    after = weights_of(module)
    learning = [layer.id for layer in loose if kind(layer.kind).learnable]
    moved = [i for i in learning if i in before and before.digest(i) != after.digest(i)]
    assert len(moved) > 0.9 * len(learning)


def test_parameters_that_ask_for_no_gradient_do_not_hold_batch_norm(tiny_network):
    """Why frozen layers run in evaluation mode: `requires_grad` alone lets statistics move."""
    module = build(tiny_network)
    before = digests(module, ("stem.bn",))
    module.layer_module("stem.bn").requires_grad_(False)
    steps(module, 16)
    assert digests(module, ("stem.bn",)) != before


def test_a_frozen_layer_in_the_middle_stays_and_passes_gradients_on(tiny_network):
    network = freeze(tiny_network, ("stem.bn", "block.conv"), True).apply(tiny_network)
    module = build(network)
    before = weights_of(module)
    steps(module, 16)
    after = weights_of(module)
    moved = {i for i in before if before.digest(i) != after.digest(i)}
    assert moved == {"stem.conv", "fc"}
    assert frozen_prefix(network) == {"input"}


def test_frozen_dropout_is_off_and_free_dropout_is_on(tiny_network):
    for chosen, alike in (((), False), (("drop",), True)):
        network = freeze(tiny_network, chosen, True).apply(tiny_network) if chosen else tiny_network
        module = build(network).train()
        known = {Port("flatten"): torch.ones(4, 8)}
        first, second = (module.run(known, [Port("drop")])[0] for _ in range(2))
        assert torch.equal(first, second) is alike


def test_train_and_eval_leave_frozen_layers_in_evaluation_mode(tiny_network):
    network = freeze_backbone(tiny_network).apply(tiny_network)
    module = build(network)
    for mode in (True, False, True):
        module.train(mode)
        for layer in network:
            assert module.layer_module(layer.id).training is (mode and not layer.frozen)
