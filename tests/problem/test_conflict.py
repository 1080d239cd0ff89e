"""A case as a graph of states: what each faction makes of a state is what the deal makes of it."""

from __future__ import annotations

import itertools

import numpy as np
from oracles.deal import breaks_a_line, utility

from detente.analyses.stability import stability
from detente.case.reading import load_case, read_case
from detente.catalogue import resolve
from detente.draws import prepare
from detente.kernels.ways import feasible
from detente.problem.conflict import conflict, eyes, ordinal_ranks

CASE = """\
detente: 1
id: graph
title: Graph
judgement: made up
parties:
  north: {factions: {crown: , guard: , guild: }, accepts: {any: [{all: [crown, guard]}, guild]}}
  south: {}
issues:
  far: {controlled_by: outside, status_quo: x, options: {x: , y: }, chances: {x: 0.9, y: 0.1}}
  dam: {controlled_by: south, reversible: false, status_quo: b, options: {a: , b: , c: , d: }}
  road: {controlled_by: {all: [north, south]}, status_quo: x, options: {x: , y: }}
  toll: {controlled_by: north, status_quo: x, options: {x: , y: , z: }}
impossible: [{dam: d, toll: z}, {far: y, road: y}]
preferences:
"""
for name, line in (
    ("crown", "{dam: a}"),
    ("guard", "{toll: y}"),
    ("guild", "{road: y}"),
    ("south", "{toll: z}"),
):
    CASE += f"""\
  {name}:
    weights: {{far: 10, dam: {len(name)}, road: 7, toll: 9}}
    values:
      far: {{x: 100, y: 0}}
      dam: {{a: {len(line) * 3}, b: 100, c: 20, d: 0}}
      road: {{x: 0, y: 100}}
      toll: {{x: 30, y: 0, z: 100}}
    together: [{{when: {{dam: c, toll: y}}, add: 4}}, {{when: {{far: x, road: y}}, add: -3}}]
    red_lines: [{line}]
"""


def test_utilities_movers_and_moves() -> None:
    case = read_case(CASE, "graph.yaml").case
    at = conflict(case)
    assert at.issues == ("dam", "road", "toll")
    # Who controls: south alone; both ways of north with south; both ways of north.
    assert at.movers == (0b0100, 0b1000, 0b0011, 0b1100, 0b1011)
    assert at.movable.tolist() == [
        [False, False, True],
        [True, False, False],
        [False, False, True],
        [True, True, True],
        [True, True, True],
    ]
    # Not reversible, from b: to a, or to c and on to d, never back.
    legal = {(0, 0), (1, 1), (2, 2), (3, 3), (1, 0), (1, 2), (1, 3), (2, 3)}
    assert {(a, b) for a, b in itertools.product(range(4), repeat=2) if at.allowed[0, a, b]} == legal
    # An impossible combination with an issue that stays as it is binds nobody where it does not apply.
    assert at.patterns == (((0, 3), (2, 2)),)
    states = feasible(at.sizes, np.array([0, 2]), np.array([0, 2]), np.array([3, 2]))
    assert len(states) == 4 * 2 * 3 - 2
    ready = prepare(case, draws=64)
    seen = eyes(ready.problem, ready.best, at, states)
    worth, lines, rank = seen.worth(0), seen.lines(0), seen.ranks(0)
    for n, state in enumerate(states.tolist()):
        package = {"far": "x", **at.named(state)}
        for f, faction in enumerate(at.factions):
            assert abs(int(worth[f, n]) / 100 - float(utility(case, faction, package))) < 0.05
            assert lines[f, n] == breaks_a_line(case, faction, package)
    for f in range(len(at.factions)):
        keys = list(zip((-lines[f]).tolist(), worth[f].tolist(), strict=True))
        assert all(
            (rank[f, a] > rank[f, b]) == (keys[a] > keys[b])
            for a in range(len(keys))
            for b in range(len(keys))
        )


def test_gains_across_a_line_have_no_points() -> None:
    case = read_case(CASE + "conflict: {wanted: {toll: y}}\n", "graph.yaml").case
    result = stability(case, prepare(case, draws=64))
    crossing = [d for d in result.departures if d.step.mover == "crown+guard"]
    assert crossing
    assert all(d.step.gain is not None and d.step.gain["guard"] is None for d in crossing)
    assert all(d.missing is not None for d in crossing)


def test_more_draws_are_looked_at_when_asked_for() -> None:
    case = read_case(CASE, "graph.yaml").case
    ready = prepare(case, draws=512)
    assert stability(case, ready).draws == 128
    assert stability(case, ready, looked=512).draws == 512


def test_states_that_a_ranking_leaves_out_are_counted() -> None:
    text = CASE[: CASE.index("preferences:")] + "preferences:\n"
    for name in ("crown", "guard", "guild", "south"):
        text += f"  {name}: {{ranking: [{{dam: b}}, [{{toll: x}}, {{toll: y}}]]}}\n"
    case = read_case(text, "graph.yaml").case
    at = conflict(case)
    states = feasible(at.sizes, np.array([0, 2]), np.array([0, 2]), np.array([3, 2]))
    order = ordinal_ranks(at, states)[0]
    assert [order[(states == s).all(axis=1)].item() for s in ([1, 0, 2], [0, 0, 1], [0, 0, 2])] == [2, 1, 0]
    result = stability(case, None)
    assert result.unranked == dict.fromkeys(at.factions, 4)


def test_the_venezuelan_standoff_rests_one_move_away() -> None:
    """What was offered could have been kept back as well, but nobody who moves by himself takes it back now; the moderates would
    stand, and rest there."""
    case = load_case(resolve("venezuela-2021")).case
    result = stability(case, prepare(case, draws=64))
    resting = [s for s in result.situations if s.stable["nash"]]
    (reached,) = [s for s in resting if s.path is not None]
    assert reached.moves == {"participation": "takes_part"}
    assert all("prisoners" not in s.moves and "oil_sanctions" not in s.moves for s in resting)
    assert result.wanted is not None
    assert not result.wanted.stable["seq"]
