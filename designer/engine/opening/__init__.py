"""Opening: from a pretrained model, or any module, to a network document and its weights."""

from designer.engine.opening.capturing import Opened, capture
from designer.engine.opening.pretrained import open_model, open_network

__all__ = ["Opened", "capture", "open_model", "open_network"]
