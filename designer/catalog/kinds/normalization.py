"""Normalization: to a mean of 0 and a variance of 1, over the batch, a picture or its features."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import EPS, OPERATIONS, axis, operation, whole

_FORMULA = "y = (x - mean) / √(var + eps) · weight + bias"
_BIAS = Setting("bias", "bool", True, help="Learn a shift too, not a scale alone.")
_SHAPE = Setting("normalized_shape", "ints", minimum=1, help="Sizes of the last dimensions.")


def _affine(default: bool) -> Setting:
    return Setting("affine", "bool", default, help="Learn a scale and a shift for each channel.")


def _running(
    key: str, title: str, text: str, track: bool, keywords: tuple[str, ...], ranks: tuple[int, ...]
) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Normalization",
        (OPERATIONS if key.startswith("Instance") else "torch.nn.") + key,
        (
            whole("num_features", "Channels of the input."),
            EPS,
            Setting(
                "momentum",
                "float",
                0.1,
                minimum=0.0,
                maximum=1.0,
                optional=True,
                help="Weight of the newest batch in the running statistics; None: all batches alike.",
            ),
            _affine(track),
            Setting("track_running_stats", "bool", track, help="Keep statistics for evaluation."),
        ),
        text,
        learnable=True,
        input_width="num_features",
        output_width="num_features",
        summary=("num_features",),
        formula=_FORMULA,
        keywords=("norm", *keywords),
        ranks=ranks,
    )


def _layer_norm(
    key: str, title: str, target: str, text: str, ranks: tuple[int, ...], *keywords: str
) -> LayerKind:
    affine = Setting("elementwise_affine", "bool", True, help="Learn a scale and a shift.")
    return LayerKind(
        key,
        title,
        "Normalization",
        target,
        (_SHAPE, EPS, affine, _BIAS),
        text,
        learnable=True,
        summary=("normalized_shape",),
        formula=_FORMULA,
        keywords=("norm", "ln", "layernorm", *keywords),
        ranks=ranks,
    )


_BATCH = "Each channel over the whole batch; in evaluation with the statistics kept from training."
_INSTANCE = "Each channel of each picture by itself."

ROWS: tuple[LayerKind, ...] = (
    _running("BatchNorm2d", "Batch normalization 2-D", _BATCH, True, ("bn", "batchnorm", "bn2d"), (4,)),
    _running("BatchNorm1d", "Batch normalization 1-D", _BATCH, True, ("bn", "batchnorm", "bn1d"), (2, 3)),
    _layer_norm(
        "LayerNorm",
        "Layer normalization",
        "torch.nn.LayerNorm",
        "All values of the last dimensions together.",
        (),
        "transformer",
    ),
    _layer_norm(
        "LayerNorm2d",
        "Layer normalization of channels",
        "torchvision.models.convnext.LayerNorm2d",
        "The channels at each position of a picture.",
        (4,),
        "channels first",
        "convnext",
    ),
    LayerKind(
        "GroupNorm",
        "Group normalization",
        "Normalization",
        "torch.nn.GroupNorm",
        (
            whole("num_groups", "Groups of channels; must divide their number."),
            whole("num_channels", "Channels of the input."),
            EPS,
            _affine(True),
        ),
        "Each group of channels of each picture; the same for any batch size.",
        learnable=True,
        input_width="num_channels",
        output_width="num_channels",
        summary=("num_groups",),
        formula=_FORMULA,
        keywords=("norm", "gn", "groupnorm", "small batch"),
    ),
    _running("InstanceNorm2d", "Instance normalization 2-D", _INSTANCE, False, ("in", "style"), (4,)),
    _running("InstanceNorm1d", "Instance normalization 1-D", _INSTANCE, False, ("in", "sequence"), (3,)),
    LayerKind(
        "RMSNorm",
        "RMS normalization",
        "Normalization",
        OPERATIONS + "RMSNorm",
        (
            _SHAPE,
            Setting(
                "eps",
                "float",
                None,
                minimum=0.0,
                optional=True,
                help="Added to the mean square; None: the least step of the number type.",
            ),
            Setting("elementwise_affine", "bool", True, help="Learn a scale."),
        ),
        "By the root mean square of the last dimensions; the mean stays.",
        learnable=True,
        summary=("normalized_shape",),
        formula="y = x / √(mean(x²) + eps) · weight",
        keywords=("norm", "rms", "root mean square", "transformer", "llama"),
    ),
    LayerKind(
        "LocalResponseNorm",
        "Local response normalization",
        "Normalization",
        "torch.nn.LocalResponseNorm",
        (
            Setting("size", "int", minimum=1, help="Neighbouring channels that count."),
            Setting("alpha", "float", 1e-4, help="Weight of the neighbours."),
            Setting("beta", "float", 0.75, help="Exponent."),
            Setting("k", "float", 1.0, help="Added; keeps the divisor from 0."),
        ),
        "Damps a channel where its neighbours are large.",
        summary=("size",),
        formula="y = x / (k + alpha / size · Σ of x² over neighbouring channels)^beta",
        keywords=("norm", "lrn", "alexnet", "cross channel"),
        ranks=(3, 4, 5),
    ),
    operation(
        "Normalize",
        "Normalization to length 1",
        "Normalization",
        "Makes each vector along a dimension as long as 1.",
        Setting("p", "float", 2.0, minimum=0.0, help="Exponent of the norm; 2 is Euclid's length."),
        axis("dim", 1, "Dimension along which the vectors lie."),
        Setting("eps", "float", 1e-12, minimum=0.0, help="Least length to divide by."),
        summary=("dim",),
        formula="y = x / max(‖x‖ₚ, eps)",
        keywords=("norm", "l2", "unit length", "cosine", "metric learning"),
    ),
)
