"""Layers on the clipboard: a fragment as a JSON text, and back from a text that may be anybody's."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from designer.errors import EditError, NetworkError
from designer.messages import tr
from designer.network.file import layer_to_json, layers_from_json
from designer.network.fragment import Entrance, Fragment
from designer.network.network import Network, Port
from designer.network.reading import parsed, read_as

FORMAT = 1
MOST = 20_000_000
"""Characters of a clip at most: ten thousand layers take a fifth of them."""

_MARK = "netgraft"
_WHAT = "layers"


class _File(msgspec.Struct):
    """What a clip says besides its format."""

    title: str
    document: str
    layers: list[Any]
    entrances: tuple[Entrance, ...]
    exit: Port | None


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
        read = read_as(value, _File)
        return Clip(_fragment(read), read.document)
    except (ValueError, NetworkError) as error:
        raise EditError(
            tr("The copied layers cannot be read."), str(error)[:200], tr("Copy the layers once more.")
        ) from error


def _fragment(read: _File) -> Fragment:
    layers, inputs = layers_from_json(read.layers)
    if not layers:
        raise ValueError("there is no layer")
    if not all(layer.id and layer.name.strip() for layer in layers.values()):
        raise ValueError("a layer has no id or no name")
    for entrance in read.entrances:
        if entrance.input >= len(inputs.get(entrance.layer, ())):
            raise ValueError(f"{entrance.layer!r} has no input {entrance.input}")
    if read.exit is not None and read.exit.layer not in layers:
        raise ValueError(f"{read.exit.layer!r} is not there")
    _ = Network("", layers, inputs).order
    return Fragment(read.title, tuple(layers.values()), inputs, read.entrances, read.exit)


def _nothing(why: str) -> EditError:
    return EditError(tr("There are no layers to paste."), why, tr("Copy some layers first."))


def _too_large(size: int) -> EditError:
    return EditError(
        tr("These are too many layers for the clipboard."),
        tr("They take {size} characters; {most} are the most.", size=f"{size:,}", most=f"{MOST:,}"),
        tr("Copy fewer layers, or save the project and open it in the other window."),
    )
