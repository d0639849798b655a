"""What a frozen backbone gives, computed once for all pictures and kept in memory."""

from __future__ import annotations

from contextlib import closing

import torch
from torch import Tensor

from designer.engine.module import NetworkModule, frozen_prefix
from designer.engine.process import SHARE, memory_budget
from designer.engine.training.batches import FeatureSource, PictureSource, Source, groups
from designer.engine.training.optimizing import Precision
from designer.messages import bytes_text, tr
from designer.network.network import Port
from designer.progress import Progress, StepNews
from designer.session.data import ImageData
from designer.session.options import TrainingOptions

BATCH = 32


def cache_features(
    source: Source,
    module: NetworkModule,
    outputs: tuple[Port, ...],
    data: ImageData,
    options: TrainingOptions,
    precision: Precision,
    progress: Progress,
) -> Source:
    """Run the frozen prefix over all pictures, and return a source of what it hands on.

    `source` itself is returned where no prefix has anything to compute, or where the values would
    not fit in memory; the user is told of the latter.

    Raises:
        Cancelled: by the user.
    """
    ports = needed_ports(module, outputs)
    if not ports or not isinstance(source, PictureSource):
        return source
    indices = (*data.training, *data.validation)
    size = min(options.batch_size, BATCH)
    wanted = groups(indices, size)
    values: dict[Port, Tensor] = {}
    rows: dict[int, int] = {}
    text = tr("Computing what the frozen layers give for {count} pictures", count=len(indices))
    progress.report(StepNews(text, 0.0))
    module.eval()
    with torch.no_grad(), closing(source.portions(wanted, keep=False)) as batches:
        for number, portion in enumerate(batches, 1):
            progress.hold()
            read = portion.indices
            if not read:
                continue
            with precision.autocast():
                found = module.run(portion.known, ports)
            if not values:
                need = sum(value[0].nbytes for value in found) * len(indices)
                if need > budget(source.device):
                    progress.report(StepNews(_too_large(need)))
                    return source
                values = {
                    p: v.new_empty((len(indices), *v.shape[1:])) for p, v in zip(ports, found, strict=True)
                }
            for port, value in zip(ports, found, strict=True):
                values[port][len(rows) : len(rows) + len(read)] = value
            rows.update({index: len(rows) + place for place, index in enumerate(read)})
            progress.report(StepNews(text, number / len(wanted)))
    if not rows:
        return source
    kept = {port: value[: len(rows)] for port, value in values.items()}
    return FeatureSource(rows, kept, source.labels[list(rows)].to(source.device))


def needed_ports(module: NetworkModule, outputs: tuple[Port, ...]) -> tuple[Port, ...]:
    """Boundary values that lead to `outputs`; empty when no layer with parameters lies before them."""
    network = module.network
    prefix = frozen_prefix(network)
    before = network.ancestors([port.layer for port in outputs])
    if not any(list(module.layer_module(i).parameters()) for i in prefix & before):
        return ()
    read = {
        Port(c.source, c.output) for c in network.connections if c.target in before and c.target not in prefix
    }
    return tuple(port for port in module.boundary() if port in read or port in outputs)


def budget(device: str) -> int:
    """Bytes that may be kept on `device`."""
    if device == "cuda":
        return int(torch.cuda.mem_get_info()[0] * SHARE)
    return memory_budget()


def _too_large(need: int) -> str:
    return tr(
        "What the frozen layers give would take {size} of memory: it is computed anew in each epoch.",
        size=bytes_text(need),
    )
