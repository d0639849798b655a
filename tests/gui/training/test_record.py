import math

from designer.gui.training.record import Record, best_epoch, record_of
from designer.gui.training.texts import (
    EPOCH_COLUMNS,
    RUN_COLUMNS,
    epoch_cells,
    run_cells,
    status_of_record,
    status_of_run,
)
from designer.progress import BatchNews, DeviceNews, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow, Run


def batch(epoch=1, number=1, loss=2.0, remaining=65.0):
    return BatchNews(epoch, 4, number, 8, 0, loss, 1e-3, 123.4, 5.0, remaining)


def row(epoch, accuracy, loss=1.0):
    return EpochRow(epoch, 1.5, loss, 0.5, accuracy, 2.0, 1e-3)


def run(*rows, best=0, why="finished"):
    return Run(3, TrainingOptions(epochs=4), rows, best, why, "CPU", 61.0, 99.6, ("a", "b"))


def test_batches_lie_at_fractions_of_epochs():
    record = Record()
    assert record.take(batch(1, 2, 3.0))
    assert record.take(batch(2, 4, 1.0))
    assert list(record.batch_position) == [0.25, 1.5]
    assert list(record.batch_loss) == [3.0, 1.0]


def test_news_of_another_kind_is_refused():
    assert not Record().take("hello")


def test_the_share_done_counts_batches_of_all_epochs_and_follows_a_step_of_its_own():
    record = Record()
    assert record.share_done is None
    record.take(StepNews("Reading", 0.3))
    assert record.share_done == 0.3
    record.take(batch(2, 4))
    assert record.share_done == 1.5 / 4


def test_the_best_epoch_is_the_most_accurate_then_the_one_of_least_loss_then_the_first():
    assert best_epoch([]) == 0
    assert best_epoch([row(1, 0.5), row(2, 0.9), row(3, 0.7)]) == 2
    assert best_epoch([row(1, 0.9, 0.4), row(2, 0.9, 0.2), row(3, 0.9, 0.3)]) == 2
    assert best_epoch([row(1, 0.9, 0.4), row(2, 0.9, 0.4)]) == 1
    assert best_epoch([row(1, math.nan)]) == 0


def test_the_record_of_a_run_has_its_rows():
    assert record_of(run(row(1, 0.5))).rows == [row(1, 0.5)]


def test_an_epoch_as_cells():
    cells = epoch_cells(EpochRow(7, 0.123456, math.nan, 0.5, 0.9424, 65, 2.5e-4))
    assert cells == ("7", "0.1235", "–", "50.0 %", "94.2 %", "0.00025", "1 min 05 s")
    assert len(cells) == len(EPOCH_COLUMNS)


def test_a_run_as_cells():
    cells = run_cells(run(row(1, 0.5), row(2, 0.75), best=2, why="stopped"))
    assert cells == ("3", "AdamW 0.001, batch 32, cosine", "2 / 4", "75.0 % (epoch 2)", "stopped")
    assert len(cells) == len(RUN_COLUMNS)
    assert run_cells(run())[3] == "–"


def test_status_while_it_trains():
    record = Record()
    assert status_of_record(record).state == "Starting"
    record.take(DeviceNews("CPU", "no GPU was found"))
    record.take(StepNews("Computing features", 0.5))
    assert status_of_record(record).state == "Computing features"
    record.take(row(1, 0.5))
    record.take(batch(2, 4))
    status = status_of_record(record)
    assert (status.state, status.device, status.device_reason) == ("Training", "CPU", "no GPU was found")
    assert (status.epoch, status.rate, status.elapsed) == ("2 of 4", "0.001", "5.0 s")
    assert (status.remaining, status.speed, status.best) == ("1 min 05 s", "123", "50.0 %")
    assert status.done == 1.5 / 4
    assert status_of_record(record, stopping=True).state == "Stopping"


def test_remaining_is_a_dash_while_it_cannot_be_told():
    record = Record()
    record.take(batch(remaining=None))
    assert status_of_record(record).remaining == "–"


def test_status_of_a_run_that_is_over():
    status = status_of_run(run(row(1, 0.5), row(2, 0.75), best=2, why="stopped"))
    assert (status.state, status.epoch, status.elapsed) == ("Stopped", "2 of 4", "1 min 01 s")
    assert (status.speed, status.best, status.done) == ("100", "75.0 %", 0.5)
