"""An outlook shared out among jobs, from the command line: the same answer as from one."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from detente import cli
from detente.draws import DEFAULT_DRAWS
from detente.world.signing import PER
from tests.answers import ask

FEW = ("--draws", "64", "--worlds", "192")


def test_what_is_asked_by_default_is_what_python_asks_by_default() -> None:
    """Written twice, so that help needs no NumPy."""
    given = inspect.signature(cli.outlook).parameters
    assert (given["worlds"].default, given["draws"].default) == (PER, DEFAULT_DRAWS)


def test_shares_merged_are_the_whole(tmp_path: Path) -> None:
    whole = ask("outlook", "stockpile", "--json", *FEW)
    files = []
    for k in (1, 2, 3):
        file = tmp_path / f"{k}.npz"
        made = ask("outlook", "stockpile", "--part", f"{k}/3", "--output", str(file), *FEW)
        assert (made.code, made.out.strip()) == (0, str(file)), made.err
        files += ["--merge", str(file)]
    merged = ask("outlook", "stockpile", "--json", *files, *FEW)
    assert merged.code == 0, merged.err
    assert merged.out == whole.out
    fewer = ask("outlook", "stockpile", "--json", *files[:4], *FEW)
    assert (fewer.code, "parts are missing: 3/3" in fewer.err) == (2, True)
    other = ask("outlook", "stockpile", "--json", *files, "--draws", "64", "--worlds", "192", "--seed", "1")
    assert (other.code, "of another case, of other numbers" in other.err) == (2, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--part", "2"), "a part is written K/N"),
        (("--part", "4/3"), "parts are 1/3 to 3/3"),
        (("--part", "1/9"), "can be shared among 3 jobs at most"),
        (("--part", "1/3", "--json"), "--json: a share of the worlds answers nothing"),
        (("--part", "1/3", "--all"), "--all: a share of the worlds answers nothing"),
        (("--part", "1/3", "--questions"), "--questions: a share of the worlds answers nothing"),
        (("--questions", "--all"), "give one of the two"),
        (("--output", "x.npz"), "give --part K/N as well"),
        (("--merge", "README.md", "--workers", "2"), "--merge simulates nothing"),
        (("--merge", "README.md"), "no whole file of worlds"),
    ],
)
def test_what_cannot_be_shared(
    given: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "README.md").write_text("not worlds")
    monkeypatch.chdir(tmp_path)
    answer = ask("outlook", "stockpile", *given, *FEW)
    assert answer.code == 2
    assert said in answer.err
    assert not list(tmp_path.glob("*.npz"))


def test_a_share_written_to_a_stream_has_no_word_in_it(tmp_path: Path) -> None:
    with (tmp_path / "share").open("wb") as opened:
        where = f"/dev/fd/{opened.fileno()}"
        made = ask("outlook", "stockpile", "--part", "1/3", "--output", where, *FEW)
    assert (made.code, made.out) == (0, ""), made.err
    assert where in made.err.splitlines()
