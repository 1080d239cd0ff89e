"""What two versions of a case say differently, and the smallest parts of the file that one can take from the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from detente.analyses.compare.result import Input
from detente.case.base import Provenance, as_range
from detente.case.diff import differences
from detente.case.edited import REMOVED, SUPPOSED
from detente.case.reading import ReadCase
from detente.case.yamltext import Path

__all__ = ["inputs", "parts"]

_WORDS = {
    *Provenance.model_fields, "because", "by", "on", "name", "short", "note", "facts", "title", "summary", "id", "sources", "held_by",
    "says", "as_text", "publisher", "author", "url", "file", "theory", "limits",
}  # fmt: skip
"""Keys of texts and dates that no answer hangs on, but for the date of a deadline; numbers below ids of these names are numbers."""


def parts(before: ReadCase, after: ReadCase) -> dict[str, Any]:
    """Path → what stands there in ``after``, or ``REMOVED``: for each smallest part that can be taken over by itself.

    Lists are taken as wholes, and so are a number and what it comes from. Only what an answer can hang on.
    """
    return {
        ".".join(map(str, path)): value for path, value in _parts(before.parsed.value, after.parsed.value, ())
    }


def inputs(before: ReadCase, after: ReadCase, taken: dict[str, Any]) -> tuple[Input, ...]:
    """Everything that two versions say differently, in words."""
    found = []
    for each in differences(before.case, after.case):
        if each.after == SUPPOSED:  # nobody's reason: the number beside it is told
            continue
        at = next(
            (
                p
                for p in taken
                if each.path == p or each.path.startswith(f"{p}.") or p.startswith(f"{each.path}.")
            ),
            None,
        )
        counts = at is not None and (each.path == at or not _words(tuple(each.path.split("."))))
        found.append(Input(each.path, each.before, each.after, each.sentence, counts, at if counts else None))
    return tuple(found)


def _words(path: Path) -> bool:
    return path[0] == "sources" or (path[-1] in _WORDS and not (path[0] == "deadlines" and path[-1] == "on"))


def _parts(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if before == after:
        return
    numbers = _number(before), _number(after)
    if None not in numbers:
        if numbers[0] != numbers[1]:
            yield path, after
    elif path and _words(path):
        return
    elif isinstance(before, dict) and isinstance(after, dict) and numbers == (None, None):
        for key in [*before, *(k for k in after if k not in before)]:
            if key not in after or key not in before:
                if not _words((*path, key)):
                    yield (*path, key), after.get(key, REMOVED)
            else:
                yield from _parts(before[key], after[key], (*path, key))
    else:
        yield path, after


def _number(value: Any) -> tuple[float, ...] | None:
    """The three numbers of a range, however it is typed; None for anything else."""
    try:
        found = as_range(value)
    except ValueError:
        return None
    return (found["low"], found["median"], found["high"])
