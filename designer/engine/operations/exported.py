"""Layers of torch that ONNX's older opsets, or torch's exporter, do not know: written out in an export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class RMSNorm(nn.RMSNorm):
    """`torch.nn.RMSNorm`; older opsets have no such operator."""

    def __init__(
        self, normalized_shape: list[int], eps: float | None = None, elementwise_affine: bool = True
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine)

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (..., `normalized_shape`), kept."""
        if not torch.onnx.is_in_onnx_export():
            return super().forward(x)
        dims = list(range(-len(self.normalized_shape), 0))
        eps = torch.finfo(x.dtype).eps if self.eps is None else self.eps
        found = x * torch.rsqrt(x.square().mean(dims, keepdim=True) + eps)
        return found if self.weight is None else found * self.weight


class InstanceNorm1d(nn.InstanceNorm1d):
    """`torch.nn.InstanceNorm1d`; with kept statistics the exporter counts the pictures of its example."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (N, C, L), kept."""
        return _kept_statistics(self, x) if _told_apart(self) else super().forward(x)


class InstanceNorm2d(nn.InstanceNorm2d):
    """`torch.nn.InstanceNorm2d`; with kept statistics the exporter counts the pictures of its example."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (N, C, H, W), kept."""
        return _kept_statistics(self, x) if _told_apart(self) else super().forward(x)


def _told_apart(norm: nn.InstanceNorm1d | nn.InstanceNorm2d) -> bool:
    return torch.onnx.is_in_onnx_export() and norm.track_running_stats and not norm.training


def _kept_statistics(norm: nn.InstanceNorm1d | nn.InstanceNorm2d, x: Tensor) -> Tensor:
    # With statistics from training it is no matter which pictures come together: batch normalization.
    return functional.batch_norm(
        x, norm.running_mean, norm.running_var, norm.weight, norm.bias, False, 0.0, norm.eps
    )


class Bilinear(nn.Bilinear):
    """`torch.nn.Bilinear`; ONNX has no such operator."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Shape: (..., `in1_features`), (..., `in2_features`) to (..., `out_features`)."""
        if not torch.onnx.is_in_onnx_export():
            return super().forward(first, second)
        # (out, in1, in2) to (in1, out * in2): one product for all outputs.
        table = self.weight.permute(1, 0, 2).reshape(self.in1_features, -1)
        left = (first @ table).reshape(*first.shape[:-1], self.out_features, self.in2_features)
        found: Tensor = (left * second.unsqueeze(-2)).sum(-1)
        return found if self.bias is None else found + self.bias


class Threshold(nn.Threshold):
    """`torch.nn.Threshold`; the exporter knows it for a threshold and a value of 0 alone."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        if not torch.onnx.is_in_onnx_export():
            return super().forward(x)
        return torch.where(x <= self.threshold, torch.full_like(x, self.value), x)


class ChannelShuffle(nn.ChannelShuffle):
    """`torch.nn.ChannelShuffle`; ONNX has no such operator."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (N, C, ...), kept."""
        if not torch.onnx.is_in_onnx_export():
            return super().forward(x)
        apart = x.reshape(x.shape[0], self.groups, -1, *x.shape[2:])
        return apart.transpose(1, 2).flatten(1, 2)


class AdaptiveAvgPool1d(nn.AdaptiveAvgPool1d):
    """`torch.nn.AdaptiveAvgPool1d`; the exporter knows windows of equal size alone."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (..., L) to (..., `output_size`)."""
        size = _windows(self.output_size, x, 1)
        return _pooled(x, size, torch.mean) if size else super().forward(x)


class AdaptiveAvgPool2d(nn.AdaptiveAvgPool2d):
    """`torch.nn.AdaptiveAvgPool2d`; the exporter knows windows of equal size alone."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (..., H, W) to (..., `output_size`)."""
        size = _windows(self.output_size, x, 2)
        return _pooled(x, size, torch.mean) if size else super().forward(x)


class AdaptiveMaxPool1d(nn.AdaptiveMaxPool1d):
    """`torch.nn.AdaptiveMaxPool1d`; the exporter knows windows of equal size alone."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (..., L) to (..., `output_size`)."""
        size = _windows(self.output_size, x, 1)
        found: Tensor = _pooled(x, size, torch.amax) if size else super().forward(x)
        return found


class AdaptiveMaxPool2d(nn.AdaptiveMaxPool2d):
    """`torch.nn.AdaptiveMaxPool2d`; the exporter knows windows of equal size alone."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (..., H, W) to (..., `output_size`)."""
        size = _windows(self.output_size, x, 2)
        found: Tensor = _pooled(x, size, torch.amax) if size else super().forward(x)
        return found


def _windows(size: Any, x: Tensor, sides: int) -> tuple[int, ...]:
    """The output's size, in an export whose windows are not all alike; () otherwise."""
    if not torch.onnx.is_in_onnx_export():
        return ()
    wanted = tuple(size) if isinstance(size, tuple | list) else (size,) * sides
    alike = all(int(given) % each == 0 for given, each in zip(x.shape[-sides:], wanted, strict=True))
    return () if alike else wanted


def _pooled(x: Tensor, size: tuple[int, ...], reduce: Callable[..., Tensor]) -> Tensor:
    """One dimension after the other; window i of o over n values goes from ⌊i n / o⌋ to ⌈(i + 1) n / o⌉."""
    for place, count in enumerate(size):
        dim = place - len(size)
        given = int(x.shape[dim])
        ends = [(i * given // count, -(-(i + 1) * given // count)) for i in range(count)]
        x = torch.cat([reduce(x.narrow(dim, a, b - a), dim, keepdim=True) for a, b in ends], dim)
    return x


class Softplus(nn.Softplus):
    """`torch.nn.Softplus`; the exporter leaves the threshold out, which is felt where it is small."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        found = super().forward(x)
        return (
            torch.where(x * self.beta > self.threshold, x, found) if torch.onnx.is_in_onnx_export() else found
        )
