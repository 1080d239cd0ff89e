"""The sizes of STYLE.md, with a list of exceptions that can only shrink.

Complexity and parameters are the linter's (C901 and PLR0913 in ``pyproject.toml``); an exception to them is a ``noqa`` beside the
function, which the linter refuses as soon as it is not needed any more. Files and bodies are measured here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE, BODY = 600, 60

LONG_FILES: dict[str, int] = {
    "src/detente/kernels/acceptance.py": 686,
    "src/detente/kernels/descent.py": 966,
}
LONG_BODIES: dict[str, int] = {
    "src/detente/charts/reach.py:reach_map": 88,
    "src/detente/charts/tornado.py:tornado": 89,
    "src/detente/kernels/attempts.py:_solve": 83,
    "src/detente/kernels/descent.py:relax": 96,
    "src/detente/kernels/descent.py:descend": 256,
    "src/detente/kernels/programme.py:lowest_sum": 94,
    "src/detente/kernels/stages.py:build_stages": 61,
    "src/detente/problem/build.py:build": 78,
}
"""Where the idea is as long as that: lines of code of the file or of the body, never more than stands here."""


def bodies(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every function with the lines of its body, its docstring and comments between statements not counted as code."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        body = node.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        if body:
            yield node.name, (body[-1].end_lineno or 0) - body[0].lineno + 1


def measured() -> tuple[dict[str, int], dict[str, int]]:
    """Every file, and every function, of the package that is longer than the rule."""
    files, functions = {}, {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        if (lines := text.count("\n")) > FILE:
            files[name] = lines
        for function, length in bodies(ast.parse(text)):
            if length > BODY:
                key = f"{name}:{function}"
                functions[key] = max(length, functions.get(key, 0))
    return files, functions


def compared(found: dict[str, int], allowed: dict[str, int]) -> str:
    """What is longer than it may be, and what stands in the list though it need not any more."""
    grown = [
        f"{name} has {n} lines: at most {allowed.get(name, 'the rule')}"
        for name, n in found.items()
        if n > allowed.get(name, 0)
    ]
    shrunk = [
        f"{name} has {found.get(name, 'few')} lines: write so in the list"
        for name, n in allowed.items()
        if found.get(name, 0) < n
    ]
    return "\n".join(grown + shrunk)


def test_files_have_at_most_600_lines() -> None:
    assert not (said := compared(measured()[0], LONG_FILES)), said


def test_bodies_have_at_most_60_lines() -> None:
    assert not (said := compared(measured()[1], LONG_BODIES)), said


def test_the_measure_counts_what_it_says() -> None:
    text = "def f():\n    '''One.\n\n    Two.\n    '''\n    a = 1\n\n    return a\n"
    assert list(bodies(ast.parse(text))) == [("f", 3)]
    assert compared({"x": 61}, {}) != ""
    assert compared({"x": 61}, {"x": 61}) == ""
    assert compared({"x": 60}, {"x": 61}) != ""
    assert compared({}, {"x": 61}) != ""
