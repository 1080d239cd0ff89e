"""Cases whose world is written as it was before worlds were equations: one message for each block, with what to write now.

Then the parts of a world were fixed, stood at its top and had numbers only; policies changed those numbers by their former
names; answers asked for an event, a variable or an office by a word. None of this is read any more, and each of
its keys would be a fault of its own: these are told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from detente.case.base import Provenance
from detente.case.library import bundled
from detente.case.world import World
from detente.case.yamltext import Path, cut
from detente.figures import agree

__all__ = ["Former", "former"]

_RENAMED = {
    "output": "oil",
    "hunger": "food",
    "home": "politics",
    "accountability": "court",
    "split": "unity",
}
"""Former part → the bundled part that comes nearest."""

_MOVED = {
    "means": "what 'means' said is said by 'moves' ({ISSUE: {OPTION: PART.EVENT}})",
    "office": "what 'office' said by 'moves' and 'stakes' ({FACTION: {PART.EVENT: points}})",
}

_FORMER = {*_RENAMED, *_MOVED, "talks"}
_ASKED = ("event", "variable", "office", "easing", "recognised", "conceded")
_OWN = ("levels", "values", "events", "ladder")


class Former(NamedTuple):
    """A block in former words."""

    place: Path
    """Where the first of it stands."""
    message: str
    drop: tuple[Path, ...]
    """What of the document it takes away."""


def former(document: Any) -> Iterator[Former]:
    """What of a document is written in former words; at most one for the world, the policies and the questions."""
    if not isinstance(document, Mapping):
        return
    world = document.get("world")
    found = tuple(_outside(world)) if isinstance(world, Mapping) else ()
    if isinstance(world, Mapping) and found:
        names = [str(path[-1]) for path in found]
        old = "parts" not in world
        yield Former(found[0], _of_world(names), (("world",),) if old else found)
        if old and (changed := list(_changed(document.get("policies")))):
            yield Former(changed[0], _of_policies(changed), (("policies",),))
    if answers := list(_answered(document.get("questions"))):
        asked = document["questions"]
        yield Former(answers[0], _of_questions(answers, asked), tuple(dict.fromkeys(p[:2] for p in answers)))


# --- the world --------------------------------------------------------------------------------------------


def _outside(world: Mapping[str, Any]) -> Iterator[Path]:
    """Parts that do not stand below ``parts``."""
    known = {*World.model_fields, *Provenance.model_fields}
    for name, block in world.items():
        own = isinstance(block, Mapping) and any(key in block for key in _OWN)
        if name not in known and (own or name in bundled() or name in _FORMER):
            yield ("world", name)


def _of_world(names: list[str]) -> str:
    parts = [_RENAMED.get(n, n) for n in names if n not in _MOVED]
    known = [n for n in parts if n in bundled()]
    which = f", 'detente parts {known[0]}' explains one" if known else ""
    beside = [f"for '{n}' see '{_RENAMED[n]}'" for n in names if n in _RENAMED]
    beside += [text for name, text in _MOVED.items() if name in names]
    return (
        f"parts stand below 'parts:' now, and are equations: found {_listed(names)} at the top of the world; "
        f"write 'parts: {{{parts[0] if parts else 'PART'}: ..}}'; 'detente parts' lists the bundled ones{which}, "
        "'detente new --with world' writes an example" + "".join(f"; {text}" for text in beside)
    )


# --- policies ---------------------------------------------------------------------------------------------


def _changed(policies: Any) -> Iterator[Path]:
    """Every number that a policy changes."""
    for name, policy in policies.items() if isinstance(policies, Mapping) else ():
        changes = policy.get("changes") if isinstance(policy, Mapping) else None
        for path in changes if isinstance(changes, Mapping) else ():
            yield ("policies", name, "changes", path)


def _of_policies(changed: list[Path]) -> str:
    names = list(dict.fromkeys(str(path[-1]) for path in changed))
    first = names[0].partition(".")[0]
    part = _RENAMED.get(first, first)
    shown = (
        f"'detente parts {part}' lists those of '{part}'"
        if part in bundled()
        else "'detente parts' lists them"
    )
    return (
        f"these change numbers of the former world: found {_listed(names)}; "
        f"write 'changes: {{PART.NUMBER: ..}}' with a number of a part below 'world: parts' ({shown}), "
        f"'settles: {{ISSUE: OPTION}}' for an issue that is kept, 'holds: {{PART.LEVEL: ..}}' for a level that is"
    )


# --- questions --------------------------------------------------------------------------------------------


def _answered(questions: Any) -> Iterator[Path]:
    """Every answer that asks for an event, a variable or a state by a word."""
    for name, question in questions.items() if isinstance(questions, Mapping) else ():
        answers = question.get("answers") if isinstance(question, Mapping) else None
        for answer, meant in answers.items() if isinstance(answers, Mapping) else ():
            if isinstance(meant, Mapping) and any(key in meant for key in _ASKED):
                yield ("questions", name, "answers", answer)


def _of_questions(answers: list[Path], questions: Any) -> str:
    written: dict[str, str] = {}
    for _, name, _, answer in answers:
        meant = questions[name]["answers"][answer]
        kind = next(key for key in _ASKED if key in meant)
        written.setdefault(kind, _as_condition(kind, meant))
    many = len(answers)
    return (
        f"{agree(many, 'this answer is', f'{many} answers are')} in former words: an answer is a condition of the world at a "
        f"date now; write {'; '.join(written.values())}; 'detente parts NAME' lists the events and levels of a bundled part"
    )


def _as_condition(kind: str, meant: Mapping[str, Any]) -> str:
    """The first answer of a kind as it is written now."""
    word = cut(str(meant[kind]), 40)
    day = meant.get("by", meant.get("at", "DATE"))
    if kind == "event":
        given = f", given: happened(PART.{cut(str(meant['given']), 40)})" if "given" in meant else ""
        but = f" and not happened(PART.{cut(str(meant['but_not']), 40)})" if "but_not" in meant else ""
        return f"'that: happened(PART.{word}){but}, at: {day}{given}' for 'event: {word}'"
    if kind == "variable":
        level = f"PART.{word}"
        sides = [f"{level} >= {meant['low']}"] if "low" in meant else []
        sides += [f"{level} < {meant['high']}"] if "high" in meant else []
        return f"'that: {' and '.join(sides) or level + ' >= ..'}, at: {day}' for 'variable: {word}'"
    return f"'that: ISSUE is OPTION, at: {day}' or 'not happened(PART.EVENT)' for '{kind}: {word}'"


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{cut(name, 40)}'" for name in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
