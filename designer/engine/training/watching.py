"""Looking at single layers while they learn, seldom enough that training is hardly slower for it.

Nothing here changes a number of training: hooks only read, no random number is drawn, and what is taken
apart from that are copies. While nobody looks, no hook is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from designer.catalog.kinds import kind
from designer.engine.module import NetworkModule
from designer.engine.training.optimizing import Precision
from designer.network.network import Network
from designer.progress import LAYERS, LayerReading, LayersNews, Progress

SHARE = 0.02
"""Of the time of training, what looking at it may take as far as it can be timed.

3 % are promised: the rest is for what cannot, such as caches that have to be filled again.
"""
PAUSE = 0.3
"""Seconds between two looks at least: nobody reads faster."""


class Budget:
    """When it is time for the next look: once the last one has cost no more than its share of the time since.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self.clock = clock
        self._next = -math.inf

    def due(self, wanted: bool) -> bool:
        """Whether it is time; at once when somebody has begun to look."""
        if not wanted:
            self._next = -math.inf
        return wanted and self.clock() >= self._next

    def spent(self, began: float, seconds: float) -> None:
        """A look that began at that time has cost that many seconds."""
        self._next = began + max(seconds / SHARE, PAUSE)


class Watch:
    """Looks at the layers in one batch now and then, and reports `LayersNews`.

    With several batches for each step, it is the last batch of a step that is looked at. Where several
    processes train together, each sees its own batch, and the gradient that they have averaged.

    Args:
        progress: is asked whether anybody looks, and hears the news.
        device: where training runs.
        clock: gives seconds.
    """

    def __init__(self, progress: Progress, device: str, clock: Callable[[], float] = perf_counter) -> None:
        self._progress = progress
        self._device = device
        self._budget = Budget(clock)
        self._look: _Look | None = None
        self._coming: _Look | None = None
        """Its values are still on their way from the device."""

    @contextmanager
    def forward(self, module: NetworkModule, *, ends_step: bool) -> Iterator[None]:
        """Around the forward pass of a batch; `ends_step`: it is the last one of its step."""
        self._receive()
        self._look = None
        wanted = self._progress.wanted(LAYERS)
        if not ends_step or self._coming is not None or not self._budget.due(wanted):
            yield
            return
        self._look = _Look(module.network, self._device, self._budget.clock)
        with self._look.hooked(module.layer_modules()):
            yield

    @contextmanager
    def step(
        self, module: NetworkModule, optimizer: Optimizer, precision: Precision, iteration: int, epoch: int
    ) -> Iterator[None]:
        """Around the change of the weights.

        Args:
            module: whose weights change.
            optimizer: changes them.
            precision: knows what the gradients are multiplied by.
            iteration: of the batch, from 1.
            epoch: of the batch, from 1.
        """
        look, self._look = self._look, None
        if look is None:
            yield
            return
        look.before_step(module, optimizer, precision.scale)
        yield
        look.after_step(iteration, epoch)
        self._coming = look
        self._receive()

    def _receive(self) -> None:
        """Report what has arrived."""
        look = self._coming
        if look is not None and look.arrived:
            self._coming = None
            news = look.news()
            self._budget.spent(look.began, look.cost)
            self._progress.report(news)


@dataclass
class _Times:
    """When a layer began and ended, and when looking at it did: seconds, or events of a GPU."""

    begun: Any
    ended: Any = None
    looked: Any = None


@dataclass
class _Look:
    """One batch that is looked at.

    Attributes:
        began: when.
        cost: seconds that looking has taken so far.
    """

    network: Network
    device: str
    clock: Callable[[], float]
    began: float = field(init=False)
    cost: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.clock()
        self._times: dict[str, _Times] = {}
        self._channels: dict[str, int] = {}
        self._values: list[tuple[str, str, Tensor]] = []
        """Layer, name and value of each number, on the device."""
        self._trained: list[tuple[str, list[nn.Parameter]]] = []
        self._before: list[Tensor] = []
        self._norms: list[Tensor] = []
        self._place = (0, 0)
        self._taken = torch.empty(0)
        self._event: Any = None

    @contextmanager
    def hooked(self, modules: Mapping[str, nn.Module]) -> Iterator[None]:
        """Hooks around each layer, within."""
        hooks = []
        try:
            for layer_id, module in modules.items():
                hooks.append(module.register_forward_pre_hook(_Beginning(self, layer_id)))
                hooks.append(module.register_forward_hook(_Ending(self, layer_id)))
            self.cost += self.clock() - self.began
            yield
        finally:
            now = self.clock()
            for hook in hooks:
                hook.remove()
            self.cost += self.clock() - now

    def begin(self, layer_id: str) -> None:
        """A layer begins."""
        self._times[layer_id] = _Times(self._now())

    @torch.no_grad()
    def end(self, layer_id: str, output: object) -> None:
        """A layer has ended."""
        times, now = self._times[layer_id], self.clock()
        times.ended = self._now()
        value = output[0] if isinstance(output, tuple | list) and output else output
        if isinstance(value, Tensor) and value.is_floating_point() and value.numel():
            value = value.detach()
            activation = kind(self.network[layer_id].kind).category == "Activation"
            found = statistics(value, dead=activation)
            self._values += [(layer_id, name, number) for name, number in found.items()]
            self._channels[layer_id] = value.shape[1] if value.dim() > 1 else 1
        times.looked = self._now()
        self.cost += self.clock() - now

    @torch.no_grad()
    def before_step(self, module: NetworkModule, optimizer: Optimizer, scale: float) -> None:
        """Take the norms of gradients and weights, and keep the weights."""
        now = self.clock()
        held = {id(p) for group in optimizer.param_groups for p in group["params"]}
        for layer in self.network:
            own = [
                p for p in module.layer_module(layer.id).parameters() if id(p) in held and p.grad is not None
            ]
            if own:
                self._trained.append((layer.id, own))
        gradients = [p.grad for _, own in self._trained for p in own if p.grad is not None]
        self._take("gradient", [norm / scale for norm in _norms(gradients)])
        try:
            self._before = [p.detach().clone() for _, own in self._trained for p in own]
            self._norms = _norms(self._before)
        except torch.OutOfMemoryError:
            # Training is worth more than a number about it.
            self._before, self._norms = [], []
        self.cost += self.clock() - now

    @torch.no_grad()
    def after_step(self, iteration: int, epoch: int) -> None:
        """Take the norms of what has changed, and send all values on their way."""
        now = self.clock()
        self._place = (iteration, epoch)
        if self._before:
            torch._foreach_sub_(self._before, [p.detach() for _, own in self._trained for p in own])
            self._take("change", _norms(self._before))
            self._take("weight", self._norms)
        self._before = []
        self._trained = []
        if self._values:
            self._taken = torch.stack([value.float() for _, _, value in self._values])
        if self.device == "cuda":
            self._taken = self._taken.to("cpu", non_blocking=True)
            self._event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._event.record()
        self.cost += self.clock() - now

    @property
    def arrived(self) -> bool:
        """All values are there, so that reading them waits for nothing."""
        return self._event is None or bool(self._event.query())

    def news(self) -> LayersNews:
        """What was found."""
        now = self.clock()
        numbers: dict[str, dict[str, float]] = {}
        for (layer_id, name, _), number in zip(self._values, self._taken.tolist(), strict=True):
            numbers.setdefault(layer_id, {})[name] = number
        readings = {i: self._reading(i, found) for i, found in numbers.items() if "mean" in found}
        for times in self._times.values():
            if self.device == "cuda":
                self.cost += times.ended.elapsed_time(times.looked) / 1000
        self.cost += self.clock() - now
        return LayersNews(*self._place, readings)

    def _reading(self, layer_id: str, found: Mapping[str, float]) -> LayerReading:
        times, weight = self._times[layer_id], found.get("weight", 0.0)
        cuda = self.device == "cuda"
        return LayerReading(
            mean=found["mean"],
            spread=found["spread"],
            dead=found.get("dead"),
            channels=self._channels[layer_id],
            seconds=times.begun.elapsed_time(times.ended) / 1000 if cuda else times.ended - times.begun,
            gradient=found.get("gradient"),
            update=found["change"] / weight if weight else None,
        )

    def _take(self, name: str, norms: list[Tensor]) -> None:
        """Put norms of single parameters together to one for each layer."""
        start = 0
        for layer_id, own in self._trained:
            joint = torch.linalg.vector_norm(torch.stack(norms[start : start + len(own)]))
            self._values.append((layer_id, name, joint))
            start += len(own)

    def _now(self) -> Any:
        if self.device == "cuda":
            event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            event.record()
            return event
        if self.device == "mps":
            torch.mps.synchronize()
        return self.clock()


@dataclass(frozen=True)
class _Beginning:
    """The hook before one layer."""

    look: _Look
    layer_id: str

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.look.begin(self.layer_id)


@dataclass(frozen=True)
class _Ending:
    """The hook behind one layer."""

    look: _Look
    layer_id: str

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...], output: object) -> None:
        self.look.end(self.layer_id, output)


def statistics(value: Tensor, *, dead: bool) -> dict[str, Tensor]:
    """Mean and standard deviation ('spread') of all values, and with `dead` the share of dead channels.

    Args:
        value: a batch of outputs. Shape: (N, C, ...), or (N,), which is one channel.
        dead: also take the share of the channels of which every value is 0.
    """
    value = value if value.dtype in (torch.float32, torch.float64) else value.float()
    places = (0, *range(2, value.dim()))
    if value.device.type == "cpu":
        # torch.var_mean takes ten times as long there.
        mean = value.sum(places).double().sum() / value.numel()
        square = torch.linalg.vector_norm(value, dtype=torch.float64).square() / value.numel()
        spread = (square - mean.square()).clamp(min=0).sqrt()
    else:
        variance, mean = torch.var_mean(value, correction=0)
        spread = variance.sqrt()
    found = {"mean": mean, "spread": spread}
    if dead:
        zero = (value.amax(places) == 0) & (value.amin(places) == 0)
        found["dead"] = zero.float().mean()
    return found


def _norms(tensors: list[Tensor]) -> list[Tensor]:
    if not tensors:
        return []
    # In float32 the norm of a large layer would be off in the fifth digit; Apple's GPUs have no more.
    exact = None if tensors[0].device.type == "mps" else torch.float64
    return list(torch._foreach_norm(tensors, dtype=exact))
