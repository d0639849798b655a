"""What can be compared: the open network as it is, as it was saved, as it was opened, and any other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from designer.catalog.models import MODELS
from designer.jobs.comparing import Side
from designer.messages import tr
from designer.session.session import Session

NOW, SAVED, ORIGIN = "now", "saved", "origin"
FILE, MODEL = "file:", "model:"
"""What the key of a project file or of a pretrained model begins with."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the lists: `title` as shown, `part` 'open', 'files' or 'models'."""

    key: str
    title: str
    part: str


def choices(session: Session, files: tuple[Path, ...] = ()) -> tuple[Choice, ...]:
    """All that can be chosen now, in order; `files`: other project files that were chosen before."""
    found = []
    network = session.network
    if network is not None:
        found.append(Choice(NOW, tr("{name}, as it is now", name=network.name), "open"))
    if session.path is not None:
        found.append(Choice(SAVED, tr("{name}, as saved", name=session.path.name), "open"))
    if network is not None and network.origin in MODELS:
        title = tr("{title}, as it was opened", title=MODELS[network.origin].title)
        found.append(Choice(ORIGIN, title, "open"))
    found.extend(Choice(FILE + str(path), path.name, "files") for path in files)
    found.extend(Choice(MODEL + row.id, row.title, "models") for row in MODELS.values())
    return tuple(found)


def defaults(session: Session) -> tuple[str, str]:
    """Keys of what is compared at first: the network now with what it was; else two models."""
    keys = [choice.key for choice in choices(session)]
    if NOW in keys:
        former = next(key for key in (ORIGIN, SAVED, keys[-1]) if key in keys)
        return former, NOW
    return keys[0], keys[1]


def side_of(session: Session, choice: Choice) -> Side:
    """What is to be opened for a choice."""
    network = session.network
    if choice.key == NOW and network is not None:
        return Side(choice.title, network=network, weights=session.weights)
    if choice.key == SAVED:
        return Side(choice.title, path=session.path)
    if choice.key == ORIGIN and network is not None:
        return Side(choice.title, model=network.origin)
    if choice.key.startswith(FILE):
        return Side(choice.title, path=Path(choice.key.removeprefix(FILE)))
    return Side(choice.title, model=choice.key.removeprefix(MODEL))
