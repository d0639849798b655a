"""Every recipe on networks of six families: what it freezes, which rates it gives, and the way back."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import pytest

from designer.catalog.actions import freeze_backbone, head_layers, name_classes, trainable_layers
from designer.catalog.kinds import kind
from designer.catalog.models import MODELS
from designer.catalog.recipes import (
    RECIPES,
    Block,
    attention_blocks,
    backbone_of,
    blocks,
    head_of,
    learning_choices,
    learning_title,
    plan,
    recipe,
)
from designer.catalog.stages import learning_in
from designer.engine.opening.capturing import record
from designer.engine.opening.pretrained import bare_module
from designer.engine.shapes import infer
from designer.errors import EditError, TrainingError
from designer.network.edits import SetFrozen, SetPurpose, SetRates
from designer.network.network import Layer, Network, Port
from designer.session.options import TrainingOptions
from designer.session.stages import ALL

MODEL_IDS = ("resnet18", "vgg16", "vit_b_16", "googlenet", "squeezenet1_1", "densenet121")
CLASSES = ("cat", "dog", "owl")
OPTIONS = TrainingOptions(batch_size=64, seed=7, device="cpu", warmup_epochs=3, weight_decay=0.5)


@cache
def structure(model_id: str) -> tuple[Network, object]:
    row = MODELS[model_id]
    network = record(bare_module(row), (3, row.input_size, row.input_size), row.id, 0.3).network
    network = replace(network, classes=tuple(f"thing {n}" for n in range(1000)))
    return network, infer(network)


def planned(key, model_id, classes=CLASSES, options=OPTIONS):
    network, facts = structure(model_id)
    return plan(recipe(key), network, facts, options, classes)


def names(network, layer_ids):
    return [network[layer_id].name for layer_id in layer_ids]


@pytest.mark.parametrize("model_id", MODEL_IDS)
@pytest.mark.parametrize("key", RECIPES)
def test_every_recipe_fits_every_family_and_is_undone_by_value(key, model_id):
    made = planned(key, model_id)
    assert made.edit is not None
    assert made.edit.apply(made.before) == made.network
    back = made.edit.inverse(made.before).apply(made.network)
    assert back == made.before
    assert list(back.layers) == list(made.before.layers)
    facts = infer(made.network)
    assert facts.problems == ()
    for end in made.network.of_kind("Output", "AuxiliaryOutput"):
        assert facts.layers[end.id].shapes == ((3,),)
    assert made.network.classes == CLASSES
    # A recipe leaves alone what it says nothing of.
    assert (made.options.seed, made.options.device) == (7, "cpu")
    for stage in made.options.parts:
        assert learning_in(made.network, stage)
    assert made.changes[0].startswith("A new head for 3 classes")


@pytest.mark.parametrize("model_id", MODEL_IDS)
def test_recipes_on_a_frozen_backbone_freeze_all_but_the_fresh_layers(model_id):
    for key in ("feature_extraction", "fine_tuning", "gradual_unfreezing", "vgg16_flatten", "vgg16_pooling"):
        made = planned(key, model_id)
        fresh = {i for i in trainable_layers(made.network) if i not in made.before}
        assert (
            set(trainable_layers(made.network))
            == fresh
            == set(learning_in(made.network, made.options.parts[0]))
        )
        assert {(made.network[i].weight_rate, made.network[i].bias_rate) for i in made.network.layers} == {
            (1, 1)
        }


@pytest.mark.parametrize("model_id", MODEL_IDS)
def test_gradual_unfreezing_goes_from_the_output_to_the_input(model_id):
    made = planned("gradual_unfreezing", model_id)
    stages = made.options.stages
    assert 4 <= len(stages) <= 6
    learning = [set(learning_in(made.network, stage)) for stage in stages]
    for before, after in itertools.pairwise(learning):
        assert before < after
    everything = set(
        trainable_layers(made.network.with_layers(*(replace(x, frozen=False) for x in made.network)))
    )
    # Batch normalization keeps what it was: in stages it is not trained with.
    still = {i for i in everything if made.network[i].kind.startswith("BatchNorm")}
    assert learning[-1] == everything - still
    rates = [stage.learning_rate for stage in stages]
    assert rates[0] == 1e-3
    assert all(one / other == pytest.approx(2.6, rel=1e-3) for one, other in itertools.pairwise(rates))
    # What is unfrozen first is what comes last in the file.
    order = {layer_id: n for n, layer_id in enumerate(made.network.layers)}
    frozen = [[order[i] for i in everything - still - known] for known in learning[:-1]]
    opened = [[order[i] for i in after - before] for before, after in itertools.pairwise(learning)]
    for left, new in zip(frozen[1:], opened, strict=False):
        assert max(left) < min(new)


def test_the_blocks_of_a_resnet_are_its_stages():
    network, _ = structure("resnet18")
    found = blocks(network)
    assert [block.name for block in found] == ["conv1", "layer1", "layer2", "layer3", "layer4"]
    assert names(network, found[0].layers) == ["conv1", "bn1"]
    assert sorted(i for block in found for i in block.layers) == sorted(backbone_of(network))
    made = planned("gradual_unfreezing", "resnet18")
    assert [stage.name for stage in made.options.stages] == [
        "Head",
        "layer4",
        "layer3",
        "layer2",
        "layer1",
        "All layers",
    ]
    assert all(network[i].group.startswith("layer4") for i in made.options.stages[1].unfrozen)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("layer4", "layer4"),
        ("layer4.1", "layer4.1"),
        ("features.12", "features.12"),
        ("features.4.block", "features.4.block"),
        ("features.denseblock2", "denseblock2"),
        ("encoder.layers.encoder_layer_9", "encoder_layer_9"),
        ("stem.bn", "stem.bn"),
    ],
)
def test_blocks_are_called_by_what_tells_them_apart(name, title):
    assert Block(name, (), name).title == title
    assert Block(name, ()).title == name


@pytest.mark.parametrize("model_id", MODEL_IDS)
def test_what_may_learn_in_a_stage_is_called_by_groups(model_id):
    made = planned("gradual_unfreezing", model_id)
    choices = learning_choices(made.network)
    titles = [title for title, _ in choices]
    assert titles[0] == "As in network"
    assert titles[-1] == "Everything"
    assert len(set(titles)) == len(titles)
    sizes = [len(ids) for _, ids in choices[:-1]]
    assert sizes == sorted(sizes)
    assert 5 <= len(choices) <= 20
    # Every stage of the recipe is one of them.
    for stage in made.options.stages:
        title = learning_title(choices, made.network, stage.unfrozen)
        assert title in titles
        assert (stage.name, title) == ("Head", "As in network") or stage.name in (title[5:-3], "All layers")
    assert learning_title(choices, made.network, (head_of(made.network)[0],)) == "1 layer"


def test_finer_groups_are_offered_too():
    titles = [title for title, _ in learning_choices(structure("resnet18")[0])]
    assert titles[:4] == ["As in network", "From layer4.1 on", "From layer4 on", "From layer3.1 on"]
    assert [title for title, _ in learning_choices(None)] == ["As in network", "Everything"]


@pytest.mark.parametrize("model_id", MODEL_IDS)
def test_blocks_hold_every_layer_once_in_order(model_id):
    network, _ = structure(model_id)
    for found in (blocks(network), blocks(network, 3), attention_blocks(network)):
        held = [i for block in found for i in block.layers]
        assert sorted(held) == sorted(backbone_of(network))
        assert len(held) == len(set(held))
    assert len(blocks(network, 3)) <= 3
    assert 4 <= len(blocks(network)) <= 5


def test_rates_fall_from_block_to_block():
    made = planned("discriminative_rates", "resnet18")
    rates = {layer.name: layer.weight_rate for layer in made.network}
    assert rates["fc"] == 1
    # 1 / 2.6 = 0.38462, its square 0.14793 and so on, with four digits.
    assert (rates["layer4.1.conv2"], rates["layer3.0.conv1"]) == (0.3846, 0.1479)
    assert (rates["layer2.0.bn1"], rates["layer1.0.conv1"], rates["conv1"]) == (0.0569, 0.02188, 0.008417)
    assert all(layer.weight_rate == layer.bias_rate for layer in made.network)
    assert not any(layer.frozen for layer in made.network)
    assert made.options.schedule == "one_cycle"


def test_rates_of_a_transformer_decay_by_layer():
    made = planned("discriminative_rates", "vit_b_16")
    rates = {layer.name: layer.weight_rate for layer in made.network}
    assert rates["heads.head"] == rates["encoder.ln"] == 1
    for n in range(12):
        wanted = float(f"{0.75 ** (12 - n):.4g}")
        assert rates[f"encoder.layers.encoder_layer_{n}.self_attention"] == wanted
        assert rates[f"encoder.layers.encoder_layer_{n}.mlp.0"] == wanted
    embedding = float(f"{0.75**13:.4g}")
    assert rates["conv_proj"] == rates["class_token"] == rates["encoder.pos_embedding"] == embedding
    assert (made.options.learning_rate, made.options.warmup_epochs) == (1e-4, 1)


def test_textbook_heads_on_vgg16():
    flat = planned("vgg16_flatten", "vgg16").network
    kinds = [layer.kind for layer in flat if layer.id not in structure("vgg16")[0]]
    assert kinds == ["Flatten", "Linear", "ReLU", "Dropout", "Linear"]
    first, last = [layer for layer in flat if layer.kind == "Linear"]
    assert (first.settings["in_features"], first.settings["out_features"]) == (512 * 7 * 7, 256)
    assert (last.settings["in_features"], last.settings["out_features"]) == (256, 3)
    dropout = next(layer for layer in flat if layer.kind == "Dropout")
    assert kind("Dropout").complete(dropout.settings)["p"] == 0.5
    pooled = planned("vgg16_pooling", "vgg16").network
    kinds = [layer.kind for layer in pooled if layer.id not in structure("vgg16")[0]]
    assert kinds == ["AdaptiveAvgPool2d", "Flatten", "Linear", "ReLU", "Linear"]
    first, last = [layer for layer in pooled if layer.kind == "Linear"]
    assert (first.settings["in_features"], first.settings["out_features"]) == (512, 256)
    options = planned("vgg16_flatten", "vgg16").options
    assert (options.optimizer, options.learning_rate, options.schedule) == ("Adam", 1e-4, "constant")


@pytest.mark.parametrize("model_id", ["googlenet", "squeezenet1_1"])
def test_the_new_last_layer_learns_ten_times_as_fast(model_id):
    made = planned("new_last_layer", model_id)
    fast = [layer.name for layer in made.network if layer.weight_rate == layer.bias_rate == 10]
    assert fast == names(made.network, [i for i in made.network.layers if i in head_layers(made.network)])
    assert {layer.weight_rate for layer in made.network} == {1, 10}
    assert not any(layer.frozen for layer in made.network)
    options = made.options
    assert (options.optimizer, options.momentum, options.learning_rate) == ("SGD", 0.9, 3e-4)
    assert (options.batch_size, options.epochs, options.weight_decay) == (10, 6, 1e-4)
    assert options.schedule == "constant"


@pytest.mark.parametrize(
    ("model_id", "batch", "rate"), [("resnet18", 256, 0.1), ("resnet18", 64, 0.025), ("vgg16", 64, 0.0025)]
)
def test_from_scratch_takes_the_reference_rate_for_its_batch(model_id, batch, rate):
    made = planned("from_scratch", model_id, options=replace(OPTIONS, batch_size=batch))
    assert made.options.learning_rate == rate
    assert made.options.from_scratch
    assert (made.options.optimizer, made.options.schedule) == ("SGD", "cosine")
    assert made.options.warmup_epochs > 0


@pytest.mark.parametrize(("batch", "rate"), [(1024, 1e-3), (64, 6.25e-5)])
def test_from_scratch_takes_adamw_with_layer_normalization(batch, rate):
    made = planned("from_scratch", "vit_b_16", options=replace(OPTIONS, batch_size=batch))
    options = made.options
    assert (options.optimizer, options.learning_rate, options.weight_decay) == ("AdamW", rate, 0.05)
    assert (options.schedule, options.warmup_epochs, options.epochs) == ("cosine", 5, 90)
    then = plan(recipe("from_scratch"), structure("resnet18")[0], None, options).options
    assert (then.optimizer, then.weight_decay) == ("SGD", 1e-4)


def test_nothing_is_left_of_a_former_recipe():
    network, facts = structure("resnet18")
    for first in RECIPES:
        for second in RECIPES:
            once = plan(recipe(second), network, facts, OPTIONS, CLASSES)
            former = plan(recipe(first), network, facts, OPTIONS, CLASSES)
            between = replace(former.options, batch_size=OPTIONS.batch_size)
            then = plan(recipe(second), former.network, infer(former.network), between, CLASSES)
            frozen = {i for i in network.layers if i in once.network and once.network[i].frozen}
            again = {i for i in network.layers if i in then.network and then.network[i].frozen}
            assert again == frozen, (first, second)
            once_set = replace(once.options, stages=(), epochs=1, learning_rate=1, momentum=0.9)
            then_set = replace(then.options, stages=(), epochs=1, learning_rate=1, momentum=0.9)
            assert once_set == then_set, (first, second)


def test_a_recipe_twice_changes_nothing_more():
    network, facts = structure("resnet18")
    for key in (
        "feature_extraction",
        "fine_tuning",
        "gradual_unfreezing",
        "discriminative_rates",
        "from_scratch",
    ):
        once = plan(recipe(key), network, facts, OPTIONS, CLASSES)
        twice = plan(recipe(key), once.network, infer(once.network), once.options, CLASSES)
        assert twice.edit is None, key
        assert (twice.changes, twice.option_changes) == ((), ()), key


def test_a_textbook_head_is_a_head_to_the_next_recipe():
    network, facts = structure("vgg16")
    first = plan(recipe("vgg16_flatten"), network, facts, OPTIONS, CLASSES)
    assert names(first.network, head_of(first.network))[:4] == [
        "classifier.6",
        "classifier.dropout",
        "classifier.relu",
        "classifier.fc1",
    ]
    then = plan(recipe("gradual_unfreezing"), first.network, infer(first.network), first.options, CLASSES)
    learning = names(then.network, learning_in(then.network, then.options.stages[0]))
    assert learning == ["classifier.fc1", "classifier.6"]
    # With the convolutions free as well, the linear layers are those of the backbone.
    free = SetFrozen(backbone_of(first.network), False).apply(first.network)
    assert names(free, head_of(free)) == ["classifier.6", "classifier.dropout", "classifier.relu"]


def test_a_head_that_fits_is_kept():
    network, facts = structure("resnet18")
    same = tuple(reversed(network.classes))
    made = plan(recipe("feature_extraction"), network, facts, OPTIONS, same)
    assert head_layers(made.network) == head_layers(network)
    nameless = SetPurpose(classes=()).apply(network)
    assert head_layers(plan(recipe("feature_extraction"), nameless, facts, OPTIONS, same).network) == ("fc",)
    made = plan(recipe("feature_extraction"), network, facts, OPTIONS)
    assert made.network.classes == network.classes
    named = plan(recipe("feature_extraction"), made.network, facts, OPTIONS, CLASSES)
    assert named.network.classes == CLASSES
    numbered = replace(named.network, classes=("class 1", "class 2", "class 3"))
    assert name_classes(numbered, CLASSES) is not None
    kept = plan(recipe("feature_extraction"), numbered, infer(numbered), OPTIONS, CLASSES)
    assert kept.network.classes == CLASSES
    assert kept.changes == ("The classes are named.",)


def test_what_a_plan_says():
    made = planned("gradual_unfreezing", "resnet18", options=TrainingOptions(optimizer="SGD"))
    assert made.changes == ("A new head for 3 classes: 'fc'.", "40 layers are frozen.")
    changed = {name: (old, new) for name, old, new in made.option_changes}
    assert set(changed) == {"optimizer", "stages"}
    assert changed["optimizer"] == ("SGD", "AdamW")
    assert made.edit.text == "Recipe: Gradual unfreezing"
    network = SetRates(("conv1",), 3.0).apply(made.network)
    network = SetFrozen(tuple(network.layers), True).apply(network)
    told = plan(recipe("from_scratch"), network, None, OPTIONS).changes
    assert told == ("41 layers are unfrozen.", "Learning-rate factors of 1 layer: 1.")
    many = planned("vgg16_flatten", "vgg16").changes[0]
    assert many.endswith("in place of 'avgpool', 'flatten', 'classifier.0', 'classifier.1' and 5 more.")


def chain(*kinds):
    rows = [Layer(f"{n}", f"{n}", kind, settings) for n, (kind, settings) in enumerate(kinds)]
    inputs = {row.id: (Port(rows[n - 1].id),) if n else () for n, row in enumerate(rows)}
    return Network("chain", {row.id: row for row in rows}, inputs)


@pytest.mark.parametrize("key", RECIPES)
def test_without_a_head_it_says_so(key):
    network = chain(("Input", {"shape": [3, 8, 8]}), ("Flatten", {}), ("Output", {}))
    with pytest.raises(EditError) as caught:
        plan(recipe(key), network, infer(network), OPTIONS, CLASSES)
    assert "no head" in caught.value.what
    assert caught.value.why
    assert caught.value.remedy


def test_without_a_backbone_it_says_so():
    linear = ("Linear", {"in_features": 8, "out_features": 3})
    network = chain(("Input", {"shape": [8]}), linear, ("Output", {}))
    for key in ("feature_extraction", "gradual_unfreezing", "discriminative_rates"):
        with pytest.raises(EditError, match="no backbone") as caught:
            plan(recipe(key), network, infer(network), OPTIONS, CLASSES)
        assert caught.value.remedy


def test_without_classes_no_new_head():
    network, facts = structure("vgg16")
    nameless = SetPurpose(classes=()).apply(network)
    for key in ("vgg16_flatten", "vgg16_pooling", "new_last_layer"):
        with pytest.raises(EditError, match="not known which classes"):
            plan(recipe(key), nameless, facts, OPTIONS)
    # The others keep the head that is there.
    assert plan(recipe("fine_tuning"), nameless, facts, OPTIONS).network.classes == ()


def test_a_name_that_is_no_recipe():
    with pytest.raises(TrainingError) as caught:
        recipe("gradual_unfreezin")
    assert "'gradual_unfreezing'" in caught.value.why
    assert "from_scratch" in caught.value.remedy


def test_rows_are_named_and_explained():
    assert [row.key for row in RECIPES.values()] == list(RECIPES)
    assert len({row.title for row in RECIPES.values()}) == len(RECIPES)
    assert all(row.text.endswith(".") for row in RECIPES.values())
    assert ALL in planned("fine_tuning", "resnet18").options.stages[1].unfrozen
    assert planned("fine_tuning", "resnet18").options.stages[1].learning_rate == 1e-3 / 100


def test_freezing_the_backbone_afterwards_agrees():
    made = planned("feature_extraction", "densenet121")
    assert freeze_backbone(made.network).apply(made.network) == made.network
