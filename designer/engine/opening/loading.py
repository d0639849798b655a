"""Loading: tensors out of a weights file into the layers of a captured network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from designer.engine.weight_files import read_tensors
from designer.errors import OpeningError
from designer.messages import tr

_RENAMES = (
    # Files from before torchvision 0.13 name parts of DenseNet and of the vision transformer otherwise.
    (re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.\w+)$"), r"\1\2"),
    (re.compile(r"^(.*\.mlp)\.linear_1\.(\w+)$"), r"\1.0.\2"),
    (re.compile(r"^(.*\.mlp)\.linear_2\.(\w+)$"), r"\1.3.\2"),
)
_LITE = "_conv_stem.weight"
"""First tensor of a file of EfficientNet-Lite, whose names are not ours but whose order is."""


def read_state(path: Path, expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of `expected`'s names from a file, with the shapes and types of those.

    Args:
        path: the weights file.
        expected: tensors by name, with or without values: a module's state dict.

    Raises:
        OpeningError: the file cannot be read, or a tensor is missing, has another shape, or is not
            expected.
    """
    state = _renamed(read_tensors(path), expected)
    found = {}
    for name, wanted in expected.items():
        if name not in state:
            # Files from before torch 0.4.1 do not count the batches that normalization has seen.
            if not name.endswith("num_batches_tracked"):
                raise _misfit(path, tr("'{name}' is missing.", name=name))
            found[name] = torch.zeros((), dtype=torch.long)
            continue
        tensor = state.pop(name)
        if tensor.shape != wanted.shape:
            shapes = (tuple(tensor.shape), tuple(wanted.shape))
            raise _misfit(
                path, tr("'{name}' has shape {its}, not {ours}.", name=name, its=shapes[0], ours=shapes[1])
            )
        found[name] = tensor.to(wanted.dtype)
    if state:
        raise _misfit(path, tr("'{name}' is in the file, but not in the network.", name=next(iter(state))))
    return found


def _renamed(state: dict[str, Tensor], expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    if _LITE in state and len(state) == len(expected):
        return dict(zip(expected, state.values(), strict=True))
    found = {}
    for name, tensor in state.items():
        new = name
        for pattern, replacement in _RENAMES:
            if new not in expected:
                new = pattern.sub(replacement, new)
        found[new] = tensor
    return found


def _misfit(path: Path, why: str) -> OpeningError:
    return OpeningError(
        tr("The weights in '{name}' do not fit this network.", name=path.name),
        why,
        tr("Choose the file for this very network, or open it without weights."),
    )
