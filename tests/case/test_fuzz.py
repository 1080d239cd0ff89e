"""Whatever is in a file: a case, or one CaseError with places. Never anything else, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.case.reading import load_case, read_case
from detente.case.starter import starter
from detente.errors import CaseError

STARTER = starter()
LINES = STARTER.splitlines(keepends=True)
PLAIN = "~ null yes [ ] { } : &a *a !!int << | > ' \" # 2021-06-03 0x10 1e400 .nan -.inf 1_000 parties weights points"
WORDS = st.sampled_from(
    [
        *PLAIN.split(),
        "- ",
        "\t",
        "any: []",
        "at_least: {k: 9, of: [a]}",
        "quota: -1",
        "{range: [3, 1]}",
        "\x00",
        "\ufeff",
        "é",
    ]
)
quick = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def refused(read: Callable[[], object]) -> CaseError | None:
    """The one kind of error that reading may raise; any other goes through and fails the test."""
    try:
        read()
    except CaseError as error:
        return error
    return None


def tried(text: str) -> None:
    error = refused(lambda: read_case(text, "fuzz.yaml"))
    if error is None:
        return
    assert error.faults
    lines = text.count("\n") + 2
    for fault in error.faults:
        assert 0 <= fault.line <= lines
        assert fault.column >= 0
        assert fault.message
        assert "pydantic" not in fault.message


@quick
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    tried(text)


@quick
@given(
    st.lists(
        st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from("dxri"), WORDS), min_size=1, max_size=6
    )
)
def test_a_damaged_case(damage: list[tuple[int, str, str]]) -> None:
    lines = list(LINES)
    for at, how, word in damage:
        if how == "d":
            lines[at] = ""
        elif how == "x":
            lines[at] = lines[at].replace(":", word, 1)
        elif how == "r":
            lines[at] = lines[at].rstrip("\n").rsplit(" ", 1)[0] + f" {word}\n"
        else:
            lines[at] = f"{lines[at]}{word}\n"
    tried("".join(lines))


KEYS = st.sampled_from(
    [
        "detente",
        "id",
        "title",
        "parties",
        "issues",
        "preferences",
        "tracks",
        "readings",
        "options",
        "factions",
        "weights",
        "values",
        "no_deal",
        "status_quo",
        "controlled_by",
        "all",
        "any",
        "at_least",
        "a",
        "b",
        "firm",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-3, 200) | st.floats() | st.text(max_size=8)
NESTED = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


@quick
@given(st.dictionaries(KEYS, NESTED, max_size=8))
def test_any_structure(value: dict[str, object]) -> None:
    tried(json.dumps(value))


@quick
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path_factory: object, data: bytes) -> None:
    path = Path(tmp_path_factory.getbasetemp()) / "fuzz.yaml"  # type: ignore[attr-defined]
    path.write_bytes(data)
    error = refused(lambda: load_case(path))
    assert error is None or error.faults
