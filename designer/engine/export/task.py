"""What an export is to do, as files in a working folder: how it reaches the child process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from designer.engine.building import owned
from designer.engine.layer_tensors import read_layers, write_tensors
from designer.engine.weights import Weights
from designer.network.file import network_from_json, network_to_json
from designer.network.network import Network
from designer.session.options import ExportOptions

_WEIGHTS = "weights.safetensors"


@dataclass(frozen=True)
class Task:
    """A network to export.

    Attributes:
        network: what is exported; its weights lie beside the task, see `write_weights`.
        file_name: name of the ONNX file, which is made in the working folder.
        options: see `ExportOptions`.
        pictures: absolute paths of the pictures that the file is compared on; may be empty.
    """

    network: Network
    file_name: str
    options: ExportOptions
    pictures: tuple[Path, ...]

    def write(self, folder: Path) -> None:
        """Write the task into a folder. Raises OSError."""
        value = {
            "network": network_to_json(self.network),
            "file_name": self.file_name,
            "options": self.options.to_json(),
            "pictures": [str(picture) for picture in self.pictures],
        }
        (folder / "task.json").write_text(json.dumps(value), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Task:
        """The task that `write` left in a folder."""
        value = json.loads((folder / "task.json").read_text(encoding="utf-8"))
        return cls(
            network_from_json(value["network"]),
            value["file_name"],
            ExportOptions.from_json(value["options"]),
            tuple(Path(name) for name in value["pictures"]),
        )


def write_weights(folder: Path, network: Network, weights: Weights) -> None:
    """Write the weights of a network's layers into a folder. Raises OSError."""
    write_tensors(folder / _WEIGHTS, owned(network, weights))


def read_weights(folder: Path) -> Weights:
    """The weights that `write_weights` left in a folder."""
    return read_layers(folder / _WEIGHTS)
