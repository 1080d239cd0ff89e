"""Quotations in texts: what is the same in print, what may be left out, and where it stands."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import zlib
from pathlib import Path

import pytest

from detente.case import texts
from detente.case.checks import fingerprints, verify_quotations
from detente.case.model import Case
from detente.case.texts import GAP, Found, Text, open_text
from detente.errors import UsageError
from tests.answers import ask

STANDS = [
    ("the ferry is late", "They say that the ferry is late.", (1, 14, 1)),
    ("the ferry is late", "Today\n\n the ferry\n   is late", (3, 8, 1)),
    ("it's “late”", 'it’s "late"', (1, 0, 1)),
    ("the café", unicodedata.normalize("NFD", "see the café"), (1, 4, 1)),
    (unicodedata.normalize("NFD", "the café"), "see the café", (1, 4, 1)),
    ("final offer", "the \ufb01nal o\ufb00er", (1, 4, 1)),
    ("cooperation", "co\u00adoperation", (1, 0, 1)),
    ("cooperation", "of co\u00ad\noperation", (1, 3, 1)),
    ("late", "late, later, late", (1, 0, 2)),
    ("한국", unicodedata.normalize("NFD", "한국"), (1, 0, 1)),
    ("we will … lift them", "Then we will in time, and in stages, lift them all", (1, 5, 1)),
    ("we will [...] lift them", "we will at last lift them", (1, 0, 1)),
    ("we ... lift them", "we shall lift them. We lift them", (1, 0, 1)),
    ("he [the president] said so", "he said so", (1, 0, 1)),
    ("[he] said so", "she said so", (1, 4, 1)),
    ("as in [1] above", "as in [1] above", (1, 0, 1)),
    ("1 2", "1\u00a02", (1, 0, 1)),
    ("10³ tonnes", "10³ tonnes", (1, 0, 1)),
    ("non-proliferation", "of non\u2011proliferation", (1, 3, 1)),
    ("the ferry", "the\u200b ferry", (1, 0, 1)),
    ("a well-known ferry", "a well-\nknown ferry", (1, 0, 1)),
    ("the sanctions stay", "so the sanc-\n tions stay", (1, 3, 1)),
    ("stay in force", "sanc-\ntions stay\nin force", (2, 12, 1)),
    ("pre- and post-war", "pre-\nand post-war", (1, 0, 1)),
    ("[T]he ferry is late", "Then the ferry is late", (1, 5, 1)),
    ("[t]he ferry is late", "The ferry is late", (1, 0, 1)),
    ("lift[ed] them", "lift them", (1, 0, 1)),
    ("a … b … c", "a b " + "x" * 400 + " b " + "y" * 400 + " c", (1, 0, 1)),
    ("in 2015", "in 2015.", (1, 0, 1)),
    ("1,500", "(1,500)", (1, 1, 1)),
]


@pytest.mark.parametrize(("fact", "text", "place"), STANDS)
def test_what_is_the_same_in_print_is_found_where_it_stands(
    fact: str, text: str, place: tuple[int, int, int]
) -> None:
    assert Text(text).find(fact) == Found(*place)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("late", "later"),
        ("late", "slate"),
        ("cafe", "the café"),
        ("the ferry was late", "the ferry is late"),
        ("Late", "late"),
        ("we … them", "them … we"),
        ("we … them", "we " + "x " * GAP + "them"),
        ("…", "anything"),
        ("[so]", "so be it"),
        ("lift them", "lift [almost] them"),
        ("103 tonnes", "10³ tonnes"),
        ("500 tonnes", "1,500 tonnes"),
        ("5%", "2.5%"),
        ("2", "2.5"),
        ("1,500", "1,500,000"),
        ("क", "कि"),
        ("[T]he ferry", "She ferry"),
        ("sanctions", "sanc - \ntions"),
        ("", "text"),
        ("late", ""),
    ],
)
def test_nothing_else_is_forgiven(fact: str, text: str) -> None:
    assert Text(text).find(fact) is None


def test_places_are_those_of_the_raw_text() -> None:
    raw = "A\u00adb  c\n\n\u201cÉtat\u201d \ufb01ve   six\nseven état six"
    for word in ("État", "five", "seven", "état six"):
        found = Text(raw).find(word)
        assert found is not None
        rest = unicodedata.normalize("NFKD", raw[found.offset :])
        assert rest.startswith(unicodedata.normalize("NFKD", word))
        assert raw.count("\n", 0, found.offset) + 1 == found.line


def case(fact: str, file: str) -> Case:
    return Case.model_validate(
        {
            "detente": 1,
            "id": "ferry",
            "title": "A ferry",
            "sources": {"paper": {"title": "A paper", "file": file}},
            "facts": [{"fact": fact, "source": "paper"}],
            "parties": {"a": {}, "b": {}},
            "issues": {"one": {"status_quo": "x", "options": {"x": {}, "y": {}}}},
            "preferences": {
                p: {"judgement": "j", "weights": {"one": 1}, "values": {"one": {"x": 1, "y": 0}}}
                for p in "ab"
            },
        }
    )


def pdf(text: str, pages: int = 1) -> bytes:
    """A page with one line, as small as it can be, so many times."""
    stream = zlib.compress(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode("latin-1"))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (b"3 0 R " * pages, pages),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%b\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n%btrailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (table, len(out))
    )


def test_texts_of_pdfs_are_read(tmp_path: Path) -> None:
    pytest.importorskip("pypdf", reason="pypdf is in the development group and the extra 'pdf'")
    (tmp_path / "paper.pdf").write_bytes(pdf("They say that the ferry is late"))
    [verdict] = verify_quotations(case("the ferry is late", "paper.pdf"), tmp_path)
    assert (verdict.found, verdict.file, verdict.line) == (True, "paper.pdf", 1)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing")
    with pytest.raises(UsageError, match="no PDF"):
        open_text(tmp_path / "broken.pdf")
    [verdict] = verify_quotations(case("the ferry is late", "broken.pdf"), tmp_path)
    assert "unreadable" in verdict.why


def test_pdfs_that_would_take_minutes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pypdf", reason="pypdf is in the development group and the extra 'pdf'")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(pdf(") Tj (" * 3_000))
    assert open_text(paper).raw.strip() == ""
    for limit, most in (("MAX_WORK", 1_000), ("MAX_CONTENT", 10_000)):
        with monkeypatch.context() as patch:
            patch.setattr(texts, limit, most)
            with pytest.raises(UsageError, match=r"paper\.pdf: this is no PDF"):
                open_text(paper)
    paper.write_bytes(pdf("late", 2))
    monkeypatch.setattr(texts, "MAX_CONTENT", 60)  # one page has 35
    with pytest.raises(UsageError, match=r"unpacked its pages have \d+ bytes; at most 60"):
        open_text(paper)


def test_the_command_says_where_and_the_json_of_which_bytes(tmp_path: Path) -> None:
    text = "On time.\nNo: the ferry is late, the ferry is late.\n"
    (tmp_path / "paper.txt").write_text(text)
    [verdict] = verify_quotations(case("the ferry is late", "paper.txt"), tmp_path)
    assert (verdict.line, verdict.offset, verdict.matches) == (2, 13, 2)
    assert fingerprints(tmp_path) == {"paper.txt": hashlib.sha256(text.encode()).hexdigest()}
    said = json.loads(ask("check", "brexit-2018", "--sources", "--json").out)
    assert all(q["found"] and q["line"] and q["matches"] for q in said["quotations"])
    assert {q["file"] for q in said["quotations"]} <= said["texts"].keys()
    first = said["quotations"][0]
    shown = ask("check", "brexit-2018", "--sources").out
    assert f"{first['path']}: {first['file']}:{first['line']}, offset {first['offset']}" in shown


def test_thousands_of_omissions_are_looked_up_like_one() -> None:
    said = [f"w{k}" for k in range(5_000)]
    text = Text(" ".join(said))
    assert text.find(" … ".join(said)) == Found(1, 0, 1)
    assert text.find(" … ".join(reversed(said))) is None


def test_an_omission_is_followed_where_a_nearer_place_leads_nowhere() -> None:
    far = "x " * GAP
    assert Text(f"one two {far}two three").find("one … two … three") is None
    near = "x" * (
        GAP - 9
    )  # from here the second "two" is within reach of "one", and "three" only of the second
    assert Text(f"one two {near} two three").find("one … two … three") is not None
    assert Text(f"one two {near}xx two three").find("one … two … three") is None
    assert Text("no no no yes").find("no no … yes") == Found(1, 0, 1)
    assert Text("so no no no").find("so … no no") is not None
