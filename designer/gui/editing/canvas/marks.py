"""What stands out on the canvas, and in what colours the layers are shown: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands out at the moment.

    Attributes:
        selected: keys of the selected boxes.
        hovered: key of the box that the pointer is on, '' for none.
        found: keys of the boxes that the search has found; while there are any, the others step back.
        current: key of the box that the keyboard is on, '' for none.
        connections: numbers of the lines that are selected, as in the arrangement.
    """

    selected: frozenset[str] = frozenset()
    hovered: str = ""
    found: frozenset[str] = frozenset()
    current: str = ""
    connections: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Overlay:
    """Colours of layers in place of those of their categories. A group's box shows its layers' sum or mix.

    Attributes:
        title: what it shows, such as 'Parameters'.
        shares: layer id to 0 ... 1, from pale to full colour; a layer without one is grey.
        marks: layer id to 'added', 'removed', 'changed', 'frozen' or 'trainable', each a colour and a
            pattern of its own; an overlay has either shares or marks.
        labels: layer id to the value in words, such as '2.4 M', shown on the box.
    """

    title: str
    shares: Mapping[str, float] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tint:
    """The colour of one box.

    Attributes:
        share: 0 ... 1 on the scale, or -1 when it has none.
        mark: as in `Overlay.marks`, or 'mixed'; '' for none.
        label: the value in words, '' for none.
    """

    share: float = -1.0
    mark: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Tints:
    """An overlay as it is painted: one tint for each box, and what its legend says.

    Attributes:
        title: what it shows.
        boxes: by key.
        ticks: places 0 ... 1 on the scale with what they stand for; empty when there are only marks.
        marks: those that are there, each with its word.
        note: how the scale is made, and what a group's box shows.
        usual: place 0 ... 1 on the scale of the value that is usual, marked there; -1 for none.
    """

    title: str
    boxes: Mapping[str, Tint] = field(default_factory=dict)
    ticks: tuple[tuple[float, str], ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    note: str = ""
    usual: float = -1.0
