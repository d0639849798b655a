"""What is refused before training begins, each with its own message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.engine.training import train
from designer.engine.training.checks import remarks
from designer.engine.weights import Weights
from designer.errors import DesignerError, TrainingError
from designer.progress import Recording, Silent
from designer.session.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=1, device="cpu")


def refused(network, data, options=OPTIONS):
    recording = Recording()
    with pytest.raises(DesignerError) as caught:
        train(network, Weights(), data, options, recording)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"epochs": 0}, "The option 'epochs' cannot be 0."),
        ({"learning_rate": -1}, "The option 'learning rate' cannot be -1."),
        ({"learning_rate": float("nan")}, "The option 'learning rate' cannot be nan."),
        ({"optimizer": "Lion"}, "no optimizer 'Lion'"),
        ({"schedule": "steps"}, "no schedule 'steps'"),
        ({"loss": "hinge"}, "no loss 'hinge'"),
        ({"class_weights": "some"}, "no class weights 'some'"),
        ({"device": "tpu"}, "no device 'tpu'"),
        ({"precision": "half"}, "no precision 'half'"),
        ({"keep": "all"}, "cannot be 'all'"),
    ],
)
def test_options(tiny_network, pets, changed, words):
    assert words in str(refused(tiny_network, pets, replace(OPTIONS, **changed)))


def test_no_pictures(tiny_network, pets):
    assert "no pictures to train on" in refused(tiny_network, replace(pets, training=())).what


def test_other_classes_are_both_named(tiny_network, pets):
    error = refused(replace(tiny_network, classes=("cat", "dog", "yak")), pets)
    assert "yak" in error.why
    assert "owl" in error.why
    assert "Replace the head" in error.remedy


def test_a_head_of_another_width(tiny_network, pets):
    wide = replace(tiny_network["fc"], settings={"in_features": 8, "out_features": 1000})
    for classes in (tiny_network.classes, ()):
        error = refused(replace(tiny_network.with_layers(wide), classes=classes), pets)
        assert isinstance(error, TrainingError)
        assert "1000 values for a picture, and there are 3 classes" in error.why


def test_a_network_that_cannot_be_run(tiny_network, pets):
    error = refused(
        tiny_network.with_layers(replace(tiny_network["pool"], settings={"output_size": 2})), pets
    )
    assert "cannot be run" in error.what
    assert "'fc'" in error.why


def test_everything_frozen(tiny_network, pets):
    network = tiny_network.with_layers(*(replace(layer, frozen=True) for layer in tiny_network))
    assert "nothing to train" in refused(network, pets).what


def test_a_batch_normalization_that_hardly_adapts_is_remarked_on(tiny_network, pets):
    slow = tiny_network.with_layers(
        replace(tiny_network["stem.bn"], settings={"num_features": 8, "momentum": 0.01})
    )
    run = train(slow, Weights(), pets, OPTIONS, Silent())
    assert "momentum is 0.01" in run.remarks[0]
    assert remarks(slow, replace(OPTIONS, epochs=300), 2) == []
    frozen = slow.with_layers(replace(slow["stem.bn"], frozen=True))
    assert remarks(frozen, OPTIONS, 2) == []
