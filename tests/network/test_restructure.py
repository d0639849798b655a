"""Many layers changed at once: what comes out, what is refused, and that the inverse leads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.errors import EditError
from designer.network.edits import AddLayer, RemoveLayer, SetInputs
from designer.network.network import Layer, Network, Port
from designer.network.restructure import Added, Restructure, rerouted


def relu(name: str) -> Layer:
    return Layer(name, name, "ReLU")


def back_and_forth(edit: Restructure, network: Network) -> Network:
    """The network after the edit; its inverse leads back, and that one's inverse there again."""
    after = edit.apply(network)
    inverse = edit.inverse(network)
    back = inverse.apply(after)
    assert back == network
    assert list(back.layers) == list(network.layers)
    assert list(back.inputs) == list(network.inputs)
    again = inverse.inverse(after).apply(back)
    assert again == after
    assert list(again.layers) == list(after.layers)
    return after


def test_layers_come_at_their_places_and_feed_one_another_in_any_order(tiny_network):
    edit = Restructure(
        "Two",
        (),
        (
            Added(relu("b"), (Port("a"),), 3),
            Added(relu("a"), (Port("stem.relu"),), 5),
            Added(relu("last"), ()),
        ),
    )
    after = back_and_forth(edit, tiny_network)
    order = list(after.layers)
    assert (order[3], order[5], order[-1]) == ("b", "a", "last")
    assert [i for i in order if i in tiny_network] == list(tiny_network.layers)


def test_what_a_layer_fed_is_left_empty_unless_it_is_said(tiny_network):
    bare = back_and_forth(Restructure("Out", ("stem.relu",)), tiny_network)
    assert bare == RemoveLayer("stem.relu").apply(tiny_network)
    said = Restructure("Out", ("stem.relu",), (), {"block.conv": (Port("stem.bn"),)})
    after = back_and_forth(said, tiny_network)
    assert after.inputs["block.conv"] == (Port("stem.bn"),)
    assert after.inputs["block.add"] == (Port("block.conv"), None)


def test_one_layer_takes_anothers_place(tiny_network):
    new = Layer("fc2", "fc", "Linear", {"in_features": 8, "out_features": 2})
    edit = Restructure("Swap", ("fc",), (Added(new, (Port("drop"),), 9),), {"output": (Port("fc2"),)})
    after = back_and_forth(edit, tiny_network)
    step = RemoveLayer("fc").apply(tiny_network)
    step = SetInputs("output", (Port("fc2"),)).apply(AddLayer(new, (Port("drop"),), 9).apply(step))
    assert after == step
    assert list(after.layers) == list(step.layers)


REFUSED = {
    "an id in use": (Restructure("x", (), (Added(Layer("fc", "new", "ReLU"), ()),)), "already a layer 'fc'"),
    "a name in use": (Restructure("x", (), (Added(Layer("new", "fc", "ReLU"), ()),)), "layer named 'fc'"),
    "no name": (Restructure("x", (), (Added(Layer("new", "", "ReLU"), ()),)), "needs a name"),
    "one name twice": (
        Restructure("x", (), (Added(Layer("a", "n", "ReLU"), ()), Added(Layer("b", "n", "ReLU"), ()))),
        "layer named 'n'",
    ),
    "nobody removed": (Restructure("x", ("nix",)), "no layer 'nix'"),
    "nobody connected": (Restructure("x", inputs={"nix": ()}), "no layer 'nix'"),
    "fed by nobody": (Restructure("x", inputs={"fc": (Port("nix"),)}), "layer 'nix'"),
    "fed by what goes": (Restructure("x", ("drop",), (), {"fc": (Port("drop"),)}), "layer 'drop'"),
    "no such output": (Restructure("x", inputs={"fc": (Port("drop", -1),)}), "no output 0"),
    "a cycle": (Restructure("x", inputs={"stem.conv": (Port("fc"),)}), "would close a cycle"),
    "itself": (Restructure("x", inputs={"fc": (Port("fc"),)}), "would close a cycle"),
    "a cycle of new ones": (
        Restructure("x", (), (Added(relu("a"), (Port("b"),)), Added(relu("b"), (Port("a"),)))),
        "'a', 'b'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused(tiny_network, name):
    edit, said = REFUSED[name]
    with pytest.raises(EditError) as caught:
        edit.apply(tiny_network)
    assert said in str(caught.value)
    assert all((caught.value.what, caught.value.why, caught.value.remedy))


def test_a_network_with_a_cycle_can_be_mended_and_the_mending_undone(tiny_network):
    ring = tiny_network.with_inputs({"stem.conv": (Port("stem.relu"),)})
    assert ring.ring == ("stem.conv", "stem.bn", "stem.relu")
    after = back_and_forth(Restructure("Mend", inputs={"stem.conv": (Port("input"),)}), ring)
    assert after == tiny_network
    assert after.ring == ()


def test_connections_are_led_elsewhere(tiny_network):
    assert rerouted(tiny_network, {Port("stem.relu"): Port("stem.bn")}) == {
        "block.conv": (Port("stem.bn"),),
        "block.add": (Port("block.conv"), Port("stem.bn")),
    }
    assert rerouted(tiny_network, {Port("stem.relu", 1): Port("stem.bn")}) == {}


@given(st.data())
def test_any_restructuring_leads_back(data):
    """Layers fed by earlier ones alone, taken out and put in anywhere."""
    count = data.draw(st.integers(1, 8))
    layers = {f"l{n}": relu(f"l{n}") for n in range(count)}
    inputs = {
        f"l{n}": tuple(Port(f"l{m}") for m in data.draw(st.lists(st.integers(0, n - 1), max_size=2)))
        if n
        else ()
        for n in range(count)
    }
    network = Network("any", layers, inputs)
    removed = tuple(data.draw(st.lists(st.sampled_from(list(layers)), unique=True)))
    kept = [i for i in layers if i not in removed]
    fed = st.sampled_from([None, *map(Port, kept)])
    added = tuple(
        Added(relu(f"n{n}"), (data.draw(fed),), data.draw(st.integers(-1, 12)))
        for n in range(data.draw(st.integers(0, 4)))
    )
    after = back_and_forth(Restructure("Any", removed, added), network)
    assert [i for i in after.layers if i in layers] == kept
    assert set(after.layers) == {*kept, *(a.layer.id for a in added)}


@given(st.data())
def test_a_cycle_is_refused_just_where_there_is_one(data):
    """Any wiring of old and new layers: refused where going forward from a layer leads back to it."""
    count = data.draw(st.integers(1, 5))
    ids = [f"l{n}" for n in range(count)]
    layers = {i: relu(i) for i in ids}
    inputs = {
        i: tuple(Port(ids[m]) for m in data.draw(st.lists(st.integers(0, n - 1), max_size=2))) if n else ()
        for n, i in enumerate(ids)
    }
    network = Network("any", layers, inputs)
    removed = tuple(data.draw(st.lists(st.sampled_from(ids), unique=True)))
    kept = [i for i in ids if i not in removed]
    # New ones may take the ids of those that go.
    new = data.draw(st.lists(st.sampled_from([*removed, "x", "y", "z"]), unique=True))
    ports = st.lists(st.sampled_from([Port(i) for i in (*kept, *new)]), max_size=2) if kept or new else None
    draw = (lambda: tuple(data.draw(ports))) if ports is not None else tuple
    added = tuple(Added(relu(i), draw()) for i in new)
    rewired = {i: draw() for i in kept if data.draw(st.booleans())}
    fed = {i: tuple(p if p.layer in kept else None for p in inputs[i]) for i in kept}
    wired = {**fed, **rewired, **{a.layer.id: a.inputs for a in added}}

    def leads_back(start: str) -> bool:
        ahead, found = [start], set()
        while ahead:
            at = ahead.pop()
            for target, its in wired.items():
                if target not in found and any(port is not None and port.layer == at for port in its):
                    found.add(target)
                    ahead.append(target)
        return start in found

    edit = Restructure("Any", removed, added, rewired)
    if any(leads_back(i) for i in wired):
        with pytest.raises(EditError, match="cycle"):
            edit.apply(network)
    else:
        assert edit.apply(network).ring == ()
