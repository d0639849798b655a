"""A random walk over edits: undo all gives the first network, redo all the last, the file holds all."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from designer.catalog.actions import delete_layers, freeze, freeze_backbone, replace_head
from designer.errors import DesignerError
from designer.network.document import Change, Document
from designer.network.edits import AddLayer, Edit, Rename, SetInputs, SetPurpose, SetRates, SetSettings
from designer.network.file import network_from_json, network_to_json
from designer.network.network import Layer, Network, Port

NUMBERS = st.integers(0, 30)


def start() -> Network:
    """A convolution, a branch and its addition, a head."""
    rows = {
        "in": ("Input", {"shape": [3, 8, 8]}, ()),
        "conv": ("Conv2d", {"in_channels": 3, "out_channels": 4, "kernel_size": 1}, ("in",)),
        "act": ("ReLU", {}, ("conv",)),
        "sum": ("Add", {}, ("act", "conv")),
        "flat": ("Flatten", {}, ("sum",)),
        "fc": ("Linear", {"in_features": 256, "out_features": 2}, ("flat",)),
        "out": ("Output", {}, ("fc",)),
    }
    return Network(
        "walk",
        {
            name: Layer(name, name, kind, values, "body" if name in ("act", "sum") else "")
            for name, (kind, values, _) in rows.items()
        },
        {name: tuple(Port(source) for source in sources) for name, (_, _, sources) in rows.items()},
        ("a", "b"),
    )


class Walk(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.document = Document(start())
        self.first = self.document.network
        self.done: list[tuple[Edit, Edit]] = []
        self.undone: list[tuple[Edit, Edit]] = []
        self.added = 0
        self.heard: list[Change] = []
        self.document.observe(self.heard.append)

    def make(self, edit: Edit) -> None:
        before = self.document.network
        try:
            inverse = edit.inverse(before)
            self.document.apply(edit)
        except DesignerError:
            assert self.document.network is before
            return
        self.done.append((edit, inverse))
        self.undone.clear()
        assert self.heard[-1].before is before
        assert self.heard[-1].after is self.document.network

    def pick(self, number: int) -> str:
        ids = list(self.document.network.layers)
        return ids[number % len(ids)]

    @rule(source=NUMBERS, place=NUMBERS)
    def add(self, source: int, place: int) -> None:
        self.added += 1
        layer = Layer(f"new{self.added}", f"new{self.added}", "ReLU", {}, "added")
        self.make(AddLayer(layer, (Port(self.pick(source)),), place % (len(self.document.network) + 1)))

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=3))
    def remove(self, numbers: list[int]) -> None:
        try:
            edit = delete_layers(self.document.network, [self.pick(n) for n in numbers])
        except DesignerError:
            return
        self.make(edit)

    @rule(fed=NUMBERS, sources=st.lists(NUMBERS, max_size=3))
    def connect(self, fed: int, sources: list[int]) -> None:
        self.make(SetInputs(self.pick(fed), tuple(Port(self.pick(n)) for n in sources)))

    @rule(number=NUMBERS, width=st.integers(1, 9))
    def set_width(self, number: int, width: int) -> None:
        self.make(SetSettings(self.pick(number), {"out_features": width}))

    @rule(number=NUMBERS, name=st.text("abc", max_size=2))
    def rename(self, number: int, name: str) -> None:
        self.make(Rename(self.pick(number), name))

    @rule(number=NUMBERS, rate=st.floats(-1, 10))
    def set_rates(self, number: int, rate: float) -> None:
        self.make(SetRates((self.pick(number),), rate))

    @rule(number=NUMBERS, frozen=st.booleans())
    def freeze(self, number: int, frozen: bool) -> None:
        try:
            edit = freeze(self.document.network, [self.pick(number)], frozen)
        except DesignerError:
            return
        self.make(edit)

    @rule(count=st.integers(2, 5))
    def renew_head(self, count: int) -> None:
        try:
            edit = replace_head(self.document.network, [f"c{n}" for n in range(count)])
        except DesignerError:
            return
        self.make(edit)

    @rule()
    def freeze_backbone(self) -> None:
        try:
            edit = freeze_backbone(self.document.network)
        except DesignerError:
            return
        self.make(edit)

    @rule(names=st.lists(st.text("xy", min_size=1, max_size=2), max_size=3))
    def name_classes(self, names: list[str]) -> None:
        self.make(SetPurpose(classes=tuple(names), multilabel=len(names) > 2))

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        edit, inverse = self.done.pop()
        self.document.apply(inverse)
        self.undone.append((edit, inverse))

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        edit, inverse = self.undone.pop()
        self.document.apply(edit)
        self.done.append((edit, inverse))

    @invariant()
    def the_network_is_sound(self) -> None:
        network = self.document.network
        assert list(network.layers) == list(network.inputs)
        assert len(network.order) == len(network)
        assert len(network.names) == len(network)
        assert all(port.layer in network for ports in network.inputs.values() for port in ports if port)

    @invariant()
    def the_file_holds_it(self) -> None:
        network = self.document.network
        read = network_from_json(json.loads(json.dumps(network_to_json(network))))
        assert read == network
        assert list(read.layers) == list(network.layers)

    def teardown(self) -> None:
        last = self.document.network
        order = list(last.layers)
        for _, inverse in reversed(self.done):
            self.document.apply(inverse)
        assert self.document.network == self.first
        assert list(self.document.network.layers) == list(self.first.layers)
        for edit, _ in self.done:
            self.document.apply(edit)
        assert self.document.network == last
        assert list(self.document.network.layers) == order


Walk.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestWalk = Walk.TestCase
