"""The step of a preview: what is to be known of a network before an edit is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from designer.jobs import steps
from designer.network.network import Network
from designer.progress import Progress
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class Preview:
    """What a network would be like.

    Attributes:
        facts: of it.
        misfits: for each layer whose weights would not fit, why.
    """

    facts: Facts
    misfits: Mapping[str, str] = field(default_factory=dict)


def preview(network: Network, weights: object) -> Callable[[Progress], Preview]:
    """Infer the facts of a network, and compare it with weights, None for none."""

    def step(progress: Progress) -> Preview:
        facts = steps.infer_facts(network)(progress)
        progress.raise_if_cancelled()
        found = steps.misfits(network, weights)(progress) if weights is not None else ()
        return Preview(facts, dict(found))

    return step
