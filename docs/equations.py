"""The page of the language of equations, from the docstrings of its modules and the examples of ``docs/equations.yaml``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from docs.markdown import NOTICE, cell, prose, table

__all__ = ["page"]

HERE = Path(__file__).parent

_KINDS = {
    "numbers": "Numbers",
    "conditions": "Conditions",
    "time": "Time, and what is absent",
    "chance": "Chance",
}


def page() -> str:
    """The page as Markdown."""
    from ruamel.yaml import YAML

    from detente.case import equations, typed, units, wiring

    words = YAML(typ="safe", pure=True).load((HERE / "equations.yaml").read_text("utf-8"))
    syntax, _, after = inspect.cleandoc(equations.__doc__ or "").split("\n\n", 1)[1].partition("::")
    grammar, _, limits = after.strip("\n").partition("\n\nThere")
    limits = f"There{limits}"
    for name in ("MAX_LENGTH", "MAX_DEPTH", "MAX_CHAIN"):
        limits = limits.replace(f":data:`{name}`", f"{getattr(equations, name):,}")
    limits = limits.replace("the functions in :data:`FUNCTIONS`", "the functions below")
    out = ["# Equations", "", NOTICE]
    out += [
        "The world of a case is written in equations: of levels, values, events, policies and questions. They are read by a "
        "small parser of detente's own and never executed as a program.",
        "",
        f"{syntax}:",
        "",
        "```text",
        inspect.cleandoc(grammar),
        "```",
        "",
        prose(limits),
        "",
        "## Words",
        "",
        "Every example is worked out by a test, in this world at the end of its third month. The gate was opened in the second.",
        "",
        "```yaml",
        words["case"].rstrip("\n"),
        "```",
        "",
    ]
    for kind, title in _KINDS.items():
        rows = [
            (word, cell(meaning), f"`{example}`", str(found).lower())
            for of, word, meaning, example, found in words["words"]
            if of == kind
        ]
        out += [f"### {title}", "", *table(("Word", "Meaning", "Example", "Is"), rows), ""]
    out += ["## Units", "", prose(inspect.cleandoc(units.__doc__ or "").split("\n\n", 1)[1]), ""]
    out += [prose(inspect.cleandoc(typed.__doc__ or "").split("\n\n", 1)[1]), ""]
    out += [
        "## What they mean together",
        "",
        *_meaning(inspect.cleandoc(wiring.__doc__ or "").split("\n\n", 1)[1]),
    ]
    return "\n".join(out).rstrip() + "\n"


def _meaning(text: str) -> Iterator[str]:
    """Prose as it is; ``*Word*  what it means``, indented, as an item of a list."""
    for paragraph in text.split("\n\n"):
        if not paragraph.startswith("*Month"):
            yield from (
                (prose(paragraph).replace("*", ""), "")
                if paragraph.startswith("What")
                else (prose(paragraph), "")
            )
            continue
        for item in re.split(r"\n(?=\*)", paragraph):
            word, what = re.fullmatch(r"\*(.+?)\*\s+(.*)", item, re.DOTALL).groups()  # type: ignore[union-attr]
            yield f"- **{word}**{':' if what[0].isupper() or what[0] == '`' else ''} {prose(' '.join(what.split()))}"
        yield ""
