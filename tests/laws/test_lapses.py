"""Options that stand for a time only: what they are worth, in the world, on the road and in a faction's own hands."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from detente.analyses.deal import deal
from detente.analyses.flips import flips
from detente.analyses.outlook.solve import outlook
from detente.case.reading import read_case
from detente.draws import Drawn, prepare
from detente.errors import CaseError
from detente.kernels.appraisal import appraise
from detente.problem.own import own_gains
from detente.problem.steps import agenda
from detente.problem.table import table
from detente.problem.worth import worth
from detente.prospects.chances import prospect
from detente.prospects.road import paved
from tests.oracles import ending

CASE = """\
detente: 1
id: sunset
title: A limit with a sunset
judgement: made up
as_of: 2022-01-15
parties: {maker: {}, payer: {}}
issues:
  limit: {controlled_by: maker, status_quo: none, options: {none: , loose: {until: 24}, tight: {until: 2023-01-20}}}
  ban: {controlled_by: payer, status_quo: kept, options: {kept: , eased: {until: 30}, gone: }}
  visit: {controlled_by: maker, status_quo: barred, options: {barred: , open: }}
preferences:
  maker:
    patience: 0.95
    points: {limit: {none: 0, loose: -1000, tight: -3000}, ban: {kept: 0, eased: 1000, gone: 4000}, visit: {barred: 0, open: -500}}
    together:
      - {when: {limit: none, ban: gone}, add: 700}
      - {when: {limit: tight, ban: eased}, add: 300}
      - {when: {limit: tight, visit: open}, add: -200}
      - {when: {limit: none, ban: kept}, add: 50}
    min: -99999
    max: 99999
  payer:
    patience: 0.9
    points: {limit: {none: 0, loose: 2000, tight: 5000}, ban: {kept: 0, eased: -100, gone: -1500}, visit: {barred: 0, open: 900}}
    min: -99999
    max: 99999
signing: {chance: 0.5}
steps: {temptation: 100}
"""
WORLD = """\
world:
  months: 48
  parts:
    shop:
      says: It opens on a day.
      calendars: {days: [2022-07-20]}
      levels: {stock: {says: the stock, start: 0, next: "stock + (if limit is none then 1 else 0)", unit: t}}
      events:
        opened: {says: the shop opens, on: days, chance: 1}
  stakes: {maker: {shop.stock: 10}, payer: {shop.stock: -20}}
"""
MOVES = "  moves: {ban: {gone: shop.opened}}\n"
COMPUTED = CASE.replace("patience: 0.95", "patience: 0.95\n    no_deal: from_outlook").replace(
    "patience: 0.9\n", "patience: 0.9\n    no_deal: from_outlook\n"
)
ENDS = {("limit", "loose"): 24, ("limit", "tight"): 12, ("ban", "eased"): 30}
RHO = {"maker": 0.95, "payer": 0.9}


def ready(text: str) -> Drawn:
    return prepare(read_case(text, "sunset.yaml").case, draws=8)


def flow(ready: Drawn, faction: str, state: dict[str, str]) -> float:
    """Points a month of a state, as typed."""
    wants = ready.problem.case.preferences[faction]
    assert wants.points is not None
    total = sum(wants.points[i][o].median for i, o in state.items())
    return total + sum(t.add.median for t in wants.together if t.when.items() <= state.items())


def packages(ready: Drawn) -> list[dict[str, str]]:
    names, options = ready.problem.issues, ready.problem.options
    return [dict(zip(names, chosen, strict=True)) for chosen in product(*options)]


HOME = {"limit": "none", "ban": "kept", "visit": "barred"}


def test_two_years_of_a_limit_by_hand() -> None:
    """2,000 points a month for 24 months at 0.9 a month, then nothing: 2,000 (1 - 0.9^24)."""
    of = ready(CASE)
    found = worth(of.problem, of.best, [{"limit": "loose"}])[1, 0, 0]
    assert found == pytest.approx(2000 * (1 - 0.9**24), abs=0.01)
    # A term that only holds once the limit has ended: 0.95^12 of 700, beside what the parts are worth.
    both = worth(of.problem, of.best, [{"limit": "tight", "ban": "gone"}])[0, 0, 0]
    assert both == pytest.approx(-3000 * (1 - 0.95**12) + 4000 + 0.95**12 * 700, abs=2)


def test_every_package_is_worth_what_its_months_are() -> None:
    of = ready(CASE)
    all_ = packages(of)
    found = worth(of.problem, of.best, all_)[:, :, 0]
    for n, faction in enumerate(of.problem.factions):
        for k, package in enumerate(all_):
            expected = ending.worth(package, HOME, ENDS, lambda s, f=faction: flow(of, f, s), RHO[faction])
            assert found[n, k] == pytest.approx(expected, abs=0.05), (faction, package)


@pytest.mark.parametrize("moves", ["", MOVES])
def test_worlds_say_the_same_month_by_month(moves: str) -> None:
    """Nothing in the world is by chance. Packages of one issue are exact: the world with it, to its end, less the world going on."""
    of = ready(COMPUTED + WORLD + moves)
    names = of.problem.factions
    for issue, options in zip(of.problem.issues, of.problem.options, strict=True):
        for option in options:
            if option == HOME[issue]:
                continue
            found = worth(of.problem, of.best, [{issue: option}])[:, 0, 0]
            for n, f in enumerate(names):
                month_by_month = path(of, f, {issue: option}, bool(moves))
                # No deal is the world going on and what the faction does alone; the package comes on top of the world alone.
                assert found[n] == pytest.approx(month_by_month, abs=0.05), (f, issue, option)


@pytest.mark.parametrize("moves", ["", MOVES])
def test_the_outlook_settles_a_whole_package_to_its_ends(moves: str) -> None:
    of = ready(COMPUTED + WORLD + moves)
    for package in packages(of)[1::2]:
        moved = {i: o for i, o in package.items() if o != HOME[i]}
        if moved:
            signed = outlook(of, package=moved, per=16).package_value
            assert signed is not None
            for f in of.problem.factions:
                assert signed[f] == pytest.approx(path(of, f, moved, bool(moves)), abs=0.05)


def path(of: Drawn, faction: str, package: dict[str, str], moves: bool) -> float:
    """The world of 48 months by hand: the shop opens in month 7 and the ban is then gone, unless it is kept somewhere."""
    rho, total, stock, opened = RHO[faction], 0.0, 0, False
    rate = 10 if faction == "maker" else -20
    for t in range(1, 49):
        opened |= t >= 7
        state = {**HOME, **({"ban": "gone"} if moves and opened else {})}
        for issue, option in package.items():
            if t <= ENDS.get((issue, option), 99):
                state[issue] = option
        # The stock looks at the limit of the same month.
        stock += state["limit"] == "none"
        month = flow(of, faction, state) + rate * stock
        total += (1 - rho) * rho ** (t - 1) * month
    return total + rho**48 * month


def test_what_somebody_does_alone_ends_as_well() -> None:
    """The payer gains nothing alone; the maker would, were a visit that ends worth something to it."""
    text = CASE.replace("barred: 0, open: -500", "barred: 0, open: 600").replace(
        "open: }}\npref", "open: {until: 6}}}\npref"
    )
    of = ready(text)
    gains = own_gains(of.problem, of.best, of.beside_best.steps)[:, 0] * of.problem.step
    assert gains[0] == pytest.approx(600 * (1 - 0.95**6), abs=1)
    assert gains[1] == 0


def test_who_gave_something_for_good_may_take_it_back_when_the_other_side_is_free() -> None:
    """The payer gives the ban for good and gets a limit for 24 months. On paper it is worth more than no deal; once the limit has
    ended the payer has only what the ban costs it, which it takes back."""
    of = ready(CASE)
    at = table(of.problem, None)
    package = {"limit": "loose", "ban": "gone"}
    road = paved(of, agenda(of.problem, at, package))
    now = appraise(road.best, road.plan.order)
    maker, payer = of.problem.factions.index("maker"), of.problem.factions.index("payer")
    # 24 months from the date of the case, two of which have passed when the first step begins.
    assert road.best.sunsets == ((22, 1 << [s.issue for s in road.of.steps].index("limit")),)
    assert now.margin[-1, payer, 0] == pytest.approx(-1500, abs=1)
    assert now.margin[-1, maker, 0] > 0
    for_good = ready(CASE.replace("{until: 24}", ""))
    kept = [prospect(one, table(one.problem, None), package).chances().kept for one in (of, for_good)]
    assert kept[0] is not None
    assert kept[1] is not None
    assert kept[0] < kept[1]


@pytest.mark.parametrize(("lead", "left"), [(0, 12), (2, 10), (12, 0), (15, 0)])
def test_what_ends_on_a_day_ends_on_it_whenever_steps_begin(lead: int, left: int) -> None:
    of = ready(CASE.replace("steps: {temptation: 100}", f"steps: {{temptation: 100, lead: {lead}}}"))
    road = paved(of, agenda(of.problem, table(of.problem, None), {"limit": "tight", "visit": "open"}))
    assert [month for month, _ in road.best.sunsets] == [left]


def test_an_option_that_stands_longer_is_worth_more_to_who_wants_it() -> None:
    found = []
    for months in (1, 6, 12, 60, 1200):
        of = ready(CASE.replace("until: 24", f"until: {months}"))
        found.append(worth(of.problem, of.best, [{"limit": "loose"}])[1, 0, 0])
    assert (np.diff(found) > 0).all()
    of = ready(CASE.replace("{until: 24}", ""))
    assert found[-1] == pytest.approx(worth(of.problem, of.best, [{"limit": "loose"}])[1, 0, 0], abs=1)


def test_whether_a_package_is_acceptable_hangs_on_how_long_it_stands() -> None:
    """5,000 points a month for three months do not outweigh 3,500 for good; for good they do."""
    text = CASE.replace("gone: -1500", "gone: -3500")
    of = ready(text.replace("until: 2023-01-20", "until: 3"))
    longer = ready(text.replace("{until: 2023-01-20}", ""))
    package = {"limit": "tight", "ban": "gone"}
    found = [prospect(one, table(one.problem, None), package).chances().acceptable for one in (of, longer)]
    assert found == [0, 1]
    agreed = [deal(one).main.packages.acceptable for one in (of, longer)]
    assert agreed[0] < agreed[1]


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("until: 24", "until: 2022-01-10", "has ended within a month of the date"),
        ("until: 24", "until: 2022-02-01", "has ended within a month of the date"),
        ("until: 24", "until: 48", "reckoned 48 months ahead, and it would still stand then"),
        ("until: 24", "until: 2040-01-01", "reckoned 48 months ahead"),
        ("until: 24", "until: 0", "greater than or equal to 1|at least 1"),
        ("until: 24", "until: soon", "a date was expected, written 2021-06-03"),
        ("{none: , loose", "{none: {until: 3}, loose", "this is the status quo"),
        ("as_of: 2022-01-15\n", "", "add 'as_of: DATE'"),
        ("{controlled_by: maker, status_quo: none", "{controlled_by: outside, status_quo: none", "decided outside"),
        ("{controlled_by: maker, status_quo: none", "{controlled_by: maker, reversible: false, status_quo: none", "what cannot be undone does not end"),
        ("    patience: 0.9\n", "", "everybody's patience, and 'payer' has none"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(was: str, becomes: str, words: str) -> None:
    text = CASE + (WORLD if "48" in words else "")
    assert was in text
    with pytest.raises(CaseError, match=words):
        read_case(text.replace(was, becomes), "sunset.yaml")


def test_flips_say_that_patience_is_held() -> None:
    text = CASE.replace("patience: 0.9\n", "patience: [0.85, 0.9, 0.95]\n")
    of = ready(text)
    held = flips(of, deal(of)).cannot_move
    assert any("held at its best estimate" in one.why for one in held)
