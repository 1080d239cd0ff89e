"""A program of operations on rows of worlds, interpreted: how the equations of a world are run at once.

Nothing is compiled for a world: its operations (:mod:`detente.kernels.codes`) are data, and an edited equation runs at once.
Each is a loop over sixteen worlds at a time, written out in :mod:`detente.kernels.lanes`; a row is as long as the first cache
holds of those that are at work.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from detente.kernels import lanes
from detente.kernels.codes import WORD, Code
from detente.kernels.driver import STEP, around, frame_slots
from detente.kernels.lanes import ZERO, Text
from detente.kernels.native import Native, compiled

__all__ = ["WIDTH", "begun", "due", "interpreter"]

WIDTH = 256
"""Worlds side by side, at most."""

VECTOR = 4 * lanes.LANES
"""Bytes of sixteen worlds."""


@lru_cache(maxsize=1)
def interpreter() -> Native:
    """The compiled interpreter; it is the same for every world."""
    return compiled(around(_step(), WIDTH))


def _step() -> str:
    """One month: a loop over operations and, for each code, one over worlds."""
    t = Text()
    t.label("entry")
    start, starts, even, odd, ops, places, seed = frame_slots(
        t, "start", "starts", "even", "odd", "ops", "places", "seed"
    )
    begins = t.let("icmp eq i64 %month, 0")
    parity = t.let("trunc i64 %month to i1")
    table = t.let(f"select i1 {parity}, ptr {odd}, ptr {even}")
    table = t.let(f"select i1 {begins}, ptr {start}, ptr {table}")
    count = t.let(f"select i1 {begins}, i64 {starts}, i64 {ops}")
    end = t.at(table, t.whole("mul", count, 20))
    number = t.let("uitofp i64 %month to float")
    key = [seed, "%draw"]
    at = t.let("alloca ptr")
    t.do(f"store ptr {table}, ptr {at}")
    t.do("br label %next")
    t.label("next")
    op = t.let(f"load ptr, ptr {at}")
    t.do(f"store ptr {t.at(op, '20')}, ptr {at}")
    over = t.let(f"icmp eq ptr {op}, {end}")
    t.do(f"br i1 {over}, label %done, label %work")
    t.label("work")
    code, out, a, b, c = (t.load(t.at(op, str(4 * n)), "i32") for n in range(5))
    wide = [t.let(f"zext i32 {v} to i64") for v in (out, a, b, c)]
    rows = [t.at("%x", w) for w in wide]
    constants = [t.at("%c", w) for w in wide]
    t.do(f"switch i32 {code}, label %none [ {' '.join(f'i32 {int(k)}, label %{k.name}' for k in Code)} ]")
    for k in Code:
        t.label(k.name)
        if k <= Code.SHOCK and k not in (Code.CHECK, Code.UNIFORM, Code.SHOCK):
            _lanes(t, _made(t, k, rows, constants, number), rows[0], step=_unrolled(k))
        elif k == Code.CHECK:
            _check(t, rows[1], b)
        elif k == Code.UNLESS:
            closed = t.let(f"icmp eq i8 {t.load(t.at('%dated', wide[1]), 'i8')}, 0")
            with t.when(closed):
                skipped = t.whole("mul", t.whole("add", wide[2], 1), 20)
                t.do(f"store ptr {t.at(op, skipped)}, ptr {at}")
                _lanes(t, lambda _: ZERO, rows[0], step=4)
        else:
            _draws(t, k, key, places, wide, rows)
        t.do("br label %next")
    t.label("none")
    t.do("unreachable")
    t.label("done")
    t.do("ret i64 -1")
    return "\n".join([f"define {STEP} {{", *t.lines, "}", ""])


def _unrolled(code: Code) -> int:
    return {Code.EXP: 2, Code.LOG: 2, Code.NORMAL: 2}.get(code, 4)


def _made(t: Text, code: Code, rows: list[str], constants: list[str], month: str) -> Callable[[str], str]:
    """What an operation gives for sixteen worlds so many bytes after the first."""

    def row(n: int) -> Callable[[str], str]:
        return lambda i: t.load(t.at(rows[n], i))

    def same(n: int) -> Callable[[str], str]:
        value = t.splat(t.load(constants[n], "float"))
        return lambda _: value

    if code <= Code.ELSE_RR:
        one, two = row(1), row(2)
        return lambda i: lanes.two(t, code, one(i), two(i))
    if code <= Code.ELSE_RC:
        one, two = row(1), same(2)
        return lambda i: lanes.two(t, code - Code.ADD_RC, one(i), two(i))
    if code <= Code.MOST_CR:
        one, two = same(1), row(2)
        plain = {Code.SUB_CR: Code.SUB_RR, Code.DIV_CR: Code.DIV_RR, Code.LESS_CR: Code.LESS_RR}
        return lambda i: lanes.two(t, plain.get(code, Code.MOST_RR), one(i), two(i))
    if code <= Code.PICK_CC:
        test = row(1)
        yes = row(2) if code in (Code.PICK_RR, Code.PICK_RC) else same(2)
        no = row(3) if code in (Code.PICK_RR, Code.PICK_CR) else same(3)
        return lambda i: lanes.picked(t, test(i), yes(i), no(i))
    if code <= Code.NORMAL:
        one = row(1)
        return lambda i: lanes.one(t, code, one(i))
    value = same(1)("") if code == Code.FILL else t.splat(month)
    return lambda _: value


def _lanes(t: Text, made: Callable[[str], str], out: str, *, step: int) -> None:
    with t.loop("%bytes", step=step * VECTOR) as i:
        at = [i, *(t.whole("add", i, VECTOR * n) for n in range(1, step))]
        for value, here in zip([made(here) for here in at], at, strict=True):
            t.store(value, t.at(out, here))


def _check(t: Text, row: str, equation: str) -> None:
    with t.loop("%bytes", step=4 * VECTOR) as i:
        found = [lanes.unfinished(t, t.load(t.at(row, t.whole("add", i, VECTOR * n)))) for n in range(4)]
        while len(found) > 1:
            found = [t.let(f"or {lanes.I} {found[0]}, {found[1]}"), *found[2:]]
        with t.when(lanes.some(t, found[0])):
            t.do(f"ret i64 {t.let(f'zext i32 {equation} to i64')}")
            t.label(t.name())


def _draws(t: Text, code: Code, key: list[str], places: str, wide: list[str], rows: list[str]) -> None:
    """Uniforms or shocks. An even month makes words for itself and for the next, which finds its own in the row b; where that month
    may have been left out (c) each makes its own."""
    made = lanes.shock if code == Code.SHOCK else lanes.uniform
    fresh = t.let(f"or i1 {due(t)}, {t.let(f'icmp ne i64 {wide[3]}, 0')}")
    place = t.load(t.at(places, wide[1]), "i64")
    name = t.name()
    t.do(f"br i1 {fresh}, label %{name}fresh, label %{name}kept")
    t.label(f"{name}fresh")
    odd = t.let("trunc i64 %month to i1")
    with t.loop("%bytes", step=4 * WORD) as i:
        one = lanes.even(t, lanes.halves(t, lanes.threefry(t, key, begun(t, key, i), place)))
        two = lanes.odd(t, one)
        for n in range(4):
            t.store(two[n], t.at(rows[2], t.whole("add", i, VECTOR * n)), lanes.I)
        with t.when(t.let(f"xor i1 {odd}, true")):
            for n in range(4):
                t.store(made(t, one[n]), t.at(rows[0], t.whole("add", i, VECTOR * n)))
    t.do(f"br i1 {odd}, label %{name}kept, label %next")
    t.label(f"{name}kept")
    _lanes(t, lambda i: made(t, t.load(t.at(rows[2], i), lanes.I)), rows[0], step=4)


def due(t: Text) -> str:
    """Whether this month makes words: an even one, or the first, which may draw where month 0 did not."""
    even = t.let(f"icmp eq i64 {t.whole('and', '%month', 1)}, 0")
    return t.let(f"or i1 {even}, {t.let('icmp eq i64 %month, 1')}")


def begun(t: Text, key: list[str], i: str) -> tuple[str, str]:
    """The beginning of the generator for this month and its neighbour, and the 64 worlds from the one whose bytes are ``i`` after those
    of the first."""
    call = t.whole("lshr", t.whole("add", t.whole("shl", "%world", 2), i), 5)
    calls = t.let(f"add {lanes.Q} {lanes.spread(t, call)}, <{', '.join(f'i64 {n}' for n in range(8))}>")
    return lanes.opened(t, key, calls, t.whole("lshr", "%month", 1))
