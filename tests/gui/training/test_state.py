from dataclasses import replace
from pathlib import Path

from designer.gui.training.state import resolve
from designer.session.data import ImageData, Picture
from designer.session.results import Facts, LayerFacts


def data_of(*classes, training=(0, 1), validation=(2,)):
    pictures = tuple(Picture(Path(f"{name}.png"), i) for i, name in enumerate(classes))
    return ImageData(Path(), classes, pictures, (), training, validation, 0.5, 0)


DATA = data_of("cat", "dog", "owl")
FACTS = Facts({"fc": LayerFacts(((3,),), 27), "stem.conv": LayerFacts(((8, 16, 16),), 216)})


def test_without_a_network_nothing_starts():
    state = resolve(None, None, DATA)
    assert not state.can_start
    assert state.need == "Open a network"
    assert state.reason


def test_with_everything_there_it_can_start_and_says_on_what(tiny_network):
    state = resolve(tiny_network, FACTS, DATA)
    assert state.can_start
    assert not state.can_stop
    assert state.reason == state.need == ""
    assert state.hint == "243 values to learn, 2 pictures for training, 1 for validation"


def test_before_shapes_are_known_the_hint_tells_the_pictures_alone(tiny_network):
    assert resolve(tiny_network, None, DATA).hint == "2 pictures for training, 1 for validation"


def test_without_pictures_the_way_leads_to_the_data_page(tiny_network):
    state = resolve(tiny_network, FACTS, None)
    assert (state.can_start, state.step, state.need) == (False, "data", "Choose pictures")


def test_other_classes_ask_for_another_head(tiny_network):
    state = resolve(tiny_network, FACTS, data_of("cat", "dog"))
    assert (state.can_start, state.action, state.step) == (False, "Replace the head", "network")


def test_all_frozen_means_nothing_to_learn(tiny_network):
    frozen = tiny_network.with_layers(*(replace(layer, frozen=True) for layer in tiny_network))
    state = resolve(frozen, FACTS, DATA)
    assert not state.can_start
    assert "frozen" in state.reason


def test_no_training_picture_left(tiny_network):
    state = resolve(tiny_network, FACTS, data_of("cat", "dog", "owl", training=(), validation=(0, 1, 2)))
    assert not state.can_start
    assert "No picture is left" in state.reason


def test_another_job_holds_the_engine(tiny_network):
    state = resolve(tiny_network, FACTS, DATA, busy_with="Exporting")
    assert not state.can_start
    assert "Exporting" in state.reason
    assert state.need == ""


def test_while_training_it_can_be_stopped_once(tiny_network):
    assert resolve(tiny_network, FACTS, DATA, training=True).can_stop
    assert not resolve(tiny_network, FACTS, DATA, training=True, stopping=True).can_stop
    assert not resolve(tiny_network, FACTS, DATA, training=True).can_start
