"""What a run is made of, and where it is: the values that the loop works on, and that a checkpoint keeps."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from time import monotonic

import torch
from torch import Tensor
from torch.optim import Optimizer

from designer.catalog.stages import learning_in, network_of
from designer.engine.data import drawn
from designer.engine.labelling import Labelling, labelling
from designer.engine.module import NetworkModule
from designer.engine.project_values import history_from_json, history_to_json
from designer.engine.training.averaging import Average
from designer.engine.training.batches import PictureSource, Source, groups
from designer.engine.training.checkpoints import (
    Checkpoint,
    CheckpointFile,
    fingerprint,
    load_optimizer,
    optimizer_state,
)
from designer.engine.training.choosing import LONG_WORK, MANY, MARGIN, TRIED, Threads, has_bfloat16
from designer.engine.training.custom import Custom
from designer.engine.training.depthwise import quicken_depthwise
from designer.engine.training.features import Features
from designer.engine.training.in_place import act_in_place
from designer.engine.training.keeping import Keeper
from designer.engine.training.losses import Objective
from designer.engine.training.mixing import gain_of_mixing, gain_text
from designer.engine.training.news import Teller
from designer.engine.training.optimizing import Precision, make_optimizer
from designer.engine.training.prefix import How, multiplications
from designer.engine.training.running import Runner
from designer.engine.training.seeding import order_of_epoch, random_states, set_random_states
from designer.engine.training.stages import module_of
from designer.engine.training.team import Team, other_team
from designer.engine.training.watching import Watch
from designer.errors import Cancelled
from designer.messages import tr
from designer.network.network import Port
from designer.progress import CheckpointNews, Progress, StageNews, StepNews
from designer.session.data import ImageData
from designer.session.options import TrainingOptions


@dataclass(slots=True)
class Place:
    """How far a run is.

    Attributes:
        stage: number of the stage, from 0.
        epoch: epochs that are over, of all stages.
        batch: batches of the current epoch that are done.
        iteration: batches since the run began.
        seen, loss, right: of the current epoch: pictures, sum of their losses, and the tally of what was
            right, as `Labelling.tally` counts it.
        counted: what these pictures count together in the mean loss.
    """

    stage: int = 0
    epoch: int = 0
    batch: int = 0
    iteration: int = 0
    seen: int = 0
    loss: float = 0.0
    right: int | list[list[int]] = 0
    counted: float = 0.0

    def next_epoch(self) -> None:
        """An epoch is over."""
        self.epoch += 1
        self.batch = self.seen = self.right = 0
        self.loss = self.counted = 0.0


@dataclass(slots=True)
class Training:
    """A run in progress.

    Attributes:
        built: the module of the network as it is given.
        module: the same layers, frozen as the current stage says.
        outputs: the main output, then the auxiliary ones.
        pictures: where pictures come from.
        source: where what the network begins from comes from: `pictures`, or features of them.
        how: how these features were computed; None where there are none.
        runner: runs `module` on batches of training.
        team: the processes that train together; all of this is the same in each, but for the pictures
            that it works on.
    """

    built: NetworkModule
    data: ImageData
    options: TrainingOptions
    outputs: tuple[Port, ...]
    pictures: PictureSource
    objective: Objective
    precision: Precision
    keeper: Keeper
    teller: Teller
    progress: Progress
    file: CheckpointFile | None
    custom: Custom | None = None
    team: Team = field(default_factory=Team.alone)
    module: NetworkModule = field(init=False)
    source: Source = field(init=False)
    runner: Runner | None = None
    optimizer: Optimizer = field(init=False)
    watch: Watch = field(init=False)
    average: Average | None = None
    how: How | None = None
    threads: Threads = field(default_factory=Threads)
    remembers: bool = True
    """Features are looked for on disk, and kept there: not when a run is only tried."""
    place: Place = field(default_factory=Place)
    notes: list[str] = field(default_factory=list)
    ready: bool = False
    """It stands where its last checkpoint was made, or beyond: another one may take the place of that."""

    def __post_init__(self) -> None:
        self.watch = Watch(self.progress, self.pictures.device)

    @property
    def labelling(self) -> Labelling:
        """What knows how right answers are."""
        return labelling(self.data.multilabel)

    def enter(self, stage: int, how: How | None = None, *, features: bool = True) -> None:
        """Freeze as the stage says, and make what goes with it anew: optimizer, mean, known features.

        Args:
            stage: its number, from 0.
            how: features were computed so before the run was broken off; None to choose.
            features: False where there were none before, as they fitted nowhere.

        Raises:
            TrainingError: nothing learns in it, or it names a layer that is not there.
            Cancelled: by the user, while features are computed.
        """
        parts = self.options.parts
        part = parts[stage]
        self.place.stage = stage
        learning = frozenset(learning_in(self.built.network, part))
        self.progress.report(StageNews(stage + 1, len(parts), part.name, learning))
        self.module = module_of(self.built, network_of(self.built.network, part))
        act_in_place(self.module, self.outputs)
        quicken_depthwise(self.module)
        self.optimizer = make_optimizer(self.module, self.options, self.pictures.device, self.custom)
        self.average = None
        if self.options.average_weights:
            held = [p for group in self.optimizer.param_groups for p in group["params"]]
            self.average = Average(held, self.options.average_weights)
        if stage and part.name:
            self.progress.report(StepNews(tr("Stage {number}: {name}", number=stage + 1, name=part.name)))
        self.source, self.how = self.pictures, None
        if self.options.cache_features and features:
            found = Features(
                self.pictures,
                self.module,
                self.outputs,
                self.pictures.keys(self.data.training, self.data.validation),
                self.options,
                self.precision,
                self.progress,
                how,
                remembered=self.remembers,
                team=self.team,
                hold=self.hold,
            )
            self.source = found.source()
            self.how = found.how
            for text in found.notes:
                self._told(text)
        if self.source is self.pictures:
            self._measure()
        # The former one's hooks must be gone from the parameters before the next one's are there.
        self.runner = None
        if self.team.size > 1:
            gc.collect()
        self.runner = Runner(
            self.module,
            self.outputs,
            self.team,
            own_step=self.custom is not None and self.custom.training_step is not None,
            compiled=self.options.compile,
            tell=self.note,
        )

    def _measure(self) -> None:
        """Choose threads and precision by measuring, where all pictures go through the network many times."""
        network, times = self.module.network, self.options.all_epochs * len(self.data.training)
        # Several processes would not agree, and the user's own step or compiled layers take other times.
        mixing = self.precision.open and has_bfloat16() and self.team.size == 1
        mixing = mixing and not self.options.compile and self.custom is None
        if self.pictures.device != "cpu" or not (self.threads.open or mixing) or times < MANY:
            return
        # Forward, and backward twice that.
        if 3 * times * multiplications(network, frozenset(network.order)) < LONG_WORK:
            return
        # Of all classes: those of one come one after the other.
        with closing(self.pictures.batches([drawn(self.data, 0, TRIED)])) as portions:
            portion = next(portions)
        if len(portion.indices) < TRIED:
            return
        answers = partial(self.module.run, portion.known, self.outputs)
        if self.threads.open:
            with torch.inference_mode():
                self._told(self.threads.choose(answers))
        if mixing:
            gain = gain_of_mixing(
                self.module, answers, lambda found: self.objective(found, portion.labels).mean()
            )
            self.precision.decide(gain >= MARGIN)
            self._told(gain_text(gain) if gain >= MARGIN else "")

    def _told(self, text: str) -> None:
        """To be among the run's remarks, once."""
        if text and text not in self.notes:
            self.notes.append(text)

    def batches(self) -> list[Sequence[int]]:
        """Numbers of the pictures of each batch of the current epoch."""
        order = order_of_epoch(self.data.training, self.options.seed, self.place.epoch + 1)
        return groups(order, self.options.batch_size * self.team.size)

    def shares(self, batches: Sequence[Sequence[int]], epoch: int, least: int = 1) -> list[Sequence[int]]:
        """What of each batch this process works on; `epoch` and `least` as for `Source.share`."""
        return [self.source.share(batch, self.team, epoch, least) for batch in batches]

    def apart(self, *, ends_step: bool) -> AbstractContextManager[object]:
        """Around a batch; where others of its step follow, its gradients stay in each process until then."""
        return nullcontext() if ends_step or self.runner is None else self.runner.apart()

    def looked_at(self, *, ends_step: bool) -> AbstractContextManager[None]:
        """Around the forward pass of a batch: its layers are looked at where somebody does, see `Watch`."""
        compiled = self.runner is not None and self.runner.compiled
        return self.watch.forward(self.module, ends_step=ends_step and not compiled)

    def hold(self) -> float:
        """As `Progress.hold`, for the whole team; a pause is no time of work, though it end with stopping."""
        began = monotonic()
        try:
            seconds = self.team.hold(self.progress)
        except Cancelled:
            self.teller.paused(monotonic() - began)
            raise
        self.teller.paused(seconds)
        return seconds

    def note(self, text: str) -> None:
        """Tell the user something that the run's remarks are to keep; once."""
        if text not in self.notes:
            self._told(text)
            self.progress.report(StepNews(text))

    def gather_broken(self) -> None:
        """Know the pictures that could not be read in any process."""
        for found in self.team.gathered(self.pictures.pictures.broken):
            self.pictures.pictures.broken.update(found)

    def weight_of(self, batch: Sequence[int]) -> float:
        """What the pictures of a batch count together: what a mean loss is divided by."""
        return self.objective.together(self.pictures.labels[list(batch)])

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Within, the module has the weights that count: the running mean where there is one."""
        if self.average is None or not self.average.steps:
            yield
        else:
            with self.average.in_place():
                yield

    def save(self, *, epoch_over: bool = False, over: bool = False) -> None:
        """Write a checkpoint if one is due, or the run is `over` and stands between two steps.

        Where that fails, training goes on, and the user is told.
        """
        between = self.place.iteration and (
            self.place.batch % self.options.accumulate == 0 or self.place.batch == self.teller.batches
        )
        if not self.ready or not between:
            return
        due = self.file is not None and (over or self.file.due(epoch_over=epoch_over))
        if not self.team.said(due):
            return
        states = self.team.gathered(random_states(self.pictures.device))
        if self.file is None:
            return
        try:
            self.file.write(self.checkpoint(states))
            self.progress.report(self._written())
        except OSError as error:
            note = tr(
                "No checkpoint could be written ({reason}): if the program is ended, this run cannot go on.",
                reason=error.strerror or str(error),
            )
            self.note(note)

    def _written(self) -> CheckpointNews:
        place = self.place
        epoch = place.epoch + place.batch / self.teller.batches
        return CheckpointNews(epoch, place.iteration, self.teller.elapsed)

    def checkpoint(self, states: Sequence[Mapping[str, Tensor]]) -> Checkpoint:
        """All that is needed to go on from here; `states` of the random generators of each process."""
        values, held = optimizer_state(self.optimizer)
        tensors = {f"optimizer/{name}": tensor for name, tensor in held.items()}
        for rank, state in enumerate(states):
            tensors |= {_random(rank) + name: tensor for name, tensor in state.items()}
        if self.average is not None:
            tensors |= {f"average/{n}": mean for n, mean in enumerate(self.average.means)}
        return Checkpoint(
            {
                "fingerprint": fingerprint(self.built.network, self.data),
                "options": self.options.to_json(),
                "place": asdict(self.place),
                "processes": self.team.size,
                "history": history_to_json(self.keeper.history),
                "optimizer": values,
                "scaling": self.precision.state(),
                "mixed": None if self.precision.open else self.precision.dtype is not None,
                "average_steps": self.average.steps if self.average else 0,
                "averaged": self.average.names(self.built.layer_modules()) if self.average else [],
                "elapsed": self.teller.elapsed,
                "notes": self.notes,
                "features": self.how.to_json() if self.how else None,
                "threads": torch.get_num_threads(),
            },
            self.keeper.present(),
            self.keeper.copy,
            tensors,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint of this run. Raises TrainingError, KeyError, TypeError or ValueError."""
        values = checkpoint.values
        before, now = values.get("processes", 1), self.team.size
        together = before * values["options"]["batch_size"]
        if values["place"]["batch"] and before != now and together != now * self.options.batch_size:
            raise other_team(before, now)
        for layer_id in checkpoint.weights:
            self.built.layer_module(layer_id).load_state_dict(dict(checkpoint.weights[layer_id]))
        self.place = Place(**values["place"])
        self.keeper.load(list(history_from_json(values["history"])), checkpoint.best)
        self.notes = list(values["notes"])
        self.threads.set(int(values["threads"]))
        # Before there was a choice it was full.
        mixed = values.get("mixed", False)
        if mixed is not None:
            self.precision.decide(bool(mixed))
        how = values["features"]
        self.enter(self.place.stage, How.from_json(how) if how else None, features=how is not None)
        load_optimizer(self.optimizer, values["optimizer"], _below("optimizer/", checkpoint.tensors))
        self.precision.load(values["scaling"])
        if self.average is not None:
            means = _below("average/", checkpoint.tensors)
            self.average.load(values["average_steps"], [means[str(n)] for n in range(len(means))])
        states = _below(_random(self.team.member.rank), checkpoint.tensors)
        if states:
            set_random_states(states, self.pictures.device)


class LateValue:
    """A value on its way to the CPU: reading it waits for what made it, not for what is queued after.

    On a GPU the backward pass can be put in line before the loss is looked at, so that the card never
    stands still.
    """

    def __init__(self, value: Tensor) -> None:
        self._event: torch.cuda.Event | None = None
        self._value = value.detach()
        if value.is_cuda:
            self._value = self._value.to("cpu", non_blocking=True)
            self._event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._event.record()

    def read(self) -> Tensor:
        """The value, on the CPU."""
        if self._event is not None:
            self._event.synchronize()
        return self._value.cpu()


def _random(rank: int) -> str:
    """Where the states of a process's random generators lie."""
    return f"random{rank or ''}/"


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
