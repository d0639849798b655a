"""What the card of the check before the start shows: a pure function of what was found."""

from __future__ import annotations

from dataclasses import dataclass

from designer.gui.readiness import busy_reason
from designer.gui.training.texts import loss_text_of
from designer.messages import bytes_text, duration_text, short_time_text, tr
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.options import TrainingOptions
from designer.session.results import Hindrance, Trial

SHOWN = 3
"""Remarks that are shown at once."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked."""

    network: Network
    data: ImageData
    options: TrainingOptions

    def changed(self, now: Checked) -> tuple[str, ...]:
        """What has changed until `now`, in words."""
        ours, theirs = self.network, now.network
        parts = (
            (
                tr("The network"),
                ours is theirs
                or (ours.layers, ours.inputs, ours.classes, ours.preprocessing)
                == (theirs.layers, theirs.inputs, theirs.classes, theirs.preprocessing),
            ),
            (tr("The pictures"), self.data is now.data),
            (tr("The options"), self.options == now.options),
        )
        return tuple(name for name, same in parts if not same)


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure: its title, its text, and what just it says."""

    title: str
    text: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to be put right or done better.

    Attributes:
        text: what, why, and what to do.
        serious: training cannot start.
        button: text of the button that does it; '' where the user has to.
        step: name of the page that the button leads to.
        options: training options that it sets.
    """

    text: str
    serious: bool = True
    button: str = ""
    step: str = ""
    options: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True)
class CheckState:
    """The card as it is shown.

    Attributes:
        line: beside the title.
        stale: what is shown no longer holds.
        can_check: the button works; else `reason` says why not.
        running: a check goes on.
        remarks: sentences below; there are more of them in `all_remarks` where they would take much room.
    """

    line: str
    stale: bool = False
    can_check: bool = False
    reason: str = ""
    running: bool = False
    facts: tuple[Fact, ...] = ()
    advice: tuple[Advice, ...] = ()
    remarks: tuple[str, ...] = ()
    all_remarks: tuple[str, ...] = ()


def resolve(
    now: Checked | None,
    found: Trial | None = None,
    of: Checked | None = None,
    *,
    running: bool = False,
    busy_with: str = "",
) -> CheckState:
    """The state of the card.

    Args:
        now: what is open; None while the network or the pictures are missing.
        found: by the last check; None before the first.
        of: what that check was made of.
        running: a check goes on.
        busy_with: name of another job that holds the engine, or ''.
    """
    if running:
        return CheckState(tr("Trying a few batches on a copy ..."), running=True)
    reason = busy_reason(busy_with)
    if now is None:
        reason = tr("Open a network and choose pictures first.")
    if found is None or of is None or now is None:
        line = tr("Tries a few batches on a copy: device, memory, time, and what would stop the start.")
        return CheckState(line, can_check=not reason, reason=reason)
    changed = of.changed(now)
    line = tr("The check is out of date. Changed since: {what}.", what=_listed(changed)) if changed else ""
    if not changed:
        line = tr("Training cannot start like this.") if found.problems else tr("Training can start.")
    return CheckState(
        line,
        stale=bool(changed),
        can_check=not reason,
        reason=reason,
        facts=() if found.problems else _facts(found),
        advice=_advice(found, now.options, stale=bool(changed)),
        remarks=_shortened(found.remarks),
        all_remarks=found.remarks,
    )


def _shortened(remarks: tuple[str, ...]) -> tuple[str, ...]:
    if len(remarks) <= SHOWN:
        return remarks
    return (*remarks[: SHOWN - 1], tr("{count} more remarks.", count=len(remarks) - SHOWN + 1))


def _listed(parts: tuple[str, ...]) -> str:
    return ", ".join(part[:1].lower() + part[1:] for part in parts)


def _facts(found: Trial) -> tuple[Fact, ...]:
    how = {
        "measured": tr("The most that was held on the graphics card, for a batch of the chosen size."),
        "rise": tr("Measured: what the program took more while it tried."),
        "estimated": tr("Estimated from the shapes of the layers, for a batch of the chosen size."),
    }
    facts = [
        Fact(tr("Device"), found.device, found.reason),
        Fact(
            tr("Memory"),
            tr("{size} of {free}", size=bytes_text(found.memory), free=bytes_text(found.free)),
            " ".join((how.get(found.memory_found, ""), tr("Of what is free now."))).strip(),
        ),
        Fact(tr("An epoch"), _time(found.epoch_seconds), tr("Once all pictures are in memory, if they fit.")),
        Fact(tr("In all"), tr("about {time}", time=_time(found.seconds)), tr("All stages; estimated.")),
        Fact(
            tr("Waiting for pictures"),
            f"{100 * found.waiting:.0f} %",
            tr("Share of the time while pictures are read for the first time; estimated."),
        ),
    ]
    if found.features_seconds:
        text = tr("What the frozen layers give is computed once for all pictures.")
        facts.insert(2, Fact(tr("Features, once"), _time(found.features_seconds), text))
    return tuple(facts)


def _time(seconds: float) -> str:
    return short_time_text(seconds) if seconds < 0.1 else duration_text(seconds)


def _advice(found: Trial, options: TrainingOptions, *, stale: bool) -> tuple[Advice, ...]:
    """What to do; what has been done since is left out, and proposals that may hold no more."""
    rows = [_advice_of(problem) for problem in found.problems]
    if found.batch_size is not None and not stale:
        text = tr("A batch size of {size} is better. {why}", size=found.batch_size, why=found.batch_reason)
        size = found.batch_size
        rows.append(Advice(text, False, tr("Use {size}", size=size), options=(("batch_size", size),)))
    return tuple(row for row in rows if not (row.options and _are_set(row.options, options)))


def _are_set(wanted: tuple[tuple[str, int | str], ...], options: TrainingOptions) -> bool:
    return all(getattr(options, name) == value for name, value in wanted)


def _advice_of(problem: Hindrance) -> Advice:
    text = " ".join(part for part in (problem.what, problem.why, problem.remedy) if part)
    button = {"data": tr("Show the pictures"), "network": tr("Show the network")}.get(problem.step, "")
    values = dict(problem.options)
    if "accumulate" in values:
        button = tr("Use {size}, {count} per step", size=values["batch_size"], count=values["accumulate"])
    elif "batch_size" in values:
        button = tr("Use {size}", size=values["batch_size"])
    elif "device" in values:
        button = tr("Use automatic")
    elif "devices" in values:
        button = tr("Use {size}", size=values["devices"])
    elif "sync_batch_norm" in values:
        button = tr("Switch it off")
    elif "loss" in values:
        button = tr("Use {loss}", loss=loss_text_of(str(values["loss"])))
    elif "class_weights" in values:
        button = tr("Use no class weights")
    return Advice(text, True, button, problem.step, problem.options)
