"""Training: a network's weights, changed so that it tells the classes of pictures apart."""

from designer.engine.training.custom import confirm
from designer.engine.training.loop import train
from designer.engine.training.rate_finder import find_rate
from designer.engine.training.recovery import (
    RunFolder,
    discard,
    interrupted_run,
    interrupted_runs,
    last_state,
    stamp_to_save_over,
)
from designer.engine.training.safely import begin_run, continue_kept, continue_run
from designer.engine.training.together import train_here
from designer.engine.training.ways import train_ways

__all__ = [
    "RunFolder",
    "begin_run",
    "confirm",
    "continue_kept",
    "continue_run",
    "discard",
    "find_rate",
    "interrupted_run",
    "interrupted_runs",
    "last_state",
    "stamp_to_save_over",
    "train",
    "train_here",
    "train_ways",
]
