"""The network as a stage of training sees it, and which of its layers learn there."""

from __future__ import annotations

from dataclasses import replace

from designer.catalog.actions import trainable_layers
from designer.errors import TrainingError
from designer.messages import tr
from designer.network.network import Network
from designer.session.stages import ALL, Stage


def network_of(network: Network, stage: Stage) -> Network:
    """The network with the layers of the stage unfrozen.

    Raises:
        TrainingError: the stage names a layer that the network does not have.
    """
    missing = [layer_id for layer_id in stage.unfrozen if layer_id != ALL and layer_id not in network]
    if missing:
        raise TrainingError(
            tr("The stage '{name}' cannot be trained.", name=stage.name),
            tr("It unfreezes the layer '{layer}', which is not in the network.", layer=missing[0]),
            tr("Choose the recipe again, or take the layer out of the stage."),
        )
    chosen = [
        layer
        for layer in network
        if (ALL in stage.unfrozen or layer.id in stage.unfrozen)
        and not (stage.still_norms and layer.kind.startswith("BatchNorm"))
    ]
    return network.with_layers(*(replace(layer, frozen=False) for layer in chosen if layer.frozen))


def learning_in(network: Network, stage: Stage) -> tuple[str, ...]:
    """Ids of the layers whose parameters change in a stage, in file order.

    A layer whose weights and biases both have the learning-rate factor 0 does not learn.

    Raises:
        TrainingError: see `network_of`.
    """
    found = trainable_layers(network_of(network, stage))
    return tuple(i for i in found if network[i].weight_rate or network[i].bias_rate)
