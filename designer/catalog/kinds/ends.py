"""Where a network begins and ends."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import operation

ROWS: tuple[LayerKind, ...] = (
    operation(
        "Input",
        "Input",
        "Input and output",
        "A batch of pictures, after preprocessing.",
        Setting("shape", "ints", minimum=1, help="Channels, height and width."),
        inputs=(0, 0),
        summary=("shape",),
        formula="y = picture",
        keywords=("image", "data", "source"),
    ),
    operation(
        "Output",
        "Output",
        "Input and output",
        "What the network answers: one number for each class.",
        formula="scores = x",
        keywords=("scores", "logits", "result", "end"),
    ),
    operation(
        "AuxiliaryOutput",
        "Auxiliary output",
        "Input and output",
        "A second classifier, used in training alone.",
        Setting("loss_weight", "float", 0.3, minimum=0.0, help="Its share in the training loss."),
        summary=("loss_weight",),
        formula="loss = main + loss_weight · auxiliary",
        keywords=("deep supervision", "auxiliary classifier", "inception"),
    ),
)
