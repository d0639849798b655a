"""The training loop: stages, epochs, batches, validation, stopping, from top to bottom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import torch
from torch import Tensor

from designer.engine.devices import ChosenDevice
from designer.engine.training.batches import AS_THEY_ARE, Portion, groups
from designer.engine.training.beginning import begun
from designer.engine.training.checkpoints import Checkpoint, CheckpointFile
from designer.engine.training.checks import remarks, smallest_batch
from designer.engine.training.custom import Step
from designer.engine.training.diagnosing import bad_weight, first_bad
from designer.engine.training.failures import as_failure, broken_text, diverged, nothing_learned
from designer.engine.training.optimizing import set_rate
from designer.engine.training.rates import base_rate, of_stage, out_of_patience
from designer.engine.training.running import moving_buffers
from designer.engine.training.state import LateValue, Training
from designer.engine.training.team import ALONE, Member
from designer.engine.training.tensorboard import heard
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
    member: Member = ALONE,
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
        member: which of the processes that train together this is. Each calls this with the same values,
            the first one alone with `checkpoints`, and each gets the same run.

    Returns:
        The run, number 0, with the weights of all layers. `stopped_because` is 'early' when there was no
        more progress, 'stopped' when it was cancelled, and 'failed', with the cause in `remarks`, when it
        broke off after a whole epoch.

    Raises:
        TrainingError: it cannot start or go on, or it broke off before an epoch was over.
        NetworkError: the network cannot be built.
        DesignerError: an option is out of bounds.
    """
    with (
        heard(progress, member, network.name, options) as (told, notes),
        begun(
            network,
            weights,
            data,
            options,
            told,
            checkpoints=checkpoints,
            begin_from=begin_from,
            member=member,
        ) as (training, chosen),
    ):
        run = _run(training, chosen, begin_from)
    return replace(run, remarks=(*run.remarks, *notes)) if notes else run


def _run(training: Training, chosen: ChosenDevice, begin_from: Checkpoint | None) -> Run:
    training.progress.report(DeviceNews(chosen.title, chosen.reason))
    if training.data.multilabel:
        training.progress.report(LabelsNews())
    network, options, keeper = training.built.network, training.options, training.keeper
    training.notes += remarks(network, options, training.teller.batches) if begin_from is None else []
    ended = _stages(training, begin_from)
    if ended != "failed":
        training.gather_broken()
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
    return Run(
        number=0,
        options=options,
        history=tuple(keeper.history),
        best_epoch=keeper.best_epoch,
        stopped_because=ended,
        device=chosen.title,
        seconds=training.teller.elapsed,
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
    early, before = False, 0
    try:
        if begin_from is not None:
            before = len(begin_from.values["history"])
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
    except (TrainingError, RuntimeError, ValueError, MemoryError) as error:
        failure = as_failure(error, options)
        if failure is None or len(keeper.history) <= before:
            raise failure or error from error
        training.notes.append(str(failure))
        return "failed"
    finally:
        training.threads.put_back()
    return "early" if early else "finished"


def _epoch(training: Training) -> EpochRow:
    started, place = training.teller.elapsed, training.place
    rate = train_epoch(training)
    with training.averaged():
        # Statistics that batch normalization keeps are those of the first process's batches.
        training.team.follow(moving_buffers(training.module))
        val_loss, val_accuracy = validate(training)
        row = EpochRow(
            epoch=place.epoch + 1,
            train_loss=place.loss / place.counted,
            val_loss=val_loss,
            train_accuracy=training.labelling.measured(torch.tensor(place.right), place.seen),
            val_accuracy=val_accuracy,
            seconds=training.teller.elapsed - started,
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
    left, seen = batches[place.batch :], place.seen
    shares = training.shares(left, place.epoch + 1, smallest)
    with closing(training.source.batches(shares, place.epoch + 1)) as portions:
        for portion in training.teller.waited_for(portions):
            training.hold()
            rate = base_rate(options, place.stage, history, place.batch / len(batches))
            set_rate(training.optimizer, rate)
            value, right, count = learn(training, batches, portion, smallest)
            place.batch += 1
            place.iteration += 1
            if place.batch % options.accumulate == 0 or place.batch == len(batches):
                step(training)
                training.save()
            if count:
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
    if place.seen == seen and (left or not seen):
        training.gather_broken()
        raise nothing_learned(training.pictures.pictures, [index for batch in left for index in batch])
    return rate


def learn(
    training: Training, batches: Sequence[Sequence[int]], portion: Portion, smallest: int
) -> tuple[float, float, int]:
    """Add the gradients of a batch to those of its step.

    Where fewer than `smallest` pictures are here, nothing is learned from them. In a team such a process
    goes along with blank ones: the others wait for it.

    Returns:
        Of the batch, of all processes together: mean loss, how right its pictures were told (the measure of
        0 to 1), how many there were.
    """
    place, team = training.place, training.team
    few = len(portion.labels) < smallest
    if few and team.size == 1:
        return math.nan, math.nan, 0
    if few:
        portion = training.source.blank(smallest)
        # Synchronised batch normalization waits for all processes, in training mode alone.
        training.module.train(training.options.sync_batch_norm)
    labels, last = portion.labels, _ends_step(training, batches)
    with training.apart(ends_step=last):
        with training.precision.autocast(), training.looked_at(ends_step=last):
            answers, values = _answers(training, portion)
            tally = training.labelling.tally(answers[0], labels) * (not few)
        total = values.sum() * (not few)
        late, late_tally = LateValue(total), LateValue(tally)
        # Divided by what all batches of the step count, they add up to the mean over one large batch; a
        # team takes the mean over its processes.
        training.precision.backward(total / (_of_step(training, batches) / team.size))
    mine = (0, 0) if few else (len(labels), training.weight_of(portion.indices))
    value, count, counts = team.sums(float(late.read()), *mine)
    told = team.summed(late_tally.read())
    if not math.isfinite(value):
        with training.precision.autocast():
            first = first_bad(training.module, portion.known, training.outputs)
        raise no_number(training, first)
    if few:
        training.module.train()
    place.loss += value
    place.counted += counts
    place.seen += int(count)
    place.right = (torch.tensor(place.right) + told).tolist()
    if not count:
        return math.nan, math.nan, 0
    return value / counts, training.labelling.measured(told, int(count)), int(count)


def _answers(training: Training, portion: Portion) -> tuple[Sequence[Tensor], Tensor]:
    """Scores of each output, and each picture's loss times what it counts; by the user's own step if any."""
    objective, labels, run = training.objective, portion.labels, training.runner
    assert run is not None
    custom = training.custom
    if custom is None or custom.training_step is None:
        answers = run(portion.known)
        return answers, objective(answers, labels)
    place = training.place
    step = Step(
        portion.known,
        labels,
        place.epoch + 1,
        place.iteration,
        objective.plain,
        run,
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
    assert training.runner is not None
    training.runner.complete()
    with training.watch.step(
        training.module, training.optimizer, precision, place.iteration, place.epoch + 1
    ):
        precision.step(training.optimizer, training.options.clip_gradients)
    if training.average is not None:
        training.average.update()


def validate(training: Training) -> tuple[float, float]:
    """Mean loss of the main output, and the measure, on the validation pictures; NaN where there are none.

    Raises TrainingError where the loss, or with no pictures a weight, is not a number any more.
    """
    seen, loss, counted, bad = 0.0, 0.0, 0.0, ""
    tally = training.labelling.nothing(len(training.built.network.classes or training.data.classes))
    training.module.eval()
    whole = groups(training.data.validation, training.options.batch_size * training.team.size)
    shares = training.shares(whole, AS_THEY_ARE)
    with torch.inference_mode(), closing(training.source.batches(shares)) as batches:
        for batch in batches:
            training.hold()
            if not len(batch.labels):
                continue
            with training.precision.autocast():
                answers = training.module.run(batch.known, training.outputs[:1])
                values = training.objective(answers, batch.labels)
            total = float(values.sum())
            if not math.isfinite(total) and not bad:
                with training.precision.autocast():
                    bad = first_bad(training.module, batch.known, training.outputs[:1])
            loss += total
            counted += training.weight_of(batch.indices)
            tally = tally + training.labelling.tally(answers[0], batch.labels).cpu()
            seen += len(batch.labels)
    loss, counted, seen = training.team.sums(loss, counted, seen)
    tally = training.team.summed(tally)
    if not seen:
        bad = bad_weight(training.module)
    if not math.isfinite(loss) or bad:
        raise no_number(training, bad)
    if not seen:
        return math.nan, math.nan
    return loss / counted, training.labelling.measured(tally, int(seen))


def no_number(training: Training, first: str) -> TrainingError:
    """The loss is not a number any more, in one of the processes at least, where `first` says why."""
    first = next(filter(None, training.team.gathered(first)), "")
    place = training.place
    return diverged(place.epoch + 1, training.options.parts[place.stage].learning_rate, first)
