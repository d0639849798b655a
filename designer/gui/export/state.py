"""What the export page allows, and why not: a pure function of what is open now."""

from __future__ import annotations

from dataclasses import dataclass

from designer.gui.readiness import StepState, busy_reason, export_obstacle, network_obstacle
from designer.messages import tr
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.options import ExportOptions
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class PanelState(StepState):
    """Which of the page's buttons work, and what it says around them.

    Attributes:
        can_export, can_cancel: which of the buttons work.
    """

    can_export: bool = False
    can_cancel: bool = False


def resolve(
    network: Network | None,
    facts: Facts | None,
    data: ImageData | None,
    options: ExportOptions,
    *,
    running: bool = False,
    busy_with: str = "",
) -> PanelState:
    """The state of the page; `running`: its own job, `busy_with`: name of another one."""
    if running:
        return PanelState(can_cancel=True)
    obstacle = network_obstacle(network, facts) or export_obstacle(facts)
    if obstacle is not None:
        return PanelState.kept_by(obstacle)
    if busy_with:
        return PanelState(reason=busy_reason(busy_with))
    return PanelState(can_export=True, hint=_hint(data, options))


def _hint(data: ImageData | None, options: ExportOptions) -> str:
    count = len(check_pictures(data, options))
    if not count:
        return tr("There are no pictures: the file is compared with the network on made-up ones.")
    if count == 1:
        return tr("The file is compared with the network on one of your pictures.")
    return tr("The file is compared with the network on {count} of your pictures.", count=count)


def check_pictures(data: ImageData | None, options: ExportOptions) -> tuple[int, ...]:
    """Which pictures the file is compared on: spread evenly over the validation pictures (or all)."""
    if data is None:
        return ()
    indices = data.validation or tuple(range(len(data.pictures)))
    count = min(options.check_pictures, len(indices))
    return tuple(indices[i * len(indices) // count] for i in range(count))
