"""torch's two ONNX exporters behind one signature.

The older one runs the module once and writes down what TorchScript saw; the newer one goes through
torch.export. Both are right for the networks of torchvision; the older takes a fifth of the time or less.
"""

from __future__ import annotations

import contextlib
import io
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from designer.errors import ExportError
from designer.messages import tr

INPUT = "pictures"
OUTPUT = "scores"
BATCH = "batch"

# torch asserts when an export begins inside another, and both exporters change global settings.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Exporter:
    """One way from a module to a file.

    Attributes:
        name: 'torchscript' or 'dynamo'.
        least, most: opsets that it writes.
        export: takes the module, example pictures, the file, the opset (None: its own choice), and
            whether weights must lie outside the file. Raises ExportError.
        lean: it writes weights from where they lie, without copies; it goes first for large networks.
    """

    name: str
    least: int
    most: int
    export: Callable[[nn.Module, Tensor, Path, int | None, bool], None]
    lean: bool = False


def _torchscript(module: nn.Module, example: Tensor, file: Path, opset: int | None, large: bool) -> None:
    axes = {INPUT: {0: BATCH}, OUTPUT: {0: BATCH}}
    with _undisturbed():
        torch.onnx.export(
            module,
            (example,),
            str(file),
            dynamo=False,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes=axes,
            opset_version=opset or 17,
        )


def _dynamo(module: nn.Module, example: Tensor, file: Path, opset: int | None, large: bool) -> None:
    with _undisturbed():
        torch.onnx.export(
            module,
            (example,),
            str(file),
            dynamo=True,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim(BATCH)},),
            opset_version=opset,
            external_data=large,
            verbose=False,
        )


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """One export at a time, without prints; whatever an exporter raises becomes an ExportError."""
    fused = torch.backends.mha.get_fastpath_enabled()
    with _ONE_AT_A_TIME, torch.no_grad(), warnings.catch_warnings(), contextlib.ExitStack() as settings:
        warnings.simplefilter("ignore")
        settings.enter_context(contextlib.redirect_stdout(io.StringIO()))
        settings.enter_context(contextlib.redirect_stderr(io.StringIO()))
        settings.enter_context(_hushed())
        # The fused attention of evaluation mode is no ONNX operator; the plain one gives the same.
        torch.backends.mha.set_fastpath_enabled(False)
        try:
            yield
        except OSError:
            raise
        except Exception as error:  # an exporter may raise anything
            raise ExportError(tr("torch cannot export this network."), _first_line(error)) from error
        finally:
            torch.backends.mha.set_fastpath_enabled(fused)


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


EXPORTERS: tuple[Exporter, ...] = (
    Exporter("torchscript", 9, 20, _torchscript),
    Exporter("dynamo", 18, 25, _dynamo, lean=True),
)
"""In the order in which they are tried."""
