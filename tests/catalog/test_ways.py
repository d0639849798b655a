"""Ways that are compared: the same budget for each."""

from __future__ import annotations

import pytest

from designer.catalog.recipes import RECIPES, WAYS, plans_of
from designer.catalog.recipes.comparing import within
from designer.catalog.stages import learning_in
from designer.session.options import TrainingOptions
from designer.session.stages import ALL, Stage

STAGES = (Stage("Head", 5, 1e-3), Stage("Middle", 5, 1e-4, ("a",)), Stage("All", 10, 1e-5, (ALL,)))


@pytest.mark.parametrize(
    ("epochs", "shares"),
    [(20, [5, 5, 10]), (8, [2, 2, 4]), (4, [1, 1, 2]), (3, [1, 1, 1]), (2, [1, 1]), (1, [1])],
)
def test_stages_keep_their_shares(epochs, shares):
    options = within(TrainingOptions(stages=STAGES), epochs)
    assert [stage.epochs for stage in options.stages] == shares
    assert options.all_epochs == epochs
    # Where there are too few epochs the first stages go.
    assert [stage.name for stage in options.stages] == [stage.name for stage in STAGES][-len(shares) :]


def test_a_warm_up_takes_a_fifth_at_most():
    assert within(TrainingOptions(warmup_epochs=5.0), 10).warmup_epochs == 2.0
    assert within(TrainingOptions(warmup_epochs=0.5), 10).warmup_epochs == 0.5


def test_every_way_has_the_same_budget_and_what_recipes_leave_alone(tiny_network):
    options = TrainingOptions(batch_size=7, seed=5, device="cpu")
    made = plans_of(WAYS, tiny_network, None, options, tiny_network.classes, 12)
    assert [one.recipe.key for one in made] == list(WAYS)
    assert {one.options.all_epochs for one in made} == {12}
    assert {(one.options.batch_size, one.options.seed, one.options.device) for one in made} == {(7, 5, "cpu")}
    scratch, frozen, tuned = made
    assert scratch.options.from_scratch
    assert not any(layer.frozen for layer in scratch.network)
    assert frozen.network["stem.conv"].frozen
    # Batch normalization keeps its statistics.
    assert learning_in(tuned.network, tuned.options.stages[-1]) == ("stem.conv", "block.conv", "fc")


def test_any_recipe_can_be_a_way(tiny_network):
    for key in RECIPES:
        if not RECIPES[key].head:
            (one,) = plans_of([key], tiny_network, None, TrainingOptions(), tiny_network.classes, 6)
            assert one.options.all_epochs == 6
