"""Works out what the canvas shows of a network: a job's work, pure and away from the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from designer.gui.editing.canvas.content import BoxContent, Known, contents_of, sizes_of
from designer.gui.editing.canvas.labels import LineText, line_texts
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.sight import Sight
from designer.jobs import steps
from designer.network.arranging import Wishes
from designer.network.groups import GroupTree, View, view_of
from designer.network.hiding import hide
from designer.network.network import Network
from designer.progress import Progress
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class Pictured:
    """What is shown of a network.

    Attributes:
        network, facts: of which it was worked out.
        picture: boxes, frames and lines, and where they lie.
        contents: what is written on the boxes, by key.
        texts: what the lines say, in their order.
    """

    network: Network
    facts: Facts | None
    picture: Picture
    contents: Mapping[str, BoxContent]
    texts: tuple[LineText, ...]


def seen(network: Network, tree: GroupTree, sight: Sight) -> View:
    """What is seen of a network: boxes, frames and the lines between them."""
    return hide(network, view_of(network, tree, sight.expanded), sight.hidden, sight.revealed)


def read(network: Network, facts: Facts | None, picture: Picture, before: Pictured | None = None) -> Pictured:
    """The same picture with what is known of the network now; `before` spares what did not change."""
    known = None
    if before is not None and before.picture.view is picture.view:
        known = Known(before.network, before.facts, before.contents)
    contents = contents_of(network, picture.view, facts, known)
    if before is not None and known is not None and _flow_alike(network, facts, before):
        texts = before.texts
    else:
        texts = line_texts(network, picture.view, facts, contents)
    return Pictured(network, facts, picture, contents, texts)


def _flow_alike(network: Network, facts: Facts | None, before: Pictured) -> bool:
    """Whether the same connections carry the same shapes as before; quick, and no when it cannot tell."""
    return facts is before.facts and network.connections is before.network.connections


def pictured(
    network: Network, tree: GroupTree, sight: Sight, newest: Callable[[], Facts | None]
) -> Callable[[Progress], Pictured]:
    """A job's step: what is seen, where it lies, and what is written on it.

    `newest()` gives what is known of the network; it is asked in the job's thread once the boxes are
    arranged, since facts are worked out meanwhile.
    """

    def step(progress: Progress) -> Pictured:
        view = seen(network, tree, sight)
        sizes = sizes_of(network, view)
        edges = [(edge.source, edge.target) for edge in view.edges]
        wishes = Wishes(direction=sight.direction, places=network.places)
        progress.raise_if_cancelled()
        arrangement = steps.arrange(sizes, edges, wishes)(progress)
        progress.raise_if_cancelled()
        return read(network, newest(), Picture(view, arrangement, sight.direction))

    return step
