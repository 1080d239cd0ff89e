"""Three published conflicts, as case files, with the stable states that the literature gives.

Cuban missile crisis and Elmira: Fang, Hipel & Kilgour (1993), Interactive Decision Making, and Hipel, Fang,
Kilgour & Haight (1993); the prisoner's dilemma is everybody's. States are numbered from 1 by ascending decimal
code, where the k-th option taken adds 2^k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from detente.analyses.stability import stability
from detente.case.reading import load_case

CONFLICTS: Mapping[str, Mapping[str, Any]] = {
    "cuban_missile": {
        "options": [
            ("us", "air_strike", "no", False),
            ("us", "blockade", "no", True),
            ("ussr", "withdraw", "no", True),
            ("ussr", "escalate", "no", True),
        ],
        "impossible": ["--YY"],
        "ranking": {
            "us": [5, 7, 6, 8, 3, 2, 4, 1, 12, 10, 11, 9],
            "ussr": [1, 5, 7, 3, 6, 2, 8, 4, 12, 10, 11, 9],
        },
        "equilibria": {
            "nash": [6],
            "gmr": [1, 2, 3, 5, 6, 7, 8],
            "smr": [1, 2, 3, 5, 6, 7, 8],
            "seq": [5, 6, 7],
            "sseq": [5, 6, 7],
        },
        "stable": {
            "nash": {"us": [2, 3, 5, 6, 12], "ussr": [1, 6, 7, 8]},
            "gmr": {"us": [1, 2, 3, 4, 5, 6, 7, 8, 12], "ussr": [1, 2, 3, 5, 6, 7, 8]},
            "smr": {"us": [1, 2, 3, 4, 5, 6, 7, 8, 12], "ussr": [1, 2, 3, 5, 6, 7, 8]},
            "seq": {"us": [2, 3, 5, 6, 7, 12], "ussr": [1, 5, 6, 7, 8]},
            "sseq": {"us": [2, 3, 5, 6, 7, 12], "ussr": [1, 5, 6, 7, 8]},
        },
    },
    "elmira": {
        "options": [
            ("moe", "modify", "no", False),
            ("uniroyal", "delay", "yes", False),
            ("uniroyal", "accept", "no", True),
            ("uniroyal", "abandon", "no", False),
            ("local", "insist", "no", True),
        ],
        "impossible": ["-YY--", "-Y-Y-", "--YY-", "-NNN-"],
        "ranking": {
            "moe": [9, 3, 4, 10, 7, 1, 2, 8, [11, 5, 6, 12]],
            "uniroyal": [1, 4, 10, 7, [5, 11, 6, 12], 2, 3, 9, 8],
            "local": [9, 3, 7, 1, 10, 8, 4, 2, [11, 5, 12, 6]],
        },
        "equilibria": {
            "nash": [5, 6, 7, 10, 11, 12],
            "gmr": [1, 4, 5, 6, 7, 10, 11, 12],
            "smr": [1, 4, 5, 6, 7, 10, 11, 12],
            "seq": [5, 6, 7, 10, 11, 12],
            "sseq": [5, 6, 7, 10, 11, 12],
        },
        "stable": {
            concept: {
                "moe": list(range(1, 13)),
                "uniroyal": [1, 4, 5, 6, 7, 10, 11, 12],
                "local": local,
            }
            for concept, local in (
                ("nash", [5, 6, 7, 8, 9, 10, 11, 12]),
                ("gmr", list(range(1, 13))),
                ("smr", list(range(1, 13))),
                ("seq", [2, 3, 5, 6, 7, 8, 9, 10, 11, 12]),
                ("sseq", [2, 3, 5, 6, 7, 8, 9, 10, 11, 12]),
            )
        },
    },
    "prisoners_dilemma": {
        "options": [("one", "cooperate_one", "no", True), ("two", "cooperate_two", "no", True)],
        "impossible": [],
        "ranking": {"one": [3, 4, 1, 2], "two": [2, 4, 1, 3]},
        "equilibria": {"nash": [1], "gmr": [1, 4], "smr": [1, 4], "seq": [1, 4], "sseq": [1, 4]},
        "stable": {
            "nash": {"one": [1, 3], "two": [1, 2]},
            **{c: {"one": [1, 3, 4], "two": [1, 2, 4]} for c in ("gmr", "smr", "seq", "sseq")},
        },
    },
}


def _fits(state: str, pattern: str) -> bool:
    return all(p in ("-", s) for s, p in zip(state, pattern, strict=True))


def _states(published: Mapping[str, Any]) -> dict[int, str]:
    count = len(published["options"])
    codes = ["".join("Y" if c >> k & 1 else "N" for k in range(count)) for c in range(1 << count)]
    kept = [s for s in codes if not any(_fits(s, p) for p in published["impossible"])]
    return dict(enumerate(kept, 1))


def _pattern(published: Mapping[str, Any], letters: str) -> str:
    words = {"Y": "yes", "N": "no"}
    named = zip(published["options"], letters, strict=True)
    return "{" + ", ".join(f"{o[1]}: {words[c]}" for o, c in named if c != "-") + "}"


def case_file(name: str, published: Mapping[str, Any]) -> str:
    """The conflict as a case file."""
    states = _states(published)
    lines = ["detente: 1", f"id: {name.replace('_', '-')}", f"title: {name}", "parties:"]
    lines += [f"  {party}: {{}}" for party in published["ranking"]]
    lines.append("issues:")
    for party, option, start, reversible in published["options"]:
        lines.append(
            f"  {option}: {{controlled_by: {party}, status_quo: {start}, reversible: {str(reversible).lower()}, "
            "options: {no: {}, yes: {}}}"
        )
    if published["impossible"]:
        lines.append("impossible:")
        lines += [f"  - {_pattern(published, p)}" for p in published["impossible"]]
    lines.append("preferences:")
    for party, order in published["ranking"].items():
        lines += [f"  {party}:", "    ranking:"]
        for entry in order:
            entries: Sequence[int] = entry if isinstance(entry, list) else [entry]
            shown = [_pattern(published, states[n]) for n in entries]
            lines.append(f"      - {shown[0]}" if len(shown) == 1 else f"      - [{', '.join(shown)}]")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", CONFLICTS)
def test_published_stability(name: str, tmp_path: Path) -> None:
    published = CONFLICTS[name]
    file = tmp_path / "case.yaml"
    file.write_text(case_file(name, published), encoding="utf-8")
    result = stability(load_case(file).case, None)
    number = {letters: n for n, letters in _states(published).items()}
    assert result.states == len(number) == len(_states(published))
    assert result.equilibria == {c: len(s) for c, s in published["equilibria"].items()}
    assert result.listed == len(result.situations)
    found: dict[str, list[int]] = {c: [] for c in published["equilibria"]}
    for situation in result.situations:
        letters = "".join("Y" if option == "yes" else "N" for option in situation.state.values())
        for concept, stable in situation.stable.items():
            if stable:
                found[concept].append(number[letters])
        for concept, who in situation.stable_for.items():
            expected = [p for p, s in published["stable"][concept].items() if number[letters] in s]
            assert sorted(who) == sorted(expected), (letters, concept)
    assert {c: sorted(s) for c, s in found.items()} == published["equilibria"]


def test_the_crisis_ends_where_it_ended(tmp_path: Path) -> None:
    """From no action, blockade and then withdrawal are improvements for those who make them."""
    file = tmp_path / "case.yaml"
    file.write_text(case_file("cuban_missile", CONFLICTS["cuban_missile"]), encoding="utf-8")
    case = load_case(file).case
    result = stability(case, None, wanted={"withdraw": "yes", "blockade": "no", "air_strike": "no"})
    assert result.wanted is not None
    assert result.wanted.stable["seq"]
    assert result.wanted.path is not None
    assert [step.mover for step in result.wanted.path] == ["us", "ussr", "us"]
