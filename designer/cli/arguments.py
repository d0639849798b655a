"""What may be written on the command line, one function for each command."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from designer import __version__
from designer.catalog.losses import CLASS_WEIGHTS, LOSSES
from designer.catalog.optimizers import OPTIMIZERS
from designer.catalog.recipes import RECIPES, WAYS
from designer.catalog.schedules import SCHEDULES
from designer.cli.demo import demo
from designer.cli.listing import doctor, models, recipes
from designer.cli.networks import analyze, diff, edit
from designer.cli.projects import inspect, new
from designer.cli.steps import evaluate, export, predict, train
from designer.cli.trying import find_rate
from designer.cli.ways import compare_ways
from designer.messages import tr
from designer.session.options import TrainingOptions
from designer.session.stages import stages_from_json

_CHOICES: dict[str, tuple[str, ...]] = {
    "optimizer": tuple(OPTIMIZERS),
    "schedule": tuple(SCHEDULES),
    "device": ("auto", "cpu", "cuda", "mps"),
    "precision": ("auto", "full", "mixed"),
    "loss": tuple(LOSSES),
    "class_weights": CLASS_WEIGHTS,
    "keep": ("best", "last"),
}
_TYPES: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "str": str,
    "tuple[Stage, ...]": lambda text: stages_from_json(json.loads(text)),
}


def read(argv: list[str]) -> argparse.Namespace | int:
    """The values given, with the command's function as `run`; or the exit status where that was all."""
    parser = _parser()
    if not argv:
        parser.print_help()
        return 2
    try:
        return parser.parse_args(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="netgraft",
        description=tr("Graft a new head onto a pretrained network, train it, and export it."),
        epilog=tr("Without a command, or with a project file alone, the window opens."),
    )
    parser.add_argument("--version", action="version", version=f"netgraft {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help=tr("write one JSON document"))
    common.add_argument("--quiet", action="store_true", help=tr("show no progress"))

    def command(name: str, run: Callable[..., Any], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[common], help=text, description=text)
        made.set_defaults(run=run)
        return made

    _add_demo(command("demo", demo, tr("the whole way on the bundled model and sample pictures")))
    command("models", models, tr("list the pretrained models"))
    _add_new(command("new", new, tr("make a project from a pretrained model")))
    _add_inspect(command("inspect", inspect, tr("show the layers of a project or model")))
    _add_analyze(command("analyze", analyze, tr("measure a network: size, work and memory of each layer")))
    _add_diff(command("diff", diff, tr("show what changed between two networks")))
    _add_edit(command("edit", edit, tr("make a script of edits")))
    command("recipes", recipes, tr("list the recipes of training"))
    _add_train(command("train", train, tr("train a project on pictures")))
    _add_compare_ways(
        command("compare-ways", compare_ways, tr("train from scratch, frozen and fine-tuned, to compare"))
    )
    _add_find_rate(command("find-rate", find_rate, tr("try learning rates, and suggest one")))
    _add_evaluate(command("evaluate", evaluate, tr("measure a project on pictures")))
    _add_predict(command("predict", predict, tr("name what is on pictures")))
    _add_export(command("export", export, tr("write an ONNX file, proved against torch")))
    command("doctor", doctor, tr("show versions, devices, and what is missing"))
    return parser


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("netgraft-demo"), metavar="DIR", help=tr("folder"))
    parser.add_argument("--no-window", action="store_true", help=tr("do not open the window at the end"))


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=tr("a model that 'netgraft models' lists"))
    _add_output(parser, tr("project file"), required=True)
    parser.add_argument("--classes", metavar="N or a,b,c", help=tr("number or names of the new classes"))
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=tr("pictures; its sub-folders are the classes, or a table labels.csv has them"),
    )
    parser.add_argument(
        "--freeze",
        default="none",
        metavar="backbone, none, or LAYER",
        help=tr("what stays as it is; LAYER: up to and including that one"),
    )
    parser.add_argument(
        "--weights", default="default", metavar="default, none, or PATH", help=tr("what it starts from")
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help=tr("of fresh weights"))


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="TARGET", help=tr("a project file, model id or weights file"))


def _add_analyze(parser: argparse.ArgumentParser) -> None:
    _add_inspect(parser)
    _add_output(parser, tr("report to write: .html or .csv"), required=False)
    parser.add_argument(
        "--batch-size", type=_positive, default=32, metavar="N", help=tr("of the training that is estimated")
    )
    parser.add_argument(
        "--optimizer", choices=_CHOICES["optimizer"], default="AdamW", help=tr("of that training")
    )
    parser.add_argument("--time", action="store_true", help=tr("measure the time of each layer here"))
    parser.add_argument(
        "--time-batch-size", type=_positive, default=1, metavar="N", help=tr("pictures to measure with")
    )
    _add_device(parser)


def _add_diff(parser: argparse.ArgumentParser) -> None:
    for name in ("before", "after"):
        parser.add_argument(name, metavar=name.upper(), help=tr("a project file, model id or weights file"))
    parser.add_argument("--weights", action="store_true", help=tr("compare the weights of each layer too"))


def _add_edit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=tr("a project file or model id"))
    _add_output(parser, tr("project file to write"), required=True)
    parser.add_argument("script", type=Path, metavar="SCRIPT", help=tr("JSON file with the edits"))


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_pictures(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--resume",
        action="store_true",
        help=tr("go on with the run that was stopped, its options and epochs"),
    )
    how.add_argument(
        "--dry-run",
        action="store_true",
        help=tr("try a few batches on a copy, and say what training would take and what would stop it"),
    )
    how.add_argument(
        "--recipe",
        choices=tuple(RECIPES),
        metavar="NAME",
        help=tr("prepare network and options by a recipe that 'netgraft recipes' lists"),
    )
    _add_output(parser, tr("project file to write; the same one when not given"), required=False)
    _add_training_options(parser)


def _add_compare_ways(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_pictures(parser)
    parser.add_argument(
        "--ways",
        nargs="+",
        choices=tuple(RECIPES),
        default=list(WAYS),
        metavar="NAME",
        help=tr("recipes that 'netgraft recipes' lists; from scratch, frozen and fine-tuned if not given"),
    )
    _add_output(parser, tr("project file to write; the same one when not given"), required=False)
    _add_training_options(parser)


def _add_find_rate(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_pictures(parser)
    _add_training_options(parser)


def _add_pictures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=tr("pictures, one sub-folder for each class, or with a table labels.csv"),
    )
    parser.add_argument(
        "--val", type=_share_or_folder, metavar="DIR or FRACTION", help=tr("validation pictures")
    )


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help=tr("pictures; the project's own if not given")
    )
    _add_device(parser)


def _add_predict(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help=tr("picture files or folders"))
    parser.add_argument("--top", type=int, default=5, metavar="N", help=tr("classes for each picture"))
    _add_device(parser)


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_output(parser, tr("ONNX file"), required=True)
    parser.add_argument("--check", type=Path, metavar="DIR", help=tr("pictures to compare on"))
    parser.add_argument("--opset", type=int, default=argparse.SUPPRESS, metavar="N", help=tr("ONNX opset"))
    parser.add_argument(
        "--embed-preprocessing",
        action=argparse.BooleanOptionalAction,
        default=argparse.SUPPRESS,
        help=tr("take pictures as values of 0 to 255"),
    )
    parser.add_argument(
        "--check-pictures",
        type=int,
        default=argparse.SUPPRESS,
        metavar="N",
        help=tr("pictures to compare on, at most"),
    )


def _add_training_options(parser: argparse.ArgumentParser) -> None:
    """One flag for each field of `TrainingOptions`, its help from the class's own description."""
    group = parser.add_argument_group(tr("training options"), tr("The project's own where not given."))
    described = _descriptions(TrainingOptions)
    for field in fields(TrainingOptions):
        flag = "--" + field.name.replace("_", "-")
        assert field.default is not MISSING
        text = f"{described.get(field.name, '')} [{field.default}]".replace("%", "%%")
        if field.type == "bool":
            action = argparse.BooleanOptionalAction
            group.add_argument(flag, action=action, default=argparse.SUPPRESS, help=text)
            continue
        group.add_argument(
            flag,
            type=_TYPES[str(field.type)],
            choices=_CHOICES.get(field.name),
            default=argparse.SUPPRESS,
            metavar=None if field.name in _CHOICES else field.name[0].upper(),
            help=text,
        )


def _descriptions(values: type) -> dict[str, str]:
    """What a class's docstring says of each of its attributes."""
    found: dict[str, str] = {}
    last = ""
    for line in (values.__doc__ or "").partition("Attributes:")[2].splitlines():
        name, colon, text = line.strip().partition(": ")
        if colon and name.isidentifier():
            found[last := name] = text
        elif last and line.strip():
            found[last] += " " + line.strip()
    return found


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=tr("project file"))


def _add_output(parser: argparse.ArgumentParser, text: str, *, required: bool) -> None:
    parser.add_argument("-o", "--output", type=Path, required=required, metavar="FILE", help=text)


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", choices=_CHOICES["device"], help=tr("where to run"))


def _positive(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 65_536:
        raise argparse.ArgumentTypeError(tr("it must lie between 1 and 65536, not {given}", given=text))
    return count


def _share_or_folder(text: str) -> float | Path:
    try:
        share = float(text)
    except ValueError:
        return Path(text)
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(tr("a fraction must lie between 0 and 1, not {given}", given=text))
    return share
