"""Which registers hold bits, and what is made of operations so that they do; that worlds are the same is held elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from detente.kernels.bits import Bits, bits
from detente.kernels.codes import Code, Op, reads, writes
from detente.kernels.programs import Program, laid
from detente.kernels.ranges import Range
from detente.world.form import form
from tests.world.models import HOME, model
from tests.world.test_against_reference import both
from tests.world.test_programs import made

CONSTANTS = (
    Range(0.0, 0.0, False, True),
    Range(1.0, 1.0, False, True),
    Range(0.5, 0.5),
    Range(0.0, 1.0, absent=True),
)
"""0, 1, something between, and what may be absent."""


def op(code: Code, *of: int) -> Op:
    out, a, b, c = (*of, 0, 0, 0)[:4]
    return int(code), out, a, b, c


def of(*ops: Op, pairs: dict[int, int] | None = None, numbers: Sequence[int] = ()) -> Bits:
    return bits(Program((), ops, pairs or {}, 0), CONSTANTS, numbers)


LESS, MORE = op(Code.LESS_RC, 1, 0, 2), op(Code.LESS_CR, 2, 2, 0)


def test_what_joins_truths_joins_bits() -> None:
    found = of(
        LESS,
        MORE,
        op(Code.MIN_RR, 3, 1, 2),
        op(Code.MAX_RR, 4, 3, 1),
        op(Code.LESS_RR, 5, 4, 2),
        op(Code.SUB_CR, 6, 1, 5),
        op(Code.FILL, 7, 1),
    )
    assert found.held == {1, 2, 3, 4, 5, 6, 7}
    assert found.program.month[2:] == (
        op(Code.BOTH, 3, 1, 2),
        op(Code.EITHER, 4, 3, 1),
        op(Code.BUT, 5, 4, 2),
        op(Code.NOT, 6, 5),
        op(Code.SET, 7, 1),
    )


def test_what_may_be_no_truth_is_a_number() -> None:
    assert of(LESS, op(Code.MAX_RR, 3, 1, 0)).held == {1}
    assert of(LESS, op(Code.SUB_CR, 3, 2, 1)).held == {1}
    assert of(op(Code.FILL, 3, 2), op(Code.FILL, 4, 0)).held == {4}
    # What is made of it is none either.
    assert of(op(Code.COPY, 3, 0), op(Code.COPY, 4, 3), LESS).held == {1}
    found = of(LESS, numbers=[1])
    assert found.held == {2}
    assert found.program.month == (op(Code.LESS_RC, 2, 0, 2), op(Code.NUMBER, 1, 2))


def test_last_month_is_held_as_this_one() -> None:
    ever = op(Code.MAX_RR, 3, 4, 1)
    assert of(LESS, ever, pairs={4: 3}).held == {1, 3, 4}
    assert of(LESS, ever, pairs={4: 3}, numbers=[3]).held == {1}
    assert of(LESS, ever).held == {1}


def test_a_truth_is_made_a_number_once_where_one_is_wanted() -> None:
    more = (op(Code.ADD_RC, 2, 1, 2), op(Code.ADD_RC, 3, 1, 2))
    assert of(LESS, *more).program.month == (
        LESS,
        op(Code.NUMBER, 4, 1),
        op(Code.ADD_RC, 2, 4, 2),
        op(Code.ADD_RC, 3, 4, 2),
    )
    again = of(LESS, more[0], LESS, more[1]).program.month
    assert [Code(one[0]) for one in again].count(Code.NUMBER) == 2
    # A truth times a number is a choice.
    assert of(LESS, op(Code.MUL_RC, 2, 1, 2)).program.month[1] == op(Code.PICK_CC, 2, 1, 2, 0)
    assert of(op(Code.PICK_CC, 2, 0, 1, 2)).program.month == (
        op(Code.TRUTH, 3, 0),
        op(Code.PICK_CC, 2, 3, 1, 2),
    )


def test_a_bound_that_may_be_absent_is_a_row() -> None:
    assert of(op(Code.MIN_RC, 1, 0, 2)).program.month == (op(Code.MIN_RC, 1, 0, 2),)
    assert of(op(Code.MIN_RC, 1, 0, 3)).program.month == (op(Code.FILL, 2, 3), op(Code.MIN_RR, 1, 0, 2))
    assert of(op(Code.MAX_RC, 1, 0, 3)).program.month[1] == op(Code.MAX_RR, 1, 0, 2)


def test_what_a_calendar_leaves_out_makes_numbers_of_its_own() -> None:
    number = op(Code.ADD_RC, 2, 1, 2)
    found = of(LESS, op(Code.UNLESS, 3, 0, 2), number, op(Code.LESS_RC, 3, 2, 2), number).program.month
    assert found == (
        LESS,
        op(Code.UNLESS_BITS, 3, 0, 3),
        op(Code.NUMBER, 4, 1),
        op(Code.ADD_RC, 2, 4, 2),
        op(Code.LESS_RC, 3, 2, 2),
        op(Code.NUMBER, 5, 1),
        op(Code.ADD_RC, 2, 5, 2),
    )


@pytest.mark.parametrize("seed", range(200, 206))
def test_every_operation_is_given_what_it_works_on(seed: int) -> None:
    world = both(model(seed), months=10)
    run = made(world)
    whole = form(
        world.wiring, HOME, settled=world.of.settled, still=world.of.still, asked=world.conditions
    ).program
    program, held = bits(whole, run.bounds, ())
    of_bits = {Code.BOTH, Code.EITHER, Code.BUT, Code.NOT, Code.LIKE, Code.NUMBER}
    gives = {*of_bits, Code.TRUTH, Code.SET, Code.UNLESS_BITS} - {Code.NUMBER}
    for one in (*program.start, *program.month):
        code = Code(one[0])
        for n, register in enumerate(reads(one)):
            picks = code.name.startswith("PICK") and n == 0
            assert (register in held) == (code in of_bits or picks), code.name
        if writes(one) is not None:
            compares = code.name.startswith(("LESS", "MOST", "SAME"))
            assert (one[1] in held) == (code in gives or compares), code.name
    places = laid(program, (), held)
    assert places.rows < laid(whole, ()).rows
    assert len(held) > 10
