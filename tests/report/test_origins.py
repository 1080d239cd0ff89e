"""Where elements of a case are said to be used."""

from __future__ import annotations

import pytest

from detente.analyses.words import Words
from detente.case.provenance import elements
from detente.document import Cell, Section, Table
from detente.report.origins import provenance
from detente.study import load

PARTS = ("deal-washington", "chances", "roadmap", "outlook", "case")


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("issues.cne.verify", {"chances", "roadmap"}),
        ("issues.cne.undo", {"chances", "roadmap"}),
        ("parties.united_states.delivers", {"chances"}),
        ("tracks.washington", {"deal-washington"}),
        ("steps.temptation", {"roadmap", "chances"}),
        ("record", {"chances"}),
    ],
)
def test_an_element_is_used_where_what_it_says_counts(path: str, parts: set[str]) -> None:
    case = load("venezuela-2021").case
    one = next(e for e in elements(case) if e.path == path)
    blocks = [Section(id, id.capitalize(), []) for id in PARTS]
    tables = [b for b in provenance([one], blocks, Words(case)).blocks if isinstance(b, Table)]
    [row] = tables[-1].rows
    assert isinstance(row[-1], Cell)
    assert {link.to for link in row[-1].links} == parts
