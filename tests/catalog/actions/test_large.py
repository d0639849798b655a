"""Networks of ten thousand layers: every action answers, and none goes deep into recursion."""

from __future__ import annotations

import inspect
import sys
import time
from dataclasses import replace

import pytest

from designer.catalog import actions
from designer.network.clipping import clip_from_text, clip_to_text
from designer.network.fragment import Entrance, Fragment
from designer.network.network import Connection, Layer, Network, Port
from designer.session.results import Facts, LayerFacts

COUNT = 10_000


@pytest.fixture(scope="module")
def large() -> Network:
    """One chain of convolutions and additions that skip back by twenty layers, in groups of ten."""
    layers = {"in": Layer("in", "in", "Input", {"shape": [4, 8, 8]})}
    inputs: dict[str, tuple[Port | None, ...]] = {"in": ()}
    last = "in"
    for n in range(COUNT - 3):
        name = f"l{n}"
        skips = n % 3 == 2 and n > 20
        settings = {"in_channels": 4, "out_channels": 4, "kernel_size": 1}
        layers[name] = Layer(
            name, name, "Add" if skips else "Conv2d", {} if skips else settings, f"g{n // 10}"
        )
        inputs[name] = (Port(last), Port(f"l{n - 20}")) if skips else (Port(last),)
        last = name
    layers["fc"] = Layer("fc", "fc", "Linear", {"in_features": 4, "out_features": 3})
    layers["out"] = Layer("out", "out", "Output")
    inputs |= {"fc": (Port(last),), "out": (Port("fc"),)}
    return Network("large", layers, inputs, ("a", "b", "c"))


def one(key: str) -> Fragment:
    return Fragment(key, (Layer("n", "n", key),), {"n": (None,)}, (Entrance("n", 0),), Port("n"))


def fresh(network: Network) -> Network:
    """Nothing that was worked out is kept."""
    return replace(network)


MIDDLE = [f"l{n}" for n in range(4000, 5000)]
ACTIONS = {
    "insert": lambda n: actions.insert(n, Connection("l4999", 0, "l5000", 0), one("ReLU")),
    "append": lambda n: actions.append(n, "l5000", one("ReLU")),
    "add": lambda n: actions.add(n, one("ReLU")),
    "connect": lambda n: actions.connect(n, Port("l10"), "l9995", 0),
    "disconnect": lambda n: actions.disconnect(n, [c for c in n.connections if c.target in MIDDLE]),
    "duplicate one": lambda n: actions.duplicate(n, ["l5000"]),
    "duplicate 1,000": lambda n: actions.duplicate(n, MIDDLE),
    "paste 1,000": lambda n: actions.paste(n, actions.copied(n, MIDDLE), "l100"),
    "paste all": lambda n: actions.paste(n, actions.copied(n, list(n.layers)), "l100"),
    "delete one": lambda n: actions.delete_layers(n, ["l5000"]),
    "delete 1,000": lambda n: actions.delete_layers(n, MIDDLE),
    "delete all": lambda n: actions.delete_layers(n, [i for i in n.layers if i not in ("in", "out")]),
    "replace": lambda n: actions.replace_kind(n, "l5000", "ReLU"),
    "freeze up to": lambda n: actions.freeze_up_to(n, "l9000"),
    "unfreeze from": lambda n: actions.unfreeze_from(n, "l10"),
    "freeze all but the head": actions.freeze_all_but_head,
    "freeze a group": lambda n: actions.freeze_group(n, "g500", True),
    "rename": lambda n: actions.rename(n, "l5000", "other"),
    "settings": lambda n: actions.set_settings(
        n, [i for i in MIDDLE if n[i].kind == "Conv2d"], {"bias": False}
    ),
    "replace head": lambda n: actions.replace_head(n, ("x", "y")),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_answers(large, name):
    network = fresh(large)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200 + len(inspect.stack()))
    try:
        started = time.process_time()
        edit = ACTIONS[name](network)
        after = edit.apply(network)
        back = edit.inverse(network).apply(after)
        taken = time.process_time() - started
    finally:
        sys.setrecursionlimit(limit)
    assert back == large
    assert list(back.layers) == list(large.layers)
    # What grows with the square of the layers takes minutes.
    assert taken < 10


def test_looking_at_it_answers(large):
    facts = Facts({i: LayerFacts(((4, 8, 8),)) for i in large.layers})
    started = time.process_time()
    assert len(fresh(large).order) == COUNT
    assert len(fresh(large).ancestors(("out",))) == COUNT
    assert len(fresh(large).descendants(("in",))) == COUNT
    assert fresh(large).ring == ()
    assert len(actions.targets(fresh(large), facts, Port("l5000"))) >= COUNT
    assert len(actions.sources(fresh(large), facts, "l5000", 0)) == COUNT
    assert time.process_time() - started < 10


def test_a_ring_of_ten_thousand_is_found(large):
    ring = large.with_inputs({"l0": (Port(f"l{COUNT - 4}"),)})
    assert ring.ring[0] == "l0"
    assert len(ring.ring) <= COUNT


def test_all_of_it_goes_over_the_clipboard(large):
    fragment = actions.copied(large, list(large.layers))
    assert clip_from_text(clip_to_text(fragment)).fragment == fragment
