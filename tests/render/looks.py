"""What every page must do in a browser, whatever document it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, Route

__all__ = ["Opened", "check_charts", "check_fits", "check_quiet", "check_tooltip", "opened", "text_contrasts"]

_DRAWN = """() => document.querySelectorAll("figure.chart.is-drawn").length
    === document.querySelectorAll("figure.chart").length"""


@dataclass
class Opened:
    """A page in a browser, and everything that it said or asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: Browser,
    file: Path,
    *,
    width: int = 1400,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
) -> Iterator[Opened]:
    """The file opened from disk, charts drawn; every request but the file itself is refused and recorded."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )
    try:
        page = context.new_page()
        it = Opened(page)

        def judge(route: Route) -> None:
            if route.request.url == file.as_uri():
                route.continue_()
            elif not route.request.url.startswith("data:"):
                it.asked.append(route.request.url)
                route.abort()

        page.route("**/*", judge)
        page.on("console", lambda message: it.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: it.said.append(f"error: {error}"))
        page.goto(file.as_uri())
        if scripts:
            page.wait_for_function(_DRAWN, timeout=60_000)
        yield it
    finally:
        context.close()


def check_quiet(it: Opened) -> None:
    """Nothing on the console, nothing asked of the network."""
    assert it.said == []
    assert it.asked == []


def check_charts(page: Page) -> None:
    """Every figure shows marks of the live chart on the screen, inside its stage, and no letters are cut."""
    for figure in page.locator("figure.chart").all():
        assert figure.locator(".stage svg .role-mark :is(path, line, text)").count() > 0
        assert figure.locator(".stage svg").is_visible()
        assert not figure.locator(".paper svg").is_visible()
        cut = figure.evaluate(
            """figure => {
                const right = figure.getBoundingClientRect().right + 16;
                const left = figure.getBoundingClientRect().left - 16;
                return [...figure.querySelectorAll(".stage svg text")]
                    .filter(t => t.textContent && t.getBoundingClientRect().width > 0)
                    .filter(t => t.getBoundingClientRect().right > right || t.getBoundingClientRect().left < left)
                    .map(t => t.textContent);
            }"""
        )
        assert cut == [], f"cut in {figure.get_attribute('id')}"


def check_fits(page: Page) -> None:
    """The page never scrolls sideways: what is wide scrolls in its own box."""
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= window


def check_tooltip(page: Page, marks: str) -> str:
    """Hover over the first of ``marks``; gives the tooltip's words."""
    mark = page.locator(marks).first
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    page.wait_for_selector("#tooltip.visible", timeout=10_000)
    return page.locator("#tooltip").inner_text()


def text_contrasts(page: Page, selectors: Sequence[str]) -> dict[str, float]:
    """WCAG contrast of each selector's first match against the page, from computed colours."""
    ratios = page.evaluate(
        """selectors => {
            const light = colour => {
                const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
                    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const paper = light(getComputedStyle(document.body).backgroundColor);
            return selectors.map(s => {
                const found = document.querySelector(s);
                const style = getComputedStyle(found);
                const svg = found.namespaceURI.endsWith("svg");
                const ink = light(svg ? (/^none$|^rgba.*, 0\\)$/.test(style.fill) ? style.stroke : style.fill) : style.color);
                return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            });
        }""",
        list(selectors),
    )
    return dict(zip(selectors, ratios, strict=True))
