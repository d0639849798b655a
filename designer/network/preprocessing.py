"""What is done to a picture before the network sees it: part of the document."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from designer.network.reading import number, whole

LARGEST = 4096
"""Pixels on a side: a larger picture would need gigabytes for what a first layer gives."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Recipe from a decoded RGB picture to the network's input.

    The short side is resized to `resize` pixels, the centre `crop` x `crop` is cut out, values are
    scaled from 0..255 to 0..1, then `(value - mean) / std` is taken for each channel.

    Attributes:
        resize: short side after resizing, pixels.
        crop: side of the square that the network gets, pixels.
        interpolation: 'bilinear', 'bicubic' or 'nearest'.
        mean, std: per channel, in units of 0..1.
    """

    resize: int = 256
    crop: int = 224
    interpolation: str = "bilinear"
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)

    def to_json(self) -> dict[str, Any]:
        """The recipe as JSON values."""
        value = asdict(self)
        return {**value, "mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Preprocessing:
        """The recipe that `to_json` wrote. Raises ValueError when it is not one."""
        try:
            mean, std = (tuple(number(v) for v in value[key]) for key in ("mean", "std"))
            if len(mean) != 3 or len(std) != 3 or not all(std):
                raise ValueError("mean and std need three numbers, std none of them 0")
            resize, crop = whole(value["resize"]), whole(value["crop"])
            if value["interpolation"] not in ("bilinear", "bicubic", "nearest"):
                raise ValueError(f"unknown interpolation {value['interpolation']!r}")
            if not 1 <= crop <= resize <= LARGEST:
                raise ValueError(f"crop must lie between 1 and resize, and that be {LARGEST} at most")
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a preprocessing recipe: {error}") from error
        return cls(resize, crop, str(value["interpolation"]), mean, std)
