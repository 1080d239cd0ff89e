"""Fenced examples of a Markdown page: found, run, compared.

- ``console``: ``$ detente ...`` runs through the command line, ``$ cp A B`` copies; what is shown below must be
  what is printed, lines wrapped as one likes, ``...`` standing for a little, alone on a line for anything.
  Nothing shown: it must succeed.
- ``yaml`` with ``title="NAME"``: writes the file; with ``title="NAME, continued"``: its top-level blocks replace
  those of the same name and add the others; with ``title="NAME, below world: parts:"``: the same for the blocks that stand
  there. Without a title: a whole case (``detente: 1``) or a fragment.
- ``csv`` with ``title="NAME"``: writes the file.
- ``python`` runs, each block after those before it on the page. ``sh`` is not run, but every ``detente`` command in it must exist, with its options.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["ROOT", "Block", "Command", "blocks", "commands", "matches", "merged", "run"]

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^(?P<indent> *)```+ *(?P<language>[\w-]*)(?P<rest>[^`]*)$")
_CACHE: dict[tuple[object, ...], tuple[int, str]] = {}


class Block(NamedTuple):
    """One fenced block."""

    line: int
    language: str
    title: str
    body: str


class Command(NamedTuple):
    """One ``$`` line of a console block and what is shown below it."""

    words: list[str]
    shown: str


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    lines = text.splitlines()
    n = 0
    while n < len(lines):
        opening = _FENCE.match(lines[n])
        if opening is None:
            n += 1
            continue
        end = next(k for k in range(n + 1, len(lines)) if lines[k].strip() == "```")
        indent = len(opening["indent"])
        title = re.search(r'title="([^"]*)"', opening["rest"])
        body = "".join(line[indent:] + "\n" for line in lines[n + 1 : end])
        yield Block(n + 1, opening["language"], title[1] if title else "", body)
        n = end + 1


def commands(body: str) -> Iterator[Command]:
    """The commands of a console block."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        first, _, shown = part.partition("\n")
        yield Command(shlex.split(first), shown.strip("\n"))


def matches(shown: str, printed: str) -> bool:
    """Whether ``printed`` is what is ``shown``, however it is wrapped; ``...`` is anything (in a line: a little)."""
    parts = [" ".join(part.split()) for part in re.split(r"^\s*\.\.\.\s*$", shown, flags=re.MULTILINE)]
    text = " ".join(printed.split())
    at = 0
    for n, part in enumerate(parts):
        last = n == len(parts) - 1
        pattern = r".{0,120}?".join(re.escape(piece.strip()) for piece in part.split("...")) if part else ""
        end = r"\s*\Z" if last and part else ""
        whole = re.compile(r"\s*" + pattern + (r".{0,120}?" if part.endswith("...") else "") + end)
        found = whole.match(text, at) if n == 0 else whole.search(text, at)
        if found is None:
            return False
        at = found.end()
    return bool(not parts[-1] and len(parts) > 1) or at == len(text)


def merged(before: str, snippet: str, place: tuple[str, ...] = ()) -> str:
    """``before`` with the blocks of ``snippet`` replaced or added, at the top or below the keys of a place."""
    if not place:
        parts = _by_key(before) | _by_key(snippet)
        return "".join(parts.values())
    parts = _by_key(before)
    assert place[0] in parts, f"there is no '{place[0]}:' there"
    head, *rest = parts[place[0]].splitlines(keepends=True)
    indent = min(len(line) - len(line.lstrip()) for line in rest if line.strip())
    inner = "".join(line[indent:] if line.strip() else line for line in rest)
    shifted = merged(inner, snippet, place[1:]).splitlines(keepends=True)
    parts[place[0]] = head + "".join(" " * indent + line if line.strip() else line for line in shifted)
    return "".join(parts.values())


def _by_key(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    key = ""
    for line in text.splitlines(keepends=True):
        if found := re.match(r"([a-z_]+):", line):
            key = found[1]
        parts[key] = parts.get(key, "") + line
    return parts


def run(words: list[str], here: Path) -> tuple[int, str]:
    """Exit code and output of ``detente ...`` in ``here``: what is printed, or else what is said on the side."""
    files = tuple((here / word).read_bytes() for word in words if (here / word).is_file())
    key = (*words, *files)
    if key not in _CACHE or words[1] in ("report", "new"):
        _CACHE[key] = _run(words)
    return _CACHE[key]


def _run(words: list[str]) -> tuple[int, str]:
    from detente.cli import main

    out, err = io.StringIO(), io.StringIO()
    before, sys.argv = sys.argv, words
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else 0 if done.code is None else 1
    finally:
        sys.argv = before
    return code, out.getvalue() or err.getvalue()


def copy(words: list[str], here: Path) -> tuple[int, str]:
    """``cp A B``."""
    shutil.copy(here / words[1], here / words[2])
    return 0, ""
