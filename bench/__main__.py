"""Every target of speed, with a peer in the same run where there is one.

``uv run python -m bench [--json FILE] [--only GROUP]`` prints a table; times are medians (of worlds: the
best) after a warm-up, so that compilation is excluded. Instances are of the *conflict* family (``bench.families``); the
reservation value is a party's mean over all packages.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench import equations as rows
from bench.families import SEED, conflict, mean_value, roadmap
from bench.standoffs import moves_alone, plain, same, standoff
from bench.talks import FAMILIES, FAR, GAMES, MONTHS, apart
from detente.case.reading import read_case
from detente.case.wired import NOTHING
from detente.catalogue import resolve
from detente.draws import prepare
from detente.kernels import conflict as kernel_of_conflicts
from detente.kernels.acceptance import most_acceptable
from detente.kernels.frontier import frontier
from detente.kernels.search import Objective, maximise
from detente.kernels.sequencing import best_plan
from detente.kernels.ways import feasible
from detente.problem.own import own_gains
from detente.problem.steps import Judged
from detente.world.run import Run, run
from detente.world.scenario import ready
from detente.world.worth import account


@dataclass(frozen=True)
class Measurement:
    """One row: ``value`` against ``target`` (an upper limit, or a lower one where ``more`` is better)."""

    name: str
    value: float
    unit: str
    target: float | None
    more: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.more else self.value <= self.target


def seconds(
    call: Callable[[], Any], *, runs: int = 5, middle: Callable[[list[float]], float] = statistics.median
) -> float:
    call()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return middle(taken)


def frontiers() -> list[Measurement]:
    rows = []
    for parties, grid, target, runs in ((2, 1000, 0.005, 21), (3, 1000, 2.0, 3), (4, 100, 1.5, 3)):
        u = conflict(parties, 40, 10, grid)
        sizes, r = np.full(40, 10), mean_value(u)
        front = frontier(u, sizes, reservation=r)
        taken = seconds(lambda u=u, sizes=sizes, r=r: frontier(u, sizes, reservation=r), runs=runs)
        name = f"frontier, {parties} parties x 40 x 10, grid {grid:,}"
        rows.append(Measurement(name, taken, "s", target, note=f"{len(front.points):,} packages"))
    return rows


def standoffs() -> list[Measurement]:
    """What is stable by five concepts: freely reversible, irreversible and infeasible, and for movers of two factions."""
    rng = np.random.default_rng(SEED)
    rows = []
    none = np.zeros(0, dtype=np.int64)

    def measured(name: str, parties: int, options: int, factions: int, target: float, *, free: bool) -> None:
        states = feasible(np.full(options, 2), np.zeros(1, dtype=np.int64), none, none)
        allowed = np.ones((options, 2, 2), dtype=np.bool_)
        if not free:
            states = np.delete(states, rng.choice(len(states), len(states) // 16, replace=False), axis=0)
            allowed[[1, 5, 9], 1, 0] = False
        own = np.arange(options)[None, :] % parties == np.arange(parties)[:, None]
        members = np.repeat(np.eye(parties, dtype=np.bool_), factions, axis=1)
        weights = rng.integers(-50, 51, (parties * factions, options))
        pairs = rng.integers(-50, 51, (parties * factions, options // 2))
        both = states[:, : options // 2] * states[:, options - options // 2 :]
        rank = (weights @ states.T + pairs @ both.T).astype(np.int32)

        def whole() -> None:
            kernel_of_conflicts.equilibria(rank, kernel_of_conflicts.graph(states, allowed, own, members))

        rows.append(Measurement(f"stability, {parties} parties, {name}", seconds(whole, runs=3), "s", target))

    for parties in (2, 4, 6):
        measured("2^20 states, free", parties, 20, 1, 10.0, free=True)
    for parties in (3, 6):
        measured("7,680 of 8,192 states", parties, 13, 1, 1.0, free=False)
        measured("7,680 of 8,192 states, two factions each", parties, 13, 2, 1.0, free=False)
    return [*rows, *_rests(), *_alone()]


def _rests() -> list[Measurement]:
    """Standoffs of which all but a few worths add up: of ten issues, and one that plain NumPy can do as well."""
    large, small = standoff((3, 3, 2, *[3] * 7), SEED), standoff((3, 3, 2, 2, 3, 2, 2, 3), SEED)
    same(small.equilibria, lambda: plain(small), "stability")
    ours, theirs = seconds(small.equilibria), seconds(lambda: plain(small), runs=1)
    note = f"{len(small.states):,} states, four movers; NumPy {theirs:.2f} s"
    return [
        Measurement(
            f"stability, 4 movers, {len(large.states):,} states", seconds(large.equilibria), "s", 0.3
        ),
        Measurement("stability, plain NumPy / detente", theirs / ours, "x", 50, True, note),
    ]


def _alone() -> list[Measurement]:
    """What each can do alone in the bundled case, in every draw."""
    ready = prepare(read_case(resolve("venezuela-2021").read_text("utf-8"), "venezuela-2021.yaml").case)
    problem, sample, free = ready.problem, ready.typed, Judged({})
    same(lambda: own_gains(problem, sample, free), lambda: moves_alone(problem, sample), "own moves")
    ours = seconds(lambda: own_gains(problem, sample, free))
    theirs = seconds(lambda: moves_alone(problem, sample), runs=1)
    note = f"NumPy {theirs:.2f} s"
    return [
        Measurement(f"own moves, venezuela, {sample.draws:,} draws", ours, "s", 0.3),
        Measurement("own moves, plain NumPy / detente", theirs / ours, "x", 3, True, note),
    ]


def roadmaps() -> list[Measurement]:
    """The best order of 20 steps, single ones and exchanges, and of 30 in a beam."""
    rows = []
    best_plan(roadmap(4, 2, SEED))
    for steps, factions, limit in ((12, 5, None), (20, 3, 10.0), (20, 6, 10.0), (30, 5, None)):
        taken, gaps = [], []
        for seed in range(3):
            terms = roadmap(steps, factions, SEED + seed)
            start = time.perf_counter()
            plan = best_plan(terms)
            taken.append(time.perf_counter() - start)
            gaps.append(plan.bound - plan.slack)
        proven = sum(gap <= 1e-9 for gap in gaps)
        tracemalloc.start()
        best_plan(roadmap(steps, factions, SEED))
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        note = f"slowest of 3; {proven} proven, largest gap {max(gaps):.2g} points; arrays {peak:.0f} MiB"
        rows.append(
            Measurement(f"roadmap, {steps} steps, {factions} factions", max(taken), "s", limit, note=note)
        )
    return rows


def worlds() -> list[Measurement]:
    """Worlds of equations: of the size of a country, and of the bundled case; interpreted, and as one function."""
    found = []
    for name, of, targets in (
        ("country", rows.worlds(), (1.0e6, 2.0e6)),
        ("venezuela", bundled(), (1.0e6, 2.0e6)),
    ):
        of_it = rows.speeds(of)
        if of_it.apart > 5:
            raise SystemExit(f"worlds differ from those of NumPy by {of_it.apart:.1f} standard errors")
        many, compiling = rows.operations(of), rows.time_to_compile(of)
        size = f"{many} operations, {rows.places(of)} places that draw; two threads' processor time"
        peer = f"NumPy {of_it.plain:,.0f} ns a world and month; largest difference {of_it.apart:.1f} standard errors"
        pays = compiling / (of_it.interpreted - of_it.fused) * 1e9
        for way, taken, target in zip(("interpreted", "one function"), of_it[:2], targets, strict=True):
            speed = 2e9 / rows.MONTHS / taken
            found += [
                Measurement(f"worlds, {name}, {way}", speed, "/s", target, True, size),
                Measurement(f"worlds, {name}, NumPy / {way}", of_it.plain / taken, "x", None, note=peer),
            ]
        found += [
            Measurement(f"worlds, {name}, one operation", of_it.interpreted / many, "ns", None),
            Measurement(
                f"worlds, {name}, compiling pays from",
                pays,
                "",
                None,
                note=f"months; {compiling:.2f} s to compile",
            ),
        ]
    return [*found, *_millions()]


def bundled() -> Run:
    """The world of the bundled Venezuelan case, tidied for many worlds, and what its no-deal values are computed from."""
    case = read_case(resolve("venezuela-2021").read_text("utf-8"), "venezuela-2021.yaml").case
    ground = prepare(case, draws=rows.DRAWS).fresh_ground
    return ready(ground, NOTHING, account(ground).looked, per=rows.MANY)


def _millions() -> list[Measurement]:
    """Ten million worlds take no more memory than one million, and ten times as long."""
    # A process of its own: peaks never fall, and this one has had others.
    command = [sys.executable, "-c", "from bench.__main__ import peaks; peaks((10**6, 10**7))"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (small, before), (large, after) = json.loads(told)
    note = f"{rows.DRAWS} draws; peak {after:.0f} MiB at 10^7 worlds"
    return [
        Measurement("worlds, memory of 10^7 beyond 10^6", after - before, "MiB", 16.0, note=note),
        Measurement(
            "worlds, time of 10^7 / 10^6", large / small, "x", 12.0, note=f"{large:.1f} s, {small:.2f} s"
        ),
    ]


def peaks(counts: tuple[int, ...]) -> None:
    """Seconds and peak memory so far in MiB of so many worlds, one after the other, printed as JSON."""
    of, found = rows.worlds(), []
    run(of, per=1 << 17, seed=SEED, fused=True)
    for count in counts:
        start = time.process_time()
        run(of, per=count // rows.DRAWS, seed=SEED, fused=True)
        found.append((time.process_time() - start, _peak()))
    print(json.dumps(found))


def _peak() -> float:
    """MiB of this process at most. Not from getrusage: on Linux a new process begins with the peak of its parent there."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 2**10


def talks() -> list[Measurement]:
    """What it costs to play each reading as if it were known."""
    rows = []
    for family in FAMILIES:
        found, name = apart(family), f"talks, {family.__name__}"
        note = f"chance of having come as far within {MONTHS} months; {GAMES} games"
        rows += [
            Measurement(f"{name}: distance, median", found.median, "", None, note=note),
            Measurement(f"{name}: distance, 90th percentile", found.ninth, "", None),
            Measurement(f"{name}: distance above {FAR:g}", found.far, "", None, note="share of games"),
            Measurement(f"{name}: full game not settled", found.unsettled, "", None, note=f"of {GAMES}"),
        ]
    return rows


def searches() -> list[Measurement]:
    rows = []
    for parties in (2, 4, 6, 8):
        u = conflict(parties, 40, 10, 1000)
        r = (0.9 * mean_value(u)).astype(np.int64)
        call = lambda u=u, r=r: maximise(Objective.NASH, u, np.full(40, 10), reservation=r)  # noqa: E731
        proven = call().proven
        note = "proven" if proven else "NOT proven"
        rows.append(
            Measurement(f"Nash, {parties} parties x 40 x 10", seconds(call, runs=3), "s", 0.25, note=note)
        )
    return rows


def acceptance() -> list[Measurement]:
    rng = np.random.default_rng(SEED)
    parties, issues, options, draws = 4, 6, 10, 1024
    points = rng.integers(0, 1700, size=(parties, issues, options, draws)).astype(np.int32)
    thresholds = rng.integers(4500, 5500, size=(parties, draws)).astype(np.int32)
    sizes, winning = np.full(issues, options), np.array([15], dtype=np.uint64)
    found = most_acceptable(points, thresholds, sizes, winning=winning)
    taken = seconds(lambda: most_acceptable(points, thresholds, sizes, winning=winning), runs=3)
    assert found.package is not None
    some = np.sort(rng.choice(options**issues, 2000, replace=False))
    digits = np.array(np.unravel_index(some, (options,) * issues)).T
    digits[0] = found.package

    def plain() -> np.ndarray:
        total = np.zeros((len(some), parties, draws), np.int32)
        for i in range(issues):
            total += points[:, i, digits[:, i]].transpose(1, 0, 2)
        result: np.ndarray = (total >= thresholds).all(axis=1).sum(axis=1)
        return result

    counts = plain()
    assert counts[0] == found.count == counts.max()
    numpy_whole = seconds(plain, runs=3) * options**issues / len(some)
    note = f"NumPy {numpy_whole:.1f} s, from 2,000 of the packages"
    return [
        Measurement("most acceptable of 10^6 packages x 1,024 draws x 4", taken, "s", None),
        Measurement("acceptance, plain NumPy / detente", numpy_whole / taken, "x", 50, True, note),
    ]


def negmas_peer() -> list[Measurement]:
    from negmas import LinearAdditiveUtilityFunction, make_issue, make_os
    from negmas.preferences.ops import nash_points, pareto_frontier

    u = conflict(2, 7, 7, 700)
    sizes = np.full(7, 7)

    def ours() -> Any:
        found = frontier(u, sizes)
        return found, maximise(Objective.NASH, u, sizes, reservation=np.zeros(2, np.int64))

    issues = [make_issue(7, f"i{n}") for n in range(7)]
    space = make_os(issues)
    sides = [
        LinearAdditiveUtilityFunction(
            {f"i{n}": {o: float(u[p, n, o]) for o in range(7)} for n in range(7)},
            weights={f"i{n}": 1.0 for n in range(7)},
            outcome_space=space,
            reserved_value=0.0,
        )
        for p in range(2)
    ]

    def theirs() -> Any:
        points, _ = pareto_frontier(
            sides, outcomes=list(space.enumerate()), issues=issues, sort_by_welfare=True
        )
        return points, nash_points(sides, points, outcome_space=space)

    start = time.perf_counter()
    front, _ = theirs()
    peer = time.perf_counter() - start
    same = {tuple(round(x) for x in p) for p in front} == {tuple(p) for p in ours()[0].points.tolist()}
    if not same:
        raise SystemExit("the frontier of negmas and ours differ")
    note = f"negmas {peer:.2f} s once; {len(front)} points, identical fronts"
    return [Measurement("negmas 2 x 7 x 7 / detente", peer / seconds(ours, runs=9), "x", 1000, True, note)]


def processes() -> list[Measurement]:
    """The commands as whole processes, with nothing but what they have stored themselves when run before."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        page = str(Path(folder) / "page.html")
        # Python's own bytecode is stored like the compiled kernels, whatever the shell here says.
        stored = {"DETENTE_CACHE": f"{folder}/kernels", "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        environment = {**os.environ, **stored}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def detente(*words: str) -> None:
            command = [sys.executable, "-m", "detente", *words]
            subprocess.run(command, check=True, capture_output=True, env=environment)

        report = ("report", "venezuela-2021", "--output", page)
        start = time.perf_counter()
        detente(*report)
        first = time.perf_counter() - start
        for words, target in (
            (("--help",), 0.3),
            (("check", "venezuela-2021"), 0.6),
            (("deal", "venezuela-2021"), 3.0),
            (report, 10.0),
        ):
            name = f"detente {' '.join(words[:2])}"
            taken = seconds(lambda w=words: detente(*w), runs=3)
            rows.append(Measurement(name, taken, "s", target, note="whole process, warm"))
        rows.append(Measurement("first report on a machine", first, "s", 60, note="compiles"))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    rows.append(Measurement("peak memory of these processes", peak, "GiB", 1.0))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--json", type=Path, help="write the measurements here too")
    parser.add_argument("--only", help="only groups whose name contains this")
    chosen = parser.parse_args()
    rows: list[Measurement] = []
    for group in (
        frontiers,
        searches,
        acceptance,
        standoffs,
        roadmaps,
        worlds,
        talks,
        negmas_peer,
        processes,
    ):
        if chosen.only and chosen.only not in group.__name__:
            continue
        for row in group():
            rows.append(row)
            limit = "" if row.target is None else f"{'>=' if row.more else '<='} {row.target:g}"
            verdict = {True: "met", False: "MISSED", None: ""}[row.met]
            print(
                f"{row.name:48} {row.value:10.4g} {row.unit:4} {limit:>10} {verdict:7} {row.note}", flush=True
            )
    if chosen.json:
        machine = {
            "platform": platform.platform(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
        }
        body = {"machine": machine, "seed": SEED, "measurements": [{**asdict(r), "met": r.met} for r in rows]}
        chosen.json.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
