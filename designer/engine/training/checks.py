"""What must hold before training begins, with a message for each that does not."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from designer.catalog.losses import check_labels, class_weights
from designer.catalog.optimizers import optimizer
from designer.catalog.schedules import schedule
from designer.engine.devices import choose
from designer.engine.module import NetworkModule
from designer.engine.training.checkpoints import Checkpoint, fingerprint
from designer.engine.training.failures import UNRUNNABLE, cause_of, lacked_memory
from designer.engine.training.stages import learning_layers
from designer.engine.training.team import Team
from designer.errors import DesignerError, TrainingError
from designer.messages import tr
from designer.network.network import Network, Port
from designer.session.data import ImageData
from designer.session.options import TrainingOptions

KEEP = ("best", "last")
BatchNorm = nn.modules.batchnorm._BatchNorm


def check_choices(network: Network, data: ImageData, options: TrainingOptions) -> None:
    """Check what can be checked without a module.

    Raises:
        DesignerError: an option is out of bounds.
        TrainingError: an option is unknown, there are no pictures, or the classes do not match.
    """
    found = wrong_choices(network, data, options)
    if found:
        raise found[0]


def wrong_choices(network: Network, data: ImageData, options: TrainingOptions) -> list[DesignerError]:
    """All that `check_choices` would raise, one after the other."""
    checks: tuple[Callable[[], object], ...] = (
        options.check,
        lambda: optimizer(options.optimizer),
        lambda: schedule(options.schedule),
        lambda: check_labels(options.loss, data.multilabel),
        lambda: class_weights(options, data.counts(data.training)),
        lambda: learning_layers(network, options),
        lambda: _check_keep(options),
        lambda: _check_pictures(data),
        lambda: _check_classes(network, data),
        lambda: _check_labelling(network, data),
    )
    found = []
    for check in checks:
        try:
            check()
        except DesignerError as error:
            found.append(error)
    return found


def _check_keep(options: TrainingOptions) -> None:
    if options.keep not in KEEP:
        raise TrainingError(
            tr("The weights to keep cannot be '{keep}'.", keep=options.keep),
            tr("A run keeps the weights of its best or of its last epoch."),
            tr("Choose one of: {names}.", names=", ".join(KEEP)),
        )


def _check_pictures(data: ImageData) -> None:
    if not data.training:
        raise TrainingError(
            tr("There are no pictures to train on."),
            tr("None of the {count} pictures is kept for training.", count=len(data.pictures)),
            tr("Choose a folder with pictures, or a smaller share for validation."),
            step="data",
        )


def _check_classes(network: Network, data: ImageData) -> None:
    if network.classes and set(network.classes) != set(data.classes):
        raise TrainingError(
            tr("The network's classes are not those of the pictures."),
            tr(
                "The network tells apart {ours}; the pictures show {theirs}.",
                ours=classes_text(network.classes),
                theirs=classes_text(data.classes),
            ),
            tr("Replace the head for the classes of the pictures."),
            step="network",
        )


def processes(options: TrainingOptions) -> int:
    """How many processes train on this computer, by the options and the graphics cards that there are.

    Raises:
        TrainingError: there are fewer cards, or no such device.
    """
    if options.devices == 1:
        return 1
    if options.device in ("cpu", "mps"):
        return max(1, options.devices)
    cards = torch.cuda.device_count() if choose(options.device).device == "cuda" else 0
    if options.devices == 0 or not cards:
        return max(1, cards)
    if options.devices > cards:
        raise TrainingError(
            tr("There are not {count} graphics cards.", count=options.devices),
            tr("This computer has {count}.", count=cards),
            tr("Choose fewer."),
            options={"devices": cards},
        )
    return options.devices


def check_several(options: TrainingOptions, device: str) -> None:
    """Raise TrainingError where several processes cannot train as the options say.

    Args:
        options: of the run.
        device: 'cpu', 'cuda' or 'mps'.
    """
    if device == "mps":
        raise TrainingError(
            tr("Several processes cannot train together on an Apple GPU."),
            tr("torch cannot connect them."),
            tr("Choose the device 'cpu', or train with one process."),
            options={"devices": 1},
        )
    if options.sync_batch_norm and device != "cuda":
        raise TrainingError(
            tr("Batch normalization cannot be synchronised on the CPU."),
            tr("torch can do so on graphics cards alone."),
            tr("Switch it off, or choose the device 'cuda'."),
            options={"sync_batch_norm": False},
        )


def check_alike(
    team: Team, network: Network, data: ImageData, options: TrainingOptions, begin_from: Checkpoint | None
) -> None:
    """Raise TrainingError where the processes of a team would not train the same."""
    if team.size == 1:
        return
    team.agree(fingerprint(network, data), tr("Their networks or pictures are not the same."))
    team.agree(repr(options), tr("Their options are not the same."))
    place = None if begin_from is None else begin_from.values["place"]
    team.agree(repr(place), tr("Their checkpoints are not the same, or some of them have none."))


def _check_labelling(network: Network, data: ImageData) -> None:
    if network.multilabel == data.multilabel:
        return
    if data.multilabel:
        why = tr("The pictures have several labels each, and the network is set to one class for each.")
        remedy = tr("Set the network to several labels.")
    else:
        why = tr("The pictures have one class each, and the network is set to several labels.")
        remedy = tr("Set the network to one class for each picture.")
    raise TrainingError(tr("The network's answers do not fit the pictures."), why, remedy, step="data")


def check_module(module: NetworkModule, data: ImageData) -> tuple[Port, ...]:
    """Run the network on one black picture, and check the width of its outputs.

    Returns:
        The main output, then the auxiliary ones.

    Raises:
        TrainingError: it cannot be run, or an output is not as wide as there are classes.
    """
    network = module.network
    names = [*network.of_kind("Output"), *network.of_kind("AuxiliaryOutput")]
    outputs = tuple(Port(layer.id) for layer in names)
    crop = network.preprocessing.crop
    known = {Port(layer.id): torch.zeros(1, 3, crop, crop) for layer in network.of_kind("Input")}
    try:
        with torch.inference_mode():
            answers = module.eval().run(known, outputs)
    except UNRUNNABLE as error:
        if lacked_memory(error):
            raise
        raise TrainingError(
            tr("The network cannot be run on a picture of {crop} by {crop}.", crop=crop),
            cause_of(network, error),
            tr("Look for the problems marked in the network, and mend them."),
            step="network",
        ) from error
    for layer, answer in zip(names, answers, strict=True):
        if tuple(answer.shape) != (1, len(data.classes)):
            raise TrainingError(
                tr("The output '{name}' does not fit the pictures.", name=layer.name),
                tr(
                    "It gives {shape} values for a picture, and there are {count} classes.",
                    shape=" x ".join(str(size) for size in answer.shape[1:]) or "1",
                    count=len(data.classes),
                ),
                tr("Replace the head for the classes of the pictures."),
                step="network",
            )
    return outputs


def smallest_batch(module: NetworkModule, options: TrainingOptions) -> int:
    """Pictures that a batch needs to be trained on: 2 where batch normalization trains."""
    trains = any(isinstance(part, BatchNorm) and part.training for part in module.modules())
    return min(2, options.batch_size) if trains else 1


def remarks(network: Network, options: TrainingOptions, batches: int) -> list[str]:
    """What the user should know before training begins, one sentence each."""
    steps = options.all_epochs * batches // options.accumulate
    slow = [
        layer
        for layer in network
        if layer.kind.startswith("BatchNorm")
        and not layer.frozen
        and layer.settings.get("track_running_stats", True)
        and 0 < (layer.settings.get("momentum", 0.1) or 0) < 0.1
        and (1 - layer.settings["momentum"]) ** steps > 0.05
    ]
    if not slow:
        return []
    return [
        tr(
            "'{name}' and {count} further batch normalizations hardly adapt in {steps} steps: their "
            "momentum is {momentum}. Set it to 0.1, or freeze them.",
            name=slow[0].name,
            count=len(slow) - 1,
            steps=steps,
            momentum=slow[0].settings["momentum"],
        )
    ]


def classes_text(classes: tuple[str, ...]) -> str:
    """A few class names and their number."""
    shown = ", ".join(classes[:4]) + (", ..." if len(classes) > 4 else "")
    return tr("{count} classes ({names})", count=len(classes), names=shown)
