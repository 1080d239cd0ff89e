"""Options that stand for a time only: how long, and what about it cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detente.case.dates import whole_months
from detente.case.model import Case, Issue
from detente.case.yamltext import Path
from detente.figures import agree, joined

__all__ = ["ends_of", "lapse_faults", "lapses"]


def lapses(case: Case) -> dict[tuple[str, str], int]:
    """(Issue, option) → the last month, counted from the date of the case, in which it stands."""
    found = {}
    for name, issue in case.issues.items():
        for id, option in issue.options.items():
            if isinstance(option.until, int):
                found[name, id] = option.until
            elif option.until is not None:
                assert case.as_of is not None
                found[name, id] = whole_months(case.as_of, option.until)
    return found


def ends_of(case: Case, package: Mapping[str, str]) -> dict[str, int]:
    """Issue → the last month of its option, of what stands for a time only in a package."""
    known = lapses(case)
    return {issue: known[issue, option] for issue, option in package.items() if (issue, option) in known}


def lapse_faults(case: Case) -> Iterator[tuple[Path, str]]:
    """What cannot be."""
    impatient = [f for f, wants in case.preferences.items() if wants.patience is None]
    for name, issue in case.issues.items():
        for id, option in issue.options.items():
            if option.until is None:
                continue
            at: Path = ("issues", name, "options", id, "until")
            if (why := _cannot(case, issue, id)) is not None:
                yield at, why
            elif case.ordinal:
                yield (
                    at,
                    "factions that only put situations in order have no points that could come to an end: remove it",
                )
            elif impatient:
                yield (
                    at,
                    f"what ends counts by everybody's patience, and {joined([repr(f) for f in impatient])} "
                    f"{agree(len(impatient), 'has', 'have')} none: add 'patience: [0.95, 0.98, 0.99]' there",
                )


def _cannot(case: Case, issue: Issue, id: str) -> str | None:
    until = issue.options[id].until
    if case.status_quo == "none" or issue.status_quo is None:
        return "without a status quo there is nothing to go back to: remove it"
    if id == issue.status_quo:
        return "this is the status quo, to which the issue goes back when another option ends: remove it"
    if issue.controlled_by == "outside":
        return "nobody agrees to what is decided outside, so that nothing comes to an end: remove it"
    if not issue.reversible:
        return "what cannot be undone does not end: remove it, or 'reversible: false'"
    if not isinstance(until, int):
        assert until is not None
        if case.as_of is None:
            return "it is counted from the date of the case: add 'as_of: DATE' at the top"
        if whole_months(case.as_of, until) < 1:
            return (
                f"what stands until {until} has ended within a month of the date of the case, {case.as_of}: leave the option out, or "
                "give a later day"
            )
    if case.world is not None:
        months = until if isinstance(until, int) else whole_months(case.as_of, until)  # type: ignore[arg-type]
        if months >= case.world.months:
            return f"the world is reckoned {case.world.months} months ahead, and it would still stand then: raise 'world: months', or remove it"
    return None
