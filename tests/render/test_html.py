from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from sample import HOSTILE, SAMPLE, hostile_document

from detente import memory
from detente.charts import PALETTE
from detente.document import Cell, Chart, Document, Finding, Paragraph, Section, Table
from detente.errors import DetenteError, LimitError
from detente.render.html import MARK, page
from detente.render.pictures import can_draw


class Parsed(HTMLParser):
    """Elements with their attributes, and the text of each, as a browser would take them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.words = ""
        self._inside: tuple[str, dict[str, str | None]] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = (tag, dict(attrs))
            self.raw.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is None:
            self.words += data
        else:
            tag, attributes, before = self.raw[-1]
            self.raw[-1] = (tag, attributes, before + data)


@pytest.fixture(scope="module")
def sample() -> str:
    return page(SAMPLE)


@pytest.fixture(scope="module")
def hostile() -> str:
    return page(hostile_document())


def policy(html: str) -> dict[str, list[str]]:
    content = next(
        a["content"] for tag, a in Parsed(html).elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert content is not None
    return {name: values for name, *values in (part.split() for part in content.split(";"))}


def test_the_policy_allows_its_own_style_by_hash_and_no_script(sample: str) -> None:
    allowed = policy(sample)
    assert allowed["default-src"] == ["'none'"]
    assert allowed["img-src"] == ["data:"]
    assert allowed["base-uri"] == allowed["form-action"] == ["'none'"]
    assert set(allowed) == {"default-src", "style-src", "img-src", "base-uri", "form-action"}
    (style,) = [text for tag, _, text in Parsed(sample).raw if tag == "style"]
    assert allowed["style-src"] == [
        f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
    ]


def test_there_is_no_script(sample: str, hostile: str) -> None:
    for html in (sample, hostile):
        assert not [tag for tag, _ in Parsed(html).elements if tag == "script"]
        assert "javascript:" not in html


def test_nothing_needs_what_the_policy_forbids(sample: str, hostile: str) -> None:
    for html in (sample, hostile):
        for tag, attributes in Parsed(html).elements:
            assert tag not in (
                "iframe",
                "object",
                "embed",
                "base",
                "form",
                "img",
                "image",
                "use",
                "foreignobject",
            )
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            for name in ("src", "href", "xlink:href"):
                value = attributes.get(name)
                assert value is None or value.startswith("#") or value == "data:,"


def test_the_same_document_gives_the_same_bytes(sample: str) -> None:
    assert page(SAMPLE) == sample
    code = "import sys; sys.path.insert(0, 'tests/render'); from sample import SAMPLE; import hashlib;"
    code += "from detente.render.html import page; print(hashlib.sha256(page(SAMPLE).encode()).hexdigest())"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert other == hashlib.sha256(sample.encode()).hexdigest()


def test_small_enough_for_a_mail(sample: str) -> None:
    assert len(sample.encode()) < 200_000
    plain = page(Document("d", blocks=[Paragraph("no charts")]))
    assert len(plain.encode()) < 20_000


def test_hostile_words_are_only_words(hostile: str) -> None:
    parsed = Parsed(hostile)
    assert "{{ 7 * 7 }}" in parsed.words
    assert "[bold]not bold[/bold]" in parsed.words
    assert "</script><img src=x onerror=" in parsed.words
    assert "49" not in parsed.words
    outside = re.sub(r"(?s)<style.*?</style>", "", hostile)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", outside
    )
    hostile.encode()


def test_every_word_arrives(sample: str) -> None:
    words = Parsed(sample).words
    for said in (
        "A narrow deal exists",
        "No package that touches the presidency",
        "Exact over 729 packages",
        "Is there a deal?",
        "Which packages would everyone needed rather sign than walk away from?",
        "The numbers behind this picture",
        "Exactly at its no-deal value: the smallest error decides.",
        "Gains are in points of each faction's own scale",
        "shifted lattice over draws",
        "Quotation number 47",
    ):
        assert said in words


def test_a_tone_is_never_colour_alone() -> None:
    cells = [Cell("row"), Cell("a", "good"), Cell("b", "bad"), Cell("✗ c", "bad"), Cell("d", "caution")]
    html = page(Document("d", blocks=[Table("t", list("12345"), [cells]), Finding("F", tone="bad")]))
    words = re.sub(r"\s+", " ", Parsed(html).words)
    assert "✓favourable: a ✗unfavourable: b ✗ c !caution: d" in words
    assert "✗unfavourable: F" in words


def test_headings_are_in_order_and_anchors_unique() -> None:
    inner = Section("same", "Inner", [Section("same", "Innermost")])
    html = page(
        Document(
            "d", blocks=[Section("same", "One", [inner]), Section("Sa me!", "Two"), Section("", "Three")]
        )
    )
    parsed = Parsed(html)
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch("h[1-6]", tag)]
    assert levels == [1, 2, 3, 4, 2, 2, 2]
    names = [a["id"] for _, a in parsed.elements if "id" in a]
    assert len(names) == len(set(names))
    linked = [a["href"] for tag, a in parsed.elements if tag == "a"]
    assert linked == ["#main", "#same", "#sa-me", "#part"]
    assert {str(h)[1:] for h in linked} <= set(names)


def test_tables_have_captions_and_headers(sample: str) -> None:
    parsed = Parsed(sample)
    tables = [a for tag, a in parsed.elements if tag == "table"]
    assert len([1 for tag, _ in parsed.elements if tag == "caption"]) == len(tables) == 10
    assert {a.get("scope") for tag, a in parsed.elements if tag == "th"} == {"row", "col"}
    assert '<td class=" num">16.4</td>' in sample


def test_short_rows_are_filled_and_notes_numbered() -> None:
    rows = [["x"], ["y", Cell("1", note="why")], ["z", Cell("2", note="why")]]
    html = page(Document("d", blocks=[Table("t", ["a", "b", "c"], rows)]))
    assert html.count("<td") == 6
    assert html.count("<li>why</li>") == 1
    assert html.count("note </span>1</sup>") == 2
    many = [["x", Cell("1", note=f"because of {i}")] for i in range(20)]
    html = page(Document("d", blocks=[Table("t", ["a", "b"], many)]))
    assert html.count("<small>because of") == 20


def charts(html: str) -> list[tuple[str, list[int]]]:
    """Every figure and the widths of its pictures, in pixels."""
    figures = re.findall(r'(?s)<figure class="chart" id="([^"]+)">(.*?)</figure>', html)
    return [(id, [int(w) for w in re.findall(r'<svg [^>]*?width="(\d+)"', inside)]) for id, inside in figures]


def test_charts_have_words_pictures_for_two_widths_and_numbers(sample: str) -> None:
    parsed = Parsed(sample)
    pictures = [a for _, a in parsed.elements if a.get("class") == "picture"]
    names = [a["id"] for _, a in parsed.elements if "id" in a]
    for picture in pictures:
        assert picture["role"] == "img"
        assert {picture["aria-labelledby"], picture["aria-describedby"]} <= set(names)
    found = dict(charts(sample))
    assert list(found) == ["chances-of-100", "tornado", "fates", "steps", "rests", "world"]
    assert len(pictures) == len(found)
    assert found.pop("world") == [640]
    assert set(map(tuple, found.values())) == {(640, 340)}
    for name in set(re.findall(r"url\(#([^)]+)\)", sample)):
        assert names.count(name) == 1
    drawn = "".join(re.findall(r"(?s)<svg.*?</svg>", sample))
    assert not re.search(r"<[^>]*\s(role|aria-[a-z]+|style)=", drawn)


def test_what_is_folded_is_there_and_closed() -> None:
    inner = Section("b", "For reference", [Paragraph("as deep as this")], fold=True)
    html = page(Document("d", blocks=[Section("a", "First"), inner]))
    assert re.search(
        r'(?s)<details><summary><h2 id="b-title">For reference</h2></summary>.*As deep as this.*</details>',
        html,
    )
    assert "<details open" not in html


def test_a_finding_stands_under_its_question() -> None:
    html = page(
        Document(
            "d", blocks=[Section("a", "First", [Finding("Yes.", "Confidence low.", asks="Is there a deal?")])]
        )
    )
    assert re.search(
        r'(?s)<h3 class="asks">Is there a deal\?</h3>\s*<p class="said">Yes\.</p>\s*<p class="because">Confidence low\.</p>',
        html,
    )


def test_the_head_of_printed_pages_says_what_this_is_and_nothing_else() -> None:
    hostile = 'A "title"; } body { display: none } \\ </style> é'
    html = page(Document(hostile, "as of 2021"))
    (style,) = [text for tag, _, text in Parsed(html).raw if tag == "style"]
    head = re.findall(r'@page \{ @top-left \{ content: "([^"]*)"', style)
    assert len(head) == 1
    assert re.fullmatch(r"(?:[A-Za-z0-9]|\\[0-9a-f]{6})*", head[0])
    words = re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), head[0])
    assert words == f"{hostile} · as of 2021"
    assert 'counter(page) " of " counter(pages)' in style


def test_everything_is_printed_on_request_only(sample: str) -> None:
    assert '<label><input type="checkbox" id="print-all">' in sample
    assert "body:not(:has(#print-all:checked))" in sample


def points(first: float) -> dict[str, object]:
    encoding = {axis: {"field": field, "type": "quantitative"} for axis, field in (("x", "a"), ("y", "b"))}
    return {
        "data": {"values": [{"a": first, "b": 1}, {"a": 2, "b": -0.0}]},
        "mark": {"type": "point", "clip": True},
        "encoding": encoding,
        "title": 'so called id="plot" and url(#plot)',
    }


def test_chart_ids_do_not_collide_and_words_like_them_stay() -> None:
    spec = points(1.5)
    html = page(Document("d", blocks=[Chart("c", "one", spec, "alt"), Chart("c", "two", spec, "alt")]))
    parsed = Parsed(html)
    names = [a["id"] for _, a in parsed.elements if "id" in a]
    assert len(names) == len(set(names))
    assert html.count('so called id="plot" and url(#plot)</text>') == 4


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_chart_of_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(DetenteError, match=r"data\.values\.0\.a"):
        page(Document("d", blocks=[Chart("c", "one", points(number), "alt")]))


def test_a_page_is_known_for_ours() -> None:
    assert MARK in page(Document("d"))[:4096]


def test_pictures_that_cannot_be_drawn_are_refused_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "has_room", lambda size: False)
    with pytest.raises(LimitError, match="ulimit -v"):
        can_draw()


def test_every_ink_has_a_rule_in_both_themes(sample: str) -> None:
    style = next(text for tag, _, text in Parsed(sample).raw if tag == "style")
    assert len(set(PALETTE.values())) == len(PALETTE)
    for name, colour in PALETTE.items():
        assert f'.picture [fill="{colour}"]{{fill:var(--ink-{name})}}' in style
        assert style.count(f"--ink-{name}:") >= 2
    pictures = "".join(re.findall(r"(?s)<svg.*?</svg>", sample))
    used = set(re.findall(r'(?:fill|stroke)="(#[^"]+)"', pictures))
    assert used <= set(PALETTE.values()), "a colour that the dark theme does not know"


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(AssertionError, match="unreachable"):
        page(Document("d", blocks=["text"]))  # type: ignore[list-item]


def test_hostile_sample_is_hostile() -> None:
    for part in ("</script>", "\x1b", "\u202e", "[bold]", "{{", "<!--", "\ud800"):
        assert part in HOSTILE
