"""Why a layer does not take what it is given, in the user's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from designer.catalog.kind import LayerKind
from designer.errors import NetworkError
from designer.messages import shape_text, tr
from designer.session import problems as codes


@dataclass(frozen=True, slots=True)
class Source:
    """What one input gives: name of the layer, shape without the batch, shape with it."""

    name: str
    shape: tuple[int, ...]
    whole: tuple[int, ...]


class MismatchError(NetworkError):
    """A layer does not take what it is given; `code` says in which way, see `session.problems`."""

    def __init__(self, error: NetworkError, code: str) -> None:
        super().__init__(error.what, error.why, error.remedy)
        self.code = code


_SAME_SHAPE = {"Add", "Multiply", "Subtract", "Divide", "Maximum", "Minimum"}


def explain(
    name: str, row: LayerKind, settings: Mapping[str, Any], sources: Sequence[Source], error: str
) -> MismatchError:
    """The error that says what layer `name` expects, and what it is given.

    Args:
        name: name of the layer.
        row: its kind.
        settings: all its settings.
        sources: what feeds it, in the order of its inputs.
        error: what torch said.
    """
    reasons = (
        (_rank, codes.RANK),
        (_width, codes.WIDTH),
        (_last_sizes, codes.LAST_SIZES),
        (_window, codes.WINDOW),
        (_joined, codes.JOIN),
        (_values, codes.VALUES),
    )
    for reason, code in reasons:
        found = reason(name, row, settings, sources)
        if found is not None:
            return MismatchError(found, code)
    given = ", ".join(tr("{shape} from '{name}'", shape=shape_text(s.shape), name=s.name) for s in sources)
    other = NetworkError(
        tr(
            "Layer '{name}' ({kind}) does not take {given}.",
            name=name,
            kind=row.title,
            given=given or tr("nothing"),
        ),
        tr("Torch says: {error}.", error=error.splitlines()[0].rstrip(".")),
        tr("Change its settings, or what feeds it."),
    )
    return MismatchError(other, codes.SHAPE)


def mixed(name: str, sources: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> MismatchError:
    """The error of a layer that broadcasts the pictures of a batch against each other.

    Args:
        name: name of the layer.
        sources: names of the layers that feed it.
        shapes: what these give, without the batch.
    """
    given = ", ".join(
        tr("{shape} from '{name}'", shape=shape_text(shape), name=source)
        for source, shape in zip(sources, shapes, strict=True)
    )
    error = NetworkError(
        tr("Layer '{name}' would mix the pictures of a batch.", name=name),
        tr(
            "It is given {given}: torch lines up the last sizes, the pictures of one with others.",
            given=given,
        ),
        tr("Give all of its inputs the same number of sizes, with Flatten or Reshape on one of them."),
    )
    return MismatchError(error, codes.MIXED)


def _rank(
    name: str, row: LayerKind, settings: Mapping[str, Any], sources: Sequence[Source]
) -> NetworkError | None:
    source = next((s for s in sources if row.ranks and len(s.whole) not in row.ranks), None)
    if source is None:
        return None
    return NetworkError(
        tr(
            "Layer '{name}' expects {wanted} but '{source}' gives {shape}.",
            name=name,
            wanted=_sizes(row),
            source=source.name,
            shape=shape_text(source.shape),
        ),
        "",
        tr("Move it to another place, or replace it by a layer for such values."),
    )


def _sizes(row: LayerKind) -> str:
    """In words, the shapes that it is made for."""
    attention = row.category == "Attention"
    if 4 in row.ranks:
        return tr("height × width × features") if attention else tr("channels × height × width")
    if attention:
        return tr("tokens × features")
    return tr("a list of features, or channels × length") if 2 in row.ranks else tr("channels × length")


def _width(
    name: str, row: LayerKind, settings: Mapping[str, Any], sources: Sequence[Source]
) -> NetworkError | None:
    setting = {"MultiheadAttention": "embed_dim", "RelativePositionalMultiHeadAttention": "feat_dim"}.get(
        row.key, "dim" if row.key.startswith("ShiftedWindow") else row.input_width
    )
    if not setting:
        return None
    along = -1 if row.key == "Linear" or row.category == "Attention" else 1
    for source in sources:
        if not source.whole or (along == 1 and len(source.whole) < 2):
            continue
        given = source.whole[along]
        if given != settings[setting]:
            return NetworkError(
                tr(
                    "Layer '{name}' expects {wanted} {unit} but '{source}' gives {given}.",
                    name=name,
                    wanted=settings[setting],
                    unit=_unit(row),
                    source=source.name,
                    given=given,
                ),
                "",
                tr("Set its {unit} to {given}, or replace the layer.", unit=_unit(row), given=given),
            )
    return None


def _unit(row: LayerKind) -> str:
    if row.key == "Linear":
        return tr("inputs")
    return tr("features") if row.category == "Attention" else tr("channels")


def _last_sizes(
    name: str, row: LayerKind, settings: Mapping[str, Any], sources: Sequence[Source]
) -> NetworkError | None:
    if row.key not in ("LayerNorm", "LayerNorm2d"):
        return None
    wanted = tuple(settings["normalized_shape"])
    whole = sources[0].whole
    given = (whole[1],) if row.key == "LayerNorm2d" else whole[-len(wanted) :]
    if given == wanted:
        return None
    return NetworkError(
        tr(
            "Layer '{name}' expects {wanted} at the end but '{source}' gives {shape}.",
            name=name,
            wanted=shape_text(wanted),
            source=sources[0].name,
            shape=shape_text(sources[0].shape),
        ),
        "",
        tr("Set its shape to {given}, or replace the layer.", given=shape_text(given)),
    )


def _window(
    name: str, row: LayerKind, settings: Mapping[str, Any], sources: Sequence[Source]
) -> NetworkError | None:
    if "kernel_size" not in settings or row.key.startswith("ConvTranspose"):
        return None
    sides = row.setting("kernel_size").sides
    sizes = [
        _each(settings.get(key, default), sides)
        for key, default in (("kernel_size", 1), ("padding", 0), ("dilation", 1))
    ]
    if not all(len(each) == sides for each in sizes) or len(sources[0].whole) <= sides:
        return None
    kernel, padding, dilation = sizes
    reach = [d * (k - 1) + 1 - 2 * p for k, p, d in zip(kernel, padding, dilation, strict=True)]
    size = sources[0].whole[-sides:]
    if all(r <= s for r, s in zip(reach, size, strict=True)):
        return None
    return NetworkError(
        tr(
            "The window of layer '{name}', {window}, is larger than the {shape} that '{source}' gives.",
            name=name,
            window=shape_text(kernel),
            shape=shape_text(size),
            source=sources[0].name,
        ),
        "",
        tr("Use a smaller window, more padding, or a larger picture."),
    )


def _each(value: Any, sides: int) -> tuple[int, ...]:
    return (value,) * sides if isinstance(value, int) else tuple(value)


def _joined(
    name: str, row: LayerKind, settings: Mapping[str, Any], sources: Sequence[Source]
) -> NetworkError | None:
    if row.key not in _SAME_SHAPE and row.key != "Concat":
        return None
    first = sources[0]
    other = next((s for s in sources[1:] if not _goes(row, settings, first, s)), None)
    if other is None:
        return None
    return NetworkError(
        tr(
            "Layer '{name}' cannot combine {first} from '{a}' with {second} from '{b}'.",
            name=name,
            first=shape_text(first.shape),
            a=first.name,
            second=shape_text(other.shape),
            b=other.name,
        ),
        "",
        tr("Give both the same shape, for example with a convolution on one of them."),
    )


def _goes(row: LayerKind, settings: Mapping[str, Any], first: Source, other: Source) -> bool:
    if row.key == "Concat":
        if len(first.whole) != len(other.whole):
            return False
        along = settings["dim"] % len(first.whole)
        pairs = enumerate(zip(first.whole, other.whole, strict=True))
        return all(a == b for n, (a, b) in pairs if n != along)
    pairs_from_end = zip(reversed(first.whole), reversed(other.whole), strict=False)
    return all(a == b or 1 in (a, b) for a, b in pairs_from_end)


def _values(
    name: str, row: LayerKind, settings: Mapping[str, Any], sources: Sequence[Source]
) -> NetworkError | None:
    if row.key != "Reshape":
        return None
    return NetworkError(
        tr(
            "Layer '{name}' cannot make the shape {wanted} of the {shape} that '{source}' gives.",
            name=name,
            wanted=shape_text(settings["shape"]),
            source=sources[0].name,
            shape=shape_text(sources[0].shape),
        ),
        tr("The number of values differs."),
        tr("Change its shape: one size may be -1 and follows from the others."),
    )
