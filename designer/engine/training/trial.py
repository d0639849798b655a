"""A dry run: a few batches on a copy, and what they tell of the run before it starts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from time import monotonic

import torch

from designer.catalog.stages import network_of
from designer.catalog.summary import Summary, summary
from designer.engine.devices import ChosenDevice, choose
from designer.engine.module import frozen_prefix
from designer.engine.process import cores, free_memory, memory_budget, memory_used
from designer.engine.shapes import infer
from designer.engine.training.batches import FeatureSource, groups
from designer.engine.training.beginning import begun
from designer.engine.training.checks import check_several, processes, remarks, wrong_choices
from designer.engine.training.crew import at_a_time, batch_of
from designer.engine.training.failures import as_failure, broken_text, nothing_readable
from designer.engine.training.holding import budget
from designer.engine.training.loop import train_epoch, validate
from designer.engine.training.prefix import multiplications
from designer.engine.training.proposing import Line, propose
from designer.engine.training.seeding import order_of_epoch
from designer.engine.training.state import Place, Training
from designer.engine.weights import Weights
from designer.errors import DesignerError, TrainingError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, StepNews
from designer.session.data import ImageData
from designer.session.options import TrainingOptions
from designer.session.results import Hindrance, Trial

FIRST = 4
"""Pictures that the first, unmeasured batch takes."""
MOST = 64
"""Pictures that are tried at most."""
PATIENCE = 0.7
"""Seconds that one measured part may take."""


def trial(
    network: Network, weights: Weights, data: ImageData, options: TrainingOptions, progress: Progress
) -> Trial:
    """Try a few batches of training, validation and of the frozen pass, on a copy.

    Nothing changes: not the weights, and not torch's random state. The batches are as large as the time
    allows: about 4 seconds on two cores.

    Args:
        network: see `train`.
        weights: see `train`.
        data: see `train`.
        options: see `train`.
        progress: hears `StepNews`; asked between batches whether to go on.

    Returns:
        What was found. What `train` would raise before its first epoch is over is in `problems`.

    Raises:
        Cancelled: by the user.
    """
    progress.report(StepNews(tr("Trying a few batches")))
    wrong = wrong_choices(network, data, options)
    chosen: ChosenDevice | None = None
    try:
        chosen = choose(options.device)
    except TrainingError as error:
        if str(error) not in map(str, wrong):
            wrong.append(error)
    before = memory_used("cpu")
    if not wrong and chosen is not None:
        try:
            count = processes(options)
            # Compiling takes longer than all that is tried.
            tried = replace(options, compile=False)
            with begun(network, weights, data, tried, _Unheard(progress)) as (training, _):
                training.remembers = False
                if count > 1:
                    check_several(options, chosen.device)
                found = _Attempt(training, chosen, before).found()
            return replace(found, remarks=(*found.remarks, *_untried(options, count)))
        except (DesignerError, RuntimeError, ValueError, MemoryError) as error:
            failure = error if isinstance(error, DesignerError) else as_failure(error, options)
            if failure is None:
                raise
            wrong.append(failure)
    where = (chosen.title, chosen.reason) if chosen is not None else ("", "")
    return Trial(*where, problems=tuple(hindrance(error) for error in wrong))


def _untried(options: TrainingOptions, count: int) -> list[str]:
    """What is not tried, in the user's words; `count` processes train."""
    found = []
    if count > 1:
        text = tr(
            "Tried in one of {count} processes. Together they take less time for an epoch.", count=count
        )
        found.append(text)
    if options.compile:
        text = tr("Tried without compiling, which makes the first batches much slower and all others faster.")
        found.append(text)
    return found


def hindrance(error: DesignerError) -> Hindrance:
    """What an error says, as a value."""
    step, options = "", {}
    if isinstance(error, TrainingError):
        step, options = error.step, error.options
    return Hindrance(error.what, error.why, error.remedy, step, tuple(options.items()))


class _Unheard:
    """A `Progress` whose news are not those of a run, but which can be cancelled."""

    def __init__(self, asked: Progress) -> None:
        self.raise_if_cancelled = asked.raise_if_cancelled
        self.hold = asked.hold

    def report(self, news: object) -> None:
        """Drop the news."""

    def wanted(self, what: str) -> bool:
        """Nobody looks."""
        return False


@dataclass(frozen=True, slots=True)
class _Stage:
    """What was measured of a stage, all pictures being in memory: seconds and bytes.

    Attributes:
        features: seconds for each picture to compute what the frozen layers give; None where that is not
            computed ahead.
        held: bytes of what they give, for each picture.
        batch, peak: seconds of a batch of training, and on a GPU the most bytes that it held.
        validation: seconds for each picture.
    """

    features: float | None
    held: int
    batch: Line
    peak: Line
    validation: float


class _Attempt:
    """Measures a run that has begun on a copy; `before`: bytes that the process held before."""

    def __init__(self, training: Training, chosen: ChosenDevice, before: int) -> None:
        self._training = training
        self._chosen = chosen
        self._before = before
        self._data = training.data
        self._options = training.options
        self._cuda = chosen.device == "cuda"
        self._count = len(training.data.training) + len(training.data.validation)

    def found(self) -> Trial:
        """All that there is to tell."""
        options = self._options
        free = free_bytes(self._chosen.device)
        reading, sample = self._read()
        last = len(options.parts) - 1
        tried = {number: self._stage(number, sample) for number in sorted({0, last})}
        stages = [tried[0 if number == 0 else last] for number in range(last + 1)]
        ahead, first, later = self._times(stages, reading)
        seconds = sum(ahead) + first - later[0]
        seconds += sum(part.epochs * each for part, each in zip(options.parts, later, strict=True))
        known = stages[0].features
        busy, whole = (self._epoch(stages[0]), first) if known is None else (known * self._count, ahead[0])
        memory = self._memory(tried)
        size, why = propose(options, len(self._data.training), memory, free, stages[-1].batch)
        need = round(memory.at(options.batch_size))
        rise = 0 if self._cuda else memory_used("cpu") - self._before
        return Trial(
            device=self._chosen.title,
            reason=self._chosen.reason,
            memory=max(need, rise),
            memory_found="measured" if self._cuda else ("rise" if rise > need else "estimated"),
            free=free,
            features_seconds=ahead[0],
            epoch_seconds=later[0],
            seconds=seconds,
            waiting=max(0.0, 1 - busy / whole) if whole > 0 else 0.0,
            batch_size=size,
            batch_reason=why,
            remarks=self._remarks(len(sample)),
        )

    @property
    def _crop(self) -> int:
        return self._training.built.network.preprocessing.crop

    def _read(self) -> tuple[float, list[int]]:
        """Seconds to read a picture, and some that can be read; they stay in memory. Raises TrainingError."""
        training = self._training
        order = order_of_epoch(self._data.training, self._options.seed, 1)[:MOST]
        good: list[int] = []
        started = monotonic()
        for group in groups(order, FIRST):
            with closing(training.pictures.batches([group])) as portions:
                good += [index for portion in portions for index in portion.indices]
            training.progress.hold()
            if good and monotonic() - started > PATIENCE:
                break
        if not good:
            raise nothing_readable()
        return (monotonic() - started) / len(good), good

    def _stage(self, number: int, sample: list[int]) -> _Stage:
        features, held, known = self._enter(number, sample)
        few = known[:FIRST]
        self._pass(few)
        once = self._pass(few)
        most = min(self._options.batch_size, len(known), max(int(len(few) * PATIENCE / max(once, 1e-9)), 2))
        fewer = max(most // 4, min(2, most))
        timed = []
        for size in (fewer, most):
            # The first time of a size is slow: plans and memory for it are made.
            self._pass(known[:size])
            seconds = min(self._pass(known[:size]) for _ in range(2))
            timed.append((size, seconds, peak_bytes_on(self._chosen.device)))
        (small, less, low), (large, more, high) = timed
        return _Stage(
            features,
            held,
            Line.through((small, less), (large, more)),
            Line.through((small, low), (large, high)),
            self._validation(known[:large]),
        )

    def _enter(self, number: int, sample: list[int]) -> tuple[float | None, int, list[int]]:
        """Enter a stage: seconds and bytes of a picture's features, and the pictures that can be tried."""
        training = self._training
        training.options = self._options
        few = sample[:FIRST]
        self._take(few)
        training.enter(number)
        if not isinstance(training.source, FeatureSource):
            return None, 0, sample
        held = sum(value[0].nbytes for value in training.source.values.values())
        if held * self._count > budget(self._chosen.device):
            training.options = replace(self._options, cache_features=False)
            training.enter(number)
            return None, 0, sample
        once = self._entering(number)
        known = sample[: max(int(PATIENCE * len(few) / max(once, 1e-9)), len(few))]
        self._take(known)
        # The first time of a size is slow: plans and memory for it are made.
        several = min(self._entering(number) for _ in range(2))
        if len(known) == len(few) or several <= once:
            return several / len(known), held, known
        # What does not grow with the pictures is soon over.
        return (several - once) / (len(known) - len(few)), held, known

    def _entering(self, number: int) -> float:
        """Seconds that it takes to enter a stage."""
        started = monotonic()
        self._training.enter(number)
        self._settle()
        return monotonic() - started

    def _take(self, training: list[int], validation: list[int] | None = None) -> None:
        self._training.data = replace(
            self._data, training=tuple(training), validation=tuple(validation or ())
        )

    def _pass(self, indices: list[int]) -> float:
        """Seconds of one batch of training."""
        training = self._training
        self._take(indices)
        # A single picture is still a batch that is too small.
        size = min(max(len(indices), 2), self._options.batch_size)
        training.options = replace(training.options, batch_size=size)
        training.place = Place(stage=training.place.stage)
        started = monotonic()
        train_epoch(training)
        self._settle()
        return monotonic() - started

    def _validation(self, indices: list[int]) -> float:
        """Seconds of validation for each picture."""
        training = self._training
        self._take([], indices)
        with training.averaged():
            validate(training)
            started = monotonic()
            validate(training)
            self._settle()
        return (monotonic() - started) / len(indices)

    def _settle(self) -> None:
        """Wait until a GPU has done what it was given."""
        if self._chosen.device == "cuda":
            torch.cuda.synchronize()
        elif self._chosen.device == "mps":
            torch.mps.synchronize()

    def _times(self, stages: list[_Stage], reading: float) -> tuple[list[float], float, list[float]]:
        """Seconds: of what is computed ahead in each stage, of the first epoch, of later ones by stage."""
        read = reading * self._count
        ahead = [0.0 if s.features is None else self._ahead(s.features * self._count, read) for s in stages]
        plain = [self._epoch(stage) for stage in stages]
        slow = [
            p if s.features is not None else self._beside(p, read) for p, s in zip(plain, stages, strict=True)
        ]
        all_fit = self._pictures() == 3 * self._crop**2 * self._count
        return ahead, slow[0], plain if all_fit else slow

    def _epoch(self, stage: _Stage) -> float:
        """Seconds of an epoch whose pictures are in memory."""
        training, validation = self._data.training, self._data.validation
        batches = len(groups(training, self._options.batch_size))
        learning = batches * stage.batch.fixed + len(training) * stage.batch.each
        return learning + len(validation) * stage.validation

    def _ahead(self, busy: float, reading: float) -> float:
        """Seconds of the frozen layers: the threads of a CPU read and compute in turns, see `worked`."""
        return busy + reading if self._chosen.device == "cpu" else max(busy, reading)

    def _beside(self, busy: float, reading: float) -> float:
        """Seconds of work while pictures are read, which on a CPU takes one of its cores away."""
        return max(reading, busy + (0.0 if self._cuda else reading / cores()))

    def _pictures(self) -> int:
        """Bytes of the decoded pictures that are kept."""
        size = 3 * self._crop**2
        return min(self._count, memory_budget() // size) * size

    def _memory(self, tried: dict[int, _Stage]) -> Line:
        """Bytes that a batch needs: on a GPU as measured, else as the shapes say."""
        lines = []
        for number, stage in tried.items():
            if self._cuda:
                lines.append(Line(stage.peak.fixed + stage.held * self._count, stage.peak.each))
                continue
            network = network_of(self._training.built.network, self._options.parts[number])
            facts = infer(network)
            one, none = (summary(network, facts, size, self._options.optimizer) for size in (1, 0))
            if stage.features is None:
                fixed, each = self._pictures(), max(one.peak_activation_bytes, _growth(one, none))
            else:
                work = multiplications(network, frozen_prefix(network))
                device = self._chosen.device
                size = batch_of(work, self._count, self._options.batch_size, device)
                ahead = at_a_time(device) * size * one.peak_activation_bytes
                fixed, each = ahead + stage.held * self._count, _growth(one, none)
            lines.append(Line(none.training_bytes + fixed, each))
        return max(lines, key=lambda line: line.at(self._options.batch_size))

    def _remarks(self, tried: int) -> tuple[str, ...]:
        training, options = self._training, self._options
        found = [*self._data.remarks]
        found += remarks(training.built.network, options, training.teller.batches)
        found += broken_text(training.pictures.pictures)
        found.append(tr("Times are worked out from {count} pictures.", count=tried))
        if len(options.parts) > 2:
            found.append(tr("Stages between the first and the last are taken to be as slow as the last."))
        if options.early_stopping:
            found.append(tr("Training may stop early."))
        return tuple(found)


def _growth(one: Summary, none: Summary) -> int:
    return one.training_bytes - none.training_bytes


def free_bytes(device: str) -> int:
    """Bytes that a run may take up on a device; what torch holds there without need counts as free."""
    if device == "cuda":
        unused = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        return int(torch.cuda.mem_get_info()[0]) + unused
    return free_memory()


def peak_bytes_on(device: str) -> int:
    """The most bytes that were held on a GPU since this was asked last; 0 on other devices."""
    if device != "cuda":
        return 0
    found = int(torch.cuda.max_memory_allocated())
    torch.cuda.reset_peak_memory_stats()
    return found
