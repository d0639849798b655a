"""What the rows of several categories are made with."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting

OPERATIONS = "designer.engine.operations."


def sizes(name: str, default: object, minimum: int, text: str) -> Setting:
    """One whole number, or one for each dimension."""
    return Setting(name, "sizes", default, minimum=minimum, help=text)


def whole(name: str, text: str, minimum: int | None = 1) -> Setting:
    """A whole number that must be given."""
    return Setting(name, "int", minimum=minimum, help=text)


def axis(name: str, default: int, text: str) -> Setting:
    """The number of a dimension; negative ones count from the end."""
    return Setting(name, "int", default, help=text)


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
    )
