"""The range test: rates rise as they should, nothing changes, and the suggestion lies in the fall."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from designer.engine.building import build, weights_of
from designer.engine.data import Pictures
from designer.engine.training import find_rate, rate_finder, train
from designer.engine.training.losses import Objective
from designer.engine.training.rate_finder import rates_of_test, suggest
from designer.engine.weights import Weights
from designer.errors import Cancelled, TrainingError
from designer.progress import Recording, Silent, StageNews, StepNews
from designer.session.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=3, batch_size=8, device="cpu")


def test_nothing_changes(frozen_network, pets):
    given = weights_of(build(frozen_network, seed=3))
    before = {layer_id: given.digest(layer_id) for layer_id in given}
    torch.manual_seed(5)
    state = torch.get_rng_state()
    recording = Recording()
    find_rate(frozen_network, given, pets, OPTIONS, recording)
    assert torch.equal(torch.get_rng_state(), state)
    assert {layer_id: given.digest(layer_id) for layer_id in given} == before
    assert {type(news) for news in recording.news} == {StepNews, StageNews}
    assert all(0 <= news.done <= 1 for news in recording.news if isinstance(news, StepNews))


def test_rates_rise_by_one_factor():
    rates = rates_of_test()
    assert len(rates) == 100
    assert (rates[0], rates[-1]) == pytest.approx((1e-7, 10.0))
    # 8 powers of ten in 99 steps.
    assert rates[1] / rates[0] == pytest.approx(rates[99] / rates[98]) == pytest.approx(10 ** (8 / 99))


def test_the_suggested_rate_trains_and_the_curve_ends_where_it_diverges(tiny_network, pets):
    options = replace(OPTIONS, optimizer="SGD", epochs=6, schedule="constant")
    curve = find_rate(tiny_network, Weights(), pets, options, Silent())
    assert 1e-3 < curve.suggestion < 1
    assert curve.suggestion == float(f"{curve.suggestion:.2g}")
    assert len(curve.rates) == len(curve.losses) <= 100
    assert list(curve.rates) == rates_of_test()[: len(curve.rates)]
    assert curve.diverged == (curve.losses[-1] > 4 * min(curve.losses) or len(curve.rates) < 100)

    def last_loss(rate):
        run = train(tiny_network, Weights(), pets, replace(options, learning_rate=rate), Silent())
        return run.history[-1].train_loss

    assert last_loss(curve.suggestion) < 0.7 * last_loss(1e-5)


def losses_are(monkeypatch, function):
    """Each training batch's loss is that of `function(number of the batch)`, whatever the weights."""
    real, count = Objective.__call__, []

    def changed(objective, answers, labels):
        values = real(objective, answers, labels)
        count.append(len(labels))
        return values * 0 + function(len(count) - 1)

    monkeypatch.setattr(Objective, "__call__", changed)
    return count


def test_losses_are_smoothed_as_a_running_mean(tiny_network, pets, monkeypatch):
    losses_are(monkeypatch, lambda number: 1.0 if number % 2 else 3.0)
    curve = find_rate(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert (len(curve.losses), curve.diverged) == (100, False)
    weights = [0.98 ** (6 - number) for number in range(7)]
    wanted = sum(w * (1.0 if n % 2 else 3.0) for n, w in enumerate(weights)) / sum(weights)
    assert curve.losses[6] == pytest.approx(wanted, rel=1e-5)


def test_it_ends_when_the_loss_is_four_times_the_lowest(tiny_network, pets, monkeypatch):
    losses_are(monkeypatch, lambda number: 1.0 if number < 50 else 100.0)
    curve = find_rate(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert curve.diverged
    assert curve.losses[-1] > 4
    assert max(curve.losses[:-1]) <= 4
    # Of the running mean 2 hundredths are new: 1 + 99 * 0.02 / (1 - 0.98 ** 51) is 4.1.
    assert len(curve.losses) == 51


def test_a_loss_that_is_no_number_ends_it(tiny_network, pets, monkeypatch):
    losses_are(monkeypatch, lambda number: 2.0 - number / 50 if number < 70 else math.nan)
    curve = find_rate(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert (len(curve.losses), curve.diverged) == (70, True)
    assert curve.suggestion is not None


def test_no_number_from_the_first_step_on_is_an_error(tiny_network, pets, monkeypatch):
    losses_are(monkeypatch, lambda number: math.nan)
    with pytest.raises(TrainingError, match="not a number"):
        find_rate(tiny_network, Weights(), pets, OPTIONS, Silent())


def curve_of(values):
    return dict(zip(rates_of_test(), values, strict=False))


def test_the_middle_of_the_fall():
    # Level, from step 40 to step 70 falling, then rising.
    values = [2.0] * 40 + [2.0 - 0.05 * n for n in range(1, 31)] + [0.5 + 0.1 * n for n in range(1, 31)]
    # 30 falling losses and the level before them: between the 39th and the 69th step, counted from 0.
    assert suggest(curve_of(values)) == float(f"{rates_of_test()[54]:.2g}")


def test_a_single_outlier_does_not_break_the_fall():
    values = [2.0] * 40 + [2.0 - 0.05 * n for n in range(1, 31)] + [0.5 + 0.1 * n for n in range(1, 31)]
    plain = suggest(curve_of(values))
    values[55] = 9.0
    assert suggest(curve_of(values)) == pytest.approx(plain, rel=0.25)


def test_without_a_fall_nothing_is_suggested():
    assert suggest(curve_of([2.0] * 100)) is None
    assert suggest(curve_of([2.0 + 0.01 * n for n in range(100)])) is None
    # Less than a hundredth.
    assert suggest(curve_of([2.0 - 0.0001 * n for n in range(100)])) is None
    assert suggest(curve_of([2.0, 1.0, 0.5])) is None
    assert suggest({}) is None


def test_batches_that_are_added_up_share_a_rate(tiny_network, pets, monkeypatch):
    counts = losses_are(monkeypatch, lambda number: 1.0)
    rates = []
    real = rate_finder.set_rate
    monkeypatch.setattr(rate_finder, "set_rate", lambda o, rate: (rates.append(rate), real(o, rate)))
    curve = find_rate(tiny_network, Weights(), pets, replace(OPTIONS, accumulate=3), Silent())
    assert len(counts) == len(rates) == 300
    assert rates[:4] == pytest.approx([*rates_of_test()[:1]] * 3 + rates_of_test()[1:2])
    assert len(curve.losses) == 100


def test_features_are_computed_once_and_only_of_what_is_seen(frozen_network, pets, monkeypatch):
    many = replace(pets, pictures=pets.pictures * 100, training=tuple(range(4000)), validation=(4400,))
    read = []
    real = Pictures.read

    def reading(pictures, keys, into, **named):
        read.extend(index for index, _ in keys)
        return real(pictures, keys, into, **named)

    monkeypatch.setattr(Pictures, "read", reading)
    find_rate(frozen_network, Weights(), many, OPTIONS, Silent())
    assert len(read) == len(set(read)) == 800
    read.clear()
    find_rate(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert sorted(read) == sorted(pets.training)


def test_the_same_seed_gives_the_same_curve(tiny_network, pets):
    one, other = (find_rate(tiny_network, Weights(), pets, OPTIONS, Silent()) for _ in range(2))
    assert one == other


def test_it_can_be_cancelled(frozen_network, pets):
    for number in (1, 4, 20, 100):
        with pytest.raises(Cancelled):
            find_rate(frozen_network, Weights(), pets, OPTIONS, Recording(cancel_after=number))


def test_pictures_that_cannot_be_read_are_left_out(tiny_network, pets, tmp_path):
    lost = tmp_path / "lost.png"
    pictures = [replace(p, path=lost) if i == pets.training[4] else p for i, p in enumerate(pets.pictures)]
    data = replace(pets, pictures=tuple(pictures))
    assert len(find_rate(tiny_network, Weights(), data, OPTIONS, Silent()).losses) > 50
    gone = replace(pets, pictures=tuple(replace(p, path=lost) for p in pets.pictures))
    with pytest.raises(TrainingError, match="None of the training pictures"):
        find_rate(tiny_network, Weights(), gone, OPTIONS, Silent())
