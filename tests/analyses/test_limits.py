"""Large cases: an answer, or a word on what was left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.analyses.deal import deal, prepare
from detente.case.model import Case


def large(parties: int, factions: int, issues: int, options: int) -> Case:
    """Everybody wants something else; every weight is a range."""
    rng = np.random.default_rng(7)
    names = [f"p{p}" if factions == 1 else f"p{p}f{f}" for p in range(parties) for f in range(factions)]
    raw: dict[str, Any] = {
        "detente": 1,
        "id": "large",
        "title": "Large",
        "parties": {
            f"p{p}": {} if factions == 1 else {"factions": {f"p{p}f{f}": {} for f in range(factions)}}
            for p in range(parties)
        },
        "issues": {
            f"i{i}": {
                "controlled_by": f"p{i % parties}",
                "status_quo": "o0",
                "options": {f"o{o}": {} for o in range(options)},
            }
            for i in range(issues)
        },
        "preferences": {
            name: {
                "weights": {f"i{i}": [int(w), int(w) + 3] for i, w in enumerate(rng.integers(1, 9, issues))},
                "values": {
                    f"i{i}": {f"o{o}": int(v) for o, v in enumerate(rng.integers(0, 101, options))}
                    for i in range(issues)
                },
            }
            for name in names
        },
    }
    return Case.model_validate(raw)


def test_thirty_two_factions_and_too_many_exchanges_to_list() -> None:
    found = deal(prepare(large(8, 4, 24, 8), draws=64))
    main = found.main
    assert main.packages.total == 8**24
    assert main.frontier_why is not None
    assert "32 factions" in main.frontier_why
    assert main.solutions["nash"] is not None
    assert main.packages.acceptable is not None or main.packages.why
    assert found.swaps_left_out is not None
    assert "3 issues were left out" in found.swaps_left_out
    assert len(found.swaps) <= 12


def test_few_exchanges_are_all_tried() -> None:
    found = deal(prepare(large(3, 1, 6, 3), draws=64))
    assert found.swaps_left_out is None
    assert found.swaps_considered > 0
