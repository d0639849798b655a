"""Layers on the clipboard: a fragment as a JSON text, and back from a text that may be anybody's."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from designer.errors import EditError, NetworkError
from designer.messages import tr
from designer.network.file import inputs_from_json, layer_from_json, layer_to_json
from designer.network.fragment import Entrance, Fragment
from designer.network.network import Network, Port
from designer.network.reading import parsed, text, whole

FORMAT = 1
MOST = 20_000_000
"""Characters of a clip at most: ten thousand layers take a fifth of them."""

_MARK = "netgraft"
_WHAT = "layers"


@dataclass(frozen=True)
class Clip:
    """Copied layers, and the document that they were copied from.

    Attributes:
        fragment: the layers, with the ids that they had there.
        document: key of that document, as its window gave it; '' for none.
    """

    fragment: Fragment
    document: str = ""

    def for_document(self, document: str) -> Fragment:
        """The fragment as it is pasted into a document.

        In another one no layer begins with the weights of a layer there that happens to have that id.
        """
        if document and document == self.document:
            return self.fragment
        layers = tuple(replace(layer, weights_from=()) for layer in self.fragment.layers)
        return replace(self.fragment, layers=layers)


def clip_to_text(fragment: Fragment, document: str = "") -> str:
    """Copied layers as a text that `clip_from_text` reads.

    Raises:
        EditError: they are more than a clipboard should hold.
    """
    value = {
        _MARK: _WHAT,
        "format": FORMAT,
        "document": document,
        "title": fragment.title,
        "layers": [layer_to_json(layer, fragment.inputs[layer.id]) for layer in fragment.layers],
        "entrances": [list(entrance) for entrance in fragment.entrances],
        "exit": None if fragment.exit is None else list(fragment.exit),
    }
    found = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(found) > MOST:
        raise _too_large(len(found))
    return found


def is_clip(found: str) -> bool:
    """Whether a text may be one of `clip_to_text`: a quick look, for whether 'Paste' is enabled."""
    return found.lstrip()[:1] == "{" and f'"{_MARK}"' in found[:200]


def clip_from_text(found: str) -> Clip:
    """The layers in a text. Kinds and settings are not checked here: whoever pastes them does.

    Raises:
        EditError: it holds no layers, is damaged, too large, or made by a newer version.
    """
    if len(found) > MOST:
        raise _too_large(len(found))
    try:
        value = parsed(found.encode())
    except (ValueError, RecursionError) as error:
        raise _nothing(tr("The clipboard holds something else.")) from error
    if not isinstance(value, dict) or value.get(_MARK) != _WHAT or type(value.get("format")) is not int:
        raise _nothing(tr("The clipboard holds something else."))
    if value["format"] > FORMAT:
        raise EditError(
            tr("These layers were copied from a newer version of Netgraft."),
            tr("Their format is {its}; this version reads up to {ours}.", its=value["format"], ours=FORMAT),
            tr("Update Netgraft and copy them again."),
        )
    try:
        return Clip(_fragment(value), text(value["document"]))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, NetworkError) as error:
        raise EditError(
            tr("The copied layers cannot be read."),
            f"{type(error).__name__}: {error}"[:200],
            tr("Copy the layers once more."),
        ) from error


def _fragment(value: dict[str, Any]) -> Fragment:
    layers = tuple(layer_from_json(row) for row in value["layers"])
    inputs = {layer.id: inputs_from_json(row) for layer, row in zip(layers, value["layers"], strict=True)}
    if not layers:
        raise ValueError("there is no layer")
    if len(inputs) < len(layers) or len({layer.name for layer in layers}) < len(layers):
        raise ValueError("two layers have the same id or name")
    if not all(layer.id and layer.name.strip() for layer in layers):
        raise ValueError("a layer has no id or no name")
    for ports in inputs.values():
        for port in ports:
            _check_port(port, inputs)
    entrances = []
    for row in value["entrances"]:
        entrance = Entrance(text(row[0]), whole(row[1]))
        if entrance.input >= len(inputs[entrance.layer]):
            raise ValueError(f"{entrance.layer!r} has no input {entrance.input}")
        entrances.append(entrance)
    leaving = None if value["exit"] is None else Port(text(value["exit"][0]), whole(value["exit"][1]))
    _check_port(leaving, inputs)
    _ = Network("", {layer.id: layer for layer in layers}, inputs).order
    return Fragment(text(value["title"]), layers, inputs, tuple(entrances), leaving)


def _check_port(port: Port | None, inputs: dict[str, Any]) -> None:
    if port is not None and port.layer not in inputs:
        raise ValueError(f"{port.layer!r} is not there")


def _nothing(why: str) -> EditError:
    return EditError(tr("There are no layers to paste."), why, tr("Copy some layers first."))


def _too_large(size: int) -> EditError:
    return EditError(
        tr("These are too many layers for the clipboard."),
        tr("They take {size} characters; {most} are the most.", size=f"{size:,}", most=f"{MOST:,}"),
        tr("Copy fewer layers, or save the project and open it in the other window."),
    )
