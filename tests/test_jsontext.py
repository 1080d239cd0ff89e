"""JSON is written in one place, and what cannot be JSON is named instead of written."""

from __future__ import annotations

import json
import math

import pytest

from detente.errors import DetenteError
from detente.jsontext import dumps


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_stops_with_its_path(number: float) -> None:
    with pytest.raises(DetenteError, match=r"solutions\.nash\.1: a number was expected"):
        dumps({"solutions": {"nash": [1.0, number]}})


def test_what_json_has_no_word_for_stops_with_its_path() -> None:
    with pytest.raises(DetenteError, match=r"a\.0: .*set"):
        dumps({"a": [{1}]})
    with pytest.raises(DetenteError, match="a: a key has to be text"):
        dumps({"a": {1: 2}})


def test_zero_has_no_sign() -> None:
    assert dumps({"a": -0.0, "b": [0.0, -0.5]}, compact=True) == '{"a":0.0,"b":[0.0,-0.5]}'


WORDS = "mañana → “x” Δ \x1b[2J \x9b \u202e \u2028 \ud800 \U000e0041 \x7f 文"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "ascii"])
def test_every_encoding_says_the_same_and_nothing_acts(encoding: str) -> None:
    text = dumps({WORDS: WORDS}, encoding=encoding)
    assert json.loads(text.encode(encoding).decode(encoding)) == {WORDS: WORDS}
    assert all(letter.isprintable() or letter == "\n" for letter in text)


def test_what_shows_and_fits_is_written_as_it_is() -> None:
    assert dumps("mañana 文", compact=True) == '"mañana 文"'
