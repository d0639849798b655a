"""Layers that move values and compute nothing."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import axis, operation

ROWS: tuple[LayerKind, ...] = (
    LayerKind(
        "ZeroPad2d",
        "Zero padding 2-D",
        "Shape",
        "torch.nn.ZeroPad2d",
        (Setting("padding", "sizes", help="Left, right, top and bottom border."),),
        "Puts zeros around the picture.",
        summary=("padding",),
    ),
    LayerKind("Identity", "Identity", "Shape", "torch.nn.Identity", (), "y = x."),
    LayerKind(
        "Flatten",
        "Flatten",
        "Shape",
        "torch.nn.Flatten",
        (
            axis("start_dim", 1, "First dimension that is joined."),
            axis("end_dim", -1, "Last dimension that is joined."),
        ),
        "Joins dimensions into one.",
    ),
    operation(
        "Reshape",
        "Reshape",
        "Shape",
        "The same values in another shape.",
        Setting("shape", "ints", help="New sizes, batch first; -1 for the one that follows."),
        summary=("shape",),
    ),
    operation(
        "Permute",
        "Permute",
        "Shape",
        "Dimensions in another order.",
        Setting("dims", "ints", help="The old dimensions in their new order."),
        summary=("dims",),
    ),
    operation(
        "Transpose",
        "Transpose",
        "Shape",
        "Swaps two dimensions.",
        axis("dim0", 1, "One of the two."),
        axis("dim1", 2, "The other."),
        summary=("dim0", "dim1"),
    ),
    operation("Contiguous", "Contiguous", "Shape", "The same values, in order in memory."),
    operation("Unsqueeze", "Unsqueeze", "Shape", "Adds a dimension of size 1.", axis("dim", 1, "Where.")),
    operation(
        "Pad",
        "Padding",
        "Shape",
        "Puts a constant around the last dimensions.",
        Setting("pad", "ints", help="Border before and after, last dimension first."),
        Setting("value", "float", 0.0, help="The constant."),
        summary=("pad",),
    ),
    operation(
        "Select",
        "Select",
        "Shape",
        "One entry of a dimension; the dimension goes.",
        axis("dim", 1, "Dimension."),
        Setting("index", "int", 0, help="Which entry."),
        summary=("dim", "index"),
    ),
    operation(
        "Slice",
        "Slice",
        "Shape",
        "Every step-th entry of a dimension, from start up to stop.",
        axis("dim", 1, "Dimension."),
        Setting("start", "int", 0, help="First entry."),
        Setting("stop", "int", None, optional=True, help="End, not included; None: to the end."),
        Setting("step", "int", 1, minimum=1, help="Step."),
        summary=("dim", "start", "stop"),
    ),
    operation(
        "Chunk",
        "Chunk",
        "Shape",
        "Cuts a dimension into equal parts.",
        Setting("chunks", "int", 2, minimum=1, help="Number of parts."),
        axis("dim", 1, "Dimension."),
        outputs="chunks",
        summary=("chunks", "dim"),
    ),
    operation(
        "ExpandBatch",
        "Expand to batch",
        "Shape",
        "Repeats the first input along its first dimension as often as the second has pictures.",
        inputs=(2, 2),
    ),
)
