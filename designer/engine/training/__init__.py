"""Training: a network's weights, changed so that it tells the classes of pictures apart."""

from designer.engine.training.loop import train

__all__ = ["train"]
