"""What the window of altered pictures shows, and why it shows nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.gui.training.altered.state import altering_part, epochs_of, resolve
from designer.session.options import TrainingOptions
from designer.session.stages import Stage

FLIPPED = TrainingOptions(flip=True, seed=4)


def test_what_is_missing_is_said_in_the_order_in_which_it_is_put_right(tiny_network, data):
    assert "Open a network" in resolve(None, None, FLIPPED, 0).text
    assert resolve(tiny_network, None, FLIPPED, 0).text == "Choose pictures first."
    held_out = replace(data, training=())
    assert "held out for validation" in resolve(tiny_network, held_out, FLIPPED, 0).text
    assert "Nothing is altered." in resolve(tiny_network, data, TrainingOptions(), 0).text
    for found in (resolve(None, data, FLIPPED, 0), resolve(tiny_network, data, TrainingOptions(), 0)):
        assert found.wanted is None


@pytest.mark.parametrize(("variants", "said"), [(0, ""), (1, "every epoch"), (3, "after 3 epochs"), (5, "")])
def test_variants_that_come_again_are_told(tiny_network, data, variants, said):
    text = resolve(tiny_network, data, replace(FLIPPED, variants=variants), 0).text
    assert said in text
    assert ("variant" in text) is bool(said)


def test_what_alters_nothing_asks_for_nothing(tiny_network, data):
    wanted = resolve(tiny_network, data, FLIPPED, 0).wanted
    others = (
        {"learning_rate": 3e-4},
        {"batch_size": 2},
        {"epochs": 50},
        {"stages": (Stage("a", 30, 1e-3),)},
    )
    for changed in others:
        assert resolve(tiny_network, data, replace(FLIPPED, **changed), 0).wanted == wanted
    for changed in ({"flip": False, "crop": 0.1}, {"rotation": 3.0}, {"seed": 5}, {"variants": 2}):
        assert resolve(tiny_network, data, replace(FLIPPED, **changed), 0).wanted != wanted
    recipe = replace(tiny_network.preprocessing, crop=8)
    assert resolve(replace(tiny_network, preprocessing=recipe), data, FLIPPED, 0).wanted != wanted


def test_the_part_of_the_options_that_alters():
    options = TrainingOptions(flip_vertical=True, colour=0.2, variants=7, seed=9, epochs=3, momentum=0.1)
    assert altering_part(options) == TrainingOptions(flip_vertical=True, colour=0.2, variants=7, seed=9)


def test_others_are_of_the_next_epochs_and_never_of_one_that_does_not_come():
    assert [epochs_of(turn, 12) for turn in range(4)] == [
        (1, 2, 3, 4, 5),
        (6, 7, 8, 9, 10),
        (11, 12, 1, 2, 3),
        (4, 5, 6, 7, 8),
    ]
    # A shorter run is shown as if it went on.
    assert epochs_of(0, 2) == epochs_of(1, 2) == (1, 2, 3, 4, 5)
