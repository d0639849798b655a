"""What a layer or a block is fitted to, and the widths that follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH = 64
"""Channels or features where nothing is known of what comes in."""

CLASSES = 10
"""Classes where the network has none yet."""

_COLOURS = 4
"""Up to so many channels it is a picture itself, whose number of channels says nothing of widths."""


@dataclass(frozen=True, slots=True)
class Around:
    """What there is where a layer or a block is put.

    Attributes:
        shape: shape of what will feed it, without the batch: (C, H, W) of a picture, (L, E) of tokens, or
            (C, L) of a line, (F,) of a list of features; None when it is not known.
        classes: number of classes of the network; 0 when there are none yet.
    """

    shape: tuple[int, ...] | None = None
    classes: int = 0

    @property
    def rank(self) -> int:
        """Number of dimensions without the batch; where nothing is known, that of a picture."""
        return 3 if self.shape is None else len(self.shape)

    @property
    def channels(self) -> int:
        """Size of the first dimension after the batch."""
        return self.shape[0] if self.shape else WIDTH

    @property
    def features(self) -> int:
        """Size of the last dimension."""
        return self.shape[-1] if self.shape else WIDTH

    @property
    def filters(self) -> int:
        """Channels of a convolution's output: as many as come in, so that what follows still fits.

        A picture itself has too few to be a measure.
        """
        return self.channels if self.channels > _COLOURS else WIDTH

    @property
    def scores(self) -> int:
        """Number of outputs of a head."""
        return self.classes or CLASSES

    def sides(self, count: int) -> tuple[int, ...] | None:
        """The last `count` sizes after the channels; None when they are not known."""
        if self.shape is None or len(self.shape) <= count:
            return None
        return self.shape[-count:]


def heads(width: int, of_each: int) -> int:
    """Number of attention heads for `width` features: `of_each` features each, if that goes."""
    return width // of_each if width % of_each == 0 else math.gcd(width, 8)
