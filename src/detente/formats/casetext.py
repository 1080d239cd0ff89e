"""Domains → case files: exact points wherever the arithmetic of a case holds them, and a step that is typed where it does not.

A side's utilities are multiplied by 100, or, where shares of thirds and sevenths make that endless, by the smallest number that makes
whole points of all of them. Multiplying the utilities of one side changes no comparison that a case makes. Decimals that a program wrote for
a fraction are read as that fraction. Where none of this fits, the points stand in the file in full and the side's ``step`` says to what they are rounded.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from detente.case.yamltext import scalar
from detente.clean import clean_line
from detente.figures import typed
from detente.formats.domain import WHOLE, Domain, Side, Told, decimals, ids

__all__ = ["case_of", "rounding", "text_of", "told_in"]

HUNDRED = Fraction(100)
ROOM = Fraction(999, 1000)
"""Of the grid steps that there are: sums of floating-point numbers come out a hair above what they are."""
DENOMINATOR = 20_000
NOISE = Fraction(4, 10**16)
FRACTIONS = "decimals that differ from a fraction (2/3, 54/269) by the last digit of double precision alone are that fraction, so that ties are ties"
NOTE = 1_900
"""Letters of a note; the format has 2,000."""


class _Unit(NamedTuple):
    factor: Fraction
    """Points for each unit of the side's worth."""
    step: float | None


def case_of(domain: Domain, id: str) -> tuple[dict[str, Any], list[Told]]:
    """A domain as the keys of a case file, and what is told of it beside what the domain tells."""
    parties = ids([side.name for side in domain.sides])
    issues = ids([issue.name for issue in domain.issues])
    options = [ids(issue.levels) for issue in domain.issues]
    told = list(domain.told)
    preferences: dict[str, Any] = {}
    for party, side in zip(parties, domain.sides, strict=True):
        meant, unit, more = _carried(side)
        preferences[party] = _preferences(meant, unit, issues, options)
        told += [*more, *_said(side, unit)]
    note = {where: told_in(told, where) for where in dict.fromkeys(t.where for t in told)}
    now = domain.now
    case = {
        "detente": 1,
        "id": id,
        "title": clean_line(domain.title)[:200] or id,
        **({"note": note[WHOLE]} if WHOLE in note else {}),
        **({} if now is not None else {"status_quo": "none"}),
        "parties": {p: _noted(side.name, note) for p, side in zip(parties, domain.sides, strict=True)},
        **_tables(domain, parties),
        "issues": {
            i: {
                **_noted(issue.name, note),
                **({} if now is None else {"status_quo": options[n][now[n]]}),
                "options": {o: _named(o, level) for o, level in zip(options[n], issue.levels, strict=True)},
            }
            for n, (i, issue) in enumerate(zip(issues, domain.issues, strict=True))
        },
        "preferences": preferences,
    }
    return case, told


def _named(id: str, name: str) -> dict[str, Any]:
    shown = clean_line(name)[:500]
    return {} if shown in ("", id) else {"name": shown}


def _noted(name: str, note: Mapping[str, str]) -> dict[str, Any]:
    shown = clean_line(name)[:500]
    return {"name": shown or "?", **({"note": note[name]} if name in note else {})}


def told_in(told: Iterable[Told], where: str) -> str:
    """What is said of one element, as its note."""
    parts: list[str] = []
    here = [t for t in told if t.where == where]
    for kind in ("given", "assumed", "lost"):
        said = "; ".join(clean_line(t.what) for t in here if t.kind == kind)
        parts += [f"{kind.capitalize()}: {said}."] if said else []
    text = " ".join(parts)
    return text if len(text) <= NOTE else f"{text[: NOTE - 20]} … (cut short)"


def _tables(domain: Domain, parties: Sequence[str]) -> dict[str, Any]:
    if domain.enough is None:
        return {}
    vetoes = [p for p, side in zip(parties, domain.sides, strict=True) if side.vetoes]
    enough = {"all": [*vetoes, {"at_least": {"k": domain.enough, "of": list(parties)}}]}
    return {
        "tracks": {
            "enough": {
                "name": f"At least {domain.enough}, all who have a veto among them",
                "parties": list(parties),
                "agreement": enough,
            },
            "everybody": {"name": "Everybody", "parties": list(parties)},
        }
    }


def _preferences(
    side: Side, unit: _Unit, issues: Sequence[str], options: Sequence[Sequence[str]]
) -> dict[str, Any]:
    points = {
        issue: {
            option: _number(value, side.spread.get((n, o)), unit)
            for o, (option, value) in enumerate(zip(options[n], side.worth[n], strict=True))
        }
        for n, issue in enumerate(issues)
    }
    terms = [
        {
            "when": {issues[n]: options[n][o] for n, o in term.when.items()},
            "add": _plain(term.add * unit.factor),
        }
        for term in side.together
    ]
    # NegMAS knows utilities above 1, and a case no points above 'max'.
    above = side.whole is not None and max(side.no_deal, *(v for row in side.worth for v in row)) > side.whole
    scale = {} if side.whole is None or above else {"max": _plain(side.whole * unit.factor)}
    return {
        "inference": side.because,
        "no_deal": _plain(side.no_deal * unit.factor),
        **scale,
        **({} if unit.step is None else {"step": unit.step}),
        "points": points,
        **({"together": terms} if terms else {}),
    }


def _number(value: Fraction, ends: tuple[Fraction, Fraction] | None, unit: _Unit) -> Any:
    if ends is None:
        return _plain(value * unit.factor)
    return [_plain(x * unit.factor) for x in (ends[0], value, ends[1])]


def _plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _carried(side: Side) -> tuple[Side, _Unit, tuple[Told, ...]]:
    """A side in the unit in which a case holds it exactly, or with the step to which it is rounded."""
    exact = _exact(side)
    if exact is not None:
        return side, exact, ()
    if side.whole is not None:
        meant = _meant(side)
        unit = None if meant is None else _exact(meant)
        if meant is not None and unit is not None:
            return meant, unit, (Told("assumed", side.name, FRACTIONS),)
        rows = [[v * HUNDRED for v in row] for row in _certain(side)]
        return side, _Unit(HUNDRED, rounding(rows)["step"]), ()
    return side, _Unit(Fraction(1), rounding(_certain(side))["step"]), ()


def _certain(side: Side) -> list[list[Fraction]]:
    """Rows of the numbers that are no ranges, one for each term, and last what no deal is worth."""
    rows = [
        [v for o, v in enumerate(row) if (n, o) not in side.spread] or [max(map(abs, row))]
        for n, row in enumerate(side.worth)
    ]
    return [*rows, *([term.add] for term in side.together), [side.no_deal]]


def _exact(side: Side) -> _Unit | None:
    rows = _certain(side)
    factors = [Fraction(1)]
    if side.whole is not None:
        factors = [HUNDRED, Fraction(lcm(*(v.denominator for row in rows for v in row)))]
    found = (f for f in factors if not rounding([[v * f for v in row] for row in rows]))
    return next((_Unit(factor, None) for factor in found), None)


def _meant(side: Side) -> Side | None:
    """The side with fractions of small denominators in the place of decimals that differ from them by the last digit of double
    precision alone; None where one does not.

    Fractions with denominators up to 20,000 lie about 1e-8 from one another, so that a decimal of sixteen digits is taken for one
    by chance less often than once in ten million."""

    def near(value: Fraction) -> Fraction | None:
        found = value.limit_denominator(DENOMINATOR)
        return found if abs(found - value) <= NOISE else None

    rows = [[near(v) for v in row] for row in side.worth]
    no_deal, adds = near(side.no_deal), [near(term.add) for term in side.together]
    if no_deal is None or None in adds or any(v is None for row in rows for v in row):
        return None
    worth = tuple(tuple(v for v in row if v is not None) for row in rows)
    terms = tuple(
        term._replace(add=add) for term, add in zip(side.together, adds, strict=True) if add is not None
    )
    return replace(side, worth=worth, no_deal=no_deal, together=terms)


def rounding(rows: Sequence[Sequence[Fraction]]) -> dict[str, float]:
    """``step`` for points [issue][option], the last row being what no deal is worth, that the arithmetic of a case does not hold
    exactly: the finest power of ten that fits. Nothing where it holds them."""
    from detente.problem.build import COMPARED, MAX_STEPS

    reach = sum((max(map(abs, row), default=Fraction(0)) for row in rows[:-1]), start=Fraction(0))
    reach += max(map(abs, rows[-1]), default=Fraction(0)) / COMPARED
    most = MAX_STEPS * ROOM
    digits = [decimals(v) for row in rows for v in row]
    if None not in digits and reach * 10 ** max((d for d in digits if d is not None), default=0) <= most:
        return {}
    left = 0
    while reach * 10 ** (left + 1) <= most:
        left += 1
    while reach * Fraction(10) ** left > most:
        left -= 1
    return {"step": float(f"1e{-left}")}


def _said(side: Side, unit: _Unit) -> list[Told]:
    whole = None if side.whole is None else side.whole * unit.factor
    told = (
        []
        if whole is None
        else [Told("assumed", side.name, f"{typed(float(whole))} points for a utility of 1")]
    )
    if unit.step is not None:
        share = "" if whole is None else f" ({unit.step / float(whole):.0e} of utility)"
        told.append(
            Told(
                "lost",
                side.name,
                f"digits beyond {unit.step:g} points{share}: the file has them, and what is compared is rounded to that 'step'",
            )
        )
    return told


def text_of(case: Mapping[str, Any], *, old: bool = False) -> str:
    """A case file from its keys, small blocks on one line, and between quotes what would be read as a number.

    ``old``: YAML that readers of version 1.1 take alike, in which a plain ``no`` is false and no key may go over two lines: every text between
    quotes, and every key on a line of its own.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import SafeRepresenter

    class Quoting(SafeRepresenter):
        """Texts as texts, whoever reads them."""

    def text(to: SafeRepresenter, said: str) -> Any:
        style = '"' if old or not isinstance(scalar(said), str) else None
        return to.represent_scalar("tag:yaml.org,2002:str", said, style=style)

    Quoting.add_representer(str, text)
    writer = YAML(typ="safe", pure=True)
    writer.Representer = Quoting
    writer.default_flow_style = False if old else None
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.width = 120
    writer.allow_unicode = True
    writer.representer.ignore_aliases = lambda _: True
    out = io.StringIO()
    writer.dump(dict(case), out)
    return out.getvalue()
