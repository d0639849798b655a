"""What a script of edits may ask for by name: the actions of the window, layers given by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from designer.catalog import actions
from designer.catalog.finding import connection, layer_id, layer_ids
from designer.catalog.kinds import kind
from designer.catalog.library import ENTRIES, Around, Entry, search
from designer.errors import EditError
from designer.messages import tr
from designer.network.edit_file import table, texts
from designer.network.edits import Edit
from designer.network.fragment import Fragment
from designer.network.network import Network, Port
from designer.network.reading import number, text, truth, whole
from designer.session.results import Facts

Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Given:
    """What an action is made from: the network, what is known of it, and the values of the script."""

    network: Network
    values: Mapping[str, Any]
    facts_of: Callable[[Network], Facts]

    def get(self, name: str, default: Any = None) -> Any:
        """A value of the script."""
        return self.values.get(name, default)

    def layer(self, name: str) -> str:
        """Id of the layer that a value names."""
        return layer_id(self.network, self.values[name])

    def layers(self) -> tuple[str, ...]:
        """Ids of the layers that 'layers' names."""
        return layer_ids(self.network, self.values["layers"])

    def facts(self) -> Facts:
        """Shapes of the network as it is now."""
        return self.facts_of(self.network)


@dataclass(frozen=True)
class NamedAction:
    """An action by its name in a script.

    Attributes:
        key: its name.
        needs: what must be given, and how each value is read.
        takes: what may be given besides.
        make: the edit. Raises EditError.
    """

    key: str
    make: Callable[[Given], Edit]
    needs: Mapping[str, Reader] = field(default_factory=dict)
    takes: Mapping[str, Reader] = field(default_factory=dict)

    def read(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a script, each of its type.

        Raises:
            KeyError, TypeError, ValueError: one is missing, unknown or of another type.
        """
        readers = {**self.needs, **self.takes}
        unknown = sorted(set(row) - set(readers))
        if unknown:
            raise ValueError(f"{self.key} takes no {unknown[0]!r:.60}; it takes: {', '.join(readers)}")
        missing = [name for name in self.needs if name not in row]
        if missing:
            raise ValueError(f"{self.key} needs {missing[0]!r}")
        return {name: readers[name](value) for name, value in row.items()}


def _classes(value: Any) -> tuple[str, ...]:
    """Names of classes, or their number."""
    return texts(value) if isinstance(value, list) else actions.class_names(whole(value, 2))


def _sources(value: Any) -> tuple[str, ...]:
    """One layer or several."""
    return (value,) if isinstance(value, str) else texts(value)


def _replace_head(given: Given) -> Edit:
    style = given.get("style", "linear")
    facts = given.facts() if style != "linear" else None
    return actions.replace_head(given.network, given.get("classes"), style, facts)


def _fragment(given: Given, source: str | None) -> Fragment:
    """The entry of the library that is asked for, fitted to what feeds it, with the settings asked for."""
    entry = _entry(given.get("entry"))
    shapes: tuple[tuple[int, ...], ...] = ()
    if source is not None:
        known = given.facts().layers.get(source)
        shapes = known.shapes if known is not None else ()
    made = entry.make(Around(shapes[0] if shapes else None, len(given.network.classes)))
    if "settings" not in given.values and "name" not in given.values:
        return made
    if len(made.layers) != 1:
        raise EditError(
            tr("'{title}' takes no settings and no name.", title=entry.title),
            tr("It is made of {count} layers.", count=len(made.layers)),
            tr("Put it in, then change and rename its layers."),
        )
    layer = made.layers[0]
    row = kind(layer.kind)
    own = {name: row.setting(name).checked(value) for name, value in given.get("settings", {}).items()}
    new = replace(layer, settings={**layer.settings, **own}, name=given.get("name", layer.name))
    return replace(made, layers=(new,))


def _entry(key: str) -> Entry:
    if key in ENTRIES:
        return ENTRIES[key]
    near = [entry.key for entry in search(key)[:3]]
    raise EditError(
        tr("The library has no '{key}'.", key=key),
        tr("Nearest: {names}.", names=", ".join(near)) if near else tr("No name is like it."),
        tr("Choose one of its {count} entries.", count=len(ENTRIES)),
    )


def _insert(given: Given) -> Edit:
    if "from" not in given.values and "to" not in given.values:
        raise EditError(
            tr("It is not said where to insert."),
            tr("Neither 'from' nor 'to' is given."),
            tr("Give the layer before, the one after, or both."),
        )
    where = connection(given.network, given.get("from"), given.get("to"), given.get("input"))
    return actions.insert(given.network, where, _fragment(given, where.source))


def _append(given: Given) -> Edit:
    after = given.layer("after")
    return actions.append(given.network, after, _fragment(given, after))


def _connect(given: Given) -> Edit:
    source = Port(given.layer("from"), given.get("output", 0))
    return actions.connect(given.network, source, given.layer("to"), given.get("input", 0))


def _disconnect(given: Given) -> Edit:
    where = connection(given.network, given.get("from"), given.get("to"), given.get("input"))
    return actions.disconnect(given.network, (where,))


_LAYERS = {"layers": _sources}
_LAYER = {"layer": text}
_NEW = {"name": text, "settings": table}
_ROWS = (
    NamedAction("replace_head", _replace_head, {"classes": _classes}, {"style": text}),
    NamedAction("freeze_backbone", lambda g: actions.freeze_backbone(g.network)),
    NamedAction("freeze_all_but_head", lambda g: actions.freeze_all_but_head(g.network)),
    NamedAction("freeze", lambda g: actions.freeze(g.network, g.layers(), True), _LAYERS),
    NamedAction("unfreeze", lambda g: actions.freeze(g.network, g.layers(), False), _LAYERS),
    NamedAction("freeze_up_to", lambda g: actions.freeze_up_to(g.network, g.layer("layer")), _LAYER),
    NamedAction("unfreeze_from", lambda g: actions.unfreeze_from(g.network, g.layer("layer")), _LAYER),
    NamedAction(
        "freeze_group",
        lambda g: actions.freeze_group(g.network, g.get("group"), g.get("frozen", True)),
        {"group": text},
        {"frozen": truth},
    ),
    NamedAction("insert", _insert, {"entry": text}, {"from": text, "to": text, "input": whole, **_NEW}),
    NamedAction("append", _append, {"entry": text, "after": text}, _NEW),
    NamedAction("add", lambda g: actions.add(g.network, _fragment(g, None), None), {"entry": text}, _NEW),
    NamedAction("delete", lambda g: actions.delete_layers(g.network, g.layers(), g.facts()), _LAYERS),
    NamedAction("duplicate", lambda g: actions.duplicate(g.network, g.layers()), _LAYERS),
    NamedAction(
        "replace_kind",
        lambda g: actions.replace_kind(g.network, g.layer("layer"), g.get("kind"), g.facts()),
        {**_LAYER, "kind": text},
    ),
    NamedAction(
        "rename",
        lambda g: actions.rename(g.network, g.layer("layer"), g.get("name")),
        {**_LAYER, "name": text},
    ),
    NamedAction(
        "set_settings",
        lambda g: actions.set_settings(g.network, g.layers(), g.get("settings")),
        {**_LAYERS, "settings": table},
    ),
    NamedAction(
        "set_rates",
        lambda g: actions.set_rates(g.network, g.layers(), g.get("weights"), g.get("bias")),
        _LAYERS,
        {"weights": number, "bias": number},
    ),
    NamedAction("connect", _connect, {"from": text, "to": text}, {"output": whole, "input": whole}),
    NamedAction("disconnect", _disconnect, {"to": text}, {"from": text, "input": whole}),
)

NAMED_ACTIONS: Mapping[str, NamedAction] = {row.key: row for row in _ROWS}
"""All actions that a script may ask for by name."""
