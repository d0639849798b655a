"""Running the network while it trains: alone or in step with other processes, as it is or compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from designer.engine.module import NetworkModule
from designer.engine.training.team import Team
from designer.messages import tr
from designer.network.network import Port

COMPILER = ("torch._dynamo", "torch._inductor", "torch._functorch", "triton")
"""Packages of the compiler."""


class Runner:
    """Runs a network on a batch; before a step of the optimizer its gradients are those of the whole team.

    Args:
        module: what is trained in a stage.
        outputs: what it is asked for.
        team: the processes that train together.
        own_step: a step of the user's own runs it, as often as that likes for one gradient, which
            DistributedDataParallel does not bear.
        compiled: let torch compile what runs; where that fails it runs as it is, and `tell` hears of it.
        tell: takes one sentence for the user.
    """

    def __init__(
        self,
        module: NetworkModule,
        outputs: tuple[Port, ...],
        team: Team,
        *,
        own_step: bool = False,
        compiled: bool = False,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._team, self._own_step = team, own_step
        self._compiled = Compiled(tell) if compiled else None
        answering = _Answering(module, outputs, self._compiled)
        reached = module.network.ancestors([port.layer for port in outputs])
        spare = [i for i, part in module.layer_modules().items() if i not in reached and _learns(part)]
        self._module = answering if own_step else team.wrapped(answering, unused=bool(spare))

    def __call__(self, known: Mapping[Port, Tensor]) -> Sequence[Tensor]:
        """The outputs from `known` values, with a gradient."""
        found: Sequence[Tensor] = self._module(known)
        return found

    @property
    def compiled(self) -> bool:
        """Whether layers have no turn of their own that a hook could see."""
        return self._compiled is not None and not self._compiled.failed

    def complete(self) -> None:
        """Make the gradients those of the team, where running it backwards has not: just before a step."""
        if self._own_step:
            self._team.average(self._module.parameters())

    def apart(self) -> AbstractContextManager[object]:
        """Within, gradients are added up in each process alone: another batch of the step follows."""
        module = self._module
        return module.no_sync() if isinstance(module, nn.parallel.DistributedDataParallel) else nullcontext()


class _Answering(nn.Module):
    """A module whose `forward` is `NetworkModule.run`: what DistributedDataParallel looks at."""

    def __init__(self, module: NetworkModule, outputs: tuple[Port, ...], compiled: Compiled | None) -> None:
        super().__init__()
        self.module = module
        self._outputs = outputs
        self._compiled = compiled

    def forward(self, known: Mapping[Port, Tensor]) -> list[Tensor]:
        """The outputs."""
        if self._compiled is None:
            return self.module.run(known, self._outputs)
        return self._compiled(self.module, known, self._outputs)


class Compiled:
    """`NetworkModule.run` as torch compiles it; as it is, from the first time on that this fails.

    The module, its parameters and their names stay what they are. Dropout draws from torch's own
    generators, so that a run that goes on from a checkpoint draws what it would have drawn.

    Attributes:
        failed: it could not be compiled.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.failed = False
        self._made: dict[tuple[Port, ...], Callable[..., list[Tensor]]] = {}

    def __call__(
        self, module: NetworkModule, known: Mapping[Port, Tensor], wanted: tuple[Port, ...]
    ) -> list[Tensor]:
        """The `wanted` values from `known` ones."""
        if self.failed:
            return module.run(known, wanted)
        ports = tuple(known)
        made = self._made.get(ports)
        if made is None:
            module.plan(ports, wanted)
            made = self._made[ports] = compiled_run(module, ports, wanted)
        try:
            return made(*known.values())
        except Exception as error:
            if isinstance(error, torch.OutOfMemoryError) or not _of_compiler(error):
                raise
            self.failed = True
            reason = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
            self._tell(
                tr("The network could not be compiled, and is trained as it is: {reason}", reason=reason)
            )
            return module.run(known, wanted)


def compiled_run(
    module: NetworkModule, ports: tuple[Port, ...], wanted: tuple[Port, ...]
) -> Callable[..., list[Tensor]]:
    """A compiled function from the values of `ports` to the `wanted` ones."""

    def run(*values: Tensor) -> list[Tensor]:
        return module.run(dict(zip(ports, values, strict=True)), wanted)

    # For each size of a batch its own, so that what is computed does not hang on what came before.
    return torch.compile(run, dynamic=False, options={"fallback_random": True})


def _of_compiler(error: Exception) -> bool:
    """Whether the compiler raised it, with an error of its own or in a line of its own."""
    if type(error).__module__.startswith(COMPILER):
        return True
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and str(place.tb_frame.f_globals.get("__name__")).startswith(COMPILER)


def _learns(part: nn.Module) -> bool:
    return any(parameter.requires_grad for parameter in part.parameters())


def moving_buffers(module: nn.Module) -> list[Tensor]:
    """Buffers of what trains, such as the statistics of batch normalization."""
    return [buffer for part in module.modules() if part.training for buffer in part.buffers(recurse=False)]


def synchronised(module: NetworkModule) -> NetworkModule:
    """The same network, its batch normalizations over the batches of all processes."""
    convert: Callable[[nn.Module], nn.Module] = nn.SyncBatchNorm.convert_sync_batchnorm
    parts = {i: convert(part) for i, part in module.layer_modules().items()}
    return NetworkModule(module.network, parts).eval()
