"""Cases → what formats that only add can say of them: best estimates, one side for each faction that has a vote.

What a sum over issues cannot hold is refused by name (orders without points, no-deal values that a world computes, terms for options
together where a format has no place for them); what other formats have no place for, but no utility hangs on, is told of as lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from detente.case.model import Case, Preferences, Range, RelativeNoDeal
from detente.case.paths import factions_of, merged
from detente.clean import clean_line
from detente.errors import UsageError
from detente.figures import joined, plural
from detente.formats.domain import WHOLE, Domain, Issue, Side, Term, Told, folded, number

__all__ = ["additive", "faction_name", "level_names", "likeliest", "numbered", "ranges", "shifted"]

HUNDRED = Fraction(100)


def additive(case: Case, *, together: bool = False) -> Domain:
    """Issues that somebody settles, and what each faction makes of their options at best estimates.

    ``together``: whether the format can hold terms for options that stand together.

    Raises
    ------
    UsageError
        Something in the case is no sum over issues; the message names it.
    """
    factions = [
        f
        for f in factions_of(case)
        if f in case.preferences and case.parties[factions_of(case)[f]].role is None
    ]
    wants = {f: likeliest(case, f) for f in factions}
    for faction, one in wants.items():
        _refuse(faction, one, together)
    numbered(wants)
    fixed = {name for name, issue in case.issues.items() if issue.controlled_by == "outside"}
    if fixed and case.status_quo == "none":
        raise UsageError(
            f"{case.id}: nobody settles {joined(sorted(fixed))}, and there is no status quo at which it could stay"
        )
    kept = [name for name in case.issues if name not in fixed]
    names = [level_names(case, issue) for issue in kept]
    issues = tuple(Issue(_issue_name(case, issue), levels) for issue, levels in zip(kept, names, strict=True))
    sides = tuple(_side(case, faction, wants[faction], kept, fixed) for faction in factions)
    now = None
    if case.status_quo is None:
        now = tuple(list(case.issues[i].options).index(case.issues[i].status_quo or "") for i in kept)
    return Domain(case.title, issues, sides, tuple(_lost(case, wants, fixed)), now=now)


def numbered(wants: Mapping[str, Preferences]) -> None:
    """Refuse what no other format has numbers for: states that are only put in order, and no-deal values that a world computes."""
    for faction, one in wants.items():
        if one.ordinal:
            raise UsageError(
                f"preferences.{faction}: states in order without points are no utilities; type 'points', or 'weights' and 'values'"
            )
    if world := [f"preferences.{f}.no_deal" for f, one in wants.items() if one.no_deal == "from_outlook"]:
        raise UsageError(
            f"{joined(world)}: what the world makes of no deal ('from_outlook') is no number; type one for each, for this once with "
            f"--set {world[0]}=NUMBER"
        )


def likeliest(case: Case, faction: str) -> Preferences:
    """What a faction wants, its likeliest reading taken for true."""
    base, readings = case.preferences[faction], case.readings.get(faction, {})
    if not readings:
        return base
    return merged(base, max(readings.values(), key=lambda r: r.prior.median).preferences)


def _refuse(faction: str, wants: Preferences, together: bool) -> None:
    if wants.together and not together:
        named = joined([" with ".join(f"{i}={o}" for i, o in term.when.items()) for term in wants.together])
        raise UsageError(
            f"preferences.{faction}.together: points for {named} are no sum over issues, which is all that this format can hold; "
            "--negmas, --csv and --xlsx hold them"
        )


def _issue_name(case: Case, issue: str) -> str:
    name = clean_line(case.issues[issue].name or issue)
    others = [clean_line(spec.name or id) for id, spec in case.issues.items() if id != issue]
    return issue if name in others else name


def level_names(case: Case, issue: str) -> tuple[str, ...]:
    """What options are called in other files: by their names, or by their ids where two names are the same."""
    options = case.issues[issue].options
    names = tuple(clean_line(spec.name or id) for id, spec in options.items())
    return names if len(set(names)) == len(names) else tuple(options)


def faction_name(case: Case, faction: str) -> str:
    """The name of a faction, or of the party that is its own; its id where it has none."""
    party = case.parties[factions_of(case)[faction]]
    return party.factions.get(faction, party).name or faction


def _exact(value: Range | float) -> Fraction:
    return number(value.median if isinstance(value, Range) else value, "", "")


def _worth(case: Case, wants: Preferences) -> Mapping[str, Mapping[str, Fraction]]:
    """Issue → option → points, 0 where the faction is indifferent."""
    if wants.points is not None:
        table = {i: {o: _exact(v) for o, v in levels.items()} for i, levels in wants.points.items()}
    else:
        weights = {i: _exact(w) for i, w in wants.weights.items()}
        total = sum(weights.values(), start=Fraction(0)) or Fraction(1)
        table = {
            i: {o: weights[i] / total * _exact(v) for o, v in levels.items()}
            for i, levels in wants.values.items()
            if i in weights
        }
    idle = set(wants.indifferent)
    return {
        issue: {
            o: Fraction(0) if issue in idle else table.get(issue, {}).get(o, Fraction(0))
            for o in spec.options
        }
        for issue, spec in case.issues.items()
    }


def _side(case: Case, faction: str, wants: Preferences, kept: list[str], fixed: set[str]) -> Side:
    worth = _worth(case, wants)
    here = {i: worth[i][spec.status_quo] for i, spec in case.issues.items() if spec.status_quo is not None}
    stated = wants.no_deal
    assert stated != "from_outlook"
    if stated is None or isinstance(stated, RelativeNoDeal):
        above = Fraction(0) if stated is None else _exact(stated.status_quo)
        no_deal = above
        if case.status_quo is None:
            no_deal += sum(here.values(), start=Fraction(0))
            no_deal += sum(
                (_exact(t.add) for t in wants.together if _stands(case, t.when)), start=Fraction(0)
            )
    else:
        no_deal = _exact(stated)
    no_deal -= sum((here[i] for i in fixed), start=Fraction(0))
    rows = tuple(tuple(worth[i].values()) for i in kept)
    terms = tuple(
        Term(
            {
                kept.index(i): list(case.issues[i].options).index(o)
                for i, o in term.when.items()
                if i not in fixed
            },
            _exact(term.add),
        )
        for term in wants.together
        if _stands(case, {i: o for i, o in term.when.items() if i in fixed})
    )
    side = folded(Side(clean_line(faction_name(case, faction)), rows, no_deal, together=terms))
    best = sum((max(row) for row in side.worth), start=Fraction(0))
    best += sum((max(Fraction(0), term.add) for term in side.together), start=Fraction(0))
    whole = HUNDRED if wants.points is None else best if wants.max is None else _exact(wants.max)
    return replace(side, whole=whole if whole > 0 else Fraction(1))


def _stands(case: Case, when: Mapping[str, str]) -> bool:
    """Whether this is how issues stand."""
    return all(case.issues[i].status_quo == o for i, o in when.items())


def _lost(case: Case, wants: Mapping[str, Preferences], fixed: set[str]) -> Iterator[Told]:
    for id, one in wants.items():
        faction = clean_line(faction_name(case, id))
        judged = sum(not value.certain for value in ranges(one))
        if judged:
            yield Told("lost", faction, f"{plural(judged, 'range')}: best estimates stand for them")
        if case.readings.get(id):
            yield Told("lost", faction, "rival readings: the likeliest stands for them")
        if one.red_lines or one.firm:
            yield Told(
                "lost",
                faction,
                f"{plural(len(one.red_lines) + len(one.firm), 'line')} that it holds: agents may cross them",
            )
        if one.points is not None and one.max is None:
            best = "all that issues and terms could add up to" if one.together else "the best package"
            yield Told("assumed", faction, f"a utility of 1 is {best}: the case names no 'max'")
    for issue in sorted(fixed):
        yield Told("assumed", _issue_name(case, issue), "nobody settles it: it stays as it is")
    if case.impossible:
        yield Told(
            "lost",
            WHOLE,
            f"{plural(len(case.impossible), 'impossible combination')}: agents may agree on them",
        )
    if case.tracks or case.agreement is not None or any(p.accepts for p in case.parties.values()):
        yield Told("lost", WHOLE, "who has to agree: every side has to")


def ranges(wants: Preferences) -> Iterator[Range]:
    """Every judged number in what a faction wants."""
    yield from wants.weights.values()
    for table in (wants.values, wants.points or {}):
        for levels in table.values():
            yield from levels.values()
    yield from (term.add for term in wants.together)
    stated = wants.no_deal
    if isinstance(stated, Range | RelativeNoDeal):
        yield stated.status_quo if isinstance(stated, RelativeNoDeal) else stated


def shifted(side: Side) -> tuple[Side, tuple[Told, ...]]:
    """A side's utilities between 0 and 1, for formats that know no others: no row below 0, no sum above 1."""
    low = [min(Fraction(0), *row) for row in side.worth]
    rows = tuple(tuple(value - least for value in row) for row, least in zip(side.worth, low, strict=True))
    best = sum((max(row) for row in rows), start=Fraction(0))
    whole = max(side.whole or Fraction(1), best)
    told = []
    if any(low):
        told.append(
            Told(
                "assumed",
                side.name,
                f"{float(-sum(low)):g} points on every package and on no deal, so that none is below 0",
            )
        )
    if whole != side.whole:
        told.append(
            Told(
                "assumed",
                side.name,
                f"a utility of 1 is {float(whole):g} points, the best package, so that none is above 1",
            )
        )
    return Side(side.name, rows, side.no_deal - sum(low, start=Fraction(0)), whole), tuple(told)
