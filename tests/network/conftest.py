"""Networks of known shape for the tests of groups and arranging."""

from __future__ import annotations

import pytest

from designer.network.network import Layer, Network, Port


def make_network(rows: list[tuple[str, str, tuple[str, ...]]]) -> Network:
    """From rows of id, group and sources; every layer is an Identity or an Add."""
    layers = {
        layer_id: Layer(layer_id, layer_id, "Add" if len(sources) > 1 else "Identity", {}, group)
        for layer_id, group, sources in rows
    }
    inputs = {layer_id: tuple(Port(source) for source in sources) for layer_id, _, sources in rows}
    return Network("made", layers, inputs)


def make_chain(count: int, skip_every: int = 0, skip_over: int = 20) -> Network:
    """A chain in groups of ten, with a skip connection every so many layers."""
    rows = []
    for n in range(count):
        sources = [f"l{n - 1}"] if n else []
        if skip_every and n % skip_every == 0 and n >= skip_over:
            sources.append(f"l{n - skip_over}")
        rows.append((f"l{n}", f"stage{n // 100}.block{n // 10}", tuple(sources)))
    return make_network(rows)


@pytest.fixture
def two_stages() -> Network:
    """in - a.0(x, y) - a.1(x, y) - b(x) - out; the second block skips from its first layer's source."""
    return make_network(
        [
            ("in", "", ()),
            ("a.0.x", "a.0", ("in",)),
            ("a.0.y", "a.0", ("a.0.x",)),
            ("a.1.x", "a.1", ("a.0.y",)),
            ("a.1.y", "a.1", ("a.1.x", "a.0.y")),
            ("b.x", "b", ("a.1.y",)),
            ("out", "", ("b.x",)),
        ]
    )
