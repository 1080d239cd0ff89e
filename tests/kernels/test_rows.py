"""What one operation hands on to the next stays out of its row only where nobody else reads it."""

from __future__ import annotations

import numpy as np
import pytest

from detente.kernels.codes import Code, Op
from detente.kernels.rows import WIDTH, handed
from detente.world.run import run
from tests.world.models import model
from tests.world.test_against_reference import SEED, both
from tests.world.test_programs import made


def op(code: Code, *of: int) -> Op:
    out, a, b, c = (*of, 0, 0, 0)[:4]
    return int(code), out, a, b, c


ADD, LESS = op(Code.ADD_RR, 5, 0, 1), op(Code.LESS_RR, 6, 2, 5)


def test_what_the_next_one_wants_is_handed_to_it() -> None:
    # Bits are written whatever happens, and what is compared can still be taken after it.
    found = handed([ADD, LESS, op(Code.PICK_CR, 7, 6, 3, 5)], {7})
    assert found.taken == [-1, 1, 2]
    assert found.kept == [False, True, True]
    found = handed([ADD, op(Code.ABS, 6, 5), op(Code.MUL_RR, 7, 5, 6)], {7})
    assert found.taken == [-1, 0, 1]
    assert found.kept == [True, False, True]
    assert handed([ADD, LESS], {5, 6}).kept == [True, True]
    assert handed([ADD, op(Code.ADD_RR, 6, 5, 5)], {6}).kept == [True, True]
    assert handed([], set()) == ([], [])


def test_a_constant_between_two_rows_is_no_operand_that_is_handed_on() -> None:
    assert handed([ADD, op(Code.SUB_CR, 6, 0, 5)], {6}).taken == [-1, 1]
    assert handed([ADD, op(Code.PICK_RC, 6, 4, 5, 0)], {6}).taken == [-1, 1]
    assert handed([ADD, op(Code.PICK_CR, 6, 1, 0, 5)], {6}).taken == [-1, 2]


def test_a_check_hands_on_what_it_was_given() -> None:
    found = handed([ADD, op(Code.CHECK, 5, 5), LESS], {6})
    assert found.taken == [-1, 0, 1]
    assert found.kept == [False, True, True]


def test_nothing_is_handed_into_what_may_be_left_out_or_out_of_it() -> None:
    gate = [op(Code.UNLESS, 6, 0, 1), op(Code.ADD_RR, 6, 5, 5)]
    assert handed([ADD, *gate, LESS], {6}).taken == [-1] * 4
    assert handed([*gate, op(Code.CHECK, 6, 6), op(Code.ADD_RR, 7, 6, 1)], {7}).taken == [-1] * 4
    # Nor to what works on rows alone, or from it.
    assert handed([ADD, op(Code.EXP, 6, 5), op(Code.ABS, 7, 6)], {7}).kept == [True] * 3


@pytest.mark.parametrize("per", [1, 64, WIDTH - 1, WIDTH, WIDTH + 65])
def test_worlds_are_the_same_however_many_fill_a_row(per: int) -> None:
    of = made(both(model(203), months=8))
    one, other = (run(of, per=per, seed=SEED, fused=way) for way in (False, True))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one[1:], other[1:], strict=True))
    few = run(of, per=1, seed=SEED, fused=False)
    assert np.array_equal(few.kept[:, 0], one.kept[:, 0], equal_nan=True)
