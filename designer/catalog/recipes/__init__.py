"""Recipes: named ways of training, each a preset of the network's freezing, rates and head, and of options.

What a recipe gives is ordinary: an edit that can be undone, and options that can be changed.
"""

from __future__ import annotations

from designer.catalog.recipes.blocks import Block, attention_blocks, backbone_of, blocks, head_of
from designer.catalog.recipes.comparing import WAYS, plans_of
from designer.catalog.recipes.learning import Learning, learning_choices, learning_title
from designer.catalog.recipes.planning import RecipePlan, plan, recipe
from designer.catalog.recipes.rows import RECIPES, Recipe

__all__ = [
    "RECIPES",
    "WAYS",
    "Block",
    "Learning",
    "Recipe",
    "RecipePlan",
    "attention_blocks",
    "backbone_of",
    "blocks",
    "head_of",
    "learning_choices",
    "learning_title",
    "plan",
    "plans_of",
    "recipe",
]
