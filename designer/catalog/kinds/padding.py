"""Padding: a border around a line or a picture."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import operation

_BORDERS = {1: "Left and right border.", 2: "Left, right, top and bottom border."}


def _row(
    name: str, title: str, sides: int, text: str, formula: str, minimum: int | None, *more: Setting
) -> LayerKind:
    key = f"{name}Pad{sides}d"
    border = Setting("padding", "sizes", minimum=minimum, help=_BORDERS[sides], sides=2 * sides)
    return LayerKind(
        key,
        f"{title} {sides}-D",
        "Shape",
        f"torch.nn.{key}",
        (border, *more),
        text,
        summary=("padding",),
        formula=formula,
        keywords=("pad", "border", "margin"),
        ranks=(sides + 1, sides + 2),
    )


def _pair(
    name: str, title: str, text: str, formula: str, minimum: int | None, *more: Setting
) -> list[LayerKind]:
    return [_row(name, title, sides, text, formula, minimum, *more) for sides in (2, 1)]


ROWS: tuple[LayerKind, ...] = (
    *_pair(
        "Zero",
        "Zero padding",
        "Puts zeros around; a negative border cuts off.",
        "y = x inside, 0 in the border",
        None,
    ),
    *_pair(
        "Constant",
        "Constant padding",
        "Puts one number around; a negative border cuts off.",
        "y = x inside, value in the border",
        None,
        Setting("value", "float", help="The number."),
    ),
    *_pair(
        "Reflection",
        "Reflection padding",
        "Puts the mirror image around; smaller than the picture.",
        "y[-i] = x[i]",
        0,
    ),
    *_pair("Replication", "Replication padding", "Repeats the outermost values around.", "y[-i] = x[0]", 0),
    *_pair(
        "Circular",
        "Circular padding",
        "Goes on with the values of the other side.",
        "y[-i] = x[n - i]",
        0,
    ),
    operation(
        "Pad",
        "Padding",
        "Shape",
        "Puts a constant around any of the last dimensions; a negative border cuts off.",
        Setting("pad", "ints", help="Border before and after, last dimension first."),
        Setting("value", "float", 0.0, help="The constant."),
        summary=("pad",),
        formula="y = x inside, value in the border",
        keywords=("pad", "border", "margin", "constant"),
    ),
)
