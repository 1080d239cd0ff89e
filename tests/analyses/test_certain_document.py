"""A case in which every number is certain: nothing is drawn, and nothing on its pages speaks of draws."""

from __future__ import annotations

import re

import pytest

from tests.answers import ask

DRAWN = r"±|of draws|in draws|same draws|draws:|Monte Carlo|judged|calibrated|at best estimates"


@pytest.mark.parametrize(
    ("verb", "case"),
    [
        ("deal", "two-villages"),
        ("deal", "scored-game"),
        ("flips", "two-villages"),
        ("flips", "itex-cypress"),
        ("stability", "two-villages"),
    ],
)
def test_what_is_certain_speaks_of_no_draws(verb: str, case: str) -> None:
    for answer in (ask(verb, case), ask(verb, case, "--all")):
        assert answer.code == 0
        assert not re.search(DRAWN, answer.out, re.IGNORECASE)


def test_flips_of_what_is_certain_list_changes_and_compare_none() -> None:
    said = " ".join(ask("flips", "two-villages", "--all").out.split())
    assert (
        "There is a deal, and every number is certain; what would make it no deal: Lower village: no-deal value at 60.01 "
        "instead of 0.0 or Upper village: no-deal value at 90.01 instead of 0.0." in said
    )
    assert "Of 5 other packages compared 3 are acceptable too." in said
