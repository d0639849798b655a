"""The table of sample data sets, made on the user's own disk from what comes with the program."""

from __future__ import annotations

from dataclasses import dataclass

from designer.catalog.rows import row_of
from designer.errors import DataError
from designer.messages import tr


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample data set.

    Attributes:
        key: name of the sample and of its folder.
        title, description: what the user sees.
        pictures: how many there are.
        classes: names of its classes.
        side: width and height of a picture, pixels.
        licence: what it may be used under.
        source: where it comes from.
    """

    key: str
    title: str
    description: str
    pictures: int
    classes: tuple[str, ...]
    side: int
    licence: str
    source: str


_ROWS = (
    Sample(
        "digits",
        "Handwritten digits",
        "1,797 real handwritten digits, 8 by 8 pixels each, enlarged to 64 by 64.",
        1797,
        tuple("0123456789"),
        64,
        "CC BY 4.0",
        "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning "
        "Repository, 1998, https://doi.org/10.24432/C50P49; as it comes with scikit-learn.",
    ),
)

SAMPLES = {row.key: row for row in _ROWS}
"""All samples by key, in the order that the user sees."""


def sample(key: str) -> Sample:
    """The row of that key.

    Raises:
        DataError: there is none; it names those that there are.
    """
    return row_of(SAMPLES, key, tr("There is no sample '{key}'.", key=key), DataError)
