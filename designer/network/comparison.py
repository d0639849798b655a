"""What a comparison of two networks says: which layers came, went and changed, in values and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from designer.messages import count_text, shape_text, tr
from designer.network.network import Layer, Network

Shape = tuple[int, ...]
STATES = ("added", "removed", "changed", "reshaped", "same")
"""What may be of a layer. 'reshaped': it is as it was, but what it gives has another shape."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of a layer that differs.

    Attributes:
        what: 'kind', 'name', 'group', 'inputs', 'frozen', 'weight_rate', 'bias_rate', or 'setting'.
        name: of the setting, else ''.
        before, after: JSON values; None where there was or is none.
    """

    what: str
    before: Any
    after: Any
    name: str = ""

    @property
    def text(self) -> str:
        """In words: 'kernel_size 3 → 5'."""
        if self.what == "frozen":
            return tr("now frozen") if self.after else tr("no longer frozen")
        if self.what == "inputs":
            return tr("fed by {after} instead of {before}", **_sides(self))
        titles = {
            "kind": tr("kind"),
            "name": tr("name"),
            "group": tr("group"),
            "weight_rate": tr("factor of weights"),
            "bias_rate": tr("factor of bias"),
        }
        title = titles.get(self.what, self.name)
        return tr("{title} {before} → {after}", title=title, **_sides(self))


@dataclass(frozen=True, slots=True)
class LayerDelta:
    """One layer of the comparison.

    Attributes:
        state: one of `STATES`.
        before, after: the layer in either network; None where it is not there.
        differences: what is other, for a changed one.
        shape_before, shape_after: of the first output without the batch; None where not known.
        parameters_before, parameters_after: learnable values.
        macs_before, macs_after: multiplications for one picture.
    """

    state: str
    before: Layer | None
    after: Layer | None
    differences: tuple[Difference, ...] = ()
    shape_before: Shape | None = None
    shape_after: Shape | None = None
    parameters_before: int = 0
    parameters_after: int = 0
    macs_before: int = 0
    macs_after: int = 0

    @property
    def layer(self) -> Layer:
        """The layer as it is afterwards; as it was, when it is gone."""
        layer = self.after or self.before
        assert layer is not None
        return layer

    @property
    def parameter_delta(self) -> int:
        """How many learnable values more there are."""
        return self.parameters_after - self.parameters_before

    @property
    def shape_text(self) -> str:
        """The shape, or both with an arrow; '' when none is known."""
        if self.before is None or self.after is None or self.shape_before == self.shape_after:
            shape = self.shape_after if self.after is not None else self.shape_before
            return "" if shape is None else shape_text(shape)
        sides = ("?" if s is None else shape_text(s) for s in (self.shape_before, self.shape_after))
        return " → ".join(sides)

    @property
    def text(self) -> str:
        """What changed, in words; '' for a layer that came or went."""
        return ", ".join(difference.text for difference in self.differences)


@dataclass(frozen=True, slots=True)
class WeightDelta:
    """How the weights of a layer differ.

    Attributes:
        equal: every value is the same, buffers too.
        relative: norm of the difference by the norm before, over all parameters and buffers together;
            None where they cannot be compared.
        why: why they cannot, '' where they can.
    """

    equal: bool
    relative: float | None
    why: str = ""

    @property
    def text(self) -> str:
        """In words."""
        if self.relative is None:
            return self.why
        return tr("equal") if self.equal else tr("{share} other", share=f"{100 * self.relative:.3g} %")


@dataclass(frozen=True, slots=True)
class Totals:
    """A network in figures, for comparing."""

    layers: int
    connections: int
    parameters: int
    trainable: int
    macs: int


@dataclass(frozen=True)
class Comparison:
    """What became of each layer.

    Attributes:
        before, after: the networks.
        deltas: one for each layer, in the order after; what is gone stands behind what it stood behind.
        purpose: what differs of the networks' names, classes, preprocessing and labelling.
        totals_before, totals_after: in figures.
        related: the networks are of one descent; else layers are paired by structure, and other names
            or groups are not told of.
    """

    before: Network
    after: Network
    deltas: tuple[LayerDelta, ...]
    purpose: tuple[Difference, ...]
    totals_before: Totals
    totals_after: Totals
    related: bool

    def of_state(self, *states: str) -> tuple[LayerDelta, ...]:
        """The layers of these states."""
        return tuple(delta for delta in self.deltas if delta.state in states)

    @property
    def added(self) -> tuple[LayerDelta, ...]:
        """Layers that came."""
        return self.of_state("added")

    @property
    def removed(self) -> tuple[LayerDelta, ...]:
        """Layers that went."""
        return self.of_state("removed")

    @property
    def changed(self) -> tuple[LayerDelta, ...]:
        """Layers that are other than they were."""
        return self.of_state("changed")

    @property
    def parameter_delta(self) -> int:
        """How many learnable values more there are."""
        return self.totals_after.parameters - self.totals_before.parameters

    @property
    def equal(self) -> bool:
        """Nothing differs."""
        return not self.purpose and all(delta.state == "same" for delta in self.deltas)

    @cached_property
    def marks_before(self) -> Mapping[str, str]:
        """For the layers before: 'removed' or 'changed', by id; the others are left out."""
        return {d.before.id: d.state for d in self.of_state("removed", "changed") if d.before is not None}

    @cached_property
    def marks_after(self) -> Mapping[str, str]:
        """For the layers after: 'added' or 'changed', by id; the others are left out."""
        return {d.after.id: d.state for d in self.of_state("added", "changed") if d.after is not None}


def _sides(difference: Difference) -> dict[str, str]:
    return {"before": _value_text(difference.before), "after": _value_text(difference.after)}


def _value_text(value: Any) -> str:
    if value is None or value == "":
        return tr("nothing")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, list):
        return ", ".join(_value_text(one) for one in value) or tr("nothing")
    return str(value)


def signed(count: int) -> str:
    """A difference of counts with its sign, as '+1.2 k'; '' for none."""
    return "" if not count else f"{'+' if count > 0 else '-'}{count_text(abs(count))}"


def purpose_text(difference: Difference) -> str:
    """A difference of two networks' own values, in words."""
    what, before, after = difference.name or difference.what, difference.before, difference.after
    if what == "classes":
        if len(before) == len(after):
            return tr("Other names of {count} classes.", count=len(after))
        return tr("Classes: {before} → {after}.", before=len(before), after=len(after))
    if what == "multilabel":
        one, several = tr("one class for each picture"), tr("several labels for each picture")
        return tr(
            "Answers: {before} → {after}.",
            before=several if before else one,
            after=several if after else one,
        )
    if what == "name":
        return tr("Name: {before} → {after}.", before=before, after=after)
    names = ", ".join(f"{key} {before[key]} → {after[key]}" for key in after if before.get(key) != after[key])
    return tr("Preprocessing: {names}.", names=names)


def totals_text(comparison: Comparison) -> str:
    """What a comparison comes to, in a sentence."""
    if comparison.equal:
        return tr("The networks are equal: {count} layers.", count=len(comparison.after))
    return tr(
        "{added} added, {removed} removed, {changed} changed, {reshaped} with another shape alone; "
        "parameters {before} → {after} ({delta}).",
        added=len(comparison.added),
        removed=len(comparison.removed),
        changed=len(comparison.changed),
        reshaped=len(comparison.of_state("reshaped")),
        before=count_text(comparison.totals_before.parameters),
        after=count_text(comparison.totals_after.parameters),
        delta=signed(comparison.parameter_delta) or "±0",
    )
