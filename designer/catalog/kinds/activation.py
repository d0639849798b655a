"""Activation functions."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import OPERATIONS, axis


def _row(
    key: str,
    text: str,
    formula: str,
    *settings: Setting,
    title: str = "",
    keywords: tuple[str, ...] = (),
    learnable: bool = False,
    summary: tuple[str, ...] = (),
    target: str = "torch.nn.",
) -> LayerKind:
    return LayerKind(
        key,
        title or key,
        "Activation",
        target + key,
        settings,
        text,
        learnable=learnable,
        summary=summary,
        formula=formula,
        keywords=("nonlinearity", *keywords),
    )


_ALPHA = Setting("alpha", "float", 1.0, help="Lowest value is -alpha.")
_LAMBD = Setting("lambd", "float", 0.5, minimum=0.0, help="Values up to this far from 0 become 0.")
_SUM = axis("dim", 1, "Dimension that sums to 1.")

ROWS: tuple[LayerKind, ...] = (
    _row("ReLU", "Keeps what is positive.", "y = max(x, 0)", keywords=("rectifier",)),
    _row("ReLU6", "ReLU with an upper end of 6.", "y = min(max(x, 0), 6)", keywords=("relu", "mobilenet")),
    _row(
        "LeakyReLU",
        "ReLU that lets a small share of negative values through.",
        "y = x for x > 0, slope · x otherwise",
        Setting("negative_slope", "float", 0.01, help="Slope below 0."),
        title="Leaky ReLU",
        keywords=("relu",),
    ),
    _row(
        "PReLU",
        "Leaky ReLU whose slope is learned.",
        "y = x for x > 0, w · x otherwise",
        Setting("num_parameters", "int", 1, minimum=1, help="1, or the number of channels."),
        Setting("init", "float", 0.25, help="First value of the slope."),
        learnable=True,
        keywords=("relu", "parametric"),
    ),
    _row(
        "SiLU",
        "Smooth ReLU: x weighted by its own sigmoid.",
        "y = x · sigmoid(x)",
        keywords=("swish", "efficientnet"),
    ),
    _row(
        "GELU",
        "Smooth ReLU of transformers; Phi is the normal distribution function.",
        "y = x · Phi(x)",
        Setting("approximate", "choice", "none", choices=("none", "tanh"), help="How Phi is computed."),
        keywords=("gaussian", "transformer"),
    ),
    _row(
        "Mish", "Smooth ReLU that dips a little below 0.", "y = x · tanh(log(1 + exp(x)))", keywords=("yolo",)
    ),
    _row(
        "Hardswish",
        "SiLU made of straight parts.",
        "y = x · min(max(x + 3, 0), 6) / 6",
        keywords=("hswish", "swish", "mobilenet"),
    ),
    _row("ELU", "ReLU that bends to -alpha.", "y = x for x > 0, alpha · (exp(x) - 1) otherwise", _ALPHA),
    _row(
        "SELU",
        "ELU scaled so that values keep a mean of 0 and a variance of 1.",
        "y = 1.0507 · (x for x > 0, 1.6733 · (exp(x) - 1) otherwise)",
        keywords=("self normalizing",),
    ),
    _row(
        "CELU",
        "ELU without a kink at 0 for any alpha.",
        "y = max(x, 0) + min(alpha · (exp(x / alpha) - 1), 0)",
        _ALPHA,
    ),
    _row(
        "Softplus",
        "ReLU with a rounded corner.",
        "y = log(1 + exp(beta · x)) / beta",
        Setting("beta", "float", 1.0, help="Greater is sharper."),
        Setting("threshold", "float", 20.0, help="Above this, y = x."),
        target=OPERATIONS,
    ),
    _row(
        "Sigmoid",
        "Into the range from 0 to 1.",
        "y = 1 / (1 + exp(-x))",
        keywords=("logistic", "gate", "probability"),
    ),
    _row(
        "Hardsigmoid",
        "Sigmoid made of straight parts.",
        "y = min(max(x + 3, 0), 6) / 6",
        keywords=("hsigmoid", "gate"),
    ),
    _row("LogSigmoid", "Logarithm of the sigmoid.", "y = -log(1 + exp(-x))"),
    _row("Tanh", "Into the range from -1 to 1.", "y = tanh(x)", keywords=("hyperbolic tangent",)),
    _row(
        "Hardtanh",
        "Cuts values off at two ends.",
        "y = min(max(x, min_val), max_val)",
        Setting("min_val", "float", -1.0, help="Lower end; below the upper one."),
        Setting("max_val", "float", 1.0, help="Upper end."),
        keywords=("clip", "clamp"),
    ),
    _row("Softsign", "Slowly into the range from -1 to 1.", "y = x / (1 + |x|)"),
    _row(
        "Softshrink",
        "Moves values towards 0, and small ones to 0.",
        "y = x - lambd for x > lambd, x + lambd for x < -lambd, 0 between",
        _LAMBD,
        keywords=("soft thresholding",),
    ),
    _row(
        "Hardshrink",
        "Sets small values to 0.",
        "y = x for |x| > lambd, 0 otherwise",
        _LAMBD,
        keywords=("hard thresholding",),
    ),
    _row("Tanhshrink", "What tanh takes away.", "y = x - tanh(x)"),
    _row(
        "Threshold",
        "Puts one number for all values up to a threshold.",
        "y = x for x > threshold, value otherwise",
        Setting("threshold", "float", help="Values up to this are replaced."),
        Setting("value", "float", help="What they are replaced by."),
        summary=("threshold", "value"),
        target=OPERATIONS,
    ),
    _row(
        "GLU",
        "Halves a dimension: one half gates the other.",
        "y = a · sigmoid(b), x = (a, b)",
        axis("dim", 1, "Dimension that is halved."),
        title="GLU",
        keywords=("gated linear unit", "gate"),
        summary=("dim",),
    ),
    _row(
        "Softmax",
        "Into shares that sum to 1.",
        "y_i = exp(x_i) / Σ exp(x_j)",
        _SUM,
        keywords=("probability", "scores"),
    ),
    _row(
        "LogSoftmax",
        "Logarithm of the softmax.",
        "y_i = x_i - log Σ exp(x_j)",
        _SUM,
        keywords=("probability", "log likelihood", "nll"),
    ),
    _row("Softmin", "Softmax of -x: the least gets most.", "y_i = exp(-x_i) / Σ exp(-x_j)", _SUM),
)
