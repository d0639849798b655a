"""What the data page allows and says: a pure function of what is open now."""

from __future__ import annotations

from dataclasses import dataclass

from designer.gui.readiness import busy_reason, labelled_otherwise, pictures_obstacle, unnamed
from designer.messages import tr
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class PanelState:
    """What the page shows around its controls.

    Attributes:
        reason: what is wrong, with what to do; '' when nothing is.
        hint: one line when all is well.
        need: two or three words for the rail.
        can_choose: a folder may be chosen.
        can_split: the share may be changed.
        why_not: why a control does not work, for its tooltip.
        head_text: text of the button that makes the head fit, '' when it does.
        empty: there are no pictures; the page shows how to get some.
    """

    reason: str = ""
    hint: str = ""
    need: str = ""
    can_choose: bool = True
    can_split: bool = False
    why_not: str = ""
    head_text: str = ""
    empty: bool = True


def resolve(
    network: Network | None, facts: Facts | None, data: ImageData | None, busy_with: str = ""
) -> PanelState:
    """The state of the page; `busy_with`: name of a job that holds the engine, or ''."""
    why_not = busy_reason(busy_with)
    if data is None:
        return PanelState(
            hint=tr("Choose a folder with one sub-folder of pictures for each class, or with a table."),
            need=tr("Choose pictures"),
            can_choose=not busy_with,
            why_not=why_not,
        )
    obstacle = None if network is None else pictures_obstacle(network, facts, data)
    own_folder = data.validation_folder is not None
    if own_folder and not why_not:
        split_reason = tr("The validation pictures have a folder of their own.")
    else:
        split_reason = why_not
    return PanelState(
        reason=obstacle.reason if obstacle is not None else "",
        hint=_hint(data),
        can_choose=not busy_with,
        can_split=not busy_with and not own_folder,
        why_not=split_reason,
        head_text=_head_text(network, facts, data) if network is not None and obstacle is not None else "",
        empty=False,
    )


def _head_text(network: Network, facts: Facts | None, data: ImageData) -> str:
    if not unnamed(network, facts, data):
        return tr("Replace the head")
    if not labelled_otherwise(network, data):
        return tr("Use the folders' names") if not data.multilabel else tr("Use the table's names")
    return tr("Allow several labels") if data.multilabel else tr("Allow one class alone")


def _hint(data: ImageData) -> str:
    several = (tr("Several labels for each picture."),) if data.multilabel else ()
    counts = tr(
        "{classes} classes, {training} pictures for training, {validation} for validation.",
        classes=len(data.classes),
        training=f"{len(data.training):,}",
        validation=f"{len(data.validation):,}",
    )
    return " ".join((counts, *several, *data.remarks))
