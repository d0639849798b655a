"""What a row of the table of layer kinds says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designer.errors import EditError
from designer.messages import tr

REQUIRED = object()
"""Default of a setting that has none."""

GREATEST = 2**31 - 1
"""Greatest whole number of a setting: torch refuses some larger sizes with errors of its own."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value that a layer kind takes.

    Attributes:
        name: name of the constructor's argument.
        type: 'int', 'float', 'bool', 'choice', 'sizes' (one integer, or a list of `sides`), 'ints' (a list
            of integers), or 'text'.
        default: value when none is given; `REQUIRED` when one must be.
        minimum, maximum: bounds of numbers, included; None for none.
        choices: what a 'choice' may be.
        optional: None is a value too.
        help: one line for the property pane.
        sides: how many numbers a 'sizes' takes where they differ: 1 for a line, 2 for a picture or for the
            borders of a line, 4 for the borders of a picture.
    """

    name: str
    type: str
    default: Any = REQUIRED
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    help: str = ""
    sides: int = 2

    @property
    def required(self) -> bool:
        """True when there is no default."""
        return self.default is REQUIRED

    def checked(self, value: Any) -> Any:
        """`value` as this setting holds it (tuples as lists). Raises EditError when it does not fit."""
        if value is None and self.optional:
            return None
        found = _READERS[self.type](self, value)
        if found is None:
            raise self._refuse(value)
        for number in found if isinstance(found, list) else [found]:
            if isinstance(number, int | float) and not isinstance(number, bool):
                low = self.minimum is not None and number < self.minimum
                high = self.maximum is not None and number > self.maximum
                if low or high:
                    raise self._refuse(value)
        return found

    def _refuse(self, value: Any) -> EditError:
        return EditError(
            tr("'{name}' cannot be {value}.", name=self.name, value=_shown(value)),
            tr("It takes {wanted}.", wanted=self.wanted),
            tr("Give such a value."),
        )

    @property
    def wanted(self) -> str:
        """In words, what values fit."""
        if self.type == "choice":
            return tr("one of: {choices}", choices=", ".join(self.choices))
        words = {
            "int": tr("a whole number"),
            "float": tr("a number"),
            "bool": tr("true or false"),
            "sizes": tr("a whole number")
            if self.sides == 1
            else tr("a whole number, or a list of {sides}", sides=self.sides),
            "ints": tr("a list of whole numbers"),
            "text": tr("a text"),
        }[self.type]
        if self.minimum is not None and self.maximum is not None:
            return tr("{words} from {low} to {high}", words=words, low=self.minimum, high=self.maximum)
        if self.minimum is not None:
            return tr("{words} from {low} upwards", words=words, low=self.minimum)
        return words


def _shown(value: Any) -> str:
    """A value as an error tells it, however long it is."""
    try:
        text = repr(value)
    except ValueError:
        # Python writes out no whole number of more than some thousand digits.
        return tr("so great a number")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


_LONGEST = 80
"""So many characters of a value are told."""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= GREATEST


def _read_int(setting: Setting, value: Any) -> Any:
    return value if _is_whole(value) else None


def _read_float(setting: Setting, value: Any) -> Any:
    number = isinstance(value, float) or _is_whole(value)
    return float(value) if number and math.isfinite(value) else None


def _read_bool(setting: Setting, value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _read_choice(setting: Setting, value: Any) -> Any:
    return value if value in setting.choices else None


def _read_sizes(setting: Setting, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return _read_int(setting, value)
    found = _read_ints(setting, value) if len(value) == setting.sides else None
    return found[0] if found and setting.sides == 1 else found


def _read_ints(setting: Setting, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return None
    return list(value) if all(_is_whole(v) for v in value) else None


def _read_text(setting: Setting, value: Any) -> Any:
    return value if isinstance(value, str) else None


_READERS = {
    "int": _read_int,
    "float": _read_float,
    "bool": _read_bool,
    "choice": _read_choice,
    "sizes": _read_sizes,
    "ints": _read_ints,
    "text": _read_text,
}


@dataclass(frozen=True, slots=True)
class LayerKind:
    """One kind of layer.

    Attributes:
        key: the kind's name in documents; torch's class name where there is one.
        title: what the user sees.
        category: heading in the layer library; also chooses the colour of the box.
        target: the `nn.Module` it is built as, 'package.module.Class'.
        settings: what the constructor takes, by name.
        help: one line on what it does.
        inputs: least and greatest number of inputs; None for no upper bound.
        outputs: number of outputs, or the name of the setting that holds it.
        learnable: it has parameters that training changes.
        input_width, output_width: settings that hold the number of input and output features.
        summary: settings worth showing on the box.
        formula: one line that says what is computed; '' where there is nothing to say so.
        keywords: other words that it is looked for by, in lower case.
        onnx: why ONNX cannot hold such a layer; '' when it can.
        ranks: numbers of dimensions that an input may have, batch included; () for those torch takes.
    """

    key: str
    title: str
    category: str
    target: str
    settings: tuple[Setting, ...] = ()
    help: str = ""
    inputs: tuple[int, int | None] = (1, 1)
    outputs: int | str = 1
    learnable: bool = False
    input_width: str = ""
    output_width: str = ""
    summary: tuple[str, ...] = ()
    formula: str = ""
    keywords: tuple[str, ...] = ()
    onnx: str = ""
    ranks: tuple[int, ...] = ()

    def setting(self, name: str) -> Setting:
        """The setting of that name. Raises EditError when there is none."""
        for setting in self.settings:
            if setting.name == name:
                return setting
        raise EditError(
            tr("{kind} has no setting '{name}'.", kind=self.title, name=name),
            tr("The layer would not know what to do with it."),
            tr("It has: {names}.", names=", ".join(s.name for s in self.settings) or tr("none")),
        )

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All settings in the table's order: given ones checked, the others at their defaults.

        Raises:
            EditError: one is unknown, does not fit, or is required and not given.
        """
        for name in given:
            self.setting(name)
        found = {}
        for setting in self.settings:
            if setting.name in given:
                found[setting.name] = setting.checked(given[setting.name])
            elif setting.required:
                raise EditError(
                    tr("{kind} needs '{name}'.", kind=self.title, name=setting.name),
                    tr("It takes {wanted}.", wanted=setting.wanted),
                    tr("Give such a value."),
                )
            else:
                found[setting.name] = setting.default
        return found

    def output_count(self, settings: Mapping[str, Any]) -> int:
        """How many outputs a layer with these settings has."""
        return int(settings[self.outputs]) if isinstance(self.outputs, str) else self.outputs
