"""What the property pane shows while nothing is selected: the network itself. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from designer.catalog.kind import Setting
from designer.catalog.summary import Summary
from designer.errors import EditError
from designer.messages import bytes_text, count_text, shape_text, tr
from designer.network.network import Network
from designer.network.preprocessing import LARGEST, Preprocessing

Row = tuple[str, str, str]
"""A label, a text, and what is said when the pointer rests on it."""


@dataclass(frozen=True, slots=True)
class NetworkState:
    """Nothing is selected.

    Attributes:
        name: of the network.
        rows: facts, each a label, a text and an explanation.
        classes: names of the classes.
        preprocessing: what is done to a picture first.
    """

    name: str
    rows: tuple[Row, ...]
    classes: tuple[str, ...]
    preprocessing: Preprocessing


RECIPE = (
    Setting(
        "resize", "int", 256, minimum=1, maximum=LARGEST, help="Short side of the resized picture, pixels."
    ),
    Setting("crop", "int", 224, minimum=1, maximum=LARGEST, help="Side of the square cut out of the middle."),
    Setting(
        "interpolation",
        "choice",
        "bilinear",
        choices=("bilinear", "bicubic", "nearest"),
        help="How the picture is resized.",
    ),
    Setting("mean", "text", help="Taken away from red, green and blue (0 to 1)."),
    Setting("std", "text", help="Red, green and blue are divided by these."),
)
"""What can be edited of the preprocessing, as settings."""


def network_state(network: Network, found: Summary | None) -> NetworkState:
    """The state for the network itself; `found`: its figures, None while they are not there."""
    rows = _rows(found) if found is not None else [(tr("Layers"), f"{len(network):,}", "")]
    shapes = [layer.settings.get("shape", ()) for layer in network.of_kind("Input")]
    rows += [(tr("Input"), shape_text(shape), "") for shape in shapes]
    if found is not None:
        rows += [(tr("Output"), shape_text(shape), "") for shape in found.outputs]
        tip = tr("Used in training alone")
        rows += [(tr("Auxiliary output"), shape_text(shape), tip) for shape in found.auxiliary_outputs]
    rows.append((tr("Classes"), f"{len(network.classes):,}", ""))
    if network.multilabel:
        tip = tr("A picture may show any number of the classes: all whose probability is over 0.5")
        rows.append((tr("Answers"), tr("several labels"), tip))
    if network.origin:
        rows.append((tr("Origin"), network.origin, tr("The pretrained model that it began as")))
    return NetworkState(network.name, tuple(rows), network.classes, network.preprocessing)


def _rows(found: Summary) -> list[Row]:
    least = "" if found.complete else "≥ "
    return [
        (tr("Layers"), f"{found.layers:,}", ""),
        (tr("Connections"), f"{found.connections:,}", ""),
        (tr("Depth"), f"{found.depth:,}", tr("Layers with weights on the longest way from input to output")),
        (tr("Parameters"), f"{found.parameters:,}", tr("Learnable values")),
        (tr("Trainable"), f"{found.trainable:,}", tr("Parameters that training changes")),
        (tr("Frozen"), f"{found.frozen:,}", tr("Parameters that stay as they are")),
        (
            tr("Multiply-adds"),
            least + tr("{count}, one picture", count=count_text(found.macs)),
            tr("{count} multiplications with accumulation", count=f"{found.macs:,}"),
        ),
        (
            tr("Memory to run"),
            least
            + tr("{size}, one picture", size=bytes_text(found.parameter_bytes + found.peak_activation_bytes)),
            tr(
                "Parameters {parameters}, values of one picture {values} at the worst moment, as float32",
                parameters=bytes_text(found.parameter_bytes),
                values=bytes_text(found.peak_activation_bytes),
            ),
        ),
        (
            tr("Memory to train"),
            least
            + tr("{size}, batch of {count}", size=bytes_text(found.training_bytes), count=found.batch_size),
            tr("Parameters, gradients, the optimizer's state and the values kept of a batch, as float32"),
        ),
    ]


def recipe_value(recipe: Preprocessing, name: str) -> object:
    """A part of the preprocessing as its editor shows it."""
    value = getattr(recipe, name)
    return " ".join(f"{part:g}" for part in value) if isinstance(value, tuple) else value


def with_part(recipe: Preprocessing, name: str, value: Any) -> Preprocessing:
    """The preprocessing with another part, as its editor gave it.

    Raises:
        EditError: the crop would be larger than the resized picture, or mean or std are not three numbers.
    """
    part: Any = _three(name, str(value)) if name in ("mean", "std") else value
    changed = replace(recipe, **{name: part})
    if changed.crop > changed.resize:
        raise EditError(
            tr("A crop of {crop} px does not fit.", crop=changed.crop),
            tr("The short side is resized to {resize} px.", resize=changed.resize),
            tr("Resize to {crop} px or more, or crop less.", crop=changed.crop),
        )
    return changed


def _three(name: str, text: str) -> tuple[float, float, float]:
    try:
        red, green, blue = (float(part) for part in text.replace(",", " ").replace(";", " ").split())
    except ValueError:
        red = green = blue = float("nan")
    fits = all(abs(part) < 1e6 for part in (red, green, blue))
    if not fits or (name == "std" and 0.0 in (red, green, blue)):
        raise EditError(
            tr("'{typed}' does not fit '{name}'.", typed=text[:24], name=name),
            tr("It takes three numbers, none of them 0.") if name == "std" else tr("It takes three numbers."),
            tr("Give one for red, green and blue each."),
        )
    return red, green, blue
