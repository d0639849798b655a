"""Putting layers down one after the other, to a fragment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.catalog.kinds import kind
from designer.network.fragment import Entrance, Fragment
from designer.network.network import Inputs, Layer, Port

OUTSIDE = Port("")
"""Stands for the output that feeds the fragment."""


class Draft:
    """Layers that are being put down, each after those that feed it."""

    def __init__(self) -> None:
        self._layers: dict[str, Layer] = {}
        self._inputs: dict[str, Inputs] = {}
        self._entrances: list[Entrance] = []

    def put(
        self,
        name: str,
        kind_key: str,
        settings: Mapping[str, Any] | None = None,
        *sources: Port | None,
        group: str = "",
    ) -> Port:
        """Put down a layer; returns its first output.

        Args:
            name: its name, and its id within the fragment.
            kind_key: its kind.
            settings: those that are not at their defaults.
            sources: what feeds its inputs: a port that `put` gave, `OUTSIDE`, or None for an input that is
                left open.
            group: its group within the fragment.

        Raises:
            EditError: the settings do not fit the kind.
            ValueError: the fragment has a layer of that name.
        """
        if name in self._layers:
            raise ValueError(f"two layers of the fragment are named {name!r}")
        row = kind(kind_key)
        found = row.complete(settings or {})
        held = {n: v for n, v in found.items() if row.setting(n).required or row.setting(n).default != v}
        self._layers[name] = Layer(name, name, kind_key, held, group)
        self._inputs[name] = tuple(None if port is OUTSIDE else port for port in sources)
        self._entrances += [Entrance(name, n) for n, port in enumerate(sources) if port is OUTSIDE]
        return Port(name)

    def done(self, title: str, out: Port | None) -> Fragment:
        """All layers as a fragment that gives `out`."""
        return Fragment(title, tuple(self._layers.values()), self._inputs, tuple(self._entrances), out)
