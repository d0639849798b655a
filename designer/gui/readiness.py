"""What keeps a step from starting, in the order in which a user would put it right. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from designer.catalog.actions import name_classes
from designer.catalog.checking import all_frozen
from designer.messages import tr
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.problems import ONNX
from designer.session.results import Facts, Problem


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a step cannot start, and where that is put right.

    Attributes:
        need: two or three words for the rail.
        reason: one or two sentences: why, and what to do.
        action: text of a button that leads there; '' for none.
        step: name of the page it leads to.
    """

    need: str
    reason: str
    action: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class StepState:
    """What the page of a step says around its buttons; each page adds which of them work.

    Attributes:
        reason: why the step cannot start; '' when it can or when it runs.
        need: the same in two or three words, for the rail.
        action, step: a button that leads to the page where it is put right; '' for none.
        hint: one line when all is well.
    """

    reason: str = ""
    need: str = ""
    action: str = ""
    step: str = ""
    hint: str = ""

    @classmethod
    def kept_by(cls, obstacle: Obstacle, **allowed: Any) -> Self:
        """The state while something is in the way; `allowed`: what works all the same."""
        return cls(
            reason=obstacle.reason,
            need=obstacle.need,
            action=obstacle.action,
            step=obstacle.step,
            **allowed,
        )


def busy_reason(busy_with: str) -> str:
    """Why nothing starts while a job of that name runs; '' where there is none."""
    return tr("Please wait: '{name}' is still running.", name=busy_with) if busy_with else ""


def network_obstacle(network: Network | None, facts: Facts | None) -> Obstacle | None:
    """What is wrong with the network itself: none is open, or it has errors."""
    if network is None:
        return Obstacle(tr("Open a network"), tr("No network is open. Open a pretrained model or a project."))
    problems = errors(facts)
    if problems and facts is not None and facts.checking:
        # They may be put right by the last edit; new ones come in a moment.
        why = tr("The network is being checked after the last edit.")
        return Obstacle(tr("Checking ..."), why, tr("Show the network"), "network")
    if problems:
        first = problems[0].message
        more = len(problems) - 1
        reason = first
        if more:
            rest = tr("1 more problem.") if more == 1 else tr("{more} more problems.", more=more)
            reason = f"{first} ({rest})"
        return Obstacle(tr("Repair the network"), reason, tr("Show the network"), "network")
    return None


def training_obstacle(network: Network, facts: Facts | None) -> Obstacle | None:
    """What keeps a sound network from being trained: nothing would learn."""
    frozen = all_frozen(network)
    if frozen is not None:
        return Obstacle(tr("Unfreeze a layer"), frozen.message, tr("Show the network"), "network")
    if trainable_parameters(network, facts) == 0:
        why = tr("No layer has weights, so nothing can be learned. Add one, such as a Linear layer.")
        return Obstacle(tr("Add a layer"), why, tr("Show the network"), "network")
    return None


def export_obstacle(facts: Facts | None) -> Obstacle | None:
    """What keeps a sound network from being exported: layers that ONNX cannot hold."""
    found = [problem for problem in (facts.problems if facts else ()) if problem.code == ONNX]
    if not found:
        return None
    return Obstacle(tr("Replace a layer"), found[0].message, tr("Show the network"), "network")


def pictures_obstacle(
    network: Network, facts: Facts | None, data: ImageData | None, *, some: bool = False
) -> Obstacle | None:
    """What is wrong with the pictures: there are none, or the head is made for other classes.

    With `some`, pictures of some of the network's classes are enough, as for evaluation. The order of
    the classes does not count.
    """
    if data is None:
        return Obstacle(
            tr("Choose pictures"),
            tr("There are no pictures yet. Choose a folder with one sub-folder for each class, or a table."),
            tr("Choose pictures"),
            "data",
        )
    reason = _mismatch(network, output_width(network, facts), data, some)
    if not reason:
        return None
    if unnamed(network, facts, data) and labelled_otherwise(network, data):
        text = tr("Allow several labels") if data.multilabel else tr("Allow one class alone")
        return Obstacle(text, reason, text, "data")
    if unnamed(network, facts, data):
        why = tr("The network's classes have no names yet. Give them those of the folders.")
        return Obstacle(tr("Name the classes"), why, tr("Name the classes"), "data")
    remedy = tr("Replace the head by one for these pictures.")
    return Obstacle(tr("Replace the head"), f"{reason} {remedy}", tr("Replace the head"), "network")


def labelled_otherwise(network: Network, data: ImageData) -> bool:
    """Whether the classes are the same, and only one of the two has several labels for each picture."""
    same = not network.classes or set(network.classes) == set(data.classes)
    return same and network.multilabel != data.multilabel


def unnamed(network: Network, facts: Facts | None, data: ImageData) -> bool:
    """Whether the head is made for just as many classes as there are, and only lacks their names or sort."""
    fits = output_width(network, facts) in (None, len(data.classes))
    return fits and name_classes(network, data.classes, data.multilabel) is not None


def _mismatch(network: Network, outputs: int | None, data: ImageData, some: bool) -> str:
    names, folders = set(network.classes), set(data.classes)
    wanted = len(names) if some and names else len(folders)
    if outputs is not None and outputs != wanted:
        return tr(
            "The network tells {outputs} classes apart, the pictures show {count}.",
            outputs=outputs,
            count=len(folders),
        )
    if not names or names == folders or (some and folders <= names):
        if network.multilabel == data.multilabel:
            return ""
        if data.multilabel:
            return tr("The pictures have several labels, the network tells one class for each.")
        return tr("The pictures have one class each, the network tells several labels.")
    if len(names) != len(folders):
        return tr(
            "The network names {outputs} classes, the pictures show {count}.",
            outputs=len(names),
            count=len(folders),
        )
    return tr("The network's classes have other names than the folders of the pictures.")


def errors(facts: Facts | None) -> tuple[Problem, ...]:
    """The problems that keep the network from running."""
    return tuple(p for p in facts.problems if p.severity == "error") if facts else ()


def output_width(network: Network, facts: Facts | None) -> int | None:
    """How many values the main output gives; None while that is not known."""
    outputs = network.of_kind("Output")
    if facts is None or not outputs or outputs[0].id not in facts.layers:
        return None
    shapes = facts.layers[outputs[0].id].shapes
    return shapes[0][-1] if shapes and shapes[0] else None


def trainable_parameters(network: Network, facts: Facts | None) -> int | None:
    """Learnable values that training would change; None while that is not known."""
    if facts is None:
        return None
    return sum(
        facts.layers[layer.id].parameters
        for layer in network
        if layer.id in facts.layers and not layer.frozen and (layer.weight_rate or layer.bias_rate)
    )
