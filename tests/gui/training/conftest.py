"""A stand-in for training: it tells the news of a small run and can be held in the middle."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from designer.errors import Cancelled
from designer.jobs import training
from designer.progress import BatchNews, DeviceNews, LabelsNews
from designer.session.data import ImageData, Picture
from designer.session.kept_runs import KeptRun
from designer.session.results import EpochRow, Run

BATCHES = 4


class Tensors(dict):
    """Weights as the session holds them, without torch."""

    def merged(self, other):
        return Tensors({**self, **other})


@dataclass
class StandIn:
    """What the stand-in does, and what it was given."""

    hold_after: int = 0
    fail_with: Exception | None = None
    empty: bool = False
    remarks: tuple[str, ...] = ()
    folder: object = None
    multilabel: bool = False
    go_on: threading.Event = field(default_factory=threading.Event)
    holding: threading.Event = field(default_factory=threading.Event)
    given: list[tuple] = field(default_factory=list)

    @staticmethod
    def row(epoch):
        """The row that epoch `epoch` gives."""
        return row_of(epoch)

    def train(self, taken, project):
        savable = taken.savable
        data, options = savable.data, savable.training_options
        self.given.append((savable.network, savable.weights, data, options))

        def step(progress):
            progress.report(DeviceNews("CPU", "no GPU was found"))
            if self.multilabel:
                progress.report(LabelsNews())
            rows, why = [], "finished"
            try:
                for epoch in range(1, options.epochs + 1):
                    self._epoch(progress, epoch, options)
                    rows.append(row_of(epoch))
                    progress.report(rows[-1])
                    if epoch == self.hold_after:
                        self.holding.set()
                        while not self.go_on.wait(0.005):
                            progress.raise_if_cancelled()
                    if self.fail_with is not None:
                        raise self.fail_with
            except Cancelled:
                why = "stopped"
            rows = [] if self.empty else rows
            best = max(rows, key=lambda row: row.val_accuracy).epoch if rows else 0
            run = Run(
                0,
                options,
                tuple(rows),
                best,
                why,
                "CPU",
                3.0,
                80.0,
                data.classes,
                Tensors(fc="new"),
                self.remarks,
                multilabel=self.multilabel,
            )
            return KeptRun(run, self.folder)

        return step

    def _epoch(self, progress, epoch, options):
        for batch in range(1, BATCHES + 1):
            progress.hold()
            done = (epoch - 1) * BATCHES + batch
            progress.report(
                BatchNews(epoch, options.epochs, batch, BATCHES, done, 2 / done, 1e-3, 80.0, done * 0.1, 1.0)
            )


def row_of(epoch: int) -> EpochRow:
    """The row of an epoch: accuracy rises until the third, then falls."""
    accuracy = 0.5 + 0.1 * min(epoch, 6 - epoch)
    return EpochRow(epoch, 1 / epoch, 1.2 / epoch, accuracy, accuracy, 0.4, 1e-3)


@pytest.fixture
def stand_in(monkeypatch) -> StandIn:
    """Takes the place of the engine's training."""
    made = StandIn()
    monkeypatch.setattr(training, "train", made.train)
    return made


@pytest.fixture
def data() -> ImageData:
    """Pictures of the tiny network's classes."""
    pictures = tuple(Picture(Path(f"{i}.png"), i % 3) for i in range(12))
    classes = ("cat", "dog", "owl")
    return ImageData(Path(), classes, pictures, (), tuple(range(9)), (9, 10, 11), 0.25, 0)


@pytest.fixture
def ready(context, tiny_network, data):
    """Surroundings with everything that training needs."""
    context.session.open(tiny_network, Tensors(fc="old", stem="kept"), data=data)
    return context
