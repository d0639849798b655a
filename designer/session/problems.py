"""The sorts of problems that a network can have: what `Problem.code` may be."""

from __future__ import annotations

NO_INPUT = "no-input"
SEVERAL_INPUTS = "several-inputs"
NO_OUTPUT = "no-output"
SEVERAL_OUTPUTS = "several-outputs"
CYCLE = "cycle"
UNKNOWN_KIND = "unknown-kind"
SETTINGS = "settings"
"""The layer cannot be built with its settings."""

FEW_INPUTS = "few-inputs"
MANY_INPUTS = "many-inputs"
EMPTY_INPUT = "empty-input"
NO_SUCH_OUTPUT = "no-such-output"
"""It reads an output that the layer before it does not have."""

AFTER_END = "after-end"
"""It is fed by an output of the network."""

UNUSED = "unused"
"""It leads to no output."""

CUT_OFF = "cut-off"
"""The pictures do not reach the output."""

PICTURE_SIZE = "picture-size"
WIDTH = "width"
"""It takes another number of channels or features than it is given."""

RANK = "rank"
"""It takes another number of dimensions than it is given."""

LAST_SIZES = "last-sizes"
WINDOW = "window"
"""Its window is larger than the picture."""

JOIN = "join"
"""Its inputs cannot be combined."""

MIXED = "mixed"
"""What it gives mixes the pictures of a batch."""

VALUES = "values"
"""Its shape has another number of values than it is given."""

SHAPE = "shape"
"""It does not take what it is given, for some other reason."""

ANSWERS = "answers"
"""An output is not one answer for each picture."""

ANSWER_SHAPE = "answer-shape"
"""An output is not one number for each class."""

CLASSES = "classes"
"""An output has another number of values than there are classes."""

ALL_FROZEN = "all-frozen"
ONNX = "onnx"
WEIGHTS = "weights"
"""Its weights no longer fit: it will begin anew."""
