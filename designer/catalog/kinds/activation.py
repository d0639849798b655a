"""Activation functions."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import axis


def _activation(key: str, text: str, *settings: Setting, title: str = "") -> LayerKind:
    return LayerKind(key, title or key, "Activation", f"torch.nn.{key}", settings, text)


ROWS: tuple[LayerKind, ...] = (
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
    _activation("Softmax", "y_i = exp(x_i) / sum of exp(x_j).", axis("dim", 1, "Dimension that sums to 1.")),
    _activation(
        "ELU",
        "y = x for x > 0, alpha * (exp(x) - 1) otherwise.",
        Setting("alpha", "float", 1.0, help="Lowest value is -alpha."),
    ),
    _activation("Mish", "y = x * tanh(log(1 + exp(x)))."),
    _activation(
        "Softplus",
        "y = log(1 + exp(beta * x)) / beta.",
        Setting("beta", "float", 1.0, help="Greater is sharper."),
        Setting("threshold", "float", 20.0, help="Above this, y = x."),
    ),
    LayerKind(
        "PReLU",
        "PReLU",
        "Activation",
        "torch.nn.PReLU",
        (
            Setting("num_parameters", "int", 1, minimum=1, help="1, or the number of channels."),
            Setting("init", "float", 0.25, help="First value of the slope."),
        ),
        "y = x for x > 0, learned slope * x otherwise.",
        learnable=True,
    ),
)
