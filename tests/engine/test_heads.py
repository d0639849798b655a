"""A fresh head on each of torchvision's 80 classification networks."""

import pytest
import torch
import torchvision
from torchvision.models import regnet

from designer.catalog.actions import backbone_layers, freeze_backbone, head_layers, replace_head
from designer.engine.building import build
from designer.engine.opening import capture
from designer.engine.opening.capturing import record
from designer.network.network import Port

NAMES = torchvision.models.list_models(module=torchvision.models)
CLASSES = ("cat", "dog", "owl", "fox", "hen")
HEADS = {
    "alexnet": ("classifier.6",),
    "convnext": ("classifier.2",),
    "densenet": ("classifier",),
    "efficientnet": ("classifier.1",),
    "googlenet": ("fc", "aux2.fc2", "aux1.fc2"),
    "inception": ("fc", "AuxLogits.fc"),
    "maxvit": ("classifier.5",),
    "mnasnet": ("classifier.1",),
    "mobilenet_v2": ("classifier.1",),
    "mobilenet_v3": ("classifier.3",),
    "regnet": ("fc",),
    "resnet": ("fc",),
    "resnext": ("fc",),
    "shufflenet": ("fc",),
    "squeezenet": ("classifier.1",),
    "swin": ("head",),
    "vgg": ("classifier.6",),
    "vit": ("heads.head",),
    "wide_resnet": ("fc",),
}
"""Names in torchvision of the layers that answer, by family."""


BLOCK_PARAMS = regnet.BlockParams.from_init_params


def family(name):
    return max((key for key in HEADS if name.startswith(key)), key=len)


def pictures_side(name):
    return 299 if name.startswith("inception") else 224


def block_params(cls, *arguments, **named):
    """RegNet computes its widths with tensors, which need values."""
    with torch.device("cpu"):
        return BLOCK_PARAMS(*arguments, **named)


def module_of(name, device):
    """torchvision's own module with its auxiliary outputs, on a device ('meta': shapes alone)."""
    options = {"init_weights": False} if family(name) in ("googlenet", "inception") else {}
    with torch.device(device), pytest.MonkeyPatch.context() as patch:
        patch.setattr(regnet.BlockParams, "from_init_params", classmethod(block_params))
        return torchvision.models.get_model(name, weights=None, **options)


def structure(name):
    """The network alone: nothing is drawn, allocated or computed."""
    side = pictures_side(name)
    return record(module_of(name, "meta"), (3, side, side), name, 0.3).network


def check(name):
    before = structure(name)
    heads = head_layers(before)
    assert heads == HEADS[family(name)]
    edit = replace_head(before, CLASSES)
    after = edit.apply(before)
    fresh = head_layers(after)

    # By value: the new layers differ from the old in what they must, all others in nothing.
    for old, new in zip(heads, fresh, strict=True):
        assert new not in before
        width = "out_channels" if before[old].kind == "Conv2d" else "out_features"
        assert dict(after[new].settings) == {**before[old].settings, width: 5}
        assert (after[new].name, after[new].group, after[new].kind) == (
            before[old].name,
            before[old].group,
            before[old].kind,
        )
        assert (after[new].weight_rate, after[new].bias_rate, after[new].frozen) == (10.0, 10.0, False)
    renamed = dict(zip(heads, fresh, strict=True))
    assert list(after.layers) == [renamed.get(i, i) for i in before.layers]
    assert all(after[i] == before[i] for i in before.layers if i not in heads)
    assert after.classes == CLASSES
    expected = {
        renamed.get(i, i): tuple(Port(renamed.get(p.layer, p.layer), p.output) for p in ports)
        for i, ports in before.inputs.items()
    }
    assert dict(after.inputs) == expected

    back = edit.inverse(before).apply(after)
    assert back == before
    assert list(back.layers) == list(before.layers)
    return before, after, renamed


def check_shapes(before, after, renamed, name):
    """Built for real but without numbers: each answer has a score for each class."""
    side = pictures_side(name)
    with torch.device("meta"):
        modules = build(before), build(after)
        batch = torch.empty(2, 3, side, side)
    answer = modules[1].eval()(batch)
    assert answer.shape == (2, 5)
    answers = modules[1].train()(batch)
    answers = answers if isinstance(answers, tuple) else (answers,)
    assert [tuple(a.shape) for a in answers] == [(2, 5)] * len(renamed)
    shapes = [{k: v.shape for k, v in module.state_dict().items()} for module in modules]
    ours = tuple(f"{i}." for pair in renamed.items() for i in pair)
    rest = [{k: v for k, v in found.items() if not k.startswith(ours)} for found in shapes]
    assert rest[0] == rest[1]


def check_backbone(after):
    """Frozen are all that hold parameters but the head; the dropout right before it is not."""
    frozen = freeze_backbone(after).apply(after)
    heads = head_layers(after)
    with torch.device("meta"):
        module = build(frozen)
    for layer in frozen:
        holds = bool(list(module.layer_module(layer.id).state_dict()))
        if holds:
            assert layer.frozen is (layer.id not in heads), layer.id
    dropout = {p.layer for i in heads for p in after.inputs[i] if after[p.layer].kind == "Dropout"}
    assert not dropout & set(backbone_layers(after))
    learning = {n for n, p in module.named_parameters() if p.requires_grad}
    assert learning
    assert all(n.startswith(tuple(f"{i}." for i in heads)) for n in learning)


SAMPLE = (
    "alexnet",
    "convnext_tiny",
    "densenet121",
    "efficientnet_b0",
    "googlenet",
    "inception_v3",
    "maxvit_t",
    "mobilenet_v3_small",
    "regnet_y_400mf",
    "resnet18",
    "shufflenet_v2_x0_5",
    "squeezenet1_1",
    "swin_t",
    "vgg11_bn",
    "vit_b_16",
)
ROWS = [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.slow) for name in NAMES]


@pytest.mark.parametrize("name", ROWS)
def test_the_head_is_replaced_and_nothing_else(name):
    before, after, renamed = check(name)
    check_shapes(before, after, renamed, name)
    check_backbone(after)


def test_there_are_eighty():
    assert len(NAMES) == 80
    assert set(SAMPLE) < set(NAMES)
    assert {family(name) for name in NAMES} == set(HEADS)


@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_1", "mobilenet_v3_small", "shufflenet_v2_x0_5"])
def test_all_other_weights_are_the_former_ones(name):
    torch.manual_seed(0)
    found = capture(module_of(name, "cpu"), (3, 64, 64), name)
    after = replace_head(found.network, CLASSES).apply(found.network)
    module = build(after, found.weights)
    heads = {**dict.fromkeys(head_layers(found.network)), **dict.fromkeys(head_layers(after))}
    original = {
        k: v for k, v in module_state(found).items() if not k.startswith(tuple(f"{i}." for i in heads))
    }
    state = module.state_dict()
    assert all(torch.equal(state[key], tensor) for key, tensor in original.items())
    assert len(original) == len(state) - 2
    with torch.no_grad():
        batch = torch.randn(3, 3, 64, 64)
        assert module.eval()(batch).shape == (3, 5)
        assert module.train()(batch).shape == (3, 5)


def module_state(found):
    return found.weights.flat()
