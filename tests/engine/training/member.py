"""One of several processes of `test_team.py`: `python member.py FOLDER`, with torchrun's environment.

It goes through the cases in FOLDER/cases.json, and writes what each gave to FOLDER/CASE.RANK.json.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from operator import sub
from pathlib import Path
from time import monotonic, sleep

from designer.engine.data import read_folder
from designer.engine.devices import choose
from designer.engine.layer_tensors import write_tensors
from designer.engine.process import before_torch
from designer.engine.project_file import load_project
from designer.engine.project_values import history_to_json
from designer.engine.training import beginning, feature_store, features, train
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.custom import confirm
from designer.engine.training.team import Member, joined
from designer.errors import Cancelled, TrainingError
from designer.progress import LAYERS, BatchNews, LayersNews, Recording, Silent, StepNews

PAUSE = 2.0


class Watching(Recording):
    """Breaks off in all processes, is paused or cancelled, or fails in this one: at the `at`-th question."""

    def __init__(self, what, at):
        super().__init__(wants=frozenset({LAYERS}))
        self.what, self.at = what, at
        self.times = []

    def hold(self):
        self.asked += 1
        self.times.append(monotonic())
        if self.asked == self.at and self.what == "pause":
            sleep(PAUSE)
        if self.asked == self.at and self.what == "crash":
            raise KeyboardInterrupt
        if self.asked == self.at and self.what == "fail":
            raise ZeroDivisionError("of this process alone")
        if self.asked >= self.at and self.what == "cancel":
            raise Cancelled
        return 0.0


def outcome(case, folder, member):
    contents = load_project(Path(case["project"]), Silent())
    data = read_folder(contents.data_folder, 0.2, 0, None, Silent())
    options = replace(contents.training_options, **case.get("options", {}))
    if case.get("differ"):
        options = replace(options, seed=member.rank)
    file = folder / f"{case['name']}.checkpoint"
    mine = member.rank == case.get("who", member.rank)
    watching = Watching(case.get("what") if mine else "", case.get("at", 0))
    given = {"member": member}
    if "what" in case and member.chief:
        given["checkpoints"] = CheckpointFile(file, minutes=0)
    if case.get("unreadable") and not member.chief:
        pictures = beginning.Pictures

        def broken(*arguments, **named):
            made = pictures(*arguments, **named)
            beginning.Pictures = pictures
            made.broken.update(dict.fromkeys(case["unreadable"], "gone"))
            return made

        beginning.Pictures = broken
    if case.get("full") and not member.chief:
        features.budget = lambda device: 0
        feature_store.LARGEST = 0
    if case.get("cache") and not member.chief:
        os.environ["NETGRAFT_CACHE"] = case["cache"]
    began = monotonic()
    try:
        run = train(contents.network, contents.weights, data, options, watching, **given)
    except KeyboardInterrupt:
        os.environ["MASTER_PORT"] = str(case["ports"][1])
        with joined(member, choose("cpu")) as team:
            # The chief may have been writing when the other one broke off.
            team.any(False)
        if member.chief:
            shutil.copy(file, folder / f"{case['name']}.crashed")
        os.environ["MASTER_PORT"] = str(case["ports"][2])
        given["begin_from"] = CheckpointFile(file).read()
        run = train(contents.network, contents.weights, data, options, Silent(), **given)
    except TrainingError as error:
        return {"error": [error.what, error.why, error.remedy], "seconds": monotonic() - began}
    write_tensors(folder / f"{case['name']}.{member.rank}.safetensors", run.weights)
    return {
        "history": history_to_json(run.history),
        "why": run.stopped_because,
        "remarks": run.remarks,
        "device": run.device,
        "digests": {i: run.weights.digest(i) for i in run.weights},
        "losses": [news.loss for news in watching.news if isinstance(news, BatchNews)],
        "news": len(watching.news),
        "texts": [news.text for news in watching.news if isinstance(news, StepNews)],
        "gradients": [
            {i: reading.gradient for i, reading in news.layers.items()}
            for news in watching.news
            if isinstance(news, LayersNews)
        ],
        "asked": watching.asked,
        "longest": max(map(sub, watching.times[1:], watching.times[:-1])),
    }


def main():
    before_torch()
    folder, member = Path(sys.argv[1]), Member.of_environment()
    os.environ["NETGRAFT_CONFIG"] = str(folder / f"config.{member.rank}")
    confirm(Path(__file__).with_name("own_step.py"))
    for case in json.loads((folder / "cases.json").read_text()):
        os.environ["MASTER_PORT"] = str(case["ports"][0])
        found = outcome(case, folder, member)
        (folder / f"{case['name']}.{member.rank}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
