"""Remedies for problems, as edits: one row for each sort of problem that has one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from designer.catalog.fixes import ends, shapes, wiring
from designer.catalog.fixes.fix import CommonRemedy, Fix, Remedy
from designer.errors import DesignerError
from designer.network.network import Network
from designer.session import problems as codes
from designer.session.results import Facts, Problem

__all__ = ["COMMON_REMEDIES", "REMEDIES", "Fix", "Remedies", "fixes"]

REMEDIES: Mapping[str, Remedy] = {
    codes.NO_INPUT: ends.add_input,
    codes.SEVERAL_INPUTS: ends.keep_one_input,
    codes.NO_OUTPUT: ends.add_output,
    codes.SEVERAL_OUTPUTS: ends.keep_one_output,
    codes.PICTURE_SIZE: ends.fit_pictures,
    codes.ANSWER_SHAPE: ends.answer,
    codes.CLASSES: ends.fit_classes,
    codes.ALL_FROZEN: ends.unfreeze,
    codes.CYCLE: wiring.break_cycle,
    codes.FEW_INPUTS: wiring.more_inputs,
    codes.MANY_INPUTS: wiring.fewer_inputs,
    codes.EMPTY_INPUT: wiring.fill_input,
    codes.NO_SUCH_OUTPUT: wiring.first_output,
    codes.AFTER_END: wiring.before_end,
    codes.UNUSED: wiring.use,
    codes.CUT_OFF: wiring.reach_output,
    codes.UNKNOWN_KIND: wiring.replace_unknown,
    codes.SETTINGS: shapes.refit,
    codes.WIDTH: shapes.fit_width,
    codes.RANK: shapes.fit_rank,
    codes.LAST_SIZES: shapes.fit_last_sizes,
    codes.WINDOW: shapes.fit_window,
    codes.JOIN: shapes.fit_join,
    codes.MIXED: shapes.fit_mixed,
    codes.VALUES: shapes.fit_values,
}
"""Who finds the remedies of each sort of problem; the other sorts have none."""

COMMON_REMEDIES: Mapping[str, CommonRemedy] = {codes.UNUSED: wiring.delete_unused}
"""Who finds the remedies that all problems of one sort have in common; they come last."""

_OF_THE_WHOLE = (codes.NO_INPUT, codes.NO_OUTPUT, codes.ALL_FROZEN)
"""Problems that are no layer's."""


class Remedies:
    """Finds remedies for the problems of one network; what several have in common is found once.

    Args:
        network: as it is now.
        facts: what was inferred of it, for remedies that need shapes.
    """

    def __init__(self, network: Network, facts: Facts | None) -> None:
        self.network = network
        self.facts = facts
        self._common: dict[str, tuple[Fix, ...]] = {}

    def of(self, problem: Problem) -> tuple[Fix, ...]:
        """Remedies for a problem, the best first; () where none is known, or it is no longer there."""
        network, code = self.network, problem.code
        remedy, common = REMEDIES.get(code), COMMON_REMEDIES.get(code)
        if remedy is None or (problem.layer not in network and code not in _OF_THE_WHOLE):
            return ()
        if common is not None and code not in self._common:
            self._common[code] = self._tried(common(network, self.facts))
        return (*self._tried(remedy(network, self.facts, problem)), *self._common.get(code, ()))

    def _tried(self, made: Iterable[Fix]) -> tuple[Fix, ...]:
        found = []
        try:
            for fix in made:
                fix.edit.apply(self.network)
                found.append(fix)
        except DesignerError:
            # The network has been edited since the problem was told: what was found before that still does.
            return tuple(found)
        return tuple(found)


def fixes(network: Network, facts: Facts | None, problem: Problem) -> tuple[Fix, ...]:
    """Remedies for one problem: see `Remedies`."""
    return Remedies(network, facts).of(problem)
