from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from looks import check_charts, check_fits, check_quiet, check_tooltip, opened, text_contrasts
from playwright.sync_api import Browser
from sample import SAMPLE, hostile_document

from detente.charts import PALETTE
from detente.render.html import page as html_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "sample.html"
    path.write_text(html_page(SAMPLE), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 400, 1400])
def test_quiet_drawn_and_never_wider_than_the_window(
    browser: Browser, file: Path, width: int, scheme: str
) -> None:
    with opened(browser, file, width=width, scheme=scheme) as it:
        check_charts(it.page)
        check_fits(it.page)
        for details in it.page.locator("details").all():
            details.evaluate("d => d.open = true")
        check_fits(it.page)
        check_quiet(it)


def test_charts_follow_the_window(browser: Browser, file: Path) -> None:
    with opened(browser, file, width=1400) as it:
        it.page.set_viewport_size({"width": 400, "height": 900})
        it.page.wait_for_function(
            "[...document.querySelectorAll('.stage svg')].every(s => s.getBoundingClientRect().width <= 400)"
        )
        check_charts(it.page)
        check_fits(it.page)


@pytest.mark.parametrize("width", [400, 1400])
def test_hovering_says_the_package_in_words(browser: Browser, file: Path, width: int) -> None:
    with opened(browser, file, width=width) as it:
        said = check_tooltip(
            it.page,
            "#utilities .stage .role-mark path[aria-roledescription], "
            "#utilities .stage .mark-symbol.role-mark path",
        )
        assert "Political prisoners: " in said
        assert "Opposition moderates: " in said
        box = it.page.locator("#tooltip").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        check_quiet(it)


def test_hostile_words_are_only_words(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(html_page(hostile_document()), encoding="utf-8")
    with opened(browser, path, width=400) as it:
        check_charts_drawn = it.page.locator("figure.chart.is-drawn").count()
        assert check_charts_drawn == 5
        said = check_tooltip(it.page, "figure.chart .stage .mark-symbol.role-mark path")
        assert "<img src=x" in said
        check_fits(it.page)
        assert it.page.evaluate("window.pwned") is None
        assert it.page.locator("img").count() == 0
        assert it.page.locator("script").count() == 2 + 5
        assert "onerror" in it.page.locator("h1").inner_text()
        check_quiet(it)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser: Browser, file: Path, scheme: str) -> None:
    words = [
        "h1", ".subtitle", ".mark", ".mark span", ".headline .said", ".because", ".lead", ".words", "summary", "summary .count",
        "thead th", "tbody td", "td.tone-muted", "td.tone-good .sign", "td.tone-bad .sign", ".tone-caution .sign",
        ".note", ".notes", "dt", "dd", ".contents a", "figcaption",
    ]  # fmt: skip
    with opened(browser, file, scheme=scheme) as it:
        for selector, ratio in text_contrasts(it.page, words).items():
            assert ratio >= 4.5, selector
        letters = [f'.stage text[fill="{PALETTE[name]}"]' for name in ("ink", "muted")]
        for selector, ratio in text_contrasts(it.page, letters).items():
            assert ratio >= 4.5, selector
        shapes = [
            f'.stage .role-mark path[fill="{PALETTE[name]}"]'
            for name in ("navy", "ochre", "teal", "brick", "ink")
        ]
        shapes += [f'.stage .role-mark path[stroke="{PALETTE[name]}"]' for name in ("plum", "olive")]
        for selector, ratio in text_contrasts(it.page, shapes).items():
            assert ratio >= 3, selector


def test_without_scripts_the_pictures_are_there(browser: Browser, file: Path) -> None:
    with opened(browser, file, width=400, scripts=False) as it:
        figures = it.page.locator("figure.chart .paper svg")
        assert figures.count() == 6
        for figure in figures.all():
            assert figure.is_visible()
        check_quiet(it)


def test_paper_shows_everything(browser: Browser, file: Path) -> None:
    with opened(browser, file, scheme="dark") as it:
        it.page.emulate_media(media="print", color_scheme="dark")
        assert it.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        for figure in it.page.locator("figure.chart").all():
            assert figure.locator(".paper svg").is_visible()
            assert not figure.locator(".stage").is_visible()
        it.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert it.page.locator("details.fold").all()
        for table in it.page.locator("details.fold table, details.numbers:not(.many) table").all():
            assert table.is_visible()
        assert not it.page.locator(".contents").is_visible()
        check_quiet(it)


def test_prints_to_a4(browser: Browser, file: Path) -> None:
    with opened(browser, file) as it:
        pdf = it.page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf
    assert 4 < pdf.count(b"/Type /Page\n") < 20


def test_keyboard_and_landmarks(browser: Browser, file: Path) -> None:
    with opened(browser, file) as it:
        it.page.keyboard.press("Tab")
        assert it.page.evaluate("document.activeElement.className") == "skip"
        assert it.page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        it.page.keyboard.press("Enter")
        assert it.page.evaluate("document.activeElement.id") == "main"
        assert it.page.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowX") == "auto"
        for landmark in ("header", "main", "footer", "nav"):
            assert it.page.locator(f"body {landmark}").count() == 1
        levels = it.page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        names = it.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(names) == len(set(names))
        lost = it.page.evaluate(
            """[...document.querySelectorAll("[aria-labelledby],[aria-describedby],a[href^='#']")]
                .flatMap(e => [e.getAttribute("aria-labelledby"), e.getAttribute("aria-describedby"),
                               e.getAttribute("href")?.slice(1)])
                .filter(name => name && !document.getElementById(name))"""
        )
        assert lost == []
