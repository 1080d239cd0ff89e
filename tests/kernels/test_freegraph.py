"""The free case of the graph model is the general one, faster."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from detente.kernels import conflict as kernel
from detente.kernels.freegraph import free_stability


@pytest.mark.parametrize("seed", range(60))
def test_free_conflicts_equal_the_general_case(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, size=rng.integers(1, 5)).astype(np.int64)
    parties = len(sizes)
    states = np.array(list(itertools.product(*map(range, sizes))), dtype=np.int8).reshape(-1, parties)
    rank = rng.integers(-3, 12, size=(parties, len(states))).astype(np.int32)
    allowed = np.ones((parties, int(sizes.max()), int(sizes.max())), dtype=np.bool_)
    one_each = np.eye(parties, dtype=np.bool_)
    graph = kernel.moves(states, sizes, allowed, one_each)
    general = kernel.stability(rank, one_each, ~one_each, graph)
    assert (free_stability(rank, sizes) == general).all()


def test_sizes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        free_stability(np.zeros((2, 4), dtype=np.int32), np.array([2, 3]))


def test_the_analysis_takes_either_kernel_to_the_same_answer() -> None:
    from detente.analyses.stability.solve import _board
    from detente.case.reading import read_case
    from detente.problem.conflict import conflict

    text = "detente: 1\nid: free\ntitle: Free\nparties: {a: {}, b: {}, c: {}}\nissues:\n"
    for n, owner in enumerate("abacb"):
        options = "{x: , y: , z: }" if n % 2 else "{x: , y: }"
        text += f"  i{n}: {{controlled_by: {owner}, status_quo: x, options: {options}}}\n"
    text += "preferences:\n"
    for n, owner in enumerate("abc"):
        first, second = (n + 1) % 5, (n + 3) % 5
        text += f"  {owner}: {{priorities: [{{i{first}: y}}, [{{i{second}: x, i{n}: y}}, {{i4: z}}], {{i{n}: x}}]}}\n"
    text = text.replace("{i4: z}", "{i3: z}")
    board = _board(conflict(read_case(text, "free.yaml").case), None)
    assert board.free is not None
    general = kernel.stability(board.rank, board.members, board.opponents, board.graph)
    assert (board.stable == general).all()
    assert not general.all()
