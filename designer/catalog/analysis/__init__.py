"""Analysis of a whole network: one row for each layer, the figures of all, and reports of it as files."""

from __future__ import annotations

from designer.catalog.analysis.analysing import Analysis, LayerRow, Measured, analyse
from designer.catalog.analysis.csv_report import csv_report
from designer.catalog.analysis.figures import Figure, about, figures
from designer.catalog.analysis.html_report import html_report

__all__ = [
    "Analysis",
    "Figure",
    "LayerRow",
    "Measured",
    "about",
    "analyse",
    "csv_report",
    "figures",
    "html_report",
]
