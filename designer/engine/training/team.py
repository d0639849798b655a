"""Training by several processes at once, on one computer or on many.

Each process is started with torchrun's environment, on one computer with::

    torchrun --nproc-per-node=2 -m designer train FILE

and on two computers with four graphics cards each, the same line on both::

    torchrun --nnodes=2 --nproc-per-node=4 --rdzv-backend=c10d --rdzv-endpoint=HOST:29500 \
        -m designer train FILE

where HOST is one of them, and FILE and its pictures lie at the same place on both. All processes hold the
same weights. A batch of so many processes is as many times as large: batch k of an epoch is the same
pictures as it would be for one process with that batch size, and each process works on its share of them.
Losses, accuracies and whether to stop are those of all of them together, so all decide alike. The first
process alone (`Member.chief`) writes and tells.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from designer.engine.data import Key
from designer.engine.devices import ChosenDevice
from designer.errors import Cancelled, TrainingError
from designer.messages import tr
from designer.progress import Progress

PATIENCE = 600.0
"""Seconds that a process waits for another one before it takes it for lost."""
HEARTBEAT = 1.0
"""Seconds between two signs of life of a process that the user has paused."""

_GO, _WAIT, _STOP = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Member:
    """Which one of how many processes this is.

    Attributes:
        rank: from 0.
        size: processes in all.
        local: from 0 on each computer: the number of the graphics card.
        neighbours: processes on this computer.
    """

    rank: int = 0
    size: int = 1
    local: int = 0
    neighbours: int = 1

    @property
    def chief(self) -> bool:
        """Whether this is the one that writes and tells."""
        return self.rank == 0

    @classmethod
    def of_environment(cls, given: Mapping[str, str] = os.environ) -> Member:
        """What torchrun says; alone where it says nothing. Raises TrainingError where it makes no sense."""
        names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
        # Job queues set the number of processes for programs that are started alone, too.
        if "RANK" not in given or given.get("WORLD_SIZE", "1") == "1":
            return cls()
        try:
            rank, size = int(given["RANK"]), int(given["WORLD_SIZE"])
            member = cls(rank, size, int(given["LOCAL_RANK"]), int(given.get("LOCAL_WORLD_SIZE", "1")))
            if not (0 <= member.rank < member.size and 0 <= member.local < member.neighbours <= member.size):
                raise ValueError
            return member
        except (KeyError, ValueError) as error:
            held = ", ".join(f"{name}={given.get(name, '')}" for name in names)
            raise TrainingError(
                tr("This process does not know its place among the others."),
                tr("The environment says: {held}.", held=held),
                tr("Start it with torchrun, or without these variables."),
            ) from error


ALONE = Member()


class Muted:
    """A `Progress` that tells nothing, for all processes but the first; asks as the one it is made of."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def report(self, news: object) -> None:
        """Drop the news."""

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if the user has cancelled the step."""
        self._progress.raise_if_cancelled()

    def hold(self) -> float:
        """As long as the user has paused the step."""
        return self._progress.hold()

    def wanted(self, what: str) -> bool:
        """Nobody would hear of it."""
        return False


class Team:
    """The processes that train together, as one of them sees them.

    Every method that asks others must be called by all of them, in the same order.

    Args:
        member: which of them this process is.
        device: 'cpu' or 'cuda'.
    """

    def __init__(self, member: Member, device: str) -> None:
        self.member = member
        self.size = member.size
        self.device = device
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="asker") if self.size > 1 else None

    @classmethod
    def alone(cls) -> Team:
        """A team of one, which asks nobody."""
        return cls(Member(), "cpu")

    @property
    def chief(self) -> bool:
        """Whether this process writes and tells."""
        return self.member.chief

    def cut(self, batch: Sequence[int], least: int = 1) -> Sequence[int]:
        """This process's share of a batch: even shares in order, none smaller than `least` but empty."""
        shares = max(1, min(self.size, len(batch) // least))
        if self.member.rank >= shares:
            return batch[:0]
        start, end = (len(batch) * number // shares for number in (self.member.rank, self.member.rank + 1))
        return batch[start:end]

    def own(self, keys: Sequence[Key]) -> list[Key]:
        """The pictures that are this process's for a whole run, in all their versions: dealt out in turns."""
        places = {index: place for place, index in enumerate(dict.fromkeys(index for index, _ in keys))}
        return [key for key in keys if places[key[0]] % self.size == self.member.rank]

    def seed(self, seed: int) -> int:
        """Of this process's dropout: another one for each."""
        return (seed + 1_000_003 * self.member.rank) % 2**63

    def sums(self, *values: float) -> list[float]:
        """Each of these numbers, added up over all processes."""
        return self._reduced(values, dist.ReduceOp.SUM)

    def summed(self, tally: Tensor) -> Tensor:
        """Whole numbers, added up over all processes; of the same shape in each, on the CPU."""
        if self.size == 1:
            return tally
        found = torch.tensor(self.sums(*tally.flatten().tolist()), dtype=torch.int64)
        return found.reshape(tally.shape)

    def most(self, value: float) -> float:
        """The greatest of the numbers that all processes give."""
        return self._reduced([value], dist.ReduceOp.MAX)[0]

    def any(self, true: bool) -> bool:
        """Whether it is so in any process."""
        return self.most(float(true)) > 0

    def said(self, by_chief: bool) -> bool:
        """What the chief says; what others give is not looked at."""
        return self.any(by_chief and self.chief)

    def hold(self, progress: Progress) -> float:
        """As `progress.hold`, for all: who is paused holds all, and who is cancelled cancels all.

        Raises:
            Cancelled: one of them was.
        """
        if self._asker is None:
            return progress.hold()
        asked = self._asker.submit(progress.hold)
        began, waited = monotonic(), False
        while True:
            state = _GO
            try:
                asked.result(timeout=HEARTBEAT)
            except TimeoutError:
                state = _WAIT
            except Cancelled:
                state = _STOP
            state = int(self.most(state))
            if state == _STOP:
                raise Cancelled
            if state == _GO:
                return monotonic() - began if waited else 0.0
            waited = True

    def gathered(self, value: Any) -> list[Any]:
        """What each process gives, in order; values that can be pickled."""
        if self.size == 1:
            return [value]
        found: list[Any] = [None] * self.size
        with _told():
            dist.all_gather_object(found, value)
        return found

    @torch.no_grad()
    def follow(self, tensors: Sequence[Tensor]) -> None:
        """Take the chief's values over, in place."""
        if self.size > 1:
            with _told():
                for tensor in tensors:
                    dist.broadcast(tensor, 0)

    def agree(self, value: str, what: str) -> None:
        """Raise TrainingError where `value` is not the same in all processes; `what` says what differs."""
        if len(set(self.gathered(value))) > 1:
            raise TrainingError(
                tr("The processes do not train the same."),
                what,
                tr("Give all of them the same project, pictures and options."),
            )

    def wrapped(self, module: nn.Module, *, unused: bool) -> nn.Module:
        """The module, its gradients averaged over all processes; `unused`: not every parameter has one."""
        if self.size == 1:
            return module
        with _told(), warnings.catch_warnings():
            # Its new name is not known to older versions of torch.
            warnings.filterwarnings("ignore", ".*broadcast_buffers", FutureWarning)
            return nn.parallel.DistributedDataParallel(
                module,
                # Statistics of batches do not reach the answers while training: see `follow`.
                broadcast_buffers=False,
                find_unused_parameters=unused,
            )

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace gradients by their means over all processes; where one has none it counts as zero."""
        if self.size == 1:
            return
        learning = [parameter for parameter in parameters if parameter.requires_grad]
        having = self._reduced([parameter.grad is not None for parameter in learning], dist.ReduceOp.SUM)
        gradients = []
        for parameter, number in zip(learning, having, strict=True):
            if number and parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            if parameter.grad is not None:
                gradients.append(parameter.grad)
        if gradients:
            together = torch.cat([gradient.flatten() for gradient in gradients])
            with _told():
                dist.all_reduce(together)
            parts = torch.split(together.div_(self.size), [gradient.numel() for gradient in gradients])
            for gradient, part in zip(gradients, parts, strict=True):
                gradient.copy_(part.view_as(gradient))

    def _reduced(self, values: Sequence[float], operation: Any) -> list[float]:
        if self.size == 1:
            return [float(value) for value in values]
        tensor = torch.tensor(values, dtype=torch.float64)
        with _told():
            dist.all_reduce(tensor, operation)
        return tensor.tolist()

    def close(self) -> None:
        """Leave the others."""
        if self._asker is not None:
            self._asker.shutdown(wait=False)
            dist.destroy_process_group()


@contextmanager
def joined(member: Member, chosen: ChosenDevice, patience: float = PATIENCE) -> Iterator[Team]:
    """The team that this process belongs to, once all of it are there.

    Raises:
        TrainingError: the others do not come, or this process has no device for itself.
    """
    if member.size == 1:
        yield Team.alone()
        return
    _check_device(member, chosen.device)
    backend = "cpu:gloo,cuda:nccl" if chosen.device == "cuda" else "gloo"
    with _told():
        dist.init_process_group(
            backend, rank=member.rank, world_size=member.size, timeout=timedelta(seconds=patience)
        )
    team = Team(member, chosen.device)
    try:
        yield team
    finally:
        team.close()


def _check_device(member: Member, device: str) -> None:
    if not dist.is_available():
        raise TrainingError(
            tr("Several processes cannot train together here."),
            tr("This installation of torch cannot connect them."),
            tr("Train with one process."),
        )
    if device == "cuda":
        if member.local >= torch.cuda.device_count():
            raise TrainingError(
                tr("There is no graphics card for process {number}.", number=member.rank + 1),
                tr("This computer has {count}.", count=torch.cuda.device_count()),
                tr("Start so many processes, or choose the device 'cpu'."),
            )
        torch.cuda.set_device(member.local)


def other_team(before: int, now: int) -> TrainingError:
    """A run that stands in the middle of an epoch cannot go on with another number of processes."""
    return TrainingError(
        tr("The run cannot go on with {now}.", now=_counted(now)),
        tr(
            "It was broken off within an epoch, whose batches were cut for {before}.", before=_counted(before)
        ),
        tr("Go on with {before}, or start a new run.", before=_counted(before)),
    )


def _counted(processes: int) -> str:
    return tr("1 process") if processes == 1 else tr("{count} processes", count=processes)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise lost(error) or error from error


def lost(error: BaseException) -> TrainingError | None:
    """The message for what torch raises when another process does not answer; None for anything else."""
    text = str(error)
    broken = dist.is_available() and isinstance(error, dist.DistError)
    if not (broken or "gloo" in text.lower() or "NCCL" in text):
        return None
    return LostError(
        tr("Another process of the training does not answer any more."),
        _first_sentence(text),
        tr("Look at what that one has said, and go on with the run from its checkpoint."),
    )


def _first_sentence(text: str) -> str:
    """What torch says first, without the line of its source that gloo puts before it."""
    line = re.sub(r"^\[[^\]]*\]\s*", "", text.strip().partition("\n")[0])
    return line.partition(". ")[0].rstrip(".") + "."


class LostError(TrainingError):
    """Another process has gone: it knows why, this one does not."""
