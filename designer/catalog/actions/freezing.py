"""Freezing: what it can be done to, and the edits that do it."""

from __future__ import annotations

from collections.abc import Iterable

from designer.catalog.actions.heads import head_layers
from designer.catalog.actions.texts import short, what_of
from designer.catalog.kinds import kind
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import Compound, Edit, SetFrozen
from designer.network.network import Layer, Network
from designer.session.results import Facts


def freezable(layer: Layer) -> bool:
    """True when freezing changes something: the layer has parameters, or acts at random in training."""
    row = kind(layer.kind)
    return row.learnable or row.category == "Regularization"


def trainable_layers(network: Network) -> tuple[str, ...]:
    """Ids of the layers that training changes, in file order."""
    return tuple(layer.id for layer in network if kind(layer.kind).learnable and not layer.frozen)


def frozen_and_trainable(network: Network, facts: Facts) -> tuple[int, int]:
    """How many parameters are frozen, and how many training changes, as far as `facts` knows them."""
    counts = {True: 0, False: 0}
    for layer in network:
        if layer.id in facts.layers:
            counts[layer.frozen] += facts.layers[layer.id].parameters
    return counts[True], counts[False]


def backbone_layers(network: Network) -> tuple[str, ...]:
    """Ids of all layers with parameters or randomness that feed the head, in file order.

    What stands between the backbone's last learnable layer and the head belongs to the head: dropout, and
    the other layers of a head that was replaced.

    Raises:
        EditError: see `head_layers`.
    """
    heads = head_layers(network)
    outside = network.descendants(heads) | set(head_run(network))
    before = network.ancestors(heads) - outside
    return tuple(layer.id for layer in network if layer.id in before and freezable(layer))


def freeze_backbone(network: Network) -> Edit:
    """Freeze everything that feeds the head and could change: see `backbone_layers`.

    Raises:
        EditError: there is no head, or nothing before it that could be frozen.
    """
    layer_ids = backbone_layers(network)
    if not layer_ids:
        raise EditError(
            tr("There is no backbone to freeze."),
            tr("No layer before the head has parameters."),
            tr("Add layers before the head, or train as it is."),
        )
    return Compound(tr("Freeze backbone"), (SetFrozen(layer_ids, True),))


def freeze(network: Network, layer_ids: Iterable[str], frozen: bool) -> Edit:
    """Freeze or unfreeze those of the layers that have parameters or randomness.

    Raises:
        EditError: none of them has, or one is not there.
    """
    chosen = tuple(i for i in dict.fromkeys(layer_ids) if freezable(network[i]))
    if not chosen:
        raise EditError(
            tr("Nothing here can be frozen."),
            tr("These layers have no parameters."),
            tr("Choose a layer that learns, such as a convolution."),
        )
    what = what_of(network, chosen)
    text = tr("Freeze {what}", what=what) if frozen else tr("Unfreeze {what}", what=what)
    return Compound(text, (SetFrozen(chosen, frozen),))


def head_run(network: Network) -> tuple[str, ...]:
    """Ids of the whole head: the layers that answer, and what belongs to them right before.

    That is the unbranched run of layers without parameters, and of fresh ones: those whose weights'
    learning-rate factor is raised, as that of a replaced head is.

    Raises:
        EditError: see `head_layers`.
    """
    heads = head_layers(network)
    found = dict.fromkeys(heads)
    for head in heads:
        sources = network.inputs[head]
        while len(sources) == 1 and sources[0] is not None:
            layer = network[sources[0].layer]
            if kind(layer.kind).learnable and layer.weight_rate <= 1:
                break
            found[layer.id] = None
            sources = network.inputs[layer.id]
    return tuple(found)


def freeze_up_to(network: Network, layer_id: str) -> Edit:
    """Freeze a layer and everything that feeds it.

    Raises:
        EditError: the layer is not there, or nothing up to it could be frozen.
    """
    name = short(network[layer_id].name)
    return _all(network, network.ancestors((layer_id,)), True, tr("Freeze up to {name}", name=name))


def unfreeze_from(network: Network, layer_id: str) -> Edit:
    """Unfreeze a layer and everything that it feeds.

    Raises:
        EditError: the layer is not there, or nothing from it on could be frozen.
    """
    name = short(network[layer_id].name)
    return _all(network, network.descendants((layer_id,)), False, tr("Unfreeze from {name}", name=name))


def freeze_all_but_head(network: Network) -> Edit:
    """Freeze every layer but the head, and unfreeze that.

    Raises:
        EditError: there is no head, or nothing but it.
    """
    backbone = freeze_backbone(network)
    heads = tuple(i for i in head_run(network) if network[i].frozen)
    text = tr("Freeze all but the head")
    return Compound(text, (backbone, SetFrozen(heads, False)) if heads else (backbone,))


def freeze_group(network: Network, path: str, frozen: bool) -> Edit:
    """Freeze or unfreeze all layers of a group, those of the groups in it included.

    Raises:
        EditError: there is no such group, or nothing in it could be frozen.
    """
    inside = [layer.id for layer in network if layer.group == path or layer.group.startswith(f"{path}.")]
    if not path or not inside:
        raise EditError(
            tr("There is no group '{path}'.", path=path),
            tr("No layer lies in it."),
            tr("Choose a group that is there."),
        )
    what = short(path)
    text = tr("Freeze {what}", what=what) if frozen else tr("Unfreeze {what}", what=what)
    return _all(network, inside, frozen, text)


def _all(network: Network, layer_ids: Iterable[str], frozen: bool, text: str) -> Edit:
    inside = set(layer_ids)
    edit = freeze(network, [layer.id for layer in network if layer.id in inside], frozen)
    return Compound(text, (edit,))
