"""One chain of chances, whoever shows it: as the definition says, the same everywhere, and never likelier for what is harder."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from detente.analyses.deal import deal
from detente.analyses.deal.result import DealResult, Zone
from detente.analyses.flips import flips
from detente.analyses.roadmap import roadmap
from detente.case.reading import read_case
from detente.case.starter import starter
from detente.catalogue import path as bundled
from detente.draws import Drawn, prepare
from detente.errors import UsageError
from detente.problem import Table, obliged, table
from detente.problem.steps import indexed
from detente.prospects.chances import Chances, Links, Prospect, prospect
from tests.laws.random_cases import fresh
from tests.laws.writing import Tree, written
from tests.oracles.chances import Asked, Chain, Judged, chain
from tests.oracles.deal import Table as Seats

ROOT = Path(__file__).parents[2]
LINKS = ("open", "acceptable", "signed", "begun", "kept")
SEEDS = range(1100, 1140)
BUNDLED = {
    "two-villages": lambda: bundled("two-villages").read_text("utf-8"),
    "stockpile": lambda: bundled("stockpile").read_text("utf-8"),
    "parliament": lambda: bundled("parliament").read_text("utf-8"),
    "strait": lambda: (ROOT / "docs" / "tutorial" / "strait.yaml").read_text("utf-8"),
    "kitchen-sink": lambda: (ROOT / "tests" / "fuzz" / "kitchen-sink.yaml").read_text("utf-8"),
    "the starter": lambda: starter("world"),
}


def drawn(seed: int, **kinds: bool) -> Tree:
    """A random case with what a chain needs: a record, a judgement of signing, or both; months, costs, temptations."""
    rng, case = Random(seed), fresh(seed, impossible=False, **kinds)
    which = rng.random()
    if which < 0.7:
        case["signing"] = {"chance": [Decimal("0.1"), Decimal("0.3"), Decimal("0.6")]}
    if which > 0.3:
        rounds = rng.randint(0, 6)
        case["record"] = {"rounds": rounds, "agreements": rng.randint(0, rounds)}
        if "signing" in case:
            case["signing"]["counts"] = rng.randint(1, 5)
    case["steps"] = {"temptation": rng.choice([0, 3, [1, 3, 6]])}
    for about in case["parties"].values():
        if rng.random() < 0.6:
            about["delivers"] = [Decimal("0.4"), Decimal("0.7"), Decimal("0.9")]
    for about in case["issues"].values():
        if about["controlled_by"] == "outside":
            continue
        about.update(rng.choice([{}, {"gradual": True}, {"verify": [1, 2, 4]}]))
        about.update(rng.choice([{}, {"reversible": False}, {"undo": [0, 1, 3]}]))
    for wants in case["preferences"].values():
        typed = [abs(v) for about in wants.get("points", {}).values() for v in about.values() if v]
        least = min(typed, default=1)
        wants["no_deal"] = {"status_quo": [-9 * least, -2 * least, least]}
        if rng.random() < 0.6:
            wants["red_lines"] = []
        wants["patience"] = rng.choice([Decimal("0.97"), [Decimal("0.8"), Decimal("0.9"), Decimal("0.95")]])
    _dated(Random(-seed), case)
    return case


def _dated(rng: Random, case: Tree) -> None:
    """Days by which some steps have to be begun or done, some of which cannot be met."""
    case["as_of"] = "2021-01-31"
    if rng.random() < 0.5:
        case["steps"]["lead"] = rng.choice([0, 1, 3])
    for about in case["issues"].values():
        if about["controlled_by"] != "outside" and rng.random() < 0.3:
            about[rng.choice(["begun_by", "done_by"])] = f"2021-{rng.randint(3, 8):02}-15"


class Ready:
    """A case in some draws, and all that it says."""

    def __init__(self, text: str, draws: int) -> None:
        self.case = read_case(text, "case.yaml").case
        self.drawn: Drawn = prepare(self.case, draws=draws)
        self.tracks: list[str | None] = list(self.case.tracks) or [None]

    @cached_property
    def deal(self) -> DealResult:
        return deal(self.drawn)

    def packages(self, track: str | None) -> list[dict[str, str]]:
        """The moves of the most acceptable package of a table and of two others on its frontier."""
        at = self.deal.tracks[track or "table"]
        shown = [s for s in at.solutions.values() if s is not None] + [*at.frontier[:2]]
        return [dict(moves) for moves in dict.fromkeys(tuple(p.moves.items()) for p in shown) if moves][:3]

    def every(self) -> Iterator[Chances]:
        """Of all packages that the deal names."""
        yield from (t.chances for t in self.deal.tracks.values() if t.chances is not None)
        yield from (s.chances for s in self.deal.swaps)


def text_of(name: str) -> str:
    return BUNDLED[name]() if name in BUNDLED else written(drawn(int(name)))


CASES = [*BUNDLED, *map(str, SEEDS)]


@pytest.fixture(scope="module", params=CASES)
def ready(request: Any) -> Ready:
    return Ready(text_of(request.param), draws=16)


def rungs(chances: Chances) -> Iterator[Links]:
    """The chain together, and under each reading."""
    yield chances
    for each in chances.by_reading.values():
        yield from each.values()


# --- by the definition --------------------------------------------------------------------------------------


def seen(ready: Ready, of: Prospect, key: tuple[str, str] | None, *, swap: bool) -> tuple[Asked, set[str]]:
    """A package as the oracle takes it, and the parties that have to comply."""
    ready_, at = ready.drawn, of.at
    problem, sample = ready_.problem, ready_.fresh if key is None else ready_.rivals[key]
    seats = Seats(ready.case, None if swap or not ready.case.tracks else at.id)
    names = [problem.issues[i] for i in at.issues]

    def controls(issue: str, option: str, consent: frozenset[str]) -> bool:
        """Of all factions of the case: whoever has a hand in it."""
        return Seats(ready.case).controllers_say_yes(issue, option, consent)

    def agrees(consent: frozenset[str], moves: dict[str, str]) -> bool:
        if swap:
            return all(controls(issue, option, consent) for issue, option in of.package.items())
        here = {i: o for i, o in moves.items() if o != ready.case.issues[i].status_quo}
        return seats.enough(consent, frozenset(here.items()))

    def packages(issues: list[str]) -> Iterator[dict[str, str]]:
        if not issues:
            yield {}
            return
        first, *rest = issues
        for other in packages(rest):
            for option in ready.case.issues[first].options:
                yield {first: option, **other}

    start = {i: issue.status_quo for i, issue in ready.case.issues.items()}
    others = [
        p
        for p in packages(names)
        if any(start[i] != o for i, o in p.items())
        and not any(all({**start, **p}[i] == o for i, o in pair.items()) for pair in ready.case.impossible)
    ]
    decided = {problem.issues[i] for i in at.decided}
    far = sample.apart is not None and problem.issues[sample.hinge] not in decided
    points = sample.apart if far else sample.points
    assert points is not None
    assert of.road is not None
    asked = Asked(problem, sample, points, of.road.of.factions, agrees, dict(of.package), tuple(others))
    return asked, asked.obliged(controls)


def by_definition(
    ready: Ready, of: Prospect, key: tuple[str, str] | None, *, swap: bool = False
) -> list[Chain]:
    case, known = ready.case, ready.drawn.beside_fresh.steps
    asked, parties = seen(ready, of, key, swap=swap)
    draws = asked.sample.draws
    record = case.record
    judged = Judged(
        chance=np.full(draws, 0.5) if case.signing is None else known["signing.chance"],
        counts=2 if case.signing is None else case.signing.counts,
        rounds=0 if record is None else record.rounds,
        agreements=0 if record is None else record.agreements,
        sigma=known["steps.temptation"],
    )
    assert of.road is not None
    terms, _ = of.road.over(asked.sample)
    return chain(asked, judged, of.road, terms, parties)


def test_each_link_is_as_the_definition_says(ready: Ready) -> None:
    """Of three packages of each table, and of three swaps; in every draw, together and under each reading."""
    if ready.case.steps is None or (ready.case.signing is None and ready.case.record is None):
        return
    whole = [
        (table(ready.drawn.problem, track), m, False) for track in ready.tracks for m in ready.packages(track)
    ]
    swaps = [(_gate(ready, s.moves), dict(s.moves), True) for s in ready.deal.swaps[:3]]
    for at, moves, swap in (*whole, *swaps):
        of = prospect(ready.drawn, at, moves)
        if of.road is None:
            assert of.unsaid is not None
            continue
        opened = of.opened() if swap else opened_at(ready, at)
        for key, sample in {None: ready.drawn.fresh, **ready.drawn.rivals}.items():
            right = by_definition(ready, of, key, swap=swap)
            (found,) = of.each([sample], [opened[key]])
            for link in LINKS:
                expected = [getattr(one, link) for one in right]
                assert getattr(found, link) == pytest.approx(expected, rel=1e-7, abs=1e-12), (
                    moves,
                    key,
                    link,
                )


def _gate(ready: Ready, moves: Any) -> Table:
    """The table at which a swap of the deal is settled."""
    from detente.agreement import all_of
    from detente.problem import control

    problem = ready.drawn.problem
    free = [i for i, about in enumerate(ready.case.issues.values()) if not about.touches_office]
    options = [(i, o) for i in free for o in range(len(problem.options[i])) if o != problem.status_quo[i]]
    gates = {move: gate for move in options if (gate := control(problem, move)) is not None}
    moved = {problem.issues.index(i): o for i, o in moves.items()}
    asked = [gates[i, problem.options[i].index(moved[i])] for i in sorted(moved)]
    everybody = tuple(range(len(problem.factions)))
    whole = tuple(dict.fromkeys(i for i, _ in gates))
    gate = all_of(*dict.fromkeys(asked))
    return Table("swaps", "Small swaps", everybody, tuple(sorted(moved)), gate, {}, whole=whole)


def opened_at(ready: Ready, at: Table) -> dict[Any, np.ndarray]:
    """Where a table is open, asked of all that it can move."""
    from detente.prospects.view import existence, view

    problem = ready.drawn.problem
    none = np.zeros((0, len(at.issues)), dtype=np.int16)
    samples = {None: ready.drawn.fresh, **ready.drawn.rivals}
    return {key: existence(view(problem, sample, at), none) == 1 for key, sample in samples.items()}


def test_enough_of_what_is_compared_is_neither_sure_nor_impossible() -> None:
    """The laws would be empty otherwise."""
    found = [links for seed in SEEDS for c in Ready(written(drawn(seed)), 16).every() for links in rungs(c)]
    said = [links for links in found if links.kept is not None]
    assert len(said) > 60
    assert sum(0 < links.acceptable < 1 for links in said) > 40
    assert sum(links.open > links.acceptable for links in said if links.open is not None) > 20
    assert sum(0 < links.kept < links.begun for links in said if links.kept and links.begun) > 40


# --- the same everywhere ------------------------------------------------------------------------------------


def test_each_link_is_at_most_the_one_before(ready: Ready) -> None:
    for chances in ready.every():
        for links in rungs(chances):
            told = [share for link in LINKS if (share := getattr(links, link)) is not None]
            assert told == sorted(told, reverse=True)
            assert 0 <= told[-1] <= told[0] <= 1


def test_every_analysis_says_the_same_of_the_same_package(ready: Ready) -> None:
    for name, track in ready.deal.tracks.items():
        top, chances = track.solutions["most_acceptable"], track.chances
        assert (top is None) == (chances is None)
        if top is None or chances is None:
            continue
        zone = track.packages.zone_probability
        assert chances.open == (zone.lower if isinstance(zone, Zone) else zone)
        assert chances.acceptable_error == top.acceptance_error
        same = [
            p
            for p in (*track.solutions.values(), *track.frontier)
            if p is not None and p.package == top.package
        ]
        for shown in same:
            assert chances.acceptable == shown.acceptance
            for faction, readings in shown.acceptance_by_reading.items():
                if len(readings) > 1:
                    told = chances.by_reading[faction]
                    assert {r: links.acceptable for r, links in told.items()} == readings
        at = None if name == "table" else name
        if not ready.case.computed:
            turned = flips(ready.drawn, ready.deal, track=None if at is None else name)
            assert turned.acceptance == chances.acceptable
        try:
            ahead = roadmap(ready.drawn, top.moves, track=at).chances
        except UsageError:
            assert chances.begun is None
            continue
        for one, other in zip(rungs(ahead), rungs(chances), strict=True):
            assert one.open is None
            assert [getattr(one, link) for link in LINKS[1:]] == [getattr(other, link) for link in LINKS[1:]]


# --- harder is never likelier -------------------------------------------------------------------------------


class Pair:
    """A package at a table before and after a change of the case, on the same draws."""

    def __init__(self, before: Tree, after: Tree, track: str | None, moves: dict[str, str]) -> None:
        self.drawn = [
            prepare(read_case(written(case), "case.yaml").case, draws=64) for case in (before, after)
        ]
        first, second = self.drawn
        assert first.problem.dimensions == second.problem.dimensions
        at = [table(one.problem, track) for one in self.drawn]
        self.of = prospect(first, at[0], moves)
        other = prospect(second, at[1], moves)
        if self.of.road is not None and other.road is not None:
            # In the same order: that another may be the best one is no matter of this.
            other.road.__dict__["plan"] = self.of.road.plan
        self.other = other
        self.at = at

    def links(self, link: str) -> tuple[np.ndarray, np.ndarray] | None:
        """[S] before and after, in the draws in which no deal is worth as much to everybody, or more."""
        both = []
        for drawn, of, at in zip(self.drawn, (self.of, self.other), self.at, strict=True):
            opened = existence_of(drawn, at) if link == "open" else None
            both.append(getattr(of.each([drawn.fresh], [opened])[0], link))
        if any(one is None for one in both):
            return None
        # A line of one may keep several from what they could do together alone, which no deal is then not worth to the others.
        same = (self.drawn[1].fresh.no_deal >= self.drawn[0].fresh.no_deal).all(axis=0)
        return both[0][same], both[1][same]


def existence_of(drawn: Drawn, at: Table) -> np.ndarray:
    from detente.prospects.view import existence, view

    return existence(view(drawn.problem, drawn.fresh, at), np.zeros((0, len(at.issues)), dtype=np.int16)) == 1


@cache
def asked(seed: int) -> list[tuple[str | None, dict[str, str]]]:
    """What could be agreed at the tables of a random case."""
    ready = Ready(written(drawn(seed)), 16)
    return [(track, moves) for track in ready.tracks for moves in ready.packages(track)[:2]]


def harder(case: Tree, rng: Random, kind: str) -> Tree:
    """The case with one thing that makes an agreement harder."""
    changed = copy.deepcopy(case)
    name = rng.choice(list(changed["preferences"]))
    wants = changed["preferences"][name]
    if kind == "line":
        chosen = rng.sample(list(changed["issues"]), rng.choice([1, 1, 2]))
        line = {i: rng.choice(list(changed["issues"][i]["options"])) for i in chosen}
        wants["red_lines"] += [] if line in wants["red_lines"] else [line]
    elif kind == "no deal":
        given = wants.setdefault("no_deal", {"status_quo": [0, 0, 0]})
        rise = rng.randint(1, 4)
        if isinstance(given, dict):
            given["status_quo"] = [x + rise for x in given["status_quo"]]
        else:
            wants["no_deal"] = given + rise
    else:
        for at in changed.get("tracks", {"": changed}).values():
            everybody = {"all": list(changed["parties"])}
            at["agreement"] = {"all": [at.get("agreement", everybody), name]}
    return changed


COMPARED = {"line": ("open", "acceptable", "signed"), "no deal": LINKS, "one more": LINKS}


@pytest.mark.parametrize("kind", COMPARED)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_harder_is_never_likelier(seed: int, kind: str) -> None:
    """In no draw. Whether it is begun and kept is compared in the same order, and not for a line: it keeps its holder from
    agreeing, but also from ways out that would cross it."""
    case, rng = drawn(seed), Random(seed)
    for track, moves in asked(seed):
        pair = Pair(case, harder(case, rng, kind), track, moves)
        for link in COMPARED[kind]:
            both = pair.links(link)
            if both is not None:
                before, after = both
                slack = 0 if link in ("open", "acceptable") else 1e-12
                assert (after <= before + slack).all(), (link, moves)


def test_what_is_harder_is_often_less_likely() -> None:
    """The law would be empty otherwise."""
    for kind in COMPARED:
        less = whole = 0
        for seed in SEEDS[::2]:
            case, rng = drawn(seed), Random(seed)
            for track, moves in asked(seed):
                both = Pair(case, harder(case, rng, kind), track, moves).links("acceptable")
                assert both is not None
                less += bool((both[1] < both[0]).any())
                whole += len(both[0]) == 64
        assert less >= 2, (kind, less)
        assert whole >= 15, (kind, whole)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_delivers_less_begins_less(seed: int) -> None:
    case = drawn(seed)
    for about in case["parties"].values():
        about["delivers"] = Decimal("0.8")
    for track, moves in asked(seed):
        for party in case["parties"]:
            changed = copy.deepcopy(case)
            changed["parties"][party]["delivers"] = Decimal("0.5")
            pair = Pair(case, changed, track, moves)
            begun, signed = pair.links("begun"), pair.links("signed")
            if begun is None or signed is None or pair.of.road is None:
                continue
            problem, at = pair.drawn[0].problem, pair.at[0]
            asked_for = party in obliged(problem, at, indexed(problem, moves))
            assert (signed[0] == signed[1]).all()
            assert begun[1] == pytest.approx(begun[0] * (0.625 if asked_for else 1))


# --- what changes nothing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_what_changes_nothing_that_somebody_cares_about_is_worth_nothing_to_him(seed: int) -> None:
    """To a bystander who has to agree and for whom no deal is how things are; exactly, in every draw."""
    rng, case = Random(seed), drawn(seed, tables=False)
    issues = list(case["issues"])
    own = rng.choice(issues)
    case["parties"]["z"] = {}
    options = list(case["issues"][own]["options"])
    values = {o: [0, 50, 100][n] for n, o in enumerate(rng.sample(options, len(options)))}
    case["preferences"]["z"] = {
        "patience": Decimal("0.95"),
        "weights": {own: [20, 30, 45]},
        "values": {own: values},
        "indifferent": [i for i in issues if i != own],
    }
    case["agreement"] = {"all": [case["agreement"], "z"]}
    ready = Ready(written(case), 64)
    at = ready.deal.tracks["table"]
    for shown in (*at.frontier, *(s for s in at.solutions.values() if s is not None)):
        if own not in shown.moves:
            assert shown.gain["z"] == 0
            assert shown.gain_range["z"] == (0, 0, 0)
            assert shown.acceptance_by_faction["z"] == 1
