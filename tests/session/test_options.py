"""Options: bounds, and JSON that survives other versions."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from designer.errors import DesignerError
from designer.session.options import ExportOptions, TrainingOptions


@pytest.mark.parametrize("options", [TrainingOptions(epochs=7, keep="last"), ExportOptions(opset=18)])
def test_options_go_through_json(options):
    value = json.loads(json.dumps(options.to_json()))
    assert type(options).from_json(value) == options
    assert type(options).from_json({**value, "of a later version": 1}) == options
    assert type(options).from_json({}) == type(options)()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("epochs", 1, 100_000),
        ("batch_size", 1, 65_536),
        ("learning_rate", 1e-12, 1_000),
        ("momentum", 0, 0.9999),
        ("weight_decay", 0, 10),
        ("seed", 0, 2**63 - 1),
    ],
)
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
    assert whole == {"epochs", "batch_size", "seed"}
    for name in whole:
        with pytest.raises(DesignerError, match="whole number"):
            TrainingOptions(**{name: 2.5}).check()
