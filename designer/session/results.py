"""What the steps give back, as frozen plain values (weights excepted, which stay opaque here)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from designer.session.label_report import THRESHOLD
from designer.session.options import TrainingOptions


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What is known of a layer once shapes have been inferred.

    Attributes:
        shapes: shape of each output, without the batch; empty when it could not be inferred.
        parameters: number of learnable values.
        macs: multiplications with accumulation for one picture.
    """

    shapes: tuple[tuple[int, ...], ...] = ()
    parameters: int = 0
    macs: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the network from running, or should be looked at.

    Attributes:
        severity: 'error' (no training, no export) or 'warning'.
        layer: id of the layer, or ''.
        message: what, why and what to do.
        code: what sort of problem it is, for those who know a remedy; '' for none.
    """

    severity: str
    layer: str
    message: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a whole network, and what is wrong with it.

    Attributes:
        layers: by id.
        problems: what is wrong.
        checking: the network has been edited since; new facts are being worked out.
    """

    layers: dict[str, LayerFacts] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    checking: bool = False

    @property
    def parameters(self) -> int:
        """Learnable values of the whole network."""
        return sum(facts.parameters for facts in self.layers.values())

    @property
    def macs(self) -> int:
        """Multiplications with accumulation of the whole network, for one picture."""
        return sum(facts.macs for facts in self.layers.values())


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One row of a run's history; losses are means over pictures, accuracies shares of 0 to 1.

    Where pictures have several labels, accuracies are macro F1. `val_loss` and `val_accuracy` are NaN where
    there are no validation pictures. `stage` counts from 0.
    """

    epoch: int
    train_loss: float
    val_loss: float
    train_accuracy: float
    val_accuracy: float
    seconds: float
    learning_rate: float
    stage: int = 0


def wilson(share: float, count: int, z: float = 1.959964) -> tuple[float, float]:
    """Confidence interval of a share that was seen on `count` pictures, of 95 % with the usual `z`.

    Source: E. B. Wilson, 1927; it stays within 0 and 1 and holds for few pictures too.
    """
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    # The share itself lies within, whatever rounding says at 0 and at 1.
    return max(min(middle - reach, share), 0.0), min(max(middle + reach, share), 1.0)


@dataclass(frozen=True, slots=True)
class EarlierEpochs:
    """News of a run that goes on: the epochs that were over when it was broken off."""

    rows: tuple[EpochRow, ...]


@dataclass(frozen=True, slots=True)
class WayNews:
    """One of several ways of training begins; what is told from here on is of it, until its `Run` is.

    Attributes:
        number, count: which one, from 1, and how many there are.
        name: what the user sees.
        options: that it is trained with.
    """

    number: int
    count: int
    name: str
    options: TrainingOptions


@dataclass(frozen=True, slots=True)
class Run:
    """A training run.

    Attributes:
        number: counts up in a project, from 1.
        options: as it was trained.
        history: one row for each finished epoch.
        best_epoch: epoch with the highest validation accuracy (lowest loss among equals); 0: none.
        stopped_because: 'finished', 'early' (no more progress), 'stopped' by the user, or 'failed'.
        device: where it ran, as shown to the user.
        seconds: of work in all, without pauses; see `BatchNews.elapsed`.
        images_per_second: training pictures seen for each second of training.
        classes: names of the classes at the time.
        weights: the engine's `Weights` that were kept; None when they were not loaded.
        remarks: what the user should know of it, one sentence each; why it failed among them.
        name: what it is called where several ways are compared; '' for none.
        validated: validation pictures that its accuracies were measured on.
        multilabel: pictures had several labels: what is called accuracy here is macro F1; see `measure` in
            the catalog.
    """

    number: int
    options: TrainingOptions
    history: tuple[EpochRow, ...]
    best_epoch: int
    stopped_because: str
    device: str
    seconds: float
    images_per_second: float
    classes: tuple[str, ...]
    weights: object = field(default=None, compare=False, repr=False)
    remarks: tuple[str, ...] = ()
    name: str = ""
    validated: int = 0
    multilabel: bool = False

    @property
    def best(self) -> EpochRow | None:
        """The best epoch; None while there is none."""
        return next((row for row in self.history if row.epoch == self.best_epoch), None)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between which the accuracy of the best epoch lies with 95 % confidence; None where unknown.

        It says how sure so few pictures make it, not that the best of many epochs was chosen on them. Of
        macro F1, which is no share of pictures, it is not known.
        """
        if self.best is None or not self.validated or self.multilabel:
            return None
        return wilson(self.best.val_accuracy, self.validated)

    def continues(self, other: Run) -> bool:
        """Whether this is `other`, which was stopped, gone on with: its epochs begin with the other's."""
        there = other.history
        # As texts, since NaN does not equal itself.
        same = repr(self.history[: len(there)]) == repr(there)
        return other.stopped_because == "stopped" and bool(there) and same


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a run cannot start.

    Attributes:
        what, why, remedy: see `DesignerError`.
        step: name of the page where it is put right; '' for none.
        options: name and value of the training options that put it right.
    """

    what: str
    why: str = ""
    remedy: str = ""
    step: str = ""
    options: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a few batches on a copy tell of a run before it starts.

    Attributes:
        device, reason: where it would run, and why there; '' when that could not be found out.
        problems: why it cannot start; nothing else is known then.
        memory: bytes that it needs.
        memory_found: 'measured' (the most that was held on the GPU), 'rise' (what the process took
            more) or 'estimated' (from the shapes, where that is more than the process took).
        free: bytes of memory that are free for it.
        features_seconds: to compute what the frozen layers give, once for all pictures; 0 where nothing
            is computed ahead.
        epoch_seconds: of an epoch of the first stage once pictures are in memory, where they fit.
        seconds: of the whole run.
        waiting: share of the time of the first epoch that the network waits for pictures, 0 to 1.
        batch_size: a better batch size; None where the chosen one is fine.
        batch_reason: why it is better, in a sentence.
        remarks: what the user should know, one sentence each; what is estimated among them.
    """

    device: str = ""
    reason: str = ""
    problems: tuple[Hindrance, ...] = ()
    memory: int = 0
    memory_found: str = ""
    free: int = 0
    features_seconds: float = 0.0
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    waiting: float = 0.0
    batch_size: int | None = None
    batch_reason: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RateCurve:
    """The losses of a run whose learning rate rises with each step, and the rate that they suggest.

    Attributes:
        rates: base learning rate of each step, rising.
        losses: smoothed loss of each step.
        suggestion: base learning rate to train with; None where the losses fall nowhere.
        diverged: the loss grew so much that it was broken off.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float | None
    diverged: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A training picture as the network gets it, to be looked at.

    Attributes:
        index: its number among the pictures.
        side: of each version, in pixels.
        versions: RGB bytes, row by row: as it is, then as each of some epochs shows it; as it is alone where
            pictures are not altered, and none when it cannot be read.
        why: why it cannot be read; '' when it can.
    """

    index: int
    side: int
    versions: tuple[bytes, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 of one class, 0 to 1, and its number of pictures."""

    name: str
    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True)
class Prediction:
    """The most probable classes of a picture, best first.

    Attributes:
        image: the file.
        top: names and probabilities.
        multilabel: the picture may show several of them.
    """

    image: Path
    top: tuple[tuple[str, float], ...]
    multilabel: bool = False

    @property
    def answers(self) -> tuple[str, ...]:
        """Names of those that the picture is said to show: the first; of several all over 0.5, if any."""
        if self.multilabel:
            return tuple(name for name, probability in self.top if probability > THRESHOLD)
        return tuple(name for name, _ in self.top[:1])


@dataclass(frozen=True, slots=True)
class Report:
    """What evaluation found.

    Attributes:
        accuracy: share of pictures classified right.
        classes: names, in the order of rows and columns.
        confusion: counts, row = truth, column = prediction.
        per_class: one score for each class.
        pictures: paths of the pictures, in order of `truth`, `predicted` and `confidence`.
        truth, predicted: numbers of the classes.
        confidence: probability of the predicted class.
        unreadable: files that were left out.
    """

    accuracy: float
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    per_class: tuple[ClassScore, ...]
    pictures: tuple[Path, ...] = ()
    truth: tuple[int, ...] = ()
    predicted: tuple[int, ...] = ()
    confidence: tuple[float, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parity:
    """How well an ONNX file agrees with torch.

    Attributes:
        images: number of pictures compared.
        batches: batch sizes that were run.
        max_abs_diff: greatest difference of an output.
        scale: greatest absolute output of torch, to which the difference is compared.
        top1_agreement: share of pictures with the same first class.
    """

    images: int
    batches: tuple[int, ...]
    max_abs_diff: float
    scale: float
    top1_agreement: float


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """An ONNX file that was written and proved."""

    path: Path
    opset: int
    ir_version: int
    exporter: str
    bytes: int
    parity: Parity


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of a project that is to be shown with it; a project file does not hold them."""

    report: Report
    exported: ExportedFile
