"""What the comparison window shows, worked out from a comparison: pure functions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from designer.catalog.kinds import KINDS
from designer.gui.editing.canvas.marks import Overlay
from designer.jobs.comparing import Compared
from designer.messages import tr
from designer.network.comparison import LayerDelta, purpose_text, signed, totals_text

SIGNS = {"added": "+", "removed": "−", "changed": "~", "reshaped": "↕", "same": "="}
ROLES = {"added": "success", "removed": "danger", "changed": "warning", "reshaped": "text_muted"}
"""Role of the colour of each state; each has a sign of its own, too."""
FILTERS = ("added", "removed", "changed", "reshaped")


def words() -> dict[str, str]:
    """The states in words."""
    return {
        "added": tr("Added"),
        "removed": tr("Removed"),
        "changed": tr("Changed"),
        "reshaped": tr("Other shape"),
        "same": tr("Same"),
    }


@dataclass(frozen=True, slots=True)
class Row:
    """One layer in the list.

    Attributes:
        state: see `designer.network.comparison.STATES`; 'same' where its weights alone differ.
        before, after: its id in either network, '' where it is not there.
        name, kind: what the user sees.
        text: what changed.
        shape: of its output, with an arrow where it differs.
        parameters: the difference in words; `parameter_delta` as a number.
        weights: how they differ, '' when they were not compared.
        former_name: its name before, where it is another.
    """

    state: str
    before: str
    after: str
    name: str
    kind: str
    text: str
    shape: str
    parameters: str
    parameter_delta: int
    weights: str = ""
    former_name: str = ""

    @property
    def spoken(self) -> str:
        """All of it in one line."""
        parts = (
            words()[self.state],
            self.kind,
            self.name,
            self.text,
            self.shape,
            self.parameters,
            self.weights,
        )
        return ", ".join(part for part in parts if part)


def rows_of(compared: Compared, shown: Collection[str], wanted: str = "") -> tuple[Row, ...]:
    """The rows of these states that have all words of `wanted`; and those whose weights differ."""
    weights = compared.weights or {}
    needles = wanted.lower().split()
    found = []
    for delta in compared.comparison.deltas:
        other = weights.get(delta.after.id) if delta.after is not None else None
        changed_weights = other is not None and not other.equal
        if delta.state == "same":
            visible = changed_weights and "changed" in shown
        else:
            visible = delta.state in shown
        if not visible:
            continue
        row = _row(delta, other.text if other is not None else "")
        texts = f"{row.name} {row.former_name} {row.kind} {row.text}".lower()
        if all(needle in texts for needle in needles):
            found.append(row)
    return tuple(found)


def _row(delta: LayerDelta, weights: str) -> Row:
    kind = KINDS.get(delta.layer.kind)
    former = delta.before.name if delta.before is not None else ""
    return Row(
        delta.state,
        delta.before.id if delta.before is not None else "",
        delta.after.id if delta.after is not None else "",
        delta.layer.name,
        delta.layer.kind if kind is None else kind.title,
        delta.text,
        delta.shape_text,
        signed(delta.parameter_delta),
        delta.parameter_delta,
        weights,
        former if former != delta.layer.name else "",
    )


def summary_of(compared: Compared) -> tuple[str, ...]:
    """What the comparison comes to: one sentence, then what differs of the networks themselves."""
    lines = [totals_text(compared.comparison)]
    if compared.weights is not None:
        different = sum(not delta.equal for delta in compared.weights.values())
        lines.append(
            tr("Weights differ in {count} of {all} layers.", count=different, all=len(compared.weights))
        )
    lines.extend(purpose_text(difference) for difference in compared.comparison.purpose)
    return tuple(lines)


def overlay_of(compared: Compared, side: str, title: str = "") -> Overlay:
    """The colours of one side's layers, 'before' or 'after'; without a title it names the other side."""
    other = compared.after if side == "before" else compared.before
    comparison = compared.comparison
    marks = comparison.marks_before if side == "before" else comparison.marks_after
    labels = {}
    for delta in comparison.deltas:
        layer = delta.before if side == "before" else delta.after
        if layer is not None and layer.id in marks and delta.parameter_delta:
            labels[layer.id] = signed(delta.parameter_delta)
    title = title or tr("Compared with {title}", title=other.side.title)
    return Overlay(title, marks=marks, labels=labels)
