"""Times of layers: of all that is run, of the right order, stopped at once."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest
import torch

from designer.engine import timing
from designer.engine.building import build, weights_of
from designer.engine.timing import measure_times
from designer.engine.weights import Weights
from designer.errors import Cancelled, NetworkError, TrainingError
from designer.jobs import steps
from designer.network.edits import SetInputs, SetSettings
from designer.network.network import Layer, Network, Port
from designer.progress import Recording, Silent, StepNews


def two_convolutions(side=96):
    """A convolution of 16 filters, then one of 512: 32 times the work."""
    rows = [
        Layer("in", "in", "Input", {"shape": [16, side, side]}),
        Layer("small", "small", "Conv2d", {"in_channels": 16, "out_channels": 16, "kernel_size": 3}),
        Layer("large", "large", "Conv2d", {"in_channels": 16, "out_channels": 512, "kernel_size": 3}),
        Layer("out", "out", "Output"),
    ]
    inputs = {"in": (), "small": (Port("in"),), "large": (Port("small"),), "out": (Port("large"),)}
    return Network("two", {row.id: row for row in rows}, inputs)


def test_every_layer_is_measured_and_the_sum_is_that_of_a_run(tiny_network):
    started = perf_counter()
    found = measure_times(tiny_network, Weights(), 2, "cpu", Silent())
    whole = perf_counter() - started
    assert set(found) == set(tiny_network.layers) - {"input"}
    assert all(seconds > 0 for seconds in found.values())
    # The medians together cannot take longer than all the runs did.
    assert sum(found.values()) < whole


def test_the_layer_with_more_work_takes_longer():
    found = measure_times(two_convolutions(), Weights(), 1, "cpu", Silent())
    assert found["large"] > 2 * found["small"] > found["out"]


def test_the_network_is_left_as_it_was_and_nothing_is_trained(tiny_network):
    weights = weights_of(build(tiny_network))
    before = {i: weights.digest(i) for i in weights}
    measure_times(tiny_network, weights, 4, "cpu", Silent())
    assert {i: weights.digest(i) for i in weights} == before
    assert torch.is_grad_enabled()


def test_it_tells_how_far_it_is_and_stops_between_two_layers(tiny_network):
    progress = Recording()
    measure_times(tiny_network, Weights(), 1, "cpu", progress)
    shares = [news.done for news in progress.news if isinstance(news, StepNews)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    # Each layer behind the input is asked for in each run: the first one and those that are counted.
    assert progress.asked == (len(tiny_network) - 1) * (1 + timing.ROUNDS)
    stopped = Recording(cancel_after=3)
    with pytest.raises(Cancelled):
        measure_times(tiny_network, Weights(), 1, "cpu", stopped)
    assert stopped.asked == 3


def test_patience_ends_the_runs_early(tiny_network, monkeypatch):
    monkeypatch.setattr(timing, "PATIENCE", 0.0)
    progress = Recording()
    measure_times(tiny_network, Weights(), 1, "cpu", progress)
    assert progress.asked == (len(tiny_network) - 1) * (1 + timing.LEAST)


def test_what_does_not_lead_to_the_output_has_no_time(tiny_network):
    extra = Layer("extra", "extra", "ReLU")
    network = replace(
        tiny_network,
        layers={**tiny_network.layers, "extra": extra},
        inputs={**tiny_network.inputs, "extra": (Port("stem.bn"),)},
    )
    assert "extra" not in measure_times(network, Weights(), 1, "cpu", Silent())


def test_a_network_that_cannot_be_run_says_which_layer(tiny_network):
    wrong = SetSettings("fc", {"in_features": 7}).apply(tiny_network)
    with pytest.raises(NetworkError, match="fc") as caught:
        measure_times(wrong, Weights(), 1, "cpu", Silent())
    assert caught.value.remedy
    with pytest.raises(NetworkError, match="empty"):
        measure_times(SetInputs("fc", (None,)).apply(tiny_network), Weights(), 1, "cpu", Silent())


def test_a_device_that_is_not_there_and_an_empty_batch_are_refused(tiny_network):
    with pytest.raises(TrainingError, match="abacus"):
        measure_times(tiny_network, Weights(), 1, "abacus", Silent())
    with pytest.raises(ValueError, match="at least one"):
        measure_times(tiny_network, Weights(), 0, "cpu", Silent())


def test_too_large_a_batch_says_so(tiny_network):
    with pytest.raises(NetworkError, match="smaller batch"):
        measure_times(tiny_network, Weights(), 2**38, "cpu", Silent())


def test_the_step_measures(tiny_network):
    found = steps.measure_times(tiny_network, Weights(), 1, "cpu")(Silent())
    assert set(found) == set(tiny_network.layers) - {"input"}
