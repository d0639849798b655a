"""Weights files: read a state dict from `.pth`, `.pt`, `.bin` or `.safetensors` without running code.

Pickles are read with `weights_only=True` alone: torch then builds tensors and plain containers and
refuses everything else, so that a stranger's file cannot run a program.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from designer.errors import OpeningError
from designer.messages import tr

SUFFIXES = (".pth", ".pt", ".bin", ".safetensors")
"""Endings of files that are offered as weights; the content decides how they are read."""

_NESTED = ("state_dict", "model_state_dict", "model")
_PREFIX = "module."


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a weights file by name, in the file's order, on the CPU.

    A file may hold a state dict, or a table that has one under 'state_dict', 'model_state_dict' or
    'model'. A 'module.' before every name, which parallel training leaves there, is taken off.

    Raises:
        OpeningError: the file is missing, not a weights file, damaged, holds something other than
            tensors, or no tensors at all.
    """
    tensors = _tensors(path, _read(path))
    if not tensors:
        raise OpeningError(
            tr("'{name}' holds no weights.", name=path.name),
            tr("There are no tensors in it."),
            tr("Give a file that was saved from a network's state dict."),
        )
    if all(name.startswith(_PREFIX) for name in tensors):
        tensors = {name.removeprefix(_PREFIX): tensor for name, tensor in tensors.items()}
    return tensors


def _read(path: Path) -> object:
    """What the file holds; the first bytes say how it is read."""
    try:
        if path.is_dir():
            raise OpeningError(
                tr("'{name}' cannot be read as weights.", name=path.name),
                tr("It is a folder."),
                tr("Choose a file: {suffixes}.", suffixes=", ".join(SUFFIXES)),
            )
        with path.open("rb") as file:
            head = file.read(9)
    except OSError as error:
        raise OpeningError(
            tr("'{name}' cannot be read as weights.", name=path.name),
            tr("There is no such file.") if isinstance(error, FileNotFoundError) else f"{error.strerror}.",
            tr("Check the name and the folder: {path}", path=path),
        ) from error
    if head[:4] == b"PK\x03\x04" or head[:1] == b"\x80":
        return _read_pickle(path, mapped=head[:2] == b"PK")
    # A safetensors file begins with the length of its header, which is a JSON object.
    if head[8:] == b"{" and int.from_bytes(head[:8], "little") < 2**27:
        return _read_safetensors(path)
    raise OpeningError(
        tr("'{name}' is not a weights file.", name=path.name),
        tr("It is empty.") if not head else tr("Its content is neither that of torch nor of safetensors."),
        tr("Choose a file that torch or safetensors has saved: {suffixes}.", suffixes=", ".join(SUFFIXES)),
    )


def _read_pickle(path: Path, mapped: bool) -> object:
    try:
        # Mapped, so that optimizer states beside the weights are never read from the disk.
        with warnings.catch_warnings():
            # torch warns of other pickle protocols than its own, on standard error.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        if "Unsupported" in str(error) or "weights_only" in str(error).lower():
            raise OpeningError(
                tr("'{name}' is not opened.", name=path.name),
                tr("It holds program code, or objects other than tensors, which could do harm."),
                tr("Save only the weights, with torch.save(model.state_dict(), file), and open that."),
            ) from error
        raise _damaged(path, error) from error
    except RuntimeError as error:
        if "TorchScript" in str(error):
            raise OpeningError(
                tr("'{name}' is not opened.", name=path.name),
                tr("It is a TorchScript program, not weights alone."),
                tr("Save only the weights, with torch.save(model.state_dict(), file), and open that."),
            ) from error
        raise _damaged(path, error) from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise _damaged(path, error) from error
    except (AssertionError, MemoryError, RecursionError, UnicodeError) as error:
        raise _damaged(path, error) from error


def _read_safetensors(path: Path) -> object:
    try:
        return safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise _damaged(path, error) from error


def _tensors(path: Path, value: object) -> dict[str, Tensor]:
    """The state dict in what was read: plain dense tensors, each with memory of its own."""
    if isinstance(value, Mapping):
        for key in _NESTED:
            if isinstance(value.get(key), Mapping):
                value = value[key]
                break
    if not isinstance(value, Mapping):
        return {}
    found = {}
    for name, tensor in value.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            continue
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.device.type != "cpu":
            raise OpeningError(
                tr("The weights '{tensor}' in '{name}' cannot be used.", tensor=name, name=path.name),
                tr("They are sparse, quantized or without values."),
                tr("Save the network with ordinary floating-point weights."),
            )
        found[name] = tensor.detach().clone(memory_format=torch.contiguous_format)
    return found


def _damaged(path: Path, error: BaseException) -> OpeningError:
    lines = str(error).strip().splitlines()
    return OpeningError(
        tr("'{name}' cannot be read as weights.", name=path.name),
        tr(
            "The file is cut short or damaged: {reason}.", reason=lines[0].rstrip(".")[:160] if lines else "?"
        ),
        tr("Get the file again, and compare its size with the original's."),
    )
