"""Scripts: what the window did is done again, actions go by name, and rubbish changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from designer.catalog.actions import duplicate, freeze_backbone, insert, replace_head, replace_kind
from designer.catalog.library import ENTRIES, Around
from designer.catalog.named_actions import NAMED_ACTIONS
from designer.catalog.scripts import read_script, run_script, script_of, script_text
from designer.engine.shapes import infer
from designer.errors import EditError
from designer.network.edits import AddLayer, SetPlaces, SetSettings
from designer.network.network import Connection, Layer, Place


def script(*edits, form=1):
    return json.dumps({"format": form, "edits": list(edits)}).encode()


def run(network, *edits):
    """The network after a script."""
    for edit in run_script(network, read_script(script(*edits)), infer):
        network = edit.apply(network)
    return network


def test_what_was_done_is_done_again(tiny_network):
    done, network = [], tiny_network
    actions = (
        lambda n: replace_head(n, ("a", "b", "c", "d")),
        freeze_backbone,
        lambda n: insert(
            n, Connection("stem.conv", 0, "stem.bn", 0), ENTRIES["ReLU"].make(Around((8, 16, 16)))
        ),
        lambda n: duplicate(n, ("block.conv",)),
        lambda n: replace_kind(n, "stem.relu", "GELU"),
        lambda n: SetSettings("drop", {"p": 0.4}),
        lambda n: SetPlaces({"fc": Place("", 3.0, 4.0)}, "Move"),
    )
    for action in actions:
        edit = action(network)
        network = edit.apply(network)
        done.append(edit)
    read = read_script(script_text(done).encode())
    again = tiny_network
    for edit in run_script(tiny_network, read, infer):
        again = edit.apply(again)
    assert again == network
    assert list(again.layers) == list(network.layers)


def test_every_action_by_its_name(tiny_network):
    tried = {
        "replace_head": ({"classes": 5}, lambda n: len(n.classes) == 5),
        "freeze_backbone": ({}, lambda n: n["stem.conv"].frozen and not n["fc"].frozen),
        "freeze_all_but_head": ({}, lambda n: n["stem.conv"].frozen and not n["fc"].frozen),
        "freeze": ({"layers": ["stem"]}, lambda n: n["stem.bn"].frozen and not n["block.conv"].frozen),
        "unfreeze": ({"layers": "fc"}, lambda n: not n["fc"].frozen),
        "freeze_up_to": ({"layer": "stem.bn"}, lambda n: n["stem.conv"].frozen and n["stem.bn"].frozen),
        "unfreeze_from": ({"layer": "pool"}, lambda n: not n["fc"].frozen),
        "freeze_group": ({"group": "block"}, lambda n: n["block.conv"].frozen),
        "insert": (
            {"entry": "GELU", "from": "stem.relu", "to": "block.conv"},
            lambda n: n[n.inputs["block.conv"][0].layer].kind == "GELU",
        ),
        "append": (
            {"entry": "Sigmoid", "after": "fc", "name": "score"},
            lambda n: n[n.inputs["output"][0].layer].name == "score",
        ),
        "add": ({"entry": "ReLU"}, lambda n: len(n) == 12),
        "delete": ({"layers": ["drop"]}, lambda n: n.inputs["fc"][0].layer == "flatten"),
        "duplicate": ({"layers": ["block.conv"]}, lambda n: len(n.of_kind("Conv2d")) == 3),
        "replace_kind": ({"layer": "stem.relu", "kind": "GELU"}, lambda n: len(n.of_kind("GELU")) == 1),
        "rename": ({"layer": "fc", "name": "answer"}, lambda n: n["fc"].name == "answer"),
        "set_settings": (
            {"layers": "drop", "settings": {"p": 0.9}},
            lambda n: n["drop"].settings["p"] == 0.9,
        ),
        "set_rates": ({"layers": "fc", "bias": 3}, lambda n: n["fc"].bias_rate == 3.0),
        "connect": ({"from": "stem.bn", "to": "pool"}, lambda n: n.inputs["pool"][0].layer == "stem.bn"),
        "disconnect": ({"to": "fc"}, lambda n: n.inputs["fc"] == (None,)),
    }
    assert set(tried) == set(NAMED_ACTIONS)
    frozen = run(tiny_network, {"action": "freeze", "layers": ["fc"]})
    for key, (values, holds) in tried.items():
        start = frozen if key.startswith("unfreeze") else tiny_network
        assert not holds(start), key
        assert holds(run(start, {"action": key, **values})), key


def test_later_edits_see_what_former_ones_left(tiny_network):
    after = run(
        tiny_network,
        {
            "action": "append",
            "entry": "Linear",
            "after": "flatten",
            "name": "hidden",
            "settings": {"out_features": 8},
        },
        {"action": "insert", "entry": "ReLU", "from": "hidden"},
        {"action": "rename", "layer": "hidden", "name": "middle"},
        {"action": "replace_head", "classes": ["a", "b"], "style": "flatten_dense"},
    )
    assert after.classes == ("a", "b")
    assert not [p for p in infer(after).problems if p.severity == "error"]


def test_an_inserted_layer_fits_what_feeds_it(tiny_network):
    after = run(
        tiny_network, {"action": "insert", "entry": "Conv2d", "from": "stem.relu", "to": "block.conv"}
    )
    new = after[after.inputs["block.conv"][0].layer]
    assert new.settings["in_channels"] == 8
    assert infer(after).problems == ()


REFUSED = [
    (b"", "not a script"),
    (b"\xff\xfe", "not a script"),
    (b"[]", "not a script"),
    (b"{}", "'format' is missing"),
    (b'{"format": 1}', "'edits' is missing"),
    (b'{"format": "1", "edits": []}', "not a whole number"),
    (b'{"format": 1, "edits": {}}', "not a list"),
    (b'{"format": 2, "edits": []}', "Its format is 2"),
    (b'{"format": 1, "edits": [NaN]}', "not a script"),
    (b"[" * 100_000, "not a script"),
    (script({"action": "freeze_backbone"}, 7), "Edit 2 cannot be read"),
    (script({}), "Edit 1 cannot be read"),
    (script({"action": "freeze_backbone", "edit": "RemoveLayer"}), "either"),
    (
        script({"action": "freeze_backbones"}),
        "no action 'freeze_backbones'. The nearest is 'freeze_backbone'",
    ),
    (script({"action": "freeze"}), "needs 'layers'"),
    (script({"action": "freeze", "layers": 3}), "not a list"),
    (script({"action": "rename", "layer": "fc", "name": 3}), "not a text"),
    (script({"action": "rename", "layer": "fc", "name": "x", "loudly": 1}), "takes no 'loudly'"),
    (script({"action": "replace_head", "classes": 1}), "between"),
    (script({"action": "replace_head", "classes": 10**9}), "at the most"),
    (script({"edit": "Explode"}), "no edit 'Explode'"),
]


@pytest.mark.parametrize(("data", "said"), REFUSED)
def test_rubbish_is_refused_in_words(data, said):
    with pytest.raises(EditError, match=said) as caught:
        read_script(data)
    assert all((caught.value.what, caught.value.why, caught.value.remedy))


IMPOSSIBLE = [
    ({"action": "delete", "layers": ["nothing"]}, "no layer or group 'nothing'"),
    ({"action": "insert", "entry": "Relu", "from": "fc"}, "no 'Relu'.*Nearest: ReLU"),
    ({"action": "insert", "entry": "ReLU"}, "Neither 'from' nor 'to'"),
    ({"action": "append", "entry": "ReLU", "after": "output"}, "Nothing can be put after"),
    ({"action": "set_settings", "layers": "fc", "settings": {"colour": 1}}, "no setting 'colour'"),
    ({"action": "add", "entry": "Linear", "settings": {"out_features": "many"}}, "cannot be 'many'"),
    ({"action": "connect", "from": "fc", "to": "stem.conv"}, "cycle"),
    ({"action": "rename", "layer": "fc", "name": "drop"}, "already"),
    ({"edit": "RemoveLayer", "layer": "nothing"}, "no layer 'nothing'"),
    ({"edit": "AddLayer", "layer": {"id": "x", "name": "x", "kind": "Sieve"}}, "no layer kind 'Sieve'"),
]


@pytest.mark.parametrize(("edit", "said"), IMPOSSIBLE)
def test_what_cannot_be_done_says_which_edit_and_nothing_is_done(tiny_network, edit, said):
    read = read_script(script({"action": "freeze_backbone"}, edit))
    with pytest.raises(EditError, match=f"Edit 2 cannot be made.*{said}") as caught:
        run_script(tiny_network, read, infer)
    assert caught.value.remedy


WRONG_LAYERS = {
    "a value that does not fit": ("SetSettings", {"layer": "fc", "settings": {"out_features": "x"}}),
    "a setting of another kind": ("SetSettings", {"layer": "fc", "settings": {"kernel_size": 3}}),
    "a layer without what it needs": (
        "AddLayer",
        {"layer": {"id": "n", "name": "n", "kind": "Linear", "settings": {}, "group": "", "frozen": False}},
    ),
    "a value in another's place": (
        "PutLayers",
        {"layers": [{"id": "drop", "name": "drop", "kind": "Dropout", "settings": {"p": 7}, "group": ""}]},
    ),
}


@pytest.mark.parametrize("name", WRONG_LAYERS)
def test_edits_written_out_bring_in_no_layer_that_its_kind_forbids(tiny_network, name):
    key, values = WRONG_LAYERS[name]
    with pytest.raises(EditError, match="Edit 1 cannot be") as caught:
        run(tiny_network, {"edit": key, **values})
    assert all((caught.value.what, caught.value.why, caught.value.remedy))


def test_what_was_wrong_before_keeps_no_edit_from_being_made(tiny_network):
    wrong = tiny_network.with_layers(replace(tiny_network["stem.conv"], settings={"groups": "x"}))
    after = run(
        wrong,
        {"edit": "Rename", "layer": "stem.conv", "name": "first"},
        {"edit": "SetSettings", "layer": "stem.conv", "settings": {"out_channels": 8}},
    )
    assert after["stem.conv"].name == "first"
    assert after["stem.conv"].settings == {"groups": "x", "out_channels": 8}


def test_a_number_without_end_is_refused_in_plain_words():
    data = script({"edit": "Rename", "layer": "fc", "name": 1}).replace(b": 1}]", b": " + b"9" * 6000 + b"}]")
    with pytest.raises(EditError) as caught:
        read_script(data)
    assert "out of range" in str(caught.value)
    assert "sys." not in str(caught.value)


def test_a_block_of_several_layers_takes_no_settings(tiny_network):
    block = next(e.key for e in ENTRIES.values() if len(e.make(Around((8, 16, 16))).layers) > 1)
    with pytest.raises(EditError, match="takes no settings"):
        run(tiny_network, {"action": "add", "entry": block, "name": "x"})


def test_a_script_is_plain_json(tiny_network):
    value = script_of([AddLayer(Layer("é", "Schicht ñ", "ReLU"))])
    assert value == {
        "format": 1,
        "edits": [{"edit": "AddLayer", "layer": {"id": "é", "name": "Schicht ñ", "kind": "ReLU"}}],
    }
    assert "ñ" in script_text([AddLayer(Layer("é", "Schicht ñ", "ReLU"))])
