"""From afar: small boxes merge into blocks, and large networks are drawn by few calls."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from designer.gui.editing.canvas.merging import ROW, THIN, cell_at, merged
from designer.gui.editing.canvas.painting import READABLE, scale_of
from designer.gui.editing.canvas.styling import FOUND
from designer.gui.look.tokens import DARK, LIGHT, contrast
from designer.network.arranging import Rectangle
from designer.session.results import Problem


def test_cells_are_powers_of_two_of_two_pixels_or_so():
    for scale in (0.0147, 0.01, 0.003, 0.0006):
        cell = cell_at(scale)
        assert ROW <= cell * scale < 2 * ROW + 1e-9
        assert cell == 2 ** round(cell).bit_length() / 2


def test_a_chain_is_merged_and_can_be_seen():
    boxes = [(Rectangle(0, n * 94.0, 272, 70), "conv" if n % 3 else "relu") for n in range(5000)]
    scale = 0.002
    cell = cell_at(scale)
    blocks = merged(boxes, cell, lying=False)
    every = [block for found in blocks.values() for block in found]
    # About a block for each two pixels of 5,000 x 94 x 0.002 = 940.
    assert 300 < len(every) < 700
    assert all(block.width * scale >= THIN * 0.99 for block in every)
    assert min(block.y for block in every) <= 0
    assert max(block.bottom for block in every) >= 4999 * 94 + 70
    # Two of three boxes are convolutions: so are most blocks.
    assert len(blocks["conv"]) > len(blocks.get("relu", ()))


@pytest.mark.parametrize("scale", [0.0147, 0.0101, 0.0031, 0.00157, 0.000703, 0.000611])
@pytest.mark.parametrize("exact", [True, False])
def test_a_long_chain_is_seen_without_gaps(qapp, scale, exact):
    boxes = [(Rectangle(0, n * 74.0, 272, 50), "a") for n in range(5000)]
    # The map's cells are as large as its scale makes them, the canvas's are powers of two.
    cell = ROW / scale if exact else cell_at(scale)
    (blocks,) = merged(boxes, cell, lying=False).values()
    image = QImage(8, 500, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("black"))
    painter.drawRects([QRectF(0, 6 + block.y * scale, 8, block.height * scale) for block in blocks])
    painter.end()
    end = min(round(5000 * 74 * scale), 490)
    assert {image.pixelColor(1, y).name() for y in range(8, end)} == {"#000000"}


def test_what_is_far_apart_stays_apart():
    boxes = [(Rectangle(0, at, 272, 50), "a") for at in (0.0, 20_000.0)]
    (blocks,) = merged(boxes, 1024.0, lying=False).values()
    first, second = sorted(blocks, key=lambda block: block.y)
    assert second.y - first.bottom > 17_000


def test_columns_stay_apart():
    boxes = [(Rectangle(x, n * 94.0, 272, 70), str(x)) for n in range(100) for x in (0.0, 5000.0)]
    blocks = merged(boxes, cell_at(0.01), lying=False)
    assert set(blocks) == {"0.0", "5000.0"}
    assert max(b.right for b in blocks["0.0"]) < min(b.x for b in blocks["5000.0"])


def test_a_lying_chain_is_cut_along_its_length():
    boxes = [(Rectangle(n * 300.0, 0, 272, 70), "a") for n in range(1000)]
    blocks = merged(boxes, cell_at(0.004), lying=True)["a"]
    assert len(blocks) > 100
    assert all(block.height * 0.004 >= THIN * 0.99 for block in blocks)


def shot(canvas, scale):
    """What the canvas paints at a scale, as an image of 400 x 300 from the corner of the drawing."""
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.scale(scale, scale)
    area = Rectangle(0, 0, 400 / scale, 300 / scale)
    canvas.view.item.paint_area(painter, area, area, scale)
    painter.end()
    return image


def colours(image):
    found = {}
    for x in range(0, image.width()):
        for y in range(0, image.height()):
            name = image.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
    return found


@pytest.mark.parametrize("scale", [0.3, 0.1, 0.012])
def test_boxes_are_seen_at_every_scale(canvas, scale):
    found = colours(shot(canvas, scale))
    area = sum(r.width * r.height for k, r in canvas.picture.arrangement.rectangles.items())
    inked = sum(count for name, count in found.items() if name != "#ffffff")
    assert inked >= min(area * scale * scale * 0.2, 12)


def test_what_is_found_stands_out_from_afar(canvas):
    plain = colours(shot(canvas, 0.2))
    canvas.find_layers("conv")
    marked = colours(shot(canvas, 0.2))
    assert marked.get(FOUND[False], 0) > 50
    assert FOUND[False] not in plain
    assert contrast(FOUND[False], LIGHT.window) >= 3
    assert contrast(FOUND[True], DARK.window) >= 3


def test_a_problem_is_seen_from_afar_and_on_the_map(canvas, context, facts):
    danger = context.look.colours.danger
    for scale in (0.2, 0.012):
        assert danger not in colours(shot(canvas, scale))
    canvas.update_facts(replace(facts, problems=(Problem("error", "fc", "x"),)))
    for scale in (0.2, 0.012):
        assert colours(shot(canvas, scale)).get(danger, 0) > 3
    canvas.view.zoom_to(2.0)
    minimap = canvas.furniture.minimap
    assert danger in colours(minimap.grab().toImage())


def test_an_overlay_colours_the_blocks(canvas):
    canvas.furniture.overlaying.choose("parameters")
    full = canvas.view.item.style.ramp(1.0)[0].name()
    assert colours(shot(canvas, 0.2)).get(full, 0) > 50
    canvas.furniture.overlaying.choose("")
    assert full not in colours(shot(canvas, 0.2))


def test_a_stretched_drawing_has_blocks_as_wide_as_they_seem():
    boxes = [(Rectangle(0, n * 94.0, 272, 70), "a") for n in range(5000)]
    (blocks,) = merged(boxes, 512.0, lying=False, stretch=100.0).values()
    # 512 / 1.5 x 4 would be 1,365; it is shown 100 times wider, where 272 are wide enough.
    assert {block.width for block in blocks} == {272.0}


def test_at_the_least_scale_text_is_there_wherever_one_has_scrolled_to():
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for by in range(1, 400, 7):
        painter.setTransform(
            QTransform.fromScale(READABLE, READABLE) * QTransform.fromTranslate(-by, -3.7 * by)
        )
        assert scale_of(painter) == READABLE
    painter.end()


def test_an_overlays_colour_is_seen_on_a_selected_block(canvas, selection):
    style = canvas.view.item.style
    selected = style.selected_fill.color().name()
    selection.select(["block.conv"])
    assert colours(shot(canvas, 0.2)).get(selected, 0) > 50
    # It has the most parameters.
    canvas.furniture.overlaying.choose("parameters")
    found = colours(shot(canvas, 0.2))
    assert found.get(style.ramp(1.0)[0].name(), 0) > 50
    assert selected not in found
    assert style.colours.accent in found
