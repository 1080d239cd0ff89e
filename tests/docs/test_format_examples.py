"""Every section of the page of the case format has an example, and the reader takes it for what the section says."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from examples import ROOT, blocks
from ruamel.yaml import YAML

from detente.case.base import Model
from detente.case.reading import read_case
from docs.pieces import examples, piece, whole

PAGE = (ROOT / "docs" / "reference" / "case-format.md").read_text("utf-8")
SECTIONS = [title for title in re.findall(r"^## (.+)$", PAGE, re.MULTILINE) if title != "Limits"]
BESIDE = YAML(typ="safe", pure=True).load((ROOT / "docs" / "pieces.yaml").read_text("utf-8"))["beside"]
LONGEST = 16


def _data(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def _over(under: Any, what: Any) -> Any:
    """``what`` laid over ``under``, key by key."""
    if not (isinstance(under, dict) and isinstance(what, dict)):
        return what
    return under | {key: _over(under.get(key), value) for key, value in what.items()}


def _within(thing: Any) -> Iterator[Any]:
    """Everything in a case that was read."""
    yield thing
    if isinstance(thing, Model):
        for field in type(thing).model_fields:
            yield from _within(getattr(thing, field))
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _within(value)
    elif isinstance(thing, tuple):
        for value in thing:
            yield from _within(value)


@pytest.mark.parametrize("section", SECTIONS)
def test_an_example_is_read_as_what_its_section_is_about(section: str) -> None:
    example = examples()[section]
    assert example in [b.body for b in blocks(PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0])]
    merged = _over(_data(whole()), _data(example))
    assert (merged == _data(whole())) == (section not in BESIDE), "what the starter has is not written again"
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(merged, out)
    case = read_case(out.getvalue(), section).case
    if section != "Acceptance trees":
        bases = {base.__name__ for thing in _within(case) for base in type(thing).__mro__}
        assert section in bases
    assert len(example.splitlines()) <= LONGEST, "a small one"


def test_a_piece_is_word_for_word_and_stands_where_it_belongs() -> None:
    text = "a:\n  b:      # why\n    c: {d: 1}\n    e:   # nothing\n\n# --- more\n  f: 2\n"
    assert piece(text, ("a", "b")) == "a:\n  b:      # why\n    c: {d: 1}\n    e:   # nothing\n"
    assert piece(text, ("a",), ("f",)) == "a:\n  f: 2\n"
