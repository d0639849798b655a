"""What the command line's tests share: small pictures, a small project, and a way to run commands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer import cli
from designer.engine.building import build, weights_of
from designer.engine.project_file import ProjectContents, save_project
from designer.progress import Silent

COLOURS = {"cat": (200, 40, 40), "dog": (40, 200, 40), "owl": (40, 40, 200)}


def make_pictures(folder: Path, classes=COLOURS, count: int = 8) -> Path:
    """A folder for each class with noisy pictures of one colour: easily told apart."""
    draw = np.random.default_rng(0)
    for name in classes:
        (folder / name).mkdir(parents=True)
        colour = np.array(COLOURS.get(name, (120, 120, 120)))
        for number in range(count):
            noise = draw.integers(-30, 30, (20, 20, 3))
            pixels = np.clip(colour + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


@dataclass
class Outcome:
    """What a command gave."""

    status: int
    out: str
    err: str

    @property
    def document(self):
        """Standard output as JSON; fails when it is not one document."""
        return json.loads(self.out)


@pytest.fixture
def run(capsys):
    """Runs one command in this process: `run("train", file, "--epochs", 2)`."""

    def run_command(*arguments) -> Outcome:
        capsys.readouterr()
        status = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run_command


@pytest.fixture
def pictures(tmp_path):
    """24 pictures of three classes."""
    return make_pictures(tmp_path / "pictures")


@pytest.fixture
def project(tmp_path, tiny_network):
    """A project file with the tiny network for cat, dog and owl."""
    path = tmp_path / "tiny.netgraft"
    save_project(path, ProjectContents(tiny_network, weights_of(build(tiny_network, seed=1))), Silent())
    return path


@pytest.fixture
def refused(run):
    """Runs a command that must fail with status 1 and its three lines; returns them."""

    def check(*arguments) -> list[str]:
        outcome = run(*arguments, "--quiet")
        assert outcome.status == 1, outcome
        assert outcome.out == ""
        assert "Traceback" not in outcome.err
        lines = outcome.err.splitlines()
        assert len(lines) == 3, lines
        return lines

    return check
