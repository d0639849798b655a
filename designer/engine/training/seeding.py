"""Chance under control: a seed inside a step, the former state after it, and an order for each epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor


@contextmanager
def seeded(seed: int, device: str) -> Iterator[None]:
    """Seed torch's global generators of the CPU and of `device`; put their states back at the end."""
    cuda = [torch.cuda.current_device()] if device == "cuda" else []
    metal = torch.mps.get_rng_state() if device == "mps" else None
    try:
        with torch.random.fork_rng(devices=cuda):
            torch.default_generator.manual_seed(seed)
            if device == "cuda":
                torch.cuda.manual_seed(seed)
            elif device == "mps":
                torch.mps.manual_seed(seed)
            yield
    finally:
        if metal is not None:
            torch.mps.set_rng_state(metal)


def order_of_epoch(indices: Sequence[int], seed: int, epoch: int) -> list[int]:
    """`indices` in the order of an epoch: from seed and epoch alone, so that any epoch can be begun at."""
    generator = np.random.default_rng(np.random.SeedSequence((seed, epoch)))
    return [indices[place] for place in generator.permutation(len(indices)).tolist()]


def random_states(device: str) -> dict[str, Tensor]:
    """States of the generators that `seeded` seeds."""
    states = {"cpu": torch.get_rng_state()}
    if device == "cuda":
        states["cuda"] = torch.cuda.get_rng_state()
    elif device == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def set_random_states(states: dict[str, Tensor], device: str) -> None:
    """Put the generators into states that `random_states` gave."""
    torch.set_rng_state(states["cpu"])
    if device == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"])
    elif device == "mps" and "mps" in states:
        torch.mps.set_rng_state(states["mps"])
