"""What the rows of several categories are made with."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting

OPERATIONS = "designer.engine.operations."


def sizes(name: str, default: object, minimum: int, text: str, sides: int = 2) -> Setting:
    """One whole number, or one for each of `sides` sides."""
    return Setting(name, "sizes", default, minimum=minimum, help=text, sides=sides)


def whole(name: str, text: str, minimum: int | None = 1) -> Setting:
    """A whole number that must be given."""
    return Setting(name, "int", minimum=minimum, help=text)


def axis(name: str, default: int, text: str) -> Setting:
    """The number of a dimension; negative ones count from the end."""
    return Setting(name, "int", default, help=text)


def extent(sides: int) -> str:
    """What the numbers of a window are: of a line or of a picture."""
    return "Length" if sides == 1 else "Height and width"


BIAS = Setting("bias", "bool", True, help="Add a learned constant to each output feature.")
EPS = Setting("eps", "float", 1e-5, minimum=0.0, help="Added to the variance, against division by 0.")
PROBABILITY = Setting("p", "float", 0.5, minimum=0.0, maximum=1.0, help="Share that is zeroed.")


def operation(
    key: str,
    title: str,
    category: str,
    text: str,
    *settings: Setting,
    inputs: tuple[int, int | None] = (1, 1),
    outputs: int | str = 1,
    learnable: bool = False,
    summary: tuple[str, ...] = (),
    formula: str = "",
    keywords: tuple[str, ...] = (),
) -> LayerKind:
    """A row whose module is the class of the same name in the engine."""
    return LayerKind(
        key,
        title,
        category,
        OPERATIONS + key,
        settings,
        text,
        inputs=inputs,
        outputs=outputs,
        learnable=learnable,
        summary=summary,
        formula=formula,
        keywords=keywords,
    )
