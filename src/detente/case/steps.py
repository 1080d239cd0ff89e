"""What a case says about carrying an agreement out: its names, and what in it cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from detente.case.model import Case
from detente.case.paths import factions_of, leaf_paths
from detente.case.yamltext import Path

__all__ = ["step_faults", "step_names"]


def step_names(case: Case) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    """Every name used: where, what kind of name, the name, the names that there are."""
    factions = factions_of(case)
    voices = dict.fromkeys([*case.parties, *factions])
    # What is given to, taken from or ended for somebody without preferences would change nothing.
    wanting = dict.fromkeys(v for f in case.preferences for v in (factions.get(f, f), f))
    for n, together in enumerate(case.steps.simultaneous if case.steps else ()):
        for k, issue in enumerate(together):
            yield ("steps", "simultaneous", n, k), "issue", issue, case.issues
    for name, party in case.parties.items():
        for k, issue in enumerate(party.spoils.steps if party.spoils else ()):
            yield ("parties", name, "spoils", "steps", k), "issue", issue, case.issues
    for name, guarantee in case.guarantees.items():
        at: Path = ("guarantees", name)
        yield (*at, "given_by"), "party or faction", guarantee.given_by, voices
        for k, issue in enumerate(guarantee.covers):
            yield (*at, "covers", k), "issue", issue, case.issues
        for k, voice in enumerate(guarantee.punishes):
            yield (*at, "punishes", k), "party or faction with preferences", voice, wanting
        for key, amounts in (("worth", guarantee.worth), ("costs", guarantee.costs)):
            for faction in amounts:
                yield (*at, key, faction), "faction with preferences", faction, case.preferences
    for name, deadline in case.deadlines.items():
        for k, voice in enumerate(deadline.ends_for):
            yield ("deadlines", name, "ends_for", k), "party or faction with preferences", voice, wanting


def step_faults(case: Case) -> Iterator[tuple[Path, str]]:
    """What cannot be."""
    yield from _exchanges(case)
    yield from _guarantees(case)
    for name, party in case.parties.items():
        if party.spoils is not None and party.role != "spoiler":
            what = "has a vote" if party.role is None else f"is a {party.role}"
            yield (
                ("parties", name, "spoils"),
                f"'spoils' is for a party with 'role: spoiler', and '{name}' {what}: remove it here, or change its role"
                + ("; what tempts who has a vote is 'steps: temptation'" if party.role is None else ""),
            )
        for k, issue in enumerate(party.spoils.steps if party.spoils else ()):
            if issue in party.spoils.steps[:k]:  # type: ignore[union-attr]
                yield ("parties", name, "spoils", "steps", k), "this issue stands here twice"
    for name, deadline in case.deadlines.items():
        at: Path = ("deadlines", name, "on")
        if case.as_of is None:
            yield at, "a deadline is counted from the date of the case: add 'as_of: DATE' at the top"
        elif deadline.on <= case.as_of:
            yield at, f"a deadline must lie after the date of the case, {case.as_of}: found {deadline.on}"


def _exchanges(case: Case) -> Iterator[tuple[Path, str]]:
    parties = factions_of(case)
    for n, together in enumerate(case.steps.simultaneous if case.steps else ()):
        at: Path = ("steps", "simultaneous", n)
        if len(set(together)) < len(together):
            yield at, "an issue is named twice: a step is exchanged for steps of others"
            continue
        owners: dict[str, str] = {}
        for k, issue in enumerate(together):
            trees = case.issues[issue].controls if issue in case.issues else ()
            sides = {parties.get(name, name) for tree in trees for _, name in leaf_paths(tree, ())}
            for side in sorted(sides & set(owners)):
                yield (
                    (*at, k),
                    f"'{issue}' and '{owners[side]}' are both in the hands of '{side}': only steps of different "
                    "sides are exchanged",
                )
            owners.update(dict.fromkeys(sides, issue))


def _guarantees(case: Case) -> Iterator[tuple[Path, str]]:
    for name, guarantee in case.guarantees.items():
        at: Path = ("guarantees", name)
        kind = guarantee.kind
        needed = {"monitoring": "verify", "amnesty": "worth", "third_party": "forfeits"}
        for owner, key in needed.items():
            given = bool(getattr(guarantee, key)) if key == "worth" else getattr(guarantee, key) is not None
            if kind == owner and not given:
                yield at, f"a guarantee of kind '{kind}' needs '{key}'"
            if given and kind != owner and key != "forfeits":
                yield (*at, key), f"'{key}' is for guarantees of kind '{owner}': this one is '{kind}'"
        if guarantee.forfeits is not None and kind in ("monitoring", "amnesty"):
            yield (
                (*at, "forfeits"),
                "'forfeits' is for guarantees of kind 'third_party', 'escrow' or 'snap_back'",
            )
        if guarantee.until is not None:
            if kind in ("monitoring", "amnesty"):
                yield (
                    (*at, "until"),
                    f"'until' is for guarantees of kind 'snap_back', 'escrow' or 'third_party': this one is '{kind}'",
                )
            elif case.as_of is None:
                yield (*at, "until"), "it is counted from the date of the case: add 'as_of: DATE' at the top"
            elif guarantee.until <= case.as_of:
                yield (
                    (*at, "until"),
                    f"a guarantee that could be triggered until {guarantee.until} is gone by the date of the case, {case.as_of}: "
                    "leave it out",
                )
        if kind == "snap_back":
            for k, issue in enumerate(guarantee.covers):
                if issue in case.issues and not case.issues[issue].reversible:
                    yield (
                        (*at, "covers", k),
                        f"what cannot be undone cannot snap back, and '{issue}' is not reversible; an escrow holds it",
                    )
