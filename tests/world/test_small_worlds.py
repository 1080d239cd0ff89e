"""The bundled cases that are small enough to be worked out exactly: every event by every month."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

from detente.case.dates import months_until
from detente.case.idle import idle
from detente.case.mechanism import Figure
from detente.case.model import Case
from detente.case.reading import load_case
from detente.case.typed import Reader
from detente.case.wired import Wired, wired
from detente.catalogue import path
from detente.world.constants import evaluated
from detente.world.form import form
from detente.world.run import Ensemble, dated, prepared, run
from tests.oracles.small_worlds import Parliament, Stockpile, parliament, stockpile

DRAWS, PER = 8, 25_000
ERRORS = 4.0
"""Standard errors within which each of a few hundred shares must lie."""


class World(NamedTuple):
    """A bundled case at the medians of its numbers."""

    case: Case
    of: Wired
    values: dict[str, float]

    def without(self, **changed: float) -> World:
        """With some numbers replaced, by their names with ``__`` for the point."""
        return self._replace(values={**self.values, **{k.replace("__", "."): v for k, v in changed.items()}})

    @property
    def months(self) -> int:
        assert self.case.world is not None
        return self.case.world.months

    @property
    def home(self) -> dict[str, str]:
        return {name: issue.status_quo or "" for name, issue in self.case.issues.items()}

    def dates(self, name: str) -> set[int]:
        """Months that hold a date of a calendar."""
        assert self.case.as_of is not None
        return {months_until(self.case.as_of, day) for day in self.of.wiring.calendars[name]}

    def engine(self, asked: Sequence[str], summed: tuple[str, ...] = (), **settled: str) -> Ensemble:
        assert self.case.as_of is not None
        wiring = self.of.wiring
        reader = Reader(dict(wiring.slots), set())
        conditions = [reader.read(a, truth=True).node for a in asked]
        made = form(wiring, self.home, asked=conditions, settled=settled)
        values = {n: np.full(DRAWS, v) for n, v in self.values.items()}
        dates = dated(wiring.calendars, made.calendars, self.case.as_of, self.months)
        ready = prepared(made, values, {**self.home, **settled}, dates, summed=summed)
        return run(ready, per=PER, seed=3)


def world(name: str) -> World:
    case = load_case(path(name)).case
    of = wired(case)
    values: dict[str, float] = {}
    for full, given in of.wiring.figures.items():
        for option, one in {"": given}.items() if isinstance(given, Figure) else given.items():
            values[f"{full}[{option}]" if option else full] = one.median
    return World(case, of, values)


def agrees(found: Ensemble, exact: list[dict[str, float]], names: Sequence[str]) -> None:
    """Every share, month by month, within a few standard errors; what cannot happen does not."""
    for month, shares in enumerate(exact):
        for n, name in enumerate(names):
            p, share = shares[name], float(found.shares[:, month, n].mean())
            error = math.sqrt(max(p * (1 - p), 0) / (DRAWS * PER))
            assert share == pytest.approx(p, abs=ERRORS * error + 1e-12), (name, month)


# --- a stockpile --------------------------------------------------------------------------------------------

STOCK = ("crossed", "struck", "both", "unseen")
STOCK_ASKED = (
    "happened(stock.crossed)",
    "happened(strike.struck)",
    "happened(stock.crossed) and happened(strike.struck)",
    "happened(stock.crossed) and watch.known < stock.enough",
)


def stock_numbers(of: World) -> Stockpile:
    v = of.values
    sees = {o: v[f"watch.sees[{o}]"] for o in ("barred", "partial", "full")}
    names = ("now", "batch", "runs", "enough", "left")
    return Stockpile(*(v[f"stock.{n}"] for n in names), sees, v["strike.rate"])


def stock_exact(of: World, **how: str) -> list[dict[str, float]]:
    return stockpile(stock_numbers(of), of.dates("watch.meetings"), of.months, **how)


def test_the_stockpile_of_the_case() -> None:
    of = world("stockpile")
    exact = stock_exact(of)
    agrees(of.engine(STOCK_ASKED), exact, STOCK)
    # Something is at stake: neither is certain, and the threshold cannot be passed in the first year and a half.
    assert 0.1 < exact[36]["crossed"] < 0.9
    assert 0.1 < exact[36]["struck"] < 0.9
    assert exact[20]["crossed"] == 0 < exact[21]["crossed"]


@pytest.mark.parametrize(
    "changed",
    [
        {"strike__rate": 0.015},
        {"strike__rate": 0.4, "stock__left": 0.75, "stock__runs": 1.0},
        {"stock__batch": 10.0, "stock__enough": 100.0},
        {"watch__sees[partial]": 0.0},
    ],
)
def test_the_stockpile_with_other_numbers(changed: dict[str, float]) -> None:
    of = world("stockpile").without(**changed)
    agrees(of.engine(STOCK_ASKED), stock_exact(of), STOCK)


def test_what_is_agreed_about_the_stockpile_stays() -> None:
    of = world("stockpile")
    capped = of.engine(STOCK_ASKED, enrichment="capped")
    agrees(capped, stock_exact(of, enrichment="capped"), STOCK)
    assert not capped.counts.any()


def test_without_a_strike_the_threshold_is_passed_after_so_many_batches() -> None:
    """21 batches of 4 kg are missing; each month adds one with chance 0.8: a negative binomial waiting time."""
    of = world("stockpile").without(strike__rate=0.0)
    exact = stock_exact(of)
    for month in range(37):
        tail = sum(math.comb(month, k) * 0.8**k * 0.2 ** (month - k) for k in range(21, month + 1))
        assert exact[month]["crossed"] == pytest.approx(tail, abs=1e-12)


# --- a parliament -------------------------------------------------------------------------------------------

HOUSE = ("passed", "out", "fell", "extended")
HOUSE_ASKED = (
    "happened(house.passed)",
    "happened(clock.out)",
    "happened(house.fell)",
    "happened(clock.extended)",
)


def house_exact(of: World, backstop: str = "open_ended") -> list[dict[str, float]]:
    v = of.values
    house = [v[f"house.{n}"] for n in ("missing", f"sways[{backstop}]", "fear", "unsure", "topples", "rift")]
    clock = [v[f"clock.{n}"] for n in ("first", "more", "grants")]
    dates = [of.dates(n) for n in ("house.votes", "clock.council", "clock.days")]
    return parliament(Parliament(*house, *clock), *dates, of.months)


@pytest.mark.parametrize("backstop", ["open_ended", "assured", "ends"])
def test_the_parliament_of_the_case(backstop: str) -> None:
    of = world("parliament")
    exact = house_exact(of, backstop)
    found = of.engine(HOUSE_ASKED, ("house.short",), backstop=backstop)
    agrees(found, exact, HOUSE)
    for month in range(of.months + 1):
        # What is missing spreads by the successor's friends and by less than one a month of rounding.
        error = 16 / math.sqrt(DRAWS * PER)
        assert found.means[:, month, 0].mean() == pytest.approx(exact[month]["short"], abs=ERRORS * error)
    # By the second day of leaving it is decided one way or the other.
    assert exact[8]["passed"] + exact[8]["out"] == pytest.approx(1)
    assert exact[5]["passed"] + exact[5]["out"] < 1
    assert 0.02 < exact[8]["passed"] < 1


@pytest.mark.parametrize(
    "changed",
    [
        {"clock__grants": 0.5},
        {"house__topples": 0.9, "house__rift": 40.0},
        {"house__missing": 20.0, "house__fear": 0.9},
        {"clock__first": 2.0, "clock__more": 6.0},
        {"house__unsure": 60.0},
    ],
)
def test_the_parliament_with_other_numbers(changed: dict[str, float]) -> None:
    of = world("parliament").without(**changed)
    agrees(of.engine(HOUSE_ASKED), house_exact(of), HOUSE)


# --- both ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "policy", "exact", "asked", "names"),
    [
        ("stockpile", "restraint", stock_exact, STOCK_ASKED, STOCK),
        ("parliament", "patience", house_exact, HOUSE_ASKED, HOUSE),
    ],
)
def test_policies_change_what_they_say(
    name: str,
    policy: str,
    exact: Callable[..., list[dict[str, float]]],
    asked: Sequence[str],
    names: Sequence[str],
) -> None:
    of = world(name)
    columns = {n: np.array([v]) for n, v in of.values.items()}
    changes = of.of.policies[policy].changes
    changed = {n: float(evaluated(node, columns, {}, 1)[0]) for n, node in changes.items()}
    assert changed
    assert all(of.values[n] != v for n, v in changed.items())
    under = of._replace(values={**of.values, **changed})
    told = exact(under)
    agrees(under.engine(asked), told, names)
    assert told[-1] != exact(of)[-1]


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("stockpile", {"crossed": (24, "crossed"), "struck": (24, "struck")}),
        ("parliament", {"passed": (5, "passed"), "out": (8, "out"), "fell": (8, "fell")}),
    ],
)
def test_questions_ask_for_what_is_worked_out(name: str, answers: Mapping[str, tuple[int, str]]) -> None:
    of = world(name)
    exact = stock_exact(of) if name == "stockpile" else house_exact(of)
    names, asked = (STOCK, STOCK_ASKED) if name == "stockpile" else (HOUSE, HOUSE_ASKED)
    reader = Reader(dict(of.of.wiring.slots), set())
    for question, (month, event) in answers.items():
        that, given, spec = of.of.questions[question].answers["yes"]
        assert that == reader.read(asked[names.index(event)], truth=True).node
        assert given is None
        assert of.case.as_of is not None
        assert months_until(of.case.as_of, spec.at) == month
        # No question is idle: its answer is neither certain nor out of the question.
        assert 0.005 < exact[month][event] < 0.99


@pytest.mark.parametrize("name", ["stockpile", "parliament"])
def test_nothing_of_them_is_idle(name: str) -> None:
    of = world(name)
    system: Any = of.case.world
    valued = {*of.case.issues, *(n for stakes in system.stakes.values() for n in stakes)}
    assert idle(of.of.wiring, valued, months=(of.case.as_of, of.months)) == []


@pytest.mark.parametrize("name", ["stockpile", "parliament"])
def test_they_are_short_and_say_where_their_numbers_come_from(name: str) -> None:
    of = world(name)
    lines = path(name).read_text(encoding="utf-8").splitlines()
    block = lines[lines.index("world:") : lines.index("policies:")]
    assert len([line for line in block if line.strip()]) < 60
    assert len(lines) < 170
    for full, given in of.of.wiring.figures.items():
        for one in [given] if isinstance(given, Figure) else given.values():
            assert one.judgement or one.fact, full
