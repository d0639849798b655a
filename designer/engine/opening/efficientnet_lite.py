"""EfficientNet-Lite0 in plain modules of torch.

Source: M. Tan and Q. Le, EfficientNet (2019), and TensorFlow's description of the Lite variants: no
squeeze-and-excitation, ReLU6, stem and head of fixed width. TensorFlow pads a convolution of stride 2
more on the right and below than on the left and above; for sides that are multiples of 32 this is a
fixed zero padding, so the network has no arithmetic with sizes.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn

_EPS, _MOMENTUM = 1e-3, 0.01

_STAGES = (
    # expansion, width, blocks, stride of the first block, kernel
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)


def _norm(width: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(width, eps=_EPS, momentum=_MOMENTUM)


def _spatial(width: int, outputs: int, kernel: int, stride: int, groups: int = 1) -> dict[str, nn.Module]:
    """A convolution with the padding before it that it needs."""
    small = (kernel - 1) // 2
    if stride == 1:
        return {"conv": nn.Conv2d(width, outputs, kernel, padding=small, groups=groups, bias=False)}
    return {
        "pad": nn.ZeroPad2d((small - 1, small, small - 1, small)),
        "conv": nn.Conv2d(width, outputs, kernel, stride, groups=groups, bias=False),
    }


class Block(nn.Module):
    """Widen, filter each channel alone, narrow; added to what came in where the shapes agree."""

    def __init__(self, width: int, outputs: int, expansion: int, stride: int, kernel: int) -> None:
        super().__init__()
        inside = width * expansion
        parts: OrderedDict[str, nn.Module] = OrderedDict()
        if expansion != 1:
            parts["expand"] = nn.Conv2d(width, inside, 1, bias=False)
            parts["expand_norm"] = _norm(inside)
            parts["expand_relu"] = nn.ReLU6()
        for name, part in _spatial(inside, inside, kernel, stride, inside).items():
            parts["depthwise" if name == "conv" else name] = part
        parts["depthwise_norm"] = _norm(inside)
        parts["depthwise_relu"] = nn.ReLU6()
        parts["project"] = nn.Conv2d(inside, outputs, 1, bias=False)
        parts["project_norm"] = _norm(outputs)
        for name, part in parts.items():
            self.add_module(name, part)
        self._parts = tuple(parts)
        self._skips = stride == 1 and width == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (N, width, H, W) to (N, outputs, H / stride, W / stride)."""
        y = x
        for name in self._parts:
            y = self.get_submodule(name)(y)
        return y + x if self._skips else y


class EfficientNetLite(nn.Module):
    """The network; see the module's text. Sides of the pictures are multiples of 32."""

    def __init__(self, classes: int = 1000, dropout: float = 0.2) -> None:
        super().__init__()
        self.stem = nn.Sequential(OrderedDict(_spatial(3, 32, 3, 2), norm=_norm(32), relu=nn.ReLU6()))
        blocks = []
        width = 32
        for expansion, outputs, count, stride, kernel in _STAGES:
            for number in range(count):
                blocks.append(Block(width, outputs, expansion, stride if number == 0 else 1, kernel))
                width = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Sequential(
            OrderedDict(conv=nn.Conv2d(width, 1280, 1, bias=False), norm=_norm(1280), relu=nn.ReLU6())
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(1280, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (N, 3, H, W) to (N, classes)."""
        x = self.head(self.blocks(self.stem(x)))
        found: Tensor = self.classifier(self.dropout(self.flatten(self.pool(x))))
        return found


def efficientnet_lite0() -> EfficientNetLite:
    """EfficientNet-Lite0 for 1,000 classes: 4,652,008 parameters."""
    return EfficientNetLite()
