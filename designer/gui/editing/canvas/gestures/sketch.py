"""What a gesture in progress shows over the network, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from designer.catalog.actions import Target
from designer.gui.editing.canvas.gestures.wiring import Spot
from designer.network.arranging import Point, Rectangle


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a connection may end.

    Attributes:
        side: 'in' when an input is looked for, 'out' when an output is.
        verdicts: for each port that could be meant, by layer id and number of the input or output,
            whether it may be. Ports that are not named may not.
        boxes: keys of the boxes with a legal port, those of collapsed groups included.
        origin: key of the box where the connection begins.
    """

    side: str
    verdicts: Mapping[tuple[str, int], Target] = field(default_factory=dict)
    boxes: frozenset[str] = frozenset()
    origin: str = ""

    def legal(self, layer_id: str, number: int) -> bool:
        """True when the connection may end there."""
        verdict = self.verdicts.get((layer_id, number))
        return verdict is not None and verdict.allowed


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is drawn over the network.

    Attributes:
        line: corners of the rubber line, from the output to the input.
        fits: the line ends at a legal port.
        loose: number of the line that the rubber line stands for, drawn faintly; -1 for none.
        lit: number of the line that something would be put into; -1 for none.
        targets: where the line may end; None when nothing is being connected.
        snapped: the port that the line holds on to.
        ghosts: boxes where they would come to lie, with their titles.
        moved: keys of the boxes that the ghosts stand for.
        ties: straight lines from the ghosts to what they are connected with.
        guides: lines along which ghosts and other boxes are aligned.
        band: the rubber band.
        chosen: keys of the boxes that the band would select.
        label: text at the pointer.
        wrong: the label says why it cannot be done.
        at: where the pointer is.
        spring: key of the collapsed group that opens when the pointer rests on it.
    """

    line: tuple[Point, ...] = ()
    fits: bool = False
    loose: int = -1
    lit: int = -1
    targets: Targets | None = None
    snapped: Spot | None = None
    ghosts: tuple[tuple[Rectangle, str], ...] = ()
    moved: frozenset[str] = frozenset()
    ties: tuple[tuple[Point, Point], ...] = ()
    guides: tuple[tuple[Point, Point], ...] = ()
    band: Rectangle | None = None
    chosen: frozenset[str] = frozenset()
    label: str = ""
    wrong: bool = False
    at: Point = (0.0, 0.0)
    spring: str = ""


NOTHING = Sketch()
"""No gesture is in progress."""
