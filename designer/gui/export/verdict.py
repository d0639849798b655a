"""What the comparison of a file with the network says, in words. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from designer.messages import bytes_text, tr
from designer.session.results import ExportedFile, Parity

TOLERANCE = 1e-3
"""Greatest difference that is called agreement, as a share of the greatest output."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a file agrees with the network, and one sentence that says so."""

    agrees: bool
    text: str


def relative(parity: Parity) -> float:
    """The greatest difference as a share of the greatest output."""
    return parity.max_abs_diff / parity.scale if parity.scale > 0 else parity.max_abs_diff


def verdict(parity: Parity) -> Verdict:
    """Agreement: a difference of rounding alone, and the same first class for every picture."""
    if relative(parity) > TOLERANCE or not parity.max_abs_diff < float("inf"):
        return Verdict(False, tr("The outputs of the file differ from the network's."))
    if parity.images and parity.top1_agreement < 1:
        return Verdict(False, tr("The file tells another first class for some pictures."))
    if not parity.images:
        return Verdict(True, tr("The file gives the network's outputs."))
    return Verdict(
        True, tr("The file gives the network's outputs, and the same first class for every picture.")
    )


def rows(exported: ExportedFile, data_file: str = "") -> tuple[tuple[str, str], ...]:
    """Name and value of everything that is known of a file; `data_file`: name of a second one beside it."""
    parity = exported.parity
    second = ((tr("Second file"), tr("{name} (keep both together)", name=data_file)),) if data_file else ()
    pictures = (
        tr("{count} pictures", count=f"{parity.images:,}") if parity.images else tr("generated pictures")
    )
    return (
        (tr("Size"), bytes_text(exported.bytes)),
        *second,
        (tr("ONNX opset"), tr("{opset} (IR version {ir})", opset=exported.opset, ir=exported.ir_version)),
        (tr("Written by"), exported.exporter),
        (tr("Compared on"), pictures),
        (tr("Batch sizes"), ", ".join(map(str, parity.batches))),
        (
            tr("Greatest difference"),
            tr(
                "{difference} ({relative} of the greatest output, {scale})",
                difference=f"{parity.max_abs_diff:.2g}",
                relative=f"{relative(parity):.1e}",
                scale=f"{parity.scale:.3g}",
            ),
        ),
        (tr("Same first class"), f"{100 * parity.top1_agreement:.4g} %"),
    )
