"""The look as values: one spacing grid, one scale of sizes, one accent, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SPACE = 8
"""Grid of all distances in pixels; half of it where things belong together."""

RADIUS = 6
"""Corner radius of controls and panels in pixels."""

ICON = 20
"""Side of an icon beside text in pixels."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Font sizes in pixels, all from the system's own."""

    small: int
    text: int
    large: int
    heading: int
    hero: int


def sizes(system: int) -> Sizes:
    """The scale for a system font of `system` pixels."""
    text = min(max(system, 13), 20)
    return Sizes(text - 1, text, text + 2, text + 7, text + 15)


@dataclass(frozen=True)
class Colours:
    """Colours by role, as '#rrggbb'.

    `text` and `text_muted` have a contrast of at least 4.5:1 on `window`, `surface` and `raised`, as
    have `accent`, `success`, `warning`, `danger` and `frozen`; `accent_text` has it on `accent`.
    `category` holds one colour for each category of layer kinds, 3:1 on `surface`.
    """

    dark: bool
    window: str
    surface: str
    raised: str
    border: str
    text: str
    text_muted: str
    accent: str
    accent_hover: str
    accent_text: str
    success: str
    warning: str
    danger: str
    frozen: str
    grid: str
    selection: str
    category: Mapping[str, str] = field(default_factory=dict)


LIGHT = Colours(
    dark=False,
    window="#f5f6f8",
    surface="#ffffff",
    raised="#eceff3",
    border="#d5dae1",
    text="#1a222c",
    text_muted="#556170",
    accent="#0b706b",
    accent_hover="#095c58",
    accent_text="#ffffff",
    success="#19703a",
    warning="#855200",
    danger="#b3261e",
    frozen="#2563a8",
    grid="#e9ecf0",
    selection="#d3ebe8",
    category={
        "Input and output": "#5f6b7a",
        "Convolution": "#2f6fb5",
        "Linear": "#7a54b8",
        "Normalization": "#3d8a6a",
        "Activation": "#b0692a",
        "Pooling": "#2b8a99",
        "Regularization": "#8a7a2e",
        "Combination": "#a8486b",
        "Attention": "#9a4bab",
        "Shape": "#77808c",
        "Learned values": "#5a63c2",
    },
)

DARK = Colours(
    dark=True,
    window="#14181d",
    surface="#1b2027",
    raised="#262d36",
    border="#38424e",
    text="#e7ebf0",
    text_muted="#a0acba",
    accent="#3cc9b6",
    accent_hover="#62dccc",
    accent_text="#06211e",
    success="#57c98b",
    warning="#e2b251",
    danger="#ff8a80",
    frozen="#85bcff",
    grid="#222830",
    selection="#1d433e",
    category={
        "Input and output": "#8f9bab",
        "Convolution": "#5e9fe0",
        "Linear": "#a98ae0",
        "Normalization": "#63b892",
        "Activation": "#dd9958",
        "Pooling": "#55b9c7",
        "Regularization": "#bcab5a",
        "Combination": "#d97b9c",
        "Attention": "#c67fd6",
        "Shape": "#98a1ad",
        "Learned values": "#8d95ea",
    },
)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours '#rrggbb', 1 to 21 (WCAG 2.1, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
