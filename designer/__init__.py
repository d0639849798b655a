"""Netgraft: graft a new head onto a pretrained network, train it, and export it, in one window.

In Python the same things are one import away::

    import designer

    project = designer.open("resnet18", weights=None)  # model id, .netgraft file or model file
    project.replace_head(5)  # or class names
    project.freeze_backbone()
    module = project.module()  # torch.nn.Module built from the edited graph
    project.save("flowers.netgraft")
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from designer.progress import Progress
    from designer.project import Project


def open(
    what: str | os.PathLike[str],
    weights: str | os.PathLike[str] | None = "default",
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Project:
    """Open a pretrained model, a project or a weights file as a `Project`.

    Loads torch, which takes some seconds the first time.

    Args:
        what: id of a pretrained model such as 'resnet18' (`netgraft models` lists them), a
            `.netgraft` file, or a file with the weights of a pretrained model.
        weights: 'default' for a model's own weights, downloaded when they are not here yet; None or
            'none' for fresh ones; or a weights file (`.pth`, `.safetensors`).
        seed: of fresh weights.
        progress: what is told how far it is; None for nobody.

    Raises:
        OpeningError, DownloadError, ProjectError: it cannot be opened; they say why and what to do.
    """
    from designer.opening import open_project

    return open_project(what, weights, seed=seed, progress=progress)
