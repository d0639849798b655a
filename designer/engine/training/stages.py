"""The network as a stage of training sees it: the same layers, some of them unfrozen."""

from __future__ import annotations

from dataclasses import replace

from designer.engine.module import NetworkModule
from designer.errors import TrainingError
from designer.messages import tr
from designer.network.network import Network
from designer.session.options import TrainingOptions
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
    chosen = [layer for layer in network if ALL in stage.unfrozen or layer.id in stage.unfrozen]
    return network.with_layers(*(replace(layer, frozen=False) for layer in chosen if layer.frozen))


def module_of(module: NetworkModule, network: Network) -> NetworkModule:
    """The same layers' modules, frozen as `network` says; nothing is copied."""
    for layer in network:
        if not layer.frozen:
            module.layer_module(layer.id).requires_grad_(True)
    made = NetworkModule(network, module.layer_modules())
    return made.eval()


def learning_layers(network: Network, options: TrainingOptions) -> frozenset[str]:
    """Ids of the layers that learn in any stage."""
    networks = [network_of(network, stage) for stage in options.parts]
    return frozenset(layer.id for one in networks for layer in one if not layer.frozen)
