"""Write the generated reference pages: ``python -m docs.build`` (``--check``: fail if they are out of date).

The command line is described by itself, the case format by the docstrings of ``detente.case``, the language of equations by
its modules and ``docs/equations.yaml``, the JSON by the result classes and their schema, each bundled part of worlds by its
file. Nothing on these pages is written by hand.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docs import bundled, case_format, commands, equations, results

__all__ = ["pages"]

HERE = Path(__file__).parent


def pages() -> dict[Path, str]:
    """Path → content of every generated page."""
    return {
        HERE / "reference" / "cli.md": commands.page(),
        HERE / "reference" / "case-format.md": case_format.page(),
        HERE / "reference" / "equations.md": equations.page(),
        HERE / "reference" / "json.md": results.page(),
        **{HERE / "parts" / f"{name}.md": text for name, text in bundled.pages()},
    }


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them; the exit code."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(HERE.parent)} is out of date: run python -m docs.build")
        return 1 if stale else 0
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(HERE.parent)}{' (changed)' if path in stale else ''}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
