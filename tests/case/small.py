"""A small valid case for tests to break, and how to look at what it says then."""

from __future__ import annotations

from detente.case.reading import read_case
from detente.errors import CaseError

GOOD = """\
detente: 1
id: small
title: Small
judgement: made up for the test
parties:
  a: {delivers: [0.5, 0.6, 0.7]}
  b: {factions: {c: {}, d: {}}, accepts: {any: [c, d]}}
  m: {role: mediator}
issues:
  one: {status_quo: x, options: {x: {}, y: {}}}
  two: {status_quo: x, options: {x: {}, y: {}, z: {}}}
preferences:
  a: {weights: {one: 60, two: 40}, values: {one: {x: 0, y: 100}, two: {x: 100, y: 50, z: 0}}}
  c: {weights: {one: 60, two: 40}, values: {one: {x: 100, y: 0}, two: {x: 0, y: 50, z: 100}}}
  d: {weights: {one: [55, 60, 65], two: [35, 40, 45]}, values: {one: {x: 100, y: 0}, two: {x: 0, y: 50, z: 100}}}
"""


def changed(*changes: tuple[str, str], add: str = "") -> str:
    """The small case with pieces replaced (each must be there) and text added at its end."""
    text = GOOD
    for old, new in changes:
        assert old in text, f"{old!r} is not in the case"
        text = text.replace(old, new, 1)
    return text + add


def complaints(text: str) -> list[str]:
    """``line:column: message`` of every fault, empty if the case is valid."""
    try:
        read_case(text, "small.yaml")
    except CaseError as error:
        return [f"{f.line}:{f.column}: {f.message}" for f in error.faults]
    return []


def advice(text: str) -> list[str]:
    """``line:column: message`` of every warning of a valid case."""
    return [f"{w.line}:{w.column}: {w.message}" for w in read_case(text, "small.yaml").warnings]
