"""Records of made-up runs, and the curves that show them."""

from __future__ import annotations

import pytest

from designer.gui.look.style import Look
from designer.gui.training.record import Record
from designer.progress import BatchNews, CheckpointNews
from designer.session.results import EpochRow

BATCHES = 10


def loss_at(iteration: int) -> float:
    """Loss of a batch."""
    return 2 / iteration


def fill(
    record: Record, epochs: int, *, of: int = 0, batches: int = BATCHES, stage_epochs: int = 2
) -> Record:
    """Tell `epochs` epochs: a stage lasts `stage_epochs`, a batch half a second, the 3rd is best."""
    for epoch in range(1, epochs + 1):
        stage = (epoch - 1) // stage_epochs
        for batch in range(1, batches + 1):
            done = (epoch - 1) * batches + batch
            record.take(
                BatchNews(
                    epoch,
                    of or epochs,
                    batch,
                    batches,
                    done,
                    loss_at(done),
                    1e-3 / (stage + 1),
                    80.0,
                    done * 0.5,
                    1.0,
                    stage=stage + 1,
                    stages=2,
                    stage_name=f"Stage {stage + 1}",
                    accuracy=done / 100,
                )
            )
        accuracy = 0.5 + 0.1 * min(epoch, 6 - epoch)
        record.take(EpochRow(epoch, 1 / epoch, 1.2 / epoch, accuracy, accuracy, 5.0, 1e-3, stage))
        record.take(CheckpointNews(epoch, epoch * batches, epoch * batches * 0.5))
    return record


@pytest.fixture
def look(qapp):
    """The light look."""
    made = Look("light")
    made.apply(qapp)
    return made


@pytest.fixture
def curves(look, qtbot):
    """Curves in a large enough window."""
    from designer.gui.training.curves.panel import Curves

    made = Curves(look)
    qtbot.addWidget(made)
    made.resize(1000, 500)
    made.show()
    return made
