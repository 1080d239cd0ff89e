"""Domains → case files: exact points wherever the arithmetic of a case holds them, and a step that is typed where it does not.

A side's utilities are multiplied by 100, or, where shares of thirds and sevenths make that endless, by the smallest number that makes
whole points of all of them. Multiplying the utilities of one side changes no comparison that a case makes. Where neither fits, the points
stand in the file in full and the side's ``step`` says to what they are rounded.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from detente.clean import clean_line
from detente.figures import typed
from detente.formats.domain import WHOLE, Domain, Side, Told, ids

__all__ = ["case_of", "rounding", "text_of", "told_in"]

HUNDRED = Fraction(100)
ROOM = Fraction(999, 1000)
"""Of the grid steps that there are: sums of floating-point numbers come out a hair above what they are."""
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
        unit = _unit(side)
        preferences[party] = _preferences(side, unit, issues, options)
        told += _said(side, unit)
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
    scale = {} if side.whole is None else {"max": _plain(side.whole * unit.factor)}
    return {
        "inference": side.because,
        "no_deal": _plain(side.no_deal * unit.factor),
        **scale,
        **({} if unit.step is None else {"step": unit.step}),
        "points": points,
    }


def _number(value: Fraction, ends: tuple[Fraction, Fraction] | None, unit: _Unit) -> Any:
    if ends is None:
        return _plain(value * unit.factor)
    return [_plain(x * unit.factor) for x in (ends[0], value, ends[1])]


def _plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _unit(side: Side) -> _Unit:
    rows = [
        [v for o, v in enumerate(row) if (n, o) not in side.spread] or [max(map(abs, row))]
        for n, row in enumerate(side.worth)
    ]
    rows.append([side.no_deal])
    certain = [v for row in rows for v in row]
    factors = [Fraction(1)]
    if side.whole is not None:
        factors = [HUNDRED, Fraction(lcm(*(v.denominator for v in certain)))]
    for factor in factors:
        if not rounding([[v * factor for v in row] for row in rows]):
            return _Unit(factor, None)
    return _Unit(factors[0], rounding([[v * factors[0] for v in row] for row in rows])["step"])


def rounding(rows: Sequence[Sequence[Fraction]]) -> dict[str, float]:
    """``step`` for points [issue][option], the last row being what no deal is worth, that the arithmetic of a case does not hold
    exactly: the finest power of ten that fits. Nothing where it holds them."""
    from detente.problem.build import COMPARED, MAX_STEPS

    reach = sum((max(map(abs, row), default=Fraction(0)) for row in rows[:-1]), start=Fraction(0))
    reach += max(map(abs, rows[-1]), default=Fraction(0)) / COMPARED
    most = MAX_STEPS * ROOM
    digits = [_digits(v) for row in rows for v in row]
    if None not in digits and reach * 10 ** max((d for d in digits if d is not None), default=0) <= most:
        return {}
    left = 0
    while reach * 10 ** (left + 1) <= most:
        left += 1
    return {"step": float(f"1e{-left}")}


def _digits(value: Fraction) -> int | None:
    """Decimals of a number; None: they never end."""
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        digits = max(digits, count)
    return digits if rest == 1 else None


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


def text_of(case: Mapping[str, Any]) -> str:
    """A case file from its keys, small blocks on one line."""
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = None
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.width = 120
    writer.allow_unicode = True
    writer.representer.ignore_aliases = lambda _: True
    out = io.StringIO()
    writer.dump(dict(case), out)
    return out.getvalue()
