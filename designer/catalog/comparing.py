"""Comparing networks with the settings that their layers really have: defaults are settings too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.catalog.kinds import KINDS
from designer.errors import EditError
from designer.network import comparing
from designer.network.comparison import Comparison
from designer.network.network import Layer, Network
from designer.session.results import Facts


def all_settings(layer: Layer) -> Mapping[str, Any]:
    """A layer's settings with defaults; those that it was given, where its kind or they are wrong."""
    row = KINDS.get(layer.kind)
    if row is None:
        return layer.settings
    try:
        return row.complete(layer.settings)
    except EditError:
        # What is wrong is told in the list of problems; here it is still to be compared.
        return layer.settings


def compare(before: Network, after: Network, facts_before: Facts, facts_after: Facts) -> Comparison:
    """See `designer.network.comparing.compare`; defaults are settings as well."""
    return comparing.compare(before, after, facts_before, facts_after, all_settings)
