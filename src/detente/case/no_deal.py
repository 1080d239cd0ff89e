"""What a case says about no deal that cannot be: computed values, gestures, and a world that does not fit together."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from detente.case.model import Case
from detente.case.wired import compiled
from detente.case.yamltext import Offset, Path

__all__ = ["no_deal_faults", "no_deal_names"]


def no_deal_names(case: Case) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    """Every name used by gestures: where, what kind of name, the name, the names that there are."""
    for name, gesture in case.gestures.items():
        yield ("gestures", name, "by"), "faction with readings", gesture.by, case.readings
        for reading in gesture.likelihood if gesture.by in case.readings else ():
            here: Path = ("gestures", name, "likelihood", reading)
            yield here, f"reading of {gesture.by}", reading, case.readings[gesture.by]


def no_deal_faults(case: Case) -> Iterator[tuple[Path, str]]:
    """What cannot be; the last step of a path may be an :class:`~detente.case.yamltext.Offset`."""
    yield from _gestures(case)
    yield from _computed(case)
    for faction in case.computed:
        if case.world is None:
            yield (
                ("preferences", faction, "no_deal"),
                "'from_outlook' needs a block 'world'; or use {status_quo: range} or a number",
            )
        elif case.preferences[faction].patience is None:
            yield ("preferences", faction), "'no_deal: from_outlook' needs 'patience' as well"
    if case.world is None:
        for block in ("policies", "questions"):
            if getattr(case, block):
                yield (block,), f"'{block}' are about a world: add a block 'world'"
        return
    found = compiled(case)
    for fault in found if isinstance(found, list) else ():
        yield (*fault.place, *(() if fault.at is None else (Offset(fault.at),))), fault.message


def _gestures(case: Case) -> Iterator[tuple[Path, str]]:
    for name, gesture in case.gestures.items():
        if not any(likely.high for likely in gesture.likelihood.values()):
            yield (
                ("gestures", name, "likelihood"),
                "a gesture that nobody would make cannot be: one must be above 0",
            )
        readings = case.readings.get(gesture.by, {})
        if gesture.on is not None and case.as_of is not None and gesture.on <= case.as_of:
            for reading in sorted(set(readings) & set(gesture.likelihood)):
                if not gesture.likelihood[reading].high and readings[reading].prior.high:
                    yield (
                        ("gestures", name, "likelihood", reading),
                        f"it has been seen by the date of the case, so '{reading}', which would never have made it, cannot be "
                        "held any more: give it a small likelihood, or the reading a prior of 0",
                    )
        missing = set(readings) - set(gesture.likelihood)
        if missing:
            yield (
                ("gestures", name, "likelihood"),
                f"how likely is it under '{sorted(missing)[0]}'? Every reading of '{gesture.by}' needs a likelihood",
            )


def _computed(case: Case) -> Iterator[tuple[Path, str]]:
    for faction, readings in case.readings.items():
        for name, reading in readings.items():
            given = reading.preferences.no_deal
            here: Path = ("readings", faction, name, "preferences", "no_deal")
            if faction in case.computed and given is not None and given != "from_outlook":
                yield (
                    here,
                    f"the no-deal value of '{faction}' is 'from_outlook', under every reading, and this one would not count: "
                    "remove it, or type the value of the faction too",
                )
            elif faction not in case.computed and given == "from_outlook":
                yield (
                    here,
                    f"'from_outlook' is for a faction as a whole: write it at 'preferences: {faction}: no_deal', and remove "
                    "'no_deal' from its readings",
                )
