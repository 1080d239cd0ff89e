"""A program in another order: what every operation finds, what stays together, and that results are waited for elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from detente.kernels.codes import Code, Op, reads, writes
from detente.kernels.spaced import spaced
from detente.world.form import form
from tests.world.models import HOME, model
from tests.world.test_against_reference import both


def found(ops: Sequence[Op]) -> dict[Op, list[object]]:
    """Of every operation what its operands are: which operation made them last, and whether they were checked since. Operations of
    a program are told apart by what they write, or else by their number."""
    made: dict[int, object] = {}
    seen: dict[Op, list[object]] = {}
    for op in ops:
        seen.setdefault(op, []).append(tuple(made.get(register) for register in reads(op)))
        out = writes(op)
        made[op[2] if out is None else out] = op if out is not None else (op, made.get(op[2]))
    return {op: sorted(map(repr, these)) for op, these in seen.items()}


@pytest.mark.parametrize("seed", range(200, 208))
def test_every_operation_finds_what_it_found(seed: int) -> None:
    of = both(model(seed), months=10)
    made = form(of.wiring, HOME, settled=of.of.settled, still=of.of.still, asked=of.conditions)
    ops = made.program.month
    assert spaced(ops) != ops
    assert found(spaced(ops)) == found(ops)
    one, other = ({writes(op): op for op in these if op[0] != Code.CHECK} for these in (ops, spaced(ops)))
    assert one == other


EXP, ADD, SUB = (int(code) for code in (Code.EXP, Code.ADD_RR, Code.SUB_RR))
SLOW, WAITS = (EXP, 5, 0, 0, 0), (ADD, 6, 5, 5, 0)


def test_what_waits_comes_after_what_need_not() -> None:
    others: list[Op] = [(ADD, 10 + n, 1, 2, 0) for n in range(4)]
    assert spaced([SLOW, WAITS, *others]) == (SLOW, *others, WAITS)


def test_what_is_read_is_not_replaced_before() -> None:
    again: Op = (SUB, 5, 1, 2, 0)
    assert spaced([SLOW, WAITS, again, (ADD, 7, 5, 1, 0)]) == (SLOW, WAITS, again, (ADD, 7, 5, 1, 0))
    check: Op = (int(Code.CHECK), 0, 5, 0, 0)
    assert spaced([SLOW, check, WAITS]) == (SLOW, check, WAITS)


def test_what_a_calendar_leaves_out_stays_with_it() -> None:
    gate: list[Op] = [(int(Code.UNLESS), 8, 0, 2, 0), (EXP, 7, 0, 0, 0), (ADD, 8, 7, 5, 0)]
    free: Op = (ADD, 9, 1, 2, 0)
    assert spaced([SLOW, *gate, free]) == (SLOW, free, *gate)
    assert spaced([]) == ()
