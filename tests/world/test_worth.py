"""What paths are worth against the definition, and what signing takes from the world, by its laws."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.case.reading import read_case
from detente.case.wired import NOTHING, Revision, wired
from detente.catalogue import resolve
from detente.draws import prepare
from detente.kernels.acceptance import agreed
from detente.problem import table
from detente.problem.ground import Ground
from detente.problem.own import own_gains
from detente.problem.sample import Sample
from detente.problem.steps import patience
from detente.problem.worth import worth
from detente.prospects.view import accepted, view
from detente.world.scenario import Looked, simulate
from detente.world.signing import EACH, FINE, Counted, Settled, signed, told
from detente.world.worth import account, flow, later, value
from tests.laws.writing import written
from tests.oracles import worth as oracle
from tests.oracles.enumeration import Enumerated
from tests.oracles.equations import Month, world
from tests.world.models import HOME
from tests.world.test_against_reference import holds
from tests.world.valued import MONTHS, valued

START = datetime.date(2021, 6, 3)
PER = 3

Floats = NDArray[np.float64]


def ground_of(text: str, *, seed: int = 5, draws: int = 8) -> Ground:
    return prepare(read_case(text, "valued.yaml").case, seed=seed, draws=draws).fresh_ground


def paths(ground: Ground, revision: Revision, draw: int) -> list[list[Month]]:
    """The reference worlds of a draw."""
    problem, case = ground.problem, ground.problem.case
    wiring = wired(case).wiring
    numbers = {path: float(v[draw]) for path, v in ground.world.items()}
    assert case.world is not None
    for f, readings in case.world.under.items():
        place = problem.factions.index(f)
        true = problem.readings[place][int(ground.sample.reading[place, draw])]
        for path in readings.get(true, {}):
            numbers[path] = numbers[f"under.{f}.{true}.{path}"]
    today = [{n: holds(days, m) for n, days in wiring.calendars.items()} for m in range(MONTHS + 1)]
    how = {"settled": dict(revision.settles), "still": tuple(revision.stops)}
    return [world(wiring, HOME, numbers, today, told=(ground.seed, draw, n), **how) for n in range(PER)]


def expected(ground: Ground, text: str, revision: Revision) -> tuple[Floats, Floats]:
    """[F, S, T + 1] flows and [F, S] values."""
    problem, sample = ground.problem, ground.sample
    case, of = problem.case, Enumerated(text)
    assert case.world is not None
    size = (len(problem.factions), sample.draws)
    flows, values = np.zeros((*size, MONTHS + 1)), np.zeros(size)
    for s in range(sample.draws):
        # Outside issues that the world does not move, and nothing settles, stand where chance has them.
        stood = {
            name: problem.options[i][sample.outside[i, s]]
            for i, name in enumerate(problem.issues)
            if sample.outside[i, s] >= 0 and name not in case.world.moves and name not in revision.settles
        }
        worlds = paths(ground, revision, s)
        for f, name in enumerate(problem.factions):
            readings = problem.readings[f]
            reading = readings[int(sample.reading[f, s])] if readings else None
            stakes = {
                n: float(ground.world[f"stakes.{name}.{n}"][s]) for n in case.world.stakes.get(name, {})
            }
            rho = float(case.preferences[name].patience.median)  # type: ignore[union-attr]

            def utility(
                options: dict[str, str], name: str = name, reading: str | None = reading,
                stood: dict[str, str] = stood,
            ) -> float:  # fmt: skip
                return float(of.utility(name, {**options, **stood}, reading))

            told = [oracle.flow(path, utility, stakes) for path in worlds]
            flows[f, s] = np.mean(told, axis=0)
            values[f, s] = np.mean([oracle.worth(u, rho) for u in told])
    return flows, values


@pytest.mark.parametrize("seed", range(24))
def test_paths_are_worth_what_the_definition_says(seed: int) -> None:
    text, _, of = valued(seed)
    ground = ground_of(text)
    problem = ground.problem
    for revision in (NOTHING, Revision(settles=of.settled, stops=frozenset(of.still))):
        sums = account(ground, revision)
        looked = Looked(sums.asked, sums.summed)
        found = flow(sums, simulate(ground, revision, looked, per=PER))
        rho = patience(problem, ground.sample, ground.steps, problem.factions)
        flows, values = expected(ground, text, revision)
        np.testing.assert_allclose(found[:, :, 1:], flows[:, :, 1:], rtol=0, atol=1e-9)
        np.testing.assert_allclose(value(found, rho), values, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(24, 30))
def test_the_rest_of_a_path_is_worth_what_it_would_be_by_itself(seed: int) -> None:
    text, _, _ = valued(seed)
    ground = ground_of(text)
    sums = account(ground, NOTHING)
    found = flow(sums, simulate(ground, NOTHING, Looked(sums.asked, sums.summed), per=PER))
    rho = patience(ground.problem, ground.sample, ground.steps, ground.problem.factions)
    np.testing.assert_allclose(later(found, rho, 0), value(found, rho), atol=1e-12)
    for month in (1, 5, MONTHS - 1, MONTHS):
        rest = later(found, rho, month)
        for f, s in np.ndindex(rest.shape):
            alone = oracle.worth(found[f, s, month:].tolist(), float(rho[f, s]))
            assert rest[f, s] == pytest.approx(alone, abs=1e-9)


# --- what signing takes from the world ------------------------------------------------------------------------


def worth_of(ground: Ground, revision: Revision = NOTHING) -> Floats:
    """[F, S] worlds of their own for each revision."""
    of = account(ground, revision)
    rho = patience(ground.problem, ground.sample, ground.steps, ground.problem.factions)
    return value(flow(of, simulate(ground, revision, of.looked, per=EACH)), rho)


def valued_by_the_world(seed: int) -> str:
    """A case in which nobody types what no deal is worth to ``a`` and ``c``."""
    _, tree, _ = valued(seed)
    for f in "ac":
        tree["preferences"][f]["no_deal"] = "from_outlook"
    tree["preferences"]["b"]["no_deal"] = Decimal(30)
    return written(tree)


def signing(seed: int) -> tuple[Ground, Sample]:
    """Such a case, and the sample as the world tells it."""
    ground = ground_of(valued_by_the_world(seed))
    return ground, told(ground, Settled(ground, EACH))


def computed(ground: Ground) -> list[int]:
    return [ground.problem.factions.index(f) for f in ground.problem.case.computed]


def moves(ground: Ground) -> list[tuple[str, str]]:
    """Every option that somebody at the table could sign and that is not the status quo."""
    issues = ground.problem.case.issues
    return [
        (i, o)
        for i, spec in issues.items()
        if spec.controlled_by != "outside"
        for o in spec.options
        if o != HOME[i]
    ]


@pytest.mark.parametrize("seed", range(40, 52))
def test_a_package_that_moves_nothing_is_worth_exactly_the_world_going_on(seed: int) -> None:
    """And no deal that, with what each can do alone."""
    ground, sample = signing(seed)
    problem = ground.problem
    goes_on = sample.no_deal - own_gains(problem, sample, ground.steps)
    everything = [{}, *({i: o} for i, o in moves(ground))]
    for packages in ([{}], everything):
        points = worth(problem, sample, packages)[:, 0]
        for f in computed(ground):
            assert np.array_equal(np.rint(points[f] / problem.step[f]), goes_on[f])
    no_deal = worth_of(ground)
    off = np.abs(goes_on * problem.step[:, None] - no_deal)[computed(ground)]
    assert (off <= problem.step[computed(ground), None]).all()


@pytest.mark.parametrize("seed", range(40, 52))
def test_one_that_moves_a_single_issue_is_worth_the_world_with_that_issue_settled(seed: int) -> None:
    ground, sample = signing(seed)
    problem = ground.problem
    base = worth_of(ground)
    for issue, option in moves(ground):
        settled = worth_of(ground, Revision(settles={issue: option})) - base
        # At the table of that issue alone, and at one where everything can move.
        for packages in ([{}, {issue: option}], [{}, *({i: o} for i, o in moves(ground))]):
            at = packages.index({issue: option})
            points = worth(problem, sample, packages)
            more = points[:, at] - points[:, 0]
            for f in computed(ground):
                assert np.abs(more[f] - settled[f]).max() <= 1.001 * problem.step[f], (issue, option, f)


@pytest.mark.parametrize("seed", range(40, 52))
def test_nothing_is_told_to_those_who_type_what_no_deal_is_worth(seed: int) -> None:
    ground, sample = signing(seed)
    f = ground.problem.factions.index("b")
    for packages in ([{}], [{}, *({i: o} for i, o in moves(ground))]):
        typed = worth(ground.problem, ground.sample, packages, lines=True)
        assert np.array_equal(worth(ground.problem, sample, packages, lines=True)[f], typed[f])
    assert np.array_equal(sample.no_deal[f], ground.sample.no_deal[f])
    assert np.array_equal(sample.broken, ground.sample.broken)
    assert np.array_equal(sample.reading, ground.sample.reading)


QUIET = """\
detente: 1
id: quiet
title: What somebody does not care about
judgement: made up
as_of: 2021-06-03
parties: {a: {}, b: {}}
issues:
  ban: {status_quo: kept, options: {kept: , lifted: }}
  rank: {status_quo: low, options: {low: , high: }}
preferences:
  a: {patience: 0.97, no_deal: from_outlook, weights: {ban: 100}, indifferent: [rank], values: {ban: {kept: 0, lifted: 100}}}
  b: {patience: 0.9, no_deal: from_outlook, weights: {ban: 40, rank: 60}, values: {ban: {kept: 100, lifted: 0}, rank: {low: 0, high: 100}}}
world:
  months: 24
  parts:
    people:
      numbers: {h: {range: [0.01, 0.05, 0.1], because: made up}}
      events: {rose: {chance: h, once: true}, eased: {chance: 0.1}}
  moves: {ban: {lifted: people.eased}}
  stakes: {a: {people.rose: -20}, b: {people.rose: 5}}
"""


def test_what_changes_nothing_that_somebody_cares_about_is_worth_exactly_nothing_more() -> None:
    ground = ground_of(QUIET, draws=64)
    sample, problem = told(ground, Settled(ground, EACH)), ground.problem
    points = worth(problem, sample, [{}, {"rank": "high"}, {"ban": "lifted"}])
    assert np.array_equal(points[0, 1], points[0, 0])
    assert np.array_equal(np.rint(points[0, 1] / problem.step[0]), sample.no_deal[0])
    assert points[1, 1] - points[1, 0] == pytest.approx(60.0)
    # What would be lifted in time is worth less to sign than what would never be.
    lifted = points[0, 2] - points[0, 0]
    assert ((lifted > 5) & (lifted < 50)).all()


HALF = """\
detente: 1
id: half
title: What is worth half a step more than whole ones
judgement: made up
as_of: 2021-06-03
parties: {a: {}, b: {}}
issues:
  ban: {status_quo: kept, options: {kept: , eased: , lifted: }}
  rank: {status_quo: low, options: {low: , high: }}
preferences:
  a: {patience: 0.5, no_deal: from_outlook, step: 1, points: {ban: {kept: 1, eased: 4, lifted: 5}}, indifferent: [rank]}
  b: {patience: 0.5, weights: {rank: 100}, indifferent: [ban], values: {rank: {low: 0, high: 100}}}
world:
  months: 24
  parts:
    people:
      numbers: {fed: {kept: 0.25, eased: 0.5, lifted: 0}}
      values: {had: "fed[ban]"}
  stakes: {a: {people.had: 2}}
"""


def test_half_a_step_is_rounded_once_whatever_it_comes_on_top_of() -> None:
    """``a`` has 1.5 as things go on, and 3.5 more with either other ban, of which 3 and 4 are its own points."""
    ground = ground_of(HALF, draws=1)
    sample, problem = told(ground, Settled(ground, EACH)), ground.problem
    packages: list[dict[str, str]] = [{}, {"rank": "high"}, {"ban": "eased"}, {"ban": "lifted"}]
    stays, high, eased, lifted = worth(problem, sample, packages)[0, :, 0]
    assert stays == high == sample.no_deal[0, 0] == 2
    assert eased == lifted == 2 + 4


@pytest.mark.parametrize("seed", [*range(40, 52), 257])  # of the last, an option is worth half a step
def test_what_points_count_for_gives_the_steps_that_the_worlds_give(seed: int) -> None:
    ready = prepare(read_case(valued_by_the_world(seed), "valued.yaml").case, draws=8)
    ground, of = ready.best_ground({}), ready.settled_best
    found, counted = (signed(ground, of.options, by.worth(ground)) for by in (of, Counted(ground, of)))
    assert np.array_equal(found.no_deal, counted.no_deal)
    assert np.array_equal(found.points, counted.points)


@pytest.mark.parametrize("patience", ["[0.95, 0.97, 0.99]", "[0.2, 0.7, 0.99]"])
def test_any_patience_may_share_the_worlds(patience: str) -> None:
    """Between the values of patience at which paths are discounted, as good as month by month; the wider the judgement, the more
    of them that takes."""
    text = QUIET.replace("months: 24", "months: 60").replace("patience: 0.97", f"patience: {patience}")
    ground = ground_of(text, draws=64)
    between = Settled(ground, EACH).worth(ground)
    assert between == pytest.approx(Settled(ground, EACH, more=EACH).worth(ground), abs=100 * FINE)


def test_readings_that_are_supposed_have_worlds_of_a_number_of_their_own() -> None:
    """The likeliest decides what is said at best estimates; under the others the same first worlds are looked at."""
    case = read_case(resolve("venezuela-2021").read_text("utf-8"), "venezuela-2021.yaml").case
    ground = prepare(case, draws=8).best_ground({})
    found = Settled(ground, 128, supposed=64, more=64)
    many, few = Settled(ground, 128, more=64), Settled(ground, 64, more=64)
    for settled in (found, many, few):
        settled.everything()
    own = tuple(int(ground.sample.reading[f, 0]) for f in found.minded)
    assert len(found.found) > 1
    for places, paths in found.found.items():
        np.testing.assert_array_equal(paths, (many if places == own else few).found[places])
    assert not np.array_equal(many.found[own], few.found[own])


def test_there_are_enough_worlds_for_acceptance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance that is left in what a package is worth would be taken for disagreement; so would be numbers of the world that many
    draws share, were there few of them."""
    case = read_case(resolve("parliament").read_text("utf-8"), "parliament.yaml").case
    wanted = {"text": "unratified", "backstop": "assured", "leaving": "march"}

    def share() -> float:
        """Over some seeds: of one the worlds move it by some three points either way."""
        found = []
        for seed in range(6):
            ready = prepare(case, draws=1024, seed=seed)
            at = table(ready.problem, "table")
            package = [ready.problem.options[i].index(wanted[ready.problem.issues[i]]) for i in at.issues]
            seen = view(ready.problem, ready.fresh, at)
            found.append(agreed(accepted(seen, np.array([package], dtype=np.int16)), seen.winning).mean())
        return float(np.mean(found))

    usual = share()
    with monkeypatch.context() as patch:
        patch.setattr("detente.draws.EACH", 1024)
        assert usual == pytest.approx(share(), abs=0.04)
    monkeypatch.setattr("detente.world.signing.LENT", 1024)
    assert usual == pytest.approx(share(), abs=0.04)
