"""Commands that try before they train: their documents, their texts, and a project that stays as it was."""

from __future__ import annotations

import pytest


@pytest.fixture
def kept(project):
    """Checks at the end that the project file is as it was."""
    before = project.read_bytes()
    yield
    assert project.read_bytes() == before


@pytest.mark.usefixtures("kept")
class TestDryRun:
    def test_what_training_would_take(self, run, project, pictures):
        outcome = run("train", project, "--data", pictures, "--dry-run", "--device", "cpu", "--json")
        assert outcome.status == 0
        document = outcome.document
        assert document["device"].startswith("CPU")
        assert document["problems"] == []
        assert document["seconds"] > document["epoch_seconds"] > 0
        assert document["memory"] > 0
        # 8 pictures of each of 3 classes, a fifth of them for validation.
        assert document["batch_size"] == 16

    def test_as_text(self, run, project, pictures):
        outcome = run("train", project, "--data", pictures, "--dry-run", "--device", "cpu", "--quiet")
        lines = outcome.out.splitlines()
        assert lines[0].startswith("Device: CPU")
        assert [line.partition(":")[0] for line in lines[1:5]] == [
            "Memory",
            "An epoch",
            "In all",
            "Waiting for pictures",
        ]

    def test_problems_and_their_status(self, run, project, pictures):
        outcome = run("train", project, "--data", pictures, "--dry-run", "--loss", "focal", "--device", "mps")
        assert outcome.status == 1
        assert "The device 'mps' cannot be used." in outcome.out

    def test_it_is_not_for_a_run_that_goes_on(self, run, project):
        assert run("train", project, "--dry-run", "--resume").status == 2


@pytest.mark.usefixtures("kept")
class TestFindRate:
    def test_a_rate_and_the_curve(self, run, project, pictures):
        outcome = run("find-rate", project, "--data", pictures, "--optimizer", "SGD", "--json")
        assert outcome.status == 0
        document = outcome.document
        assert len(document["rates"]) == len(document["losses"]) > 50
        assert document["rates"][0] == pytest.approx(1e-7)
        assert 1e-4 < document["suggestion"] < 10

    def test_as_text(self, run, project, pictures):
        outcome = run("find-rate", project, "--data", pictures, "--optimizer", "SGD", "--quiet")
        assert outcome.out.splitlines()[-1].startswith("Suggested learning rate: 0.")

    def test_without_pictures(self, refused, project):
        what, _, _ = refused("find-rate", project)
        assert what == "There are no pictures."
