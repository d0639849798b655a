"""Replacing a layer by one of another kind: what the two have in common is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import gcd
from typing import Any

from designer.catalog.actions.copying import lineage
from designer.catalog.actions.shapes import shape_of, width_of, width_setting
from designer.catalog.actions.texts import short
from designer.catalog.blocks.around import Around
from designer.catalog.fitting import fitted
from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds import KINDS, kind
from designer.errors import DesignerError, EditError
from designer.messages import tr
from designer.network.edits import Compound, Edit, SetPlaces
from designer.network.network import Inputs, Layer, Network, Place, Port, fresh_id
from designer.network.restructure import Added, Restructure, rerouted
from designer.session.results import Facts

_ENDS = ("Input", "Output", "AuxiliaryOutput")
_COMMON = frozenset({"kernel_size", "stride", "padding", "dilation", "eps"})
"""Settings that mean the same in every kind that has them."""


def replace_kind(network: Network, layer_id: str, key: str, facts: Facts | None = None) -> Edit:
    """Put a layer of another kind in the place of one: name, group, connections and freezing are kept.

    Settings of the same name or meaning are kept where they fit; required ones come from the shapes of
    `facts` or are sensible. The new layer begins with the old one's weights where their shapes agree.

    Raises:
        EditError: there is no such kind, it is the layer's own, or one of them is an end of networks.
    """
    old = network[layer_id]
    try:
        row = kind(key)
    except DesignerError as error:
        raise EditError(error.what, error.why, error.remedy) from error
    if key == old.kind:
        raise EditError(
            tr("'{name}' is of that kind already.", name=old.name),
            tr("It is: {kind}.", kind=row.title),
            tr("Choose another kind."),
        )
    if old.kind in _ENDS or key in _ENDS:
        raise EditError(
            tr("'{name}' cannot become: {kind}.", name=old.name, kind=row.title),
            tr("The ends of a network are not layers that compute."),
            tr("Add or delete an end instead."),
        )
    new = replace(
        old,
        id=fresh_id(network, layer_id),
        kind=key,
        settings=_settings(network, old, row, facts),
        weights_from=lineage(old),
    )
    count = row.output_count(row.complete(new.settings))
    moved: dict[Port, Port | None] = {
        Port(layer_id, c.output): Port(new.id, c.output) if c.output < count else None
        for c in network.consumers[layer_id]
    }
    index = list(network.layers).index(layer_id)
    added = Added(new, _inputs(network.inputs[layer_id], row), index)
    text = tr("Replace {name} by {kind}", name=short(old.name), kind=row.title)
    edit = Restructure(text, (layer_id,), (added,), rerouted(network, moved))
    places = _places(network, layer_id, new.id)
    return Compound(text, (edit, SetPlaces(places, text))) if places else edit


def refitted(network: Network, layer: Layer, facts: Facts | None) -> Layer:
    """The layer with settings that go together and fit what comes in; those that can be are kept."""
    row = kind(layer.kind)
    settings = _settings(network, layer, row, facts)
    safe = fitted(row.key, Around(shape_of(facts, next(iter(network.inputs[layer.id]), None))))
    for name in ("num_groups", "num_heads", "head_dim"):
        if name in safe:
            settings[name] = safe[name]
    return replace(layer, settings=settings)


def _inputs(ports: Inputs, row: LayerKind) -> Inputs:
    """The same sources, as many as the new kind takes; attention on one value is that of it to itself."""
    least, most = row.inputs
    kept = ports if most is None else ports[:most]
    if len(kept) == 1 and row.category == "Attention":
        return kept * least
    return (*kept, *[None] * (least - len(kept)))


def _places(network: Network, old: str, new: str) -> Mapping[str, Place | None]:
    """Places of the box itself, and of those that stand beside it, for the new id."""
    found: dict[str, Place | None] = {
        key: place._replace(anchor=new) for key, place in network.places.items() if place.anchor == old
    }
    if old in network.places:
        found[new] = network.places[old]
    return found


def _settings(network: Network, old: Layer, row: LayerKind, facts: Facts | None) -> dict[str, Any]:
    """Settings of a layer of kind `row` in the place of `old`: fitted to what comes in, or kept."""
    ports = network.inputs[old.id]
    taken = shape_of(facts, ports[0] if ports else None)
    found = fitted(row.key, Around(taken, len(network.classes)))
    held = _held(old)
    former = KINDS.get(old.kind)
    tried = {
        **_carried(former, row, held),
        **_widths(former, row, held, taken, shape_of(facts, Port(old.id))),
    }
    for setting in row.settings:
        if setting.name in tried and _fits(setting, tried[setting.name]):
            found[setting.name] = setting.checked(tried[setting.name])
        elif setting.required and setting.name not in found:
            found[setting.name] = _plain(setting)
    found = {n: v for n, v in found.items() if row.setting(n).required or row.setting(n).default != v}
    return _agreeing(row, found)


def _held(old: Layer) -> dict[str, Any]:
    """All settings of the old layer, its defaults included, where its kind knows them."""
    former = KINDS.get(old.kind)
    try:
        held = dict(old.settings) if former is None else former.complete(old.settings)
    except EditError:
        # A layer whose settings are wrong is replaced as it is.
        held = dict(old.settings)
    if "kernel_size" in held and held.get("stride") is None:
        # Pooling: no stride is the window.
        held["stride"] = held["kernel_size"]
    return held


def _carried(former: LayerKind | None, row: LayerKind, held: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that mean the same in both kinds: those of one name, in one family of kinds."""
    if former is None:
        return {}
    same = _family(former) == _family(row)
    return {name: value for name, value in held.items() if same or name in _COMMON}


def _family(row: LayerKind) -> str:
    return "weighted" if row.category in ("Convolution", "Linear") else row.category


def _widths(
    former: LayerKind | None,
    row: LayerKind,
    held: Mapping[str, Any],
    taken: tuple[int, ...] | None,
    given: tuple[int, ...] | None,
) -> dict[str, Any]:
    """How many features the new layer takes and gives: as come in, and as many as the old one gave."""
    found: dict[str, Any] = {}
    sizes = held.get("normalized_shape")
    before = sizes[0] if isinstance(sizes, list) and len(sizes) == 1 else None
    if former is not None and width_setting(former):
        before = held.get(width_setting(former))
    width = width_of(row, taken) if taken else before
    if width is None:
        return found
    if width_setting(row):
        found[width_setting(row)] = width
    if row.output_width and row.output_width != row.input_width:
        gave = held.get(former.output_width) if former is not None and former.output_width else None
        found[row.output_width] = gave or (width_of(row, given) if given else None) or width
    if any(setting.name == "normalized_shape" for setting in row.settings):
        sized = fitted(row.key, Around(taken)) if taken else {}
        found["normalized_shape"] = sized.get("normalized_shape", [width])
    if row.key == "GroupNorm":
        found["num_groups"] = held.get("num_groups", gcd(width, 32))
    return found


def _fits(setting: Setting, value: Any) -> bool:
    try:
        setting.checked(value)
    except DesignerError:
        return False
    return True


def _plain(setting: Setting) -> Any:
    """A value that the setting takes, where nothing better is known."""
    least = max(int(setting.minimum) if setting.minimum is not None else 1, 1)
    tried = (least, [least], [least] * setting.sides, *setting.choices, "", float(least))
    return next((setting.checked(value) for value in tried if _fits(setting, value)), setting.minimum)


def _agreeing(row: LayerKind, found: dict[str, Any]) -> dict[str, Any]:
    """The settings, with groups that divide the channels: others could not be built."""
    groups = found.get("groups")
    widths = [found.get(row.input_width), found.get(row.output_width)]
    if isinstance(groups, int) and row.input_width and any(isinstance(w, int) and w % groups for w in widths):
        del found["groups"]
    return found
