"""A small sample of the spoilt cases of ``python -m tests.fuzz``, with every run of the suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.commands import VERBS
from tests.fuzz.mutate import BASES, KINDS, Recipe, cook, recipe
from tests.fuzz.trial import Failure, smaller, trial

COUNT, PARTS = 150, 10
ANSWERS = tuple(verb for verb in VERBS if verb not in ("report", "compare"))


@pytest.mark.parametrize("part", range(PARTS))
def test_spoilt_cases_get_an_answer_or_one_clear_sentence(part: int, tmp_path: Path) -> None:
    found: dict[str, Failure] = {}
    for seed in range(part, COUNT, PARTS):
        # The page takes as long as everything else together, so not every part makes it.
        for event in trial(recipe(seed), tmp_path, VERBS if part == 0 else ANSWERS):
            if isinstance(event, Failure) and event.signature not in found:
                found[event.signature] = smaller(event, tmp_path)
    assert not found, "\n".join(f"{f.complaint}\n  {f.recipe}" for f in found.values())


def test_a_recipe_always_cooks_to_the_same_bytes() -> None:
    for seed in range(40):
        assert cook(recipe(seed)) == cook(recipe(seed))


def test_every_base_is_cooked_as_it_is_where_nothing_is_done_to_it() -> None:
    for base in BASES:
        assert cook(Recipe(base, ()))


def test_every_kind_of_mutation_comes_up() -> None:
    kinds = {m.kind for seed in range(400) for m in recipe(seed).mutations}
    assert kinds == set(KINDS)
