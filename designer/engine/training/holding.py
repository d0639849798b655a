"""Features while they are computed: in memory, or on disk where they do not fit."""

from __future__ import annotations

import torch
from torch import Tensor

from designer.engine.process import SHARE, memory_budget
from designer.engine.training.feature_store import Writing
from designer.engine.training.prefix import How
from designer.messages import bytes_text, tr


class InMemory:
    """Features that are kept in memory while they are computed."""

    problem = ""

    def __init__(self, how: How, like: list[Tensor], count: int, device: str) -> None:
        self.how = how
        self._values = [
            torch.empty((count, *value.shape[1:]), dtype=value.dtype, device=device) for value in like
        ]
        self._rows = 0

    def add(self, values: list[Tensor]) -> bool:
        """Take the features of some pictures."""
        end = self._rows + len(values[0])
        for held, value in zip(self._values, values, strict=True):
            held[self._rows : end] = rounded(value, self.how.stored)
        self._rows = end
        return True

    def values(self) -> list[Tensor]:
        """All of them."""
        return [held[: self._rows] for held in self._values]

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._values.clear()


class OnDisk:
    """Features that go to disk while they are computed."""

    def __init__(self, how: How, writing: Writing) -> None:
        self.how = how
        self.writing = writing
        self.problem = ""
        self.nbytes = 0

    def add(self, values: list[Tensor]) -> bool:
        """Take the features of some pictures; False where the disk does not, with the `problem`."""
        held = [rounded(value, self.how.stored) for value in values]
        self.nbytes += sum(value.nbytes for value in held)
        try:
            self.writing.add(held)
        except OSError as error:
            self.give_up()
            self.problem = nowhere(self.nbytes, error)
            return False
        return True

    def give_up(self) -> None:
        """Leave nothing behind."""
        self.writing.give_up()


Kept = InMemory | OnDisk


def budget(device: str) -> int:
    """Bytes that may be kept on `device`."""
    if device == "cuda":
        return int(torch.cuda.mem_get_info()[0] * SHARE)
    return memory_budget()


def rounded(value: Tensor, stored: str) -> Tensor:
    """A value as it is kept; `stored` is 'float16' or '' for as it is."""
    return value.to(torch.float16) if stored == "float16" and value.dtype == torch.float32 else value


def nowhere(need: int, error: Exception) -> str:
    """What to say where features of `need` bytes can be kept nowhere."""
    return tr(
        "What the frozen layers give ({size}) fits neither in memory nor on disk ({reason}): it is computed "
        "anew in each epoch.",
        size=bytes_text(need),
        reason=getattr(error, "strerror", None) or str(error),
    )
