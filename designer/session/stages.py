"""Stages of training: first these layers learn, then more of them, each time at a rate of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from designer.errors import DesignerError
from designer.messages import tr
from designer.network.reading import number, text, truth, whole

ALL = "*"
"""In `Stage.unfrozen`: every layer learns."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run.

    Attributes:
        name: what the user sees.
        epochs: passes over the training pictures in this stage.
        learning_rate: base rate of this stage.
        unfrozen: ids of layers that learn in this stage although the network freezes them; `ALL` for
            every layer. What the network does not freeze learns in every stage.
        still_norms: batch normalization that the network freezes stays frozen all the same. With the
            statistics of a few pictures instead of those that were learned, all layers behind it get
            something else at once, which a low rate cannot make up for.
    """

    name: str
    epochs: int
    learning_rate: float
    unfrozen: tuple[str, ...] = ()
    still_norms: bool = False

    def check(self) -> None:
        """Raise DesignerError when a number is out of bounds."""
        if (
            isinstance(self.epochs, int)
            and 1 <= self.epochs <= 100_000
            and 1e-12 <= self.learning_rate <= 1_000
        ):
            return
        raise DesignerError(
            tr("The stage '{name}' cannot be trained.", name=self.name),
            tr("It has {epochs} epochs at a rate of {rate}.", epochs=self.epochs, rate=self.learning_rate),
            tr("Give it at least one epoch, and a rate between 1e-12 and 1000."),
        )

    def to_json(self) -> dict[str, Any]:
        """The stage as JSON values."""
        return {**asdict(self), "unfrozen": list(self.unfrozen)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The stage that `to_json` wrote. Raises KeyError, TypeError or ValueError."""
        return cls(
            text(value["name"]),
            whole(value["epochs"]),
            number(value["learning_rate"]),
            tuple(text(layer) for layer in value.get("unfrozen", ())),
            truth(value.get("still_norms", False)),
        )


def stages_from_json(values: Any) -> tuple[Stage, ...]:
    """A list of stages. Raises KeyError, TypeError or ValueError."""
    if not isinstance(values, list | tuple):
        raise TypeError("stages are no list")
    return tuple(Stage.from_json(value) for value in values)
