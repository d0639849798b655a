"""Splitting pictures into those for training and those for validation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from designer.errors import DataError
from designer.messages import tr
from designer.session.data import Label


def split(labels: Sequence[Label], share: float, seed: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indices for training and for validation, each sorted, drawn anew in every class.

    Of a class with n pictures round(share * n) go to validation, but at least one to each side where
    n is 2 or more; a single picture goes to training. The draw of a class depends on the seed, the
    class and its number of pictures alone.

    Where pictures have several labels these numbers cannot all be met; see `_shared_out`.

    Raises:
        DataError: the share does not lie between 0 and 1 (1 excluded), or the seed is negative.
    """
    if not 0 <= share < 1:
        raise DataError(
            tr("{share} is not a share for validation.", share=share),
            tr("It must lie between 0 and 1."),
            tr("Choose 0.2 to keep a fifth of the pictures for validation."),
        )
    if seed < 0:
        raise DataError(
            tr("The seed of the split cannot be {seed}.", seed=seed),
            tr("It must be 0 or greater."),
            tr("Choose another seed."),
        )
    several = [label for label in labels if isinstance(label, tuple)]
    if several:
        validation = _shared_out(several, share, seed)
    else:
        validation = _drawn(labels, share, seed)
    chosen = set(validation)
    return tuple(i for i in range(len(labels)) if i not in chosen), tuple(sorted(chosen))


def _wanted(count: int, share: float) -> int:
    """How many of so many pictures go to validation."""
    return min(max(int(share * count + 0.5), 1), count - 1) if share > 0 and count > 1 else 0


def _drawn(labels: Sequence[Label], share: float, seed: int) -> list[int]:
    validation: list[int] = []
    all_labels = np.asarray(labels, dtype=np.int64)
    for label in np.unique(all_labels):
        members = np.flatnonzero(all_labels == label)
        order = np.random.default_rng([seed, int(label)]).permutation(len(members))
        validation += members[order[: _wanted(len(members), share)]].tolist()
    return validation


def _shared_out(labels: Sequence[tuple[int, ...]], share: float, seed: int) -> list[int]:
    """Indices for validation, so that each class has about its share there: iterative stratification.

    The pictures of the rarest class that still has pictures to be shared out go first, in an order drawn
    by the seed; each to the side that lacks most pictures of that class, then most pictures in all. Those
    that show no class come last. A class never has pictures in validation alone.

    Source: Sechidis, Tsoumakas and Vlahavas, On the stratification of multi-label data, 2011.
    """
    classes = max((max(shown) for shown in labels if shown), default=-1) + 1
    shows = np.zeros((len(labels), classes + 1), bool)
    for index, shown in enumerate(labels):
        # The last column stands for all pictures.
        shows[index, [*shown, classes]] = True
    counts = shows.sum(axis=0)
    held_out = np.array([_wanted(int(count), share) for count in counts])
    lacking = np.stack([counts - held_out, held_out])
    order = np.random.default_rng(seed).permutation(len(labels))
    left = shows[order]
    validation: list[int] = []
    while left[:, classes].any():
        rest = left.sum(axis=0)
        rest[classes] = len(labels) + 1
        label = int(np.where(rest > 0, rest, len(labels) + 2).argmin())
        for place in np.flatnonzero(left[:, label]):
            needs = [(int(side[label]), int(side[classes])) for side in lacking]
            side = int(needs[1] > needs[0])
            if side:
                validation.append(int(order[place]))
            lacking[side] -= left[place]
            left[place] = False
    return _with_training(shows[:, :classes], validation)


def _with_training(shows: NDArray[np.bool_], validation: list[int]) -> list[int]:
    """Take a picture of each class that would have none for training out of validation."""
    training = np.ones(len(shows), bool)
    training[validation] = False
    for label in range(shows.shape[1]):
        members = np.flatnonzero(shows[:, label])
        if len(members) and not training[members].any():
            training[members[0]] = True
    return np.flatnonzero(~training).tolist()
