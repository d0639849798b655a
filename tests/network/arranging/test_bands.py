"""Bands: what is cut, and where."""

from __future__ import annotations

from designer.network.arranging import Sized, arrange
from designer.network.arranging.bands import ABOUT, MANY, in_bands, is_band

from .checking import check


def chain(count, frame=""):
    boxes = [Sized(f"l{n}", 100, 40, frame) for n in range(count)]
    edges = [(f"l{n}", f"l{n + 1}") for n in range(count - 1)]
    return boxes, edges + [(f"l{n}", f"l{n + 7}") for n in range(0, count - 7, 10)]


def test_what_is_not_large_is_left_as_it_is():
    boxes, edges = chain(MANY)
    assert in_bands(boxes, edges) == tuple(boxes)


def test_a_band_ends_where_few_lines_pass():
    boxes, edges = chain(1_000, "f")
    found = in_bands([Sized("f", is_frame=True), *boxes], edges)
    bands = [box for box in found if is_band(box)]
    assert all(band.frame == "f" and band.is_frame for band in bands)
    sizes = [sum(box.frame == band.key for box in found) for band in bands]
    assert sum(sizes) == 1_000
    assert min(sizes) >= ABOUT
    assert max(sizes) <= 2 * ABOUT
    at = {box.key: box.frame for box in found}
    for source, target in edges:
        if int(target[1:]) - int(source[1:]) == 7:
            assert at[source] == at[target], "a skip connection is cut though few lines pass near by"


def test_what_comes_after_stands_in_the_same_band_or_a_later_one():
    boxes, edges = chain(900)
    found = in_bands(boxes[::-1], edges)
    order = {box.key: n for n, box in enumerate(box for box in found if is_band(box))}
    at = {box.key: order[box.frame] for box in found if box.frame}
    assert all(at[source] <= at[target] for source, target in edges)


def test_bands_are_not_seen():
    boxes, edges = chain(1_000)
    found = arrange(boxes, edges)
    check(boxes, edges, found)
    assert {round(r.x) for r in found.rectangles.values()} == {0}
    gaps = {
        round(found.rectangles[b].y - found.rectangles[a].bottom)
        for a, b in edges
        if int(b[1:]) - int(a[1:]) == 1
    }
    assert max(gaps) <= 60


def test_one_layer_of_many_boxes_is_one_band():
    boxes = [Sized("in", 100, 40), *(Sized(f"b{n}", 100, 40) for n in range(450))]
    found = in_bands(boxes, [("in", f"b{n}") for n in range(450)])
    assert len({box.frame for box in found if box.key.startswith("b")}) == 1
