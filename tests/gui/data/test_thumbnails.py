from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtGui import QColor

from designer.errors import Cancelled
from designer.gui.data.thumbnails import Thumbnail, decode, thumbnails
from designer.progress import Recording


def colour(image, x, y) -> tuple[int, int, int]:
    return QColor(image.pixel(x, y)).toTuple()[:3]


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "webp", "tif"])
def test_every_format_is_decoded_in_its_colours(tmp_path, suffix):
    file = tmp_path / f"red.{suffix}"
    Image.new("RGB", (300, 150), (220, 30, 40)).save(file)
    small = decode(file, 60)
    assert (small.width(), small.height()) == (60, 30)
    assert colour(small, 30, 15) == pytest.approx((220, 30, 40), abs=6)


def test_a_small_picture_is_not_enlarged(tmp_path):
    Image.new("L", (8, 8), 77).save(tmp_path / "digit.png")
    small = decode(tmp_path / "digit.png", 112)
    assert (small.width(), small.height()) == (8, 8)
    assert colour(small, 4, 4) == (77, 77, 77)


def test_a_photograph_is_turned_upright(tmp_path):
    picture = Image.new("RGB", (60, 30), (0, 0, 255))
    picture.paste((255, 0, 0), (0, 0, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    picture.save(tmp_path / "turned.png", exif=exif)
    small = decode(tmp_path / "turned.png", 60)
    assert (small.width(), small.height()) == (30, 60)
    assert colour(small, 15, 5) == (255, 0, 0)
    assert colour(small, 15, 55) == (0, 0, 255)


def test_sixteen_bit_grey_is_not_washed_out(tmp_path):
    Image.new("I;16", (10, 10), 32896).save(tmp_path / "deep.png")
    assert colour(decode(tmp_path / "deep.png", 10), 5, 5) == pytest.approx((128, 128, 128), abs=1)


def test_transparency_stays(tmp_path):
    Image.new("RGBA", (10, 10), (10, 20, 30, 0)).save(tmp_path / "clear.png")
    assert decode(tmp_path / "clear.png", 10).pixelColor(5, 5).alpha() == 0


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n cut short"])
def test_what_cannot_be_read_gives_an_empty_picture(tmp_path, content):
    file = tmp_path / "bad.png"
    file.write_bytes(content)
    assert decode(file, 50).isNull()
    assert decode(tmp_path / "absent.png", 50).isNull()


def test_the_step_reports_each_in_order_and_can_be_cancelled(tmp_path):
    paths = [tmp_path / f"{n}.png" for n in range(5)]
    for path in paths:
        Image.new("RGB", (4, 4)).save(path)
    progress = Recording()
    thumbnails(paths, 10)(progress)
    assert [news.path for news in progress.news] == paths
    assert all(isinstance(news, Thumbnail) for news in progress.news)
    cancelled = Recording(cancel_after=3)
    with pytest.raises(Cancelled):
        thumbnails(paths, 10)(cancelled)
    assert len(cancelled.news) == 2
