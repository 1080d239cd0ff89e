"""From a case to compact arrays: names become indices, numbers become parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.lapses import lapses
from detente.case.model import (
    MAX_FACTIONS,
    Case,
    Preferences,
    Range,
    Reading,
    RelativeNoDeal,
)
from detente.errors import LimitError, UsageError
from detente.figures import agree

__all__ = [
    "COMPARED",
    "MAX_STEPS",
    "IntArray",
    "Parameter",
    "Problem",
    "Scheme",
    "build",
    "faction_names",
    "parameter",
]

MAX_STEPS = 100_000_000
"""Largest sum, in grid steps, of everything that can be added up for a faction and its no-deal value. The kernels add up to
2^28 exactly (:data:`detente.problem.sample.LARGEST`); the rest is room for what is tried beyond what was judged."""

COMPARED = 10
"""A no-deal value may have so many times ``MAX_STEPS``: it is compared with a sum and not added to one."""

GRID = 0.01
FINER = 3
"""Digits by which the grid of a range is finer than what was typed."""
TAIL = 0.5
"""How much farther than the 5th and 95th percentile the ends of a range lie from its median."""

IntArray = NDArray[np.int64]
Kind = Literal["weight", "value", "points", "no_deal", "add", "holds", "prior", "chance", "delivers", "step"]


@dataclass(frozen=True)
class Parameter:
    """One number of the case: its path, its quantiles, and where its support ends."""

    path: str
    kind: Kind
    low: float
    median: float
    high: float
    lower: float
    upper: float
    owner: str
    """The faction or party (or issue, for chances) whose number it is."""

    @property
    def certain(self) -> bool:
        """Whether it is a single number."""
        return self.low == self.high

    @property
    def knots(self) -> tuple[float, ...]:
        """Quantiles at 0, 0.05, 0.5, 0.95 and 1."""
        return (self.lower, self.low, self.median, self.high, self.upper)


class Line(NamedTuple):
    """A red line (``holds`` is None) or a firm one."""

    pattern: tuple[tuple[int, int], ...]
    holds: int | None


class Term(NamedTuple):
    """Points for options that stand together."""

    pattern: tuple[tuple[int, int], ...]
    add: int


class Scheme(NamedTuple):
    """What one faction wants under one reading, as indices into the parameters."""

    raw: bool
    weight: NDArray[np.intp]  # [I]
    value: NDArray[np.intp]  # [I, L]
    terms: tuple[Term, ...]
    lines: tuple[Line, ...]
    no_deal: int
    relative: bool


@dataclass(frozen=True, eq=False)
class Problem:
    """A case as arrays, equal to nothing but itself. ``P`` voting factions, ``I`` issues, ``L`` most options, ``N`` parameters."""

    case: Case
    factions: tuple[str, ...]
    party_of: tuple[str, ...]
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    status_quo: IntArray | None
    """[I] option indices, or None in a game without a status quo."""
    parameters: tuple[Parameter, ...]
    schemes: tuple[tuple[Scheme, ...], ...]
    """Per faction, one for each reading (one only where there are none)."""
    readings: tuple[tuple[str, ...], ...]
    """Per faction, the names of its readings."""
    priors: tuple[tuple[int, ...], ...]
    """Per faction, parameter indices of the priors of its readings."""
    chances: Mapping[int, NDArray[np.intp]]
    """Outside issues that are uncertain: parameter indices, one per option."""
    delivers: Mapping[str, int]
    """Party → parameter index."""
    step: NDArray[np.float64]
    """[P] points per grid step."""
    patterns: tuple[tuple[tuple[int, int], ...], ...]
    """Every pattern that occurs in a term, a line or an impossible combination."""
    excluded: NDArray[np.bool_]
    """[T] whether the pattern is impossible."""
    correlations: tuple[tuple[NDArray[np.intp], NDArray[np.float64]], ...]
    """Groups of uncertain dimensions that move together: indices and Cholesky factor."""

    @cached_property
    def lapses(self) -> Mapping[tuple[int, int], int]:
        """(Issue, option) → the last month in which it stands, of those that do not stand for good."""
        places = {n: i for i, n in enumerate(self.issues)}
        return {(places[i], self.options[places[i]].index(o)): n for (i, o), n in lapses(self.case).items()}

    @cached_property
    def uncertain(self) -> NDArray[np.intp]:
        """Indices of the parameters that are ranges."""
        return np.array([n for n, p in enumerate(self.parameters) if not p.certain], dtype=np.intp)

    @cached_property
    def selectors(self) -> tuple[tuple[str, int], ...]:
        """Dimensions that choose: (kind, index) for readings of a faction, outside issues, firm lines."""
        chosen: list[tuple[str, int]] = []
        for f, names in enumerate(self.readings):
            if len(names) > 1:
                chosen.append(("reading", f))
        chosen.extend(("chance", i) for i in self.chances)
        firm = {
            line.holds
            for schemes in self.schemes
            for s in schemes
            for line in s.lines
            if line.holds is not None
        }
        chosen.extend(("firm", n) for n in sorted(firm))
        return tuple(chosen)

    @property
    def dimensions(self) -> int:
        """Number of uniforms that one draw takes."""
        return len(self.uncertain) + len(self.selectors)

    @property
    def sizes(self) -> IntArray:
        """[I] number of options of each issue."""
        return np.array([len(o) for o in self.options], dtype=np.int64)

    def package(self, options: Sequence[int], issues: Sequence[int] | None = None) -> dict[str, str]:
        """Option indices as ``{issue: option}``."""
        which = range(len(self.issues)) if issues is None else issues
        return {self.issues[i]: self.options[i][int(o)] for i, o in zip(which, options, strict=True)}


def faction_names(case: Case) -> dict[str, str]:
    """Every faction's id and the name to show, voting parties only, in file order."""
    names: dict[str, str] = {}
    for party_id, party in case.parties.items():
        if party.role is not None:
            continue
        if not party.factions:
            names[party_id] = party.name or party_id
        for faction_id, faction in party.factions.items():
            names[faction_id] = faction.name or faction_id
    return names


def parameter(
    path: str,
    kind: Kind,
    owner: str,
    value: Range,
    lower: float | None,
    upper: float | None,
    *,
    widen: float,
) -> Parameter:
    """A judged range stretched by ``widen`` about its median, and its tails: half as far again as the percentiles lie
    from the median. All of it is cut at the bounds ``lower`` and ``upper`` (None: there is none): a bound says what
    cannot be, not what somebody meant by a range that lies far from it."""
    stretch = widen * (1 + TAIL)
    below, above = value.median - value.low, value.high - value.median
    first, low, high, last = (
        min(math.inf if upper is None else upper, max(-math.inf if lower is None else lower, x))
        for x in (
            value.median - stretch * below,
            value.low if widen == 1 else value.median - widen * below,
            value.high if widen == 1 else value.median + widen * above,
            value.median + stretch * above,
        )
    )
    return Parameter(path, kind, low, value.median, high, first, last, owner)


class _Builder:
    """Collects parameters and patterns while a case is read, once."""

    def __init__(self, case: Case, widen: float) -> None:
        self.case = case
        self.widen = widen
        self.parameters: list[Parameter] = [Parameter("", "value", 0, 0, 0, 0, 0, "")]
        self.index: dict[str, int] = {"": 0}
        self.patterns: dict[tuple[tuple[int, int], ...], int] = {}
        self.issues = {name: i for i, name in enumerate(case.issues)}
        self.options = {i: {o: n for n, o in enumerate(issue.options)} for i, issue in case.issues.items()}

    def number(
        self, path: str, kind: Kind, owner: str, value: Range, lower: float | None, upper: float | None
    ) -> int:
        if path in self.index:
            return self.index[path]
        self.parameters.append(parameter(path, kind, owner, value, lower, upper, widen=self.widen))
        self.index[path] = len(self.parameters) - 1
        return self.index[path]

    def pattern(self, package: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
        found = tuple(sorted((self.issues[i], self.options[i][o]) for i, o in package.items()))
        self.patterns.setdefault(found, len(self.patterns))
        return found

    def term(self, package: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
        """A pattern, and beside it those that turn into it when options end: each has what the term is worth from then on."""
        ended: dict[str, list[str]] = {}
        for issue, option in lapses(self.case):
            ended.setdefault(issue, []).append(option)
        home = {i: o for i, o in package.items() if o == self.case.issues[i].status_quo and i in ended}
        for options in product(*([o, *ended[i]] for i, o in home.items())):
            self.pattern({**package, **dict(zip(home, options, strict=True))})
        return self.pattern(package)

    def scheme(self, owner: str, base: Preferences, reading: tuple[str, Reading] | None) -> Scheme:
        """A faction's preferences under a reading: the reading's keys replace the faction's own."""
        case, over = self.case, None if reading is None else reading[1].preferences
        below = owner if reading is None else f"{owner}.readings.{reading[0]}"

        def pick(key: str) -> tuple[Preferences, str]:
            given = over is not None and key in over.model_fields_set
            return (over, below) if given and over is not None else (base, owner)

        largest = max(len(issue.options) for issue in case.issues.values())
        weight = np.zeros(len(case.issues), dtype=np.intp)
        value = np.zeros((len(case.issues), largest), dtype=np.intp)
        raw = base.points is not None
        for source, path in ((base, owner), (over, below)):
            if source is None:
                continue
            for issue, number in source.weights.items():
                weight[self.issues[issue]] = self.number(
                    f"{path}.weights.{issue}", "weight", owner, number, 0.0, None
                )
            for issue, levels in source.values.items():
                for option, number in levels.items():
                    value[self.issues[issue], self.options[issue][option]] = self.number(
                        f"{path}.values.{issue}.{option}", "value", owner, number, 0.0, 100.0
                    )
            for issue, levels in (source.points or {}).items():
                for option, number in levels.items():
                    value[self.issues[issue], self.options[issue][option]] = self.number(
                        f"{path}.points.{issue}.{option}", "points", owner, number, base.min, base.max
                    )
            for issue in source.indifferent:
                weight[self.issues[issue]] = 0
                value[self.issues[issue]] = 0
        source, path = pick("together")
        terms = tuple(
            Term(self.term(t.when), self.number(f"{path}.together.{n}", "add", owner, t.add, None, None))
            for n, t in enumerate(source.together)
        )
        source, _ = pick("red_lines")
        lines = [Line(self.pattern(package), None) for package in source.red_lines]
        source, path = pick("firm")
        lines += [
            Line(self.pattern(f.package), self.number(f"{path}.firm.{n}", "holds", owner, f.holds, 0.0, 1.0))
            for n, f in enumerate(source.firm)
        ]
        source, path = pick("no_deal")
        stated = source.no_deal
        if stated is None or stated == "from_outlook":  # the outlook replaces what stands here
            return Scheme(raw, weight, value, terms, tuple(lines), 0, True)
        relative = isinstance(stated, RelativeNoDeal)
        number = stated.status_quo if isinstance(stated, RelativeNoDeal) else stated
        bounds = (None, None) if relative else (base.min, base.max) if raw else (0.0, 100.0)
        no_deal = self.number(f"{path}.no_deal", "no_deal", owner, number, *bounds)
        return Scheme(raw, weight, value, terms, tuple(lines), no_deal, relative)


class _Reach(NamedTuple):
    """Everything that can be added up for a faction under one reading, in points; its no-deal value, which is only compared
    with that, counts a tenth."""

    total: float
    largest: Parameter
    """The number that contributes most."""


def _extreme(p: Parameter) -> float:
    """How far from 0 a number can lie."""
    return abs(p.median) if p.certain else max(abs(p.lower), abs(p.upper))


def _reach(builder: _Builder, scheme: Scheme) -> _Reach:
    """The largest points of each issue, the tails of ranges among them, all terms, and the no-deal value; points that
    come from weights add up to 100."""
    numbers, reserve = builder.parameters, builder.parameters[scheme.no_deal]
    counted = [max((numbers[int(n)] for n in row), key=_extreme) for row in scheme.value]
    terms = [numbers[t.add] for t in scheme.terms]
    options = sum(map(_extreme, counted)) if scheme.raw else 100.0
    largest = max((*counted, *terms, reserve) if scheme.raw else (*terms, reserve), key=_extreme)
    return _Reach(options + sum(map(_extreme, terms)) + _extreme(reserve) / COMPARED, largest)


def _digits(number: float) -> int:
    """Decimals of a number as typed; negative where it ends in noughts."""
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    assert isinstance(exponent, int), "numbers of a case are finite"
    return -exponent


def _step(builder: _Builder, name: str, schemes: tuple[Scheme, ...]) -> float:
    """Points per grid step: 0.01; for raw points the ``step`` that was typed, or else a power of ten at which every certain
    number is exact, and for ranges ``FINER`` digits more than were typed, as far as everything that can be added fits.

    Raises
    ------
    LimitError
        Everything that can be added is more than ``MAX_STEPS``, at the step that was typed or at the coarsest one that rounds no
        certain number.
    """
    reach = max((_reach(builder, s) for s in schemes), key=lambda r: r.total)
    if not schemes[0].raw:
        if reach.total / GRID <= MAX_STEPS:
            return GRID
        raise _too_large(name, reach, GRID, "Is that an absolute amount on the scale from 0 to 100? Give it in "
                         "points of that scale, or give the faction raw 'points'")  # fmt: skip
    typed_step = builder.case.preferences[name].step
    if typed_step is not None:
        if reach.total / typed_step <= MAX_STEPS:
            return typed_step
        raise _too_large(name, reach, typed_step, f"Type a larger '{name}.step'")
    used = {int(n) for s in schemes for n in (*s.value.ravel(), s.no_deal, *(t.add for t in s.terms))}
    numbers = [p for n in used if (p := builder.parameters[n]).median or not p.certain]
    typed = {p.path: _digits(p.median) for p in numbers if p.certain}
    needed = max(typed.values(), default=-12)
    # Stretched ranges have digits that nobody typed.
    ranges = [_digits(round(x, 6)) for p in numbers if not p.certain for x in (p.low, p.median, p.high) if x]
    parted = ranges or lapses(builder.case)  # what ends is worth a part of what was typed
    finest = max(0, needed, *ranges) + (FINER if parted else 0)
    for digits in range(finest, needed - 1, -1):
        if reach.total * 10.0**digits <= MAX_STEPS:
            return float(f"1e{-digits}")
    path = next(p for p, d in typed.items() if d == needed)
    exact = next(p.median for p in numbers if p.path == path)
    raise _too_large(name, reach, float(f"1e{-needed}"), f"The step is what {path} = {exact:.15g} needs: round that number, "
                     f"give all its numbers in a larger unit, or type '{name}.step', to which they are then rounded")  # fmt: skip


def _too_large(name: str, reach: _Reach, step: float, remedy: str) -> LimitError:
    at = _extreme(reach.largest)
    return LimitError(
        f"what can be added up for '{name}' comes to {reach.total:,.15g} {agree(reach.total, 'point', 'points')}, {reach.total / step:,.0f} grid steps of "
        f"{step:g}; the limit is {MAX_STEPS:,}. Its largest number is {reach.largest.path}, up to {at:,.15g}. {remedy}"
    )


def build(case: Case, *, widen: float = 1.0) -> Problem:
    """The arrays of a checked case.

    ``widen`` stretches every judged range about its median (people are overconfident), within its bounds.

    Raises
    ------
    LimitError
        Too many factions, or what can be added up for one of them does not fit its grid.
    UsageError
        No points to build from, or contradictory correlations.
    """
    if not 0 <= widen <= 100:
        raise UsageError(f"--widen must be between 0 and 100: found {widen:g}")
    if len(faction_names(case)) > MAX_FACTIONS:
        raise LimitError(f"{len(faction_names(case))} factions have a vote; the limit is {MAX_FACTIONS}")
    if case.ordinal:
        raise UsageError(
            f"case '{case.id}' puts states in order and has no points: 'detente stability' reads it; "
            "other answers need weights and values"
        )
    builder = _Builder(case, widen)
    factions = tuple(f for f in faction_names(case) if f in case.preferences)
    party = {f: p for p, spec in case.parties.items() for f in (spec.factions or (p,))}
    schemes: list[tuple[Scheme, ...]] = []
    readings: list[tuple[str, ...]] = []
    priors: list[tuple[int, ...]] = []
    for name in factions:
        base, rivals = case.preferences[name], case.readings.get(name, {})
        schemes.append(
            tuple(builder.scheme(name, base, r) for r in rivals.items())
            or (builder.scheme(name, base, None),)
        )
        readings.append(tuple(rivals))
        priors.append(
            tuple(
                builder.number(f"{name}.readings.{r}.prior", "prior", name, spec.prior, 0.0, 1.0)
                for r, spec in rivals.items()
            )
        )
    chances = {}
    for i, (name, issue) in enumerate(case.issues.items()):
        if issue.controlled_by == "outside" and issue.chances:
            chances[i] = np.array(
                [
                    builder.number(f"{name}.chances.{o}", "chance", name, issue.chances[o], 0.0, 1.0)
                    if o in issue.chances
                    else 0
                    for o in issue.options
                ],
                dtype=np.intp,
            )
    delivers = {
        p: builder.number(f"{p}.delivers", "delivers", p, spec.delivers, 0.0, 1.0)
        for p, spec in case.parties.items()
        if spec.delivers is not None
    }
    if widen != 1:
        for f, name in enumerate(factions):
            _sums(builder, [priors[f], *(tuple(int(n) for n in s.weight) for s in schemes[f])], name)
        for i, which in chances.items():
            name, issue = list(case.issues.items())[i]
            if issue.status_quo is None or issue.status_quo in (issue.chances or {}):
                _sums(builder, [tuple(int(n) for n in which)], name)
    impossible = {builder.pattern(p) for p in case.impossible}
    patterns = tuple(builder.patterns)
    status_quo = None
    if case.status_quo is None:
        status_quo = np.array(
            [builder.options[i][issue.status_quo or ""] for i, issue in case.issues.items()], dtype=np.int64
        )
    problem = Problem(
        case=case,
        factions=factions,
        party_of=tuple(party[f] for f in factions),
        issues=tuple(case.issues),
        options=tuple(tuple(issue.options) for issue in case.issues.values()),
        status_quo=status_quo,
        parameters=tuple(builder.parameters),
        schemes=tuple(schemes),
        readings=tuple(readings),
        priors=tuple(priors),
        chances=chances,
        delivers=delivers,
        step=np.array([_step(builder, f, s) for f, s in zip(factions, schemes, strict=True)]),
        patterns=patterns,
        excluded=np.array([p in impossible for p in patterns], dtype=np.bool_),
        correlations=(),
    )
    return replace(problem, correlations=_correlations(problem, builder.index))


def _sums(builder: _Builder, groups: Sequence[tuple[int, ...]], owner: str) -> None:
    """Numbers that are made to add up to a whole must not be all 0 in any draw, also where ranges have been widened."""
    for group in groups:
        used = [builder.parameters[n] for n in group if n]
        if used and not any(p.low > 0 for p in used):
            raise UsageError(
                f"--widen {builder.widen:g}: the {used[0].kind}s of '{owner}' can all be 0 at once when widened so much; use less"
            )


def _correlations(
    problem: Problem, index: Mapping[str, int]
) -> tuple[tuple[NDArray[np.intp], NDArray[np.float64]], ...]:
    """Declared rank correlations as Cholesky factors of a Gaussian copula, r = 2 sin(pi rho / 6)."""
    place = {int(n): d for d, n in enumerate(problem.uncertain)}
    pairs: dict[tuple[int, int], float] = {}
    for declared in problem.case.moves_with:
        dims = [place[index[path]] for path in declared.these if index.get(path, 0) in place]
        for a, first in enumerate(dims):
            for second in dims[a + 1 :]:
                pairs[min(first, second), max(first, second)] = declared.correlation
    groups: list[set[int]] = []
    for pair in pairs:
        joined = set(pair).union(*(g for g in groups if g & set(pair)))
        groups = [g for g in groups if not g & joined] + [joined]
    factors = []
    for group in groups:
        members = np.array(sorted(group), dtype=np.intp)
        matrix = np.eye(len(members))
        for a in range(len(members)):
            for b in range(a):
                rho = pairs.get((int(members[b]), int(members[a])), 0.0)
                matrix[a, b] = matrix[b, a] = 2 * np.sin(np.pi * rho / 6)
        # Perfect correlation is allowed, so a factor is taken from the eigenvalues, not by Cholesky.
        values, vectors = np.linalg.eigh(matrix)
        if values.min() < -1e-9:
            raise UsageError("moves_with: the declared correlations contradict one another")
        factors.append((members, vectors * np.sqrt(np.maximum(values, 0))))
    return tuple(factors)
