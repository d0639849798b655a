"""Rows of the library that are no layer kinds: kinds with other settings, blocks, and heads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from designer.catalog.blocks import attentive, convolutional, heads
from designer.catalog.blocks.around import Around
from designer.catalog.blocks.draft import OUTSIDE, Draft
from designer.network.fragment import Fragment

Row = tuple[str, str, str, str, str, tuple[str, ...], Callable[[Around], Fragment]]
"""Key, section, title, description, formula, keywords, and what makes it."""


def _single(
    title: str, name: str, kind: str, fit: Callable[[Around], dict[str, Any]]
) -> Callable[[Around], Fragment]:
    def make(around: Around) -> Fragment:
        draft = Draft()
        return draft.done(title, draft.put(name, kind, fit(around), OUTSIDE))

    return make


def _convolution(around: Around, kernel: int, **more: Any) -> dict[str, Any]:
    widths = {"in_channels": around.channels, "out_channels": around.filters}
    return {**widths, "kernel_size": kernel, **more}


def _depthwise(around: Around) -> dict[str, Any]:
    width = around.channels
    return {"in_channels": width, "out_channels": width, "kernel_size": 3, "padding": 1, "groups": width}


def _straight(around: Around) -> dict[str, Any]:
    return {"mode": "linear" if around.rank == 2 else "bilinear"}


_LAYERS: tuple[Row, ...] = (
    (
        "depthwise_conv2d",
        "Convolution",
        "Depthwise convolution 2-D",
        "One filter for each channel by itself, 3 × 3.",
        "y[c, p] = Σ over taps t of w[c, t] · x[c, p + t] + b[c]",
        ("conv", "groups", "mobilenet", "separable", "channelwise"),
        _single("Depthwise convolution", "conv_depth", "Conv2d", _depthwise),
    ),
    (
        "pointwise_conv2d",
        "Convolution",
        "Pointwise convolution 1 × 1",
        "Mixes the channels at each position and looks at no neighbours.",
        "y[o, p] = Σ over channels c of w[o, c] · x[c, p] + b[o]",
        ("conv", "1x1", "projection", "bottleneck", "channel mixing"),
        _single("Pointwise convolution", "conv_point", "Conv2d", lambda around: _convolution(around, 1)),
    ),
    (
        "strided_conv2d",
        "Convolution",
        "Strided convolution 2-D",
        "A 3 × 3 convolution with a stride of 2: half the height and width.",
        "(C, H, W) → (C, H / 2, W / 2)",
        ("conv", "downsample", "halve", "stride"),
        _single(
            "Strided convolution",
            "conv",
            "Conv2d",
            lambda around: _convolution(around, 3, stride=2, padding=1),
        ),
    ),
    (
        "dilated_conv2d",
        "Convolution",
        "Dilated convolution 2-D",
        "A 3 × 3 convolution that reaches over 5 × 5: every second pixel.",
        "y[o, p] = Σ over channels c and taps t of w[o, c, t] · x[c, p + 2 t] + b[o]",
        ("conv", "atrous", "receptive field", "deeplab"),
        _single(
            "Dilated convolution",
            "conv",
            "Conv2d",
            lambda around: _convolution(around, 3, dilation=2, padding=2),
        ),
    ),
    (
        "global_average_pool2d",
        "Pooling",
        "Global average pooling 2-D",
        "The mean of each channel over the whole picture.",
        "(C, H, W) → (C, 1, 1)",
        ("gap", "pool", "mean", "adaptive"),
        _single("Global average pooling", "avgpool", "AdaptiveAvgPool2d", lambda around: {"output_size": 1}),
    ),
    (
        "global_max_pool2d",
        "Pooling",
        "Global max pooling 2-D",
        "The largest value of each channel over the whole picture.",
        "(C, H, W) → (C, 1, 1)",
        ("gmp", "pool", "maximum", "adaptive"),
        _single("Global max pooling", "maxpool", "AdaptiveMaxPool2d", lambda around: {"output_size": 1}),
    ),
    (
        "bilinear_upsample",
        "Shape",
        "Upsampling 2-D, bilinear",
        "Twice the height and width, with values between found along straight lines.",
        "(C, H, W) → (C, 2 H, 2 W)",
        ("resize", "upsample", "interpolate", "upscale", "decoder"),
        _single("Upsampling, bilinear", "upsample", "Upsample", _straight),
    ),
)

_BLOCKS: tuple[Row, ...] = (
    (
        "conv_bn_relu",
        "Blocks",
        "Convolution, batch norm, ReLU",
        "The brick of most networks: a 3 × 3 convolution without bias, its norm, its activation.",
        "y = ReLU(BN(conv(x)))",
        ("conv bn relu", "cbr", "basic", "stem"),
        convolutional.conv_bn_relu,
    ),
    (
        "residual",
        "Blocks",
        "Residual block",
        "Two 3 × 3 convolutions beside a shortcut, as in ResNet-18.",
        "y = ReLU(F(x) + x)",
        ("resnet", "basic block", "skip", "shortcut"),
        convolutional.residual,
    ),
    (
        "residual_halving",
        "Blocks",
        "Residual block, halving",
        "A residual block with twice the channels and half the size; its shortcut is a 1 × 1 convolution.",
        "y = ReLU(F(x) + P(x)); (C, H, W) → (2 C, H / 2, W / 2)",
        ("resnet", "downsample", "projection", "skip", "stride"),
        convolutional.halving_residual,
    ),
    (
        "bottleneck",
        "Blocks",
        "Bottleneck block",
        "A narrow 3 × 3 convolution between two of 1 × 1, beside a shortcut, as in ResNet-50.",
        "y = ReLU(F(x) + x)",
        ("resnet", "residual", "skip", "shortcut"),
        convolutional.bottleneck,
    ),
    (
        "inverted_residual",
        "Blocks",
        "Inverted residual block",
        "A wide depthwise convolution between two of 1 × 1, beside a shortcut, as in MobileNetV2.",
        "y = P(D(E(x))) + x",
        ("mobilenet", "mbconv", "depthwise", "skip", "linear bottleneck"),
        convolutional.plain_inverted_residual,
    ),
    (
        "mbconv",
        "Blocks",
        "Inverted residual block with squeeze and excitation",
        "MBConv of EfficientNet: wide depthwise convolution, gated channels, and a shortcut.",
        "y = P(SE(D(E(x)))) + x",
        ("mbconv", "efficientnet", "se", "depthwise", "skip"),
        convolutional.inverted_residual,
    ),
    (
        "squeeze_excitation",
        "Blocks",
        "Squeeze and excitation",
        "Weights each channel by a factor that the means of all channels decide.",
        "y = x · sigmoid(W₂ ReLU(W₁ mean(x)))",
        ("se", "senet", "channel attention", "gate"),
        convolutional.squeeze_excitation,
    ),
    (
        "depthwise_separable",
        "Blocks",
        "Depthwise separable convolution",
        "A depthwise 3 × 3 and a pointwise 1 × 1 convolution, each with norm and ReLU, as in MobileNet.",
        "y = ReLU(BN(P(ReLU(BN(D(x))))))",
        ("mobilenet", "xception", "separable", "conv"),
        convolutional.depthwise_separable,
    ),
    (
        "inception",
        "Blocks",
        "Inception block",
        "Branches of 1 × 1, 3 × 3, 5 × 5 and pooling side by side, joined.",
        "y = (B₁(x), B₃(x), B₅(x), Bₚ(x))",
        ("googlenet", "branch", "multi scale", "parallel"),
        convolutional.inception,
    ),
    (
        "dense_layer",
        "Blocks",
        "Concatenating block",
        "Joins 32 new channels to those that come in, as in DenseNet.",
        "y = (x, F(x)); (C, H, W) → (C + 32, H, W)",
        ("densenet", "concat", "growth", "skip"),
        convolutional.dense_layer,
    ),
    (
        "transformer_encoder",
        "Blocks",
        "Transformer encoder",
        "Attention and a perceptron, each after a norm and beside a shortcut. Takes tokens (L, E); a picture "
        "is taken as tokens and given back.",
        "z = x + attention(LN(x)); y = z + MLP(LN(z))",
        ("vit", "self attention", "mha", "encoder layer", "pre-norm", "bert"),
        attentive.transformer_encoder,
    ),
    (
        "perceptron",
        "Blocks",
        "Perceptron",
        "Two linear layers with a GELU between, four times as wide inside.",
        "y = W₂ GELU(W₁ x)",
        ("mlp", "feed forward", "ffn", "fc", "dense"),
        attentive.perceptron,
    ),
    (
        "patches",
        "Blocks",
        "Patch embedding",
        "Cuts a picture into patches of 16 × 16 and makes a token of each, as in ViT.",
        "(C, H, W) → (H / 16 · W / 16, E)",
        ("vit", "tokens", "patchify", "transformer"),
        attentive.patches,
    ),
    (
        "class_token",
        "Blocks",
        "Class token",
        "Puts a learned token before all others, for a head to read the answer from.",
        "(L, E) → (L + 1, E)",
        ("cls", "vit", "transformer"),
        attentive.class_token,
    ),
    (
        "position_vectors",
        "Blocks",
        "Learned positions",
        "Adds a learned value at each place, so that tokens know where they are.",
        "y = x + w",
        ("position embedding", "positional encoding", "vit", "transformer"),
        attentive.position_vectors,
    ),
    (
        "position_table",
        "Blocks",
        "Position table",
        "Looks a learned vector up for the number of each token, and adds it.",
        "y[i] = x[i] + W[i]",
        ("position embedding", "positional encoding", "gpt", "transformer", "lookup"),
        attentive.position_table,
    ),
)

_HEADS: tuple[Row, ...] = (
    (
        "linear_head",
        "Heads",
        "Linear head",
        "One linear layer to the classes, after Flatten where needed.",
        "scores = W x + b",
        ("classifier", "fc", "fully connected", "classes", "output"),
        heads.linear_head,
    ),
    (
        "gap_dense_head",
        "Heads",
        "Head: global average pooling, dense",
        "The mean over all positions, and one linear layer to the classes.",
        "scores = W mean(x) + b",
        ("classifier", "gap", "fc", "fully connected", "classes", "pool"),
        heads.gap_dense_head,
    ),
    (
        "flatten_dense_head",
        "Heads",
        "Head: flatten, dense 256, dropout, dense",
        "A linear layer to 256 features, ReLU, dropout, and one to the classes.",
        "scores = W₂ dropout(ReLU(W₁ x))",
        ("classifier", "fc", "fully connected", "classes", "mlp", "vgg"),
        heads.flatten_dense_head,
    ),
)

ROWS: tuple[Row, ...] = (*_LAYERS, *_BLOCKS, *_HEADS)
