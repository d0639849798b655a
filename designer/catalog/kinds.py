"""The table of layer kinds: every operation that a network document can hold.

Settings have the names of the constructor's arguments in torch, and the same meaning. In-place
variants are not kept: a document says what is computed, not where the result lies.
"""

from __future__ import annotations

import difflib

from designer.catalog.kind import LayerKind, Setting
from designer.errors import NetworkError
from designer.messages import tr

_OPERATIONS = "designer.engine.operations."


def _sizes(name: str, default: object, minimum: int, text: str) -> Setting:
    return Setting(name, "sizes", default, minimum=minimum, help=text)


def _whole(name: str, text: str, minimum: int | None = 1) -> Setting:
    return Setting(name, "int", minimum=minimum, help=text)


def _axis(name: str, default: int, text: str) -> Setting:
    return Setting(name, "int", default, help=text)


_BIAS = Setting("bias", "bool", True, help="Add a learned constant to each output feature.")
_EPS = Setting("eps", "float", 1e-5, minimum=0.0, help="Added to the variance, against division by 0.")
_PROBABILITY = Setting("p", "float", 0.5, minimum=0.0, maximum=1.0, help="Share that is zeroed.")
_RATE = Setting("dropout", "float", 0.0, minimum=0.0, maximum=1.0, help="Share of outputs zeroed.")
_HEADS = _whole("num_heads", "Attention heads; must divide the number of features.")
_CEIL = Setting("ceil_mode", "bool", False, help="Round the output size up instead of down.")
_WINDOW = (
    _whole("dim", "Number of features."),
    Setting("window_size", "ints", minimum=1, help="Height and width of a window, in patches."),
    Setting("shift_size", "ints", minimum=0, help="Shift of the windows, in patches."),
    _HEADS,
    Setting("qkv_bias", "bool", True, help="Learned constant on query, key and value."),
    Setting("proj_bias", "bool", True, help="Learned constant on the output projection."),
    Setting("attention_dropout", "float", 0.0, minimum=0.0, maximum=1.0, help="Share of weights zeroed."),
    _RATE,
)


def _convolution(key: str, title: str, target: str, text: str, *more: Setting) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Convolution",
        target,
        (
            _whole("in_channels", "Channels of the input."),
            _whole("out_channels", "Number of filters: channels of the output."),
            Setting("kernel_size", "sizes", minimum=1, help="Height and width of a filter."),
            _sizes("stride", 1, 1, "Step between two positions of the filter."),
            *more,
            _sizes("dilation", 1, 1, "Distance between two taps of the filter."),
            Setting("groups", "int", 1, minimum=1, help="Channel groups convolved apart."),
            _BIAS,
            Setting(
                "padding_mode",
                "choice",
                "zeros",
                choices=("zeros", "reflect", "replicate", "circular"),
                help="What is put around the border.",
            ),
        ),
        text,
        learnable=True,
        input_width="in_channels",
        output_width="out_channels",
        summary=("kernel_size", "out_channels", "stride"),
    )


def _batch_norm(key: str, title: str) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Normalization",
        f"torch.nn.{key}",
        (
            _whole("num_features", "Channels of the input."),
            _EPS,
            Setting(
                "momentum",
                "float",
                0.1,
                minimum=0.0,
                maximum=1.0,
                optional=True,
                help="Weight of the newest batch in the running statistics.",
            ),
            Setting("affine", "bool", True, help="Learn a scale and a shift for each channel."),
            Setting("track_running_stats", "bool", True, help="Keep statistics for evaluation."),
        ),
        "y = (x - mean) / sqrt(var + eps) * weight + bias, for each channel over the batch.",
        learnable=True,
        input_width="num_features",
        output_width="num_features",
        summary=("num_features",),
    )


def _layer_norm(key: str, title: str, target: str, text: str) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Normalization",
        target,
        (
            Setting("normalized_shape", "ints", minimum=1, help="Sizes of the last dimensions."),
            _EPS,
            Setting("elementwise_affine", "bool", True, help="Learn a scale and a shift."),
            _BIAS,
        ),
        text,
        learnable=True,
        summary=("normalized_shape",),
    )


def _activation(key: str, text: str, *settings: Setting, title: str = "") -> LayerKind:
    return LayerKind(key, title or key, "Activation", f"torch.nn.{key}", settings, text)


def _pool(key: str, title: str, text: str, *more: Setting) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Pooling",
        f"torch.nn.{key}",
        (
            Setting("kernel_size", "sizes", minimum=1, help="Height and width of the window."),
            Setting("stride", "sizes", None, minimum=1, optional=True, help="Step; None: the window."),
            _sizes("padding", 0, 0, "Border on each side."),
            *more,
        ),
        text,
        summary=("kernel_size", "stride"),
    )


def _adaptive_pool(key: str, title: str, text: str) -> LayerKind:
    size = Setting("output_size", "sizes", 1, minimum=1, help="Height and width of the output.")
    return LayerKind(key, title, "Pooling", f"torch.nn.{key}", (size,), text, summary=("output_size",))


def _operation(
    key: str,
    title: str,
    category: str,
    text: str,
    *settings: Setting,
    inputs: tuple[int, int | None] = (1, 1),
    outputs: int | str = 1,
    learnable: bool = False,
    summary: tuple[str, ...] = (),
) -> LayerKind:
    return LayerKind(
        key,
        title,
        category,
        _OPERATIONS + key,
        settings,
        text,
        inputs=inputs,
        outputs=outputs,
        learnable=learnable,
        summary=summary,
    )


_ROWS = (
    _operation(
        "Input",
        "Input",
        "Input and output",
        "A batch of pictures, after preprocessing.",
        Setting("shape", "ints", minimum=1, help="Channels, height and width."),
        inputs=(0, 0),
        summary=("shape",),
    ),
    _operation("Output", "Output", "Input and output", "What the network answers."),
    _operation(
        "AuxiliaryOutput",
        "Auxiliary output",
        "Input and output",
        "A second classifier, used in training alone: loss = main + weight * auxiliary.",
        Setting("loss_weight", "float", 0.3, minimum=0.0, help="Its share in the training loss."),
        summary=("loss_weight",),
    ),
    _convolution(
        "Conv2d",
        "Convolution 2-D",
        "torch.nn.Conv2d",
        "y = sum over taps and channels of w * x, plus bias.",
        Setting("padding", "sizes", 0, minimum=0, help="Border on each side."),
    ),
    LayerKind(
        "Linear",
        "Linear",
        "Linear",
        "torch.nn.Linear",
        (
            _whole("in_features", "Features of the input."),
            _whole("out_features", "Features of the output."),
            _BIAS,
        ),
        "y = W x + b.",
        learnable=True,
        input_width="in_features",
        output_width="out_features",
        summary=("out_features",),
    ),
    _batch_norm("BatchNorm1d", "Batch normalization 1-D"),
    _batch_norm("BatchNorm2d", "Batch normalization 2-D"),
    _layer_norm(
        "LayerNorm",
        "Layer normalization",
        "torch.nn.LayerNorm",
        "y = (x - mean) / sqrt(var + eps) * weight + bias, over the last dimensions.",
    ),
    _layer_norm(
        "LayerNorm2d",
        "Layer normalization of channels",
        "torchvision.models.convnext.LayerNorm2d",
        "Layer normalization over the channels at each position.",
    ),
    _activation("ReLU", "y = max(x, 0)."),
    _activation("ReLU6", "y = min(max(x, 0), 6)."),
    _activation(
        "LeakyReLU",
        "y = x for x > 0, slope * x otherwise.",
        Setting("negative_slope", "float", 0.01, help="Slope below 0."),
        title="Leaky ReLU",
    ),
    _activation("SiLU", "y = x * sigmoid(x)."),
    _activation(
        "GELU",
        "y = x * Phi(x), Phi the normal distribution function.",
        Setting("approximate", "choice", "none", choices=("none", "tanh"), help="How Phi is computed."),
    ),
    _activation("Sigmoid", "y = 1 / (1 + exp(-x))."),
    _activation("Tanh", "y = tanh(x)."),
    _activation("Hardswish", "y = x * min(max(x + 3, 0), 6) / 6."),
    _activation("Hardsigmoid", "y = min(max(x + 3, 0), 6) / 6."),
    _activation("Softmax", "y_i = exp(x_i) / sum of exp(x_j).", _axis("dim", 1, "Dimension that sums to 1.")),
    _pool(
        "MaxPool2d",
        "Max pooling 2-D",
        "y = largest value in the window.",
        _sizes("dilation", 1, 1, "Distance between two taps of the window."),
        _CEIL,
    ),
    _pool(
        "AvgPool2d",
        "Average pooling 2-D",
        "y = mean of the window.",
        _CEIL,
        Setting("count_include_pad", "bool", True, help="Count the border in the mean."),
    ),
    _adaptive_pool(
        "AdaptiveAvgPool2d", "Adaptive average pooling 2-D", "Mean, to a given size; 1 is global."
    ),
    _adaptive_pool("AdaptiveMaxPool2d", "Adaptive max pooling 2-D", "Maximum, to a given size; 1 is global."),
    LayerKind(
        "Dropout",
        "Dropout",
        "Regularization",
        "torch.nn.Dropout",
        (_PROBABILITY,),
        "In training zeroes a share p of the values and scales the rest by 1 / (1 - p).",
        summary=("p",),
    ),
    LayerKind(
        "StochasticDepth",
        "Stochastic depth",
        "Regularization",
        "torchvision.ops.StochasticDepth",
        (
            _PROBABILITY,
            Setting("mode", "choice", "row", choices=("row", "batch"), help="Per picture or batch."),
        ),
        "In training drops the whole branch with probability p.",
        summary=("p",),
    ),
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
            _axis("start_dim", 1, "First dimension that is joined."),
            _axis("end_dim", -1, "Last dimension that is joined."),
        ),
        "Joins dimensions into one.",
    ),
    _operation(
        "Reshape",
        "Reshape",
        "Shape",
        "The same values in another shape.",
        Setting("shape", "ints", help="New sizes, batch first; -1 for the one that follows."),
        summary=("shape",),
    ),
    _operation(
        "Permute",
        "Permute",
        "Shape",
        "Dimensions in another order.",
        Setting("dims", "ints", help="The old dimensions in their new order."),
        summary=("dims",),
    ),
    _operation(
        "Transpose",
        "Transpose",
        "Shape",
        "Swaps two dimensions.",
        _axis("dim0", 1, "One of the two."),
        _axis("dim1", 2, "The other."),
        summary=("dim0", "dim1"),
    ),
    _operation("Contiguous", "Contiguous", "Shape", "The same values, in order in memory."),
    _operation("Unsqueeze", "Unsqueeze", "Shape", "Adds a dimension of size 1.", _axis("dim", 1, "Where.")),
    _operation(
        "Pad",
        "Padding",
        "Shape",
        "Puts a constant around the last dimensions.",
        Setting("pad", "ints", help="Border before and after, last dimension first."),
        Setting("value", "float", 0.0, help="The constant."),
        summary=("pad",),
    ),
    _operation(
        "Select",
        "Select",
        "Shape",
        "One entry of a dimension; the dimension goes.",
        _axis("dim", 1, "Dimension."),
        Setting("index", "int", 0, help="Which entry."),
        summary=("dim", "index"),
    ),
    _operation(
        "Slice",
        "Slice",
        "Shape",
        "Every step-th entry of a dimension, from start up to stop.",
        _axis("dim", 1, "Dimension."),
        Setting("start", "int", 0, help="First entry."),
        Setting("stop", "int", None, optional=True, help="End, not included; None: to the end."),
        Setting("step", "int", 1, minimum=1, help="Step."),
        summary=("dim", "start", "stop"),
    ),
    _operation(
        "Chunk",
        "Chunk",
        "Shape",
        "Cuts a dimension into equal parts.",
        Setting("chunks", "int", 2, minimum=1, help="Number of parts."),
        _axis("dim", 1, "Dimension."),
        outputs="chunks",
        summary=("chunks", "dim"),
    ),
    _operation(
        "Mean",
        "Mean",
        "Pooling",
        "Mean over dimensions.",
        Setting("dims", "ints", help="Dimensions."),
        Setting("keepdim", "bool", False, help="Keep them with size 1."),
        summary=("dims",),
    ),
    _operation("Add", "Addition", "Combination", "y = a + b + ...", inputs=(2, None)),
    _operation("Multiply", "Multiplication", "Combination", "y = a * b * ...", inputs=(2, None)),
    _operation(
        "Concat",
        "Concatenation",
        "Combination",
        "Inputs one after the other along a dimension.",
        _axis("dim", 1, "Dimension."),
        inputs=(1, None),
        summary=("dim",),
    ),
    _operation(
        "Scale",
        "Scale and shift",
        "Combination",
        "y = x * factor + offset, with fixed numbers.",
        Setting("factor", "float", 1.0, help="Multiplies."),
        Setting("offset", "float", 0.0, help="Is added."),
        summary=("factor", "offset"),
    ),
    _operation(
        "Parameter",
        "Parameter",
        "Learned values",
        "A learned tensor, such as a class token, a position embedding or a layer scale.",
        Setting("shape", "ints", minimum=1, help="Its shape."),
        inputs=(0, 0),
        learnable=True,
        summary=("shape",),
    ),
    _operation(
        "ExpandBatch",
        "Expand to batch",
        "Shape",
        "Repeats the first input along its first dimension as often as the second has pictures.",
        inputs=(2, 2),
    ),
    LayerKind(
        "MultiheadAttention",
        "Multi-head attention",
        "Attention",
        _OPERATIONS + "Attention",
        (
            _whole("embed_dim", "Number of features."),
            _HEADS,
            _RATE,
            _BIAS,
            Setting("batch_first", "bool", True, help="Shapes are batch, sequence, features."),
        ),
        "softmax(Q K^T / sqrt(d)) V for each head, of query, key and value.",
        inputs=(3, 3),
        learnable=True,
        summary=("embed_dim", "num_heads"),
    ),
    LayerKind(
        "ShiftedWindowAttention",
        "Shifted-window attention",
        "Attention",
        "torchvision.models.swin_transformer.ShiftedWindowAttention",
        _WINDOW,
        "Attention within windows that are shifted from layer to layer.",
        learnable=True,
        summary=("dim", "window_size", "num_heads"),
    ),
    LayerKind(
        "ShiftedWindowAttentionV2",
        "Shifted-window attention, version 2",
        "Attention",
        "torchvision.models.swin_transformer.ShiftedWindowAttentionV2",
        _WINDOW,
        "Cosine attention within shifted windows, with learned positions.",
        learnable=True,
        summary=("dim", "window_size", "num_heads"),
    ),
    LayerKind(
        "RelativePositionalMultiHeadAttention",
        "Attention with relative positions",
        "Attention",
        "torchvision.models.maxvit.RelativePositionalMultiHeadAttention",
        (
            _whole("feat_dim", "Number of features."),
            _whole("head_dim", "Features of one head; must divide the number of features."),
            _whole("max_seq_len", "Positions in a window."),
        ),
        "Attention within a window, with a learned bias for each relative position.",
        learnable=True,
        summary=("feat_dim", "head_dim"),
    ),
)


def _table(rows: tuple[LayerKind, ...]) -> dict[str, LayerKind]:
    table: dict[str, LayerKind] = {}
    for row in rows:
        if row.key in table:
            raise ValueError(f"two layer kinds have the key {row.key!r}")
        table[row.key] = row
    return table


KINDS: dict[str, LayerKind] = _table(_ROWS)
"""All layer kinds by key, in the order of the layer library."""


def kind(key: str) -> LayerKind:
    """The layer kind of that key. Raises NetworkError, with the nearest keys, when there is none."""
    try:
        return KINDS[key]
    except KeyError:
        near = difflib.get_close_matches(key, KINDS, 3)
        raise NetworkError(
            tr("There is no layer kind '{key}'.", key=key),
            tr("Nearest: {names}.", names=", ".join(near)) if near else "",
            tr("Update Netgraft, or replace the layer."),
        ) from None
