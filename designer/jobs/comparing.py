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
class Compared:
    """Two networks that were compared.

    Attributes:
        sides: what was compared, before and after.
        comparison: what became of each layer.
        facts_before, facts_after: shapes and sizes of either network.
        weights: how the weights of each layer differ, by the id afterwards; None when not asked for.
    """

    sides: tuple[Side, Side]
    comparison: Comparison
    facts_before: Facts
    facts_after: Facts
    weights: Mapping[str, WeightDelta] | None = None


def compare(before: Side, after: Side, weights: bool = False) -> Callable[[Progress], Compared]:
    """Open two sides and compare them.

    Raises:
        OpeningError, ProjectError: a side cannot be opened; with `weights` also where a pretrained
            model's are not on this computer.
    """

    def step(progress: Progress) -> Compared:
        from designer.catalog.comparing import compare
        from designer.engine.shapes import infer

        def opened(side: Side) -> tuple[Network, Weights | None, Facts]:
            progress.report(StepNews(tr("Opening {title}", title=side.title)))
            network, held = _opened(side, weights, progress)
            progress.raise_if_cancelled()
            progress.report(StepNews(tr("Working out shapes")))
            facts = infer(network)
            progress.raise_if_cancelled()
            return network, held, facts

        one, held_before, facts_before = opened(before)
        other, held_after, facts_after = opened(after)
        found = compare(one, other, facts_before, facts_after)
        differences = None
        if held_before is not None and held_after is not None:
            from designer.engine.comparing import compare_weights

            differences = compare_weights(found, held_before, held_after, progress)
        return Compared((before, after), found, facts_before, facts_after, differences)

    return step


def _opened(side: Side, weights: bool, progress: Progress) -> tuple[Network, Weights | None]:
    """The network of a side, and its weights if they are asked for."""
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
