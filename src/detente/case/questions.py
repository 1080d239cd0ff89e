"""What in a question about the world cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from detente.case.base import Range
from detente.case.dates import months_after
from detente.case.model import Case
from detente.case.parts import MOVED_BY, TOPS, UNITS, never
from detente.case.world import Amount, Happened, State, World
from detente.case.yamltext import Path

__all__ = ["WITHIN", "question_faults"]

WITHIN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "talks_stopped": ("talks_began",),
        "talks_completed": ("talks_began",),
        "conceded_all": ("conceded",),
        "all_lifted": ("eased",),
        "taken_back": ("eased",),
        "lapsed_within_a_year": ("eased", "taken_back"),
        "collapsed": ("office_lost",),
        "handed_over": ("office_lost",),
        "voted_out": ("office_lost", "poll_held"),
        "removed": ("office_lost",),
        "funds_paid": ("funds_agreed",),
        "lists_lifted": ("lists_eased",),
        "early_poll": ("poll_held",),
        "admitted": ("poll_held",),
    }
)
"""Event → those without which it does not happen, so that a share among their worlds can be given."""

_STATES = {"easing": "sender", "recognised": "recognition", "conceded": "talks"}
_FATES = {"collapsed": "survival", "handed_over": "exit", "voted_out": "polls", "removed": "force"}


def _amount(spec: Amount, case: Case, world: World) -> Iterator[str]:
    """What of an amount cannot be reached, or told from another."""
    variable, unit = spec.variable, UNITS.get(spec.variable)
    if spec.low >= spec.high:
        yield f"'low' must be below 'high': found {spec.low:g} and {spec.high:g}"
    part = MOVED_BY.get(variable, variable)
    if getattr(world, part) is None:
        yield f"'{variable}' stands still without a part '{part}' in the world"
        return
    ladder = world.talks.ladder if world.talks is not None else None
    if variable == "trust" and (ladder is None or ladder.by not in ladder.obstinate):
        yield "trust in what? Add a 'ladder' whose 'obstinate' names the reading of the incumbent that is feared"
    if variable in ("governors", "turnout") and world.regional is not None and case.as_of is not None:
        first = min(world.regional.on)
        if spec.at < first:
            yield f"'{variable}' is not measured before the first regional poll, {first}: found {spec.at}"
    top, said = 1.0, "a share, from 0 to 1"
    if variable == "output" and world.output is not None:
        top, said = world.output.top, f"in {world.output.unit}, kept up to {world.output.top:g}"
    elif variable == "recognition" and world.recognition is not None:
        top = world.recognition.all.high
        said = f"a number of governments, of which there are {top:g} ('all')"
    elif unit == "index":
        top, said = TOPS[variable], f"a multiple of what is usual, kept up to {TOPS[variable]:g}"
    for key, value in (("low", spec.low), ("high", spec.high)):
        if key in spec.model_fields_set and (
            value > top or (key == "low" and value == top and unit != "governments")
        ):
            yield f"'{variable}' is {said}: it cannot get to '{key}: {value:g}'"
        elif 0 < value < top / BINS and unit != "governments":
            yield (
                f"'{variable}' is {said}, and read to {top / BINS:.2g} of it: '{key}: {value:g}' cannot be told from 0"
            )


BINS = 128
"""Parts of its range to which a variable is read."""


def _empty(spec: object, case: Case, world: World) -> Iterator[str]:
    """What of an answer means nothing, or is about what the world does not simulate."""
    if isinstance(spec, Amount):
        yield from _amount(spec, case, world)
    if isinstance(spec, State):
        asked = [key for key in ("office", *_STATES) if getattr(spec, key) is not None]
        if not asked:
            yield f"a state of what? Add one of: office, {', '.join(_STATES)}"
        eased = len(world.sender.steps) - 1 if world.sender is not None else 2
        if spec.easing is not None and spec.easing > eased:
            yield f"the sender eases at most {eased} of its steps: found 'easing: {spec.easing}'"
        ladder = world.talks.ladder if world.talks is not None else None
        if spec.conceded is not None and ladder is not None:
            least, most = -len(ladder.below), len(ladder.steps)
            if not least <= spec.conceded <= most:
                yield f"the ladder goes from {least} to {most}: found 'conceded: {spec.conceded}'"
        needed = {key: _STATES[key] for key in asked if key in _STATES}
        if spec.office in _FATES:
            needed[spec.office] = _FATES[spec.office]
        for what, part in needed.items():
            if getattr(world, part) is None:
                yield f"'{what}' stands still without a part '{part}' in the world"


def question_faults(case: Case, world: World) -> Iterator[tuple[Path, str]]:  # noqa: C901
    """What cannot be asked, or answered so."""
    for name, question in case.questions.items():
        at: Path = ("questions", name)
        if case.as_of is not None and question.resolves <= case.as_of:
            yield (*at, "resolves"), f"must lie after the date of the case, {case.as_of}"
        numbers = [spec for spec in question.answers.values() if isinstance(spec, Range)]
        stated = sum(spec.median for spec in question.answers.values() if isinstance(spec, Range))
        if stated > 1 + 1e-9:
            yield (*at, "answers"), f"the probabilities sum to {stated:g}, which is more than 1"
        rests = [a for a, spec in question.answers.items() if spec == "rest"]
        if len(numbers) == len(question.answers) and stated < 1 - 1e-9:
            yield (
                (*at, "answers"),
                f"the probabilities sum to {stated:g}, which is less than 1: make one of the answers 'rest'",
            )
        if len(rests) > 1:
            yield (*at, "answers"), "only one answer can be what the others leave ('rest')"
        for answer, spec in question.answers.items():
            here: Path = (*at, "answers", answer)
            if question.basis == "not_modelled":
                if spec is not None:
                    yield here, "this question is 'not_modelled', so its answers have no meaning to give"
                continue
            if spec is None:
                yield here, "what does this answer mean? An event of the world, a probability, or 'rest'"
            elif question.basis == "prior" and not (isinstance(spec, Range) or spec == "rest"):
                yield here, "this question is a 'prior': a probability was expected, or 'rest'"
            elif question.basis == "modelled" and isinstance(spec, Range):
                yield here, "this question is 'modelled': something of the world was expected, or 'rest'"
            day = (
                spec.by
                if isinstance(spec, Happened)
                else spec.at
                if isinstance(spec, (State, Amount))
                else None
            )
            if day is not None and day > question.resolves:
                yield here, f"the answer is known by {question.resolves} ('resolves'): found {day}"
            yield from ((here, message) for message in _empty(spec, case, world))
            if day is not None and case.as_of is not None:
                ends = months_after(case.as_of, world.months)
                if not case.as_of < day <= ends:
                    yield here, f"the world runs from {case.as_of} to {ends}: found {day}; see 'months'"
            if isinstance(spec, Happened) and spec.given is not None:
                allowed = WITHIN.get(spec.event, ())
                if spec.given not in allowed:
                    can = " or ".join(f"'{e}'" for e in allowed) or "nothing"
                    yield (*here, "given"), f"'{spec.event}' can be given {can}: found '{spec.given}'"
            if isinstance(spec, Happened) and spec.but_not is not None:
                if spec.event not in WITHIN.get(spec.but_not, ()):
                    can = " or ".join(f"'{e}'" for e, of in WITHIN.items() if spec.event in of) or "nothing"
                    yield (
                        (*here, "but_not"),
                        f"a part of '{spec.event}' was expected, {can}: found '{spec.but_not}'",
                    )
                if spec.given is not None:
                    yield (*here, "but_not"), "'given' and 'but_not' do not go together: leave one out"
            if isinstance(spec, Happened):
                for key in ("event", "given", "but_not"):
                    why = never(getattr(spec, key) or "", world)
                    if why is not None:
                        yield (*here, key), why
