"""A run that is broken off as by a crash: nothing is kept but the last checkpoint."""

from __future__ import annotations

from designer.progress import Recording


class Crash(Recording):
    """Breaks the run off at the `cancel_after`-th question whether to go on."""

    def hold(self) -> float:
        """See above."""
        self.asked += 1
        if self.asked == self.cancel_after:
            raise KeyboardInterrupt
        return 0.0
