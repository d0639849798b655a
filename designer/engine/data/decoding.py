"""From a picture file to the tensor that a network takes, by the network's own recipe.

Decoding and resizing are Pillow's: it reads every format alike, and torchvision's published
accuracies were measured with it. The numbers equal those of torchvision's `ImageClassification`
preset bit for bit.

torchvision's JPEG decoder gives the same pixels in nine tenths of the time, which is lost again on the
way to Pillow's resizing; torch's own resizing differs by 1 in a thousandth of the values.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from designer.errors import DataError
from designer.messages import tr
from designer.network.preprocessing import Preprocessing

SUFFIXES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff"),
        *(".ppm", ".pgm", ".pbm", ".pnm"),
    )
)
"""Endings, in small letters, of the files that are taken for pictures."""

FOREIGN = frozenset(
    (".heic", ".heif", ".avif", ".jp2", ".svg", ".psd", ".dng", ".cr2", ".nef", ".arw", ".tga", ".ico")
)
"""Endings of pictures that cannot be read here: listed, so that nobody wonders where they are."""

FORMATS = ("JPEG", "PNG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM")
LONGEST = 8
"""Longest side over shortest beyond which the far ends are cut off before resizing."""
TAIL = 65_536

SPARE = 2
"""How many times finer than needed a JPEG file is decoded at least, where it is decoded coarsely."""

_RESAMPLING = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "nearest": Image.Resampling.NEAREST,
}


def load_picture(path: Path, preprocessing: Preprocessing) -> Tensor:
    """A picture file as the network takes it. Shape: (3, crop, crop), float32.

    Raises:
        DataError: the file cannot be read as a picture; it names the file.
    """
    return normalise(load_pixels(path, preprocessing), preprocessing)


def load_pixels(path: Path, preprocessing: Preprocessing) -> Tensor:
    """A picture file, resized and cut, before scaling. Shape: (3, crop, crop), uint8, 0..255.

    The values of a pixel lie side by side in memory, as the network's fastest layout has them.

    Raises:
        DataError: the file cannot be read as a picture; it names the file.
    """
    return _as_tensor(_centre(open_picture(path), preprocessing))


def load_resized(path: Path, preprocessing: Preprocessing) -> Tensor:
    """A picture file, resized but not cut: what pictures are altered from. Shape: (3, H, W), uint8.

    The short side is `resize`. JPEG files that are more than four times as large are decoded at an
    eighth, a quarter or half of their size, which takes a third of the time and changes the values by
    about 3 of 255 in the mean, at most 4: less than what altering changes, but never done to pictures
    that a network is measured with.

    Raises:
        DataError: the file cannot be read as a picture; it names the file.
    """
    image = _without_far_ends(open_picture(path, least=SPARE * preprocessing.resize))
    size = _resized(image, preprocessing)
    if size != image.size:
        image = image.resize(size, _RESAMPLING[preprocessing.interpolation])
    return _as_tensor(image)


def normalise(pixels: Tensor, preprocessing: Preprocessing) -> Tensor:
    """Scale and normalise. Shape: (..., 3, H, W) uint8 of 0..255 to the same of float32."""
    values = pixels.movedim(-3, -1)
    # A row at a time: three values at a time take three times as long.
    rows = values.flatten(-2).to(torch.float32)
    mean = torch.tensor(preprocessing.mean, device=pixels.device).repeat(values.shape[-2])
    std = torch.tensor(preprocessing.std, device=pixels.device).repeat(values.shape[-2])
    return rows.div_(255).sub_(mean).div_(std).view(values.shape).movedim(-1, -3)


def open_picture(path: Path, *, least: int = 0) -> Image.Image:
    """A picture file as 8-bit RGB or grey, turned upright, transparency laid on white; a GIF's first frame.

    Grey stays grey: it is resized to the same values in a third of the time.

    Args:
        path: the file.
        least: pixels that the short side must have; a larger JPEG file may be decoded at an eighth, a
            quarter or half of its size. 0 for the whole size.

    Raises:
        DataError: the file cannot be read as a picture; it names the file and says why.
    """
    # Whatever a decoder raises on a stranger's file becomes one named error, with its cause kept.
    try:
        with Image.open(path, formats=FORMATS) as image:
            if least:
                short = min(image.size)
                image.draft(None, (least * image.width // short, least * image.height // short))
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            return _plain(image)
    except Exception as error:
        raise _unreadable(path, error) from error


def check_picture(path: Path) -> None:
    """Find out cheaply whether a file is a whole picture: header, checksums or end mark.

    PNG files have checksums; a JPEG file that has its end mark counts as whole; others are decoded.

    Raises:
        DataError: it is not; `why` says what is wrong.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.format == "PNG":
                image.verify()
            elif image.format not in ("JPEG", "MPO") or not _has_end_mark(path):
                image.load()
    except Exception as error:
        raise _unreadable(path, error) from error


def _has_end_mark(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        return b"\xff\xd9" in file.read()


def _unreadable(path: Path, error: Exception) -> DataError:
    if isinstance(error, FileNotFoundError):
        why = tr("There is no such file.")
    elif isinstance(error, PermissionError):
        why = tr("Reading it is not permitted.")
    elif isinstance(error, UnidentifiedImageError):
        why = tr("It is empty.") if path.stat().st_size == 0 else tr("It is not a picture of a known format.")
    else:
        why = tr("It is damaged or incomplete ({cause}).", cause=str(error) or type(error).__name__)
    return DataError(
        tr("The picture '{path}' cannot be read.", path=path),
        why,
        tr("Replace the file, or take it out of the folder."),
    )


def _plain(image: Image.Image) -> Image.Image:
    """In mode RGB or L."""
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep_grey(image)
    if image.has_transparency_data:
        picture = image.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return image if image.mode in ("RGB", "L") else image.convert("RGB")


def _from_deep_grey(image: Image.Image) -> Image.Image:
    """16-bit (or wider) grey to 8 bits, by the range of the type; floats of 0..1, or of 0..255."""
    values = np.asarray(image).astype(np.float64)
    if image.mode == "F":
        scale = 255.0 if values.size and np.nanmax(values) <= 1 else 1.0
    else:
        scale = 1 / 257
    grey = np.clip(np.nan_to_num(values * scale), 0, 255).round().astype(np.uint8)
    return Image.fromarray(grey)


def _as_tensor(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)


def _without_far_ends(image: Image.Image) -> Image.Image:
    """Far ends never reach the crop, and resizing a 1 x 10,000 picture would take gigabytes."""
    width, height = image.size
    short = min(width, height)
    if max(width, height) <= LONGEST * short:
        return image
    width, height = min(width, LONGEST * short), min(height, LONGEST * short)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _resized(image: Image.Image, preprocessing: Preprocessing) -> tuple[int, int]:
    """Width and height once the short side is `resize`, with torchvision's rounding."""
    width, height = image.size
    short = min(width, height)
    return preprocessing.resize * width // short, preprocessing.resize * height // short


def centre_window(width: int, height: int, crop: int) -> tuple[int, int]:
    """Left and top of the central `crop` x `crop`, with torchvision's rounding."""
    return round((width - crop) / 2), round((height - crop) / 2)


def _centre(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """Short side to `resize`, then the central `crop` x `crop`."""
    image = _without_far_ends(image)
    crop, size = preprocessing.crop, _resized(image, preprocessing)
    left, top = centre_window(*size, crop)
    if size != image.size:
        # Not the window alone (`box`): its ends are no exact numbers, which changes values by 1.
        image = image.resize(size, _RESAMPLING[preprocessing.interpolation])
    return image.crop((left, top, left + crop, top + crop))
