"""What the program remembers between two starts, and where its files lie. No Qt.

Every setting is a row of `Settings`; the file is JSON in the user's configuration folder. A file that
cannot be read is set aside, never overwritten unread.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

RECENT = 12
"""How many recent projects are remembered."""


@dataclass(frozen=True)
class Settings:
    """Remembered values.

    Attributes:
        recent: project files, newest first.
        appearance: 'system', 'light' or 'dark'.
        last_folder: where a file dialog begins.
        window: position and size of the window as text, '' when unknown.
        columns: columns of the table of layers as text, '' when unknown.
        trusted: SHA-256 of the files with code of their own that the user has confirmed.
    """

    recent: tuple[str, ...] = ()
    appearance: str = "system"
    last_folder: str = ""
    window: str = ""
    columns: str = ""
    trusted: tuple[str, ...] = ()

    def with_recent(self, path: Path) -> Settings:
        """These settings with `path` as the newest project."""
        newest = str(path.absolute())
        rest = tuple(name for name in self.recent if name != newest)
        return replace(self, recent=(newest, *rest)[:RECENT])


def configuration_folder() -> Path:
    """Where settings lie; `NETGRAFT_CONFIG` overrides it."""
    given = os.environ.get("NETGRAFT_CONFIG")
    return Path(given) if given else Path(platformdirs.user_config_dir("netgraft", appauthor=False))


def cache_folder() -> Path:
    """Where downloaded weights and samples lie; `NETGRAFT_CACHE` overrides it."""
    given = os.environ.get("NETGRAFT_CACHE")
    return Path(given) if given else Path(platformdirs.user_cache_dir("netgraft", appauthor=False))


def state_folder() -> Path:
    """Where training runs are kept until their project has been saved; `NETGRAFT_STATE` overrides it."""
    given = os.environ.get("NETGRAFT_STATE")
    return Path(given) if given else Path(platformdirs.user_state_dir("netgraft", appauthor=False))


def load() -> Settings:
    """The remembered settings, defaults where there are none."""
    file = configuration_folder() / "settings.json"
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        known = {field.name: value[field.name] for field in fields(Settings) if field.name in value}
        for field in ("recent", "trusted"):
            known[field] = tuple(str(name) for name in known.get(field, ()))
        return Settings(**known)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, TypeError):
        if file.exists():
            os.replace(file, file.with_suffix(".unreadable"))
        return Settings()


def change(**values: Any) -> None:
    """Remember these values beside the others."""
    save(replace(load(), **values))


def save(settings: Settings) -> None:
    """Remember `settings`: written beside and put in place in one move."""
    file = configuration_folder() / "settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".part")
    temporary.write_text(json.dumps(asdict(settings), indent=1), encoding="utf-8")
    os.replace(temporary, file)
