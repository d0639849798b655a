"""Blocks for pictures: convolution with its norm, residual blocks, squeeze and excitation, branches."""

from __future__ import annotations

from typing import Any

from designer.catalog.blocks.around import Around
from designer.catalog.blocks.draft import OUTSIDE, Draft
from designer.network.fragment import Fragment
from designer.network.network import Port


def _convolved(
    draft: Draft,
    number: str,
    source: Port,
    widths: tuple[int, int],
    kernel: int,
    *,
    stride: int = 1,
    groups: int = 1,
    activation: str = "ReLU",
    group: str = "",
) -> Port:
    """A convolution without a bias that keeps the size, its norm and, unless '', its activation."""
    settings: dict[str, Any] = {
        "in_channels": widths[0],
        "out_channels": widths[1],
        "kernel_size": kernel,
        "stride": stride,
        "padding": kernel // 2,
        "groups": groups,
        "bias": False,
    }
    x = draft.put(f"conv{number}", "Conv2d", settings, source, group=group)
    x = draft.put(f"bn{number}", "BatchNorm2d", {"num_features": widths[1]}, x, group=group)
    return draft.put(f"{activation.lower()}{number}", activation, {}, x, group=group) if activation else x


def conv_bn_relu(around: Around) -> Fragment:
    """(C, H, W) to the same; to 64 channels after a picture itself."""
    draft = Draft()
    out = _convolved(draft, "", OUTSIDE, (around.channels, around.filters), 3)
    return draft.done("Convolution, norm, ReLU", out)


def _joined(draft: Draft, x: Port, shortcut: Port, title: str) -> Fragment:
    x = draft.put("add", "Add", {}, x, shortcut)
    return draft.done(title, draft.put("relu_out", "ReLU", {}, x))


def _shortcut(draft: Draft, widths: tuple[int, int], stride: int) -> Port:
    """What comes in; through a convolution where width or size differ."""
    if widths[0] == widths[1] and stride == 1:
        return OUTSIDE
    return _convolved(draft, "_shortcut", OUTSIDE, widths, 1, stride=stride, activation="", group="shortcut")


def residual(around: Around, width: int = 0, stride: int = 1) -> Fragment:
    """Two convolutions beside a shortcut, as in ResNet-18.

    Shape: (C, H, W) to (`width`, H / stride, W / stride); 0 keeps the width of what comes in. Where width
    or size change, the shortcut is a projection.
    """
    before, width = around.channels, width or around.filters
    draft = Draft()
    x = _convolved(draft, "1", OUTSIDE, (before, width), 3, stride=stride)
    x = _convolved(draft, "2", x, (width, width), 3, activation="")
    return _joined(draft, x, _shortcut(draft, (before, width), stride), "Residual block")


def bottleneck(around: Around, width: int = 0, stride: int = 1) -> Fragment:
    """A narrow 3 × 3 convolution between two of 1 × 1, beside a shortcut, as in ResNet-50.

    Shape: as `residual`.
    """
    before, width = around.channels, width or around.filters
    inner = max(width // 4, 1)
    draft = Draft()
    x = _convolved(draft, "1", OUTSIDE, (before, inner), 1)
    x = _convolved(draft, "2", x, (inner, inner), 3, stride=stride)
    x = _convolved(draft, "3", x, (inner, width), 1, activation="")
    return _joined(draft, x, _shortcut(draft, (before, width), stride), "Bottleneck block")


def halving_residual(around: Around) -> Fragment:
    """A residual block with twice the channels and half the size: (C, H, W) to (2 C, H / 2, W / 2)."""
    return residual(around, 2 * around.filters, 2)


def _excited(draft: Draft, x: Port, width: int, inner: int, gates: tuple[str, str], group: str) -> Port:
    """`x` times a factor for each channel that all channels' means decide."""
    y = draft.put("se_pool", "AdaptiveAvgPool2d", {"output_size": 1}, x, group=group)
    settings = {"in_channels": width, "out_channels": inner, "kernel_size": 1}
    y = draft.put("se_fc1", "Conv2d", settings, y, group=group)
    y = draft.put("se_act", gates[0], {}, y, group=group)
    settings = {"in_channels": inner, "out_channels": width, "kernel_size": 1}
    y = draft.put("se_fc2", "Conv2d", settings, y, group=group)
    y = draft.put("se_gate", gates[1], {}, y, group=group)
    return draft.put("se_scale", "Multiply", {}, y, x, group=group)


def squeeze_excitation(around: Around) -> Fragment:
    """(C, H, W) to the same."""
    draft = Draft()
    width = around.channels
    out = _excited(draft, OUTSIDE, width, max(width // 16, 1), ("ReLU", "Sigmoid"), "")
    return draft.done("Squeeze and excitation", out)


def inverted_residual(around: Around, width: int = 0, stride: int = 1, *, excited: bool = True) -> Fragment:
    """A wide depthwise convolution between two of 1 × 1, as in MobileNetV2 and EfficientNet (MBConv).

    Shape: (C, H, W) to (`width`, H / stride, W / stride); 0 keeps the width of what comes in. The shortcut
    is there where width and size stay. With squeeze and excitation the activation is SiLU, without it
    ReLU6, as in the papers.
    """
    before, width = around.channels, width or around.filters
    inner = before * 6
    activation = "SiLU" if excited else "ReLU6"
    draft = Draft()
    x = _convolved(draft, "_expand", OUTSIDE, (before, inner), 1, activation=activation)
    x = _convolved(draft, "_depth", x, (inner, inner), 3, stride=stride, groups=inner, activation=activation)
    if excited:
        x = _excited(draft, x, inner, max(before // 4, 1), ("SiLU", "Sigmoid"), "se")
    x = _convolved(draft, "_project", x, (inner, width), 1, activation="")
    if before == width and stride == 1:
        x = draft.put("add", "Add", {}, x, OUTSIDE)
    return draft.done("Inverted residual block", x)


def plain_inverted_residual(around: Around) -> Fragment:
    """The inverted residual block without squeeze and excitation: (C, H, W) to the same."""
    return inverted_residual(around, excited=False)


def depthwise_separable(around: Around) -> Fragment:
    """Each channel by itself over 3 × 3, then all channels at each position: (C, H, W) to the same."""
    draft = Draft()
    before = around.channels
    x = _convolved(draft, "_depth", OUTSIDE, (before, before), 3, groups=before)
    x = _convolved(draft, "_point", x, (before, around.filters), 1)
    return draft.done("Depthwise separable convolution", x)


def inception(around: Around) -> Fragment:
    """Four branches side by side, joined: (C, H, W) to (C, H, W), to 64 channels after a picture itself."""
    before, width = around.channels, around.filters
    part = max(width // 4, 1)
    wide = max(width - 3 * part, 1)
    draft = Draft()
    one = _convolved(draft, "_1x1", OUTSIDE, (before, wide), 1, group="branch1")
    three = _convolved(draft, "_3x3_reduce", OUTSIDE, (before, part), 1, group="branch2")
    three = _convolved(draft, "_3x3", three, (part, part), 3, group="branch2")
    five = _convolved(draft, "_5x5_reduce", OUTSIDE, (before, part), 1, group="branch3")
    five = _convolved(draft, "_5x5", five, (part, part), 5, group="branch3")
    settings = {"kernel_size": 3, "stride": 1, "padding": 1}
    pool = draft.put("pool", "MaxPool2d", settings, OUTSIDE, group="branch4")
    pool = _convolved(draft, "_pool", pool, (before, part), 1, group="branch4")
    return draft.done("Inception block", draft.put("concat", "Concat", {}, one, three, five, pool))


def dense_layer(around: Around) -> Fragment:
    """32 new channels joined to those that come in, as in DenseNet: (C, H, W) to (C + 32, H, W)."""
    before, growth = around.channels, 32
    draft = Draft()
    x = draft.put("bn1", "BatchNorm2d", {"num_features": before}, OUTSIDE)
    x = draft.put("relu1", "ReLU", {}, x)
    settings: dict[str, Any] = {"in_channels": before, "out_channels": 4 * growth, "kernel_size": 1}
    x = draft.put("conv1", "Conv2d", settings | {"bias": False}, x)
    x = draft.put("bn2", "BatchNorm2d", {"num_features": 4 * growth}, x)
    x = draft.put("relu2", "ReLU", {}, x)
    settings = {"in_channels": 4 * growth, "out_channels": growth, "kernel_size": 3, "padding": 1}
    x = draft.put("conv2", "Conv2d", settings | {"bias": False}, x)
    return draft.done("Concatenating block", draft.put("concat", "Concat", {}, OUTSIDE, x))
