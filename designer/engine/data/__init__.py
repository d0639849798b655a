"""Data: reading a folder of pictures, splitting it, and turning pictures into what a network takes."""

from designer.engine.data.decoding import (
    SUFFIXES,
    check_picture,
    load_picture,
    load_pixels,
    normalise,
    open_rgb,
)
from designer.engine.data.folder import read_folder, resplit
from designer.engine.data.pictures import Batch, Pictures

__all__ = [
    "SUFFIXES",
    "Batch",
    "Pictures",
    "check_picture",
    "load_picture",
    "load_pixels",
    "normalise",
    "open_rgb",
    "read_folder",
    "resplit",
]
