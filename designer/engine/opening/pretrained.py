"""Opening a pretrained model of the catalog."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from designer.catalog.models import PretrainedModel, model, weights_here, weights_path
from designer.engine.opening.capturing import Opened, record, skeleton
from designer.engine.opening.loading import read_state
from designer.engine.weights import Weights
from designer.errors import OpeningError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, StepNews

_AUXILIARY_WEIGHTS = {"googlenet": 0.3, "inception_v3": 0.4}
"""Share of the auxiliary losses. Source: the papers, and torchvision's and Keras' training recipes."""


class _EmptyWithoutValues(TorchFunctionMode):
    """Tensors made by `torch.empty`, as layers make their weights, have no values.

    With all tensors so made, builders that calculate with them (RegNet's widths) would fail.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is torch.empty:
            return func(*args, **{**(kwargs or {}), "device": "meta"})
        return func(*args, **(kwargs or {}))


def open_model(model_id: str, weights: str, seed: int, progress: Progress) -> Opened:
    """The network of a pretrained model, with its weights.

    Args:
        model_id: id in the catalog.
        weights: 'default' for the model's own, 'none' for fresh ones, or the path of a weights file.
        seed: of fresh weights; torch's global random state is left as it was.
        progress: told of each part; asked between them.

    Raises:
        OpeningError: there is no such model, its weights are not here, or a file does not fit.
        Cancelled: the user has cancelled.
    """
    row = model(model_id)
    path = None if weights == "none" else _weights_file(row, weights)
    progress.report(StepNews(tr("Building {title}", title=row.title), 0.0))
    progress.raise_if_cancelled()
    if path is None:
        module = fresh_module(row, seed)
        state = module.state_dict()
        bare = skeleton(module)
    else:
        bare = bare_module(row)
        state = bare.state_dict()
    progress.report(StepNews(tr("Reading layers"), 0.2))
    progress.raise_if_cancelled()
    shape = (3, row.input_size, row.input_size)
    captured = record(bare, shape, row.id, _AUXILIARY_WEIGHTS.get(row.id, 0.3))
    reading = tr("Drawing fresh weights") if path is None else tr("Reading weights")
    progress.report(StepNews(reading, 0.6))
    progress.raise_if_cancelled()
    if path is not None:
        state = read_state(path, state)
    progress.raise_if_cancelled()
    network = _as_pretrained(captured.network, row)
    layers = {
        layer_id: {own: state[key].detach() for own, key in names.items()}
        for layer_id, names in captured.tensors.items()
    }
    progress.report(StepNews(tr("Opened {title}", title=row.title), 1.0))
    return Opened(network, Weights(layers))


def open_network(model_id: str, progress: Progress) -> Network:
    """The network of a pretrained model alone: quick, and without memory or files for its weights.

    Raises:
        OpeningError: there is no such model.
        Cancelled: the user has cancelled.
    """
    row = model(model_id)
    progress.report(StepNews(tr("Reading layers")))
    progress.raise_if_cancelled()
    shape = (3, row.input_size, row.input_size)
    captured = record(bare_module(row), shape, row.id, _AUXILIARY_WEIGHTS.get(row.id, 0.3))
    progress.raise_if_cancelled()
    return _as_pretrained(captured.network, row)


def fresh_module(row: PretrainedModel, seed: int) -> nn.Module:
    """The model as its builder makes it, freshly initialised from `seed`."""
    arguments = dict(row.arguments)
    if "init_weights" in arguments:
        arguments["init_weights"] = True
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _build(row, arguments)


def bare_module(row: PretrainedModel) -> nn.Module:
    """The model as its builder makes it, its tensors without values: quick, and without memory."""
    with torch.random.fork_rng(devices=[]), _EmptyWithoutValues():
        return _build(row, dict(row.arguments)).to("meta")


def imagenet_classes() -> tuple[str, ...]:
    """The names of the 1,000 classes of ImageNet-1k, in the order of the outputs."""
    models = importlib.import_module("torchvision.models")
    return tuple(models.ResNet18_Weights.DEFAULT.meta["categories"])


def _as_pretrained(network: Network, row: PretrainedModel) -> Network:
    return replace(network, classes=imagenet_classes(), preprocessing=row.preprocessing, origin=row.id)


def _build(row: PretrainedModel, arguments: dict[str, object]) -> nn.Module:
    package, name = row.builder.rsplit(".", 1)
    module: nn.Module = getattr(importlib.import_module(package), name)(**arguments)
    return module


def _weights_file(row: PretrainedModel, weights: str) -> Path:
    if weights != "default":
        return Path(weights).expanduser()
    if not weights_here(row):
        raise OpeningError(
            tr("The weights of {title} are not on this computer.", title=row.title),
            tr("They have not been downloaded yet ({size:.0f} MB).", size=row.file_mb),
            tr("Download them, give a weights file, or open the model without weights."),
        )
    return weights_path(row)
