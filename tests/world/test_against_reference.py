"""Random worlds through the engine and through the reference: the same bits."""

from __future__ import annotations

import datetime
import re
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest
from pydantic import TypeAdapter

from detente.case.equations import Node
from detente.case.mechanism import Bundled, Movement, Part
from detente.case.typed import Reader
from detente.case.wiring import Wiring, wire
from detente.errors import UsageError
from detente.kernels.codes import KEPT
from detente.world.form import form
from detente.world.run import Ensemble, dated, prepared, run
from tests.oracles.equations import Fault, Month, fixed, world
from tests.world.models import HOME, ISSUES, Model, model

START = datetime.date(2021, 6, 3)
SEED = 11
MODELS, BLOCKS = 64, 8
ABSENT = {"gone": Bundled(title="Gone", says="A part that no case here has.", theory="None.", limits="All.")}


class Both(NamedTuple):
    """A model ready for either."""

    of: Model
    wiring: Wiring
    amounts: list[str]
    """Levels and values."""
    events: list[str]
    asked: list[str]
    conditions: list[Node]
    values: list[dict[str, float]]
    """Of each draw."""
    months: int
    first: int

    def engine(self, per: int, **how: Any) -> Ensemble:
        settled = {**HOME, **self.of.settled}
        made = form(self.wiring, HOME, settled=self.of.settled, still=self.of.still, asked=self.conditions)
        columns = {n: np.array([v[n] for v in self.values]) for n in self.values[0]}
        dates = dated(self.wiring.calendars, made.calendars, START, self.months)
        paths = [*self.amounts, *self.events]
        ready = prepared(made, columns, settled, dates, summed=self.amounts, paths=paths)
        return run(ready, per=per, seed=SEED, first=self.first, **how)

    def reference(self, draw: int, number: int) -> list[Month]:
        calendars = self.wiring.calendars
        today = [{n: holds(days, m) for n, days in calendars.items()} for m in range(self.months + 1)]
        return world(
            self.wiring,
            HOME,
            self.values[draw],
            today,
            asked=self.conditions,
            told=(SEED, self.first + draw, number),
            settled=self.of.settled,
            still=self.of.still,
        )


def both(of: Model, *, draws: int = 2, first: int = 0, months: int = 12) -> Both:
    known = TypeAdapter(dict[str, Part]).validate_python(of.parts)
    wiring = wire(known, ABSENT, ISSUES, TypeAdapter(dict[str, Movement]).validate_python(of.moves))
    assert isinstance(wiring, Wiring), wiring
    reader = Reader(dict(wiring.slots), {*of.parts, "gone"})
    events = sorted(n for n, s in wiring.slots.items() if s.sort == "event")
    amounts = sorted(n for n, s in wiring.slots.items() if s.sort in ("level", "value"))
    asked = [*events, *(f"happened({n})" for n in events), *(f"before({n})" for n in events)]
    asked += [f"(months_since({n}) ?? 2) < 2" for n in events]
    asked += [f"{issue} is {option}" for issue in ISSUES for option in ISSUES[issue]]
    asked += [f"before({issue}) is {option}" for issue in ISSUES for option in ISSUES[issue]]
    asked += [f"{n} > 0.5 or (before({n}) ?? 1) < 0.5" for n in amounts]
    conditions = [reader.read(a, truth=True).node for a in asked]
    numbers = [values(wiring, d) for d in range(draws)]
    return Both(of, wiring, amounts, events, asked, conditions, numbers, months, first)


def compare(of: Both, per: int = 8) -> bool:
    """Everything that both say of the same worlds is the same; whether there was a fault, which is the same, too."""
    told: list[list[list[Month]]] = []
    for d in range(len(of.values)):
        worlds, faults = [], []
        for w in range(per):
            try:
                worlds.append(of.reference(d, w))
            except Fault as fault:
                faults.append((fault.month, of.wiring.order.index(fault.name), fault.name))
        if faults:  # the first month of the first draw counts, and in it the first equation
            month, _, name = min(faults)
            what = f"{name}: in month {month} of draw {of.first + d} "
            for fused in (False, True):
                with pytest.raises(UsageError, match=re.escape(what)):
                    of.engine(per, fused=fused)
            return True
        told.append(worlds)
    found = of.engine(per, fused=False)
    assert [a.tobytes() for a in of.engine(per, fused=True)[1:]] == [a.tobytes() for a in found[1:]]
    for d, worlds in enumerate(told):
        for m in range(of.months + 1):
            months = [w[m] for w in worlds]
            for w, month in enumerate(months[:KEPT]):
                same(found.kept[d, w, m], month, [*of.amounts, *of.events], (d, m, w))
            counts = [sum(month.asked[k] for month in months) for k in range(len(of.asked))]
            sums = [sum(fixed(month.now[n]) for month in months) for n in of.amounts]
            wrong = differing(of.asked, counts, found.counts[d, m]) + differing(
                of.amounts, sums, found.sums[d, m]
            )
            assert not wrong, (d, m, wrong)
    return False


def same(row: np.ndarray, month: Month, paths: list[str], where: object) -> None:
    for n, name in enumerate(paths):
        expected = np.float32(month.ever[name]) if name in month.ever else month.now[name]
        assert bits(row[n]) == bits(expected), (name, row[n], expected, where)


def bits(x: np.float32) -> str:
    """What is absent and what is 0 may be written in several ways."""
    return "absent" if np.isnan(x) else (np.float32(x) + np.float32(0)).tobytes().hex()


def differing(names: list[str], expected: list[int], found: Any) -> list[object]:
    return [(n, e, int(f)) for n, e, f in zip(names, expected, found, strict=True) if e != f]


def values(wiring: Wiring, draw: int) -> dict[str, float]:
    """Every draw has other numbers."""
    found = {}
    for name, figure in wiring.figures.items():
        for option, one in figure.items() if isinstance(figure, dict) else [("", figure)]:
            found[f"{name}[{option}]" if option else name] = one.median * (1 + 0.1 * draw)
    return found


def holds(days: tuple[datetime.date, ...], month: int) -> bool:
    """Whether a month, which ends ``month`` months after the start, holds one of the days."""

    def after(n: int) -> datetime.date:
        year, at = divmod(START.month - 1 + n, 12)
        return datetime.date(START.year + year, at + 1, START.day)

    return month > 0 and any(after(month - 1) < day <= after(month) for day in days)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_same_bits(block: int) -> None:
    each = MODELS // BLOCKS
    for seed in range(block * each, (block + 1) * each):
        try:
            compare(both(model(seed), months=10))
        except Exception as error:
            raise AssertionError(f"model {seed}: {error}") from error


def test_the_same_faults() -> None:
    """Worlds in which something is divided by what may be 0, or is absent."""
    faults = [compare(both(model(seed, careless=True), months=6)) for seed in range(1000, 1016)]
    assert 4 <= sum(faults) < len(faults)


def test_the_same_world_whatever_its_number() -> None:
    """Across the ends of words (8 worlds), of calls (64) and of blocks (512), and for draws from any number on."""
    part = {
        "levels": {"x": {"start": "0.5", "next": "clamp(x + 0.1 * shock, 0, 1)", "unit": "share"}},
        "values": {"y": "(before(y) ?? 0) + whole(x)", "z": "before(x) + y"},
        "events": {"e": {"chance": "0.2", "ends": "it"}, "f": {"chance": "before(x)", "ends": "it"}},
    }
    of = both(Model({"p": part}, {}, {}, ()), draws=1, first=2**33 + 5, months=2)
    compare(of, per=600)
    few, many = of.engine(70), of.engine(71)
    assert (many.sums - few.sums)[0, 2].tolist() == [fixed(of.reference(0, 70)[2].now[n]) for n in of.amounts]


def test_nothing_hangs_on_the_order_of_the_file() -> None:
    for seed in range(MODELS, MODELS + 12):
        of = model(seed)
        random = Random(seed)
        parts = {
            n: {kind: shuffled(of.parts[n][kind], random) for kind in of.parts[n]}
            for n in shuffled(of.parts, random)
        }
        one, other = (both(m).engine(64) for m in (of, of._replace(parts=parts)))
        for a, b in zip(one, other, strict=True):
            assert np.array_equal(a, b, equal_nan=True)


def test_nothing_hangs_on_what_else_is_looked_at() -> None:
    """What is not looked at shares rows, and what shares them is another thing in month 0 than later."""
    for seed in range(24):
        of = both(model(seed))
        whole, random = of.engine(8, fused=False), Random(seed)
        for k in random.sample(range(len(of.asked)), 16):
            few = of._replace(conditions=[of.conditions[k]], amounts=[], events=[])
            found = few.engine(8, fused=False)
            assert np.array_equal(found.counts[:, :, 0], whole.counts[:, :, k]), (seed, of.asked[k])
        n = random.randrange(len(of.amounts))
        few = of._replace(conditions=[], amounts=of.amounts[n : n + 1], events=[])
        for fused in (False, True):
            found = few.engine(8, fused=fused)
            assert np.array_equal(found.sums[:, :, 0], whole.sums[:, :, n]), (seed, of.amounts[n])


@pytest.mark.parametrize("fused", [False, True])
def test_one_world_more_adds_its_levels_where_64_are_added_at_once(fused: bool) -> None:
    """64 worlds that are all there are added in whole numbers where they are small, 63 never are."""
    for seed in (0, 3):
        of = both(model(seed), draws=1, months=6)
        more = of.engine(64, fused=fused).sums - of.engine(63, fused=fused).sums
        for m, month in enumerate(of.reference(0, 63)):
            expected = [fixed(month.now[n]) for n in of.amounts]
            assert not (wrong := differing(of.amounts, expected, more[0, m])), (seed, m, wrong)


def shuffled(of: dict[str, Any], random: Random) -> dict[str, Any]:
    return {n: of[n] for n in random.sample(list(of), len(of))}
