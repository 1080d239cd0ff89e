"""The bundled case's own briefing in a real browser, not only a sample page."""

from __future__ import annotations

from pathlib import Path

import pytest
from looks import check_charts, check_fits, check_quiet, check_tooltip, opened
from playwright.sync_api import Browser

from detente.case.reading import load_case
from detente.catalogue import resolve
from detente.draws import prepare
from detente.render.html import page
from detente.report import report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ready = prepare(load_case(resolve("venezuela-2021")).case, draws=256)
    path = tmp_path_factory.mktemp("report") / "venezuela-2021.html"
    path.write_text(page(report(ready)), encoding="utf-8")
    assert path.stat().st_size < 3_000_000
    return path


@pytest.mark.parametrize("width", [400, 1400])
def test_the_briefing_is_quiet_drawn_and_fits(browser: Browser, file: Path, width: int) -> None:
    with opened(browser, file, width=width) as it:
        check_charts(it.page)
        check_fits(it.page)
        assert it.page.locator("figure.chart").count() >= 15
        check_quiet(it)


def test_a_bar_of_the_tornado_explains_itself(browser: Browser, file: Path) -> None:
    with opened(browser, file) as it:
        assert check_tooltip(
            it.page, "#tornado .stage .mark-rect.role-mark path, #tornado .stage .mark-bar path"
        )
