"""What may come back from a command over any file at all: an answer, or one clear message."""

from __future__ import annotations

import json
import re

from tests.answers import Answer, strange_characters

__all__ = ["complaints", "signature"]

LONGEST = 60_000  # A hundred faults, each with everything that is allowed in its place.
NAN = re.compile(r"(?<![\w.])(?:nan|inf|infinity|NaN|None(?! [a-z]))(?![\w.])")
ONE_OF_MANY = re.compile(
    r"(?<![\w.,:−-])1 (?:more |small |other |fresh )?(?:agreement|candidate|change|character|combination|draw|entrie|exchange|"
    r"faction|fault|government|issue|letter|month|move|number|option|package|point|quotation|reading|round|row|"
    r"set|situation|stage|step|text|value|vote|warning|world)s\b"
)
PLACED = re.compile(r":\d+:\d+: ")


def complaints(command: list[str], answer: Answer, text: str) -> list[str]:
    """Everything that should not have come back. ``text`` is the case's own: what it says may be shown."""
    found = []
    if answer.code == 70:
        found.append("internal error: " + _first(answer.err))
    elif answer.code not in (0, 2, 3, 4):
        found.append(f"exit {answer.code}: {_first(answer.err)}")
    if "Traceback" in answer.err:
        found.append("traceback: " + answer.err.strip().splitlines()[-1])
    if "Warning:" in answer.err:
        found.append("warning: " + next(s for s in answer.err.splitlines() if "Warning:" in s))
    if answer.code == 0:
        found += _answered(command, answer, text)
    elif answer.code != 70:
        found += _refused(command, answer)
    shown = answer.err if "--json" in command else answer.out + answer.err
    # Sentences run over lines, but of a diff each line is a change of its own.
    said = shown if command[0] == "diff" else " ".join(shown.split())
    found += [f"one of many: {words}" for words in set(ONE_OF_MANY.findall(said)) if words not in text]
    if strange := strange_characters(shown):
        found.append(f"raw control characters {json.dumps(strange)}")
    return found


def _answered(command: list[str], answer: Answer, text: str) -> list[str]:
    found = []
    if answer.err and "Warning:" not in answer.err:
        found.append("a word on the standard error beside an answer: " + _first(answer.err))
    if not answer.out:
        found.append("neither an answer nor a message")
    if "--json" in command:
        try:
            assert isinstance(answer.json, dict)
        except (ValueError, AssertionError, RecursionError) as error:
            found.append(f"no JSON: {error}")
    # What the case says itself may be repeated; nothing else may look like a number that is none.
    elif command[0] not in ("diff", "check", "report"):
        said = text.lower()
        found += [
            f"a number that is none: {w}" for w in set(NAN.findall(answer.out)) if w.lower() not in said
        ]
    return found


def _refused(command: list[str], answer: Answer) -> list[str]:
    found = []
    verified = command[0] == "check" and "--sources" in command and answer.code == 3
    if answer.out and not verified:
        found.append("an answer beside a refusal")
    if not answer.err.strip() and not verified:
        found.append("a refusal without a message")
    if len(answer.err) > LONGEST:
        found.append(f"a message of {len(answer.err)} characters")
    if answer.code == 3 and not verified and not PLACED.search(_first(answer.err)):
        found.append("exit 3 without line and column: " + _first(answer.err))
    return found


def _first(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0][:300] if lines else "(nothing)"


def signature(verb: str, complaint: str) -> str:
    """The same for the same fault: without numbers, names and places."""
    without = re.sub(r"'[^']*'|\"[^\"]*\"|/\S+", "_", complaint)
    return f"{verb}: {re.sub(r'-?[0-9.]+', '0', without)[:110]}"
