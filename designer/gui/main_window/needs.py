"""What each step still needs, and what it has: the rail's second lines. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from designer.gui.evaluation.state import resolve as resolve_evaluation
from designer.gui.export.state import resolve as resolve_export
from designer.gui.readiness import network_obstacle, trainable_parameters
from designer.gui.training.state import resolve as resolve_training
from designer.messages import count_text, tr
from designer.session.label_report import LabelReport
from designer.session.session import Session


@dataclass(frozen=True, slots=True)
class StepState:
    """The second line of a step in the rail.

    Attributes:
        text: what it needs, or what it has; may be empty.
        ready: nothing is missing.
    """

    text: str
    ready: bool


def step_states(session: Session) -> dict[str, StepState]:
    """The state of each step."""
    network, facts, data = session.network, session.facts, session.data
    obstacle = network_obstacle(network, facts)
    training = resolve_training(network, facts, data)
    evaluation = resolve_evaluation(network, facts, data)
    export = resolve_export(network, facts, data, session.export_options)
    return {
        "start": StepState(tr("Models and projects"), True),
        "network": _state(obstacle.need if obstacle else "", network.name if network else ""),
        "data": _state("" if data else tr("Choose pictures"), _pictures(session)),
        "training": _state(training.need, _runs(session)),
        "evaluation": _state(evaluation.need, _accuracy(session)),
        "export": _state(export.need, session.exported.path.name if session.exported else tr("Ready")),
    }


def counts_line(session: Session) -> str:
    """'4.0 M frozen, 12.8 k trainable'; '' while no network is open."""
    if session.network is None:
        return ""
    counts = _counts(session)
    if counts is None:
        return tr("Counting parameters ...")
    frozen, trainable = (count_text(count) for count in counts)
    return tr("{frozen} frozen, {trainable} trainable", frozen=frozen, trainable=trainable)


def counts_tip(session: Session) -> str:
    """The same to the last one, and the share that training changes; '' while it is not known."""
    counts = _counts(session)
    if counts is None:
        return ""
    frozen, trainable = counts
    share = 100 * trainable / max(frozen + trainable, 1)
    return tr(
        "{frozen} parameters stay as they are, {trainable} of {all} are changed by training ({share} %).",
        frozen=f"{frozen:,}",
        trainable=f"{trainable:,}",
        all=f"{frozen + trainable:,}",
        share=f"{share:.3g}",
    )


def _counts(session: Session) -> tuple[int, int] | None:
    network, facts = session.network, session.facts
    trainable = None if network is None else trainable_parameters(network, facts)
    if network is None or facts is None or trainable is None:
        return None
    total = sum(facts.layers[layer.id].parameters for layer in network if layer.id in facts.layers)
    return total - trainable, trainable


def title_line(session: Session) -> str:
    """What is open, for the title bar: the file's name, else the network's; '' when nothing is."""
    if session.network is None:
        return ""
    return session.path.stem if session.path is not None else session.network.name


def _state(need: str, has: str) -> StepState:
    return StepState(need or has, not need)


def _pictures(session: Session) -> str:
    data = session.data
    if data is None:
        return ""
    return tr(
        "{classes} classes, {count} pictures", classes=len(data.classes), count=f"{len(data.pictures):,}"
    )


def _runs(session: Session) -> str:
    if not session.runs:
        return tr("Ready")
    return tr("1 run") if len(session.runs) == 1 else tr("{count} runs", count=len(session.runs))


def _accuracy(session: Session) -> str:
    if session.report is None:
        return tr("Ready")
    if isinstance(session.report, LabelReport):
        return tr("Macro F1 {share} %", share=f"{100 * session.report.macro_f1:.1f}")
    return tr("{share} % right", share=f"{100 * session.report.accuracy:.1f}")
