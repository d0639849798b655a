"""What a user does to a network, each made into one edit: connect, insert, copy, replace, freeze, delete.

They look at the structure alone, and at `Facts` where shapes count and are known. Weights are kept by
layer id, so a layer that starts anew gets an id that was never used: undoing the edit finds the former
layer's weights as they were.
"""

from __future__ import annotations

from designer.catalog.actions.changing import rename, set_rates, set_settings
from designer.catalog.actions.connecting import Target, connect, disconnect, sources, targets
from designer.catalog.actions.copying import copied, duplicate, paste
from designer.catalog.actions.deleting import delete_layers
from designer.catalog.actions.freezing import (
    backbone_layers,
    freezable,
    freeze,
    freeze_all_but_head,
    freeze_backbone,
    freeze_group,
    freeze_up_to,
    frozen_and_trainable,
    trainable_layers,
    unfreeze_from,
)
from designer.catalog.actions.head_styles import HEAD_STYLES, HeadPlan, HeadStyle, head_plan, replace_head
from designer.catalog.actions.heads import HEAD_RATE, MOST_CLASSES, class_names, head_layers, name_classes
from designer.catalog.actions.putting import add, append, insert, new_ids
from designer.catalog.actions.replacing import replace_kind

__all__ = [
    "HEAD_RATE",
    "HEAD_STYLES",
    "MOST_CLASSES",
    "HeadPlan",
    "HeadStyle",
    "Target",
    "add",
    "append",
    "backbone_layers",
    "class_names",
    "connect",
    "copied",
    "delete_layers",
    "disconnect",
    "duplicate",
    "freezable",
    "freeze",
    "freeze_all_but_head",
    "freeze_backbone",
    "freeze_group",
    "freeze_up_to",
    "frozen_and_trainable",
    "head_layers",
    "head_plan",
    "insert",
    "name_classes",
    "new_ids",
    "paste",
    "rename",
    "replace_head",
    "replace_kind",
    "set_rates",
    "set_settings",
    "sources",
    "targets",
    "trainable_layers",
    "unfreeze_from",
]
