"""Training by as many processes of this computer as the options say: started, listened to and ended here.

They are what `torchrun --nproc-per-node=N` would start; the window has to stay alone in its own process.
"""

from __future__ import annotations

import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import IO, Any

from torch.distributed import TCPStore  # type: ignore[attr-defined]

from designer.engine import children
from designer.engine.devices import choose
from designer.engine.process import cores
from designer.engine.training.checkpoints import Checkpoint, CheckpointFile
from designer.engine.training.checks import check_choices, check_several, processes
from designer.engine.training.custom import load
from designer.engine.training.loop import train
from designer.engine.training.passing import error_from_json, news_from_json
from designer.engine.training.task import Task, read_run
from designer.engine.training.team import ALONE, LostError, Member
from designer.engine.weights import Weights
from designer.errors import Cancelled, TrainingError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import LAYERS, DeviceNews, Progress
from designer.session.data import ImageData
from designer.session.options import TrainingOptions
from designer.session.results import Run

GRACE = 30.0
"""Seconds that the others have to end, once one has failed."""
STOPPING = 300.0
"""Seconds that all have to end, once the user wants them to: a large checkpoint takes its time."""

_LISTEN = 0.1

Line = tuple[int, str | None]


def train_here(
    network: Network,
    weights: Weights,
    data: ImageData,
    options: TrainingOptions,
    progress: Progress,
    *,
    checkpoints: CheckpointFile | None = None,
    begin_from: Checkpoint | None = None,
    member: Member = ALONE,
) -> Run:
    """As `train`; by several processes, where `options.devices` says so and this is not one of them.

    Raises:
        DesignerError: see `train`; or the processes cannot be started.
        Cancelled: before they had begun.
    """
    count = 1 if member.size > 1 else processes(options)
    if count == 1:
        return train(
            network,
            weights,
            data,
            options,
            progress,
            checkpoints=checkpoints,
            begin_from=begin_from,
            member=member,
        )
    # What is wrong with the choices is said at once, not by processes that take seconds to start.
    check_choices(network, data, options)
    load(options.custom)
    check_several(options, choose(options.device).device)
    path = None if checkpoints is None else checkpoints.path
    task = Task(network, weights, data, options, path, begin_from is not None)
    with tempfile.TemporaryDirectory(prefix="netgraft-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        try:
            task.write(folder)
        except OSError as error:
            raise _not_started(error) from error
        together = _Together(folder, count, progress)
        try:
            return replace(together.run(), options=options)
        except TrainingError as error:
            run = task.broken_off(together.device, error)
            before = 0 if begin_from is None else len(begin_from.values["history"])
            if run is None or len(run.history) <= before:
                raise
            return run


@dataclass
class _Together:
    """The processes of a run, while they work."""

    folder: Path
    count: int
    progress: Progress
    running: list[subprocess.Popen[str]] = field(default_factory=list)
    lines: queue.SimpleQueue[Line] = field(default_factory=queue.SimpleQueue)
    said: dict[int, TrainingError] = field(default_factory=dict)
    """Why a process failed, by its rank."""
    remarks: list[str] = field(default_factory=list)
    device: str = ""
    asking: bool = False
    deadline: float | None = None

    def run(self) -> Run:
        readers = []
        # This process holds the place where they meet, at a port that the system gives it.
        store = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
        try:
            for rank in range(self.count):
                given = environment(rank, self.count, store.port)
                try:
                    process = children.start(command(self.folder), given)
                except OSError as error:
                    raise _not_started(error) from error
                self.running.append(process)
                assert process.stdout is not None
                reader = threading.Thread(target=self._read, args=(rank, process.stdout), daemon=True)
                reader.start()
                readers.append(reader)
            self._listen()
            return self._outcome()
        finally:
            for process in self.running:
                process.kill()
            for reader in readers:
                reader.join()
            for process in self.running:
                children.end(process)

    def _read(self, rank: int, stream: IO[str]) -> None:
        for line in stream:
            self.lines.put((rank, line))
        self.lines.put((rank, None))

    def _listen(self) -> None:
        """Until all have ended, or those that are left take too long."""
        left = self.count
        while left and (self.deadline is None or monotonic() < self.deadline):
            try:
                rank, line = self.lines.get(timeout=_LISTEN)
            except queue.Empty:
                self._ask()
                continue
            if line is None:
                left -= 1
                if self._failed(rank):
                    self._end_within(GRACE)
            else:
                self._take(rank, json.loads(line))

    def _ask(self) -> None:
        """Whether the user has cancelled. Once training asks by itself, it is to end by itself."""
        try:
            self.progress.raise_if_cancelled()
        except Cancelled:
            if not self.asking:
                raise
            self._end_within(STOPPING)

    def _failed(self, rank: int) -> bool:
        try:
            return self.running[rank].wait(GRACE) != 0
        except subprocess.TimeoutExpired:
            return True

    def _end_within(self, seconds: float) -> None:
        if self.deadline is None:
            self.deadline = monotonic() + seconds

    def _take(self, rank: int, value: dict[str, Any]) -> None:
        if "hold" in value:
            self.asking = True
            self._answer()
        elif "news" in value:
            news = news_from_json(value["news"])
            if isinstance(news, DeviceNews):
                self.device = news.device
            self.progress.report(news)
        elif "remarks" in value:
            self.remarks += value["remarks"]
        elif "error" in value:
            self.said[rank] = error_from_json(value["error"])
        else:
            self.said[rank] = _ended(value["fault"])

    def _answer(self) -> None:
        try:
            self.progress.hold()
            answer = " ".join(("go", *(what for what in (LAYERS,) if self.progress.wanted(what))))
        except Cancelled:
            answer = "stop"
        stream = self.running[0].stdin
        assert stream is not None
        try:
            stream.write(answer + "\n")
            stream.flush()
        except OSError:
            # It has ended meanwhile, and its stream says so next.
            return

    def _outcome(self) -> Run:
        causes = [error for error in self.said.values() if not isinstance(error, LostError)]
        run = read_run(self.folder)
        if run is not None:
            more = [*self.remarks, *map(str, causes)]
            return replace(run, remarks=tuple(dict.fromkeys((*run.remarks, *more))))
        if causes:
            raise causes[0]
        silent = [rank for rank, one in enumerate(self.running) if one.poll() and rank not in self.said]
        if not silent:
            raise next(iter(self.said.values()), _ended(tr("No process has said why.")))
        last = children.last_line(self.folder / f"log{silent[0]}.txt")
        status = self.running[silent[0]].poll()
        raise _ended(tr("A process stopped with status {status}. {last}", status=status, last=last).strip())


def command(folder: Path) -> Sequence[str]:
    """The command line of each process."""
    return children.command("designer.engine.training.child", folder)


def environment(rank: int, count: int, port: int) -> dict[str, str]:
    """What torchrun would tell a process of its place, on this computer alone."""
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        # The place where they meet is held by another process than the first of them.
        "TORCHELASTIC_USE_AGENT_STORE": "True",
        "OMP_NUM_THREADS": str(max(1, cores() // count)),
    }


def _not_started(error: OSError) -> TrainingError:
    return TrainingError(
        tr("The processes of the training could not be started."),
        f"{error.strerror or error}.",
        tr("Free some memory, or train with one process."),
    )


def _ended(why: str) -> TrainingError:
    return TrainingError(
        tr("Training ended before it was done."),
        why,
        tr("Go on with the run from its checkpoint, or train with one process."),
    )
