"""The training loop: stages, epochs, batches, validation, stopping, from top to bottom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from time import monotonic

import torch
from torch import Tensor

from designer.engine.devices import ChosenDevice
from designer.engine.training.batches import Portion, groups
from designer.engine.training.beginning import begun
from designer.engine.training.checkpoints import Checkpoint, CheckpointFile
from designer.engine.training.checks import remarks, smallest_batch
from designer.engine.training.custom import Step
from designer.engine.training.diagnosing import first_bad
from designer.engine.training.failures import as_failure, broken_text, diverged, nothing_learned
from designer.engine.training.optimizing import set_rate
from designer.engine.training.rates import base_rate, of_stage, out_of_patience
from designer.engine.training.state import LateValue, Training
from designer.engine.weights import Weights
from designer.errors import Cancelled, TrainingError
from designer.network.network import Network
from designer.progress import DeviceNews, LabelsNews, Progress, StepNews
from designer.session.data import ImageData
from designer.session.options import TrainingOptions
from designer.session.results import EarlierEpochs, EpochRow, Run


def train(
    network: Network,
    weights: Weights,
    data: ImageData,
    options: TrainingOptions,
    progress: Progress,
    *,
    checkpoints: CheckpointFile | None = None,
    begin_from: Checkpoint | None = None,
) -> Run:
    """Train a network on pictures.

    Frozen layers stay as they are to the bit. The same seed on the same computer's CPU gives the same
    weights to the bit, whether the run was broken off in between or not. torch's global random state is
    left as it was.

    Args:
        network: its classes are those of the pictures.
        weights: where to begin; layers that it lacks begin fresh.
        data: pictures with their split; without validation pictures the last weights are kept.
        options: how to train.
        progress: hears `StepNews`, `DeviceNews` once, `BatchNews` at most 20 times a second, and an
            `EpochRow` for each epoch. Cancelling ends training and keeps what there is.
        checkpoints: where checkpoints are written; None for nowhere.
        begin_from: a checkpoint of this very run, to go on from; None to begin.

    Returns:
        The run, number 0, with the weights of all layers. `stopped_because` is 'early' when there was no
        more progress, 'stopped' when it was cancelled, and 'failed', with the cause in `remarks`, when it
        broke off after a whole epoch.

    Raises:
        TrainingError: it cannot start or go on, or it broke off in the first epoch.
        NetworkError: the network cannot be built.
        DesignerError: an option is out of bounds.
    """
    parts = begun(network, weights, data, options, progress, checkpoints=checkpoints, begin_from=begin_from)
    with parts as (training, chosen):
        return _run(training, chosen, begin_from)


def _run(training: Training, chosen: ChosenDevice, begin_from: Checkpoint | None) -> Run:
    started = monotonic()
    training.progress.report(DeviceNews(chosen.title, chosen.reason))
    if training.data.multilabel:
        training.progress.report(LabelsNews())
    network, options, keeper = training.built.network, training.options, training.keeper
    training.notes += remarks(network, options, training.teller.batches) if begin_from is None else []
    ended = _stages(training, begin_from)
    notes = [*training.notes, *broken_text(training.pictures.pictures)]
    for note in notes:
        training.progress.report(StepNews(note))
    if ended == "failed":
        # Nothing is asked of a device that may be gone.
        kept = keeper.weights()
    else:
        with training.averaged():
            # What was learned in an epoch that was stopped counts where the last weights are wanted.
            kept = keeper.weights(present=ended == "stopped" and options.keep == "last")
    before = begin_from.values["elapsed"] if begin_from is not None else 0.0
    return Run(
        number=0,
        options=options,
        history=tuple(keeper.history),
        best_epoch=keeper.best_epoch,
        stopped_because=ended,
        device=chosen.title,
        seconds=before + monotonic() - started,
        images_per_second=training.teller.images_per_second,
        classes=network.classes or training.data.classes,
        weights=kept,
        remarks=tuple(notes),
        validated=len(training.data.validation),
        multilabel=training.data.multilabel,
    )


def _stages(training: Training, begin_from: Checkpoint | None) -> str:
    """All stages, until they are done, the user stops or something breaks; returns which of these."""
    options, keeper = training.options, training.keeper
    early = False
    try:
        if begin_from is not None:
            training.restore(begin_from)
            training.progress.report(EarlierEpochs(tuple(keeper.history)))
        else:
            training.enter(0)
        training.ready = True
        for stage in range(training.place.stage, len(options.parts)):
            if stage != training.place.stage:
                training.enter(stage)
            early = out_of_patience(options, stage, keeper.history)
            while len(of_stage(keeper.history, stage)) < options.parts[stage].epochs and not early:
                row = _epoch(training)
                training.progress.report(row)
                training.save(epoch_over=True)
                early = out_of_patience(options, stage, keeper.history)
        training.save(over=True)
    except Cancelled:
        training.save(over=True)
        return "stopped"
    except (TrainingError, RuntimeError, ValueError) as error:
        failure = as_failure(error, options)
        if failure is None or not keeper.history:
            raise failure or error from error
        training.notes.append(str(failure))
        return "failed"
    finally:
        training.threads.put_back()
    return "early" if early else "finished"


def _epoch(training: Training) -> EpochRow:
    started, place = monotonic(), training.place
    rate = train_epoch(training)
    with training.averaged():
        val_loss, val_accuracy = validate(training)
        row = EpochRow(
            epoch=place.epoch + 1,
            train_loss=place.loss / place.counted,
            val_loss=val_loss,
            train_accuracy=training.labelling.measured(torch.tensor(place.right), place.seen),
            val_accuracy=val_accuracy,
            seconds=monotonic() - started,
            learning_rate=rate,
            stage=place.stage,
        )
        training.keeper.offer(row)
    place.next_epoch()
    return row


def train_epoch(training: Training) -> float:
    """The training pictures that are left of this epoch, once. Returns the last base rate."""
    options, place, history = training.options, training.place, training.keeper.history
    batches = training.batches()
    training.module.train()
    smallest = smallest_batch(training.module, options)
    # Where all batches were done before an interruption, the last one's rate is told all the same.
    last = min(place.batch, len(batches) - 1)
    rate = base_rate(options, place.stage, history, last / len(batches))
    training.teller.begin()
    with closing(training.source.batches(batches[place.batch :], place.epoch + 1)) as portions:
        for portion in training.teller.waited_for(portions):
            training.teller.paused(training.progress.hold())
            rate = base_rate(options, place.stage, history, place.batch / len(batches))
            set_rate(training.optimizer, rate)
            count = len(portion.labels)
            value, right = learn(training, batches, portion) if count >= smallest else (math.nan, math.nan)
            place.batch += 1
            place.iteration += 1
            if place.batch % options.accumulate == 0 or place.batch == len(batches):
                step(training)
                training.save()
            if count >= smallest:
                training.teller.batch(
                    place.epoch + 1,
                    place.batch,
                    place.iteration,
                    value,
                    rate,
                    count,
                    place.stage,
                    right,
                )
    if not place.seen:
        raise nothing_learned(training.pictures.pictures, training.data.training)
    return rate


def learn(training: Training, batches: Sequence[Sequence[int]], portion: Portion) -> tuple[float, float]:
    """Add the gradients of a batch to those of its step.

    Returns the batch's mean loss, and how right its pictures were told: the measure of 0 to 1.
    """
    place, labels = training.place, portion.labels
    last = _ends_step(training, batches)
    with training.precision.autocast(), training.watch.forward(training.module, ends_step=last):
        answers, values = _answers(training, portion)
        tally = training.labelling.tally(answers[0], labels)
    total = values.sum()
    late, late_tally = LateValue(total), LateValue(tally)
    # Divided by what all batches of the step count, they add up to the mean over one large batch.
    training.precision.backward(total / _of_step(training, batches))
    value = float(late.read())
    if not math.isfinite(value):
        with training.precision.autocast():
            first = first_bad(training.module, portion.known, training.outputs)
        raise diverged(place.epoch + 1, training.options.parts[place.stage].learning_rate, first)
    counts = training.weight_of(portion.indices)
    place.loss += value
    place.counted += counts
    place.seen += len(labels)
    told = late_tally.read()
    place.right = (torch.tensor(place.right) + told).tolist()
    return value / counts, training.labelling.measured(told, len(labels))


def _answers(training: Training, portion: Portion) -> tuple[Sequence[Tensor], Tensor]:
    """Scores of each output, and each picture's loss times what it counts; by the user's own step if any."""
    module, objective, labels = training.module, training.objective, portion.labels
    custom = training.custom
    if custom is None or custom.training_step is None:
        answers = module.run(portion.known, training.outputs)
        return answers, objective(answers, labels)
    place, outputs = training.place, training.outputs
    step = Step(
        portion.known,
        labels,
        place.epoch + 1,
        place.iteration,
        objective.plain,
        lambda values: module.run(values, outputs),
    )
    values = custom.losses("training_step", len(labels), step) * objective.counted(labels)
    return step.answers or step.run(), values


def _ends_step(training: Training, batches: Sequence[Sequence[int]]) -> bool:
    """Whether the weights change after the current batch."""
    done = training.place.batch + 1
    return done % training.options.accumulate == 0 or done == len(batches)


def _of_step(training: Training, batches: Sequence[Sequence[int]]) -> float:
    """What the pictures of all batches of the current step count together."""
    every = training.options.accumulate
    first = training.place.batch - training.place.batch % every
    return sum(training.weight_of(batch) for batch in batches[first : first + every])


def step(training: Training) -> None:
    """Change the weights by the gradients that have been added up."""
    place, precision = training.place, training.precision
    with training.watch.step(
        training.module, training.optimizer, precision, place.iteration, place.epoch + 1
    ):
        precision.step(training.optimizer, training.options.clip_gradients)
    if training.average is not None:
        training.average.update()


def validate(training: Training) -> tuple[float, float]:
    """Mean loss of the main output, and the measure, on the validation pictures; NaN where there are none."""
    seen, tally, loss, counted = 0, torch.tensor(0), 0.0, 0.0
    training.module.eval()
    indices = groups(training.data.validation, training.options.batch_size)
    with torch.inference_mode(), closing(training.source.batches(indices)) as batches:
        for batch in batches:
            training.progress.hold()
            if not len(batch.labels):
                continue
            with training.precision.autocast():
                answers = training.module.run(batch.known, training.outputs[:1])
                values = training.objective(answers, batch.labels)
            loss += float(values.sum())
            counted += training.weight_of(batch.indices)
            tally = tally + training.labelling.tally(answers[0], batch.labels).cpu()
            seen += len(batch.labels)
    if not seen:
        return math.nan, math.nan
    return loss / counted, training.labelling.measured(tally, seen)
