"""What is known of values holds in worlds, and a program without what cannot matter says the same."""

from __future__ import annotations

import numpy as np
import pytest

from bench.country import country, ready
from detente.kernels import lanes
from detente.kernels.codes import Code, Op, carried, operands
from detente.kernels.fused import fused
from detente.kernels.ranges import Range, ranges
from detente.kernels.rows import WIDTH
from detente.kernels.tidied import tidied, undated
from detente.world.form import form
from detente.world.jobs import Looked, pays, written
from detente.world.run import Run, dated, prepared, run
from tests.world.models import HOME, model
from tests.world.test_against_reference import SEED, START, Both, both

SEEDS = range(200, 216)


def made(of: Both) -> Run:
    found = form(of.wiring, HOME, settled=of.of.settled, still=of.of.still, asked=of.conditions)
    columns = {n: np.array([v[n] for v in of.values]) for n in of.values[0]}
    dates = dated(of.wiring.calendars, found.calendars, START, of.months)
    options = {**HOME, **of.of.settled}
    return prepared(found, columns, options, dates, summed=of.amounts, paths=[*of.amounts, *of.events])


@pytest.mark.parametrize("seed", SEEDS)
def test_no_value_is_ever_out_of_its_range(seed: int) -> None:
    of = made(both(model(seed), months=10))
    ends = ranges(of.program.start, of.program.month, of.program.pairs, of.bounds, len(of.dated) - 1).ends
    found = run(of, per=4, seed=SEED)
    for n, register in enumerate(of.looked.paths):
        values, known = found.kept[..., n], ends[register]
        there = values[~np.isnan(values)]
        assert known.absent or there.size == values.size, of.paths[n]
        assert there.size == 0 or (known.low <= there.min() and there.max() <= known.high), of.paths[n]
        assert not known.truth or np.isin(there, (0, 1)).all(), of.paths[n]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_left_out_cannot_matter(seed: int) -> None:
    of = made(both(model(seed), months=10))
    registers = of.form.registers
    names = ([registers[n] for n in of.summed], [registers[n] for n in of.paths])
    whole = of._replace(program=of.form.program, looked=Looked(of.form.asked, *(tuple(n) for n in names)))
    assert len(of.program.month) < len(whole.program.month)
    for way in (False, True):
        one, other = (run(r, per=70, seed=SEED, fused=way) for r in (of, whole))
        assert all(a.tobytes() == b.tobytes() for a, b in zip(one[1:], other[1:], strict=True))


ONE = (Range(0.0, 0.0, False, True), Range(1.0, 1.0, False, True), Range(0.5, 0.5))
"""Constants: 0, 1 and something between."""


def left(month: list[Op], looked: int) -> list[Op]:
    """What is left of a month, but for copies to where it is looked at; register 1 is last month's 0, which begins at 0."""
    found = tidied([(int(Code.FILL), 0, 0, 0, 0)], month, {1: 0}, {looked}, ONE, 12).month
    return [op for op in found if op[0] != Code.COPY]


def test_bounds_that_are_never_reached_and_checks_that_cannot_fail_go() -> None:
    clamped: list[Op] = [
        (int(Code.SHOCK), 2, 0, 0, 0),
        (int(Code.MAX_RC), 3, 2, 0, 0),
        (int(Code.MIN_RC), 0, 3, 1, 0),
        (int(Code.CHECK), 0, 0, 0, 0),
        (int(Code.MAX_RC), 4, 0, 0, 0),
        (int(Code.MUL_RC), 5, 4, 1, 0),
    ]
    codes = [Code(op[0]) for op in left(clamped, 5)]
    assert codes == [Code.SHOCK, Code.MAX_RC, Code.MIN_RC]
    growing: list[Op] = [
        (int(Code.SHOCK), 2, 0, 0, 0),
        (int(Code.ADD_RR), 3, 1, 2, 0),
        (int(Code.ADD_RR), 0, 1, 3, 0),
        (int(Code.CHECK), 0, 0, 0, 0),
    ]
    assert Code.CHECK in [op[0] for op in left(growing, 0)]
    # What grows by no more than a few at a time never leaves the finite numbers.
    walking = [growing[0], (int(Code.ADD_RR), 0, 1, 2, 0), growing[3]]
    assert Code.CHECK not in [op[0] for op in left(walking, 0)]


def test_what_is_no_larger_than_what_was_checked_is_not_checked() -> None:
    """Nothing finite becomes infinite by less being added than half of what its last bit is worth, nor by a factor of 1 at most."""
    growing: list[Op] = [
        (int(Code.SHOCK), 2, 0, 0, 0),
        (int(Code.ADD_RR), 3, 1, 2, 0),
        (int(Code.ADD_RR), 0, 1, 3, 0),
        (int(Code.CHECK), 0, 0, 0, 0),
    ]

    def checks(more: Op) -> int:
        return sum(op[0] == Code.CHECK for op in left([*growing, more, (int(Code.CHECK), 4, 4, 0, 0)], 4))

    assert checks((int(Code.MUL_RC), 4, 0, 2, 0)) == 1
    assert checks((int(Code.ADD_RC), 4, 0, 1, 0)) == 1
    assert checks((int(Code.SUB_RR), 4, 2, 0, 0)) == 1
    assert checks((int(Code.ADD_RR), 4, 0, 0, 0)) == 2
    assert checks((int(Code.DIV_RC), 4, 0, 2, 0)) == 2
    assert checks((int(Code.MUL_RR), 4, 0, 0, 0)) == 2


def test_what_was_made_before_is_not_made_again() -> None:
    drawn: list[Op] = [(int(Code.SHOCK), 2, 0, 0, 0), (int(Code.SHOCK), 3, 1, 0, 0)]

    def of(*more: Op) -> list[Code]:
        return [Code(op[0]) for op in left([*drawn, *more, (int(Code.DIV_RR), 0, 5, 6, 0)], 0)][2:]

    once, other = (int(Code.ADD_RR), 5, 2, 3, 0), (int(Code.ADD_RR), 6, 3, 2, 0)
    assert of(once, other) == [Code.ADD_RR, Code.DIV_RR]
    # What is subtracted is not exchanged, and what was written anew is not the same any more.
    assert of((int(Code.SUB_RR), 5, 2, 3, 0), (int(Code.SUB_RR), 6, 3, 2, 0)) == [
        Code.SUB_RR,
        Code.SUB_RR,
        Code.DIV_RR,
    ]
    again = (int(Code.ADD_RR), 2, 2, 3, 0)
    assert of(once, again, (int(Code.ADD_RR), 6, 2, 3, 0)) == [Code.ADD_RR, Code.ADD_RR, Code.DIV_RR]
    # Nor does what a calendar may leave out stand for what follows it.
    gated: list[Op] = [
        *drawn,
        (int(Code.UNLESS), 4, 0, 2, 0),
        (int(Code.ADD_RR), 5, 2, 3, 0),
        (int(Code.LESS_RC), 4, 5, 2, 0),
        (int(Code.ADD_RR), 6, 2, 3, 0),
        (int(Code.ADD_RR), 0, 4, 6, 0),
    ]
    assert [op[0] for op in left(gated, 0)].count(Code.ADD_RR) == 3


def test_a_number_that_is_there_is_the_same_as_itself_and_a_known_truth_chooses() -> None:
    def of(*more: Op) -> list[Code]:
        return [Code(op[0]) for op in left([(int(Code.SHOCK), 2, 0, 0, 0), *more], 3)]

    assert of((int(Code.SAME_RR), 3, 2, 2, 0)) == [Code.FILL]
    absent: list[Op] = [(int(Code.DIV_CR), 4, 1, 2, 0), (int(Code.SAME_RR), 3, 4, 4, 0)]
    assert of(*absent)[-1] == Code.SAME_RR
    for truth, code in ((1, Code.SHOCK), (0, Code.FILL)):
        assert (
            of(
                (int(Code.FILL), 4, truth, 0, 0),
                (int(Code.PICK_RC), 5, 4, 2, 2),
                (int(Code.COPY), 3, 5, 0, 0),
            )[-1]
            == code
        )


def test_a_month_without_dates_asks_for_nothing_that_only_dates_need() -> None:
    """Of an event of some months the draw, its chance and what it brings about."""
    month: list[Op] = [
        (int(Code.UNLESS), 4, 0, 1, 0),
        (int(Code.FILL), 4, 1, 0, 0),
        (int(Code.UNIFORM), 2, 0, 0, 0),
        (int(Code.LESS_RC), 3, 2, 2, 0),
        (int(Code.MIN_RR), 5, 3, 4, 0),
        (int(Code.MAX_RR), 0, 1, 5, 0),
    ]
    start: list[Op] = [(int(Code.FILL), 0, 0, 0, 0)]
    known = ranges(start, month, {1: 0}, ONE, 12)
    found = undated(month, {1: 0}, {0}, known, ONE, 12)
    assert [Code(op[0]) for op in found] == [Code.COPY]
    assert found[0][1:3] == (0, 1)


def test_a_bound_is_kept_where_what_is_bounded_may_be_absent() -> None:
    """The smaller of something and what is absent is absent, however large that would be."""
    ops: list[Op] = [
        (int(Code.SHOCK), 2, 0, 0, 0),
        (int(Code.MIN_RC), 3, 2, 0, 0),
        (int(Code.DIV_CR), 4, 1, 2, 0),
        (int(Code.MAX_RC), 5, 4, 2, 0),
        (int(Code.MIN_RR), 0, 3, 5, 0),
    ]
    assert left(ops, 0)[-1][0] == Code.MIN_RR
    there = [*ops[:3], (int(Code.ELSE_RC), 6, 4, 2, 0), (int(Code.MAX_RC), 5, 6, 2, 0), ops[4]]
    assert left(there, 0)[-1][0] == Code.MIN_RC


def test_truths_are_not_compared_again() -> None:
    def of(code: Code, a: int, b: int, c: int = 0) -> list[Code]:
        ops: list[Op] = [
            (int(Code.UNIFORM), 2, 0, 0, 0),
            (int(Code.LESS_RC), 0, 2, 2, 0),
            (int(code), 3, a, b, c),
        ]
        return [Code(op[0]) for op in left(ops, 3)]

    drawn = [Code.UNIFORM, Code.LESS_RC]
    assert of(Code.SAME_RC, 0, 1) == drawn
    assert of(Code.SAME_RC, 0, 0) == [*drawn, Code.SUB_CR]
    assert of(Code.SAME_RC, 0, 2) == [Code.FILL]
    assert of(Code.LESS_CR, 2, 0) == drawn
    assert of(Code.LESS_RC, 0, 2) == [*drawn, Code.SUB_CR]
    assert of(Code.MOST_CR, 0, 0) == [Code.FILL]
    assert of(Code.PICK_CC, 0, 1, 0) == drawn
    assert of(Code.PICK_CC, 0, 0, 1) == [*drawn, Code.SUB_CR]
    assert of(Code.PICK_CC, 0, 2, 0) == [*drawn, Code.PICK_CC]
    assert of(Code.PICK_CR, 0, 1, 1) == [*drawn, Code.MAX_RR]
    assert of(Code.PICK_CR, 0, 0, 1) == [*drawn, Code.LESS_RR]
    assert of(Code.PICK_RC, 0, 1, 0) == [*drawn, Code.MIN_RR]
    # A uniform lies between 0 and 1 and is neither.
    assert of(Code.SAME_RC, 2, 1) == [Code.FILL]


def test_what_a_calendar_leaves_out_stays_together() -> None:
    ops: list[Op] = [
        (int(Code.UNLESS), 4, 0, 3, 0),
        (int(Code.UNIFORM), 2, 0, 0, 0),
        (int(Code.FLOOR), 3, 2, 0, 0),  # nobody reads it
        (int(Code.LESS_RC), 4, 2, 2, 0),
        (int(Code.COPY), 0, 4, 0, 0),
    ]
    assert left(ops, 0) == [
        (int(Code.UNLESS), 0, 0, 2, 0),
        (int(Code.UNIFORM), 2, 0, 0, 0),
        (int(Code.LESS_RC), 0, 2, 2, 0),
    ]


def test_every_operation_says_what_it_reads() -> None:
    assert operands(Code.PICK_CR) == "RCR"
    assert [operands(code) for code in (Code.ADD_RR, Code.SUB_CR, Code.EXP, Code.UNIFORM)] == [
        "RR",
        "CR",
        "R",
        "P",
    ]
    assert carried([(int(Code.ADD_RR), 0, 1, 5, 0), (int(Code.COPY), 6, 0, 0, 0)], {1: 0}) == {0, 5}


def test_the_text_of_a_function_is_of_its_operations_alone() -> None:
    """No name and no number of a case is in it."""
    of = ready(country(1), 3)
    text = fused(of.program, of.bounds, of.looked.all, 60, numbers={*of.looked.summed, *of.looked.paths}).text
    again = ready(country(1), 3)
    changed = again._replace(constants=again.constants * np.float32(1.001))
    assert (
        text
        == fused(
            changed.program, of.bounds, of.looked.all, 60, numbers={*of.looked.summed, *of.looked.paths}
        ).text
    )
    assert not any(
        name.split(".")[1] in text for name in ("money0.evasion", "loyalty0.loyal", "movement0.turnout")
    )


@pytest.mark.parametrize("held", [lanes.BITS, lanes.MASKS])
def test_truths_are_the_same_however_they_are_held(
    held: lanes.Truths, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = made(both(model(SEEDS[0]), months=10))
    monkeypatch.setattr(lanes, "truths", lambda: held)
    one, other = (run(of, per=70, seed=SEED, fused=way) for way in (False, True))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one[1:], other[1:], strict=True))


def test_compiling_pays_for_many_worlds_only() -> None:
    assert not pays(128 * 1024 * 60)
    assert pays(10**7 * 60)
    # Half-empty rows take the interpreter as long as full ones.
    assert not pays(8 * 10**6, WIDTH)
    assert pays(8 * 10**6, WIDTH // 2)


def test_other_draws_of_the_same_judgements_leave_the_same_program() -> None:
    """So that it is compiled once; what is 0, or of the other sign, may leave another one."""
    of = country(1)
    one, other = (ready(of, draws) for draws in (3, 5))
    assert one.constants[:, 0].tobytes() != other.constants[:, 0].tobytes()
    assert one.program is other.program
    assert one.bounds == other.bounds
    for bound, column in zip(one.bounds, one.constants.T, strict=True):
        there = column[~np.isnan(column)]
        assert bound.absent or there.size == column.size
        assert ((bound.low <= there) & (there <= bound.high)).all()


def test_what_is_run_again_and_again_is_compiled_when_all_of_it_pays() -> None:
    of = ready(country(1), 3)
    function = written(of.program, of.looked, of.bounds, len(of.dated) - 1)
    assert [function.pays(3 * 10**6, 256) for _ in range(4)] == [False, False, False, True]
