"""Replace head, freeze and delete on small networks whose right answer is plain to see."""

from dataclasses import replace

import pytest

from designer.catalog import actions
from designer.errors import EditError
from designer.network.network import Layer, Network, Port
from designer.session.results import Facts, LayerFacts


def chain(*rows: tuple[str, str, dict], extra: dict[str, tuple[Port | None, ...]] | None = None) -> Network:
    """Layers one after the other, or as `extra` says."""
    layers = {name: Layer(name, name, kind, settings) for name, kind, settings in rows}
    names = list(layers)
    inputs = {name: (Port(names[n - 1]),) if n else () for n, name in enumerate(names)}
    return Network("chain", layers, {**inputs, **(extra or {})})


def linear(name: str, inputs: int = 8, outputs: int = 8) -> tuple[str, str, dict]:
    return name, "Linear", {"in_features": inputs, "out_features": outputs}


PICTURES = ("input", "Input", {"shape": [3, 8, 8]})
END = ("output", "Output", {})


def fresh(network: Network, after: Network) -> list[str]:
    return [i for i in after.layers if i not in network]


# Head -----------------------------------------------------------------------------------------------


def test_the_head_is_the_last_learnable_layer(tiny_network):
    assert actions.head_layers(tiny_network) == ("fc",)


def test_a_fresh_head_differs_from_the_old_in_what_it_must_alone(tiny_network):
    before = replace(
        tiny_network,
        layers={**tiny_network.layers, "fc": replace(tiny_network["fc"], group="top", frozen=True)},
    )
    after = actions.replace_head(before, ("a", "b", "c", "d", "e")).apply(before)
    (new,) = fresh(before, after)
    assert after[new] == replace(
        before["fc"],
        id=new,
        settings={"in_features": 8, "out_features": 5},
        frozen=False,
        weight_rate=10.0,
        bias_rate=10.0,
    )
    assert after.classes == ("a", "b", "c", "d", "e")
    assert list(after.layers) == [new if i == "fc" else i for i in before.layers]
    assert list(after.inputs) == list(after.layers)
    assert after.inputs[new] == before.inputs["fc"]
    assert after.inputs["output"] == (Port(new),)
    for layer_id in before.layers.keys() - {"fc"}:
        assert after[layer_id] is before[layer_id]
    for layer_id in before.layers.keys() - {"fc", "output"}:
        assert after.inputs[layer_id] == before.inputs[layer_id]
    assert (after.name, after.origin, after.preprocessing) == (
        before.name,
        before.origin,
        before.preprocessing,
    )


def test_the_inverse_gives_an_equal_network_with_its_order(tiny_network):
    edit = actions.replace_head(tiny_network, ("a", "b"))
    back = edit.inverse(tiny_network).apply(edit.apply(tiny_network))
    assert back == tiny_network
    assert list(back.layers) == list(tiny_network.layers)


def test_ids_are_never_used_again_even_after_undo(tiny_network):
    ids = set()
    network = tiny_network
    for _ in range(20):
        first = actions.replace_head(network, ("a", "b")).apply(network)
        again = actions.replace_head(network, ("a", "b")).apply(network)
        ids |= {*fresh(network, first), *fresh(network, again)}
        network = first
    assert len(ids) == 40
    assert all(i.startswith("fc~") and i.count("~") == 1 for i in ids)


def test_doing_the_same_edit_again_gives_the_same_network(tiny_network):
    edit = actions.replace_head(tiny_network, ("a", "b"))
    assert edit.apply(tiny_network) == edit.apply(tiny_network)


def test_a_convolution_is_a_head_too():
    conv = ("conv", "Conv2d", {"in_channels": 8, "out_channels": 1000, "kernel_size": 1})
    network = chain(
        PICTURES,
        linear("a"),
        ("drop", "Dropout", {}),
        conv,
        ("relu", "ReLU", {}),
        ("pool", "AdaptiveAvgPool2d", {}),
        ("flat", "Flatten", {}),
        END,
    )
    after = actions.replace_head(network, actions.class_names(7)).apply(network)
    (new,) = fresh(network, after)
    assert after[new].settings == {"in_channels": 8, "out_channels": 7, "kernel_size": 1}
    assert after.inputs["relu"] == (Port(new),)


def test_auxiliary_heads_are_replaced_with_the_main_one():
    network = chain(
        PICTURES,
        linear("body"),
        linear("side", 8, 1000),
        ("side_output", "AuxiliaryOutput", {}),
        linear("fc", 8, 1000),
        END,
        extra={"fc": (Port("body"),)},
    )
    assert actions.head_layers(network) == ("fc", "side")
    after = actions.replace_head(network, ("a", "b", "c")).apply(network)
    assert [after[i].settings["out_features"] for i in actions.head_layers(after)] == [3, 3]
    assert [after[i].name for i in actions.head_layers(after)] == ["fc", "side"]


def test_a_head_that_feeds_several_layers_feeds_them_all_again():
    network = chain(PICTURES, linear("fc"), ("sum", "Add", {}), END, extra={"sum": (Port("fc"), Port("fc"))})
    after = actions.replace_head(network, ("a", "b")).apply(network)
    (new,) = fresh(network, after)
    assert after.inputs["sum"] == (Port(new), Port(new))


NORM = ("norm", "BatchNorm1d", {"num_features": 8})
GROUPED = ("conv", "Conv2d", {"in_channels": 8, "out_channels": 8, "kernel_size": 1, "groups": 4})
BROKEN = {
    "no output": (chain(PICTURES, linear("fc")), "0 outputs"),
    "two outputs": (
        chain(PICTURES, linear("fc"), END, ("second", "Output", {}), extra={"second": (Port("fc"),)}),
        "2 outputs",
    ),
    "nothing learnable": (chain(PICTURES, ("flat", "Flatten", {}), END), "no head before 'output'"),
    "nothing connected": (chain(PICTURES, linear("fc"), END, extra={"output": (None,)}), "no head"),
    "a normalization last": (chain(PICTURES, linear("fc"), NORM, END), "'norm' cannot be the head"),
    "two side by side": (
        chain(
            PICTURES,
            linear("a"),
            linear("b"),
            ("sum", "Add", {}),
            END,
            extra={"b": (Port("input"),), "sum": (Port("a"), Port("b"))},
        ),
        "not one head",
    ),
    "groups that do not divide": (chain(PICTURES, GROUPED, END), "cannot have 3 outputs"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_network_without_one_head_is_refused_with_the_reason(case):
    network, message = BROKEN[case]
    with pytest.raises(EditError, match=message) as caught:
        actions.replace_head(network, ("a", "b", "c"))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "at least two"),
        (("a",), "at least two"),
        (("a", ""), "Class 2 has no name"),
        ((" ", "a"), "Class 1 has no name"),
        (("a", "b", "a"), "same name: 'a'"),
    ],
)
def test_classes_are_checked(tiny_network, names, message):
    with pytest.raises(EditError, match=message):
        actions.replace_head(tiny_network, names)


def test_class_names_count_from_one():
    assert actions.class_names(3) == ("class 1", "class 2", "class 3")


# Freezing -------------------------------------------------------------------------------------------


def test_the_backbone_is_all_that_can_change_before_the_head(tiny_network):
    assert actions.backbone_layers(tiny_network) == ("stem.conv", "stem.bn", "block.conv")
    after = actions.freeze_backbone(tiny_network).apply(tiny_network)
    assert {layer.id for layer in after if layer.frozen} == {"stem.conv", "stem.bn", "block.conv"}
    assert actions.trainable_layers(after) == ("fc",)


def test_dropout_inside_the_backbone_freezes_and_dropout_before_the_head_does_not():
    network = chain(
        PICTURES,
        linear("a"),
        ("inner", "Dropout", {}),
        linear("b"),
        ("relu", "ReLU", {}),
        ("outer", "Dropout", {}),
        linear("fc"),
        ("after", "Dropout", {}),
        END,
    )
    assert actions.backbone_layers(network) == ("a", "inner", "b")


def test_stochastic_depth_of_the_last_block_belongs_to_the_backbone():
    network = chain(
        PICTURES,
        linear("a"),
        ("depth", "StochasticDepth", {}),
        ("sum", "Add", {}),
        ("drop", "Dropout", {}),
        linear("fc"),
        END,
        extra={"sum": (Port("depth"), Port("input"))},
    )
    assert actions.backbone_layers(network) == ("a", "depth")


def test_layers_that_do_not_feed_the_head_are_left():
    network = chain(PICTURES, linear("a"), linear("fc"), END, linear("loose"), extra={"loose": (Port("a"),)})
    assert actions.backbone_layers(network) == ("a",)


def test_freezing_has_an_inverse(tiny_network):
    network = tiny_network.with_layers(replace(tiny_network["stem.bn"], frozen=True))
    edit = actions.freeze_backbone(network)
    assert edit.inverse(network).apply(edit.apply(network)) == network


def test_a_network_that_is_all_head_has_nothing_to_freeze():
    network = chain(PICTURES, ("flat", "Flatten", {}), linear("fc"), END)
    with pytest.raises(EditError, match="no backbone"):
        actions.freeze_backbone(network)


def test_freeze_takes_what_has_something_to_freeze(tiny_network):
    edit = actions.freeze(tiny_network, ("stem.conv", "stem.relu", "drop"), True)
    after = edit.apply(tiny_network)
    assert {layer.id for layer in after if layer.frozen} == {"stem.conv", "drop"}
    assert edit.text == "Freeze 2 layers"
    back = actions.freeze(after, ("stem.conv", "drop"), False).apply(after)
    assert back == tiny_network
    with pytest.raises(EditError, match="Nothing here can be frozen"):
        actions.freeze(tiny_network, ("stem.relu",), True)
    with pytest.raises(EditError, match="no layer 'nowhere'"):
        actions.freeze(tiny_network, ("nowhere",), True)


def test_parameters_are_counted_by_whether_they_are_frozen(tiny_network):
    frozen = actions.freeze_backbone(tiny_network).apply(tiny_network)
    known = {"stem.conv": 216, "stem.bn": 16, "block.conv": 584, "fc": 27}
    facts = Facts({i: LayerFacts(parameters=n) for i, n in known.items()})
    assert actions.frozen_and_trainable(frozen, facts) == (816, 27)
    assert actions.frozen_and_trainable(tiny_network, facts) == (0, 843)
    assert actions.frozen_and_trainable(tiny_network, Facts()) == (0, 0)


# Deleting -------------------------------------------------------------------------------------------


def test_a_layer_with_one_source_is_bridged(tiny_network):
    edit = actions.delete_layers(tiny_network, ["stem.relu"])
    after = edit.apply(tiny_network)
    assert "stem.relu" not in after
    assert after.inputs["block.conv"] == (Port("stem.bn"),)
    assert after.inputs["block.add"] == (Port("block.conv"), Port("stem.bn"))
    assert edit.text == "Delete stem.relu"
    assert edit.inverse(tiny_network).apply(after) == tiny_network


def test_a_run_of_layers_is_bridged_as_a_whole(tiny_network):
    chosen = ["flatten", "pool", "drop"]
    edit = actions.delete_layers(tiny_network, chosen)
    after = edit.apply(tiny_network)
    assert after.inputs["fc"] == (Port("block.add"),)
    back = edit.inverse(tiny_network).apply(after)
    assert back == tiny_network
    assert list(back.layers) == list(tiny_network.layers)


def test_what_a_sum_fed_is_left_empty(tiny_network):
    after = actions.delete_layers(tiny_network, ["block.add"]).apply(tiny_network)
    assert after.inputs["pool"] == (None,)


def test_attention_to_itself_has_one_source_and_is_bridged():
    attention = ("attention", "MultiheadAttention", {"embed_dim": 8, "num_heads": 2})
    three = (Port("a"), Port("a"), Port("a"))
    network = chain(PICTURES, linear("a"), attention, linear("fc"), END, extra={"attention": three})
    assert actions.delete_layers(network, ["attention"]).apply(network).inputs["fc"] == (Port("a"),)


def test_what_a_layer_with_several_outputs_fed_is_left_empty():
    network = chain(
        PICTURES,
        ("parts", "Chunk", {"chunks": 2}),
        ("sum", "Add", {}),
        END,
        extra={"sum": (Port("parts", 0), Port("parts", 1))},
    )
    assert actions.delete_layers(network, ["parts"]).apply(network).inputs["sum"] == (None, None)


def test_a_sum_loses_the_input_of_a_deleted_parameter():
    network = chain(
        PICTURES,
        ("token", "Parameter", {"shape": [1, 8]}),
        ("sum", "Add", {}),
        END,
        extra={"token": (), "sum": (Port("input"), Port("token"))},
    )
    assert actions.delete_layers(network, ["token"]).apply(network).inputs["sum"] == (Port("input"), None)


@pytest.mark.parametrize("layer_id", ["input", "output"])
def test_input_and_output_stay(tiny_network, layer_id):
    with pytest.raises(EditError, match="cannot be deleted"):
        actions.delete_layers(tiny_network, ["drop", layer_id])


def test_deleting_nothing_is_refused(tiny_network):
    with pytest.raises(EditError, match="Nothing is chosen"):
        actions.delete_layers(tiny_network, [])


def test_a_head_without_names_takes_those_that_are_as_many(tiny_network):
    unnamed = actions.replace_head(tiny_network, actions.class_names(3)).apply(tiny_network)
    edit = actions.name_classes(unnamed, ["cat", "dog", "owl"])
    named = edit.apply(unnamed)
    assert named.classes == ("cat", "dog", "owl")
    assert edit.inverse(unnamed).apply(named) == unnamed
    assert actions.name_classes(unnamed, ["cat", "dog"]) is None
    assert actions.name_classes(named, ["cow", "hen", "pig"]) is None
    assert actions.name_classes(unnamed, unnamed.classes) is None


def test_a_head_is_set_to_the_sort_of_labels(tiny_network):
    names = ("owl", "cat", "dog")
    edit = actions.name_classes(tiny_network, names, multilabel=True)
    assert edit.text == "Allow several labels"
    several = edit.apply(tiny_network)
    assert (several.multilabel, several.classes) == (True, tiny_network.classes)
    assert edit.inverse(tiny_network).apply(several) == tiny_network
    assert actions.name_classes(several, names, multilabel=True) is None
    assert actions.name_classes(several, names) is None
    assert actions.name_classes(several, names, multilabel=False).text == "Allow one class alone"
    # A head for other classes stays as it is.
    assert actions.name_classes(tiny_network, ("cow", "hen", "pig"), multilabel=True) is None
    unnamed = actions.replace_head(tiny_network, actions.class_names(3)).apply(tiny_network)
    both = actions.name_classes(unnamed, names, multilabel=True).apply(unnamed)
    assert (both.multilabel, both.classes) == (True, names)
    made = actions.replace_head(tiny_network, ("cow", "hen"), multilabel=True).apply(tiny_network)
    assert made.multilabel
    assert actions.replace_head(made, ("a", "b")).apply(made).multilabel
