"""A training run as files in a folder: how it reaches processes of its own, and how their run comes back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from designer.engine.building import build
from designer.engine.layer_tensors import read_layers, write_tensors
from designer.engine.project_values import history_from_json, run_from_json, run_to_json
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.keeping import Keeper
from designer.engine.training.loop import train
from designer.engine.training.stages import learning_layers
from designer.engine.training.team import Member
from designer.engine.weights import Weights
from designer.errors import TrainingError
from designer.network.file import network_from_json, network_to_json
from designer.network.network import Network
from designer.progress import Progress
from designer.session.data import ImageData, Picture
from designer.session.options import TrainingOptions
from designer.session.results import Run

_TASK, _RUN = "task.json", "run.json"
_WEIGHTS, _TRAINED = "weights.safetensors", "trained.safetensors"


@dataclass(frozen=True)
class Task:
    """A run.

    Attributes:
        network, weights, data, options: see `train`.
        checkpoint: the file for its checkpoints; None for none.
        goes_on: it goes on from the one that lies there.
    """

    network: Network
    weights: Weights
    data: ImageData
    options: TrainingOptions
    checkpoint: Path | None = None
    goes_on: bool = False

    def write(self, folder: Path) -> None:
        """Write the task into a folder. Raises OSError."""
        write_tensors(folder / _WEIGHTS, self.weights)
        value = {
            "network": network_to_json(self.network),
            "options": self.options.to_json(),
            "data": _data_to_json(self.data),
            "checkpoint": None if self.checkpoint is None else str(self.checkpoint.absolute()),
            "goes_on": self.goes_on,
        }
        (folder / _TASK).write_text(json.dumps(value), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Task:
        """The task that `write` left in a folder."""
        value = json.loads((folder / _TASK).read_text(encoding="utf-8"))
        return cls(
            network_from_json(value["network"]),
            read_layers(folder / _WEIGHTS),
            _data_from_json(value["data"]),
            TrainingOptions.from_json(value["options"]),
            None if value["checkpoint"] is None else Path(value["checkpoint"]),
            value["goes_on"],
        )

    def done(self, progress: Progress, member: Member) -> Run:
        """Train. Raises DesignerError, see `train`."""
        file = None
        if self.checkpoint is not None:
            file = CheckpointFile(self.checkpoint, self.options.checkpoint_minutes)
        return train(
            self.network,
            self.weights,
            self.data,
            self.options,
            progress,
            checkpoints=file if member.chief else None,
            begin_from=file.read() if file is not None and self.goes_on else None,
            member=member,
        )

    def broken_off(self, device: str, error: TrainingError) -> Run | None:
        """The run as its last checkpoint has it, where the processes can tell no more of it.

        Args:
            device: where it ran, as shown to the user.
            error: why it broke off.

        Returns:
            The run, `stopped_because` 'failed'; None where no epoch was over, or there is no checkpoint.
        """
        if self.checkpoint is None or not self.checkpoint.exists():
            return None
        try:
            held = CheckpointFile(self.checkpoint).read()
        except TrainingError:
            return None
        history = history_from_json(held.values["history"])
        if not history:
            return None
        options = self.options
        given = Weights() if options.from_scratch else self.weights
        module = build(self.network, given, seed=options.seed)
        for layer_id in held.weights:
            module.layer_module(layer_id).load_state_dict(dict(held.weights[layer_id]))
        learning = learning_layers(self.network, options)
        keeper = Keeper(module, given, learning, best=options.keep == "best")
        keeper.load(list(history), held.best)
        return Run(
            number=0,
            options=options,
            history=history,
            best_epoch=keeper.best_epoch,
            stopped_because="failed",
            device=device,
            seconds=held.values["elapsed"],
            images_per_second=0.0,
            classes=self.network.classes or self.data.classes,
            weights=keeper.weights(),
            remarks=(*held.values["notes"], str(error)),
            validated=len(self.data.validation),
        )


def write_run(folder: Path, run: Run) -> None:
    """Write what a run gave into its task's folder. Raises OSError."""
    if isinstance(run.weights, Weights):
        write_tensors(folder / _TRAINED, run.weights)
    (folder / _RUN).write_text(json.dumps(run_to_json(run)), encoding="utf-8")


def read_run(folder: Path) -> Run | None:
    """The run that `write_run` left in a folder; None where it left none."""
    if not (folder / _RUN).exists():
        return None
    value = json.loads((folder / _RUN).read_text(encoding="utf-8"))
    return run_from_json(value, read_layers(folder / _TRAINED))


def _data_to_json(data: ImageData) -> dict[str, Any]:
    return {
        "folder": str(data.folder),
        "classes": data.classes,
        "pictures": [[str(picture.path.absolute()), picture.label] for picture in data.pictures],
        "training": data.training,
        "validation": data.validation,
        "validation_share": data.validation_share,
        "seed": data.seed,
    }


def _data_from_json(value: dict[str, Any]) -> ImageData:
    return ImageData(
        folder=Path(value["folder"]),
        classes=tuple(value["classes"]),
        pictures=tuple(Picture(Path(path), label) for path, label in value["pictures"]),
        unreadable=(),
        training=tuple(value["training"]),
        validation=tuple(value["validation"]),
        validation_share=value["validation_share"],
        seed=value["seed"],
    )
