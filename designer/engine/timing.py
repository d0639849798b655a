"""How long each layer of a network takes, measured on this computer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn

from designer.engine.building import build
from designer.engine.devices import choose
from designer.engine.module import NetworkModule
from designer.engine.process import give_back_memory, prepare
from designer.engine.training.failures import UNRUNNABLE, cause_of, lacked_memory
from designer.engine.weights import Weights
from designer.errors import NetworkError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, StepNews

ROUNDS = 7
"""How often the network is run, after one run that is not counted."""
LEAST = 3
PATIENCE = 8.0
"""Seconds after which no further run is begun, once `LEAST` are done."""


@dataclass
class _Watch:
    """Hooks that note when each layer begins and ends. Layers run one after the other, never nested."""

    device: str
    progress: Progress
    begun: float = 0.0
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def begin(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        """Before a layer runs: the one place to stop in the middle of a large network."""
        self.progress.raise_if_cancelled()
        _wait(self.device)
        self.begun = perf_counter()

    def ended(self, layer_id: str, now: float) -> None:
        """Once a layer's result is there."""
        self.seconds.setdefault(layer_id, []).append(now - self.begun)


def measure_times(
    network: Network, weights: Weights, batch_size: int, device: str, progress: Progress
) -> Mapping[str, float]:
    """Run a network on a batch of noise, and measure each layer.

    In evaluation mode, without gradients. The first run is not counted: it fills caches.

    Args:
        network: what is run.
        weights: of its layers.
        batch_size: pictures in the batch.
        device: 'auto', 'cpu', 'cuda' or 'mps'.
        progress: hears `StepNews`; asked before each layer.

    Returns:
        For each layer that leads from the input to the main output the median of its times: seconds for
        the batch.

    Raises:
        NetworkError: the network cannot be run, or there is not enough memory for the batch.
        TrainingError: the device cannot be used.
        ValueError: the batch is empty.
        Cancelled: by the user.
    """
    if batch_size < 1:
        raise ValueError("a batch has at least one picture")
    chosen = choose(device)
    prepare()
    module = build(network, weights)
    text = tr("Measuring on {device}", device=chosen.title)
    progress.report(StepNews(text, 0.0))
    try:
        module.to(chosen.device)
        pictures = _noise(network, batch_size).to(chosen.device)
        found = _measured(module, pictures, chosen.device, text, progress)
    except UNRUNNABLE as error:
        if lacked_memory(error):
            raise _too_large(network, batch_size) from error
        raise NetworkError(
            tr("The network '{name}' cannot be measured.", name=network.name),
            cause_of(network, error),
            tr("Mend what the list of problems shows."),
        ) from error
    finally:
        give_back_memory()
    progress.report(StepNews(text, 1.0))
    return found


def _measured(
    module: NetworkModule, pictures: Tensor, device: str, text: str, progress: Progress
) -> dict[str, float]:
    """Median seconds of each layer over several runs."""
    watch = _Watch(device, progress)
    hooks = [part.register_forward_pre_hook(watch.begin) for part in module.layer_modules().values()]
    for layer_id, part in module.layer_modules().items():
        hooks.append(part.register_forward_hook(_Ending(watch, layer_id)))
    try:
        with torch.inference_mode():
            module(pictures)
            watch.seconds.clear()
            started = perf_counter()
            for number in range(ROUNDS):
                module(pictures)
                progress.report(StepNews(text, (number + 1) / ROUNDS))
                if number + 1 >= LEAST and perf_counter() - started > PATIENCE:
                    break
    finally:
        for hook in hooks:
            hook.remove()
    return {layer_id: median(times) for layer_id, times in watch.seconds.items()}


@dataclass(frozen=True)
class _Ending:
    """The hook behind one layer."""

    watch: _Watch
    layer_id: str

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...], output: object) -> None:
        _wait(self.watch.device)
        self.watch.ended(self.layer_id, perf_counter())


def _noise(network: Network, batch_size: int) -> Tensor:
    """A batch of seeded noise as the network's input takes it. Shape: (N, ...)."""
    inputs = network.of_kind("Input")
    if not inputs:
        raise ValueError(tr("There is no Input layer."))
    shape = [int(size) for size in inputs[0].settings["shape"]]
    return torch.randn(batch_size, *shape, generator=torch.Generator().manual_seed(0))


def _wait(device: str) -> None:
    """Wait until the device has done all that it was given."""
    if device == "cuda":
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()


def _too_large(network: Network, batch_size: int) -> NetworkError:
    return NetworkError(
        tr("The network '{name}' cannot be measured.", name=network.name),
        tr("There is not enough memory for {count} pictures at once.", count=batch_size),
        tr("Choose a smaller batch."),
    )
