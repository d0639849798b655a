"""Several processes that train together: what they give is what one gives with a batch as large as theirs.

They talk over the loopback interface alone, have a time limit, and are ended with it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from designer.engine.building import build, weights_of
from designer.engine.layer_tensors import read_layers
from designer.engine.project_file import ProjectContents, load_project, save_project
from designer.engine.project_values import history_from_json
from designer.engine.training import interrupted_run, train
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.custom import confirm
from designer.engine.training.team import Member, Team, lost
from designer.errors import TrainingError
from designer.progress import LAYERS, LayersNews, Recording, Silent
from designer.session.options import TrainingOptions
from designer.session.stages import Stage
from designer.settings import state_folder
from tests.conftest import make_tiny_network
from tests.engine.training.member import PAUSE

ROOT = Path(__file__).parents[3]
LIMIT = 240
OPTIONS = TrainingOptions(epochs=3, batch_size=4, learning_rate=1e-2, device="cpu", keep="last")
OWN_STEP = Path(__file__).with_name("own_step.py")
ALIKE = {
    "plain": OPTIONS,
    "own step": replace(OPTIONS, accumulate=2, clip_gradients=0.5, custom=str(OWN_STEP)),
    "accumulated": replace(OPTIONS, accumulate=2, clip_gradients=0.5, average_weights=0.9),
    "balanced": replace(OPTIONS, class_weights="balanced", schedule="plateau", plateau_epochs=1),
    "features": replace(OPTIONS, optimizer="SGD"),
    "altered": replace(OPTIONS, flip=True, crop=0.5, variants=0),
    "altered ahead": replace(OPTIONS, flip=True, crop=0.5, variants=2, optimizer="SGD"),
    "stages": replace(OPTIONS, stages=(Stage("Head", 2, 1e-2), Stage("More", 1, 1e-3, ("block.conv",)))),
    # 36 pictures in batches of 14, the last one of 8: shares of 4 and 4, and of 7 and 7.
    "uneven": replace(OPTIONS, batch_size=7),
    # Each process has one picture at a time.
    "small": replace(OPTIONS, batch_size=1, epochs=1, learning_rate=1e-3),
    "early": replace(OPTIONS, epochs=8, early_stopping=2, minimum_change=10),
}
pytestmark = pytest.mark.timeout(2 * LIMIT)
FROZEN = ("features", "altered ahead", "stages")


def without_chance(*, frozen=False):
    """Nothing that depends on how a batch is cut: no dropout, and batch normalization frozen."""
    network = make_tiny_network()
    changed = [replace(network["drop"], settings={"p": 0.0}), replace(network["stem.bn"], frozen=True)]
    if frozen:
        changed += [replace(network[i], frozen=True) for i in ("stem.conv", "block.conv")]
    return network.with_layers(*changed)


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def environment(rank, size, port):
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RANK": str(rank),
        "WORLD_SIZE": str(size),
        "LOCAL_RANK": str(rank),
        "LOCAL_WORLD_SIZE": str(size),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "GLOO_SOCKET_IFNAME": "lo",
        "OMP_NUM_THREADS": "1",
    }


def together(command, count=2):
    """Run a command in each of several processes; their exit statuses, outputs and errors."""
    [port] = free_ports(1)
    running = []
    try:
        for rank in range(count):
            given = {"env": environment(rank, count, port), "text": True}
            pipe = subprocess.PIPE
            running.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, **given))
        said = [process.communicate(timeout=LIMIT) for process in running]
        return [(process.returncode, *texts) for process, texts in zip(running, said, strict=True)]
    finally:
        for process in running:
            process.kill()
            process.communicate()


def project(path, network, options, folder):
    given = weights_of(build(network, seed=3))
    contents = ProjectContents(network=network, weights=given, data_folder=folder, training_options=options)
    save_project(path, contents, Silent())
    return contents


@pytest.fixture(scope="module")
def found(pets_folder, tmp_path_factory):
    """What each of two processes says of each case."""
    folder = tmp_path_factory.mktemp("team")
    network = make_tiny_network()
    cases = []
    for name, options in ALIKE.items():
        project(folder / name, without_chance(frozen=name in FROZEN), options, pets_folder)
        cases.append({"name": name, "project": str(folder / name)})
    chance = replace(OPTIONS, accumulate=2, average_weights=0.9)
    project(folder / "chance", network, chance, pets_folder)
    begin = {"project": str(folder / "chance")}
    cases += [
        {"name": "whole", **begin},
        *({"name": f"crash {at}", **begin, "what": "crash", "at": at} for at in (4, 7, 13)),
        {"name": "crash plain", "project": str(folder / "plain"), "what": "crash", "at": 9},
        {"name": "crash between", "project": str(folder / "plain"), "what": "crash", "at": 7},
        {"name": "features again", "project": str(folder / "features")},
        {"name": "half known", "project": str(folder / "features"), "cache": str(folder / "cache")},
        {"name": "paused", **begin, "what": "pause", "at": 6, "who": 1},
        {"name": "cancelled", **begin, "what": "cancel", "at": 5, "who": 1},
        {"name": "broken", **begin, "unreadable": [0, 1, 2, 3]},
        {"name": "different", **begin, "differ": True},
        {"name": "synchronised", **begin, "options": {"sync_batch_norm": True}},
        # The second process finds no room for features from here on.
        {"name": "full", "project": str(folder / "features"), "options": {"batch_size": 3}, "full": True},
        {
            "name": "uncached",
            "project": str(folder / "features"),
            "options": {"batch_size": 3, "cache_features": False},
        },
        # The last one: a process ends in it.
        {"name": "failed", **begin, "what": "fail", "at": 3, "who": 1},
    ]
    ports = free_ports(3 * len(cases))
    for number, case in enumerate(cases):
        case["ports"] = ports[3 * number : 3 * number + 3]
    (folder / "cases.json").write_text(json.dumps(cases))
    done = together([sys.executable, str(Path(__file__).with_name("member.py")), str(folder)])
    statuses = [status for status, _, _ in done]
    assert statuses == [0, 1], done
    assert "of this process alone" in done[1][2]

    def said(name, rank=0):
        return json.loads((folder / f"{name}.{rank}.json").read_text())

    said.folder = folder
    return said


def curves(history):
    return [
        (row.train_loss, row.val_loss, row.train_accuracy, row.val_accuracy, row.learning_rate)
        for row in history
    ]


def both(said):
    return history_from_json(said["history"])


@pytest.mark.parametrize("name", ALIKE)
def test_two_processes_are_one_with_twice_the_batch(found, pets, name):
    options = replace(ALIKE[name], batch_size=2 * ALIKE[name].batch_size)
    network = without_chance(frozen=name in FROZEN)
    confirm(OWN_STEP)
    one = train(network, weights_of(build(network, seed=3)), pets, options, Silent())
    rows = both(found(name))
    assert curves(rows) == [pytest.approx(row, rel=1e-4, abs=1e-6) for row in curves(one.history)]
    assert found(name)["why"] == one.stopped_because == ("early" if name == "early" else "finished")
    assert len({row.train_loss for row in rows}) == len(rows)
    weights = read_layers(found.folder / f"{name}.0.safetensors")
    for layer_id in one.weights:
        for key, tensor in one.weights[layer_id].items():
            wanted = pytest.approx(tensor.flatten().tolist(), rel=1e-3, abs=1e-5)
            assert weights[layer_id][key].flatten().tolist() == wanted, (layer_id, key)


@pytest.mark.parametrize("name", [*ALIKE, "whole", "paused", "broken"])
def test_all_processes_hold_the_same_to_the_bit(found, name):
    first, second = found(name, 0), found(name, 1)
    assert first["digests"] == second["digests"]
    numbers = [[{**row, "seconds": 0} for row in one["history"]] for one in (first, second)]
    assert numbers[0] == numbers[1]
    assert first["why"] == second["why"]


def test_the_first_process_alone_tells(found):
    assert found("plain", 0)["device"].startswith("2 x CPU")
    assert found("plain", 0)["news"] > 3
    assert found("plain", 1)["news"] == 0


@pytest.mark.parametrize("at", [4, 7, 13])
def test_a_run_of_two_goes_on_bit_for_bit(found, at):
    for rank in (0, 1):
        assert found(f"crash {at}", rank)["digests"] == found("whole", rank)["digests"]
        rows = [
            [{**row, "seconds": 0} for row in found(name, rank)["history"]]
            for name in (f"crash {at}", "whole")
        ]
        assert rows[0] == rows[1]


def test_who_cancels_one_stops_all(found):
    assert [found("cancelled", rank)["why"] for rank in (0, 1)] == ["stopped", "stopped"]

    # All of them at the same batch.
    assert [found("cancelled", rank)["asked"] for rank in (0, 1)] == [5, 5]
    assert found("cancelled")["history"] == []


def test_who_pauses_one_holds_all(found):
    assert found("paused")["why"] == "finished"
    assert found("paused")["longest"] >= PAUSE
    assert found("paused")["digests"] == found("whole")["digests"]


def test_each_computes_its_own_features_and_finds_them_again(found):
    for rank in (0, 1):
        assert found("features again", rank)["digests"] == found("features")["digests"]
    assert found("features")["texts"][0] == "Computing what the frozen layers give for 45 pictures"
    # 23 pictures of the first process, 8 channels of 4 bytes each.
    known = "What the frozen layers give is known from an earlier run (736 B)."
    assert found("features again")["texts"][0] == known


def test_features_that_one_does_not_find_are_computed_anew_by_all(found):
    for rank in (0, 1):
        assert found("half known", rank)["digests"] == found("features")["digests"]
    text = "Computing what the frozen layers give for 45 pictures"
    assert text in found("half known")["texts"]
    assert text not in found("features again")["texts"]


def test_features_that_one_cannot_keep_are_used_by_none(found):
    for rank in (0, 1):
        assert found("full", rank)["digests"] == found("uncached")["digests"]
    [remark] = found("full")["remarks"]
    assert "fits neither in memory nor on disk (No space left" in remark


def test_layers_that_are_looked_at_show_the_gradient_of_all(found, pets):
    network = without_chance()
    heard = Recording(wants=frozenset({LAYERS}))
    options = replace(ALIKE["plain"], batch_size=8)
    train(network, weights_of(build(network, seed=3)), pets, options, heard)
    [first, *_] = [news for news in heard.news if isinstance(news, LayersNews)]
    wanted = {i: pytest.approx(r.gradient, rel=1e-4) for i, r in first.layers.items() if r.gradient}
    [shown, *_] = found("plain")["gradients"]
    assert {i: gradient for i, gradient in shown.items() if gradient} == wanted
    assert len(wanted) >= 3
    assert found("plain", 1)["gradients"] == []


def test_one_process_goes_on_with_the_same_batches(found, pets):
    network = without_chance()
    given = weights_of(build(network, seed=3))
    held = CheckpointFile(found.folder / "crash plain.crashed").read()
    assert held.values["place"]["batch"]
    with pytest.raises(TrainingError, match="cannot go on with 1 process") as refused:
        train(network, given, pets, OPTIONS, Silent(), begin_from=held)
    assert "cut for 2 processes" in refused.value.why
    run = train(network, given, pets, replace(OPTIONS, batch_size=8), Silent(), begin_from=held)
    wanted = [pytest.approx(row, rel=1e-4, abs=1e-6) for row in curves(both(found("plain")))]
    assert curves(run.history) == wanted


def test_one_process_goes_on_after_a_whole_epoch(found, pets):
    network = without_chance()
    held = CheckpointFile(found.folder / "crash between.crashed").read()
    assert (held.values["place"]["epoch"], held.values["place"]["batch"]) == (1, 0)
    run = train(network, weights_of(build(network)), pets, OPTIONS, Silent(), begin_from=held)
    assert (run.stopped_because, len(run.history)) == ("finished", 3)
    assert run.history[0] == both(found("crash between"))[0]


def test_pictures_that_one_cannot_read_are_told_by_the_first(found):
    assert found("broken")["why"] == "finished"
    assert any("4 pictures could not be read" in remark for remark in found("broken")["remarks"])


def test_processes_must_train_the_same(found):
    for rank in (0, 1):
        assert found("different", rank)["error"][1] == "Their options are not the same."


def test_batch_norm_is_not_synchronised_on_the_cpu(found):
    assert "on the CPU" in found("synchronised")["error"][0]


def test_a_process_that_ends_ends_the_others_soon(found):
    said = found("failed")
    assert said["error"][0] == "Another process of the training does not answer any more."
    assert said["seconds"] < 60


@contextmanager
def started(command):
    """A command in a group of its own, as a terminal would start it; ended with the test."""
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # Asked to end, it ends its own processes too.
        process.terminate()
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def kill_all(process):
    """As when the power fails: torchrun and all that it has started."""
    running = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for one in running:
        one.kill()
    psutil.wait_procs(running, timeout=60)


def torchrun(path, *more):
    """`torchrun` with two processes, as a user would start it."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    return started([*command, "-m", "designer", "train", str(path), "--json", *more])


def wait_for_an_epoch(process):
    for line in process.stderr:
        if line.startswith("epoch 1/"):
            return
    raise AssertionError("it ended before an epoch was over")


def test_torchrun_trains_a_project(pets, pets_folder, tmp_path):
    network = without_chance()
    path = tmp_path / "pets.netgraft"
    contents = project(path, network, OPTIONS, pets_folder)
    one = train(network, contents.weights, pets, replace(OPTIONS, batch_size=8), Silent())
    with torchrun(path, "--quiet") as process:
        told, errors = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, errors
    assert json.loads(told)["epochs"] == 3
    run = load_project(path, Silent()).runs[-1]
    assert curves(run.history) == [pytest.approx(row, rel=1e-4, abs=1e-6) for row in curves(one.history)]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is another thing there")
def test_ctrl_c_ends_the_processes_that_one_command_has_started(pets_folder, tmp_path):
    path = tmp_path / "pets.netgraft"
    project(path, make_tiny_network(), replace(OPTIONS, epochs=100_000, devices=2), pets_folder)
    with started([sys.executable, "-m", "designer", "train", str(path)]) as process:
        wait_for_an_epoch(process)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=LIMIT)
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
    run = load_project(path, Silent()).runs[-1]
    assert (run.stopped_because, run.device[:7]) == ("stopped", "2 x CPU")
    assert len(run.history) >= 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_run_that_was_killed_goes_on_under_torchrun(pets_folder, tmp_path):
    path = tmp_path / "pets.netgraft"
    options = replace(OPTIONS, epochs=100_000, schedule="constant", checkpoint_minutes=0.1)
    project(path, make_tiny_network(), options, pets_folder)
    with torchrun(path) as process:
        # Each epoch is a line; its checkpoint follows.
        next(line for line in process.stderr if list(state_folder().glob("runs/*/checkpoint")))
        kill_all(process)
    held = interrupted_run(path)
    assert held is not None
    with torchrun(path, "--quiet", "--resume", "--epochs", str(held.epoch + 2)) as process:
        told, errors = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, errors
    assert json.loads(told)["epochs"] == held.epoch + 2
    assert interrupted_run(path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is another thing there")
def test_ctrl_c_under_torchrun_keeps_what_was_trained(pets_folder, tmp_path):
    path = tmp_path / "pets.netgraft"
    project(path, make_tiny_network(), replace(OPTIONS, epochs=100_000), pets_folder)
    with torchrun(path) as process:
        wait_for_an_epoch(process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
    run = load_project(path, Silent()).runs[-1]
    assert run.stopped_because == "stopped"
    assert len(run.history) >= 1


@pytest.mark.parametrize(
    ("size", "count", "least", "wanted"),
    [
        (2, 8, 1, [4, 4]),
        (2, 7, 1, [3, 4]),
        (3, 8, 1, [2, 3, 3]),
        (3, 2, 1, [1, 1, 0]),
        (2, 3, 2, [3, 0]),
        (4, 7, 2, [2, 2, 3, 0]),
        (1, 1, 2, [1]),
        (2, 0, 1, [0, 0]),
    ],
)
def test_how_a_batch_is_cut(size, count, least, wanted):
    batch = list(range(100, 100 + count))
    shares = [Team(Member(rank, size), "cpu").cut(batch, least) for rank in range(size)]
    assert [len(share) for share in shares] == wanted
    assert [i for share in shares for i in share] == batch


def test_what_gloo_says_is_told_without_its_source():
    text = (
        "[/somewhere/gloo/transport/tcp/pair.cc:545] Read error [127.0.0.1]:14744: Connection reset by peer. "
        "This is typically caused by something else.\nMore."
    )
    error = lost(RuntimeError(text))
    assert error.why == "Read error [127.0.0.1]:14744: Connection reset by peer."
    assert lost(RuntimeError("mat1 and mat2 shapes cannot be multiplied")) is None


def test_the_place_comes_from_the_environment():
    assert Member.of_environment({}) == Member()
    assert Member.of_environment({"WORLD_SIZE": "4"}) == Member()
    given = {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4"}
    assert Member.of_environment(given) == Member(5, 8, 1, 4)
    assert not Member(5, 8, 1, 4).chief
    for wrong in ({"RANK": "x"}, {"RANK": "8"}, {"LOCAL_RANK": "4"}):
        with pytest.raises(TrainingError, match="does not know its place"):
            Member.of_environment({**given, **wrong})
