"""Steps of the analysis window: work out the rows, and write reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from designer import __version__
from designer.catalog.analysis import Analysis, Measured, analyse, csv_report, html_report
from designer.network.network import Network
from designer.progress import Progress
from designer.session.results import Facts


def work_out(
    network: Network, facts: Facts, batch_size: int, optimizer: str, measured: Measured | None
) -> Callable[[Progress], Analysis]:
    """See `designer.catalog.analysis.analyse`."""

    def step(progress: Progress) -> Analysis:
        return analyse(network, facts, batch_size, optimizer, measured)

    return step


def measure(
    network: Network, weights: object, batch_size: int, device: str
) -> Callable[[Progress], Measured]:
    """Measure each layer on a device: 'auto', 'cpu', 'cuda' or 'mps'. Raises NetworkError, TrainingError."""

    def step(progress: Progress) -> Measured:
        from designer.engine.devices import choose
        from designer.jobs.steps import measure_times

        seconds = measure_times(network, weights, batch_size, device)(progress)
        return Measured(seconds, batch_size, choose(device).title)

    return step


def write_report(path: Path, analysis: Analysis, picture: bytes = b"") -> Callable[[Progress], Path]:
    """Write a page or, where the name ends in '.csv', a table. Raises ReportError."""

    def step(progress: Progress) -> Path:
        from designer.engine.text_files import write_text

        page = path.suffix.lower() != ".csv"
        write_text(path, html_report(analysis, picture, __version__) if page else csv_report(analysis))
        return path

    return step


def write_file(path: Path, text: str) -> Callable[[Progress], Path]:
    """Write a text such as a script of edits, whole or not at all. Raises ReportError."""

    def step(progress: Progress) -> Path:
        from designer.engine.text_files import write_text

        write_text(path, text)
        return path

    return step
