"""Data: reading a folder of pictures, splitting it, and turning pictures into what a network takes."""

from designer.engine.data.augmenting import augmenting_of
from designer.engine.data.decoding import (
    SUFFIXES,
    check_picture,
    load_picture,
    load_pixels,
    normalise,
    open_picture,
)
from designer.engine.data.examples import drawn, examples
from designer.engine.data.folder import read_folder, resplit
from designer.engine.data.loading import Loader
from designer.engine.data.pictures import UNALTERED, Batch, Key, Pictures

__all__ = [
    "SUFFIXES",
    "UNALTERED",
    "Batch",
    "Key",
    "Loader",
    "Pictures",
    "augmenting_of",
    "check_picture",
    "drawn",
    "examples",
    "load_picture",
    "load_pixels",
    "normalise",
    "open_picture",
    "read_folder",
    "resplit",
]
