"""Replacing a layer by one of another kind: what the two have in common is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import gcd
from typing import Any

from designer.catalog.actions.copying import lineage
from designer.catalog.actions.deleting import shape_of
from designer.catalog.actions.fitting import width_of, width_setting
from designer.catalog.actions.texts import short
from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds import KINDS, kind
from designer.errors import DesignerError, EditError
from designer.messages import tr
from designer.network.edits import Compound, Edit, SetPlaces
from designer.network.network import Inputs, Layer, Network, Place, Port, fresh_id
from designer.network.restructure import Added, Restructure, rerouted
from designer.session.results import Facts

_ENDS = ("Input", "Output", "AuxiliaryOutput")


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
    count = row.output_count(new.settings)
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
    """Settings of a layer of kind `row` in the place of `old`: required ones, and what is kept."""
    former = KINDS.get(old.kind)
    ports = network.inputs[old.id]
    taken = shape_of(facts, ports[0] if ports else None)
    given = shape_of(facts, Port(old.id))
    known = _known(old, former, row, taken, given)
    found: dict[str, Any] = {}
    for setting in row.settings:
        kept = known.get(setting.name)
        if kept is not None and _fits(setting, kept):
            found[setting.name] = setting.checked(kept)
        elif setting.required:
            found[setting.name] = _plain(setting)
    return _agreeing(row, found)


def _known(
    old: Layer,
    former: LayerKind | None,
    row: LayerKind,
    taken: tuple[int, ...] | None,
    given: tuple[int, ...] | None,
) -> dict[str, Any]:
    """Values for the new kind's settings, by its own names."""
    known = dict(old.settings)
    former_width = known.get(width_setting(former)) if former is not None else None
    former_out = known.get(former.output_width) if former is not None and former.output_width else None
    if isinstance(known.get("normalized_shape"), list) and len(known["normalized_shape"]) == 1:
        former_width = known["normalized_shape"][0]
    width = width_of(row, taken) if taken else None
    width = former_width if width is None else width
    if width is not None:
        known["normalized_shape"] = [width] if row.key == "LayerNorm2d" or not taken else [taken[-1]]
        known[width_setting(row)] = width
        out = former_out or (width_of(row, given) if given else None) or width
        if row.output_width and row.output_width != row.input_width:
            known[row.output_width] = out
        known["num_groups"] = gcd(width, 32)
        known["num_heads"] = gcd(width, 8)
        known["num_parameters"] = known.get("num_parameters", 1)
    known.update(_windows(old, row))
    return known


def _windows(old: Layer, row: LayerKind) -> dict[str, Any]:
    """Window, step and border of a new convolution or pooling that keep the size as the old one did."""
    if not any(setting.name == "kernel_size" for setting in row.settings):
        return {}
    held = old.settings
    if "kernel_size" not in held:
        return {"kernel_size": 3, "padding": 1, "stride": 1}
    pooled = held.get("stride") is None and "out_channels" not in held
    stride = held["kernel_size"] if pooled else held.get("stride", 1)
    return {"kernel_size": held["kernel_size"], "stride": stride}


def _fits(setting: Setting, value: Any) -> bool:
    try:
        setting.checked(value)
    except DesignerError:
        return False
    return True


def _plain(setting: Setting) -> Any:
    """A value that the setting takes, where nothing better is known."""
    least = int(setting.minimum) if setting.minimum is not None else 1
    tried: tuple[Any, ...] = (max(least, 1), [max(least, 1)], [1, 1], [0, 0, 0, 0], *setting.choices, "", 1.0)
    return next(setting.checked(value) for value in tried if _fits(setting, value))


def _agreeing(row: LayerKind, found: dict[str, Any]) -> dict[str, Any]:
    """The settings, with groups that divide the channels: others could not be built."""
    groups = found.get("groups")
    widths = [found.get(row.input_width), found.get(row.output_width)]
    if isinstance(groups, int) and any(isinstance(w, int) and w % groups for w in widths):
        found["groups"] = 1
    return found
