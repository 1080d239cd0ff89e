"""What drives what, drawn and said."""

from __future__ import annotations

from xml.etree import ElementTree

from detente.document import Section, Table
from detente.world.diagram import chart, diagram, document, sentences
from tests.world.test_influence import world

SVG = "{http://www.w3.org/2000/svg}"


def test_every_box_says_what_it_drives_in_a_sentence() -> None:
    assert sentences(world()) == [
        "“Money” raises “Loyalty of the elite”.",
        "“Loyalty of the elite” raises “Promise” and lowers “The government collapses”.",
        "“Promise” lowers “Loyalty of the elite” and settles “Vote”.",
        "“Oil sanctions” by its option changes “Money”.",
    ]


def test_the_picture_reads_those_sentences_aloud_and_says_on_every_arrow_what_it_rests_on() -> None:
    root = ElementTree.fromstring(diagram(world()))
    words = root.findtext(f"{SVG}desc") or ""
    assert words.startswith("3 parts, 2 issues and 1 end, and 6 arrows between them.")
    assert "“Promise” lowers “Loyalty of the elite” and settles “Vote”." in words
    told = {t.text for t in root.iter(f"{SVG}title")}
    assert (
        "Money → Loyalty of the elite: more of “money that comes in” is more of “loyalty of those who hold him up”. "
        "Rests on a theory: A threshold model (somebody 1978)."
    ) in told
    assert (
        "Oil sanctions → Money: by the option of the issue. Rests on a quotation: “oil exports fell” (paper)."
        in told
    )
    assert any("is less of “the government collapses”. Rests on a quotation" in (t or "") for t in told)


def test_an_issue_that_one_part_settles_and_no_other_looks_at_is_a_line_in_its_box() -> None:
    shown = [t.text for t in ElementTree.fromstring(diagram(world())).iter(f"{SVG}text")]
    assert shown.count("→ Vote") == 3  # in each of three drawings
    assert "Vote" not in shown
    assert shown.count("Oil sanctions") == 3


def test_a_part_from_near_is_drawn_with_its_events_and_what_is_elsewhere() -> None:
    text = diagram(world().inside("promise"))
    root = ElementTree.fromstring(text)
    assert (root.findtext(f"{SVG}desc") or "").startswith(
        "1 level, 2 events, 1 issue and 2 neighbours, and 6 arrows"
    )
    shown = [t.text for t in root.iter(f"{SVG}text")]
    assert shown.count("EVENT") == 2 * 3
    assert shown.count("ELSEWHERE") == 2 * 3
    assert "loyalty: loyalty" in shown


def test_where_others_look_at_it_it_is_a_box() -> None:
    shown = [
        t.text
        for t in ElementTree.fromstring(
            diagram(world(money__income="if before(vote) is dated then oil else oil * (1 - lost[sanctions])"))
        ).iter(f"{SVG}text")
    ]
    assert shown.count("Vote") == 3
    assert "→ Vote" not in shown


def test_the_document_tells_parts_levels_events_and_issues() -> None:
    of = document(world(), "A world")
    tables = {b.id: b.blocks[0] for b in of.blocks if isinstance(b, Section)}
    assert list(tables) == ["parts", "levels", "events", "moves", "arrows"]
    rows = {name: t.rows for name, t in tables.items() if isinstance(t, Table)}
    assert rows["moves"] == [("Vote", "Dated", "when voted", "promise.voted")]
    level = next(row for row in rows["levels"] if row[0] == "loyalty.loyalty")
    assert level[1:] == (
        "loyalty of those who hold him up",
        "share",
        "level",
        "clamp(loyalty + pace * (drawn - loyalty), 0, 1)",
    )
    assert ("promise.kept", "a promise is kept", "made * before(loyalty.loyalty)") in rows["events"]
    assert [str(row[0]) for row in rows["parts"]] == ["Money", "Loyalty of the elite", "Promise"]
    assert len(rows["arrows"]) == 6


def test_the_chart_of_a_briefing_has_the_arrows_as_its_table() -> None:
    of = chart(world())
    assert of.table is not None
    assert len(of.table.rows) == 6
    assert of.alt.startswith("3 parts, 2 issues and 1 end")
