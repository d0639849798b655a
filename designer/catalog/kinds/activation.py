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
)
