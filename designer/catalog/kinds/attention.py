"""Attention, whole: each is one layer."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import BIAS, OPERATIONS, whole

_RATE = Setting("dropout", "float", 0.0, minimum=0.0, maximum=1.0, help="Share of outputs zeroed.")
_HEADS = whole("num_heads", "Attention heads; must divide the number of features.")
_WINDOW = (
    whole("dim", "Number of features."),
    Setting("window_size", "ints", minimum=1, help="Height and width of a window, in patches."),
    Setting("shift_size", "ints", minimum=0, help="Shift of the windows, in patches."),
    _HEADS,
    Setting("qkv_bias", "bool", True, help="Learned constant on query, key and value."),
    Setting("proj_bias", "bool", True, help="Learned constant on the output projection."),
    Setting("attention_dropout", "float", 0.0, minimum=0.0, maximum=1.0, help="Share of weights zeroed."),
    _RATE,
)


ROWS: tuple[LayerKind, ...] = (
    LayerKind(
        "MultiheadAttention",
        "Multi-head attention",
        "Attention",
        OPERATIONS + "Attention",
        (
            whole("embed_dim", "Number of features."),
            _HEADS,
            _RATE,
            BIAS,
            Setting("batch_first", "bool", True, help="Shapes are batch, sequence, features."),
        ),
        "Each token of (L, E) asks all others: values weighted by how well query and key agree, by head.",
        inputs=(3, 3),
        learnable=True,
        summary=("embed_dim", "num_heads"),
        formula="y = softmax(Q Kᵀ / √d) V",
        keywords=("mha", "self attention", "cross attention", "transformer", "query", "key", "value"),
        ranks=(3,),
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
        formula="y = softmax(Q Kᵀ / √d + B) V in each window",
        keywords=("swin", "transformer", "local attention"),
        ranks=(4,),
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
        formula="y = softmax(cos(Q, K) / t + B) V in each window",
        keywords=("swin", "transformer", "local attention"),
        ranks=(4,),
    ),
    LayerKind(
        "RelativePositionalMultiHeadAttention",
        "Attention with relative positions",
        "Attention",
        "torchvision.models.maxvit.RelativePositionalMultiHeadAttention",
        (
            whole("feat_dim", "Number of features."),
            whole("head_dim", "Features of one head; must divide the number of features."),
            whole("max_seq_len", "Positions in a window."),
        ),
        "Attention within a window, with a learned bias for each relative position.",
        learnable=True,
        summary=("feat_dim", "head_dim"),
        formula="y = softmax(Q Kᵀ / √d + B) V",
        keywords=("maxvit", "transformer", "local attention"),
        ranks=(4,),
    ),
)
