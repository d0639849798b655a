"""From a project's file to the first painted canvas: python tests/benchmarks/opening.py [network ...]

For each network, with its groups as they are at first and with all of them expanded: milliseconds (of CPU,
so that a busy machine does not matter; median of three) to parse the project's network.json, to work out
all shapes (in a process that has torch loaded; the first time), to lay out, and to build and paint the
real canvas (1600 x 1000 pixels, offscreen); beside it dagre's layout alone of
the same boxes and edges, drawn flat as Netron does. Then what the drawings are like: size, crossings
(counted for every two lines, and as seen where lines run as one), overlapping boxes, lines through foreign
boxes, and how much of the rest one inserted layer disturbs (mean at 25, 50 and 75 %): the share of boxes next
to one another in the file that no longer stand so to one another; the same for the two ends of all lines; and
for those of the lines that do not run past the new layer.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from dagre import Dagre, Drawn
from networks import SIZE, chain, cpu, opened
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parents[1] / "network" / "arranging"))

from drawings import crossings, disturbed, overlaps, through

from designer.engine.shapes import infer
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.canvas.content import contents_of, sizes_of
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.selection import Selection
from designer.gui.look.style import Look
from designer.jobs.runner import Runner
from designer.network.arranging import Arrangement, Sized, arrange
from designer.network.file import network_from_json, network_to_json
from designer.network.groups import default_expansion, everything, group_tree, view_of
from designer.network.network import Layer, Network, Port
from designer.network.reading import parsed

NAMES = ("resnet50", "densenet201", "swin_v2_b", "efficientnet_v2_l", "vit_l_16")
CHAIN = 5_000
SHARES = (0.25, 0.5, 0.75)
LINES_COUNTED = 8_000
"""Crossings are counted up to so many lines."""


@dataclass
class Row:
    """One network, one way of seeing it."""

    name: str
    seen: str
    boxes: int
    lines: int
    parse: float
    shapes: float
    layout: float
    paint: float
    quality: Sequence[str]
    dagre: Drawn | str
    dagre_quality: Sequence[str]

    @property
    def arranged(self) -> float:
        """Milliseconds from the file to the finished layout."""
        return self.parse + self.layout

    @property
    def whole(self) -> float:
        """Milliseconds from the file to the painted canvas; shapes are worked out beside it."""
        return self.arranged + self.paint


def inserted(network: Network, share: float) -> Network:
    """The network with one layer more, before the layer that comes after such a share of all."""
    names = [name for name in network.layers if network.inputs[name]]
    at = names[int(len(names) * share)]
    new = Layer("inserted", "inserted", "Identity", {}, network.layers[at].group)
    layers = {}
    for name, layer in network.layers.items():
        if name == at:
            layers[new.id] = new
        layers[name] = layer
    first, *rest = network.inputs[at]
    inputs = {**network.inputs, new.id: (first,), at: (Port(new.id), *rest)}
    return replace(network, layers=layers, inputs=inputs)


def boxes_of(network: Network, whole: bool) -> tuple[tuple[Sized, ...], list[tuple[str, str]]]:
    """What is arranged."""
    tree = group_tree(network)
    view = view_of(network, tree, everything(tree) if whole else default_expansion(tree))
    return sizes_of(network, view), [(edge.source, edge.target) for edge in view.edges]


def not_past(network: Network, edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges that do not run past the inserted layer; those that do become longer in any layout."""
    order = {name: n for n, name in enumerate(network.layers)}
    at = order["inserted"]
    return [(a, b) for a, b in edges if a not in order or b not in order or not order[a] < at < order[b]]


def quality(
    rectangles: dict[str, tuple[float, float, float, float]],
    edges: Sequence[tuple[str, str]],
    lines: Sequence[Sequence[tuple[float, float]]],
) -> list[str]:
    """Size in megapixels, crossings, overlaps and lines through foreign boxes."""
    xs = [x for line in lines for x, _ in line] + [r[0] for r in rectangles.values()]
    ys = [y for line in lines for _, y in line] + [r[1] for r in rectangles.values()]
    right = max(*xs, *(r[0] + r[2] for r in rectangles.values()))
    bottom = max(*ys, *(r[1] + r[3] for r in rectangles.values()))
    size = (right - min(xs)) * (bottom - min(ys)) / 1e6
    counted = crossings(edges, lines) if len(edges) <= LINES_COUNTED else None
    foreign = {(n, key) for n, key in through(rectangles, lines) if key not in edges[n]}
    crossed = "-" if counted is None else f"{counted[0]} / {counted[1]}"
    return [f"{size:.1f}", crossed, str(len(overlaps(rectangles))), str(len(foreign))]


def plain(boxes: Sequence[Sized], found: Arrangement) -> dict[str, tuple[float, float, float, float]]:
    """Rectangles without those of frames."""
    return {box.key: found.rectangles[box.key] for box in boxes if not box.is_frame}


def paint(network: Network, whole: bool, look: Look, app: QApplication) -> float:
    """Milliseconds to build and paint the canvas once the network is laid out."""
    tree = group_tree(network)
    view = view_of(network, tree, everything(tree) if whole else default_expansion(tree))
    found = arrange(sizes_of(network, view), [(edge.source, edge.target) for edge in view.edges])
    runner = Runner()
    canvas = Canvas(runner, look, Selection())
    canvas.resize(*SIZE)
    canvas.show()
    app.processEvents()
    item: NetworkItem = canvas.view.item

    def first() -> None:
        picture = Picture(view, found)
        item.set_picture(picture, contents_of(network, view, None))
        canvas.view.set_picture(picture)
        canvas.view.show_first()
        canvas.view.viewport().repaint()

    taken = cpu(first)
    runner.shut_down()
    canvas.close()
    canvas.deleteLater()
    return taken


def measure(network: Network, whole: bool, look: Look, app: QApplication, dagre: Dagre) -> Row:
    """One row."""
    file = json.dumps(network_to_json(network)).encode()

    def lay_out() -> None:
        arrange(*boxes_of(network, whole))

    parse = cpu(lambda: network_from_json(parsed(file)))
    shapes = cpu(lambda: infer(network), 1)
    layout = cpu(lay_out)
    boxes, edges = boxes_of(network, whole)
    found = arrange(boxes, edges)
    shares: list[list[float]] = [[], [], []]
    in_file = [box.key for box in boxes if not box.is_frame]
    for at in SHARES:
        more = inserted(network, at)
        other, other_edges = boxes_of(more, whole)
        after = plain(other, arrange(other, other_edges))
        for share, pairs in zip(shares, (list(pairwise(in_file)), edges, not_past(more, edges)), strict=True):
            share.append(disturbed(plain(boxes, found), after, pairs))
    seen = [(box.key, box.width, box.height) for box in boxes if not box.is_frame]
    drawn = dagre.arrange(seen, edges)
    others = ["-"] * 4
    if isinstance(drawn, Drawn):
        others = quality(drawn.rectangles, edges, drawn.lines)
        if drawn.milliseconds < 15_000:
            others.append(_dagre_disturbed(network, whole, dagre, drawn, edges))
    ours = [*quality(plain(boxes, found), edges, [line.points for line in found.lines])]
    ours.append(" / ".join(f"{statistics.mean(share) * 100:.1f}" for share in shares) + " %")
    return Row(
        network.name, "all" if whole else "at first", len(seen), len(edges), parse, shapes, layout,
        paint(network, whole, look, app), ours, drawn, others,
    )  # fmt: skip


def _dagre_disturbed(
    network: Network, whole: bool, dagre: Dagre, before: Drawn, edges: Sequence[tuple[str, str]]
) -> str:
    other, other_edges = boxes_of(inserted(network, 0.5), whole)
    seen = [(box.key, box.width, box.height) for box in other if not box.is_frame]
    after = dagre.arrange(seen, other_edges)
    if not isinstance(after, Drawn):
        return "-"
    return f"{disturbed(before.rectangles, after.rectangles, edges) * 100:.1f} %"


def report(rows: Sequence[Row]) -> None:
    """Print both tables."""
    print("\n| network | groups | boxes / lines | parse | shapes | layout | paint | file to canvas |", end="")
    print(" dagre, layout alone | open + layout / dagre | with paint | with shapes |\n|" + "---|" * 12)
    for row in rows:
        drawn = row.dagre
        against, ratios = str(drawn), ["-"] * 3
        if isinstance(drawn, Drawn):
            against = f"{drawn.milliseconds:,.0f}"
            times = (row.arranged, row.whole, row.whole + row.shapes)
            ratios = [f"{taken / drawn.milliseconds:.2f}" for taken in times]
        print(
            f"| {row.name} | {row.seen} | {row.boxes} / {row.lines} | {row.parse:.1f} | {row.shapes:.0f} | "
            f"{row.layout:.1f} | {row.paint:.1f} | {row.whole:.0f} | {against} | {' | '.join(ratios)} |"
        )
    print(
        "\n| network | groups | by | Mpx | crossings, pairs / seen | overlaps | through boxes | disturbed |"
    )
    print("|" + "---|" * 8)
    for row in rows:
        for tool, cells in (("Netgraft", row.quality), ("dagre", row.dagre_quality)):
            print(f"| {row.name} | {row.seen} | {tool} | " + " | ".join([*cells, "-"][:5]) + " |")


def main() -> None:
    """Print the tables."""
    app = QApplication(sys.argv[:1])
    look = Look("light")
    look.apply(app)
    dagre = Dagre()
    infer(opened("resnet18"))
    rows = []
    for name in sys.argv[1:] or [*NAMES, "chain"]:
        network = chain(CHAIN) if name == "chain" else opened(name)
        for whole in (False, True):
            rows.append(measure(network, whole, look, app, dagre))
            print(f"{name}, {rows[-1].seen}: done", file=sys.stderr, flush=True)
    report(rows)
    dagre.close()


if __name__ == "__main__":
    main()
