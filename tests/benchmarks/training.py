"""Training against a plain PyTorch loop: python tests/benchmarks/training.py [--pictures N] [--epochs N] ...

The loop is written as torchvision's reference is: ImageFolder, torchvision's transforms, a DataLoader
(with 0 and with 2 workers tried, the better taken), AdamW, a cosine rate; where the backbone is frozen, its
parameters take no gradients and its batch normalization stays in evaluation mode. Both sides have the same
pictures (the sample of digits), split, order, initial weights (EfficientNet-Lite0's own; for a frozen
MobileNet those of six epochs on half of the pictures), batch size, rate and decay. Each run has a
process of its own: the loop once as it comes, and once with the settings of malloc and threads that
Netgraft makes. Netgraft's first run begins with an empty cache; a second one with the features of the first.

Wall time counts what a user waits for, CPU time what is left of it on a machine where others work too.
Both begin with the first picture; import and building are left out. "To accuracy" is the time to the end of
the first epoch that is as good as the worse side's best. Only what was run is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training_sides import Task

SIDES = Path(__file__).with_name("training_sides.py")
WEIGHTS = {"efficientnet_lite0": "default", "resnet18": "none", "mobilenet_v3_small": "file"}
"""What each network begins with where its backbone is frozen; only the first one's own are a package."""
NETWORKS = tuple(WEIGHTS)
PRETRAINING = 6
"""Epochs that stand in for pretraining: from chance, what a MobileNet gives tells no class from another."""
OURS = ("OMP_NUM_THREADS", "GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "THP_MEM_ALLOC_ENABLE")
LOOPS = {"plain": ("loop as it comes", False), "tuned": ("loop, same settings", True)}
TRIAL = 64
"""Pictures that the numbers of workers are tried on, for one epoch."""


@dataclass
class Row:
    """One side's run."""

    name: str
    workers: int | None
    found: dict[str, Any]

    @property
    def accuracy(self) -> float:
        """The best of its epochs."""
        return max(accuracy for _, accuracy in self.found["epochs"])

    def until(self, accuracy: float) -> float:
        """Seconds to the end of the first epoch that is so good."""
        return next(seconds for seconds, reached in self.found["epochs"] if reached >= accuracy)


def run(task: Task, cache: str) -> dict[str, Any]:
    """One run in a process of its own, with nothing set by whoever calls this."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment["NETGRAFT_CACHE"] = cache
    environment["PYTHONPATH"] = os.pathsep.join([str(SIDES.parents[2]), environment.get("PYTHONPATH", "")])
    command = [sys.executable, str(SIDES), json.dumps(asdict(task))]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def weights_of(network: str, frozen: bool, folder: str) -> str:
    """What a network begins with, see `Task`. What a frozen one knows decides what its head can learn."""
    if WEIGHTS[network] != "file":
        return WEIGHTS[network]
    if not frozen:
        return "none"
    file = Path(folder) / f"{network}.pth"
    if not file.exists():
        run(Task(network, "pretraining", True, False, PRETRAINING, 0, folder, 0, str(file)), folder)
    return str(file)


def workers_of(task: Task, cache: str) -> int:
    """The better number of workers: tried on a few pictures."""
    took = {}
    for workers in (0, 2):
        task = replace(task, epochs=1, workers=workers, pictures=TRIAL)
        took[workers] = run(task, cache)["wall"]
    return min(took, key=lambda workers: took[workers])


def case(task: Task, loops: Sequence[str]) -> list[Row]:
    """All sides of one case, of which `task` is Netgraft's; `loops` are keys of `LOOPS`."""
    rows = []
    with tempfile.TemporaryDirectory() as cache:
        for name in ("Netgraft", "Netgraft, again") if task.frozen else ("Netgraft",):
            rows.append(Row(name, None, run(task, cache)))
            print(f"{task.network}, {name}: {rows[-1].found['wall']:.1f} s", file=sys.stderr, flush=True)
        for name, tuned in (LOOPS[key] for key in loops):
            other = replace(task, side="loop", tuned=tuned)
            other = replace(other, workers=workers_of(other, cache))
            rows.append(Row(name, other.workers, run(other, cache)))
            print(f"{task.network}, {name}: {rows[-1].found['wall']:.1f} s", file=sys.stderr, flush=True)
    return rows


def report(network: str, frozen: bool, rows: Sequence[Row]) -> None:
    """Print a case's table."""
    ours = rows[0].found
    target = min(row.accuracy for row in rows)
    epochs, trained = len(ours["epochs"]), ours["trained"]
    what = "frozen backbone, new head" if frozen else "everything learns"
    print(f"\n{network}, {what}: {epochs} epochs of {trained} pictures; accuracy to reach {target:.3f}\n")
    print(
        "| side | workers | wall s | CPU s | pictures/s | to accuracy s | best accuracy | waiting for data |",
        end="",
    )
    print(" peak MB | x wall | x CPU | x to accuracy |\n|" + "---|" * 12)
    for row in rows:
        found = row.found
        ratios = (
            found["wall"] / ours["wall"],
            found["cpu"] / ours["cpu"],
            row.until(target) / rows[0].until(target),
        )
        cells = [
            row.name,
            "-" if row.workers is None else str(row.workers),
            f"{found['wall']:.1f}",
            f"{found['cpu']:.1f}",
            f"{trained * epochs / found['wall']:,.0f}",
            f"{row.until(target):.1f}",
            f"{row.accuracy:.3f}",
            f"{100 * found['waiting'] / found['wall']:.0f} %",
            f"{found['memory'] / 1e6:,.0f}",
            *(f"{ratio:.2f}" for ratio in ratios),
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=NETWORKS, choices=NETWORKS)
    parser.add_argument("--cases", nargs="+", default=("frozen", "full"), choices=("frozen", "full"))
    parser.add_argument("--loops", nargs="+", default=tuple(LOOPS), choices=LOOPS)
    parser.add_argument("--pictures", type=int, default=0, help="about so many of the 1,797; 0 for all")
    parser.add_argument("--epochs", type=int, default=0, help="0 for 10 where frozen, else 3")
    options = parser.parse_args()

    from designer.engine.process import cores
    from designer.engine.samples import make_sample
    from designer.progress import Silent

    with tempfile.TemporaryDirectory() as folder:
        pictures = str(make_sample("digits", Path(folder), Silent()))
        print(f"{cores()} cores, load {os.getloadavg()[0]:.1f}")
        for network in options.networks:
            for name in options.cases:
                frozen = name == "frozen"
                epochs = options.epochs or (10 if frozen else 3)
                weights = weights_of(network, frozen, pictures)
                task = Task(network, "netgraft", True, frozen, epochs, 0, pictures, options.pictures, weights)
                report(network, frozen, case(task, options.loops))


if __name__ == "__main__":
    main()
