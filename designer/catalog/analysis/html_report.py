"""An analysis as one HTML file: nothing is loaded from elsewhere, and every name in it is escaped."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from designer import resources
from designer.catalog.analysis.analysing import Analysis, LayerRow
from designer.catalog.analysis.figures import about, figures
from designer.messages import bytes_text, count_text, shape_text, short_time_text, tr


def html_report(analysis: Analysis, picture: bytes = b"", version: str = "") -> str:
    """The report as a page.

    Args:
        analysis: what it is about.
        picture: a picture of the graph as SVG, shown as an image, so that nothing in it is run.
        version: of the program, for the last line.
    """
    title = escape(tr("Analysis of {name}", name=analysis.name))
    style = resources.path("report/report.css").read_text(encoding="utf-8")
    script = resources.path("report/report.js").read_text(encoding="utf-8")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{title}</title><style>{style}</style></head><body>",
        f"<header><h1>{escape(analysis.name)}</h1><p>{escape(about(analysis))}</p></header><main>",
        _figures(analysis),
        _problems(analysis),
        _picture(picture, analysis.name),
        _table(analysis),
        f"</main><footer>{escape(tr('Made by Netgraft {version}', version=version).strip())}</footer>",
        f"<script>{script}</script></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _figures(analysis: Analysis) -> str:
    cells = "".join(
        f'<div title="{escape(one.help)}"><dt>{escape(one.title)}</dt><dd>{escape(one.text)}</dd>'
        f"<dd class=help>{escape(one.help)}</dd></div>"
        for one in figures(analysis)
    )
    return f"<dl>{cells}</dl>"


def _problems(analysis: Analysis) -> str:
    if not analysis.problems:
        return f"<p class=fine>{escape(tr('No problems found.'))}</p>"
    words = {"error": tr("error"), "warning": tr("warning")}
    lines = "".join(
        f'<li class="{escape(p.severity)}"><b>{escape(words.get(p.severity, p.severity))}</b> '
        f"{escape(p.message)}</li>"
        for p in analysis.problems
    )
    count = tr("{count} problems", count=len(analysis.problems))
    return f"<section><h2>{escape(count)}</h2><ul class=problems>{lines}</ul></section>"


def _picture(picture: bytes, name: str) -> str:
    if not picture:
        return ""
    data = base64.b64encode(picture).decode("ascii")
    alt = escape(tr("Graph of {name}", name=name))
    return (
        f"<details><summary>{alt}</summary>"
        f'<img class=graph alt="{alt}" src="data:image/svg+xml;base64,{data}"></details>'
    )


def _table(analysis: Analysis) -> str:
    timed = analysis.measured is not None
    columns = [
        (tr("Layer"), ""),
        (tr("Kind"), ""),
        (tr("Group"), ""),
        (tr("Inputs"), "plain"),
        (tr("Output"), "plain"),
        (tr("Parameters"), "number"),
        (tr("Trainable"), "number"),
        (tr("Multiply-adds"), "number"),
        (tr("Memory"), "number"),
        *([(tr("Time"), "number")] if timed else []),
    ]
    head = "".join(
        f'<th scope=col class="{kind}" aria-sort=none><button type=button>{escape(title)}</button></th>'
        for title, kind in columns
    )
    most = [
        max((getattr(row, name) for row in analysis.rows), default=0)
        for name in ("parameters", "trainable", "macs", "activation_bytes")
    ]
    slowest = max((row.seconds or 0.0 for row in analysis.rows), default=0.0)
    body = "".join(_row(row, most, slowest, timed) for row in analysis.rows)
    return (
        f"<section><h2>{escape(tr('Layers'))}</h2>"
        f"<input type=search placeholder='{escape(tr('Search layers'))}' "
        f"aria-label='{escape(tr('Search layers'))}'>"
        f"<div class=scroll><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        f"<tfoot><tr>{_foot(analysis, timed)}</tr></tfoot></table></div></section>"
    )


def _row(row: LayerRow, most: Sequence[int], slowest: float, timed: bool) -> str:
    numbers = (
        (row.parameters, count_text(row.parameters)),
        (row.trainable, count_text(row.trainable)),
        (row.macs, count_text(row.macs)),
        (row.activation_bytes, bytes_text(row.activation_bytes)),
    )
    cells = [
        _text_cell(row.name, tag="th scope=row"),
        _text_cell(row.kind),
        _text_cell(row.group),
        f"<td>{_shapes(row.input_shapes)}</td>",
        f"<td>{_shapes(row.output_shapes)}</td>",
        *(_bar_cell(value, text, top) for (value, text), top in zip(numbers, most, strict=True)),
    ]
    if timed:
        known = row.seconds is not None
        seconds = row.seconds or 0.0
        cells.append(_bar_cell(seconds, short_time_text(seconds) if known else "", slowest))
    marks = [*(p.severity for p in row.problems), *(["frozen"] if row.frozen else [])]
    return f'<tr class="{escape(" ".join(dict.fromkeys(marks)))}">{"".join(cells)}</tr>'


def _foot(analysis: Analysis, timed: bool) -> str:
    found = analysis.summary
    texts = [
        count_text(found.parameters),
        count_text(found.trainable),
        count_text(found.macs),
        bytes_text(found.activation_bytes),
        *([short_time_text(analysis.seconds or 0.0)] if timed else []),
    ]
    cells = "".join(f'<td class="number">{escape(text)}</td>' for text in texts)
    return f"<th scope=row colspan=5>{escape(tr('All layers'))}</th>{cells}"


def _text_cell(text: str, tag: str = "td") -> str:
    return f"<{tag}>{escape(text)}</{tag.partition(' ')[0]}>"


def _bar_cell(value: float, text: str, most: float) -> str:
    share = value / most if most else 0.0
    shown = escape(text) if value else ""
    return f'<td class="number" data-value="{value!r}" style="--share:{share:.4f}">{shown}</td>'


def _shapes(shapes: Sequence[tuple[int, ...] | None]) -> str:
    return escape(", ".join("?" if shape is None else shape_text(shape) for shape in shapes))
