"""The options of training as one table: how each is named, edited and explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from designer.catalog.augmentations import AUGMENTATIONS, alters
from designer.catalog.losses import LOSSES, Loss
from designer.catalog.optimizers import OPTIMIZERS, Optimizer
from designer.catalog.schedules import SCHEDULES, Schedule
from designer.session.options import BOUNDS, TrainingOptions

Choices = tuple[tuple[str, str], ...]

SECTIONS = ("", "Optimizer", "Schedule", "Loss", "Altered pictures", "Ending and keeping", "Computing")
"""English headings of the panel, in order; the first rows have none."""

_TABLES: dict[str, Mapping[str, Optimizer | Schedule | Loss]] = {
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "loss": LOSSES,
}
"""Choices whose rows say which other options they take."""


@dataclass(frozen=True, slots=True)
class Field:
    """One option.

    Attributes:
        name: field of `TrainingOptions`.
        label, help: English texts; translated where they are shown.
        editor: 'whole' (a spin box), 'doubling' (one whose arrows double and halve), 'rate' (a small
            number whose arrows go 1, 2, 5, 10), 'share' (0 to 1), 'seed', 'switch', 'file', 'folder', or
            'choice'.
        section: one of `SECTIONS`.
        choices: of a 'choice': value and English title.
        taken_by: the option 'optimizer', 'schedule' or 'loss', where the row that is chosen there says
            whether this one has an effect.
        none: what a number of 0 stands for, in English; '' where 0 is a number like others.
    """

    name: str
    label: str
    editor: str
    help: str
    section: str = ""
    choices: Choices = ()
    taken_by: str = ""
    none: str = ""

    @property
    def low(self) -> float:
        """Lowest value of a number."""
        return BOUNDS.get(self.name, (0, 0))[0]

    @property
    def high(self) -> float:
        """Highest value of a number."""
        return BOUNDS.get(self.name, (0, 0))[1]

    def shown(self, options: TrainingOptions) -> bool:
        """True when the option has an effect."""
        if self.name in ("epochs", "learning_rate") and options.stages:
            return False
        if self.name == "variants":
            return alters(options)
        if self.name == "sync_batch_norm":
            return options.devices != 1
        if not self.taken_by:
            return True
        row = _TABLES[self.taken_by].get(getattr(options, self.taken_by))
        return row is not None and self.name in row.options


_ALTERING = {
    "flip": "switch",
    "flip_vertical": "switch",
    "crop": "share",
    "rotation": "number",
    "colour": "share",
}
"""Editors of the augmentations."""
_NO_ALTERING = {key: "" if editor == "switch" else "None" for key, editor in _ALTERING.items()}


def _titles(key: str) -> Choices:
    return tuple((row.key, row.title) for row in _TABLES[key].values())


FIELDS = (
    Field("epochs", "Epochs", "whole", "Passes over all training pictures."),
    Field(
        "batch_size",
        "Batch size",
        "doubling",
        "Pictures that the network sees at once. Larger is steadier and needs more memory.",
    ),
    Field(
        "accumulate",
        "Batches per step",
        "doubling",
        "Adds up the gradients of so many batches before each step: as a batch so many times as large, "
        "in the memory of one.",
    ),
    Field(
        "learning_rate",
        "Learning rate",
        "rate",
        "Size of the steps. A layer's learning-rate factor multiplies it.",
    ),
    Field(
        "from_scratch",
        "Begin with fresh weights",
        "switch",
        "Trains as if nothing had been learned yet. The network's weights stay until the run has ended.",
    ),
    Field(
        "optimizer",
        "Optimizer",
        "choice",
        "How a step follows from the gradients.",
        "Optimizer",
        _titles("optimizer"),
    ),
    Field(
        "momentum",
        "Momentum",
        "share",
        "How much of the former steps is kept.",
        "Optimizer",
        taken_by="optimizer",
    ),
    Field(
        "nesterov",
        "Look ahead (Nesterov)",
        "switch",
        "Takes the gradient where the momentum leads to.",
        "Optimizer",
        taken_by="optimizer",
    ),
    Field(
        "beta1",
        "Beta 1",
        "share",
        "How much of the running mean of gradients each step keeps.",
        "Optimizer",
        taken_by="optimizer",
    ),
    Field(
        "beta2",
        "Beta 2",
        "share",
        "How much of the running mean of squared gradients each step keeps.",
        "Optimizer",
        taken_by="optimizer",
    ),
    Field("weight_decay", "Weight decay", "rate", "Pulls weights towards zero.", "Optimizer"),
    Field(
        "spare_biases",
        "No decay of biases and norms",
        "switch",
        "Biases and normalization keep their values; only weights are pulled towards zero.",
        "Optimizer",
    ),
    Field(
        "clip_gradients",
        "Gradient limit",
        "rate",
        "Shortens all gradients together to this length where they are longer.",
        "Optimizer",
        none="None",
    ),
    Field(
        "average_weights",
        "Average weights",
        "share",
        "Validates and keeps a running mean of the weights; each step keeps this share of it.",
        "Optimizer",
        none="Off",
    ),
    Field(
        "schedule",
        "Schedule",
        "choice",
        "How the learning rate changes on the way.",
        "Schedule",
        _titles("schedule"),
    ),
    Field(
        "warmup_epochs",
        "Warm-up epochs",
        "number",
        "Epochs, or parts of one, in which the rate rises from a hundredth to its full value.",
        "Schedule",
        none="None",
    ),
    Field(
        "step_epochs",
        "Epochs per step",
        "whole",
        "Epochs after which the rate is multiplied by the factor.",
        "Schedule",
        taken_by="schedule",
    ),
    Field(
        "plateau_epochs",
        "Patience",
        "whole",
        "Epochs without a lower validation loss after which the rate is multiplied by the factor.",
        "Schedule",
        taken_by="schedule",
    ),
    Field(
        "decay_factor",
        "Factor",
        "share",
        "What the rate is multiplied by.",
        "Schedule",
        taken_by="schedule",
    ),
    Field("loss", "Loss", "choice", "What training makes small.", "Loss", _titles("loss")),
    Field(
        "focal_gamma",
        "Gamma",
        "number",
        "How strongly pictures that are told apart already are passed over.",
        "Loss",
        taken_by="loss",
    ),
    Field(
        "label_smoothing",
        "Label smoothing",
        "share",
        "Share of the truth that is spread over all classes, so that the network stays less sure.",
        "Loss",
        taken_by="loss",
    ),
    Field(
        "class_weights",
        "Class weights",
        "choice",
        "Balanced: pictures of rare classes count more, so that every class counts alike.",
        "Loss",
        (("none", "None"), ("balanced", "Balanced")),
    ),
    *(
        Field(
            row.key, row.title, _ALTERING[row.key], row.help, "Altered pictures", none=_NO_ALTERING[row.key]
        )
        for row in AUGMENTATIONS.values()
    ),
    Field(
        "variants",
        "Variants ahead",
        "whole",
        "With features of a frozen backbone cached: so many altered versions of each training picture, which "
        "take turns. With none, each epoch alters anew and nothing is cached.",
        "Altered pictures",
        none="None",
    ),
    Field(
        "keep",
        "Keep",
        "choice",
        "Which weights the network has after training, or after it was stopped.",
        "Ending and keeping",
        (("best", "Best epoch"), ("last", "Last epoch")),
    ),
    Field(
        "early_stopping",
        "Stop after",
        "whole",
        "Epochs without a lower validation loss after which training, or its stage, ends.",
        "Ending and keeping",
        none="Never",
    ),
    Field(
        "minimum_change",
        "Minimum change",
        "rate",
        "A loss that is lower by less than this counts as no progress.",
        "Ending and keeping",
    ),
    Field(
        "checkpoint_minutes",
        "Checkpoint (min)",
        "number",
        "Longest time between two checkpoints; one is made after each epoch too. From the last one a run "
        "goes on after a crash.",
        "Ending and keeping",
    ),
    Field(
        "tensorboard",
        "TensorBoard folder",
        "folder",
        "Writes loss, accuracy and learning rate there too, as event files that TensorBoard shows.",
        "Ending and keeping",
    ),
    Field(
        "device",
        "Device",
        "choice",
        "Where training runs. Automatic takes a GPU when there is one.",
        "Computing",
        (("auto", "Automatic"), ("cpu", "CPU"), ("cuda", "CUDA GPU"), ("mps", "Apple GPU (MPS)")),
    ),
    Field(
        "precision",
        "Precision",
        "choice",
        "Automatic takes mixed precision on CUDA, and on a processor where a trial shows that it is clearly "
        "faster.",
        "Computing",
        (("auto", "Automatic"), ("full", "Full (32 bit)"), ("mixed", "Mixed (16 and 32 bit)")),
    ),
    Field(
        "compile",
        "Compile the network",
        "switch",
        "Lets torch compile what is trained: the first batches take minutes, all others less time. Where "
        "that fails it is trained as it is, and the run says so. Single layers cannot be watched meanwhile.",
        "Computing",
    ),
    Field(
        "devices",
        "Number of GPUs",
        "whole",
        "So many GPUs of this computer train together, each with batches of the chosen size: a step then "
        "learns from so many times as many pictures. With the device CPU: processes that share its cores.",
        "Computing",
        none="All GPUs",
    ),
    Field(
        "sync_batch_norm",
        "Batch normalization over all GPUs",
        "switch",
        "Batch normalization takes its mean over the pictures of all GPUs, not of each for itself. Slower; "
        "worth it where each has few pictures at a time.",
        "Computing",
    ),
    Field(
        "seed",
        "Seed",
        "seed",
        "The same seed gives the same order, dropout and new weights.",
        "Computing",
    ),
    Field(
        "custom",
        "Own code",
        "file",
        "A Python file with a loss, an optimizer or a training step of your own. It is run only after you "
        "have confirmed it.",
        "Computing",
    ),
    Field(
        "cache_features",
        "Cache features of a frozen backbone",
        "switch",
        "Computes the output of the frozen layers once instead of in every epoch, and keeps it on disk for "
        "later runs.",
        "Computing",
    ),
)
"""All options but the stages, which have a table of their own, in the order of the panel."""
