"""The table of augmentations: how training pictures are altered, so that no two epochs show the same."""

from __future__ import annotations

from dataclasses import dataclass

from designer.session.options import TrainingOptions


@dataclass(frozen=True, slots=True)
class Augmentation:
    """A way of altering pictures.

    Attributes:
        key: field of `TrainingOptions` that says how strongly; at 0 (or False) nothing is altered.
        title: what the user sees.
        help: what is done, with its chance.
    """

    key: str
    title: str
    help: str


_ROWS = (
    Augmentation("flip", "Flip left to right", "Mirrors every second picture, by chance."),
    Augmentation(
        "flip_vertical", "Flip upside down", "Turns every second picture's top to its bottom, by chance."
    ),
    Augmentation(
        "crop",
        "Cut away up to",
        "Shows a square from any place of the picture, smaller than the network's own by up to this share "
        "of its area, and enlarges it.",
    ),
    Augmentation(
        "rotation",
        "Turn up to (degrees)",
        "Turns pictures to either side by up to so many degrees. Corners that were outside take the mean "
        "colour.",
    ),
    Augmentation(
        "colour",
        "Change colours up to",
        "Multiplies brightness, contrast and saturation, each by 1 plus or minus up to this share.",
    ),
)

AUGMENTATIONS = {row.key: row for row in _ROWS}
"""All augmentations by key, in the order of the panel."""


def alters(options: TrainingOptions) -> bool:
    """True when training pictures are altered."""
    return any(getattr(options, key) for key in AUGMENTATIONS)
