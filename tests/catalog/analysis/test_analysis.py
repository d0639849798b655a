"""Rows of an analysis by hand, and reports that nothing in a network's names can break."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from designer.catalog.analysis import Measured, analyse, csv_report, figures, html_report
from designer.catalog.analysis.csv_report import COLUMNS
from designer.engine.shapes import infer
from designer.messages import short_time_text
from designer.network.edits import Rename, SetFrozen, SetInputs
from designer.session.results import Facts

EVIL = "<script>alert('x')</script>\"&amp; ]]> \u202e名前 =1+1"


class Page(HTMLParser):
    """Reads a page: which elements it has, whether each is closed, and the texts of the table's cells."""

    VOID = ("meta", "input", "img")

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.rows, self.texts = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def test_rows_are_those_worked_out_by_hand(tiny_network):
    network = SetFrozen(("stem.conv",), True).apply(tiny_network)
    measured = Measured({"stem.conv": 0.002, "fc": 0.001}, 4, "CPU")
    found = analyse(network, infer(network), 2, "SGD", measured)
    rows = {row.layer_id: row for row in found.rows}
    conv = rows["stem.conv"]
    assert (conv.kind, conv.key, conv.category, conv.group) == (
        "Convolution 2-D",
        "Conv2d",
        "Convolution",
        "stem",
    )
    assert (conv.inputs, conv.input_shapes) == (("input",), ((3, 16, 16),))
    assert conv.output_shapes == ((8, 16, 16),)
    assert (conv.parameters, conv.trainable, conv.macs) == (216, 0, 216 * 256)
    assert conv.activation_bytes == 8 * 16 * 16 * 4
    assert (conv.seconds, rows["pool"].seconds) == (0.002, None)
    assert conv.frozen
    assert rows["block.add"].inputs == ("block.conv", "stem.relu")
    assert found.seconds == pytest.approx(0.003)
    assert (found.name, found.classes, found.summary.batch_size) == ("tiny", 3, 2)
    assert [row.layer_id for row in found.rows] == list(network.layers)


def test_problems_stand_with_their_layers(tiny_network):
    network = SetInputs("fc", (None,)).apply(tiny_network)
    found = analyse(network, infer(network))
    row = next(row for row in found.rows if row.layer_id == "fc")
    assert row.problems
    assert set(row.problems) <= set(found.problems)
    assert (row.inputs, row.input_shapes, row.output_shapes) == (("",), (None,), ())


def test_without_facts_there_is_still_a_report(tiny_network):
    found = analyse(tiny_network, Facts())
    assert "?" in {figure.text for figure in figures(found)}
    Page(html_report(found))
    assert len(csv_report(found).splitlines()) == 12


def test_figures_say_what_they_count(tiny_network):
    found = {one.title: one for one in figures(analyse(tiny_network, infer(tiny_network)))}
    assert found["Depth"].text == "3"
    assert found["Input"].text == "3 × 16 × 16"
    assert found["Parameters"].help.startswith("843 ")
    assert all(one.help for one in found.values())
    assert "Measured time" not in found


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.00 ms"), (0.0001234, "0.123 ms"), (0.0123, "12.3 ms"), (0.4567, "457 ms"), (1.5, "1.50 s")],
)
def test_short_times(seconds, text):
    assert short_time_text(seconds) == text


def test_a_page_is_whole_and_loads_nothing(tiny_network):
    text = html_report(analyse(tiny_network, infer(tiny_network)), version="1.2")
    page = Page(text)
    assert page.open == []
    # A head, eleven layers, and the sums.
    assert len(page.rows) == 13
    assert {len(row) for row in page.rows[:-1]} == {9}
    assert page.rows[2][0] == "stem.conv"
    assert page.rows[2][3:5] == ["3 × 16 × 16", "8 × 16 × 16"]
    assert not [a for _, a in page.elements if {"href", "src", "action"} & set(a)]
    assert not re.search(r"https?:|//[a-z]|@import|url\(", text)
    assert "prefers-color-scheme: dark" in text
    assert "Netgraft 1.2" in text


def test_names_cannot_break_out_of_a_page(tiny_network):
    network = Rename("fc", EVIL).apply(replace(tiny_network, name=EVIL, origin=EVIL))
    network = replace(network, layers={i: replace(x, group=EVIL) for i, x in network.layers.items()})
    text = html_report(analyse(SetInputs("fc", (None,)).apply(network), infer(network)))
    page = Page(text)
    assert page.open == []
    assert sum(tag == "script" for tag, _ in page.elements) == 1
    assert "<script>alert" not in text
    assert EVIL in [row[0] for row in page.rows]


def test_a_picture_of_the_graph_is_an_image_that_runs_nothing(tiny_network):
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    text = html_report(analyse(tiny_network, infer(tiny_network)), picture=svg)
    image = next(attributes for tag, attributes in Page(text).elements if tag == "img")
    assert image["src"].startswith("data:image/svg+xml;base64,")
    assert image["alt"]
    assert "alert(1)" not in text


def test_times_have_a_column_of_their_own(tiny_network):
    measured = Measured({i: 0.001 for i in tiny_network.layers if i != "input"}, 1, "CPU")
    page = Page(html_report(analyse(tiny_network, infer(tiny_network), measured=measured)))
    assert {len(row) for row in page.rows[:-1]} == {10}
    assert page.rows[1][-1] == ""
    assert page.rows[2][-1] == "1.00 ms"
    assert page.rows[-1][-1] == "10.0 ms"


def test_a_csv_has_plain_numbers(tiny_network):
    rows = list(csv.DictReader(io.StringIO(csv_report(analyse(tiny_network, infer(tiny_network))))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 11
    add = rows[5]
    assert (add["layer"], add["kind"], add["inputs"]) == ("block.add", "Add", "block.conv; stem.relu")
    assert add["input_shapes"] == "8x16x16; 8x16x16"
    assert (rows[1]["parameters"], rows[1]["macs"], rows[1]["frozen"]) == ("216", str(216 * 256), "no")
    assert rows[1]["seconds"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@x", 'a,b"c\nd'])
def test_no_name_is_a_formula(tiny_network, name):
    network = Rename("fc", name).apply(tiny_network)
    rows = list(csv.DictReader(io.StringIO(csv_report(analyse(network, infer(network))))))
    assert not rows[9]["layer"].startswith(("=", "+", "-", "@"))
    assert rows[9]["layer"].lstrip("'") == name
