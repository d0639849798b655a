"""The module of a stage of training: the same layers, some of them unfrozen."""

from __future__ import annotations

from designer.catalog.stages import network_of
from designer.engine.module import NetworkModule
from designer.network.network import Network
from designer.session.options import TrainingOptions


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
