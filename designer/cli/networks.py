"""Commands on networks themselves: analyze one, compare two, run a script of edits."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from designer.cli.documents import (
    analysis_document,
    analysis_parts,
    comparison_document,
    comparison_parts,
)
from designer.cli.projects import made
from designer.cli.result import Result
from designer.errors import ReportError
from designer.messages import bytes_text, tr
from designer.progress import Progress

if TYPE_CHECKING:
    from designer.catalog.analysis import Measured
    from designer.network.comparison import Comparison, WeightDelta
    from designer.network.network import Network
    from designer.project import Project

REPORTS = (".html", ".htm", ".csv")
"""How the names of report files end."""


def analyze(given: Namespace, progress: Progress) -> Result:
    """`netgraft analyze`: size, work, memory and time of each layer, as a table or a report file."""
    from designer import __version__
    from designer.catalog.analysis import analyse, csv_report, html_report
    from designer.engine.shapes import infer
    from designer.engine.text_files import check_text_file, write_text
    from designer.opening import network_of

    path: Path | None = given.output
    if path is not None:
        if path.suffix.lower() not in REPORTS:
            raise ReportError(
                tr("'{name}' is no report.", name=path.name),
                tr("A report is a page or a table."),
                tr("Give a name that ends in {endings}.", endings=", ".join(REPORTS)),
            )
        # Before anything takes its time.
        check_text_file(path)
    network = network_of(given.target, progress)
    measured = _measured(network, given, progress) if given.time else None
    analysis = analyse(network, infer(network), given.batch_size, given.optimizer, measured)
    document = analysis_document(analysis)
    if path is None:
        return Result(document, analysis_parts(analysis))
    if path.suffix.lower() == ".csv":
        report = csv_report(analysis)
    else:
        report = html_report(analysis, version=__version__)
    size = write_text(path, report)
    document["report"] = str(path)
    text = tr("{path}: {count} layers, {size}", path=path, count=len(network), size=bytes_text(size))
    return Result(document, (text,))


def diff(given: Namespace, progress: Progress) -> Result:
    """`netgraft diff`: what changed between two projects, models or files. Status 0 either way."""
    from designer.engine.comparing import compare_weights
    from designer.opening import network_of

    weights: dict[str, WeightDelta] | None = None
    if given.weights:
        one, other = _opened(given.before, progress), _opened(given.after, progress)
        found = _compared(one.network, other.network)
        weights = dict(compare_weights(found, one.weights, other.weights, progress))
    else:
        found = _compared(network_of(given.before, progress), network_of(given.after, progress))
    return Result(comparison_document(found, weights), comparison_parts(found, weights))


def edit(given: Namespace, progress: Progress) -> Result:
    """`netgraft edit`: a copy of a project with a script of edits made."""
    from designer.catalog.scripts import read_script
    from designer.engine.project_file import check_saving
    from designer.engine.text_files import read_bytes

    # Before the project is opened: what is wrong with the script is told at once.
    script = read_script(read_bytes(given.script))
    project = _opened(given.file, progress)
    check_saving(given.output, project.weights)
    project.run(script)
    project.save(given.output, progress=progress)
    return made(project)


def _measured(network: Network, given: Namespace, progress: Progress) -> Measured:
    """Times of all layers; with fresh weights, whose values change nothing of it."""
    from designer.catalog.analysis import Measured
    from designer.engine.devices import choose
    from designer.engine.timing import measure_times
    from designer.engine.weights import Weights

    seconds = measure_times(network, Weights(), given.time_batch_size, given.device, progress)
    return Measured(seconds, given.time_batch_size, choose(given.device).title)


def _compared(before: Network, after: Network) -> Comparison:
    from designer.catalog.comparing import compare
    from designer.engine.shapes import infer

    return compare(before, after, infer(before), infer(after))


def _opened(target: str, progress: Progress) -> Project:
    """A project, model or weights file with its weights; those of a model are downloaded if need be."""
    from designer.engine.process import prepare
    from designer.opening import open_project

    prepare()
    return open_project(target, progress=progress)
