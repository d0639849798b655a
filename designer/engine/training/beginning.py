"""What a run begins with: its choices checked, its device chosen, and all its parts made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch

from designer.catalog.losses import positive_weights
from designer.engine.building import build
from designer.engine.data import Pictures, augmenting_of
from designer.engine.devices import ChosenDevice, choose
from designer.engine.labelling import labelling
from designer.engine.process import give_back_memory, memory_budget, prepare
from designer.engine.training.batches import PictureSource, groups
from designer.engine.training.checkpoints import Checkpoint, CheckpointFile, check_fingerprint
from designer.engine.training.checks import check_alike, check_choices, check_module, check_several
from designer.engine.training.custom import load
from designer.engine.training.failures import as_failure
from designer.engine.training.keeping import Keeper
from designer.engine.training.losses import Objective
from designer.engine.training.news import Teller
from designer.engine.training.optimizing import Precision
from designer.engine.training.running import synchronised
from designer.engine.training.seeding import seeded
from designer.engine.training.stages import learning_layers
from designer.engine.training.state import Training
from designer.engine.training.team import ALONE, Member, Team, joined
from designer.engine.weights import Weights
from designer.network.network import Network
from designer.progress import Progress
from designer.session.data import ImageData
from designer.session.options import TrainingOptions


@contextmanager
def begun(
    network: Network,
    weights: Weights,
    data: ImageData,
    options: TrainingOptions,
    progress: Progress,
    *,
    checkpoints: CheckpointFile | None = None,
    begin_from: Checkpoint | None = None,
    member: Member = ALONE,
) -> Iterator[tuple[Training, ChosenDevice]]:
    """A run before its first stage, and its device; see `train` for what is given.

    It works on copies of the weights. Several processes wait here for each other. At the end torch's
    global random state is as it was, and freed memory is given back.

    Raises:
        TrainingError: it cannot start; within, torch's errors that a user can mend become such ones.
        NetworkError: the network cannot be built.
        DesignerError: an option is out of bounds.
    """
    check_choices(network, data, options)
    if begin_from is not None:
        check_fingerprint(begin_from, network, data)
    prepare()
    chosen = choose(options.device)
    given = Weights() if options.from_scratch else weights
    if member.size > 1:
        chosen = replace(chosen, title=f"{member.size} x {chosen.title}")
    try:
        with joined(member, chosen) as team, seeded(team.seed(options.seed), chosen.device):
            check_alike(team, network, data, options, begin_from)
            made = _made(network, given, data, options, chosen, progress, team, checkpoints, begin_from)
            yield made, chosen
    except (RuntimeError, MemoryError) as error:
        failure = as_failure(error, options)
        if failure is None:
            raise
        raise failure from error
    finally:
        give_back_memory()


def _made(
    network: Network,
    given: Weights,
    data: ImageData,
    options: TrainingOptions,
    chosen: ChosenDevice,
    progress: Progress,
    team: Team,
    checkpoints: CheckpointFile | None,
    begin_from: Checkpoint | None,
) -> Training:
    module = build(network, given, seed=options.seed)
    outputs = check_module(module, data)
    if options.sync_batch_norm and team.size > 1:
        module = synchronised(module)
    module.to(chosen.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    names = network.classes or data.classes
    labels = labelling(data.multilabel).truths(data, names)
    neighbours = team.member.neighbours
    pictures = Pictures(
        [picture.path for picture in data.pictures],
        network.preprocessing,
        memory_budget() // neighbours if neighbours > 1 else None,
        augmenting=augmenting_of(options, network.preprocessing),
    )
    found = dict(zip(data.classes, data.counts(data.training), strict=True))
    counts = [found[name] for name in names]
    before = begin_from.values if begin_from is not None else None
    custom = load(options.custom)
    if team.size > 1:
        check_several(options, chosen.device)
    positive = positive_weights(options, counts, len(data.training)) if data.multilabel else None
    return Training(
        built=module,
        data=data,
        options=options,
        outputs=outputs,
        pictures=PictureSource(pictures, labels, module, chosen.device),
        objective=Objective(options, counts, module.auxiliary_weights, chosen.device, custom, positive),
        precision=Precision(options.precision, chosen.device),
        keeper=Keeper(module, given, learning_layers(network, options), best=options.keep == "best"),
        teller=Teller(
            progress,
            options,
            len(groups(data.training, options.batch_size * team.size)),
            chosen.device,
            elapsed=before["elapsed"] if before else 0.0,
            done=before["place"]["iteration"] if before else 0,
        ),
        progress=progress,
        file=checkpoints,
        custom=custom,
        team=team,
    )
