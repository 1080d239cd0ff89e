from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from rich.console import Console
from sample import SAMPLE, hostile_document

from detente.clean import clean, clean_line
from detente.document import Cell, Chart, Document, Finding, Paragraph, Section, Table
from detente.render.text import SCREEN, show


def shown(document: Document, *, width: int = 80, colour: bool = False, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
    show(
        document,
        Console(file=file, width=width, force_terminal=colour, color_system="truecolor" if colour else None),
    )
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_never_wider_than_the_console(width: int) -> None:
    for document in (SAMPLE, hostile_document()):
        assert max(map(len, shown(document, width=width).splitlines())) <= width


def test_headline_comes_first_with_reason_and_limit() -> None:
    text = shown(SAMPLE)
    answer, flip, section = (
        text.index(s) for s in ("A narrow deal exists", "It flips to no deal", "The case in three")
    )
    assert answer < flip < section
    assert "Because: No package that touches the presidency" in text
    assert "How far this goes: Exact over 729 packages" in text
    assert text.rstrip().endswith("shifted lattice over draws")


def test_no_colour_in_a_pipe_and_colour_on_a_terminal() -> None:
    assert "\x1b" not in shown(SAMPLE)
    assert "\x1b[" in shown(SAMPLE, colour=True)


def test_a_tone_is_a_sign_before_it_is_a_colour() -> None:
    rows = [
        [Cell("row"), Cell("yes", "good"), Cell("no", "bad"), Cell("✗ never", "bad"), Cell("so", "caution")]
    ]
    text = shown(Document("d", blocks=[Table("t", list("abcde"), rows)]))
    assert re.search(r"✓ yes +✗ no +✗ never +! so", text)


def test_hostile_words_are_only_words() -> None:
    text = shown(hostile_document(), width=1000, colour=True)
    assert "[bold]not bold[/bold]" in text
    assert ":smile:" in text
    for sequence in re.findall("\x1b[^a-zA-Z]*.", text):
        assert re.fullmatch(r"\x1b\[[\d;]*m", sequence), sequence
    assert "\x1b[31mred" not in text
    assert not set(text) & set("\u202e\u202c\u2066\u2069\u200b\x07\x08\x00\x9b\ud800")


def test_a_wide_table_becomes_records() -> None:
    table = Table("wide", ["name", *(f"Column{i}" for i in range(12))], [["first", *map(str, range(12))]])
    text = shown(Document("d", blocks=[table]))
    assert "first\n  Column0: 0\n  Column1: 1\n" in text
    tall = Table("tall", ["name", "long"], [["x", "word " * 150]])
    assert "x\n  long: word word" in shown(Document("d", blocks=[tall]))


def test_words_are_not_broken_where_records_would_do() -> None:
    text = shown(SAMPLE)
    assert "Opposition moderates\n  Constitution 1: 0.74" in text
    assert "preferences.faction_0.weights.issue_0" in text


def cut(size: int, keep: tuple[int, ...] = ()) -> str:
    return shown(
        Document(
            "d",
            blocks=[
                Table("t", ["a"], [[f"row {i}."] for i in range(size)], fold=True, note="the note", keep=keep)
            ],
        )
    )


def test_a_folded_table_shows_its_first_rows_and_says_how_many_more() -> None:
    text = cut(25)
    assert "row 9." in text
    assert "row 10." not in text
    assert "and 15 more rows: see the page of 'detente report', or --json" in text
    assert "the note" in text
    whole = shown(Document("d", blocks=[Table("t", ["a"], [[f"row {i}"] for i in range(25)])]))
    assert "row 24" in whole


@pytest.mark.parametrize("size", [1, 10, 11, 13])
def test_a_few_rows_are_never_hidden(size: int) -> None:
    text = cut(size)
    assert "more row" not in text
    assert f"row {size - 1}." in text


def test_kept_rows_are_shown_in_their_place() -> None:
    text = cut(30, keep=(-1, 17, 3))
    found = re.findall(r"row (\d+)\.", text)
    assert found == [*map(str, range(10)), "17", "29"]
    assert "and 18 more rows" in text
    assert "more row" not in cut(14, keep=(-1,))


def test_sentences_begin_with_a_capital_whatever_name_they_begin_with() -> None:
    finding = Finding("strait: no deal", because="the record", limit="a share", tone="bad")
    text = shown(Document("d", blocks=[finding, Paragraph("the premier waits.")]))
    for said in (
        "✗ Strait: no deal",
        "Because: The record",
        "How far this goes: A share",
        "The premier waits.",
    ):
        assert said in text


def test_a_note_is_a_footnote() -> None:
    text = shown(
        Document(
            "d", blocks=[Table("t", ["a", "b"], [["x", Cell("1", note="why")], ["y", Cell("2", note="why")]])]
        )
    )
    assert "1 [1]" in text
    assert "2 [1]" in text
    assert text.count("[1] why") == 1


def test_a_chart_is_its_sentence_and_its_table() -> None:
    blind = Chart("c", "The caption", {"mark": "bar"}, "Nearly half.")
    assert "The caption\nNearly half.\n" in shown(Document("d", blocks=[blind]))
    assert re.search(r"B · small swap +48% +41% +20% +11%", shown(SAMPLE))


def test_empty_things_are_bearable() -> None:
    blocks = [
        Table("", ["a"], []),
        Section("s", "S"),
        Paragraph(""),
        Finding(""),
        Table("no columns", [], []),
    ]
    assert "S" in shown(Document("d", blocks=blocks))


def test_old_encodings_get_near_signs() -> None:
    text = shown(SAMPLE, encoding="ascii")
    assert "A scofflaw's offer" in text
    assert "+ Package A is acceptable" in text
    assert "x It flips to no deal" in text


def test_loads_nothing_heavy() -> None:
    code = "import detente.render.text, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"jinja2", "vl_convert", "numpy", "detente.charts"} & set(loaded)


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("plain é 漢字 🙂", "plain é 漢字 🙂"),
        ("a\x1b[2Jb\x1b]0;title\x07c\x1bMd\x1b(Be", "abcde"),
        ("a\x9b31mb\x9d0;x\x9cc", "abc"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("abc\u202efdp.exe", "abcfdp.exe"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\r\nb\u2028c\td", "a\nb\nc d"),
        ("\udc80", "\N{REPLACEMENT CHARACTER}"),
        ("in\U000e0041visible\ufeff", "invisible"),
        ("\x1b[", ""),
        ("\x1b\u200b[31mred", "[31mred"),
    ],
)
def test_clean(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned
    assert clean(cleaned) == cleaned
    assert "\n" not in clean_line(dirty)


def screen(*tables: Table, everything: bool = False, words: str = "It is.") -> str:
    blocks = [Finding(words, headline=True), *tables]
    raw = io.StringIO()
    show(
        Document("d", blocks=[*blocks, Paragraph("The rest.")], short=blocks),
        Console(file=raw, width=80),
        everything=everything,
    )
    return raw.getvalue()


def rows(name: str, size: int, keep: tuple[int, ...] = ()) -> Table:
    return Table(name, ["a"], [[f"{name} {i}."] for i in range(size)], keep=keep)


def test_in_short_tables_are_cut_from_the_last_and_say_by_how_much() -> None:
    text = screen(rows("first", 20), rows("last", 20))
    assert len(text.splitlines()) == SCREEN
    assert "first 19." in text
    hidden = int(re.findall(r"and (\d+) more rows: see --all", text)[0])
    assert text.count("last ") == 20 - hidden
    assert "The rest." not in text


def test_in_short_every_table_keeps_a_few_rows_before_any_keeps_one() -> None:
    text = screen(*(rows(name, 20) for name in ("one", "two", "three", "four")))
    assert len(text.splitlines()) <= SCREEN
    assert all(f"{name} 2." in text for name in ("one", "two", "three", "four"))
    text = screen(*(rows(f"t{n}", 9) for n in range(7)))
    assert len(text.splitlines()) > SCREEN, "what cannot fit is not hidden"
    assert text.count("and 8 more rows: see --all") == 7


def test_in_short_one_row_more_is_one_row_and_kept_rows_stay() -> None:
    tall = Table("t", ["a"], [["a " * 75 if n == 32 else f"{n}."] for n in range(33)])
    assert "and 1 more row: see --all" in screen(tall)
    assert "t 49." in screen(rows("t", 50, keep=(-1,)))


def test_all_ends_with_the_verdict_where_it_is_long() -> None:
    assert screen(rows("t", 50), everything=True).rstrip().endswith("\n\nIt is.")
    assert screen(rows("t", 5), everything=True).count("It is.") == 1


def test_in_short_a_picture_is_its_sentence() -> None:
    chart = Chart("c", "The caption", {"mark": "bar"}, "Nearly half.", table=Table("", ["a"], [["17"]]))
    text = shown(Document("d", blocks=[chart], short=[chart]))
    assert "Nearly half." in text
    assert "caption" not in text
    assert "17" not in text
