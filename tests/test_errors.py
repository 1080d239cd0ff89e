"""Errors raised on purpose: what they say is bounded and can be seen, and the documented exit codes are theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detente import errors
from detente.cli import INTERNAL, NO_DEAL
from detente.errors import DetenteError, Fault
from detente.interrupts import INTERRUPTED

DOCS = Path(__file__).parents[1] / "docs"


def codes() -> dict[str, int]:
    """Name of a class -> its exit code, of every class that is raised."""
    found = (getattr(errors, name) for name in errors.__all__)
    return {
        c.__name__: c.exit_code
        for c in found
        if isinstance(c, type) and issubclass(c, DetenteError) and c is not DetenteError
    }


def test_every_error_has_a_code_of_its_own() -> None:
    assert len({*codes().values(), 0, NO_DEAL, INTERNAL, INTERRUPTED}) == len(codes()) + 4
    assert DetenteError.exit_code == INTERNAL


@pytest.mark.parametrize("where", ["the module", "the reference"])
def test_the_tree_of_errors_gives_their_codes(where: str) -> None:
    text = errors.__doc__ if where == "the module" else (DOCS / "reference" / "cli.md").read_text("utf-8")
    assert text is not None
    assert {name: int(code) for name, code in re.findall(r"[├└]── (\w+) +(\d+) ", text)} == codes()
    assert f"exit code {INTERNAL} and" in text


def test_the_other_codes_are_documented() -> None:
    reference = (DOCS / "reference" / "cli.md").read_text("utf-8")
    said = re.search(
        r"Further: 0 done; (\d+) no deal .*?; (\d+) an internal error.*?; (\d+) interrupted", reference
    )
    assert said is not None
    assert [int(code) for code in said.groups()] == [NO_DEAL, INTERNAL, INTERRUPTED]


def test_the_how_to_gives_the_same_codes() -> None:
    table = (DOCS / "how-to" / "json.md").read_text("utf-8")
    said = {int(code) for code in re.findall(r"^\| (\d+) \| ", table, flags=re.MULTILINE)}
    assert said == {0, NO_DEAL, *codes().values(), INTERNAL, INTERRUPTED}


def test_a_message_is_bounded_visible_and_keeps_what_to_do() -> None:
    message = Fault(1, 1, f"unknown key \x1b[2J'{'x' * 20_000}': write 'title'").message
    assert message.startswith("unknown key \\x1b[2J'xxx")
    assert message.endswith("xxx': write 'title'")
    assert "letters left out" in message
    assert len(message) < 1_100
    assert message.isprintable()
    assert Fault(1, 1, "x" * 1_000).message == "x" * 1_000
