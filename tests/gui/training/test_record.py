import math
from dataclasses import replace

from designer.gui.training.record import Record, record_of
from designer.gui.training.texts import (
    EPOCH_COLUMNS,
    RUN_COLUMNS,
    clock_text,
    epoch_cells,
    run_cells,
    status_of_record,
    status_of_run,
)
from designer.progress import BatchNews, CheckpointNews, DeviceNews, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow, Run
from designer.session.stages import Stage


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
    assert list(record.batches.epoch) == [0.25, 1.5]
    assert list(record.batch_loss) == [3.0, 1.0]


def test_batches_tell_their_accuracy_rate_and_places():
    record = Record()
    record.take(BatchNews(2, 4, 4, 8, 12, 1.0, 1e-4, 10.0, 7.5, None, accuracy=0.75))
    places = record.batches
    assert (list(places.epoch), list(places.iteration), list(places.time)) == ([1.5], [12], [7.5])
    assert (list(record.batch_accuracy), list(record.batch_rate)) == ([0.75], [1e-4])


def test_epochs_end_where_their_batches_do():
    record = Record()
    record.take(BatchNews(1, 4, 7, 8, 7, 1.0, 1e-4, 10.0, 7.0, None))
    record.take(row(1, 0.5))
    record.take(row(2, 0.6))
    assert list(record.row_places.epoch) == [1, 2]
    # the last batch of the first epoch was not told; of the second epoch none was
    assert record.row_places.iteration[0] == 8
    assert math.isnan(record.row_places.iteration[1])
    assert list(record.row_places.time) == [7.0, 9.0]


def test_stages_begin_with_an_epoch_though_their_first_batches_were_not_told():
    record = Record()
    told = ((1, 3, 3, 1, "Head"), (2, 5, 13, 1, "Head"), (3, 4, 20, 2, "All"))
    for epoch, number, done, stage, name in told:
        time = float(done)
        record.take(BatchNews(epoch, 4, number, 8, done, 1.0, 1e-3, 9.0, time, None, 0, 0, stage, 2, name))
    assert record.stage_names == ["Head", "All"]
    assert list(record.stage_places.epoch) == [0, 2]
    assert list(record.stage_places.iteration) == [0, 16]
    assert list(record.stage_places.time) == [0, 13]


def test_stages_of_a_run_from_a_file():
    stages = (Stage("Head", 1, 1e-3), Stage("All", 2, 1e-4))
    rows = tuple(replace(row(n, 0.5), stage=int(n > 1)) for n in (1, 2, 3))
    over = Run(1, TrainingOptions(stages=stages), rows, 1, "finished", "CPU", 1, 1, ())
    record = record_of(over)
    assert record.stage_names == ["Head", "All"]
    assert list(record.stage_places.epoch) == [0, 1]
    assert list(record.row_places.time) == [2, 4, 6]
    assert epoch_cells(rows[2], over.options)[-1] == "2: All"
    assert run_cells(over)[2] == "3 / 3"


def test_checkpoints_are_noted():
    record = Record()
    assert record.take(CheckpointNews(1.5, 12, 3.0))
    assert list(record.checkpoints.epoch) == [1.5]


def test_status_tells_of_stage_waiting_and_memory():
    record = Record()
    record.take(BatchNews(2, 4, 4, 8, 1234, 1.0, 1e-3, 9.0, 5.0, None, 0.123, 3_200_000_000, 2, 3, "All"))
    status = status_of_record(record)
    assert (status.stage, status.iteration) == ("stage 2 of 3: All", "1,234")
    assert (status.waiting, status.memory) == ("12 %", "3.2 GB")
    assert status_of_record(Record()).stage == ""


def test_status_of_a_run_that_was_heard_to_its_end():
    record = Record()
    record.take(BatchNews(1, 1, 6, 8, 6, 1.0, 1e-3, 9.0, 5.0, None, 0.5, 2_000_000))
    record.take(row(1, 0.5))
    status = status_of_run(run(row(1, 0.5)), record)
    assert (status.iteration, status.waiting, status.memory) == ("8", "50 %", "2.0 MB")
    assert status_of_run(run(row(1, 0.5)), record_of(run(row(1, 0.5)))).iteration == "–"


def test_a_clock():
    shown = [clock_text(seconds) for seconds in (0, 7.4, 59.6, 725, 3725)]
    assert shown == ["0:00", "0:07", "1:00", "12:05", "1:02:05"]
    assert clock_text(7.25, 2) == "0:07.25"


def test_news_of_another_kind_is_refused():
    assert not Record().take("hello")


def test_the_share_done_counts_batches_of_all_epochs_and_follows_a_step_of_its_own():
    record = Record()
    assert record.share_done is None
    record.take(StepNews("Reading", 0.3))
    assert record.share_done == 0.3
    record.take(batch(2, 4))
    assert record.share_done == 1.5 / 4


def best_of(*rows):
    best = record_of(run(*rows)).best_row
    return 0 if best is None else best.epoch


def test_the_best_epoch_is_the_most_accurate_then_the_one_of_least_loss_then_the_first():
    assert best_of() == 0
    assert best_of(row(1, 0.5), row(2, 0.9), row(3, 0.7)) == 2
    assert best_of(row(1, 0.9, 0.4), row(2, 0.9, 0.2), row(3, 0.9, 0.3)) == 2
    assert best_of(row(1, 0.9, 0.4), row(2, 0.9, 0.4)) == 1
    assert best_of(row(1, math.nan)) == 0


def test_the_record_of_a_run_has_its_rows():
    assert record_of(run(row(1, 0.5))).rows == [row(1, 0.5)]


def test_what_epochs_leave_of_the_time_of_a_run_was_spent_before_them():
    def times(seconds):
        return list(record_of(replace(run(row(1, 0.5), row(2, 0.6)), seconds=seconds)).row_places.time)

    # The frozen layers took 6 of 10 seconds; an epoch takes 2. The last one ends when the run did.
    assert times(10.0) == [8.0, 10.0]
    assert times(4.0) == [2.0, 4.0]
    # A project of an earlier version may know less.
    assert times(0.0) == [2.0, 4.0]


def test_an_epoch_as_cells():
    cells = epoch_cells(EpochRow(7, 0.123456, math.nan, 0.5, 0.9424, 65, 2.5e-4), TrainingOptions())
    assert cells == ("7", "0.1235", "–", "50.0 %", "94.2 %", "0.00025", "1 min 05 s", "–")
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
    over = run(row(1, 0.5), row(2, 0.75), best=2, why="stopped")
    status = status_of_run(over, record_of(over))
    assert (status.state, status.epoch, status.elapsed) == ("Stopped", "2 of 4", "1 min 01 s")
    assert (status.speed, status.best, status.done) == ("100", "75.0 %", 0.5)
