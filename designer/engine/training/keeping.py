"""Keeping weights: those of the best epoch, or the last ones."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from designer.engine.building import weights_for
from designer.engine.module import NetworkModule
from designer.engine.weights import Weights
from designer.session.results import EpochRow


class Keeper:
    """Collects the history, and copies what training changes whenever an epoch is the best so far.

    Best is the highest validation accuracy, among equals the lowest validation loss, then the earlier
    epoch. Where there is no validation, or `best` is False, the weights are those of the end.

    Attributes:
        history: the rows that were offered.
        best_epoch: 0 while there is none.
    """

    def __init__(self, module: NetworkModule, given: Weights, *, best: bool) -> None:
        self.history: list[EpochRow] = []
        self.best_epoch = 0
        self._module = module
        self._given = given
        self._best = best
        self._score = (-math.inf, -math.inf)
        self._copy: dict[str, dict[str, Tensor]] | None = None

    def offer(self, row: EpochRow) -> None:
        """Take an epoch that has just ended."""
        self.history.append(row)
        score = (row.val_accuracy, -row.val_loss)
        if not math.isnan(row.val_accuracy) and score > self._score:
            self._score, self.best_epoch = score, row.epoch
            if self._best:
                self._copy = self._changing()

    def weights(self) -> Weights:
        """The kept weights of all layers; frozen layers' tensors are those that were given."""
        frozen: dict[str, dict[str, Tensor]] = {}
        for layer in self._module.network:
            if layer.frozen:
                part, given = self._module.layer_module(layer.id), self._given
                held = weights_for(given, layer)
                frozen[layer.id] = _copied(part) if held is None else dict(held)
        return Weights({**frozen, **(self._copy or self._changing())})

    def _changing(self) -> dict[str, dict[str, Tensor]]:
        module = self._module
        return {
            i: _copied(part) for i, part in module.layer_modules().items() if not module.network[i].frozen
        }


def _copied(part: torch.nn.Module) -> dict[str, Tensor]:
    return {
        name: tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, tensor in part.state_dict().items()
    }
