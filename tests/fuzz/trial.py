"""One spoilt case through every command, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.answers import Answer, ask
from tests.fuzz.commands import VERBS, commands
from tests.fuzz.judge import complaints, signature
from tests.fuzz.mutate import Recipe, cook

__all__ = ["Failure", "Ran", "smaller", "trial", "warm"]


class Ran(NamedTuple):
    """One command that came back; seconds of the processor, whoever else is on the machine."""

    verb: str
    code: int
    seconds: float


class Failure(NamedTuple):
    """What should not have come back, and from what."""

    signature: str
    complaint: str
    command: list[str]
    recipe: Recipe


def _silent(_: list[str]) -> None:
    pass


def trial(
    made: Recipe,
    folder: Path,
    verbs: tuple[str, ...] = VERBS,
    say: Callable[[list[str]], None] = _silent,
) -> Iterator[Ran | Failure]:
    """Every command over the case; ``say`` hears of each before it begins.

    A case that ``check`` refuses is given to one more command, which has to refuse it in the same words.
    """
    data = cook(made)
    path = folder / "case.yaml"
    path.write_bytes(data)
    text = data.decode("utf-8", "replace")
    rng = Random(repr(made))
    original = folder / "original.yaml"
    original.write_bytes(cook(Recipe(made.base, ())))
    asked = _chosen(commands(str(path), str(folder / "page.html"), str(original), verbs), rng)
    first = _timed(["check", str(path)], say)
    yield Ran("check", first[0].code, first[1])
    yield from _judged(["check", str(path)], first[0], text, made)
    refused = first[0].code != 0
    if refused:
        # Not those that read the base first, which may be refused as well.
        asked = (
            [rng.choice(others)] if (others := [c for c in asked if c[0] not in ("diff", "compare")]) else []
        )
    for command in asked:
        answer, seconds = _timed(command, say)
        yield Ran(command[0], answer.code, seconds)
        yield from _judged(command, answer, text, made)
        if refused and (answer.code, answer.err) != (first[0].code, first[0].err):
            complaint = f"check exits with {first[0].code}, this with {answer.code}, or in other words"
            yield Failure(signature(command[0], complaint), complaint, command, made)


def _chosen(every: list[list[str]], rng: Random) -> list[list[str]]:
    """One form of each verb: text or JSON, whichever the case draws."""
    by_verb: dict[str, list[list[str]]] = {}
    for command in every:
        by_verb.setdefault(command[0], []).append(command)
    return [rng.choice(forms) for forms in by_verb.values()]


def _timed(command: list[str], say: Callable[[list[str]], None]) -> tuple[Answer, float]:
    say(command)
    start = time.process_time()
    return ask(*command), time.process_time() - start


def _judged(command: list[str], answer: Answer, text: str, made: Recipe) -> Iterator[Failure]:
    for complaint in complaints(command, answer, text):
        yield Failure(signature(command[0], complaint), complaint, command, made)


def smaller(failure: Failure, folder: Path, say: Callable[[list[str]], None] = _silent) -> Failure:
    """The same fault with as few mutations as it takes, each left out in turn."""
    made = failure.recipe
    k = 0
    while k < len(made.mutations):
        fewer = Recipe(made.base, made.mutations[:k] + made.mutations[k + 1 :])
        if _fails_alike(failure, fewer, folder, say):
            made = fewer
        else:
            k += 1
    return failure._replace(recipe=made)


def _fails_alike(failure: Failure, made: Recipe, folder: Path, say: Callable[[list[str]], None]) -> bool:
    data = cook(made)
    (folder / "case.yaml").write_bytes(data)
    answer, _ = _timed(failure.command, say)
    judged = _judged(failure.command, answer, data.decode("utf-8", "replace"), made)
    return any(other.signature == failure.signature for other in judged)


def warm(folder: Path) -> None:
    """Every kernel once, so that no case pays for loading it, or hears that this is the first run on a machine."""
    from detente import kernels
    from tests.fuzz.commands import KITCHEN

    for command in commands(str(KITCHEN), str(folder / "page.html")):
        ask(*command)
    kernels.is_cold = False
