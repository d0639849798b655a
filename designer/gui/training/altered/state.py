"""Which altered pictures are shown, or why none are: pure functions of what is open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from designer.catalog.augmentations import AUGMENTATIONS, alters
from designer.messages import tr
from designer.network.network import Network
from designer.network.preprocessing import Preprocessing
from designer.session.data import ImageData
from designer.session.options import TrainingOptions

PICTURES, EPOCHS = 3, 5
"""How many pictures are shown, and in how many epochs each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown; while it stays the same, nothing is worked out anew.

    Attributes:
        turn: counts how often others were asked for.
        epochs: numbers of the epochs, from 1.
        options: those that say how pictures are altered; all others as they are at first.
    """

    data: ImageData
    preprocessing: Preprocessing
    turn: int
    epochs: tuple[int, ...]
    options: TrainingOptions


@dataclass(frozen=True, slots=True)
class AlteredState:
    """The window as it is shown.

    Attributes:
        wanted: None where there is nothing to show; `text` says why then.
        text: what is seen, or why there is nothing.
    """

    wanted: Wanted | None
    text: str


def resolve(
    network: Network | None, data: ImageData | None, options: TrainingOptions, turn: int
) -> AlteredState:
    """The state of the window; `turn` counts how often others were asked for."""
    if network is None:
        return AlteredState(None, tr("Open a network first: it says how large its pictures are."))
    if data is None:
        return AlteredState(None, tr("Choose pictures first."))
    if not data.training:
        return AlteredState(None, tr("There are no pictures to train on: all are held out for validation."))
    if not alters(options):
        return AlteredState(
            None, tr("Nothing is altered. Choose how under 'Altered pictures' in the options of training.")
        )
    epochs = epochs_of(turn, options.all_epochs)
    text = tr(
        "Training pictures as the network gets them: unaltered, and as the epochs would show them. "
        "Validation takes them unaltered."
    )
    if 1 < options.variants < EPOCHS:
        text += " " + tr(
            "With {count} variants, the same ones come again after {count} epochs.", count=options.variants
        )
    if options.variants == 1:
        text += " " + tr("With one variant, every epoch shows the same.")
    wanted = Wanted(data, network.preprocessing, turn, epochs, altering_part(options))
    return AlteredState(wanted, text)


def altering_part(options: TrainingOptions) -> TrainingOptions:
    """Those options that say how pictures are altered, all others as they are at first."""
    names = (*AUGMENTATIONS, "variants", "seed")
    return replace(TrainingOptions(), **{name: getattr(options, name) for name in names})


def epochs_of(turn: int, all_epochs: int) -> tuple[int, ...]:
    """The epochs that a turn shows, from 1: the next ones, and after the last the first again."""
    count = max(all_epochs, EPOCHS)
    return tuple((turn * EPOCHS + place) % count + 1 for place in range(EPOCHS))
