"""Opening: from a pretrained model, or any module, to a network document and its weights."""

from designer.engine.opening.capturing import Opened, capture

__all__ = ["Opened", "capture"]
