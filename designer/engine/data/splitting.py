"""Splitting pictures into those for training and those for validation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designer.errors import DataError
from designer.messages import tr


def split(labels: Sequence[int], share: float, seed: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indices for training and for validation, each sorted, drawn anew in every class.

    Of a class with n pictures round(share * n) go to validation, but at least one to each side where
    n is 2 or more; a single picture goes to training. The draw of a class depends on the seed, the
    class and its number of pictures alone.

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
    validation: list[int] = []
    if share > 0:
        all_labels = np.asarray(labels, dtype=np.int64)
        for label in np.unique(all_labels):
            members = np.flatnonzero(all_labels == label)
            if len(members) > 1:
                count = min(max(int(share * len(members) + 0.5), 1), len(members) - 1)
                order = np.random.default_rng([seed, int(label)]).permutation(len(members))
                validation += members[order[:count]].tolist()
    chosen = set(validation)
    return tuple(i for i in range(len(labels)) if i not in chosen), tuple(sorted(chosen))
