"""Random walks over all actions of the editor, on a small and on real networks.

Undoing all leads back to the first network by value and to the very same weights; files hold what there
is; and whatever has no errors is built and gives the shapes that were inferred.
"""

from __future__ import annotations

import functools
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from designer.catalog import actions
from designer.catalog.fixes import fixes
from designer.catalog.kinds import KINDS
from designer.catalog.library import ENTRIES, Around
from designer.engine.building import build, misfits, owned, weights_of
from designer.engine.opening import open_model
from designer.engine.project_file import ProjectContents, load_project, save_project
from designer.engine.shapes import infer
from designer.engine.structure import used_layers
from designer.engine.weights import Weights
from designer.errors import EditError
from designer.network.clipping import clip_from_text, clip_to_text
from designer.network.document import Document
from designer.network.edits import Edit, SetPlaces
from designer.network.file import network_from_json, network_to_json
from designer.network.network import Network, Place, Port
from designer.progress import Silent

NUMBERS = st.integers(0, 10_000)
MOST_PARAMETERS, MOST_MACS = 60_000_000, 5_000_000_000
"""What is larger is inferred but not built: a flattened picture makes gigabytes of weights."""

VALUES = (0, 1, 2, 3, 4, 7, 8, 16, -1, 0.5, True, False, [1, 2], [8], None)
NAMES = ("a", "b", "слой", "層", "x" * 500, "", " ", "fc", "a.b.c")


class Walk(RuleBasedStateMachine):
    """One walk; `start` gives the network and its weights."""

    start: Callable[[], tuple[Network, Weights]]
    every_state = True

    @initialize()
    def begin(self) -> None:
        network, self.weights = type(self).start()
        self.document = Document(network)
        self.first = network
        self.done: list[tuple[Edit, Edit]] = []
        self.undone: list[tuple[Edit, Edit]] = []
        self.facts = infer(network)
        self.held = ""
        self.refused: list[EditError] = []

    @property
    def network(self) -> Network:
        return self.document.network

    def pick(self, number: int) -> str:
        ids = list(self.network.layers)
        return ids[number % len(ids)]

    def some(self, number: int, count: int) -> list[str]:
        """Layers that lie side by side in the file."""
        ids = list(self.network.layers)
        start = number % len(ids)
        return ids[start : start + count]

    def act(self, action: Callable[[], Edit]) -> None:
        before = self.network
        try:
            edit = action()
        except EditError as error:
            self.refused.append(error)
            return
        # What an action has made always fits: refusing is up to the action.
        inverse = edit.inverse(before)
        self.document.apply(edit)
        assert edit.text.strip()
        assert len(edit.text) < 400
        assert "~" not in edit.text
        self.done.append((edit, inverse))
        self.undone.clear()
        self.facts = infer(self.network)

    def around(self, layer_id: str) -> Around:
        shapes = self.facts.layers[layer_id].shapes if layer_id in self.facts.layers else ()
        return Around(shapes[0] if shapes else None, len(self.network.classes))

    def entry(self, number: int, layer_id: str):
        keys = list(ENTRIES)
        return ENTRIES[keys[number % len(keys)]].make(self.around(layer_id))

    @rule(where=NUMBERS, entry=NUMBERS)
    def insert(self, where: int, entry: int) -> None:
        edges = self.network.connections
        if edges:
            edge = edges[where % len(edges)]
            self.act(lambda: actions.insert(self.network, edge, self.entry(entry, edge.source)))

    @rule(where=NUMBERS, entry=NUMBERS)
    def append(self, where: int, entry: int) -> None:
        after = self.pick(where)
        self.act(lambda: actions.append(self.network, after, self.entry(entry, after)))

    @rule(entry=NUMBERS, placed=st.booleans())
    def add(self, entry: int, placed: bool) -> None:
        place = Place(self.pick(entry), 10.0, 20.0) if placed else None
        self.act(lambda: actions.add(self.network, self.entry(entry, self.pick(entry)), place))

    @rule(source=NUMBERS, slot=NUMBERS)
    def connect(self, source: int, slot: int) -> None:
        port = Port(self.pick(source))
        found = actions.targets(self.network, self.facts, port)
        legal = [key for key, verdict in found.items() if verdict.allowed]
        if legal:
            key = legal[slot % len(legal)]
            before = len(self.done)
            self.act(lambda: actions.connect(self.network, port, *key))
            assert len(self.done) == before + 1

    @rule(source=NUMBERS, fed=NUMBERS, number=st.integers(0, 3))
    def connect_anything(self, source: int, fed: int, number: int) -> None:
        self.act(lambda: actions.connect(self.network, Port(self.pick(source)), self.pick(fed), number))

    @rule(numbers=st.lists(NUMBERS, max_size=3))
    def disconnect(self, numbers: list[int]) -> None:
        edges = self.network.connections
        chosen = [edges[n % len(edges)] for n in numbers] if edges else []
        self.act(lambda: actions.disconnect(self.network, chosen))

    @rule(number=NUMBERS, count=st.integers(0, 6), known=st.booleans())
    def delete(self, number: int, count: int, known: bool) -> None:
        facts = self.facts if known else None
        self.act(lambda: actions.delete_layers(self.network, self.some(number, count), facts))

    @rule(number=NUMBERS, count=st.integers(1, 6))
    def duplicate(self, number: int, count: int) -> None:
        self.act(lambda: actions.duplicate(self.network, self.some(number, count)))

    @rule(number=NUMBERS, count=st.integers(1, 6))
    def copy(self, number: int, count: int) -> None:
        try:
            self.held = clip_to_text(actions.copied(self.network, self.some(number, count)), "doc")
        except EditError:
            self.held = ""

    @precondition(lambda self: self.held)
    @rule(near=NUMBERS)
    def paste(self, near: int) -> None:
        fragment = clip_from_text(self.held).for_document("doc")
        self.act(lambda: actions.paste(self.network, fragment, self.pick(near)))

    @rule(number=NUMBERS, key=NUMBERS)
    def replace_kind(self, number: int, key: int) -> None:
        keys = list(KINDS)
        wanted = keys[key % len(keys)]
        self.act(lambda: actions.replace_kind(self.network, self.pick(number), wanted, self.facts))

    @rule(number=NUMBERS, name=st.sampled_from(NAMES))
    def rename(self, number: int, name: str) -> None:
        self.act(lambda: actions.rename(self.network, self.pick(number), name))

    @rule(number=NUMBERS, which=NUMBERS, value=st.sampled_from(VALUES))
    def set_settings(self, number: int, which: int, value: object) -> None:
        layer_id = self.pick(number)
        row = KINDS[self.network[layer_id].kind]
        if row.settings:
            name = row.settings[which % len(row.settings)].name
            self.act(lambda: actions.set_settings(self.network, [layer_id], {name: value}))

    @rule(number=NUMBERS, rate=st.sampled_from([0.0, 0.5, 10.0, -1.0]))
    def set_rates(self, number: int, rate: float) -> None:
        self.act(lambda: actions.set_rates(self.network, self.some(number, 3), rate, None))

    @rule(number=NUMBERS, how=st.sampled_from(["one", "not", "up to", "from", "head", "group", "backbone"]))
    def freeze(self, number: int, how: str) -> None:
        layer_id = self.pick(number)
        network = self.network
        ways = {
            "one": lambda: actions.freeze(network, [layer_id], True),
            "not": lambda: actions.freeze(network, [layer_id], False),
            "up to": lambda: actions.freeze_up_to(network, layer_id),
            "from": lambda: actions.unfreeze_from(network, layer_id),
            "head": lambda: actions.freeze_all_but_head(network),
            "group": lambda: actions.freeze_group(network, network[layer_id].group, number % 2 == 0),
            "backbone": lambda: actions.freeze_backbone(network),
        }
        self.act(ways[how])

    @rule(count=st.integers(1, 5), style=st.sampled_from([*actions.HEAD_STYLES, "nix"]))
    def replace_head(self, count: int, style: str) -> None:
        names = actions.class_names(count)
        self.act(lambda: actions.replace_head(self.network, names, style, self.facts))

    @rule(number=NUMBERS, x=st.floats(-1e6, 1e6))
    def move(self, number: int, x: float) -> None:
        key = self.pick(number)
        self.act(lambda: SetPlaces({key: Place("", x, -x)}, "Move"))

    @precondition(lambda self: self.facts.problems)
    @rule(which=NUMBERS, how=NUMBERS)
    def mend(self, which: int, how: int) -> None:
        problem = self.facts.problems[which % len(self.facts.problems)]
        found = fixes(self.network, self.facts, problem)
        if found:
            before = len(self.done)
            chosen = found[how % len(found)]
            self.act(lambda: chosen.edit)
            assert len(self.done) == before + 1

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        edit, inverse = self.done.pop()
        self.document.apply(inverse)
        self.undone.append((edit, inverse))
        self.facts = infer(self.network)

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        edit, inverse = self.undone.pop()
        self.document.apply(edit)
        self.done.append((edit, inverse))
        self.facts = infer(self.network)

    @precondition(lambda self: self.every_state)
    @rule()
    def save_and_open(self) -> None:
        if self.facts.parameters > MOST_PARAMETERS:
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "walk.netgraft")
            save_project(path, ProjectContents(self.network, self.weights), Silent())
            read = load_project(path, Silent())
        assert read.network == self.network
        assert list(read.network.layers) == list(self.network.layers)
        kept = owned(self.network, self.weights)
        assert {i: read.weights.digest(i) for i in read.weights} == {i: kept.digest(i) for i in kept}

    @invariant()
    def what_was_refused_was_explained(self) -> None:
        assert all(error.what and error.why and error.remedy for error in self.refused)

    @invariant()
    def it_is_sound(self) -> None:
        network = self.network
        assert list(network.layers) == list(network.inputs)
        assert len(network.order) == len(network)
        assert len(network.names) == len(network)
        assert all(port.layer in network for ports in network.inputs.values() for port in ports if port)

    @invariant()
    def the_file_holds_it(self) -> None:
        read = network_from_json(json.loads(json.dumps(network_to_json(self.network))))
        assert read == self.network
        assert list(read.layers) == list(self.network.layers)

    @invariant()
    def what_is_right_runs(self) -> None:
        if self.every_state:
            self.run_it()

    def run_it(self) -> None:
        """Build and run what has no errors, and compare the shapes of all values."""
        facts, network = self.facts, self.network
        if any(problem.severity == "error" for problem in facts.problems):
            return
        if facts.parameters > MOST_PARAMETERS or facts.macs > MOST_MACS:
            return
        if network.of_kind("Embedding"):
            # Whether numbers lie in its table hangs on the pictures, not on the network.
            return
        misfits(network, self.weights)
        module = build(network, self.weights)
        (start,) = network.of_kind("Input")
        ports = [
            Port(i, n)
            for i in network.layers
            if i in used_layers(network)
            for n in range(len(facts.layers[i].shapes))
        ]
        with torch.no_grad():
            values = module.run({Port(start.id): torch.randn(2, *start.settings["shape"])}, ports)
        for port, value in zip(ports, values, strict=True):
            told = facts.layers[port.layer].shapes[port.output]
            found = tuple(value.shape)
            several = (2 * told[0], *told[1:]) if told else ()
            assert found in ((2, *told), told, several), (network[port.layer], found, told)

    def teardown(self) -> None:
        if not hasattr(self, "done"):
            return
        self.run_it()
        last, order = self.network, list(self.network.layers)
        for _, inverse in reversed(self.done):
            self.document.apply(inverse)
        assert self.network == self.first
        assert list(self.network.layers) == list(self.first.layers)
        built = weights_of(build(self.network, self.weights, seed=random.randrange(1000)))
        assert {i: built.digest(i) for i in built} == digests_of(type(self).start)
        for edit, _ in self.done:
            self.document.apply(edit)
        assert self.network == last
        assert list(self.network.layers) == order


@functools.cache
def digests_of(start: Callable[[], tuple[Network, Weights]]) -> dict[str, str]:
    weights = start()[1]
    return {layer_id: weights.digest(layer_id) for layer_id in weights}


@functools.cache
def model(name: str) -> tuple[Network, Weights]:
    opened = open_model(name, "none", 0, Silent())
    return opened.network, opened.weights


@functools.cache
def resnet18() -> tuple[Network, Weights]:
    return model("resnet18")


@functools.cache
def lite0() -> tuple[Network, Weights]:
    return model("efficientnet_lite0")


def walk(begin: Callable[[], tuple[Network, Weights]], examples: int, steps: int, *, every: bool) -> None:
    class Chosen(Walk):
        start = staticmethod(begin)
        every_state = every

    run_state_machine_as_test(
        Chosen,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_walk_on_a_small_network(tiny_network):
    weights = weights_of(build(tiny_network, seed=1))
    walk(lambda: (tiny_network, weights), 20, 20, every=True)


def test_a_walk_on_a_real_network():
    walk(resnet18, 3, 15, every=False)


@pytest.mark.slow
@pytest.mark.parametrize("start", [resnet18, lite0])
def test_a_long_walk_on_a_real_network(start):
    walk(start, 25, 40, every=False)


@pytest.mark.slow
def test_a_long_walk_on_a_small_network(tiny_network):
    weights = weights_of(build(tiny_network, seed=1))
    walk(lambda: (tiny_network, weights), 300, 40, every=True)
