"""Several versions of a case: the same questions to each, what differs, and what makes it differ.

All versions are drawn beside the first (:func:`detente.draws.prepare`): a number that stands at the same path in two versions is
the same in every draw if it was judged the same. What a package's share changes by between versions is therefore had from paired
draws, and its standard error from the differences of the replicates.

*One at a time.* The first version with one part of another's file: what its share changes by is what that part does alone. The
changes need not add up to the whole: what two of them do together is in neither.

*Pooled.* With weights w_v the share of a package is p = sum w_v p_v. Whether it is acceptable is 0 or 1, with variance
p (1 - p) = sum w_v p_v (1 - p_v) + sum w_v (p_v - p)^2: within the versions, and between them (law of total variance). Of the packages
that are best in some version and that all versions have, the one whose pooled share is the largest on the draws for choosing is
reported on the fresh ones: one that is second in every version is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.analyses.compare.inputs import inputs, parts
from detente.analyses.compare.result import (
    Alone,
    Coming,
    CompareResult,
    Flipping,
    Pool,
    Resting,
    VersionResult,
    Versus,
)
from detente.analyses.deal import DealResult, deal
from detente.analyses.flips import FlipsResult, flips
from detente.analyses.outlook.answer import answer
from detente.analyses.outlook.result import OutlookResult
from detente.analyses.outlook.solve import outlook
from detente.analyses.stability import StabilityResult, stability
from detente.analyses.words import Words
from detente.case.reading import ReadCase
from detente.draws import REPLICATES, Drawn, prepare
from detente.errors import CaseError, LimitError, UsageError
from detente.figures import plural
from detente.kernels.acceptance import agreed
from detente.problem import Sample, table
from detente.progress import told
from detente.prospects.chances import Links
from detente.prospects.view import accepted, view
from detente.rng import replicate_error

__all__ = ["Version", "compare"]

MOST_ALONE = 40
"""Parts of a file that are tried one at a time."""


@dataclass(frozen=True)
class Version:
    """A case as somebody sees it, drawn."""

    name: str
    read: ReadCase
    ready: Drawn


@dataclass(frozen=True)
class _Asked:
    """Everything that one version is asked; what cannot be had is said."""

    of: Version
    deal: DealResult
    flips: FlipsResult | str
    rests: StabilityResult | str
    future: OutlookResult | str

    @cached_property
    def best(self) -> Mapping[str, str] | None:
        found = self.deal.main.solutions["most_acceptable"]
        return None if found is None else found.moves


def compare(versions: Sequence[Version], *, weights: Sequence[float] | None = None) -> CompareResult:
    """The answers about two or more versions, the first being what the others are compared with.

    Raises
    ------
    UsageError
        Fewer than two versions, versions drawn in other numbers, weights that are none, or versions without a package in common
        that could be pooled.
    """
    if len(versions) < 2:
        raise UsageError(
            "one version has nothing to be compared with: name another, or suppose something in this one (--set)"
        )
    if len({(v.ready.seed, v.ready.draws, v.ready.widen) for v in versions}) > 1:
        raise UsageError(
            "versions are compared on the same draws: their seed, draws and widen must be the same"
        )
    shares = _weights(weights, len(versions))
    asked = [_asked(version) for version in told("versions", versions)]
    reference = next((one.best for one in asked if one.best is not None), None)
    first = versions[0]
    return CompareResult(
        case=first.read.case.id,
        title=first.read.case.title,
        seed=first.ready.seed,
        draws=first.ready.draws,
        widen=first.ready.widen,
        track=asked[0].deal.main.id,
        package=reference,
        versions=tuple(_version(one, None if shares is None else shares[n]) for n, one in enumerate(asked)),
        versus=tuple(_versus(asked[0], other, reference) for other in asked[1:]),
        pool=None if shares is None else _pool(asked, shares),
    )


def _weights(given: Sequence[float] | None, count: int) -> list[float] | None:
    if given is None:
        return None
    if len(given) != count:
        raise UsageError(
            f"--weights: {plural(count, 'version')} and {plural(len(given), 'weight')}: give one for each"
        )
    if not all(w >= 0 for w in given) or not 0 < sum(given) < np.inf:
        raise UsageError("--weights: finite numbers of at least 0, not all of them 0, were expected")
    return [w / sum(given) for w in given]


def _asked(of: Version) -> _Asked:
    ready, case = of.ready, of.read.case
    found = deal(ready)
    best = found.main.solutions["most_acceptable"]
    moves, track = (None, None) if best is None or not best.moves else (best.moves, found.main.id)
    no_world = "the case has no world"
    return _Asked(
        of,
        found,
        _or_why(lambda: flips(ready, found)),
        _or_why(lambda: stability(case, ready)),
        no_world if case.world is None else _or_why(lambda: outlook(ready, package=moves, track=track)),
    )


def _or_why(ask: Any) -> Any:
    try:
        return ask()
    except (LimitError, UsageError) as error:
        return str(error)


def _version(one: _Asked, weight: float | None) -> VersionResult:
    at, read = one.deal.main, one.of.read
    packages, chances = at.packages, at.chances
    unsaid = {
        question: found
        for question, found in (("flips", one.flips), ("stability", one.rests), ("outlook", one.future))
        if isinstance(found, str)
    }
    if packages.acceptable is None:
        unsaid = {"deal": packages.why or "", **unsaid}
    home = None if isinstance(one.rests, str) else one.rests.status_quo
    future = None if isinstance(one.future, str) else one.future
    return VersionResult(
        name=one.of.name,
        case=read.case.id,
        title=read.case.title,
        weight=weight,
        acceptable_packages=packages.acceptable,
        packages=packages.total,
        package=one.best,
        chances=None
        if chances is None
        else Links(chances.open, chances.acceptable, chances.signed, chances.begun, chances.kept),
        acceptable_error=None if chances is None else chances.acceptable_error,
        flips=tuple(_flipping(one).values()),
        status_quo=None if home is None else Resting(home.stable, home.share),
        outlook=None
        if future is None
        else {n: Coming(e.says, e.share[-1]) for n, e in future.events.items()},
        outlook_headline=None if future is None else answer(future, Words(read.case)).text,
        unsaid=unsaid,
    )


def _flipping(one: _Asked) -> dict[str, Flipping]:
    if isinstance(one.flips, str):
        return {}
    inside = [f for f in one.flips.flips if f.deal_flip_inside and f.deal_flips_at is not None]
    inside.sort(key=lambda f: f.deal_change or 0.0)
    return {f.path: Flipping(f.path, float(f.deal_flips_at or 0.0), f.low, f.high) for f in inside}


# --- what differs, and what makes it differ


def _versus(first: _Asked, other: _Asked, package: Mapping[str, str] | None) -> Versus:
    taken = parts(first.of.read, other.of.read)
    before = None if package is None else _agreed(first.of.ready, package)
    after = None if package is None else _agreed(other.of.ready, package)
    alone, why = _alone(_Pair(first.of, other.of, package, before, after), taken)
    found = isinstance(first.flips, FlipsResult) and isinstance(other.flips, FlipsResult)
    mine, theirs = (_flipping(first), _flipping(other)) if found else ({}, {})
    share, change, error = _changed(before, after)
    own = None if other.best is None else _agreed(other.of.ready, other.best)
    _, ahead, ahead_error = _changed(after, own)
    return Versus(
        version=other.of.name,
        inputs=inputs(first.of.read, other.of.read, taken),
        acceptable=share,
        change=change,
        error=error,
        ahead=ahead,
        ahead_error=ahead_error,
        alone=alone,
        alone_left_out=why,
        flips_moved={
            path: (_at(mine, path), _at(theirs, path))
            for path in {**mine, **theirs}
            if _at(mine, path) != _at(theirs, path)
        },
    )


def _at(flipping: Mapping[str, Flipping], path: str) -> float | None:
    return flipping[path].at if path in flipping else None


def _changed(
    before: NDArray[np.float64] | None, after: NDArray[np.float64] | None
) -> tuple[float | None, float | None, float | None]:
    """The share after, what it changed by, and the paired error of that."""
    if after is None:
        return None, None, None
    if before is None:
        return float(after.mean()), None, None
    return float(after.mean()), float((after - before).mean()), replicate_error(after - before, REPLICATES)


class _Pair(NamedTuple):
    """Two versions, and where a package is agreed in each."""

    first: Version
    other: Version
    package: Mapping[str, str] | None
    before: NDArray[np.float64] | None
    after: NDArray[np.float64] | None


def _alone(pair: _Pair, taken: Mapping[str, Any]) -> tuple[dict[str, Alone], str | None]:
    """What each part of the other file does by itself, where that is cheap."""
    if pair.package is None or pair.before is None:
        return {}, "no package is acceptable in any draw of any version" if taken else None
    if pair.after is None:
        return {}, "it has no such package as the best one of the first"
    if len(taken) == 1:  # alone it is the whole
        return {path: Alone(*_changed(pair.before, pair.after), (), None) for path in taken}, None
    if len(taken) > MOST_ALONE:
        return {}, f"{len(taken)} parts differ; up to {MOST_ALONE} are tried one at a time"
    if pair.first.read.case.computed or pair.other.read.case.computed:
        return (
            {},
            "what no deal is worth is computed from worlds, which would have to be simulated for each change",
        )
    found = {
        path: _with_only(pair, {path: value})
        for path, value in told("changes one at a time", list(taken.items()))
    }
    for bound in _bound(found):
        at_once = _with_only(pair, {path: taken[path] for path in bound})
        if at_once.change is not None:
            found |= {p: replace(at_once, together=tuple(q for q in bound if q != p)) for p in bound}
    return dict(sorted(found.items(), key=lambda item: -abs(item[1].change or 0.0))), None


def _bound(found: Mapping[str, Alone]) -> list[tuple[str, ...]]:
    """Parts that cannot be taken over one by one, by what they are about: priors of a faction's readings, chances of an issue."""
    groups: dict[str, list[str]] = {}
    for path, alone in found.items():
        if alone.change is None:
            groups.setdefault(".".join(path.split(".")[:2]), []).append(path)
    return [tuple(paths) for paths in groups.values() if len(paths) > 1]


def _with_only(pair: _Pair, values: Mapping[str, Any]) -> Alone:
    """The first version with some values of the other."""
    was, package = pair.first.ready, pair.package
    assert package is not None
    try:
        case = pair.first.read.changed(values).case
        # The other's names begin with those of the first: both keep their columns.
        ready = prepare(case, seed=was.seed, draws=was.draws, widen=was.widen, beside=pair.other.ready.names)
        after = _agreed(ready, package)
    except (CaseError, UsageError, LimitError) as error:
        return Alone(None, None, None, (), str(error).partition("\n")[0])
    if after is None:
        return Alone(None, None, None, (), "the package cannot be named with this alone")
    return Alone(*_changed(pair.before, after), (), None)


def _agreed(
    ready: Drawn, package: Mapping[str, str], *, choosing: bool = False
) -> NDArray[np.float64] | None:
    """[S] whether a package is agreed at the first table, in the fresh draws (or those for choosing); None: it has no such
    package."""
    problem = ready.problem
    at = table(problem)
    sample: Sample = ready.first if choosing else ready.fresh
    seen = view(problem, sample, at)
    options = []
    for i in at.issues:
        name, known = problem.issues[i], problem.options[i]
        if name in package:
            if package[name] not in known:
                return None
            options.append(known.index(package[name]))
        elif problem.status_quo is None:
            return None
        else:
            options.append(int(problem.status_quo[i]))
    if not set(package) <= {problem.issues[i] for i in at.issues}:
        return None
    yes = accepted(seen, np.array([options], dtype=np.int16))
    found: NDArray[np.float64] = agreed(yes, seen.winning)[0].astype(np.float64)
    return found


# --- as one


def _pool(asked: Sequence[_Asked], weights: Sequence[float]) -> Pool:
    best = max(_candidates(asked, weights), key=lambda found: found[1], default=None)
    if best is None:
        raise UsageError(
            "--weights: there is no package that all versions could be asked about: they have other issues or options, or none is "
            "ever acceptable"
        )
    each = [_agreed(one.of.ready, best[0]) for one in asked]
    drawn = np.array([one for one in each if one is not None])
    shares = drawn.mean(axis=1)
    pooled = float(np.dot(weights, shares))
    within = float(np.dot(weights, shares * (1 - shares)))
    between = float(np.dot(weights, (shares - pooled) ** 2))
    return Pool(
        package=best[0],
        acceptable=pooled,
        acceptable_error=replicate_error(np.dot(weights, drawn), REPLICATES),
        by_version={one.of.name: float(p) for one, p in zip(asked, shares, strict=True)},
        within=within,
        between=between,
        between_share=between / (within + between) if within + between > 0 else 0.0,
    )


def _candidates(asked: Sequence[_Asked], weights: Sequence[float]) -> list[tuple[Mapping[str, str], float]]:
    """The best package of each version that all versions have, with its pooled share on the draws for choosing."""
    found: list[tuple[Mapping[str, str], float]] = []
    for one in asked:
        if one.best is None or any(one.best == package for package, _ in found):
            continue
        each = [_agreed(other.of.ready, one.best, choosing=True) for other in asked]
        if all(drawn is not None for drawn in each):
            means = [float(drawn.mean()) for drawn in each if drawn is not None]
            found.append((one.best, float(np.dot(weights, means))))
    return found
