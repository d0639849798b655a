"""Keeping weights: those of the best epoch, or the last ones that were good."""

from __future__ import annotations

import math
from collections.abc import Collection

import torch
from torch import Tensor

from designer.engine.building import weights_for
from designer.engine.module import NetworkModule
from designer.engine.weights import Weights
from designer.session.results import EpochRow


class Keeper:
    """Collects the history, and copies what training changes after each epoch that is to be kept.

    Best is the highest validation accuracy, among equals the lowest validation loss, then the earlier
    epoch. Where there is no validation, or `best` is False, each epoch's weights take the place of the
    former ones.

    Args:
        module: what is trained.
        given: the weights that it began with.
        learning: ids of the layers whose weights change in any stage.
        best: keep the best epoch, not the last.

    Attributes:
        history: the rows that were offered.
        best_epoch: 0 while there is none.
        copy: what is kept of the layers that learn; None before the first epoch is over.
    """

    def __init__(
        self, module: NetworkModule, given: Weights, learning: Collection[str], *, best: bool
    ) -> None:
        self.history: list[EpochRow] = []
        self.best_epoch = 0
        self.copy: Weights | None = None
        self._module = module
        self._learning = frozenset(learning)
        # Copied now: at the end the device that they are on may be gone.
        self._frozen: dict[str, dict[str, Tensor]] = {}
        for layer in module.network:
            if layer.id not in self._learning:
                held = weights_for(given, layer)
                part = module.layer_module(layer.id)
                self._frozen[layer.id] = _copied(part) if held is None else dict(held)
        self._best = best
        self._score = (-math.inf, -math.inf)

    def offer(self, row: EpochRow) -> None:
        """Take an epoch that has just ended."""
        better = self._take(row)
        if better or not self._best or math.isnan(row.val_accuracy):
            self.copy = self.present()

    def load(self, history: list[EpochRow], copy: Weights | None) -> None:
        """Go on from a history and what was kept then."""
        for row in history:
            self._take(row)
        self.copy = copy

    def present(self) -> Weights:
        """A copy of the layers that learn, as they are now, on the CPU."""
        parts = self._module.layer_modules()
        return Weights({i: _copied(part) for i, part in parts.items() if i in self._learning})

    def weights(self, *, present: bool = False) -> Weights:
        """The weights of all layers: those that were kept, or the `present` ones.

        Frozen layers' tensors are those that were given. Before the first epoch is over all are present.
        """
        kept = self.present() if present or self.copy is None else self.copy
        return Weights(self._frozen).merged(kept)

    def _take(self, row: EpochRow) -> bool:
        self.history.append(row)
        score = (row.val_accuracy, -row.val_loss)
        if math.isnan(row.val_accuracy) or not score > self._score:
            return False
        self._score, self.best_epoch = score, row.epoch
        return True


def _copied(part: torch.nn.Module) -> dict[str, Tensor]:
    return {
        name: tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, tensor in part.state_dict().items()
    }
