"""Chance under control: a seed inside a step, the former state after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


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
