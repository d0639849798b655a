"""A file of the user's own: confirmed first, then as good as what is built in."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer import settings
from designer.engine.building import build, weights_of
from designer.engine.training import train
from designer.engine.training.custom import confirm, load
from designer.errors import TrainingError, UnconfirmedCodeError
from designer.progress import Silent
from designer.session.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=3, batch_size=8, learning_rate=1e-2, device="cpu")


@pytest.fixture
def written(tmp_path):
    def write(code, confirmed=True):
        path = tmp_path / "own.py"
        path.write_text(code)
        if confirmed:
            confirm(path)
        return str(path)

    return write


def digests(run):
    return {i: run.weights.digest(i) for i in run.weights}


def test_nothing_is_run_before_it_is_confirmed(written, tiny_network, pets, tmp_path):
    mark = tmp_path / "mark"
    path = written(f"open({str(mark)!r}, 'w')\ndef loss(a, l): pass", confirmed=False)
    with pytest.raises(UnconfirmedCodeError) as caught:
        train(tiny_network, weights_of(build(tiny_network)), pets, replace(OPTIONS, custom=path), Silent())
    assert str(caught.value.path) == path
    assert "name it with --custom" in caught.value.remedy
    assert not mark.exists()
    confirm(caught.value.path)
    load(path)
    assert mark.exists()
    # What has been changed since is another file.
    (tmp_path / "own.py").write_text("import os\ndef loss(a, l): pass")
    with pytest.raises(UnconfirmedCodeError):
        load(path)
    assert len(settings.load().trusted) == 1


def test_a_loss_of_ones_own(written, tiny_network, pets):
    """The built-in loss, written once more by the user, gives the same bits."""
    path = written(
        "from torch.nn import functional\n"
        "def loss(answers, labels):\n"
        "    return functional.cross_entropy(answers, labels, reduction='none')\n"
    )
    given = weights_of(build(tiny_network, seed=3))
    plain = train(tiny_network, given, pets, OPTIONS, Silent())
    own = train(tiny_network, given, pets, replace(OPTIONS, custom=path), Silent())
    assert digests(own) == digests(plain)
    half = written(
        "from torch.nn import functional as f\ndef loss(a, l): return f.mse_loss(a.softmax(1),"
        " f.one_hot(l, 3).float(), reduction='none').mean(1)\n"
    )
    squared = train(tiny_network, given, pets, replace(OPTIONS, loss="mean_squared_error"), Silent())
    theirs = train(tiny_network, given, pets, replace(OPTIONS, custom=half), Silent())
    for ours, other in zip(theirs.history, squared.history, strict=True):
        assert ours.train_loss == pytest.approx(other.train_loss, abs=1e-6)
        assert ours.val_loss == pytest.approx(other.val_loss, abs=1e-6)


def test_an_optimizer_of_ones_own(written, tiny_network, pets):
    path = written(
        "import torch\n"
        "def optimizer(groups, options):\n"
        "    return torch.optim.SGD(groups, lr=options.learning_rate, momentum=0.9, fused=True)\n"
    )
    given = weights_of(build(tiny_network, seed=3))
    network = tiny_network.with_layers(replace(tiny_network["fc"], weight_rate=10.0))
    plain = train(network, given, pets, replace(OPTIONS, optimizer="SGD"), Silent())
    own = train(network, given, pets, replace(OPTIONS, custom=path), Silent())
    assert digests(own) == digests(plain)


def test_a_step_of_ones_own(written, tiny_network, pets):
    plain_step = written("def training_step(step): return step.loss(step.run(), step.labels)\n")
    given = weights_of(build(tiny_network, seed=3))
    plain = train(tiny_network, given, pets, OPTIONS, Silent())
    own = train(tiny_network, given, pets, replace(OPTIONS, custom=plain_step), Silent())
    assert digests(own) == digests(plain)
    assert [row.train_accuracy for row in own.history] == [row.train_accuracy for row in plain.history]
    mixing = written(
        "import torch\n"
        "def training_step(step):\n"
        "    turned = {port: value.flip(0) for port, value in step.values.items()}\n"
        "    mixed = {port: 0.7 * value + 0.3 * turned[port] for port, value in step.values.items()}\n"
        "    answers = step.run(mixed)\n"
        "    return 0.7 * step.loss(answers, step.labels) + 0.3 * step.loss(answers, step.labels.flip(0))\n"
    )
    mixed = train(tiny_network, given, pets, replace(OPTIONS, custom=mixing, epochs=12), Silent())
    assert digests(mixed) != digests(plain)
    assert mixed.history[-1].val_loss < mixed.history[0].val_loss


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def loss(a, l:\n", "line 1"),
        ("import nothing_of_that_name\n", "nothing_of_that_name"),
        ("x = 1\n", "loss, optimizer, training_step"),
        ("def loss(a, l):\n    return a.sum()\n", "for 8 pictures"),
        ("def loss(a, l):\n    return 3\n", "int"),
        ("def loss(a, l):\n    y = 1\n    return a[99]\n", "line 3"),
        ("def optimizer(groups, options):\n    return None\n", "NoneType"),
        (
            "import torch\ndef optimizer(groups, options):\n"
            "    return torch.optim.SGD(groups[0]['params'], lr=1)\n",
            "factor",
        ),
        ("def training_step(step):\n    raise KeyError('oh')\n", "oh"),
    ],
)
def test_what_goes_wrong_in_it_is_told_with_the_line(written, tiny_network, pets, code, words):
    options = replace(OPTIONS, custom=written(code))
    with pytest.raises(TrainingError) as caught:
        train(tiny_network, weights_of(build(tiny_network)), pets, options, Silent())
    assert "own.py" in caught.value.what
    assert words in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TrainingError, match=r"No such file or directory\. Choose another file"):
        load(str(tmp_path / "none.py"))
    with pytest.raises(TrainingError, match="cannot be read"):
        confirm(tmp_path / "none.py")
    assert load("") is None


def test_random_state_is_left_alone_by_loading(written):
    before = torch.get_rng_state()
    load(written("def loss(a, l): return a\n"))
    assert torch.equal(torch.get_rng_state(), before)
