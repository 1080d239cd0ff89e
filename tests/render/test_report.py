"""The bundled cases' own briefings in a real browser, not only a sample page."""

from __future__ import annotations

from pathlib import Path

import pytest
from looks import (
    check_accessible,
    check_charts,
    check_fits,
    check_quiet,
    opened,
    pages_printed,
    unfold,
    widen,
)
from playwright.sync_api import Browser

from detente import catalogue
from detente.case.reading import load_case
from detente.document import Document
from detente.draws import prepare
from detente.render.html import page
from detente.report import report
from tests.report.reading import leads_both_ways, reads_well

pytestmark = pytest.mark.browser

LARGE = "venezuela-2021"


@pytest.fixture(scope="module")
def document() -> Document:
    return report(prepare(load_case(catalogue.path(LARGE)).case, draws=256))


@pytest.fixture(scope="module")
def file(document: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / f"{LARGE}.html"
    path.write_text(page(document), encoding="utf-8")
    return path


def test_the_page_is_small_enough_for_a_mail(file: Path) -> None:
    assert file.stat().st_size <= 1_000_000


def test_the_first_page_reads_well(document: Document) -> None:
    reads_well(document)
    leads_both_ways(document)


@pytest.mark.parametrize("width", [400, 1400])
def test_the_briefing_is_quiet_drawn_and_fits(browser: Browser, file: Path, width: int) -> None:
    with opened(browser, file, width=width) as it:
        check_charts(it.page)
        check_fits(it.page)
        assert it.page.locator("figure.chart").count() >= 6
        unfold(it.page)
        check_charts(it.page)
        check_fits(it.page)
        check_quiet(it)
        widen(it.page)
        check_charts(it.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_the_briefing_is_accessible(browser: Browser, file: Path, width: int, scheme: str) -> None:
    with opened(browser, file, width=width, scheme=scheme) as it:
        check_accessible(it.page)
        unfold(it.page)
        check_accessible(it.page)


def test_the_briefing_prints_to_two_pages_and_to_more_on_request(browser: Browser, file: Path) -> None:
    with opened(browser, file) as it:
        assert pages_printed(it.page) <= 2
        it.page.locator("#print-all").check()
        assert pages_printed(it.page) > 10


@pytest.mark.parametrize("name", [n for n in catalogue.names() if n != LARGE])
def test_any_bundled_case_reads_well_and_prints_to_two_pages(
    browser: Browser, name: str, tmp_path: Path
) -> None:
    document = report(prepare(load_case(catalogue.path(name)).case, draws=64))
    reads_well(document)
    leads_both_ways(document)
    path = tmp_path / f"{name}.html"
    path.write_text(page(document), encoding="utf-8")
    with opened(browser, path, width=400) as it:
        check_fits(it.page)
        unfold(it.page)
        check_charts(it.page)
        check_fits(it.page)
        assert pages_printed(it.page) <= 2
        widen(it.page)
        check_charts(it.page)
        check_quiet(it)
