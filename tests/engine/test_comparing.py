"""Catalog models side by side, and weights compared with norms worked out by numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from designer.catalog.actions import duplicate, freeze_backbone, replace_head
from designer.catalog.comparing import compare
from designer.catalog.models import MODELS
from designer.engine.building import build, weights_of
from designer.engine.comparing import compare_weights
from designer.engine.opening.capturing import record
from designer.engine.opening.pretrained import bare_module
from designer.engine.shapes import infer
from designer.engine.weights import Weights
from designer.errors import Cancelled
from designer.network.edits import SetSettings
from designer.progress import Recording, Silent, StepNews


def opened(model_id):
    row = MODELS[model_id]
    return record(bare_module(row), (3, row.input_size, row.input_size), row.id, 0.3).network


def compared(before, after):
    return compare(before, after, infer(before), infer(after))


def counts(found):
    return {state: len(found.of_state(state)) for state in ("added", "removed", "changed")}


def test_resnet34_is_resnet18_with_more_blocks():
    found = compared(opened("resnet18"), opened("resnet34"))
    # Eight more blocks of two convolutions, two normalizations, two ReLUs and an addition.
    assert counts(found)["added"] == 8 * 7
    assert not found.removed
    assert found.parameter_delta == MODELS["resnet34"].parameters - MODELS["resnet18"].parameters
    assert {d.layer.group for d in found.added} == {
        "layer1.2",
        *(f"layer2.{n}" for n in (2, 3)),
        *(f"layer3.{n}" for n in (2, 3, 4, 5)),
        "layer4.2",
    }


def test_vgg16_with_normalization_is_vgg16_and_thirteen_normalizations():
    found = compared(opened("vgg16"), opened("vgg16_bn"))
    assert counts(found) == {"added": 13, "removed": 0, "changed": 0}
    assert {d.layer.kind for d in found.added} == {"BatchNorm2d"}
    assert found.parameter_delta == MODELS["vgg16_bn"].parameters - MODELS["vgg16"].parameters
    assert not found.related


def test_a_new_head_and_a_frozen_backbone_are_told():
    before = opened("resnet18")
    after = replace_head(before, ("a", "b")).apply(before)
    after = freeze_backbone(after).apply(after)
    found = compared(before, after)
    texts = {d.layer.name: d.text for d in found.changed}
    assert texts["fc"].startswith("factor of weights 1.0 → 10.0")
    assert "out_features 1000 → 2" in texts["fc"]
    assert texts["conv1"] == "now frozen"
    assert not found.added
    assert not found.removed
    assert found.parameter_delta == 513 * 2 - 513 * 1000


def test_defaults_are_settings_too(tiny_network):
    said = SetSettings("stem.bn", {"eps": 1e-5}).apply(tiny_network)
    assert compared(tiny_network, said).equal
    unknown = replace(
        tiny_network, layers={**tiny_network.layers, "pool": replace(tiny_network["pool"], kind="Sieve")}
    )
    assert compared(tiny_network, unknown).changed[0].layer.id == "pool"


def test_weights_that_are_the_same_are_equal(tiny_network):
    weights = weights_of(build(tiny_network))
    found = compare_weights(compared(tiny_network, tiny_network), weights, weights, Silent())
    assert set(found) == {"stem.conv", "stem.bn", "block.conv", "fc"}
    assert all(delta.equal and delta.relative == 0.0 for delta in found.values())


def test_the_difference_is_relative_to_what_was(tiny_network):
    before = weights_of(build(tiny_network, seed=1))
    after = weights_of(build(tiny_network, seed=2))
    found = compare_weights(compared(tiny_network, tiny_network), before, after, Silent())
    one = np.concatenate([before["fc"][name].numpy().ravel() for name in ("weight", "bias")])
    other = np.concatenate([after["fc"][name].numpy().ravel() for name in ("weight", "bias")])
    expected = np.linalg.norm(other.astype(float) - one) / np.linalg.norm(one.astype(float))
    assert found["fc"].relative == pytest.approx(expected, rel=1e-6)
    assert not found["fc"].equal
    # Fresh normalization is the same for any seed.
    assert found["stem.bn"].equal


def test_a_counter_alone_makes_them_unequal(tiny_network):
    before = weights_of(build(tiny_network))
    counted = {**before["stem.bn"], "num_batches_tracked": torch.tensor(5)}
    after = before.merged(Weights({"stem.bn": counted}))
    found = compare_weights(compared(tiny_network, tiny_network), before, after, Silent())
    assert (found["stem.bn"].equal, found["stem.bn"].relative) == (False, 0.0)


def test_from_zero_to_something_is_wholly_other(tiny_network):
    before = weights_of(build(tiny_network))
    nothing = Weights({"fc": {name: torch.zeros_like(t) for name, t in before["fc"].items()}})
    found = compare_weights(compared(tiny_network, tiny_network), before.merged(nothing), before, Silent())
    assert found["fc"].relative == 1.0


def test_a_fresh_head_starts_anew(tiny_network):
    weights = weights_of(build(tiny_network))
    after = replace_head(tiny_network, ("a", "b", "c", "d")).apply(tiny_network)
    comparison = compared(tiny_network, after)
    found = compare_weights(comparison, weights, weights, Silent())
    fresh = next(i for i in after.layers if i.startswith("fc~"))
    assert (found[fresh].relative, found[fresh].why) == (None, "they start anew")
    resized = SetSettings("fc", {"out_features": 4}).apply(tiny_network)
    trained = weights_of(build(resized))
    sizes = compare_weights(compared(tiny_network, resized), weights, trained, Silent())
    assert sizes["fc"].why == "other sizes"


def test_a_copy_is_no_part_of_both(tiny_network):
    weights = weights_of(build(tiny_network))
    after = duplicate(tiny_network, ("fc",)).apply(tiny_network)
    found = compare_weights(compared(tiny_network, after), weights, weights, Silent())
    assert set(found) == {"stem.conv", "stem.bn", "block.conv", "fc"}


def test_it_tells_how_far_it_is_and_stops(tiny_network):
    weights = weights_of(build(tiny_network))
    comparison = compared(tiny_network, tiny_network)
    progress = Recording()
    compare_weights(comparison, weights, weights, progress)
    shares = [news.done for news in progress.news if isinstance(news, StepNews)]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    with pytest.raises(Cancelled):
        compare_weights(comparison, weights, weights, Recording(cancel_after=2))
