"""Every example on the page of the language of equations is what the page says, and no word is without one."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import ROOT
from ruamel.yaml import YAML

from detente.case.equations import RESERVED_WORDS
from detente.case.reading import load_case
from detente.case.wired import NOTHING
from detente.draws import prepare
from detente.world.scenario import Looked, simulate

MONTH = 3
WORLDS = 4096
SIGNS = ("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "??")


def page() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(
        (ROOT / "docs" / "equations.yaml").read_text("utf-8")
    )
    return found


WORDS = page()["words"]


@cache
def worked(folder: Path) -> dict[str, float]:
    """Example → its mean over worlds at the end of the month, each of them a value of the case's store."""
    lines = []
    for n, (*_, example, means) in enumerate(WORDS):
        text = f"if {example} then 1 else 0" if isinstance(means, bool) else example
        lines.append(f'        example_{n}: "{text}"\n')
    after = "        worth: price * grain\n"
    text = page()["case"].replace(after, after + "".join(lines))
    assert text.count("example_") == len(WORDS)
    file = folder / "granary.yaml"
    file.write_text(text, "utf-8")
    ready = prepare(load_case(file).case, draws=8)
    names = tuple(f"store.example_{n}" for n in range(len(WORDS)))
    found = simulate(ready.fresh_ground, NOTHING, Looked(summed=names), per=WORLDS)
    means = found.means[:, MONTH].mean(axis=0)
    return {word[3]: float(mean) for word, mean in zip(WORDS, means, strict=True)}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    return worked(tmp_path_factory.mktemp("granary"))


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word[3])
def test_an_example_is_what_the_page_says(word: list[Any], found: dict[str, float]) -> None:
    mean = found[word[3]]
    match word[4]:
        case str(said):
            drawn = 8 * WORLDS  # the spread of each of these is at most 1
            assert mean == pytest.approx(float(said.removeprefix("mean ")), abs=4 / math.sqrt(drawn))
        case said:
            assert np.float32(mean) == np.float32(said)


def test_every_word_of_the_language_has_an_example() -> None:
    shown = " ".join(word[1] for word in WORDS)
    used = {piece for word in WORDS for piece in re.findall(r"[a-z_]+|[^\sa-z_]+", word[3])}
    for word in (*RESERVED_WORDS, *SIGNS):
        assert f"`{word}`" in shown or f"`{word}" in shown or f" {word} " in shown, word
    assert set(RESERVED_WORDS) <= used
