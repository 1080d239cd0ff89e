"""A page for each bundled part of worlds, from its file, and one that lists them."""

from __future__ import annotations

from collections.abc import Iterator

from docs.markdown import NOTICE, cell, table

__all__ = ["pages"]


def pages() -> Iterator[tuple[str, str]]:
    """Name → page of each bundled part, and of their list."""
    from detente.case.explained import first_sentence, needed, rows_of
    from detente.case.library import bundled

    every = bundled()
    out = ["# Parts of worlds", "", NOTICE]
    out += [
        "Mechanisms that a case may use by name below `world: parts:`, with numbers of its own; or not use, or write anew in "
    ]
    out[-1] += "their place. `detente parts NAME` shows the same."
    rows = [
        (f"[{of.title}]({name}.md)", f"`{name}`", cell(first_sentence(of.says))) for name, of in every.items()
    ]
    out += ["", *table(("Part", "Name in a case", "What it says"), rows)]
    yield "index", "\n".join(out) + "\n"
    for name, of in every.items():
        out = [
            f"# {of.title}",
            "",
            NOTICE,
            _line(of.says),
            "",
            f"In a case: `{name}`, below `world: parts:`.",
            "",
        ]
        for _, title, columns, said in rows_of(of):
            out += [f"## {title}", ""]
            coded = {
                k
                for k, c in enumerate(columns)
                if c in ("Name", "Equation", "At the beginning", "Next month", "When")
            }
            cells = [tuple(_code(c) if k in coded else cell(c) for k, c in enumerate(row)) for row in said]
            out += [*table(columns, cells), ""]
        wanted = [f"[{every[n].title}]({n}.md)" for n in needed(of) if n in every and n != name]
        if wanted:
            out += [
                "## Other parts that it looks at",
                "",
                f"Where they are absent it says what holds: {', '.join(wanted)}.",
                "",
            ]
        out += [
            "## Where it comes from",
            "",
            _line(of.theory),
            "",
            "## What it leaves out",
            "",
            _line(of.limits),
        ]
        yield name, "\n".join(out) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    return f"`{_line(text)}`".replace("|", "\\|") if text else ""
