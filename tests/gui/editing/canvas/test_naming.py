"""Names of groups from afar: readable wherever they stand, never on one another."""

from __future__ import annotations

import itertools

import pytest

from designer.gui.editing.canvas.naming import SIZES, collapsed, names
from designer.gui.editing.canvas.picture import Picture
from designer.network.arranging import Arrangement, Rectangle
from designer.network.groups import GROUP, Box, Frame, View


def wide(text: str, size: int) -> float:
    """Every letter as wide as 0.6 of its size."""
    return len(text) * size * 0.6


def picture(frames, boxes):
    """Frames and collapsed groups at given places; the path says what stands in what."""
    paths = set(frames)

    def around(path):
        while path := path.rpartition(".")[0]:
            if path in paths:
                return path
        return ""

    view = View(
        tuple(Box(GROUP + path if path.startswith("g") else path, around(path), (path,)) for path in boxes),
        tuple(Frame(path, around(path), (path,)) for path in frames),
        (),
        {},
    )
    where = {GROUP + path: Rectangle(*r) for path, r in frames.items()}
    where |= {GROUP + path if path.startswith("g") else path: Rectangle(*r) for path, r in boxes.items()}
    width = max(r.right for r in where.values())
    height = max(r.bottom for r in where.values())
    return Picture(view, Arrangement(where, (), width, height))


def written(shown, scale, seen=None):
    room = 500 / scale
    whole = Rectangle(-room, -room, shown.arrangement.width + 2 * room, shown.arrangement.height + 2 * room)
    return {name.text: name for name in names(shown, collapsed(shown), seen or whole, scale, wide)}


def test_the_outer_name_gives_way_to_inner_ones_that_can_be_read():
    frames = {"a": (0, 0, 4000, 4000), "a.b": (100, 100, 3800, 1800), "a.c": (100, 2000, 3800, 1800)}
    shown = picture(frames, {})
    assert set(written(shown, 0.1)) == {"a.b", "a.c"}
    # 1,800 x 0.005 are 9 pixels: too low for a name.
    assert set(written(shown, 0.005)) == {"a"}


def test_a_name_grows_with_its_group_and_stays_in_it():
    shown = picture({"group": (0, 0, 5000, 5000)}, {})
    sizes = [written(shown, scale)["group"].size for scale in (0.008, 0.03, 0.1)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == SIZES[-1]
    place = written(shown, 0.1)["group"].place
    assert place.x >= 0
    assert place.right <= 5000


def test_a_name_stands_beside_a_group_that_is_narrow():
    frames = {f"stage{n}": (0, n * 20_000, 300, 19_000) for n in range(5)}
    found = written(picture(frames, {}), 0.003)
    assert set(found) == set(frames)
    assert all(name.place.x >= 300 for name in found.values())


def test_a_name_stands_beside_a_group_rather_than_over_its_boxes():
    boxes = {f"x{n}": (100, 100 + 94 * n, 272, 70) for n in range(40)}
    shown = picture({"features": (0, 0, 700, 4000)}, boxes)
    seen = Rectangle(-1500, 1000, 3900, 2000)
    assert written(shown, 0.25, seen)["features"].place.x >= 700
    across = {f"x{n}": (100 + 294 * n, 100, 272, 70) for n in range(40)}
    low = picture({"features": (0, 0, 12_000, 400)}, across)
    assert written(low, 0.25, Rectangle(1000, -1500, 2300, 3000))["features"].place.y >= 400
    # No room beside it in what is seen: over its boxes after all.
    narrow = Rectangle(-10, 1000, 720, 2000)
    place = written(shown, 0.25, narrow)["features"].place
    assert place.x >= 0
    assert place.right <= 700


def test_a_name_stands_left_where_something_lies_right():
    shown = picture({"aux": (3000, 0, 300, 6000)}, {"x": (3320, 0, 3000, 6000)})
    place = written(shown, 0.03)["aux"].place
    assert place.right <= 3000


def test_a_name_stands_below_a_group_that_is_low():
    frames = {f"stage{n}": (n * 20_000, 0, 19_000, 300) for n in range(5)}
    found = written(picture(frames, {}), 0.005)
    assert set(found) == set(frames)
    assert all(name.place.y >= 300 for name in found.values())


def test_a_name_stays_in_what_is_seen_of_its_group():
    shown = picture({"a": (0, 0, 4000, 40_000)}, {})
    seen = Rectangle(0, 30_000, 4000, 2000)
    place = written(shown, 0.2, seen)["a"].place
    assert place.y >= 30_000
    assert place.bottom <= 32_000


def test_collapsed_groups_have_their_names():
    found = written(
        picture({}, {"group1": (0, 0, 272, 70), "group2": (0, 94, 272, 70), "conv": (0, 188, 272, 70)}), 0.3
    )
    assert set(found) == {"group1", "group2"}


@pytest.mark.parametrize("scale", [0.3, 0.1, 0.03, 0.01, 0.003, 0.001])
def test_no_name_lies_on_another(scale):
    frames = {}
    for stage, block in itertools.product(range(6), range(8)):
        frames.setdefault(f"s{stage}", (0, stage * 9000, 900, 8800))
        frames[f"s{stage}.b{block}"] = (50, stage * 9000 + 100 + block * 1080, 800, 1000)
    found = tuple(written(picture(frames, {}), scale).values())
    for one, other in itertools.combinations(found, 2):
        apart = (
            one.place.right <= other.place.x
            or other.place.right <= one.place.x
            or one.place.bottom <= other.place.y
            or other.place.bottom <= one.place.y
        )
        assert apart, (one, other)
    for name in found:
        assert name.size >= SIZES[0]
        # The plate has the room that the name takes on the screen.
        assert name.place.width * scale >= wide(name.text, name.size)
        assert name.place.height * scale >= name.size


def test_names_of_500_letters_are_cut():
    long = "x" * 500
    (name,) = written(picture({long: (0, 0, 300, 600)}, {}), 0.3).values()
    assert len(name.text) <= 40
    assert name.place.width * 0.3 < 400
