from dataclasses import replace
from pathlib import Path

import pytest

from designer.catalog.actions import class_names, replace_head
from designer.gui.editing.problems.state import resolve as listed_problems
from designer.gui.evaluation.state import resolve as evaluation
from designer.gui.export.state import resolve as export
from designer.gui.readiness import (
    network_obstacle,
    output_width,
    pictures_obstacle,
    trainable_parameters,
    training_obstacle,
)
from designer.gui.training.state import resolve as training
from designer.network.edits import SetFrozen
from designer.session.data import ImageData, Picture
from designer.session.options import ExportOptions
from designer.session.problems import ONNX
from designer.session.results import Facts, LayerFacts, Problem


def data_of(*classes):
    pictures = tuple(Picture(Path(f"{name}.png"), i) for i, name in enumerate(classes))
    return ImageData(Path(), classes, pictures, (), (0,), (1,), 0.5, 0)


def facts_of(width, **parameters):
    layers = {name: LayerFacts(parameters=count) for name, count in parameters.items()}
    return Facts({**layers, "output": LayerFacts(((width,),))})


def test_without_a_network_one_must_be_opened():
    assert network_obstacle(None, None).need == "Open a network"


def test_a_sound_network_is_no_obstacle_and_neither_is_one_that_was_not_looked_at(tiny_network):
    assert network_obstacle(tiny_network, None) is None
    assert network_obstacle(tiny_network, Facts(problems=(Problem("warning", "", "hm"),))) is None


def test_the_first_error_is_told_and_the_rest_counted(tiny_network):
    problems = (Problem("warning", "", "a"), Problem("error", "", "b is bad."), Problem("error", "", "c"))
    found = network_obstacle(tiny_network, Facts(problems=problems))
    assert found.reason == "b is bad. (1 more problem.)"
    assert found.step == "network"
    assert network_obstacle(tiny_network, Facts(problems=problems[:2])).reason == "b is bad."
    more = Facts(problems=(*problems, problems[2]))
    assert network_obstacle(tiny_network, more).reason == "b is bad. (2 more problems.)"


def test_problems_that_are_being_checked_anew_are_not_told(tiny_network):
    stale = Facts(problems=(Problem("error", "fc", "fc is bad."),), checking=True)
    found = network_obstacle(tiny_network, stale)
    assert found.need == "Checking ..."
    assert "bad" not in found.reason
    assert network_obstacle(tiny_network, Facts(checking=True)) is None


def test_the_doors_speak_the_very_words_of_the_list(tiny_network):
    wrong = Facts(problems=(Problem("error", "fc", "fc is bad."),))
    listed = listed_problems(tiny_network, wrong, {}).problems[0].message
    data = data_of("cat", "dog", "owl")
    assert training(tiny_network, wrong, data).reason is listed
    assert evaluation(tiny_network, wrong, data).reason is listed
    assert export(tiny_network, wrong, data, ExportOptions()).reason is listed


def test_all_frozen_stops_training_in_the_words_of_the_list(tiny_network):
    frozen = SetFrozen(("stem.conv", "stem.bn", "block.conv", "fc"), True).apply(tiny_network)
    facts = facts_of(3)
    listed = listed_problems(frozen, facts, {}).problems[0].message
    data = replace(data_of("cat", "dog", "owl"), training=(0, 1))
    assert training(frozen, facts, data).reason == listed
    assert export(frozen, facts, data, ExportOptions()).can_export


def test_without_any_weights_nothing_can_be_learned(tiny_network):
    bare = replace(tiny_network, layers={"input": tiny_network["input"]}, inputs={"input": ()})
    assert "No layer has weights" in training_obstacle(bare, Facts()).reason
    assert training_obstacle(tiny_network, facts_of(3, fc=27)) is None


def test_what_onnx_cannot_hold_stops_the_export_alone(tiny_network):
    problem = Problem("warning", "pool", "ONNX cannot hold 'pool'.", ONNX)
    facts = replace(facts_of(3, fc=27), problems=(problem,))
    data = replace(data_of("cat", "dog", "owl"), training=(0, 1))
    assert export(tiny_network, facts, data, ExportOptions()).reason is problem.message
    assert listed_problems(tiny_network, facts, {}).problems[0].message is problem.message
    assert training(tiny_network, facts, data).can_start


@pytest.mark.parametrize(
    ("classes", "facts", "wanted"),
    [
        (("cat", "dog", "owl"), None, None),
        (("cat", "dog", "owl"), facts_of(3), None),
        (("cat", "dog"), None, "names 3 classes, the pictures show 2"),
        (("cat", "dog", "owl"), facts_of(5), "tells 5 classes apart, the pictures show 3"),
        (("cat", "owl", "dog"), facts_of(3), None),
        (("cat", "owl", "elk"), facts_of(3), "other names"),
    ],
)
def test_the_head_must_be_made_for_the_pictures(tiny_network, classes, facts, wanted):
    found = pictures_obstacle(tiny_network, facts, data_of(*classes))
    if wanted is None:
        assert found is None
    else:
        assert wanted in found.reason
        assert found.step == "network"


def test_pictures_of_some_classes_are_enough_for_evaluation(tiny_network):
    assert pictures_obstacle(tiny_network, facts_of(3), data_of("cat", "dog"), some=True) is None
    assert "tells 5" in pictures_obstacle(tiny_network, facts_of(5), data_of("cat", "dog"), some=True).reason
    assert "names 3" in pictures_obstacle(tiny_network, None, data_of("cat", "elk"), some=True).reason


def test_a_network_without_names_takes_those_of_the_pictures(tiny_network):
    nameless = replace(tiny_network, classes=())
    assert pictures_obstacle(nameless, facts_of(2), data_of("a", "b")) is None
    assert pictures_obstacle(nameless, facts_of(3), data_of("a", "b")) is not None


def test_without_pictures_they_must_be_chosen(tiny_network):
    assert pictures_obstacle(tiny_network, None, None).step == "data"


def test_the_output_width_is_the_last_size_of_the_main_output(tiny_network):
    assert output_width(tiny_network, facts_of(7)) == 7
    assert output_width(tiny_network, None) is None
    assert output_width(tiny_network, Facts()) is None


def test_frozen_layers_and_layers_with_factor_nought_do_not_learn(tiny_network):
    facts = facts_of(3, **{"stem.conv": 216, "block.conv": 584, "fc": 27})
    assert trainable_parameters(tiny_network, None) is None
    assert trainable_parameters(tiny_network, facts) == 216 + 584 + 27
    network = tiny_network.with_layers(
        replace(tiny_network["stem.conv"], frozen=True),
        replace(tiny_network["block.conv"], weight_rate=0.0, bias_rate=0.0),
    )
    assert trainable_parameters(network, facts) == 27


def test_a_head_that_lacks_names_alone_is_sent_to_the_folders(tiny_network):
    unnamed = replace_head(tiny_network, class_names(2)).apply(tiny_network)
    obstacle = pictures_obstacle(unnamed, None, data_of("cat", "dog"))
    assert (obstacle.need, obstacle.step) == ("Name the classes", "data")
    assert "names" in obstacle.reason
    other = pictures_obstacle(unnamed, None, data_of("cat", "dog", "owl"))
    assert other.need == "Replace the head"


def test_labels_of_another_sort_are_put_right_on_the_data_page(tiny_network):
    one = data_of("cat", "dog", "owl")
    several = replace(
        one, multilabel=True, pictures=tuple(replace(p, label=(p.label,)) for p in one.pictures)
    )
    found = pictures_obstacle(tiny_network, facts_of(3), several)
    assert (found.need, found.step) == ("Allow several labels", "data")
    assert "several labels" in found.reason
    labelled = replace(tiny_network, multilabel=True)
    assert pictures_obstacle(labelled, facts_of(3), several) is None
    assert pictures_obstacle(labelled, facts_of(3), one).need == "Allow one class alone"
    # A head for other classes has to be replaced in any case.
    assert pictures_obstacle(tiny_network, facts_of(5), several).need == "Replace the head"
    unnamed = replace(tiny_network, classes=class_names(3))
    assert pictures_obstacle(unnamed, facts_of(3), several).need == "Name the classes"
