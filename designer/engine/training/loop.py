"""The training loop: epochs, batches, validation, best weights, stopping, from top to bottom."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass
from time import monotonic

import torch
from torch import Tensor
from torch.nn import functional
from torch.optim import Optimizer

from designer.catalog.schedules import schedule
from designer.engine.building import build
from designer.engine.data import Pictures
from designer.engine.devices import ChosenDevice, choose
from designer.engine.module import NetworkModule
from designer.engine.process import give_back_memory, prepare
from designer.engine.training.batches import PictureSource, Source, groups
from designer.engine.training.checks import check_choices, check_module, remarks, smallest_batch
from designer.engine.training.failures import as_failure, broken_text, diverged, nothing_readable
from designer.engine.training.features import cache_features
from designer.engine.training.keeping import Keeper
from designer.engine.training.news import Teller
from designer.engine.training.optimizing import Precision, make_optimizer, set_rate
from designer.engine.training.seeding import seeded
from designer.engine.weights import Weights
from designer.errors import Cancelled, TrainingError
from designer.network.network import Network, Port
from designer.progress import DeviceNews, Progress, StepNews
from designer.session.data import ImageData
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow, Run


@dataclass(slots=True)
class _Tools:
    """What every epoch needs."""

    module: NetworkModule
    data: ImageData
    options: TrainingOptions
    outputs: tuple[Port, ...]
    source: Source
    optimizer: Optimizer
    precision: Precision
    order: torch.Generator
    teller: Teller
    progress: Progress
    step: int = 0


def train(
    network: Network, weights: Weights, data: ImageData, options: TrainingOptions, progress: Progress
) -> Run:
    """Train a network on pictures.

    Frozen layers stay as they are to the bit. The same seed on the same computer's CPU gives the same
    weights to the bit. torch's global random state is left as it was.

    Args:
        network: its classes are those of the pictures.
        weights: where to begin; layers that it lacks begin fresh.
        data: pictures with their split; without validation pictures the last weights are kept.
        options: how to train.
        progress: hears `StepNews`, `DeviceNews` once, `BatchNews` at most 20 times a second, and an
            `EpochRow` for each epoch. Cancelling ends training and keeps what there is.

    Returns:
        The run, number 0, with the weights of all layers. `stopped_because` is 'stopped' when it was
        cancelled, and 'failed', with the cause in `remarks`, when it broke off after a whole epoch.

    Raises:
        TrainingError: it cannot start, or it broke off in the first epoch.
        NetworkError: the network cannot be built.
        DesignerError: an option is out of bounds.
    """
    check_choices(network, data, options)
    prepare()
    chosen = choose(options.device)
    with seeded(options.seed, chosen.device):
        module = build(network, weights, seed=options.seed)
        outputs = check_module(module, data)
        try:
            module.to(chosen.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
            return _run(module, weights, data, options, chosen, outputs, progress)
        except torch.OutOfMemoryError as error:
            raise (as_failure(error) or error) from error
        finally:
            give_back_memory()


def _run(
    module: NetworkModule,
    weights: Weights,
    data: ImageData,
    options: TrainingOptions,
    chosen: ChosenDevice,
    outputs: tuple[Port, ...],
    progress: Progress,
) -> Run:
    started = monotonic()
    network = module.network
    progress.report(DeviceNews(chosen.title, chosen.reason))
    pictures = Pictures([picture.path for picture in data.pictures], network.preprocessing)
    names = network.classes or data.classes
    labels = [names.index(data.classes[picture.label]) for picture in data.pictures]
    tools = _Tools(
        module,
        data,
        options,
        outputs,
        PictureSource(pictures, labels, module, chosen.device),
        make_optimizer(module, options),
        Precision(options.precision, chosen.device),
        torch.Generator().manual_seed(options.seed),
        Teller(progress, options.epochs, len(groups(data.training, options.batch_size))),
        progress,
    )
    keeper = Keeper(module, weights, best=options.keep == "best")
    notes = remarks(network, options, tools.teller.batches)
    ended = _epochs(tools, keeper, notes)
    notes += broken_text(pictures)
    for note in notes:
        progress.report(StepNews(note))
    return Run(
        number=0,
        options=options,
        history=tuple(keeper.history),
        best_epoch=keeper.best_epoch,
        stopped_because=ended,
        device=chosen.title,
        seconds=monotonic() - started,
        images_per_second=tools.teller.images_per_second,
        classes=names,
        weights=keeper.weights(),
        remarks=tuple(notes),
    )


def _epochs(tools: _Tools, keeper: Keeper, notes: list[str]) -> str:
    """All epochs, until they are done, the user stops or something breaks; returns which of these."""
    options, progress = tools.options, tools.progress
    try:
        if options.cache_features:
            tools.source = cache_features(
                tools.source, tools.module, tools.outputs, tools.data, options, tools.precision, progress
            )
        for epoch in range(1, options.epochs + 1):
            row = _epoch(tools, epoch)
            keeper.offer(row)
            progress.report(row)
    except Cancelled:
        return "stopped"
    except (TrainingError, RuntimeError, ValueError) as error:
        failure = as_failure(error)
        if failure is None or not keeper.history:
            raise failure or error from error
        notes.append(str(failure))
        return "failed"
    return "finished"


def _epoch(tools: _Tools, epoch: int) -> EpochRow:
    started = monotonic()
    train_loss, train_accuracy, rate = _train_epoch(tools, epoch)
    val_loss, val_accuracy = _validate(tools)
    return EpochRow(epoch, train_loss, val_loss, train_accuracy, val_accuracy, monotonic() - started, rate)


def _train_epoch(tools: _Tools, epoch: int) -> tuple[float, float, float]:
    """All training pictures once, in a new order. Returns mean loss, accuracy, last base rate."""
    options, module = tools.options, tools.module
    course, steps = schedule(options.schedule), options.epochs * tools.teller.batches
    training = torch.tensor(tools.data.training)
    order = training[torch.randperm(len(training), generator=tools.order)].tolist()
    smallest = smallest_batch(module, options)
    seen, loss_sum, right, rate = 0, 0.0, 0, 0.0
    module.train()
    tools.teller.begin()
    with closing(tools.source.batches(groups(order, options.batch_size))) as batches:
        for number, batch in enumerate(batches, 1):
            tools.progress.raise_if_cancelled()
            rate = options.learning_rate * course.factor(tools.step / steps)
            set_rate(tools.optimizer, rate)
            tools.step += 1
            count = len(batch.labels)
            if count < smallest:
                continue
            with tools.precision.autocast():
                answers = module.run(batch.known, tools.outputs)
                loss = total_loss(answers, batch.labels, module.auxiliary_weights)
            value = loss.item()
            if not math.isfinite(value):
                raise diverged(epoch, options)
            tools.precision.step(loss, tools.optimizer)
            seen += count
            loss_sum += value * count
            right += int((answers[0].argmax(1) == batch.labels).sum())
            tools.teller.batch(epoch, number, tools.step, value, rate, count)
    tools.teller.end()
    if not seen:
        raise nothing_readable()
    return loss_sum / seen, right / seen, rate


def _validate(tools: _Tools) -> tuple[float, float]:
    """Mean loss of the main output, and accuracy, on the validation pictures; NaN where there are none."""
    seen, loss_sum, right = 0, 0.0, 0
    tools.module.eval()
    indices = groups(tools.data.validation, tools.options.batch_size)
    with torch.inference_mode(), closing(tools.source.batches(indices)) as batches:
        for batch in batches:
            tools.progress.raise_if_cancelled()
            with tools.precision.autocast():
                (answer,) = tools.module.run(batch.known, tools.outputs[:1])
            loss = functional.cross_entropy(answer.float(), batch.labels, reduction="sum")
            loss_sum += loss.item()
            right += int((answer.argmax(1) == batch.labels).sum())
            seen += len(batch.labels)
    return (loss_sum / seen, right / seen) if seen else (math.nan, math.nan)


def total_loss(answers: list[Tensor], labels: Tensor, auxiliary_weights: tuple[float, ...]) -> Tensor:
    """Cross entropy of the main output, plus that of each auxiliary output times its weight.

    Shape: outputs (N, classes), labels (N,), to a scalar.
    """
    losses = [functional.cross_entropy(answer.float(), labels) for answer in answers]
    return losses[0] + sum(w * loss for w, loss in zip(auxiliary_weights, losses[1:], strict=True))
