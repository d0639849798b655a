"""Where the files that come with the program lie, in a checkout and in an installed or frozen one."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def path(name: str) -> Path:
    """The file or folder `name` (with '/' between levels) among the program's resources.

    Raises:
        FileNotFoundError: there is none; the installation is incomplete.
    """
    for root in (_HERE / "_resources", _HERE.parent / "resources"):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"resource {name!r} is missing: the installation is incomplete")
