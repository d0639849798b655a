"""The table of recipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from designer.catalog.actions import HEAD_RATE
from designer.catalog.kinds import kind
from designer.catalog.recipes.blocks import attention_blocks, attentive, backbone_of, blocks
from designer.messages import tr
from designer.network.network import Network
from designer.session.options import TrainingOptions
from designer.session.stages import ALL, Stage

FALL = 2.6
"""What rates are divided by from block to block, as in ULMFiT from layer to layer.

Source: Howard and Ruder, 2018 (arXiv 1801.06146), section 3.2.
"""
DECAY = 0.75
"""What the factor is multiplied by from one attention block to the one before.

Source: facebookresearch/mae, main_finetune.py, whose default it is; BEiT (microsoft/unilm) has it for its
large network too. Both have 0.65 for the base one.
"""
RATE = 1e-3
HUNDREDTH = RATE / 100
"""As the guide of Keras fine-tunes: 1e-5, after Adam's own 1e-3 for the head.

Source: keras-team/keras-io, guides/transfer_learning.py.
"""
REFERENCE_BATCH = 256
"""Pictures per step for which torchvision's reference training states its rates: 8 GPUs with 32 each.

Source: pytorch/vision, references/classification/README.md. From there are momentum, decay and the 90
epochs as well; cosine and 5 epochs of warm-up are what it trains its later networks with (RegNet).
"""

Factors = Callable[[Network], Mapping[str, float]]
Adjusting = Callable[[Network, TrainingOptions], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named way of training.

    Attributes:
        key: its name in code and on the command line.
        title: what the user sees.
        text: one line: what it does, and when it is good.
        options: fields of `TrainingOptions` that it sets; see `COMMON` for what it sets besides.
        head: style of the head that it puts in; '' keeps a head that fits the classes.
        frozen: everything but the head is frozen in the network; else nothing is.
        head_factor: learning-rate factor of the layers of the head.
        factors: learning-rate factors of the backbone's layers by id; 1 for those that it leaves out.
        stages: of the run, for the network as it is then; none for one part.
        adjust: options that follow from the network or from other options.
    """

    key: str
    title: str
    text: str
    options: Mapping[str, Any] = field(default_factory=dict)
    head: str = ""
    frozen: bool = True
    head_factor: float = 1.0
    factors: Factors = lambda network: {}
    stages: Callable[[Network], tuple[Stage, ...]] = lambda network: ()
    adjust: Adjusting = lambda network, options: {}


COMMON: Mapping[str, Any] = {
    "from_scratch": False,
    "schedule": "cosine",
    "warmup_epochs": 0.0,
    "weight_decay": 1e-4,
}
"""What every recipe sets where its row says nothing else, so that nothing is left of a former one."""
_ADAMW = {"optimizer": "AdamW", "learning_rate": RATE}
_SGD = {"optimizer": "SGD", "momentum": 0.9, "nesterov": False}
# The flat head and 30 epochs: Chollet, Deep Learning with Python, 2017, section 5.3 (RMSprop at 2e-5 there).
# Adam at 1e-4: TensorFlow's tutorial (tensorflow/docs, site/en/tutorials/images/transfer_learning.ipynb).
_TEXTBOOK = {
    "optimizer": "Adam",
    "learning_rate": 1e-4,
    "weight_decay": 0.0,
    "schedule": "constant",
    "epochs": 30,
}


# Batch normalization stays as it is, as in the guide of Keras.
def _two_stages(network: Network) -> tuple[Stage, ...]:
    return (Stage(tr("Head"), 5, RATE), Stage(tr("All layers"), 10, HUNDREDTH, (ALL,), still_norms=True))


def _block_by_block(network: Network) -> tuple[Stage, ...]:
    parts = blocks(network)
    stages = [Stage(tr("Head"), 3, RATE)]
    open_ids: tuple[str, ...] = ()
    for number, block in enumerate(reversed(parts), 1):
        open_ids = block.layers + open_ids
        last = number == len(parts)
        name = tr("All layers") if last else block.title
        rate, unfrozen = _short(RATE / FALL**number), (ALL,) if last else open_ids
        stages.append(Stage(name, 4 if last else 2, rate, unfrozen, still_norms=True))
    return tuple(stages)


def _falling(network: Network) -> Mapping[str, float]:
    """Lower towards the input: block by block, or, where there is attention, one such layer after another."""
    found: dict[str, float] = {}
    if not attentive(network, backbone_of(network)):
        for number, block in enumerate(reversed(blocks(network)), 1):
            found.update(dict.fromkeys(block.layers, _short(FALL**-number)))
        return found
    parts = attention_blocks(network)
    first = next(n for n, part in enumerate(parts) if attentive(network, part.layers))
    depth = 0
    for number in reversed(range(len(parts))):
        if attentive(network, parts[number].layers) or number == first - 1:
            depth += 1
        found.update(dict.fromkeys(parts[number].layers, _short(DECAY**depth)))
    return found


def _for_attention(network: Network, options: TrainingOptions) -> Mapping[str, Any]:
    """About the rate of MAE, 1e-3 for 256 pictures, with batches of 32."""
    if attentive(network, network.layers):
        return {"learning_rate": RATE / 10, "schedule": "cosine", "warmup_epochs": 1.0}
    return {}


def _reference_rate(network: Network, options: TrainingOptions) -> Mapping[str, Any]:
    """The rate of torchvision's reference training, for the network's kind and the size of a step.

    It is 0.1, or 0.01 without normalization (AlexNet, VGG); with layer normalization (Swin, ConvNeXt) it
    is AdamW's, which is given as 1e-3 for 1024 pictures.
    """
    share = options.batch_size * options.accumulate / REFERENCE_BATCH
    if any(layer.kind.startswith("LayerNorm") for layer in network):
        return {"optimizer": "AdamW", "learning_rate": _short(2.5e-4 * share), "weight_decay": 0.05}
    normalized = any(kind(layer.kind).category == "Normalization" for layer in network)
    return {"learning_rate": _short((0.1 if normalized else 0.01) * share)}


def _short(rate: float) -> float:
    """As it is shown: four digits."""
    return float(f"{rate:.4g}")


_ROWS = (
    Recipe(
        "feature_extraction",
        "Feature extraction",
        "Freezes the backbone; only the head learns. Quick, and best with few pictures.",
        {**_ADAMW, "epochs": 10},
    ),
    Recipe(
        "fine_tuning",
        "Feature extraction, then fine-tuning",
        "First the head learns; then everything does, at a hundredth of the rate. A good first choice.",
        {**_ADAMW, "warmup_epochs": 1.0},
        stages=_two_stages,
    ),
    Recipe(
        "gradual_unfreezing",
        "Gradual unfreezing",
        "First the head, then one block after another from the output to the input, each time more slowly.",
        _ADAMW,
        stages=_block_by_block,
    ),
    Recipe(
        "discriminative_rates",
        "Discriminative rates",
        "Everything learns at once, layers near the input more slowly: 2.6 times by block, or to 0.75 of "
        "the rate by attention layer.",
        {**_ADAMW, "schedule": "one_cycle", "epochs": 10},
        frozen=False,
        factors=_falling,
        adjust=_for_attention,
    ),
    Recipe(
        "from_scratch",
        "From scratch",
        "Everything learns from random weights, as if nothing had been learned before. For very many "
        "pictures, or to compare with.",
        {**_SGD, "from_scratch": True, "warmup_epochs": 5.0, "epochs": 90},
        frozen=False,
        adjust=_reference_rate,
    ),
    Recipe(
        "vgg16_flatten",
        "VGG16 frozen + Flatten + Dense 256 + Dropout 0.5 + Dense N",
        "The textbook head on a frozen backbone, with Adam at 1e-4. Made for VGG16; any network with a head "
        "will do.",
        _TEXTBOOK,
        head="flatten_dense",
    ),
    Recipe(
        "vgg16_pooling",
        "VGG16 + global average pooling + Dense 256",
        "The mean of each feature map, 256 features and a last layer on a frozen backbone, with Adam at "
        "1e-4. Made for VGG16; any network with a head will do.",
        _TEXTBOOK,
        head="gap_two_dense",
    ),
    # Figures of MATLAB's example with GoogLeNet, "Train Deep Learning Network to Classify New Images"; the
    # one with SqueezeNet, "Get Started with Transfer Learning", has the same factor, 1e-4 and 8 epochs.
    Recipe(
        "new_last_layer",
        "GoogLeNet / SqueezeNet with a new last layer at rate factor 10",
        "Everything learns slowly, the new last layer ten times as fast: SGD at 3e-4 with batches of 10. "
        "Any network with a head will do.",
        {
            **_SGD,
            "learning_rate": 3e-4,
            "batch_size": 10,
            "accumulate": 1,
            "schedule": "constant",
            "epochs": 6,
        },
        head="linear",
        frozen=False,
        head_factor=HEAD_RATE,
    ),
)

RECIPES: Mapping[str, Recipe] = {row.key: row for row in _ROWS}
"""All recipes by key, in the order of the list that the user sees."""
