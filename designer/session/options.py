"""Options of the steps, as frozen values that are saved with the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from designer.errors import DesignerError
from designer.messages import tr
from designer.network.reading import number, text, truth, whole
from designer.session.stages import Stage, stages_from_json

_READERS: dict[str, Callable[[Any], Any]] = {
    "int": whole,
    "float": number,
    "str": text,
    "bool": truth,
    "int | None": lambda value: None if value is None else whole(value),
    "tuple[Stage, ...]": stages_from_json,
}
"""How options are read from JSON values, by their type."""


class _FromJson:
    """Options to and from JSON values; unknown keys are left out, missing ones take defaults."""

    def to_json(self) -> dict[str, Any]:
        """The options as JSON values."""
        return {name: _plain(value) for name, value in asdict(self).items()}  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The options that `to_json` wrote. Raises TypeError or ValueError where one is none."""
        known = {field.name: _READERS[str(field.type)] for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: known[name](v) for name, v in value.items() if name in known})


def _plain(value: Any) -> Any:
    """JSON has no tuples; a document must equal what is read back."""
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, tuple | list) else value


@dataclass(frozen=True, slots=True)
class TrainingOptions(_FromJson):
    """How to train.

    Attributes:
        epochs: passes over the training pictures, where there are no stages.
        batch_size: pictures for each batch.
        accumulate: batches whose gradients are added up for each step.
        learning_rate: base rate, where there are no stages; a layer's factor multiplies it.
        stages: parts of the run with layers and a rate of their own; none for one part.
        optimizer: key of the table of optimizers.
        momentum: of optimizers that have one.
        nesterov: look ahead by the momentum before the gradient is taken.
        beta1: how much of the running mean of gradients is kept, of optimizers that have one.
        beta2: how much of the running mean of squared gradients is kept, of optimizers that have one.
        weight_decay: pulls weights towards zero.
        spare_biases: biases and normalization do not decay.
        schedule: key of the table of schedules.
        warmup_epochs: epochs in which the rate rises to its full value.
        step_epochs: epochs between two steps of the schedule 'step'.
        plateau_epochs: epochs without progress after which the schedule 'plateau' lowers the rate.
        decay_factor: what the schedules 'step' and 'plateau' multiply the rate with.
        loss: key of the table of losses.
        label_smoothing: share of the target that is spread over all classes.
        focal_gamma: how strongly the focal loss passes over what is told apart already.
        class_weights: 'none', or 'balanced' (rare classes count more; of several labels those that are rare).
        clip_gradients: greatest norm of all gradients together; 0 for no limit.
        average_weights: share of the running mean of weights that each step keeps; 0 for no mean.
        early_stopping: epochs without progress after which training ends; 0 for never.
        minimum_change: of the validation loss, below which it counts as no progress.
        keep: 'best' (highest validation accuracy or macro F1, then lowest loss) or 'last' weights.
        from_scratch: layers begin with fresh weights instead of the network's.
        cache_features: compute the output of a frozen backbone once, and keep it for later runs.
        flip: mirror training pictures left to right, half of them.
        flip_vertical: turn training pictures upside down, half of them.
        crop: greatest share of its area that is cut away from a training picture.
        rotation: greatest angle that training pictures are turned by, in degrees.
        colour: greatest share by which brightness, contrast and saturation are changed.
        variants: altered versions of each training picture where a frozen backbone is computed ahead; 0 to
            alter anew and compute in each epoch.
        device: 'auto', 'cpu', 'cuda' or 'mps'.
        precision: 'auto' (mixed where it is clearly faster), 'full' or 'mixed'.
        devices: GPUs of this computer that train together, a process each, or on the CPU so many processes; 0
            for all GPUs.
        sync_batch_norm: batch normalization over the pictures of all GPUs, not of each for itself.
        compile: let torch compile what is trained; where that fails it is trained as it is.
        seed: of initial weights, order and dropout.
        custom: a Python file with a loss, an optimizer or a step of one's own; '' for none.
        checkpoint_minutes: longest time between two checkpoints; one is made after each epoch too.
        tensorboard: a folder for TensorBoard event files; '' for none.
    """

    epochs: int = 10
    batch_size: int = 32
    accumulate: int = 1
    learning_rate: float = 1e-3
    stages: tuple[Stage, ...] = ()
    optimizer: str = "AdamW"
    momentum: float = 0.9
    nesterov: bool = False
    beta1: float = 0.9
    beta2: float = 0.999
    weight_decay: float = 1e-4
    spare_biases: bool = True
    schedule: str = "cosine"
    warmup_epochs: float = 0.0
    step_epochs: int = 10
    plateau_epochs: int = 5
    decay_factor: float = 0.1
    loss: str = "cross_entropy"
    label_smoothing: float = 0.0
    focal_gamma: float = 2.0
    class_weights: str = "none"
    clip_gradients: float = 0.0
    average_weights: float = 0.0
    early_stopping: int = 0
    minimum_change: float = 0.0
    keep: str = "best"
    from_scratch: bool = False
    cache_features: bool = True
    flip: bool = False
    flip_vertical: bool = False
    crop: float = 0.0
    rotation: float = 0.0
    colour: float = 0.0
    variants: int = 4
    device: str = "auto"
    precision: str = "auto"
    devices: int = 1
    sync_batch_norm: bool = False
    compile: bool = False
    seed: int = 0
    custom: str = ""
    checkpoint_minutes: float = 10.0
    tensorboard: str = ""

    @property
    def parts(self) -> tuple[Stage, ...]:
        """The stages; where there are none, the whole run as one."""
        return self.stages or (Stage("", self.epochs, self.learning_rate),)

    @property
    def all_epochs(self) -> int:
        """Epochs of all stages together."""
        return sum(stage.epochs for stage in self.parts)

    def check(self) -> None:
        """Raise DesignerError when a number is out of bounds."""
        _check_bounds(self, ((name, *bounds) for name, bounds in BOUNDS.items()))
        for stage in self.stages:
            stage.check()


BOUNDS: dict[str, tuple[float, float]] = {
    "epochs": (1, 100_000),
    "batch_size": (1, 65_536),
    "accumulate": (1, 65_536),
    "learning_rate": (1e-12, 1_000),
    "momentum": (0, 0.9999),
    "beta1": (0, 0.9999),
    "beta2": (0, 0.999999),
    "weight_decay": (0, 10),
    "warmup_epochs": (0, 100_000),
    "step_epochs": (1, 100_000),
    "plateau_epochs": (1, 100_000),
    "decay_factor": (1e-6, 1),
    "label_smoothing": (0, 0.99),
    "focal_gamma": (0, 20),
    "clip_gradients": (0, 1e9),
    "average_weights": (0, 0.999999),
    "early_stopping": (0, 100_000),
    "minimum_change": (0, 1_000),
    "crop": (0, 0.95),
    "rotation": (0, 180),
    "colour": (0, 1),
    "variants": (0, 64),
    "devices": (0, 64),
    "seed": (0, 2**63 - 1),
    "checkpoint_minutes": (0.1, 1_440),
}
"""Lowest and highest value of each number among the options of training, both allowed."""


@dataclass(frozen=True, slots=True)
class ExportOptions(_FromJson):
    """How to export.

    Attributes:
        opset: ONNX opset; None lets the exporter choose.
        embed_preprocessing: take pictures as 0..255 values; scaling and normalization go into the
            file.
        check_pictures: how many pictures the file is compared on, at most.
    """

    opset: int | None = None
    embed_preprocessing: bool = False
    check_pictures: int = 16

    def check(self) -> None:
        """Raise DesignerError when a number is out of bounds."""
        _check_bounds(self, (("check_pictures", 0, 10_000),))


def _check_bounds(options: Any, bounds: Iterable[tuple[str, float, float]]) -> None:
    whole_numbers = {field.name for field in fields(options) if field.type == "int"}
    for name, low, high in bounds:
        value = getattr(options, name)
        if name in whole_numbers and not isinstance(value, int):
            why, remedy = tr("It must be a whole number."), tr("Give such a number.")
        elif not isinstance(value, int | float) or not low <= value <= high:
            why = tr("It must lie between {low} and {high}.", low=low, high=high)
            remedy = tr("Give a number in between.")
        else:
            continue
        shown = f"{value:g}" if isinstance(value, float) else value
        what = tr("The option '{name}' cannot be {value}.", name=name.replace("_", " "), value=shown)
        raise DesignerError(what, why, remedy)
