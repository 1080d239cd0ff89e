"""How fast worlds of equations run: interpreted, written out as one function, and in plain NumPy beside.

``python -m bench --only worlds``. Times are those of the processor and not of the clock, and of one thread where they
are a thread's, so that other work on the machine counts less; the speed of two cores is that of two threads that do not wait for one
another. NumPy works on 100,000 worlds at once, one array operation for each of the program, with its own random numbers;
shares of worlds in which something has happened must agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from bench.country import MONTHS, country, ready
from detente.kernels import native
from detente.kernels.codes import Code, operands
from detente.kernels.rows import interpreter
from detente.kernels.runs import Job, nothing, simulate
from detente.world.jobs import Written, interpreted, written
from detente.world.run import Run

__all__ = ["Speed", "operations", "places", "plain", "speeds", "time_to_compile", "worlds"]

Floats = NDArray[np.float32]
DRAWS, PER = 8, 4096
MANY = 100_000


class Speed(NamedTuple):
    """Nanoseconds of processor time a world and month."""

    interpreted: float
    fused: float
    plain: float
    apart: float
    """The largest difference of a share between NumPy and here, in standard errors."""


def worlds() -> Run:
    """The world that is measured."""
    return ready(country(), DRAWS)


def operations(of: Run) -> int:
    return len(of.program.month)


def places(of: Run) -> int:
    return len({op[2] for op in of.program.month if op[0] in (Code.UNIFORM, Code.SHOCK)})


def _taken(call: Callable[[], Any], runs: int = 25) -> float:
    call()
    found = []
    for _ in range(runs):
        start = time.thread_time()
        call()
        found.append(time.thread_time() - start)
    return min(found)


def time_to_compile(of: Run) -> float:
    """Seconds from a program to machine code, without the cache."""
    start = time.process_time()
    native.Native(native.made(Written(of.program, of.looked, of.bounds, len(of.dated) - 1).written().text))
    return time.process_time() - start


def speeds(of: Run) -> Speed:
    """Both ways of running a program, and NumPy."""
    function = written(of.program, of.looked, of.bounds, len(of.dated) - 1)
    compiled = function.found(compiled=True)
    assert compiled is not None
    ways: dict[str, tuple[native.Native, Job]] = {
        "interpreted": (
            interpreter(),
            interpreted(of.program, of.looked, of.form.places, of.dated, of.bounds),
        ),
        "fused": (compiled, function.job(of.form.places, of.dated)),
    }
    taken, shares = {}, np.zeros(0)
    for name, (how, job) in ways.items():

        def call(how: native.Native = how, job: Job = job) -> Any:
            into = nothing(job, DRAWS)
            simulate(how, job, of.constants, into, seed=1, first=0, begins=0, ends=PER)
            return into

        taken[name] = _taken(call) / (DRAWS * PER * MONTHS) * 1e9
        shares = call().counts[0, -1] / PER
    start = time.process_time()
    other = plain(of, MANY)
    beside = (time.process_time() - start) / (MANY * MONTHS) * 1e9
    error = np.sqrt(np.maximum(other * (1 - other), 1e-4) * (1 / PER + 1 / MANY))
    return Speed(taken["interpreted"], taken["fused"], beside, float(np.max(np.abs(shares - other) / error)))


_TWO: dict[str, Callable[..., Any]] = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "DIV": np.divide,
    "MIN": np.minimum,
    "MAX": np.maximum,
    "LESS": np.less,
    "MOST": np.less_equal,
    "SAME": np.equal,
    "ELSE": lambda a, b: np.where(np.isnan(a), b, a),
}
_ONE: dict[Code, Callable[..., Any]] = {
    Code.COPY: np.copy,
    Code.ABS: np.abs,
    Code.FLOOR: np.floor,
    Code.SQRT: np.sqrt,
    Code.EXP: np.exp,
    Code.LOG: np.log,
    Code.NORMAL: ndtr,
}


def plain(of: Run, many: int) -> NDArray[np.float64]:
    """[asked] shares of worlds of the first draw in which each condition holds in the last month, by NumPy."""
    rng = np.random.Generator(np.random.SFC64(7))
    c = of.constants[0]
    known: dict[int, Any] = {}
    with np.errstate(all="ignore"):
        for month in range(len(of.dated)):
            if month:
                known.update({last: known[this] for last, this in of.program.pairs.items() if this in known})
            ops = of.program.month if month else of.program.start
            k = 0
            while k < len(ops):
                code, out, *given = ops[k]
                k += 1
                if code == Code.UNLESS and not of.dated[month, given[0]]:
                    known[out] = np.zeros(many, np.float32)
                    k += given[1]
                elif code not in (Code.CHECK, Code.UNLESS):
                    known[out] = _made(Code(code), given, known, c, rng, month, many)
    return np.array([np.mean(known[r] > 0.5) for r in of.looked.asked])


def _made(
    code: Code, given: list[int], known: dict[int, Any], c: Floats, rng: Any, month: int, many: int
) -> Any:
    x = [
        known[n] if kind == "R" else c[n]
        for kind, n in zip(operands(code), given, strict=False)
        if kind in "RC"
    ]
    if code <= Code.MOST_CR:
        return _TWO[code.name.split("_")[0]](*x).astype(np.float32)
    if code <= Code.PICK_CC:
        return np.where(x[0] > 0.5, x[1], x[2]).astype(np.float32)
    if code <= Code.NORMAL:
        return _ONE[code](x[0])
    match code:
        case Code.FILL:
            return np.full(many, x[0], np.float32)
        case Code.MONTH:
            return np.full(many, month, np.float32)
        case Code.UNIFORM:
            return rng.random(many, dtype=np.float32)
        case _:
            two = rng.random((2, many), dtype=np.float32)
            return (two.sum(axis=0) - np.float32(1)) * np.float32(6**0.5)
