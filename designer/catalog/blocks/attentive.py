"""Blocks of transformers: tokens from pictures, positions, and the encoder."""

from __future__ import annotations

import math

from designer.catalog.blocks.around import WIDTH, Around, heads
from designer.catalog.blocks.draft import OUTSIDE, Draft
from designer.network.fragment import Fragment
from designer.network.network import Port

_PATCH = 16
_LENGTH = 196
_WIDEST = 768
_FEATURES_OF_A_HEAD = 64


def _taken(draft: Draft, around: Around) -> tuple[Port, int, int]:
    """What comes in, as tokens (L, E), with L and E: the positions of a picture, or one for a list."""
    if around.shape is None:
        return OUTSIDE, _LENGTH, WIDTH
    if around.rank == 1:
        return draft.put("unsqueeze", "Unsqueeze", {"dim": 1}, OUTSIDE), 1, around.features
    if around.rank == 2:
        return OUTSIDE, around.shape[0], around.features
    x = draft.put("to_line", "Flatten", {"start_dim": 2}, OUTSIDE)
    x = draft.put("to_tokens", "Transpose", {"dim0": 1, "dim1": 2}, x)
    return x, math.prod(around.shape[1:]), around.channels


def _given_back(draft: Draft, around: Around, x: Port) -> Port:
    """Tokens in the shape that came in."""
    if around.shape is None or around.rank == 2:
        return x
    if around.rank == 1:
        return draft.put("select", "Select", {"dim": 1, "index": 0}, x)
    x = draft.put("from_tokens", "Transpose", {"dim0": 1, "dim1": 2}, x)
    sides = list(around.shape[1:])
    return draft.put("to_picture", "Unflatten", {"dim": 2, "unflattened_size": sides}, x)


def _perceptron(draft: Draft, x: Port, width: int) -> Port:
    x = draft.put("fc1", "Linear", {"in_features": width, "out_features": 4 * width}, x, group="mlp")
    x = draft.put("gelu", "GELU", {}, x, group="mlp")
    return draft.put("fc2", "Linear", {"in_features": 4 * width, "out_features": width}, x, group="mlp")


def transformer_encoder(around: Around) -> Fragment:
    """Attention and a perceptron, each after a norm and beside a shortcut (pre-norm).

    Shape: tokens (L, E), kept. A picture (C, H, W) is taken as H · W tokens of C features, a list (F,)
    as one token, and either gets its shape back.
    """
    draft = Draft()
    tokens, _, width = _taken(draft, around)
    x = draft.put("norm1", "LayerNorm", {"normalized_shape": [width]}, tokens)
    settings = {"embed_dim": width, "num_heads": heads(width, _FEATURES_OF_A_HEAD)}
    x = draft.put("attention", "MultiheadAttention", settings, x, x, x)
    middle = draft.put("add1", "Add", {}, x, tokens)
    x = draft.put("norm2", "LayerNorm", {"normalized_shape": [width]}, middle)
    x = draft.put("add2", "Add", {}, _perceptron(draft, x, width), middle)
    return draft.done("Transformer encoder", _given_back(draft, around, x))


def perceptron(around: Around) -> Fragment:
    """Two linear layers with a GELU between, over the last dimension: (..., E) to the same."""
    draft = Draft()
    return draft.done("Perceptron", _perceptron(draft, OUTSIDE, around.features))


def patches(around: Around) -> Fragment:
    """A picture into tokens, as in ViT: (C, H, W) to (H / 16 · W / 16, E).

    A small picture is one patch. E is the number of values in a patch, but at most 768.
    """
    size = min(_PATCH, *(around.sides(2) or (_PATCH,)))
    width = min(around.channels * size * size, _WIDEST)
    settings = {"in_channels": around.channels, "out_channels": width, "kernel_size": size, "stride": size}
    draft = Draft()
    x = draft.put("patches", "Conv2d", settings, OUTSIDE)
    x = draft.put("to_line", "Flatten", {"start_dim": 2}, x)
    return draft.done("Patch embedding", draft.put("to_tokens", "Transpose", {}, x))


def class_token(around: Around) -> Fragment:
    """A learned token before all others: (L, E) to (L + 1, E); a picture or a list as tokens."""
    draft = Draft()
    tokens, _, width = _taken(draft, around)
    token = draft.put("class_token", "Parameter", {"shape": [1, 1, width]})
    token = draft.put("expand", "ExpandBatch", {}, token, tokens)
    return draft.done("Class token", draft.put("concat", "Concat", {}, token, tokens))


def position_vectors(around: Around) -> Fragment:
    """A learned value added at each place: any shape, kept."""
    shape = around.shape or (_LENGTH, WIDTH)
    draft = Draft()
    vectors = draft.put("positions", "Parameter", {"shape": [1, *shape]})
    return draft.done("Learned positions", draft.put("add", "Add", {}, OUTSIDE, vectors))


def position_table(around: Around) -> Fragment:
    """A vector for each position, looked up by its number and added: (L, E), a picture or a list, kept.

    The table has room for more positions than there are now: up to the next power of 2.
    """
    draft = Draft()
    tokens, length, width = _taken(draft, around)
    numbers = draft.put("positions", "Positions", {"dim": 1}, tokens)
    settings = {"num_embeddings": 1 << (length - 1).bit_length(), "embedding_dim": width}
    vectors = draft.put("embedding", "Embedding", settings, numbers)
    x = draft.put("add", "Add", {}, tokens, vectors)
    return draft.done("Position table", _given_back(draft, around, x))
