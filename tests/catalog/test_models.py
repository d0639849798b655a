"""The table of pretrained models against torchvision's own metadata."""

from __future__ import annotations

import hashlib
import re

import pytest
from torchvision import models

from designer import settings
from designer.catalog.models import MODELS, model, weights_here, weights_path
from designer.errors import OpeningError

NAMES = models.list_models(module=models)


def test_all_classification_networks_are_listed_after_the_bundled_one():
    assert list(MODELS) == ["efficientnet_lite0", *NAMES]
    assert len(NAMES) == 80
    assert len({row.title for row in MODELS.values()}) == 81
    assert len({row.file_name for row in MODELS.values()}) == 81


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_what_torchvision_says(name):
    row, weights = MODELS[name], models.get_model_weights(name).DEFAULT
    recipe, meta = weights.transforms(), weights.meta
    assert row.id == name
    assert row.parameters == meta["num_params"]
    assert row.top1 == meta["_metrics"]["ImageNet-1K"]["acc@1"]
    assert row.file_mb == pytest.approx(meta["_file_size"] * 2**20 / 1e6, abs=0.05)
    assert row.url == weights.url
    assert row.file_name == weights.url.rsplit("/", 1)[1]
    assert row.sha256 == re.findall(r"-([0-9a-f]{8,})\.pth$", row.file_name)[0]
    assert row.weights_name == weights.name
    assert [row.input_size] == recipe.crop_size
    steps = row.preprocessing
    assert ([steps.resize], [steps.crop]) == (recipe.resize_size, recipe.crop_size)
    assert steps.interpolation == recipe.interpolation.value
    assert (list(steps.mean), list(steps.std)) == (list(recipe.mean), list(recipe.std))
    assert row.builder == f"torchvision.models.{name}"
    assert not row.bundled
    # Only the SWAG weights have a licence of their own.
    assert ("license" in meta) == ("CC-BY-NC" in row.licence)


def test_the_bundled_weights_are_here_and_are_those_of_the_table():
    row = model("efficientnet_lite0")
    assert row.bundled
    assert weights_here(row)
    data = weights_path(row).read_bytes()
    assert hashlib.sha256(data).hexdigest() == row.sha256
    assert row.file_mb == pytest.approx(len(data) / 1e6, abs=0.05)
    assert (row.preprocessing.mean[0], row.preprocessing.std[0]) == (127 / 255, 128 / 255)


def test_downloaded_weights_lie_in_the_cache():
    row = model("resnet18")
    assert weights_path(row) == settings.cache_folder() / "weights" / "resnet18-f37072fd.pth"
    assert not weights_here(row)
    weights_path(row).parent.mkdir(parents=True)
    weights_path(row).write_bytes(b"x")
    assert weights_here(row)


def test_an_unknown_id_gets_the_nearest_ones():
    with pytest.raises(OpeningError, match=r"There is no pretrained model 'resnet19'.*resnet18"):
        model("resnet19")
    with pytest.raises(OpeningError, match="resnet50"):
        model("ResNet50")
    with pytest.raises(OpeningError, match="one of the 81 models"):
        model("???")
