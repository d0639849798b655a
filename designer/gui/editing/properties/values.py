"""Settings as text and back. Pure functions."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

from designer.catalog.kind import Setting
from designer.errors import EditError
from designer.messages import tr

_BETWEEN = re.compile(r"\s*[,;×x]\s*|\s+")
"""What stands between the numbers of a list: '3, 224, 224', '3x3', '3 × 3', '3 224 224'."""

WEIGHT_RATE = Setting(
    "learning-rate factor of weights",
    "float",
    1.0,
    minimum=0.0,
    help="Multiplies the learning rate of the weights; 0 keeps them.",
)
BIAS_RATE = Setting(
    "learning-rate factor of bias",
    "float",
    1.0,
    minimum=0.0,
    help="Multiplies the learning rate of the bias; 0 keeps it.",
)


def title_of(setting: Setting) -> str:
    """A setting's name as it is read: 'kernel_size' as 'Kernel size'."""
    return setting.name.replace("_", " ").capitalize()


def text_of(setting: Setting, value: Any) -> str:
    """A setting's value as it is typed."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(value)


def parsed(setting: Setting, text: str) -> Any:
    """The value that was typed, checked. Raises EditError when it does not fit the setting."""
    # The setting is told of as it is written beside the field.
    setting = replace(setting, name=title_of(setting))
    text = text.strip()
    if not text and setting.optional:
        return None
    if setting.type == "text":
        return setting.checked(text)
    parts = _BETWEEN.split(text.strip("[]() "))
    try:
        if setting.type == "float":
            number = float(text)
            return setting.checked(number if math.isfinite(number) else text)
        numbers = [int(part) for part in parts]
    except ValueError:
        raise EditError(
            tr("'{typed}' does not fit '{name}'.", typed=_short(text), name=setting.name),
            tr("It takes {wanted}.", wanted=setting.wanted),
            tr("Give such a value."),
        ) from None
    one = setting.type == "int" or (setting.type == "sizes" and len(numbers) == 1)
    if setting.type == "int" and len(numbers) != 1:
        return setting.checked(numbers)
    return setting.checked(numbers[0] if one else numbers)


def _short(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:23]}…"


def help_of(setting: Setting) -> str:
    """The tool tip: what the setting means, what it takes, and its default."""
    parts = [setting.help, tr("Takes {wanted}.", wanted=setting.wanted)]
    if setting.optional:
        parts.append(tr("May be empty."))
    if not setting.required:
        default = text_of(setting, setting.default) or tr("empty")
        parts.append(tr("Default: {value}.", value=default))
    return " ".join(part for part in parts if part)
