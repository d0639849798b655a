"""What of a session its project file keeps, and whether it is still the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import Run


class Stamp(NamedTuple):
    """By what one sees that a file has been written anew: nanoseconds since 1970, and bytes."""

    modified: int
    size: int


@dataclass(frozen=True, eq=False)
class Savable:
    """What there is to save at one moment; see `Session` for its parts."""

    network: Network
    weights: object
    data: ImageData | None
    training_options: TrainingOptions
    export_options: ExportOptions
    runs: tuple[Run, ...]

    def same_as(self, other: Savable) -> bool:
        """Whether saving one is saving the other.

        Networks and options are compared by value, so that what was undone is as it was. Layers that no edit
        has touched are the same objects in both networks: this is quick. What no edit makes (weights,
        pictures, runs) is compared by identity.
        """
        return (
            self.weights is other.weights
            and self.data is other.data
            and self.runs is other.runs
            and self.training_options == other.training_options
            and self.export_options == other.export_options
            and self.network == other.network
        )
