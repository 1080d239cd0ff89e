"""Texts are read alike by libyaml, by PyYAML's own reader and by a reader of other hands."""

from __future__ import annotations

from importlib.resources import files
from random import Random
from typing import Any

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from detente.case import yamltext
from detente.errors import CaseError
from tests.fuzz.mutate import cook, recipe

BUNDLED = [
    file.read_text("utf-8")
    for folder in ("cases", "parts")
    for file in sorted(files("detente").joinpath(folder).iterdir(), key=str)
    if file.name.endswith(".yaml")
]
TRICKY = [
    "a: b:c\nd: {e: f:g, h: [i:j]}\n",
    'a: {"b":1, c: "d: e", ? f: g}\n',
    "a: {b: what? no, c: 1 - 2}\n",
    "a: one\n  two\n\n  three # four\n",
    "a: |\n  one\n   two\n\nb: >-\n  one\n  two\n\n  three\n",
    "a: \"one\\n\\u00e9 \\\n  two\"\nb: 'it''s'\n",
    "a:\n- b\n- - c\n  - d\n",
    "a: yes\nb: 1_000\nc: 0o17\nd: 2021-06-03\ne: ~\nf: .5\n",
    "a:\r\n  b: 1\r\n  c: é\r\n",
    "a: \U0001f54a b\n",
]


def _value(event: Any) -> Any:
    return (
        type(event).__name__,
        getattr(event, "anchor", None),
        (event.value, bool(event.style)) if type(event).__name__ == "ScalarEvent" else None,
    )


def _others(text: str) -> list[Any]:
    return [_value(e) for e in YAML(typ="safe", pure=True, plug_ins=[]).parse(text)]


@pytest.mark.parametrize("text", [*BUNDLED, *TRICKY], ids=lambda t: t[:16])
def test_a_reader_of_other_hands_sees_the_same(text: str) -> None:
    assert [_value(e) for e in yamltext.yaml.parse(text, yamltext._FAST)] == _others(text)


def test_spoilt_texts_that_both_readers_take_say_the_same() -> None:
    taken = 0
    for seed in range(12):
        text = cook(recipe(seed)).decode("utf-8", "replace")
        lines = text.splitlines()
        start = Random(seed).randrange(len(lines))
        piece = "\n".join(line for line in lines[start : start + 60])
        try:
            mine, theirs = [_value(e) for e in yamltext.yaml.parse(piece, yamltext._FAST)], _others(piece)
        except (yamltext.yaml.YAMLError, YAMLError):
            continue
        taken += 1
        assert mine == theirs
    assert taken


@pytest.mark.parametrize("text", [BUNDLED[-1], *TRICKY], ids=lambda t: t[:16])
def test_without_libyaml_all_is_as_with_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "what?" in text:
        pytest.skip("PyYAML's own reader takes no '?' within a text in braces")
    quick = yamltext.parse(text, "f")
    monkeypatch.setattr(yamltext, "_FAST", yamltext.yaml.BaseLoader)
    assert yamltext.parse(text, "f") == quick


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029"])
def test_line_ends_that_no_editor_shows_are_refused_with_their_place(mark: str) -> None:
    with pytest.raises(CaseError, match=r"f:2:5: a line separator \(U\+(0085|2028|2029)\)"):
        yamltext.parse(f"a: 1\nb: x{mark}y\n", "f")


def test_a_mark_at_the_beginning_is_read_over() -> None:
    assert yamltext.parse("\ufeffa: 1\n", "f").value == {"a": 1}
