"""Talks written out as equations.

At talks two sides take the steps of a ladder by turns. What each chooses is worked out once a draw
(:mod:`detente.kernels.talks`) and enters as numbers; that chances follow from them, what stands, and what the
other side comes to believe are ordinary equations, so that everything else of the world may drive them and be driven.

In a month in which talks are on, the step that is due is taken with its chance; if it is held up, the other side may walk
out; and somebody else may stop the talks. ``to`` does not know the reading of ``by``: it acts on each as often as it believes
in it. Beliefs follow Bayes' rule from what ``by`` does and from the events of ``seen``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from detente.case.base import Range
from detente.case.mechanism import Figure, Happening, Level, Own, Value
from detente.case.wiring import Inside
from detente.case.world import Ladder, Talks

__all__ = ["Told", "judged", "stands", "told", "typed_in", "written"]


class Told(NamedTuple):
    """A number of talks that is worked out, not typed."""

    name: str
    """In its part."""
    what: Literal["step", "leave", "second_step", "second_leave", "prior", "seen"]
    """A table of :class:`detente.kernels.talks.Choices`, the belief at the beginning, or the likelihood of an event."""
    place: int
    """Steps that stand; the number of an event of ``seen``."""
    reading: str | None
    """For which reading of ``by``; None: for the one that is true."""


def told(ladder: Ladder, readings: Sequence[str]) -> Iterator[Told]:
    """Every number that is worked out. Without ``readings`` there is nothing to be believed."""
    for n in range(len(ladder.steps)):
        mine = n % 2 == 0
        each: tuple[tuple[str, Literal["step", "leave", "second_step", "second_leave"], bool], ...] = (
            (f"takes_{n + 1}", "step" if mine else "second_step", mine),
            (f"leaves_{n + 1}", "second_leave" if mine else "leave", not mine),
        )
        for name, what, knows in each:
            if knows or not readings:
                yield Told(name, what, n, None)
            for reading in readings:
                yield Told(f"{name}_if_{reading}", what, n, reading)
    for reading in readings:
        yield Told(f"prior_{reading}", "prior", 0, reading)
        for n in range(len(ladder.seen)):
            yield Told(f"likely_{n + 1}_if_{reading}", "seen", n, reading)


def judged(ladder: Ladder) -> dict[str, Range]:
    """Judged numbers of a ladder that no equation reads, by name in the part."""
    found: dict[str, Range] = {"precision": ladder.precision}
    found |= {f"blame_{faction}": points for faction, points in ladder.blame.items()}
    for n, likely in enumerate(ladder.seen.values()):
        found |= {f"seen_{n + 1}_if_{reading}": share for reading, share in likely.items()}
    return found


def stands(ladder: Ladder, n: int) -> Mapping[str, tuple[str, ...]]:
    """Issue → the options with which step ``n`` (from 0) stands: its own and those of later steps."""
    return {
        issue: tuple(dict.fromkeys(step[issue] for step in ladder.steps[n:] if issue in step))
        for issue in ladder.steps[n]
    }


def written(part: str, talks: Talks, readings: Sequence[str]) -> Own:
    """The part as equations; the numbers of :func:`told` are in it as 0."""
    ladder, steps = talks.ladder, len(talks.ladder.steps)
    events = {
        "began": Happening(
            says="talks begin",
            chance=f"if live > 0.5 or place > {steps - 0.5:g} then 0 else ({talks.begins})",
        ),
        **{
            f"step_{n + 1}": Happening(
                says=f"step {n + 1} of the talks is taken",
                chance=f"if place == {n} then live * due else 0",
                one_of=f"{part}_step",
            )
            for n in range(steps)
        },
        "broken": Happening(
            says="one side walks out of the talks", chance="if stepped > 0.5 then 0 else live * leaving"
        ),
        "stopped": Happening(
            says="somebody else stops the talks",
            chance=f"if broken then 0 else live * ({talks.stops if talks.stops is not None else 'hazard'})",
        ),
        "completed": Happening(says="all steps of the talks are taken", when=f"step_{steps}", once=True),
    }
    levels = {
        "on": Level(
            start=str(int(talks.on)),
            next=f"if began then 1 else if broken or stopped or step_{steps} then 0 else on",
            unit="share",
        )
    }
    levels |= _beliefs(readings)
    figures = {t.name: Figure(low=0, median=0, high=0) for t in told(ladder, readings)}
    able = ladder.able if ladder.able is not None else Range(low=1, median=1, high=1)
    figures |= {"able": _figure(able), "hazard": _figure(ladder.stopped)}
    return Own(
        says=talks.says,
        numbers={**talks.numbers, **figures},
        levels=levels,
        values={name: Value(equation=text, says=says) for name, says, text in _values(ladder, readings)},
        events=events,
        **{k: getattr(ladder, k) for k in ("fact", "source", "inference", "judgement")},
    )


def typed_in(part: str, talks: Talks, readings: Sequence[str]) -> Iterator[Inside]:
    """What the case types that :func:`written` puts into longer equations."""
    here = ("parts", part)
    yield Inside(talks.begins, (*here, "begins"), (*here, "events", "began", "chance"))
    if talks.stops is not None:
        yield Inside(talks.stops, (*here, "stops"), (*here, "events", "stopped", "chance"))
    for event in talks.ladder.seen:
        for reading in readings:
            into = (*here, "values", f"likely_if_{reading}")
            yield Inside(event, (*here, "ladder", "seen", event), into, event=True)


def _figure(of: Range) -> Figure:
    return Figure(**{k: getattr(of, k) for k in Range.model_fields})


def _values(ladder: Ladder, readings: Sequence[str]) -> Iterator[tuple[str, str | None, str]]:
    """(name, what it is, equation)."""
    steps = len(ladder.steps)
    for n in range(steps):
        issues = [
            "(" + " or ".join(f"before({issue}) is {option}" for option in options) + ")"
            for issue, options in stands(ladder, n).items()
        ]
        yield f"stands_{n + 1}", None, f"if {' and '.join(issues)} then 1 else 0"
    place = f"stands_{steps}"
    for n in range(steps - 1, 0, -1):
        place = f"stands_{n} * (1 + {place})"
    yield "place", "steps of the talks that stand", place
    yield "live", None, "if before(on) > 0.5 then 1 else 0"
    yield "stepped", None, f"if {' or '.join(f'step_{n + 1}' for n in range(steps))} then 1 else 0"
    due, leaving = [], []
    for n in range(steps):
        mine = n % 2 == 0
        takes = f"takes_{n + 1}" if mine else f"able * ({_believed(f'takes_{n + 1}', readings)})"
        leaves = _believed(f"leaves_{n + 1}", readings) if mine else f"leaves_{n + 1}"
        due.append((n, takes))
        leaving.append((n, leaves))
    yield "due", "chance that the step that is due is taken", _at(due)
    yield "leaving", "chance that the other side walks out where it is not", _at(leaving)
    if not readings:
        return
    yield "mine", None, _at([(n, "1") for n in range(0, steps, 2)])
    for reading in readings:
        yield (
            f"taking_if_{reading}",
            None,
            _at([(n, f"takes_{n + 1}_if_{reading}") for n in range(0, steps, 2)]),
        )
        out = [(n, f"leaves_{n + 1}_if_{reading}") for n in range(1, steps, 2)]
        yield f"leaving_if_{reading}", None, _at(out)
        seen = "".join(
            f" * (if {event} then likely_{n + 1}_if_{reading} else 1)" for n, event in enumerate(ladder.seen)
        )
        shown = (
            f"if live < 0.5 then 1 else if mine > 0.5 then (if stepped > 0.5 then taking_if_{reading} else 1 - taking_if_{reading}) "
            f"else if stepped > 0.5 then 1 else if broken then leaving_if_{reading} else 1 - leaving_if_{reading}"
        )
        yield f"likely_if_{reading}", None, f"({shown}){seen}"
    total = " + ".join(f"before(belief_{r}) * likely_if_{r}" for r in readings)
    yield "likely", None, f"max({total}, 0.000000001)"
    feared = ladder.obstinate
    yield (
        "trust",
        "belief that the feared reading is not true",
        "1" if feared is None else f"1 - belief_{feared}",
    )


def _beliefs(readings: Sequence[str]) -> dict[str, Level]:
    return {
        f"belief_{r}": Level(
            start=f"prior_{r}",
            next=f"belief_{r} * likely_if_{r} / likely",
            unit="share",
        )
        for r in readings
    }


def _believed(name: str, readings: Sequence[str]) -> str:
    """What is done as often as each reading is believed."""
    return " + ".join(f"before(belief_{r}) * {name}_if_{r}" for r in readings) if readings else name


def _at(by_place: Sequence[tuple[int, str]]) -> str:
    """One of several by the number of steps that stand; 0 elsewhere."""
    return "".join(f"if place == {n} then {text} else " for n, text in by_place) + "0"
