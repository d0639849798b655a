"""What a frozen backbone gives: computed once for all pictures, kept in memory or on disk, found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

import torch
from torch import Tensor

from designer.engine.data import Key, load_pixels
from designer.engine.module import NetworkModule
from designer.engine.process import give_back_memory
from designer.engine.training.batches import FeatureSource, PictureSource, Source, groups
from designer.engine.training.choosing import (
    MANY,
    MARGIN,
    MUCH_WORK,
    STORED_TOLERANCE,
    TOLERANCE,
    TRIED,
    alike,
    has_bfloat16,
    one_thread,
    quicker,
)
from designer.engine.training.crew import batch_of, worked
from designer.engine.training.feature_store import Entry, FeatureStore, key_of
from designer.engine.training.holding import InMemory, Kept, OnDisk, budget, nowhere, rounded
from designer.engine.training.optimizing import Precision
from designer.engine.training.prefix import How, Prefix, multiplications, needed_ports
from designer.engine.training.team import Team
from designer.errors import DataError
from designer.messages import bytes_text, tr
from designer.network.network import Port
from designer.progress import Progress, StepNews
from designer.session.options import TrainingOptions


class Features:
    """The features of a stage of training. In a team each process has those of its own pictures.

    Args:
        pictures: of which features are wanted.
        module: with evaluation mode on.
        outputs: what is learned from.
        keys: numbers and versions of the pictures; none where altered ones never come again.
        how: as a run that is gone on with had them; None to choose.
        remembered: they are looked for on disk, and kept there.
        team: the processes that train together; what takes measuring is not chosen by several.
        hold: waits for as long as the user has paused the run, and may raise Cancelled.

    Attributes:
        how: how they were computed; None where there are none.
        notes: what the user should know afterwards, one sentence each.
    """

    def __init__(
        self,
        pictures: PictureSource,
        module: NetworkModule,
        outputs: tuple[Port, ...],
        keys: Sequence[Key],
        options: TrainingOptions,
        precision: Precision,
        progress: Progress,
        how: How | None = None,
        *,
        remembered: bool = True,
        team: Team | None = None,
        hold: Callable[[], object],
    ) -> None:
        self.how: How | None = None
        self.notes: list[str] = []
        self._pictures, self._module, self._outputs = pictures, module, outputs
        self._team = team or Team.alone()
        self._count = len(keys)
        # In one order whatever the split is, so that another split finds them too.
        self._keys = self._team.own(sorted(keys))
        self._options, self._precision, self._progress = options, precision, progress
        self._wanted, self._hold = how, hold
        self._ports = needed_ports(module, outputs)
        self._store = FeatureStore() if remembered else None
        needed = module.network.ancestors([port.layer for port in self._ports])
        self._work = multiplications(module.network, needed)
        self._batch = batch_of(self._work, len(self._keys), options.batch_size, pictures.device)
        self._key = ""

    def source(self) -> Source:
        """A source of features; `pictures` itself where there are none or they fit nowhere.

        Raises:
            Cancelled: by the user.
        """
        if not self._ports:
            return self._pictures
        if not self._count:
            self._tell(
                tr("Pictures are altered anew in each epoch: the frozen layers are computed each time.")
            )
            return self._pictures
        if self._team.any(not self._keys):
            return self._pictures
        found = self._known()
        # All processes have features of one kind, or none has.
        kinds = set(self._team.gathered(self.how.name if found is not None and self.how else ""))
        if found is None or len(kinds) > 1:
            found = self._computed()
        if self._team.any(found is self._pictures):
            self.how = None
            for text in dict.fromkeys(text for notes in self._team.gathered(self.notes) for text in notes):
                if text not in self.notes:
                    self._tell(text)
            return self._pictures
        return found

    def _known(self) -> Source | None:
        """Features from an earlier run; None where there are none."""
        if self._store is None:
            return None
        pictures, device = self._pictures.pictures, self._pictures.device
        self._key = key_of(self._module, self._ports, pictures, self._keys, self._batch, device)
        entry = self._store.find(self._key, self._accepts)
        return self._loaded(entry) if entry is not None and not self._readable_now(entry) else None

    def _accepts(self, how: How) -> bool:
        if self._wanted is not None:
            return how == self._wanted
        if self._precision.dtype is not None:
            return how.precision == _mixed(self._precision)
        exact = how.precision == "float32" and not how.stored
        return exact or (self._may_choose and not how.precision.startswith("mixed"))

    @property
    def _may_choose(self) -> bool:
        """Whether rounding is allowed where it costs no accuracy: several processes would not agree."""
        return self._options.precision == "auto" and self._team.size == 1

    @property
    def _room(self) -> int:
        """Bytes that may be kept on the device, where others on this computer keep as much."""
        device = self._pictures.device
        return budget(device) // (1 if device == "cuda" else self._team.member.neighbours)

    def _readable_now(self, entry: Entry) -> bool:
        """Whether a picture that could not be read can be read now, as when it was not permitted."""
        pictures = self._pictures.pictures
        for place in entry.broken:
            try:
                load_pixels(pictures.paths[self._keys[place][0]], pictures.preprocessing)
            except DataError:
                continue
            return True
        return False

    def _loaded(self, entry: Entry) -> Source | None:
        """A source of features that were computed before; None where they cannot be read."""
        try:
            values = entry.values()
            fits = entry.nbytes <= self._room
            values = [value.clone() for value in values] if fits else values
        except (OSError, ValueError):
            return None
        text = tr(
            "What the frozen layers give is known from an earlier run ({size}).",
            size=bytes_text(entry.nbytes),
        )
        self._progress.report(StepNews(text, 1.0))
        broken = {self._keys[place][0]: why for place, why in entry.broken.items()}
        self._pictures.pictures.broken.update(broken)
        return self._made(entry.how, values, entry.rows)

    def _computed(self) -> Source:
        wanted = groups(self._keys, self._batch)
        # All processes ask as often whether to go on.
        wanted += [[]] * (int(self._team.most(len(wanted))) - len(wanted))
        augmenting = self._pictures.pictures.augmenting
        if augmenting is not None:
            self._progress.report(StepNews(_ahead(augmenting.options.variants)))
        text = tr("Computing what the frozen layers give for {count} pictures", count=self._count)
        self._progress.report(StepNews(text, 0.0))
        self._module.eval()
        prefix = Prefix(self._module, self._ports, self._precision)
        how = self._chosen(prefix)
        half = how.precision == "bfloat16"
        prefix.settle(half=half)
        if half:
            # What full precision took while both were tried is more than is needed from here on.
            give_back_memory()
        places = {key: place for place, key in enumerate(self._keys)}
        rows: list[int] = []
        kept: Kept | None = None
        run, dtype = partial(prefix.run, half=half), torch.bfloat16 if half else torch.float32
        with closing(worked(self._pictures, wanted, run, dtype)) as batches:
            try:
                for number, batch in enumerate(batches, 1):
                    self._hold()
                    fits = True
                    if batch.found is not None:
                        kept = kept or self._begin(batch.found, how)
                        fits = kept is not None and kept.add(batch.found)
                    if self._team.any(not fits):
                        self._tell("" if kept is None else kept.problem)
                        if kept is not None:
                            kept.give_up()
                        return self._pictures
                    read = zip(batch.indices, batch.versions, strict=True)
                    rows += [places[key] for key in read]
                    self._progress.report(StepNews(text, number / len(wanted)))
            except BaseException:
                if kept is not None:
                    kept.give_up()
                raise
        nothing = self._team.any(kept is None)
        if kept is None:
            return self._pictures
        if nothing:
            kept.give_up()
            return self._pictures
        return self._finished(kept, rows)

    def _begin(self, like: list[Tensor], how: How) -> Kept | None:
        """Choose where features are kept, by those of the first batch; None where they fit nowhere."""
        count, device = len(self._keys), self._pictures.device
        need, room = sum(value[0].nbytes for value in like) * count, self._room
        several = self._team.member.neighbours
        if self._wanted is None and need > room and self._may_round(like):
            halves = [rounded(value, "float16") for value in like]
            less = sum(value[0].nbytes for value in halves) * count
            if less <= room or self._store is None or not self._store.takes(need):
                how, need = How(how.precision, "float16", how.folded), less
        like = [rounded(value, how.stored) for value in like]
        if need <= room:
            return InMemory(how, like, count, device)
        if self._store is None:
            return None
        try:
            return OnDisk(how, self._store.begin(self._key, how, like, count, several))
        except OSError as error:
            self._tell(nowhere(need, error))
            return None

    def _chosen(self, prefix: Prefix) -> How:
        """How to compute, from a few pictures."""
        if self._wanted is not None:
            return self._wanted
        if self._precision.dtype is not None:
            return How(_mixed(self._precision), "", prefix.folded)
        full = How("float32", "", prefix.folded)
        asked = self._may_choose and self._pictures.device == "cpu" and has_bfloat16()
        count = len(self._keys)
        if not asked or count < MANY or self._work * count < MUCH_WORK:
            return full
        # Of all classes: their pictures come one after the other, and what tells classes apart counts.
        keys = self._keys[:: max(1, len(self._keys) // TRIED)][:TRIED]
        with closing(self._pictures.portions([keys], keep=False)) as portions:
            tried = next(portions)
        if not tried.indices:
            return full
        few = tried.first(TRIED // 2)
        try:
            if not self._same(prefix.run(tried), prefix.run(tried, half=True), TOLERANCE):
                return full
            with one_thread():
                gain = quicker(lambda: prefix.run(few), lambda: prefix.run(few, half=True))
            if gain < MARGIN:
                return full
        except (RuntimeError, TypeError):  # an operation that does not exist in bfloat16
            return full
        self._tell(
            tr(
                "The frozen layers are computed in bfloat16, which is faster here. On some of the pictures "
                "the answers stayed the same; to rule it out, choose full precision."
            )
        )
        return How("bfloat16", "", prefix.folded)

    def _may_round(self, values: list[Tensor]) -> bool:
        """Whether rounding these features to float16 leaves the answers as they are."""
        if (
            self._options.precision == "full"
            or self._team.size > 1
            or not any(v.dtype == torch.float32 for v in values)
        ):
            return False
        rough = [rounded(value, "float16").to(value.dtype) for value in values]
        return self._same(values, rough, STORED_TOLERANCE)

    def _same(self, exact: list[Tensor], rough: list[Tensor], tolerance: float) -> bool:
        answers = []
        for values in (exact, rough):
            known = {
                port: _as_learned(value, self._precision)
                for port, value in zip(self._ports, values, strict=True)
            }
            with torch.inference_mode(), self._precision.autocast():
                answers.append(self._module.run(known, self._outputs))
        return alike(answers[0], answers[1], tolerance)

    def _finished(self, kept: Kept, rows: list[int]) -> Source:
        broken = self._pictures.pictures.broken
        places = {place: broken[index] for place, (index, _) in enumerate(self._keys) if index in broken}
        if isinstance(kept, OnDisk):
            try:
                entry = kept.writing.finish(rows, places)
                values = entry.values()
            except (OSError, ValueError) as error:
                self._tell(nowhere(kept.nbytes, error))
                return self._pictures
            text = tr(
                "What the frozen layers give takes {size}, more than fits in memory: it lies in '{folder}'.",
                size=bytes_text(entry.nbytes),
                folder=entry.folder,
            )
            self._tell(text)
            return self._made(kept.how, values, rows)
        values = kept.values()
        if self._store is not None:
            self._write(self._store, kept.how, values, rows, places)
        return self._made(kept.how, values, rows)

    def _write(
        self, store: FeatureStore, how: How, values: list[Tensor], rows: list[int], broken: dict[int, str]
    ) -> None:
        """Keep features on disk for later runs. Where that fails, the user is told, and training goes on."""
        size = bytes_text(sum(value.nbytes for value in values))
        try:
            writing = store.begin(self._key, how, values, len(rows), self._team.member.neighbours)
            try:
                writing.add(values)
            except BaseException:
                writing.give_up()
                raise
            writing.finish(rows, broken)
        except OSError as error:
            text = tr(
                "What the frozen layers give ({size}) is kept in memory for this run alone: it cannot be "
                "written to '{folder}' ({reason}).",
                size=size,
                folder=store.folder,
                reason=error.strerror or str(error),
            )
            self._tell(text)
            return
        text = tr("What the frozen layers give is kept for later runs ({size}).", size=size)
        self._progress.report(StepNews(text, 1.0))

    def _made(self, how: How, values: list[Tensor], rows: Sequence[int]) -> Source:
        self.how = how
        device = self._pictures.device
        if sum(value.nbytes for value in values) <= self._room:
            values = [value.to(device) for value in values]
        numbers = {self._keys[place]: row for row, place in enumerate(rows)}
        labels = self._pictures.labels[[index for index, _ in numbers]].to(device)
        known = dict(zip(self._ports, values, strict=True))
        full = self._precision.dtype is None
        return FeatureSource(numbers, known, labels, self._pictures.version, full=full)

    def _tell(self, text: str) -> None:
        if text:
            self.notes.append(text)
            self._progress.report(StepNews(text))


def _ahead(variants: int) -> str:
    if variants == 1:
        return tr("1 altered version of each training picture is computed ahead.")
    return tr("{count} altered versions of each training picture are computed ahead.", count=variants)


def _mixed(precision: Precision) -> str:
    return f"mixed {str(precision.dtype).removeprefix('torch.')}"


def _as_learned(value: Tensor, precision: Precision) -> Tensor:
    """A value as the rest of the network takes it."""
    return value.float() if precision.dtype is None and value.is_floating_point() else value
