"""The headings of tables that are always the same, in the order of their columns.

What stands below a heading is held by the tests of each document, on results made by hand whose numbers all differ; they look at rows. A
heading that changes places with its neighbour would make every one of them wrong, and is caught here.
"""

from __future__ import annotations

import ast
from pathlib import Path

HOME = Path(__file__).parents[1] / "src" / "detente"

HEADINGS: dict[str, list[tuple[str, ...]]] = {
    "analyses/compare/document.py": [
        ("In", "Input", "Alone"),
    ],
    "analyses/deal/document.py": [
        ("What", "Number", "How sure"),
        ("Faction", "Banzhaf", "Shapley–Shubik"),
        ("Member", "Banzhaf", "Shapley–Shubik"),
    ],
    "analyses/deal/menu_document.py": [
        ("How many", "Which", "One of them acceptable", "Best of those looked at"),
    ],
    "analyses/outlook/dated.py": [
        ("Known by", "Question", "Answer", "What stands for it"),
    ],
    "analyses/outlook/document.py": [
        ("Policy", "Changes most", "No deal gets better for", "Worse for"),
        ("If it is seen that", "In worlds", "About", "Belief before and after"),
        ("Gesture", "When", "Cost in points", "What it tells", "Belief before and after"),
    ],
    "analyses/outlook/short.py": [
        ("Who", "Status quo", "No deal (5% to 95%)", "A year of waiting", "Value of negotiating"),
        ("Known by", "Question", "Chance", "Id"),
        ("By", "Question", "Chance"),
    ],
    "analyses/roadmap/document.py": [
        ("Agreement", "An order holds", "Weakest link", "Its margin", "The order survives in draws"),
        ("No.", "Begins", "Step", "Weakest link", "Margin"),
        (
            "No.",
            "Begins",
            "What",
            "Who takes it",
            "Weakest link",
            "Its best way out",
            "Margin",
            "Holds in draws",
        ),
        ("Step", "Has to be", "Is in this order", "In time in draws"),
        ("One change", "Slack in the same order", "Slack in its own best order"),
        ("What was counted", "Worked", "Of", "Share", "Why it is not the same", "Source"),
    ],
    "analyses/stability/document.py": [
        ("Who", "What they can move"),
    ],
    "report/brief.py": [
        ("By", "What", "Expected, or what it would tell"),
    ],
    "report/origins.py": [
        ("Element", "Number", "In the words of the case", "Source or author", "Used in"),
    ],
}


def _fixed(node: ast.AST) -> tuple[str, ...] | None:
    """The headings where all of them are written out."""
    if isinstance(node, ast.keyword) and node.arg == "columns" and isinstance(node.value, ast.Tuple):
        cells = [cell.value for cell in node.value.elts if isinstance(cell, ast.Constant)]
        if len(cells) == len(node.value.elts):
            return tuple(map(str, cells))
    return None


def test_headings_stand_over_their_columns() -> None:
    found: dict[str, list[tuple[str, ...]]] = {}
    for source in sorted(HOME.rglob("*.py")):
        trees = ast.walk(ast.parse(source.read_text("utf-8")))
        if fixed := [headings for node in trees if (headings := _fixed(node)) is not None]:
            found[source.relative_to(HOME).as_posix()] = fixed
    assert found == HEADINGS
