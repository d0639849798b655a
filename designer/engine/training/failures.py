"""What can go wrong in the middle of training, in the user's words."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from designer.engine.data import Pictures
from designer.engine.shapes import infer
from designer.engine.training.team import lost
from designer.errors import OutOfMemoryError, TrainingError
from designer.messages import tr
from designer.network.network import Network
from designer.session.options import TrainingOptions

UNRUNNABLE = (RuntimeError, ValueError, IndexError, TypeError, AssertionError, MemoryError)
"""What torch's layers raise where a network cannot be run on what it is given, or in what memory there is."""
LISTED = 5
"""Pictures that are named, at most, where some could not be read."""


def as_failure(error: Exception, options: TrainingOptions) -> TrainingError | None:
    """The message for an error that torch raised; None when it is not one that a user can mend."""
    if isinstance(error, TrainingError):
        return error
    text = str(error)
    if lacked_memory(error):
        return out_of_memory(options)
    if (gone := lost(error)) is not None:
        return gone
    if isinstance(error, torch.AcceleratorError) or "CUDA error" in text or "MPS backend" in text:
        return TrainingError(
            tr("The graphics card has stopped working."),
            text.strip().partition("\n")[0],
            tr("Restart the program, and train again, or choose the device 'cpu'."),
        )
    if "Expected more than 1 value per channel when training" in text:
        return TrainingError(
            tr("Batch normalization cannot be trained with one picture at a time."),
            tr("It needs several values for each channel."),
            tr("Choose a batch size of 2 or more, or freeze these layers."),
            options={"batch_size": 2},
        )
    return None


def lacked_memory(error: Exception) -> bool:
    """Whether there was not enough memory, on any device."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


def cause_of(network: Network, error: Exception) -> str:
    """Why a network cannot be run: the first problem in its shapes, or torch's own words."""
    found = [problem.message for problem in infer(network).problems if problem.severity == "error"]
    return found[0] if found else str(error).strip().partition("\n")[0]


def out_of_memory(options: TrainingOptions) -> OutOfMemoryError:
    """What to say when memory runs out: half the batch, its gradients added up over twice as many."""
    size, accumulate = options.batch_size, options.accumulate
    half = -(-size // 2)
    if size < 2:
        remedy = tr("Freeze more layers, or choose a smaller network.")
    else:
        remedy = tr(
            "Choose a batch size of {half} and add up the gradients of {count} batches: the result is the "
            "same. Or freeze more layers.",
            half=half,
            count=2 * accumulate,
        )
    return OutOfMemoryError(
        tr("There is not enough memory for training."),
        tr("A batch of {size} pictures and what the network computes of it must fit.", size=size),
        remedy,
        half if size > 1 else size,
        2 * accumulate if size > 1 else accumulate,
    )


def diverged(epoch: int, rate: float, first: str) -> TrainingError:
    """The loss is not a number any more.

    Args:
        epoch: in which, from 1.
        rate: learning rate of the stage.
        first: what was not a number first, in words; '' when it is not known.
    """
    return TrainingError(
        tr("Training broke off in epoch {epoch}: the loss is not a number any more.", epoch=epoch),
        first or tr("The learning rate {rate} is probably too high.", rate=f"{rate:.3g}"),
        tr("Train again with a tenth of the learning rate {rate}.", rate=f"{rate:.3g}"),
    )


def nothing_readable() -> TrainingError:
    """No picture of a whole epoch could be read."""
    return TrainingError(
        tr("None of the training pictures can be read any more."),
        tr("They have been moved, deleted or damaged since the folder was read."),
        tr("Read the folder again."),
        step="data",
    )


def nothing_learned(pictures: Pictures, wanted: Sequence[int]) -> TrainingError:
    """What to say where a whole epoch had no batch to train on; `wanted`: its pictures."""
    left = sum(index not in pictures.broken for index in wanted)
    if not left:
        return nothing_readable()
    return TrainingError(
        tr("Batch normalization cannot be trained with one picture at a time."),
        tr("There is a single picture for training, and it needs several values for each channel."),
        tr("Choose a folder with more pictures, or freeze these layers."),
        step="data",
    )


def broken_text(pictures: Pictures) -> list[str]:
    """What to say of pictures that could not be read; empty when all could."""
    if not pictures.broken:
        return []
    count = len(pictures.broken)
    lines = [tr("{count} pictures could not be read and were left out:", count=count)]
    if count == 1:
        lines = [tr("1 picture could not be read and was left out:")]
    for index, why in sorted(pictures.broken.items())[:LISTED]:
        lines.append(tr("'{path}': {why}", path=pictures.paths[index], why=why))
    if count > LISTED:
        lines.append(tr("And {count} more.", count=count - LISTED))
    return [" ".join(lines)]
