"""The step that compares two networks: opens each side, works out shapes, pairs the layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from designer.messages import tr
from designer.network.comparison import Comparison, WeightDelta
from designer.network.network import Network
from designer.progress import Progress, StepNews
from designer.session.results import Facts

if TYPE_CHECKING:
    from designer.engine.weights import Weights


@dataclass(frozen=True)
class Side:
    """One side of a comparison; just one of `network`, `path` and `model` is given.

    Attributes:
        title: what the user sees.
        network: a network as it is now.
        weights: the session's, of that network.
        path: a project file.
        model: id of a pretrained model.
    """

    title: str
    network: Network | None = None
    weights: object = field(default=None, compare=False, repr=False)
    path: Path | None = None
    model: str = ""


@dataclass(frozen=True)
class OpenedSide:
    """A side once it is open, so that it need not be opened again.

    Attributes:
        side: what was opened.
        network, facts: its network, and shapes and sizes of it.
        weights: of the network, where they were asked for.
    """

    side: Side
    network: Network
    facts: Facts
    weights: Weights | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Compared:
    """Two networks that were compared.

    Attributes:
        before, after: what was compared.
        comparison: what became of each layer.
        weights: how the weights of each layer differ, by the id afterwards; None when not asked for.
    """

    before: OpenedSide
    after: OpenedSide
    comparison: Comparison
    weights: Mapping[str, WeightDelta] | None = None


def compare(
    before: Side | OpenedSide, after: Side | OpenedSide, weights: bool = False
) -> Callable[[Progress], Compared]:
    """Open two sides, as far as they are not open yet, and compare them.

    Raises:
        OpeningError, ProjectError: a side cannot be opened; with `weights` also where a pretrained
            model's are not on this computer.
    """

    def step(progress: Progress) -> Compared:
        from designer.catalog.comparing import compare

        one, other = _opened(before, weights, progress), _opened(after, weights, progress)
        found = compare(one.network, other.network, one.facts, other.facts)
        differences = None
        if weights and one.weights is not None and other.weights is not None:
            from designer.engine.comparing import compare_weights

            differences = compare_weights(found, one.weights, other.weights, progress)
        return Compared(one, other, found, differences)

    return step


def _opened(given: Side | OpenedSide, weights: bool, progress: Progress) -> OpenedSide:
    """A side with shapes and, if they are asked for, weights."""
    from designer.engine.shapes import infer

    if isinstance(given, OpenedSide):
        if given.weights is not None or not weights:
            return given
        given = given.side
    progress.report(StepNews(tr("Opening {title}", title=given.title)))
    network, held = _network_of(given, weights, progress)
    progress.raise_if_cancelled()
    progress.report(StepNews(tr("Working out shapes")))
    facts = infer(network)
    progress.raise_if_cancelled()
    return OpenedSide(given, network, facts, held)


def _network_of(side: Side, weights: bool, progress: Progress) -> tuple[Network, Weights | None]:
    from designer.engine.opening import open_model, open_network
    from designer.engine.project_file import load_project
    from designer.engine.weights import Weights

    if side.network is not None:
        held = side.weights if isinstance(side.weights, Weights) else Weights()
        return side.network, held if weights else None
    if side.path is not None:
        contents = load_project(side.path, progress)
        return contents.network, contents.weights if weights else None
    if weights:
        opened = open_model(side.model, "default", 0, progress)
        return opened.network, opened.weights
    return open_network(side.model, progress), None
