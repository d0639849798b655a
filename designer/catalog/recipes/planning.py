"""What a recipe would do to a network and to the options, before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from designer.catalog.actions import freezable, head_layers, name_classes, replace_head
from designer.catalog.kinds import kind
from designer.catalog.recipes.blocks import backbone_of, head_of
from designer.catalog.recipes.rows import COMMON, RECIPES, Recipe
from designer.catalog.rows import row_of
from designer.errors import EditError, TrainingError
from designer.messages import tr
from designer.network.edits import Compound, Edit, SetFrozen, SetRates
from designer.network.network import Network
from designer.session.options import TrainingOptions
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class RecipePlan:
    """What a recipe would do.

    Attributes:
        recipe: the row.
        before: the network as it is.
        edit: what is done to it, as one; None when nothing is to be done.
        network: the network after the edit.
        options_before, options: how it is trained, before and after.
    """

    recipe: Recipe
    before: Network
    edit: Edit | None
    network: Network
    options_before: TrainingOptions
    options: TrainingOptions

    @property
    def changes(self) -> tuple[str, ...]:
        """What the edit does to the network, a sentence each."""
        before, after = self.before, self.network
        kept = [(before[layer.id], layer) for layer in after if layer.id in before]
        frozen = sum(1 for old, new in kept if new.frozen and not old.frozen)
        freed = sum(1 for old, new in kept if old.frozen and not new.frozen)
        lines = [*_head_change(before, after)]
        if frozen:
            lines.append(tr("{layers} are frozen.", layers=_layers(frozen)))
        if freed:
            lines.append(tr("{layers} are unfrozen.", layers=_layers(freed)))
        new_rates = [
            new.weight_rate
            for old, new in kept
            if (old.weight_rate, old.bias_rate) != (new.weight_rate, new.bias_rate)
        ]
        if new_rates:
            low, high = f"{min(new_rates):g}", f"{max(new_rates):g}"
            factor = low if low == high else tr("{low} to {high}", low=low, high=high)
            lines.append(
                tr(
                    "Learning-rate factors of {layers}: {factor}.",
                    layers=_layers(len(new_rates)),
                    factor=factor,
                )
            )
        return tuple(lines)

    @property
    def option_changes(self) -> tuple[tuple[str, Any, Any], ...]:
        """Fields of `TrainingOptions` that differ: name, value before, value after."""
        names = [field.name for field in fields(TrainingOptions)]
        pairs = [(name, getattr(self.options_before, name), getattr(self.options, name)) for name in names]
        return tuple(pair for pair in pairs if pair[1] != pair[2])


def recipe(key: str) -> Recipe:
    """The row of that key.

    Raises:
        TrainingError: there is none; it names those that there are.
    """
    return row_of(RECIPES, key, tr("There is no recipe '{key}'.", key=key), TrainingError)


def plan(
    row: Recipe,
    network: Network,
    facts: Facts | None,
    options: TrainingOptions,
    classes: Sequence[str] = (),
) -> RecipePlan:
    """What a recipe would do.

    Args:
        row: the recipe.
        network: the network as it is.
        facts: its shapes; some heads need them.
        options: as they are. Those that the recipe says nothing of stay.
        classes: names of those to be told apart; none: the network's own.

    Raises:
        EditError: there is no head, no backbone to freeze, or it is not known which classes there are.
    """
    parts: list[Edit] = []
    left = network
    edit = _head_edit(row, network, facts, tuple(classes) or network.classes)
    if edit is not None:
        parts.append(edit)
        left = edit.apply(network)
    # The head is told from the backbone by the rates that a fresh head has, so these come last.
    head, backbone = head_of(left), backbone_of(left)
    stages = row.stages(left)
    for freezing in _freezing(row, left, head, backbone):
        parts.append(freezing)
        left = freezing.apply(left)
    for rates in _rates(row, left, head):
        parts.append(rates)
        left = rates.apply(left)
    values = {**COMMON, **row.options, **row.adjust(left, options), "stages": stages}
    chosen = replace(options, **values)
    chosen.check()
    text = tr("Recipe: {title}", title=tr(row.title))
    return RecipePlan(row, network, Compound(text, tuple(parts)) if parts else None, left, options, chosen)


def _head_edit(row: Recipe, network: Network, facts: Facts | None, classes: tuple[str, ...]) -> Edit | None:
    """A new head of the recipe's style; or one for these classes where that which is there does not fit."""
    if row.head:
        if not classes:
            raise EditError(
                tr("A new head cannot be made."),
                tr("It is not known which classes there are."),
                tr("Choose a folder with pictures first, or name the network's classes."),
            )
        return replace_head(network, classes, row.head, facts)
    head_layers(network)
    if not classes or set(classes) == set(network.classes):
        return None
    if not network.classes and _outputs(network, facts) == len(classes):
        return None
    naming = name_classes(network, classes)
    return naming if naming is not None else replace_head(network, classes)


def _outputs(network: Network, facts: Facts | None) -> int | None:
    """How many values the main output gives, where that is known."""
    known = facts.layers.get(network.of_kind("Output")[0].id) if facts is not None else None
    return known.shapes[0][-1] if known is not None and known.shapes and known.shapes[0] else None


def _freezing(row: Recipe, network: Network, head: Sequence[str], backbone: Sequence[str]) -> list[Edit]:
    frozen = tuple(i for i in backbone if not network[i].frozen) if row.frozen else ()
    free = head if row.frozen else tuple(network.layers)
    freed = tuple(i for i in network.layers if i in set(free) and network[i].frozen and freezable(network[i]))
    edits: list[Edit] = []
    if frozen:
        edits.append(SetFrozen(frozen, True))
    if freed:
        edits.append(SetFrozen(freed, False))
    return edits


def _rates(row: Recipe, network: Network, head: Sequence[str]) -> list[Edit]:
    """The fewest edits that give every layer with parameters the recipe's factor."""
    factors: Mapping[str, float] = {**row.factors(network), **dict.fromkeys(head, row.head_factor)}
    wanted: dict[float, list[str]] = {}
    for layer in network:
        factor = factors.get(layer.id, 1.0)
        if kind(layer.kind).learnable and (layer.weight_rate, layer.bias_rate) != (factor, factor):
            wanted.setdefault(factor, []).append(layer.id)
    return [SetRates(tuple(ids), factor, factor) for factor, ids in wanted.items()]


def _head_change(before: Network, after: Network) -> list[str]:
    gone = [layer.name for layer in before if layer.id not in after]
    come = [layer.name for layer in after if layer.id not in before]
    if come == gone != []:
        text = tr("A new head for {count} classes: {new}.", count=len(after.classes), new=_names(come))
        return [text]
    if come:
        return [
            tr(
                "A new head for {count} classes: {new} in place of {old}.",
                count=len(after.classes),
                new=_names(come),
                old=_names(gone),
            )
        ]
    return [tr("The classes are named.")] if before.classes != after.classes else []


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:4])
    return shown if len(names) <= 4 else tr("{names} and {more} more", names=shown, more=len(names) - 4)


def _layers(count: int) -> str:
    return tr("1 layer") if count == 1 else tr("{count} layers", count=count)
