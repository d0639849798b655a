"""One training run in a process of its own: Netgraft's, or a plain loop of torchvision's reference style.

Reads a task as JSON from its first argument and prints what came out as JSON. Used by training.py.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any


@dataclass
class Task:
    """What to run.

    Attributes:
        network: key of the catalog.
        side: 'netgraft', 'loop', or 'pretraining', which writes `weights`.
        tuned: for the loop: threads and malloc set as Netgraft sets them.
        frozen: backbone frozen and a new head, or everything learns.
        workers: of the loop's DataLoader.
        folder: pictures, one folder for each class.
        pictures: how many of them, the same share of each class; 0 for all.
        weights: what a backbone begins with: a file, 'default' for those of the catalog, 'none' for chance.
    """

    network: str
    side: str
    tuned: bool
    frozen: bool
    epochs: int
    workers: int
    folder: str
    pictures: int
    weights: str = "none"
    batch: int = 32
    seed: int = 0


@dataclass
class Outcome:
    """What came out; times in seconds from the first batch on, import and building left out.

    Attributes:
        epochs: for each, seconds since the start and validation accuracy.
        cpu: of the process and its workers.
        waiting: seconds in which nothing ran but loading; where threads read and compute in turns, the
            seconds of reading over the number of threads.
        memory: peak, bytes; that of the largest worker is added, if there are any.
        trained: pictures that an epoch trains on.
    """

    epochs: list[tuple[float, float]] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0
    waiting: float = 0.0
    memory: int = 0
    trained: int = 0


def cpu_time() -> float:
    """Of this process and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def waited(items: Iterator[Any], outcome: Outcome) -> Iterator[Any]:
    """The items, the time that each takes to come added up."""
    while True:
        began = time.perf_counter()
        try:
            item = next(items)
        except StopIteration:
            return
        finally:
            outcome.waiting += time.perf_counter() - began
        yield item


def timed(read: Callable[[], Any], outcome: Outcome, share: float) -> Any:
    """What is read; a share of the time counts."""
    began = time.perf_counter()
    found = read()
    outcome.waiting += share * (time.perf_counter() - began)
    return found


def prepared(task: Task) -> tuple[Any, Any, Any]:
    """Network, weights and pictures, the same for both sides."""
    from designer.catalog.actions import freeze_backbone, replace_head
    from designer.engine.data import read_folder
    from designer.engine.opening import open_model
    from designer.progress import Silent

    data = read_folder(Path(task.folder), 0.2, task.seed, None, Silent())
    if task.pictures:
        share = task.pictures / len(data.pictures)
        training = data.training[:: max(1, round(1 / share))]
        data = replace(data, training=training, validation=data.validation[:: max(1, round(1 / share))])
    opened = open_model(task.network, task.weights, task.seed, Silent())
    network = replace_head(opened.network, data.classes).apply(opened.network)
    # One rate for all, as the loop has it: a new head would learn ten times as fast.
    network = network.with_layers(*(replace(layer, weight_rate=1.0, bias_rate=1.0) for layer in network))
    if task.frozen:
        return freeze_backbone(network).apply(network), opened.weights, data
    # The checkpoint's 0.01 adapts too slowly to be trained with, on either side.
    norms = [layer for layer in network if layer.kind == "BatchNorm2d"]
    network = network.with_layers(
        *(replace(layer, settings={**layer.settings, "momentum": 0.1}) for layer in norms)
    )
    return network, opened.weights, data


def rate_of(task: Task) -> float:
    """Learning rate."""
    return 1e-3 if task.frozen else 3e-4


def netgraft(task: Task) -> Outcome:
    """Netgraft's training."""
    import torch

    from designer.engine.data import Pictures
    from designer.engine.training import train
    from designer.engine.training.batches import PictureSource
    from designer.progress import Silent, StageNews
    from designer.session.options import TrainingOptions
    from designer.session.results import EpochRow

    network, weights, data = prepared(task)
    outcome = Outcome(trained=len(data.training))
    # From outside, so that what goes into reading while features are computed counts too.
    portions, batch = PictureSource.portions, Pictures.batch
    PictureSource.portions = lambda *given, **named: waited(portions(*given, **named), outcome)  # type: ignore
    # Each thread reads what it works on, and does nothing else then.
    share = 1 / torch.get_num_threads()
    Pictures.batch = lambda *given, **named: timed(partial(batch, *given, **named), outcome, share)  # type: ignore

    began, used = [0.0], [0.0]

    class Watching(Silent):
        def report(self, news: object) -> None:
            if isinstance(news, StageNews):
                # The network is built, as that of the loop is when its time begins.
                began[0], used[0] = time.perf_counter(), cpu_time()
            elif isinstance(news, EpochRow):
                outcome.epochs.append((time.perf_counter() - began[0], news.val_accuracy))
            elif getattr(news, "text", None) and getattr(news, "done", None) in (None, 1.0):
                print(f"  {news.text}", file=sys.stderr)

    options = TrainingOptions(
        epochs=task.epochs, batch_size=task.batch, learning_rate=rate_of(task), seed=task.seed, device="cpu"
    )
    train(network, weights, data, options, Watching())
    outcome.wall, outcome.cpu = time.perf_counter() - began[0], cpu_time() - used[0]
    return outcome


def model_of(network: Any, weights: Any, name: str, seed: int) -> Any:
    """The loop's module: torchvision's own where it has one, with the weights that Netgraft begins with."""
    import torch
    import torchvision

    from designer.engine.building import build

    module = build(network, weights, seed=seed)
    if name == "efficientnet_lite0":
        return module
    theirs = getattr(torchvision.models, name)(weights=None, num_classes=len(network.classes))
    ours, keys = list(module.state_dict().values()), list(theirs.state_dict())
    assert [t.shape for t in ours] == [t.shape for t in theirs.state_dict().values()]
    theirs.load_state_dict(dict(zip(keys, ours, strict=True)))
    norm = torch.nn.modules.batchnorm._BatchNorm
    norms = ([part for part in model.modules() if isinstance(part, norm)] for model in (module, theirs))
    for own, other in zip(*norms, strict=True):
        other.momentum = own.momentum
    return theirs


def loaders_of(task: Task, network: Any, data: Any) -> tuple[Any, Any, Any]:
    """ImageFolder, torchvision's transforms and DataLoader, in the order of pictures that Netgraft takes."""
    import torch
    from torchvision import datasets, transforms

    from designer.engine.training.seeding import order_of_epoch

    recipe = network.preprocessing
    transform = transforms.Compose(
        [
            transforms.Resize(recipe.resize, transforms.InterpolationMode(recipe.interpolation)),
            transforms.CenterCrop(recipe.crop),
            transforms.ToTensor(),
            transforms.Normalize(recipe.mean, recipe.std),
        ]
    )
    pictures = datasets.ImageFolder(task.folder, transform)
    assert [path for path, _ in pictures.samples] == [str(picture.path) for picture in data.pictures]

    class Order:
        epoch = 0

        def __iter__(self) -> Iterator[int]:
            return iter(order_of_epoch(data.training, task.seed, self.epoch))

        def __len__(self) -> int:
            return len(data.training)

    order = Order()
    make = torch.utils.data.DataLoader
    training = make(pictures, task.batch, sampler=order, num_workers=task.workers)
    validation = make(
        torch.utils.data.Subset(pictures, data.validation), task.batch, num_workers=task.workers
    )
    return training, validation, order


def loop(task: Task) -> Outcome:
    """The plain loop: as torchvision's references/classification writes it, for one process."""
    import torch

    network, weights, data = prepared(task)
    model = model_of(network, weights, task.network, task.seed)
    head = [part for part in model.modules() if isinstance(part, torch.nn.Linear)][-1]
    if task.frozen:
        model.requires_grad_(False)
        head.requires_grad_(True)
    return learn(task, model, network, data)


def learn(task: Task, model: Any, network: Any, data: Any) -> Outcome:
    """The epochs of the plain loop."""
    import torch

    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.dim() > 1], "weight_decay": 1e-4},
        {"params": [p for p in trained if p.dim() < 2], "weight_decay": 0.0},
    ]
    training, validation, order = loaders_of(task, network, data)
    optimizer = torch.optim.AdamW(groups, lr=rate_of(task))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, task.epochs * len(training))
    criterion = torch.nn.CrossEntropyLoss()
    outcome = Outcome(trained=len(data.training))
    torch.manual_seed(task.seed)
    began, used = time.perf_counter(), cpu_time()
    for epoch in range(task.epochs):
        order.epoch = epoch + 1
        model.train()
        if task.frozen:
            # What a careful user does: statistics of frozen layers stay.
            for part in model.modules():
                if isinstance(part, torch.nn.modules.batchnorm._BatchNorm):
                    part.eval()
        for pictures, labels in waited(iter(training), outcome):
            loss = criterion(model(pictures), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loss.item()
        model.eval()
        right = 0
        with torch.inference_mode():
            for pictures, labels in waited(iter(validation), outcome):
                answer = model(pictures)
                criterion(answer, labels).item()
                right += int((answer.argmax(1) == labels).sum())
        outcome.epochs.append((time.perf_counter() - began, right / len(data.validation)))
    outcome.wall, outcome.cpu = time.perf_counter() - began, cpu_time() - used
    return outcome


def pretrain(task: Task) -> Outcome:
    """Let torchvision's module learn every second training picture, and write its weights."""
    import torch
    import torchvision

    network, _, data = prepared(replace(task, weights="none"))
    data = replace(data, training=data.training[::2])
    torch.manual_seed(task.seed)
    model = getattr(torchvision.models, task.network)(weights=None)
    for part in model.modules():
        if isinstance(part, torch.nn.modules.batchnorm._BatchNorm):
            part.momentum = 0.1
    outcome = learn(task, model, network, data)
    torch.save(model.state_dict(), task.weights)
    return outcome


def main() -> None:
    """Run the task."""
    task = Task(**json.loads(sys.argv[1]))
    if task.tuned or task.side == "netgraft":
        from designer.engine.process import before_torch, keep_freed_memory

        before_torch()
        keep_freed_memory()
    import torch
    import torchvision  # noqa: F401

    outcome = {"netgraft": netgraft, "loop": loop, "pretraining": pretrain}[task.side](task)
    # Without workers the only child is one that torch asks for libraries: a copy of this process for a while.
    counted = (resource.RUSAGE_SELF, *([resource.RUSAGE_CHILDREN] if task.workers else []))
    peaks = [resource.getrusage(who).ru_maxrss for who in counted]
    outcome.memory = sum(peaks) * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({**asdict(outcome), "threads": torch.get_num_threads(), "pid": os.getpid()}))


if __name__ == "__main__":
    main()
