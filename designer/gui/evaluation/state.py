"""What the evaluation page allows, and why not: a pure function of what is open now."""

from __future__ import annotations

from dataclasses import dataclass

from designer.gui.readiness import StepState, busy_reason, network_obstacle, pictures_obstacle
from designer.messages import tr
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class PanelState(StepState):
    """Which of the page's buttons work, and what it says around them.

    Attributes:
        can_evaluate: on the validation pictures.
        can_use_folder: on another folder; can_predict: single pictures.
        can_cancel: a job of this page is running.
    """

    can_evaluate: bool = False
    can_use_folder: bool = False
    can_predict: bool = False
    can_cancel: bool = False


def resolve(
    network: Network | None,
    facts: Facts | None,
    data: ImageData | None,
    *,
    running: bool = False,
    busy_with: str = "",
    live: bool = False,
) -> PanelState:
    """The state of the page; `running`: a job of its own, `busy_with`: another one, `live`: that trains."""
    if running:
        return PanelState(can_cancel=True)
    wrong = network_obstacle(network, facts)
    free = wrong is None and not busy_with
    obstacle = wrong
    if network is not None and obstacle is None:
        obstacle = pictures_obstacle(network, facts, data, some=True)
    classes = bool(network and network.classes)
    if obstacle is not None:
        return PanelState.kept_by(obstacle, can_use_folder=free and classes, can_predict=free and classes)
    if live:
        text = tr("While the network is trained, single pictures are shown to its last checkpoint.")
        return PanelState(can_predict=True, hint=text)
    if busy_with:
        return PanelState(reason=busy_reason(busy_with))
    if data is not None and not data.validation:
        return PanelState(
            can_use_folder=True,
            can_predict=True,
            reason=tr(
                "No picture is kept for validation. Give a share to validation, or choose another folder."
            ),
            need=tr("Choose pictures"),
            action=tr("Show the pictures"),
            step="data",
        )
    count = len(data.validation) if data is not None else 0
    hint = tr("The network is asked about the {count} validation pictures.", count=f"{count:,}")
    return PanelState(can_evaluate=True, can_use_folder=True, can_predict=True, hint=hint)


def dropped_text(topic: str) -> str:
    """Why a report is no longer shown, after the session's news `topic`."""
    texts = {
        "network": tr("The network has been edited since. Evaluate again to see how it does now."),
        "runs": tr("The network has been trained since. Evaluate again to see how it does now."),
        "weights": tr("The network has other weights now. Evaluate again to see how it does."),
        "data": tr("The pictures are other ones now. Evaluate again to see how the network does on them."),
    }
    return texts.get(topic, "")
