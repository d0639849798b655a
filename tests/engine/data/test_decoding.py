"""Decoding: the numbers of torchvision's own recipe, and every format as RGB."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms._presets import ImageClassification

from designer.engine.data import check_picture, load_picture, load_pixels, normalise, open_picture
from designer.engine.data.decoding import load_resized
from designer.errors import DataError
from designer.network.preprocessing import Preprocessing

PHOTOS = Path(skimage.data.__file__).parent
RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.mark.parametrize("name", ["chelsea.png", "rocket.jpg", "camera.png", "coffee.png", "retina.jpg"])
@pytest.mark.parametrize(
    "recipe",
    [
        Preprocessing(),
        Preprocessing(resize=232, crop=224),
        Preprocessing(
            resize=236, crop=224, interpolation="bicubic", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)
        ),
        Preprocessing(resize=64, crop=63, interpolation="nearest"),
    ],
    ids=["resnet", "resnet-v2", "bicubic", "nearest"],
)
def test_a_photograph_gives_torchvisions_numbers_bit_for_bit(name, recipe):
    preset = ImageClassification(
        crop_size=recipe.crop,
        resize_size=recipe.resize,
        mean=recipe.mean,
        std=recipe.std,
        interpolation=InterpolationMode(recipe.interpolation),
    )
    wanted = preset(Image.open(PHOTOS / name).convert("RGB"))
    found = load_picture(PHOTOS / name, recipe)
    assert found.dtype == torch.float32
    assert torch.equal(found, wanted)


@pytest.mark.parametrize("size", [(301, 200), (200, 301), (1, 1), (7, 500), (64, 64)])
def test_sizes_round_as_torchvisions(tmp_path, size):
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    recipe = Preprocessing(resize=71, crop=64)
    if max(size) > 8 * min(size):
        assert load_picture(tmp_path / "a.png", recipe).shape == (3, 64, 64)
    else:
        preset = ImageClassification(crop_size=64, resize_size=71)
        assert torch.equal(load_picture(tmp_path / "a.png", recipe), preset(Image.fromarray(pixels)))


def test_a_thread_of_a_picture_is_not_blown_up(tmp_path):
    line = np.zeros((1, 40_000, 3), np.uint8)
    line[:, 19_996:20_004] = 200
    Image.fromarray(line).save(tmp_path / "line.png")
    pixels = load_pixels(tmp_path / "line.png", Preprocessing(resize=256, crop=224))
    assert pixels.shape == (3, 224, 224)
    assert pixels.min() == pixels.max() == 200


def test_bytes_and_normalising_make_the_picture():
    recipe = Preprocessing(resize=40, crop=32)
    pixels = load_pixels(PHOTOS / "coffee.png", recipe)
    assert pixels.dtype == torch.uint8
    by_hand = (
        pixels.numpy() / np.float32(255) - np.array(recipe.mean, np.float32)[:, None, None]
    ) / np.array(recipe.std, np.float32)[:, None, None]
    assert np.allclose(normalise(pixels, recipe).numpy(), by_hand, atol=1e-6)
    assert torch.equal(normalise(pixels[None], recipe)[0], load_picture(PHOTOS / "coffee.png", recipe))


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_normalising_has_the_same_bits_in_any_layout(count, layout):
    recipe = Preprocessing(resize=40, crop=32)
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (count, 3, 5, 7), dtype=np.uint8))
    mean, std = (torch.tensor(values)[:, None, None] for values in (recipe.mean, recipe.std))
    found = normalise(pixels.contiguous(memory_format=layout), recipe)
    assert torch.equal(found, (pixels / 255 - mean) / std)
    assert found.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".gif", ".webp", ".tif", ".ppm", ".jpg"])
def test_every_format_gives_the_same_picture(tmp_path, suffix):
    half = Image.new("RGB", (40, 20), RED)
    half.paste(BLUE, (20, 0, 40, 20))
    path = tmp_path / f"half{suffix}"
    half.save(path, **({"lossless": True} if suffix == ".webp" else {"quality": 100, "subsampling": 0}))
    check_picture(path)
    found = np.asarray(open_picture(path).convert("RGB")).astype(int)
    assert found.shape == (20, 40, 3)
    assert np.abs(found - np.asarray(half)).max() <= (2 if suffix == ".jpg" else 0)


def save(image, path, **options):
    image.save(path, **options)
    return np.asarray(open_picture(path).convert("RGB"))


def test_transparency_is_laid_on_white(tmp_path):
    clear = Image.new("RGBA", (2, 1), (9, 9, 9, 0))
    clear.putpixel((1, 0), (255, 0, 0, 255))
    assert save(clear, tmp_path / "a.png").tolist() == [[[255, 255, 255], [255, 0, 0]]]
    grey = Image.new("LA", (1, 1), (0, 128))
    assert abs(int(save(grey, tmp_path / "b.png")[0, 0, 0]) - 127) <= 1


def test_a_palette_with_a_transparent_colour(tmp_path):
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putpixel((1, 0), 1)
    assert save(picture, tmp_path / "a.png").tolist() == [[[10, 20, 30], [40, 50, 60]]]
    assert save(picture, tmp_path / "b.png", transparency=0).tolist() == [[[255] * 3, [40, 50, 60]]]


def test_sixteen_bits_of_grey_keep_their_range(tmp_path):
    values = np.array([[0, 257, 32_896, 65_535]], np.uint16)
    for name in ("a.png", "a.tif"):
        assert save(Image.fromarray(values), tmp_path / name)[0, :, 0].tolist() == [0, 1, 128, 255]


def test_other_modes(tmp_path):
    assert save(Image.new("L", (1, 1), 77), tmp_path / "l.png").tolist() == [[[77] * 3]]
    assert save(Image.new("1", (1, 1), 1), tmp_path / "1.png").tolist() == [[[255] * 3]]
    assert save(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), tmp_path / "c.jpg")[0, 0].tolist() == [255] * 3
    floats = Image.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32))
    assert save(floats, tmp_path / "f.tif")[0, :, 0].tolist() == [0, 128, 255]


def test_a_camera_on_its_side_is_turned_upright(tmp_path):
    picture = Image.new("RGB", (20, 10), RED)
    exif = Image.Exif()
    exif[274] = 6  # to be turned by 90 degrees clockwise
    assert save(picture, tmp_path / "a.jpg", exif=exif).shape == (20, 10, 3)


def test_the_first_picture_of_a_moving_one(tmp_path):
    frames = [Image.new("RGB", (4, 4), RED), Image.new("RGB", (4, 4), BLUE)]
    found = save(frames[0], tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert found[0, 0].tolist() == list(RED)


def broken_files(folder):
    whole = (PHOTOS / "rocket.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    png = (PHOTOS / "chelsea.png").read_bytes()
    (folder / "cut.png").write_bytes(png[:5000])
    damaged = bytearray(png)
    damaged[9000] ^= 0xFF
    (folder / "damaged.png").write_bytes(bytes(damaged))
    (folder / "text.png").write_text("not a picture")
    (folder / "empty.jpg").write_bytes(b"")
    Image.new("RGB", (50, 50)).save(folder / "whole.bmp")
    (folder / "cut.bmp").write_bytes((folder / "whole.bmp").read_bytes()[:900])
    return ["cut.jpg", "cut.png", "damaged.png", "text.png", "empty.jpg", "cut.bmp", "missing.png"]


def test_broken_files_are_named_with_their_reason(tmp_path):
    reasons = {}
    for name in broken_files(tmp_path):
        with pytest.raises(DataError) as caught:
            check_picture(tmp_path / name)
        assert name in caught.value.what
        assert caught.value.remedy
        reasons[name] = caught.value.why
        with pytest.raises(DataError, match=name):
            load_picture(tmp_path / name, Preprocessing())
    assert reasons["text.png"] == "It is not a picture of a known format."
    assert reasons["empty.jpg"] == "It is empty."
    assert reasons["missing.png"] == "There is no such file."
    assert all("damaged" in reasons[name] for name in ("cut.jpg", "cut.png", "damaged.png", "cut.bmp"))


def test_resized_but_not_cut():
    recipe = Preprocessing(resize=256, crop=224)
    found = load_resized(PHOTOS / "coffee.png", recipe)
    assert found.shape == (3, 256, 384)
    assert torch.equal(found[:, 16:240, 80:304], load_pixels(PHOTOS / "coffee.png", recipe))


def test_a_large_photograph_is_decoded_coarsely_where_it_is_altered_anyway(tmp_path):
    recipe = Preprocessing(resize=64, crop=56)
    photograph = Image.open(PHOTOS / "retina.jpg")
    assert photograph.size == (1411, 1411)
    # 1411 / 8 = 176 is at least twice 64; 1411 / 20 would not be.
    assert open_picture(PHOTOS / "retina.jpg", least=128).size == (177, 177)
    assert open_picture(PHOTOS / "retina.jpg", least=710).size == (1411, 1411)
    exact = photograph.resize((64, 64), Image.Resampling.BILINEAR)
    off = np.abs(load_resized(PHOTOS / "retina.jpg", recipe).permute(1, 2, 0).numpy().astype(int) - exact)
    assert off.mean() < 4
    middle = np.asarray(exact)[4:60, 4:60]
    # Pictures that a network is measured with are never decoded coarsely.
    assert np.array_equal(load_pixels(PHOTOS / "retina.jpg", recipe).permute(1, 2, 0).numpy(), middle)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_coarse_decoding_keeps_kind_and_direction(tmp_path, mode):
    exif = Image.Exif()
    exif[274] = 6
    half = Image.new("RGB", (800, 400), RED)
    half.paste(BLUE, (400, 0, 800, 400))
    half.convert(mode).save(tmp_path / "a.jpg", exif=exif, progressive=True)
    exact = np.asarray(open_picture(tmp_path / "a.jpg").resize((50, 100))).astype(int)
    found = open_picture(tmp_path / "a.jpg", least=50)
    assert found.size == (50, 100)
    assert np.abs(np.asarray(found).astype(int) - exact).mean() < 4
