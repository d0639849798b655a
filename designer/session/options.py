"""Options of the steps, as frozen values that are saved with the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from designer.errors import DesignerError
from designer.messages import tr
from designer.network.reading import number, text, truth, whole

WHOLE = ("epochs", "batch_size", "seed", "check_pictures")
"""Options that are whole numbers."""

_READERS: dict[str, Callable[[Any], Any]] = {
    "int": whole,
    "float": number,
    "str": text,
    "bool": truth,
    "int | None": lambda value: None if value is None else whole(value),
}
"""How options are read from JSON values, by their type."""


class _FromJson:
    """Options to and from JSON values; unknown keys are left out, missing ones take defaults."""

    def to_json(self) -> dict[str, Any]:
        """The options as JSON values."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The options that `to_json` wrote. Raises TypeError or ValueError where one is none."""
        known = {field.name: _READERS[str(field.type)] for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: known[name](v) for name, v in value.items() if name in known})


@dataclass(frozen=True, slots=True)
class TrainingOptions(_FromJson):
    """How to train.

    Attributes:
        epochs: passes over the training pictures.
        batch_size: pictures for each step.
        learning_rate: base rate; a layer's factor multiplies it.
        optimizer: key of the table of optimizers ('AdamW', 'Adam', 'SGD').
        momentum: of SGD.
        weight_decay: of weights; biases and normalization are left out.
        schedule: key of the table of schedules ('cosine', 'constant').
        device: 'auto', 'cpu', 'cuda' or 'mps'.
        precision: 'auto' (mixed on CUDA), 'full' or 'mixed'.
        seed: of initial weights, order and dropout.
        keep: 'best' (highest validation accuracy, then lowest loss) or 'last' weights.
        cache_features: compute the output of a frozen backbone once.
    """

    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 1e-3
    optimizer: str = "AdamW"
    momentum: float = 0.9
    weight_decay: float = 1e-4
    schedule: str = "cosine"
    device: str = "auto"
    precision: str = "auto"
    seed: int = 0
    keep: str = "best"
    cache_features: bool = True

    def check(self) -> None:
        """Raise DesignerError when a number is out of bounds."""
        bounds = (
            ("epochs", 1, 100_000),
            ("batch_size", 1, 65_536),
            ("learning_rate", 1e-12, 1_000),
            ("momentum", 0, 0.9999),
            ("weight_decay", 0, 10),
            ("seed", 0, 2**63 - 1),
        )
        _check_bounds(self, bounds)


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


def _check_bounds(options: object, bounds: Iterable[tuple[str, float, float]]) -> None:
    for name, low, high in bounds:
        value = getattr(options, name)
        if name in WHOLE and not isinstance(value, int):
            why, remedy = tr("It must be a whole number."), tr("Give such a number.")
        elif not isinstance(value, int | float) or not low <= value <= high:
            why = tr("It must lie between {low} and {high}.", low=low, high=high)
            remedy = tr("Give a number in between.")
        else:
            continue
        what = tr("{name} cannot be {value}.", name=name.replace("_", " "), value=value)
        raise DesignerError(what, why, remedy)
