"""What the training page allows, and why not: a pure function of what is open now."""

from __future__ import annotations

from dataclasses import dataclass

from designer.gui.readiness import (
    Obstacle,
    StepState,
    busy_reason,
    network_obstacle,
    pictures_obstacle,
    trainable_parameters,
    training_obstacle,
)
from designer.messages import tr
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class PanelState(StepState):
    """Which of the page's buttons work, and what it says around them.

    Attributes:
        can_start, can_stop, can_pause, can_continue: which of the buttons work.
        paused: training waits for the user.
    """

    can_start: bool = False
    can_stop: bool = False
    can_pause: bool = False
    can_continue: bool = False
    paused: bool = False


def resolve(
    network: Network | None,
    facts: Facts | None,
    data: ImageData | None,
    *,
    training: bool = False,
    stopping: bool = False,
    paused: bool = False,
    stopped: bool = False,
    busy_with: str = "",
) -> PanelState:
    """The state of the page.

    Args:
        network: what is open now.
        facts: of it.
        data: the pictures.
        training: a training job of this page is running.
        stopping: it has been asked to stop.
        paused: it has been asked to wait.
        stopped: the last run was stopped, and can go on.
        busy_with: name of another job that holds the engine, or ''.
    """
    if training:
        return PanelState(can_stop=not stopping, can_pause=not stopping, paused=paused and not stopping)
    obstacle = network_obstacle(network, facts)
    if obstacle is None and network is not None:
        obstacle = pictures_obstacle(network, facts, data) or _obstacle_of_training(network, facts, data)
    if obstacle is not None:
        return PanelState.kept_by(obstacle)
    if busy_with:
        return PanelState(reason=busy_reason(busy_with))
    return PanelState(can_start=True, can_continue=stopped, hint=_hint(network, facts, data))


def _obstacle_of_training(network: Network, facts: Facts | None, data: ImageData | None) -> Obstacle | None:
    if data is not None and not data.training:
        return Obstacle(
            tr("Choose pictures"),
            tr("No picture is left for training. Give fewer pictures to validation."),
            tr("Show the pictures"),
            "data",
        )
    return training_obstacle(network, facts)


def _hint(network: Network | None, facts: Facts | None, data: ImageData | None) -> str:
    if network is None or data is None:
        return ""
    trainable = trainable_parameters(network, facts)
    pictures = tr(
        "{training} pictures for training, {validation} for validation",
        training=f"{len(data.training):,}",
        validation=f"{len(data.validation):,}",
    )
    if trainable is None:
        return pictures
    return tr("{count} values to learn, {pictures}", count=f"{trainable:,}", pictures=pictures)
