"""Weights on the clipboard: what is copied comes out bit by bit under other ids; damage is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.engine.building import build, weights_of
from designer.engine.clip_weights import clip, put
from designer.engine.weights import Weights
from designer.errors import EditError
from designer.jobs.clips import clip_weights, put_weights
from designer.network.edits import SetSettings
from designer.progress import Progress


@pytest.fixture
def weights(tiny_network) -> Weights:
    return weights_of(build(tiny_network, seed=3))


def test_there_and_back_under_other_ids(tiny_network, weights):
    data = clip(tiny_network, weights, ("stem.conv", "stem.bn", "stem.relu"))
    other = Weights({"fc": {"weight": torch.ones(2)}})
    found = put(other, data, {"stem.conv": "a", "stem.bn": "b", "stem.relu": "c"})
    assert set(found) == {"fc", "a", "b"}
    assert torch.equal(found["a"]["weight"], weights["stem.conv"]["weight"])
    assert torch.equal(found["b"]["running_var"], weights["stem.bn"]["running_var"])
    assert found.digest("b") == weights.digest("stem.bn")
    assert set(other) == {"fc"}


def test_layers_that_are_not_asked_for_are_left_out(tiny_network, weights):
    data = clip(tiny_network, weights, ("stem.conv", "fc"))
    assert set(put(Weights(), data, {"fc": "x"})) == {"x"}


def test_a_copy_has_the_weights_of_what_it_is_a_copy_of(tiny_network, weights):
    copy = replace(tiny_network["fc"], id="fc~1", name="fc_2", weights_from=("fc",))
    network = replace(
        tiny_network,
        layers={**tiny_network.layers, "fc~1": copy},
        inputs={**tiny_network.inputs, "fc~1": (None,)},
    )
    found = put(Weights(), clip(network, weights, ("fc~1",)), {"fc~1": "n"})
    assert torch.equal(found["n"]["bias"], weights["fc"]["bias"])


def test_weights_that_do_not_fit_or_are_not_there_stay_behind(tiny_network, weights):
    changed = SetSettings("fc", {"in_features": 9}).apply(tiny_network)
    assert clip(changed, weights, ("fc",)) == b""
    assert clip(tiny_network, weights, ("pool",)) == b""
    odd = tiny_network.with_layers(replace(tiny_network["fc"], kind="FromTheFuture"))
    assert clip(odd, weights, ("fc",)) == b""


def test_too_much_is_not_copied(tiny_network, weights):
    # 216 weights of four bytes each.
    assert clip(tiny_network, weights, ("stem.conv",), most=863) is None
    assert clip(tiny_network, weights, ("stem.conv",), most=864)


@pytest.mark.parametrize("data", [b"", b"rubbish", b"\x08\0\0\0\0\0\0\0{}      ", bytes(100)])
def test_damage_is_told(data):
    with pytest.raises(EditError) as raised:
        put(Weights(), data, {"a": "b"})
    assert raised.value.what == "The copied weights cannot be read."
    assert raised.value.remedy


class Quiet(Progress):
    def report(self, news: object) -> None:
        pass

    def raise_if_cancelled(self) -> None:
        pass


def test_the_steps(tiny_network, weights):
    data = clip_weights(tiny_network, weights, ("fc",))(Quiet())
    found = put_weights(weights, data, {"fc": "twin"})(Quiet())
    assert found.digest("twin") == weights.digest("fc")
    with pytest.raises(TypeError):
        clip_weights(tiny_network, "no weights", ("fc",))(Quiet())
