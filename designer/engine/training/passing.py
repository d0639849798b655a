"""News and errors of a run on their way from the process that trains to the one that started it, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from designer.engine.project_values import history_from_json, history_to_json
from designer.engine.training.team import LostError
from designer.errors import DesignerError, OutOfMemoryError, TrainingError
from designer.progress import (
    BatchNews,
    CheckpointNews,
    DeviceNews,
    LayerReading,
    LayersNews,
    StageNews,
    StepNews,
)
from designer.session.results import EarlierEpochs, EpochRow

_PLAIN: dict[str, Any] = {
    kind.__name__: kind for kind in (StepNews, BatchNews, CheckpointNews, DeviceNews, StageNews)
}


def news_to_json(news: object) -> dict[str, Any]:
    """JSON values of any news that training tells."""
    if isinstance(news, EpochRow | EarlierEpochs):
        rows = news.rows if isinstance(news, EarlierEpochs) else (news,)
        return {"kind": type(news).__name__, "rows": history_to_json(rows)}
    values: dict[str, Any] = asdict(news)  # type: ignore[call-overload]
    if isinstance(news, StageNews):
        values["learning"] = sorted(news.learning)
    return {"kind": type(news).__name__, "values": values}


def news_from_json(value: dict[str, Any]) -> object:
    """What `news_to_json` was given."""
    name = value["kind"]
    if name == EpochRow.__name__:
        return history_from_json(value["rows"])[0]
    if name == EarlierEpochs.__name__:
        return EarlierEpochs(history_from_json(value["rows"]))
    values = value["values"]
    if name == LayersNews.__name__:
        layers = {layer_id: LayerReading(**found) for layer_id, found in values["layers"].items()}
        return LayersNews(values["iteration"], values["epoch"], layers)
    if name == StageNews.__name__:
        values = {**values, "learning": frozenset(values["learning"])}
    return _PLAIN[name](**values)


def error_to_json(error: DesignerError) -> dict[str, Any]:
    """JSON values of an expected error; of a kind that is not training's its words."""
    value: dict[str, Any] = {"told": [error.what, error.why, error.remedy]}
    value["lost"] = isinstance(error, LostError)
    if isinstance(error, OutOfMemoryError):
        value["memory"] = [error.batch_size, error.accumulate]
    elif isinstance(error, TrainingError):
        value |= {"step": error.step, "options": error.options}
    return value


def error_from_json(value: dict[str, Any]) -> TrainingError:
    """The error that `error_to_json` was given."""
    if "memory" in value:
        return OutOfMemoryError(*value["told"], *value["memory"])
    if value["lost"]:
        return LostError(*value["told"])
    return TrainingError(*value["told"], step=value.get("step", ""), options=value.get("options"))
