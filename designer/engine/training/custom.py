"""A loss, an optimizer or a training step of one's own, from a Python file that the user has confirmed.

The file may define any of these functions; what it does not define is as without it::

    def loss(answers, labels):
        '''How far answers are from the truth, for each picture.

        answers: scores of shape (N, classes), float32. labels: numbers of the classes, shape (N,); where
        pictures have several labels, 1 and 0 of shape (N, classes), float32.
        Returns a tensor of shape (N,) with a gradient.
        '''

    def optimizer(groups, options):
        '''The optimizer over what is trained.

        groups: dicts with 'params' (a list of parameters), 'factor' (the layers' learning-rate factor)
        and 'weight_decay', as torch.optim takes them; 'factor' must stay in the groups.
        options: the run's options, such as options.learning_rate. The rate of each group is set before
        every step: base rate of the schedule times factor.
        Returns a torch.optim.Optimizer.
        '''

    def training_step(step):
        '''The loss of one batch, for each picture: shape (N,), with a gradient.

        step.labels: as above.
        step.values: what the network begins from: pictures of shape (N, 3, H, W), or with a cached
        frozen backbone what that gives of them; a dict by port.
        step.run(values): runs the network; returns the scores of the main output, then of the auxiliary
        ones. Without values it runs on step.values. The first run counts in the training accuracy.
        step.loss(answers, labels): the loss of the options or of this file, shape (N,).
        step.epoch: number of the epoch, from 1. step.iteration: batches done since the run began.
        Of several processes each is given its share of a batch, and their gradients are averaged.
        '''

Validation uses the loss, never the step. A file is read once; just the bytes that were confirmed are run.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from designer import settings
from designer.errors import Cancelled, TrainingError, UnconfirmedCodeError
from designer.messages import tr
from designer.network.network import Port

HOOKS = ("loss", "optimizer", "training_step")


@dataclass(slots=True)
class Step:
    """What a training step of one's own is given; see the head of this file."""

    values: Mapping[Port, Tensor]
    labels: Tensor
    epoch: int
    iteration: int
    loss: Callable[[Sequence[Tensor], Tensor], Tensor]
    _run: Callable[[Mapping[Port, Tensor]], Sequence[Tensor]]
    answers: Sequence[Tensor] | None = field(default=None, init=False)

    def run(self, values: Mapping[Port, Tensor] | None = None) -> Sequence[Tensor]:
        """Run the network; the first answers are remembered for the accuracy."""
        found = self._run(self.values if values is None else values)
        if self.answers is None:
            self.answers = [answer.detach() for answer in found]
        return found


@dataclass(frozen=True)
class Custom:
    """The functions of a file; None for those that it does not define."""

    path: Path
    loss: Callable[..., Tensor] | None = None
    optimizer: Callable[..., Optimizer] | None = None
    training_step: Callable[..., Tensor] | None = None

    def call(self, name: str, *given: Any) -> Any:
        """Call one of them; whatever it raises becomes a TrainingError that names the line."""
        try:
            return getattr(self, name)(*given)
        except (Cancelled, TrainingError):
            raise
        except Exception as error:
            raise failed(self.path, error, tr("In '{name}': ", name=name)) from error

    def losses(self, name: str, count: int, *given: Any) -> Tensor:
        """Call a function that gives a loss for each of `count` pictures, and check what it gives."""
        found = self.call(name, *given)
        if isinstance(found, Tensor) and tuple(found.shape) == (count,):
            return found
        what = tuple(found.shape) if isinstance(found, Tensor) else type(found).__name__
        raise TrainingError(
            tr("'{file}' does not give a loss that can be used.", file=self.path.name),
            tr("'{name}' gave {what} for {count} pictures.", name=name, what=what, count=count),
            tr("Give one value for each picture: a tensor of shape ({count},).", count=count),
        )


def load(path: str) -> Custom | None:
    """The functions in a file that the user has confirmed; None when `path` is ''.

    Raises:
        UnconfirmedCodeError: it was never confirmed on this computer, or has changed since.
        TrainingError: it cannot be read or run, or defines none of the functions.
    """
    if not path:
        return None
    file = Path(path)
    code = _bytes_of(file)
    if digest(code) not in settings.load().trusted:
        raise UnconfirmedCodeError(
            tr("'{file}' has not been confirmed.", file=file.name),
            tr("It is a program, and could do anything that you may do on this computer."),
            tr(
                "Read it: {path}. Start training in the window to confirm it, or name it with --custom.",
                path=file,
            ),
            file,
        )
    module = ModuleType(f"netgraft_custom_{file.stem}")
    module.__file__ = str(file)
    try:
        exec(compile(code, str(file), "exec"), vars(module))  # noqa: S102 - what the user has confirmed
    except Exception as error:
        raise failed(file, error) from error
    found = {name: getattr(module, name) for name in HOOKS if callable(getattr(module, name, None))}
    if not found:
        raise TrainingError(
            tr("'{file}' has nothing that training could use.", file=file.name),
            tr("It defines none of: {names}.", names=", ".join(HOOKS)),
            tr("Define one of these functions, or choose no file."),
        )
    return Custom(file, **found)


def confirm(path: Path) -> None:
    """Remember that the user has read this file, as it is now, and wants it to be run.

    Raises:
        TrainingError: it cannot be read.
    """
    held = settings.load().trusted
    found = digest(_bytes_of(path))
    if found not in held:
        settings.change(trusted=(*held, found))


def digest(code: bytes) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(code).hexdigest()


def failed(path: Path, error: Exception, where: str = "") -> TrainingError:
    """The user's own code has raised an error: say which, and in which line of the file."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    line = lines[-1] if lines else getattr(error, "lineno", None)
    return TrainingError(
        tr("'{file}' could not be run.", file=path.name),
        where
        + (
            tr("{kind} in line {line}: {said}", kind=type(error).__name__, line=line, said=error)
            if line
            else f"{type(error).__name__}: {error}"
        ),
        tr("Correct the file, and start again."),
    )


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TrainingError(
            tr("'{file}' cannot be read.", file=path),
            f"{error.strerror or error}.",
            tr("Choose another file, or none."),
        ) from error
