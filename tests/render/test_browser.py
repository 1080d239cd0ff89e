from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from looks import (
    check_accessible,
    check_charts,
    check_fits,
    check_quiet,
    opened,
    pages_printed,
    text_contrasts,
    unfold,
    widen,
)
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
        unfold(it.page)
        check_charts(it.page)
        check_fits(it.page)
        check_quiet(it)
        widen(it.page)
        check_charts(it.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_accessible_folded_and_unfolded(browser: Browser, file: Path, width: int, scheme: str) -> None:
    with opened(browser, file, width=width, scheme=scheme) as it:
        check_accessible(it.page)
        unfold(it.page)
        check_accessible(it.page)


def test_pictures_follow_the_window(browser: Browser, file: Path) -> None:
    with opened(browser, file, width=1400) as it:
        it.page.set_viewport_size({"width": 400, "height": 900})
        check_charts(it.page)
        check_fits(it.page)


def test_what_is_legible_only_where_it_is_wide_scrolls_in_its_box(browser: Browser, file: Path) -> None:
    with opened(browser, file, width=400) as it:
        unfold(it.page)
        inner, outer = it.page.evaluate(
            "(b => [b.scrollWidth, b.clientWidth])(document.querySelector('#world .broad'))"
        )
        assert inner >= 600
        assert outer < 400
        check_fits(it.page)


def test_hostile_words_are_only_words(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(html_page(hostile_document()), encoding="utf-8")
    with opened(browser, path, width=400) as it:
        assert it.page.locator("figure.chart").count() == 5
        check_fits(it.page)
        unfold(it.page)
        check_fits(it.page)
        assert it.page.evaluate("window.pwned") is None
        assert it.page.locator("img").count() == 0
        assert it.page.locator("script").count() == 0
        assert "onerror" in it.page.locator("h1").inner_text()
        assert pages_printed(it.page) >= 1
        check_quiet(it)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser: Browser, file: Path, scheme: str) -> None:
    words = [
        "h1", ".subtitle", ".mark", ".mark span", ".headline .said", ".because", ".asks", ".lead", ".words", "summary", "summary .count",
        "thead th", "tbody td", "td.tone-muted", "td.tone-good .sign", "td.tone-bad .sign", ".tone-caution .sign",
        ".note", ".notes", "dt", "dd", ".contents a", ".contents .paper", "figcaption",
    ]  # fmt: skip
    with opened(browser, file, scheme=scheme) as it:
        for selector, ratio in text_contrasts(it.page, words).items():
            assert ratio >= 4.5, selector
        letters = [f'.wide text[fill="{PALETTE[name]}"]' for name in ("ink", "muted")]
        for selector, ratio in text_contrasts(it.page, letters).items():
            assert ratio >= 4.5, selector
        shapes = [f'.picture path[fill="{PALETTE[name]}"]' for name in ("navy", "ochre", "teal")]
        shapes.append(f'.picture path[stroke="{PALETTE["brick"]}"]')
        for selector, ratio in text_contrasts(it.page, shapes).items():
            assert ratio >= 3, selector


def test_without_scripts_everything_can_be_read(browser: Browser, file: Path) -> None:
    """What is folded opens at a click, which needs no script."""
    with opened(browser, file, width=400, scripts=False) as it:
        assert it.page.locator("#chances-of-100 .narrow svg").is_visible()
        chart = it.page.locator("#fates .narrow svg")
        assert not chart.is_visible()
        it.page.locator("#ahead > details > summary").click()
        assert chart.is_visible()
        check_quiet(it)


def test_paper_has_the_first_page_and_everything_on_request(browser: Browser, file: Path) -> None:
    with opened(browser, file, scheme="dark") as it:
        it.page.emulate_media(media="print", color_scheme="dark")
        assert it.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not it.page.locator(".contents").is_visible()
        for part in ("#packages", "#ahead", "#sources"):
            assert not it.page.locator(part).is_visible(), part
        for part in (".headline", "#brief", "#chances-of-100 .wide svg"):
            assert it.page.locator(part).first.is_visible(), part
        it.page.emulate_media(media="screen")
        it.page.locator("#print-all").check()
        it.page.emulate_media(media="print")
        for picture in it.page.locator(".picture > :not(.narrow) svg").all():
            assert picture.is_visible()
        for table in it.page.locator("details.fold table").all():
            assert table.is_visible()
        assert it.page.locator(".picture > .narrow").first.is_hidden()
        check_quiet(it)


def test_prints_two_pages_of_a4_and_more_on_request(browser: Browser, file: Path) -> None:
    with opened(browser, file) as it:
        assert 1 <= pages_printed(it.page) <= 2
        it.page.locator("#print-all").check()
        assert 3 < pages_printed(it.page) < 20


def test_every_printed_page_has_a_head_and_its_number(browser: Browser, tmp_path: Path) -> None:
    """The same page prints to more bytes with them: its letters are drawn in the margins by the browser itself."""
    with_both = html_page(SAMPLE)
    sizes = []
    for n, text in enumerate(
        (with_both, with_both.replace("@top-left", "@x"), with_both.replace("@bottom-right", "@x"))
    ):
        path = tmp_path / f"{n}.html"
        path.write_text(text.replace("http-equiv", "data-off"), encoding="utf-8")
        with opened(browser, path) as it:
            sizes.append(len(it.page.pdf(prefer_css_page_size=True)))
    assert sizes[0] > sizes[1]
    assert sizes[0] > sizes[2]


@pytest.mark.parametrize("width", [400, 1400])
def test_no_table_stops_the_keyboard_but_where_it_scrolls(browser: Browser, file: Path, width: int) -> None:
    with opened(browser, file, width=width) as it:
        unfold(it.page)
        scrolls, stops = it.page.evaluate(
            """() => [e => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight, e => e.tabIndex === 0]
                .map(so => [...document.querySelectorAll(".scroll")].map(so))"""
        )
        assert True in scrolls
        assert stops == scrolls


def test_on_a_telephone_rows_of_many_columns_are_cards(browser: Browser, file: Path) -> None:
    """Every cell says its column, which has no head above it there."""
    with opened(browser, file, width=400) as it:
        unfold(it.page)
        for table in it.page.locator(".cards table").all():
            heads = table.locator("thead > tr > *").all_text_contents()
            assert not table.locator("thead").is_visible()
            said = table.locator("tbody > tr").first.evaluate(
                "row => [...row.children].map(e => e.textContent && getComputedStyle(e, '::before').content)"
            )
            assert (
                said[1:]
                == [f'"{head}: "' if cell else "" for head, cell in zip(heads, said, strict=True)][1:]
            )
        assert it.page.locator(".cards").count()


def test_keyboard_and_landmarks(browser: Browser, file: Path) -> None:
    with opened(browser, file) as it:
        it.page.keyboard.press("Tab")
        assert it.page.evaluate("document.activeElement.className") == "skip"
        assert it.page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        it.page.keyboard.press("Enter")
        assert it.page.evaluate("document.activeElement.id") == "main"
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
