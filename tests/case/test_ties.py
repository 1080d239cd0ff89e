"""Correlations that cannot all be true: which, and what would be possible."""

from __future__ import annotations

import re

import numpy as np
import pytest

from detente.case.reading import read_case
from detente.errors import CaseError

CASE = """\
detente: 1
id: tied
title: Tied
inference: made up
status_quo: none
parties: {a: {}, b: {}}
issues: {x: {options: {p: {}, q: {}}}, y: {options: {p: {}, q: {}}}, z: {options: {p: {}, q: {}}}, w: {options: {p: {}, q: {}}}}
preferences:
  a:
    no_deal: 0
    points: {x: {p: 0, q: [1, 2]}, y: {p: 0, q: [1, 2]}, z: {p: 0, q: [1, 2]}, w: {p: 0, q: [1, 2]}}
  b: {no_deal: 0, points: {x: {p: 1, q: 2}, y: {p: 1, q: 2}, z: {p: 1, q: 2}, w: {p: 1, q: 2}}}
moves_with:
"""


def tied(*blocks: tuple[str, float]) -> str:
    lines = []
    for names, rho in blocks:
        these = ", ".join(f"a.points.{n}.q" for n in names)
        lines.append(f"  - {{these: [{these}], correlation: {rho}}}\n")
    return CASE + "".join(lines)


def told(text: str) -> str:
    with pytest.raises(CaseError) as caught:
        read_case(text, "x.yaml")
    (only,) = caught.value.faults
    return only.message


@pytest.mark.parametrize(("names", "typed"), [("xyz", -0.5), ("xyz", -0.9), ("xyzw", -0.4)])
def test_what_is_said_to_be_possible_is_and_no_more(names: str, typed: float) -> None:
    message = told(tied((names, typed)))
    assert message.startswith("moves_with.0.correlation: a.points.")
    found = re.search(r"at most (-0\.\d+) instead of", message)
    assert found is not None
    most = float(found[1])
    # Equal correlations of n normal numbers are possible down to -1 / (n - 1).
    exact = 6 / np.pi * np.arcsin(-1 / (len(names) - 1) / 2)
    assert exact <= most < exact + 0.0015
    read_case(tied((names, most)), "x.yaml")


def test_a_pair_that_is_missing_is_named() -> None:
    message = told(tied(("xy", 0.95), ("yz", 0.95)))
    assert "or declare how a.points.x.q and a.points.z.q move together" in message
    read_case(tied(("xy", 0.95), ("yz", 0.95), ("xz", 0.9)), "x.yaml")
