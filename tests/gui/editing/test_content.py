"""What is written on boxes."""

from __future__ import annotations

from dataclasses import replace

from designer.gui.editing.canvas.content import (
    LOW,
    TALL,
    contents_of,
    figure_text,
    group_content,
    layer_content,
    settings_text,
    shortened,
    sizes_of,
    tick_of,
    title_of,
)
from designer.network.groups import GROUP, Box, everything, group_tree, view_of
from designer.network.network import Layer
from designer.session.results import Facts, Problem

from .conftest import make_facts


def conv(**more):
    settings = {"in_channels": 3, "out_channels": 64, "kernel_size": 7, **more}
    return Layer("c", "layer1.0.conv1", "Conv2d", settings, "layer1.0")


def test_settings_worth_seeing():
    assert settings_text(conv()) == "7×7, 64"
    assert settings_text(conv(stride=2)) == "7×7, 64, stride 2"
    assert settings_text(conv(stride=[1, 1], kernel_size=[1, 7])) == "1×7, 64"
    assert settings_text(Layer("d", "d", "Dropout", {"p": 0.2})) == "p = 0.2"
    assert settings_text(Layer("d", "d", "Dropout", {})) == "p = 0.5"
    assert settings_text(Layer("f", "f", "Linear", {"in_features": 4, "out_features": 5})) == "5"
    assert settings_text(Layer("i", "i", "Input", {"shape": [3, 224, 224]})) == "3 × 224 × 224"
    assert settings_text(Layer("r", "r", "ReLU")) == ""
    assert settings_text(Layer("p", "p", "MaxPool2d", {"kernel_size": 2})) == "2×2"
    assert settings_text(Layer("u", "u", "FromTheFuture", {"x": 1})) == ""


def test_the_frame_says_the_path_already():
    assert title_of(conv(), "layer1.0") == "conv1"
    assert title_of(conv(), "layer1") == "layer1.0.conv1"  # '0.conv1' alone would tell little
    assert title_of(conv(), "") == "layer1.0.conv1"
    assert title_of(Layer("x", "layer1.0.1", "ReLU"), "layer1.0") == "layer1.0.1"
    assert title_of(Layer("x", "layer10.a", "ReLU"), "layer1") == "layer10.a"


def test_a_layer_in_words(tiny_network, facts):
    content = layer_content(replace(tiny_network["stem.conv"], frozen=True), "stem", facts, "")
    assert content.title == "conv"
    assert content.kind == "Convolution 2-D"
    assert content.shape == "8 × 16 × 16"
    assert content.tick == "on"
    assert content.spoken == "Convolution 2-D stem.conv, 8 by 16 by 16, frozen"
    wrong = layer_content(tiny_network["fc"], "", facts, "error")
    assert wrong.spoken == "Linear fc, 3, with a problem"


def test_nothing_is_said_before_it_is_known(tiny_network):
    assert layer_content(tiny_network["fc"], "", None, "").shape == ""
    assert layer_content(tiny_network["fc"], "", Facts(), "").shape == ""


def test_only_what_learns_or_acts_at_random_can_be_ticked(tiny_network):
    ticks = {layer.id: tick_of([layer]) for layer in tiny_network}
    assert {name for name, tick in ticks.items() if tick} == {
        "stem.conv",
        "stem.bn",
        "block.conv",
        "drop",
        "fc",
    }
    frozen = replace(tiny_network["fc"], frozen=True)
    assert tick_of([frozen]) == "on"
    assert tick_of([frozen, tiny_network["stem.bn"]]) == "some"
    assert tick_of([frozen, tiny_network["pool"]]) == "on"
    assert tick_of([]) == ""


def test_a_group_in_words(tiny_network, facts):
    box = Box(GROUP + "stem", "", ("stem.conv", "stem.bn", "stem.relu"))
    content = group_content(tiny_network, box, facts, "")
    assert (content.title, content.kind, content.parameters) == ("stem", "3 layers", "232 params")
    assert content.mix == (("Convolution", 1), ("Normalization", 1), ("Activation", 1))
    assert content.shape == "8 × 16 × 16"
    assert content.tick == "off"
    assert content.spoken == "Group stem, 3 layers, 232 parameters, 8 by 16 by 16"
    partly = tiny_network.with_layers(replace(tiny_network["stem.bn"], frozen=True))
    assert group_content(partly, box, facts, "").tick == "some"
    assert not group_content(partly, box, facts, "").frozen


def test_what_the_frame_says_is_left_out_of_a_path():
    assert shortened("features.denseblock1", "features") == "denseblock1"
    assert shortened("inception4b.branch2.1", "inception4b.branch2") == "branch2.1"
    assert shortened("layer1.0", "layer1") == "layer1.0"
    assert shortened("layer10.a", "layer1") == "layer10.a"
    assert shortened("0.1.2", "0.1") == "0.1.2"
    assert shortened("layer1", "") == "layer1"


def test_parameters_are_told_on_the_box_where_there_are_any(tiny_network, facts):
    assert layer_content(tiny_network["stem.conv"], "", facts, "").parameters == "216 params"
    assert layer_content(tiny_network["stem.relu"], "", facts, "").parameters == ""
    assert layer_content(tiny_network["stem.conv"], "", None, "").parameters == ""
    assert figure_text(1) == "1 param"
    assert figure_text(9_408) == "9.4 k params"


def test_a_problem_marks_the_box_that_stands_for_its_layer(tiny_network):
    tree = group_tree(tiny_network)
    problems = (
        Problem("warning", "stem.conv", "w"),
        Problem("error", "stem.bn", "e"),
        Problem("warning", "stem.relu", "w"),
        Problem("warning", "fc", "w"),
        Problem("error", "", "everywhere"),
    )
    facts = make_facts(tiny_network, *problems)
    contents = contents_of(tiny_network, view_of(tiny_network, tree, set()), facts)
    assert {key: c.problem for key, c in contents.items() if c.problem} == {
        GROUP + "stem": "error",
        "fc": "warning",
    }


def test_sizes_do_not_depend_on_facts(tiny_network):
    view = view_of(tiny_network, group_tree(tiny_network), everything(group_tree(tiny_network)))
    sizes = {size.key: size for size in sizes_of(tiny_network, view)}
    assert sizes["stem.conv"].height == TALL
    assert sizes["stem.relu"].height == LOW
    assert sizes["stem.relu"].frame == GROUP + "stem"
    assert sizes[GROUP + "stem"].is_frame
    # Frames come first: the arranging needs them before what stands in them.
    assert [size.is_frame for size in sizes_of(tiny_network, view)] == [True] * 2 + [False] * 11
