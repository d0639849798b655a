"""Options: bounds, and JSON that survives other versions."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from designer.errors import DesignerError
from designer.session.options import BOUNDS, ExportOptions, TrainingOptions
from designer.session.stages import ALL, Stage

STAGES = (Stage("Head", 3, 1e-3), Stage("All", 5, 1e-5, (ALL,), still_norms=True))


@pytest.mark.parametrize(
    "options",
    [TrainingOptions(epochs=7, keep="last"), TrainingOptions(stages=STAGES), ExportOptions(opset=18)],
)
def test_options_go_through_json(options):
    value = json.loads(json.dumps(options.to_json()))
    assert type(options).from_json(value) == options
    assert type(options).from_json({**value, "of a later version": 1}) == options
    assert type(options).from_json({}) == type(options)()


def test_every_number_has_bounds():
    assert set(BOUNDS) == {f.name for f in fields(TrainingOptions) if f.type in ("int", "float")}


@pytest.mark.parametrize(("name", "low", "high"), [(name, *bounds) for name, bounds in BOUNDS.items()])
def test_bounds(name, low, high):
    TrainingOptions(**{name: low}).check()
    TrainingOptions(**{name: high}).check()
    for value in (low - 1, high + 1 if name != "seed" else 2**64, float("nan"), "many", None):
        with pytest.raises(DesignerError, match=name.replace("_", " ")):
            TrainingOptions(**{name: value}).check()


def test_export_bounds():
    for value in (0, 10_000):
        ExportOptions(check_pictures=value).check()
    for value in (-1, 10_001, 2.5, "many"):
        with pytest.raises(DesignerError, match="check pictures"):
            ExportOptions(check_pictures=value).check()


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 2.5), ("learning_rate", "0.1"), ("optimizer", 3), ("keep", ["best"]), ("cache_features", 1)],
)
def test_values_of_another_type_are_refused(name, value):
    with pytest.raises(TypeError):
        TrainingOptions.from_json({name: value})


def test_whole_numbers_stay_whole():
    whole = {f.name for f in fields(TrainingOptions) if f.type == "int"}
    assert {"epochs", "batch_size", "seed", "accumulate", "early_stopping"} <= whole
    for name in whole:
        with pytest.raises(DesignerError, match="whole number"):
            TrainingOptions(**{name: 2.5}).check()


def test_a_run_is_its_stages_or_one_part():
    assert TrainingOptions(epochs=7, learning_rate=0.5).parts == (Stage("", 7, 0.5),)
    staged = TrainingOptions(epochs=7, stages=STAGES)
    assert (staged.parts, staged.all_epochs) == (STAGES, 8)


@pytest.mark.parametrize("stage", [Stage("Head", 0, 1e-3), Stage("Head", 3, 0.0), Stage("Head", 3, 1e9)])
def test_a_stage_out_of_bounds_is_named(stage):
    with pytest.raises(DesignerError, match="'Head'"):
        TrainingOptions(stages=(stage,)).check()


@pytest.mark.parametrize(
    "value", [{}, [{"name": "Head"}], [{"name": 3, "epochs": 1, "learning_rate": 1}], ["Head"]]
)
def test_stages_of_another_form_are_refused(value):
    with pytest.raises((TypeError, KeyError)):
        TrainingOptions.from_json({"stages": value})
