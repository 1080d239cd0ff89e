"""What every page must do in a browser, whatever document it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, Route

__all__ = [
    "NARROW",
    "Opened",
    "check_accessible",
    "check_charts",
    "check_fits",
    "check_quiet",
    "opened",
    "pages_printed",
    "text_contrasts",
    "unfold",
    "widen",
]

NARROW = 480
"""Pixels up to which a window gets the narrow pictures (30rem)."""


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
    """The file opened from disk; every request but the file itself is refused and recorded."""
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
        yield it
    finally:
        context.close()


def unfold(page: Page) -> None:
    """Open whatever is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


def widen(page: Page) -> None:
    """Letters of pictures in the widest sans-serif that is common: fonts differ from machine to machine."""
    page.evaluate(
        """() => document.querySelectorAll("svg text").forEach(t =>
            t.setAttribute("font-family", '"DejaVu Sans", Verdana, sans-serif'))"""
    )


def check_quiet(it: Opened) -> None:
    """Nothing on the console, nothing asked of the network."""
    assert it.said == []
    assert it.asked == []


def check_charts(page: Page) -> None:
    """Every unfolded figure shows one picture, that for the window, inside its figure, and no letters are cut."""
    narrow = page.evaluate("window.innerWidth") <= NARROW
    for figure in page.locator("figure.chart").all():
        name = figure.get_attribute("id")
        if not figure.is_visible():
            continue
        if figure.locator(".broad").count():
            assert figure.locator(".broad svg").is_visible(), name
        else:
            assert figure.locator(".wide svg").is_visible() != narrow, name
            assert figure.locator(".narrow svg").is_visible() == narrow, name
        cut = figure.evaluate(
            """figure => {
                const svg = [...figure.querySelectorAll("svg")].find(s => s.getBoundingClientRect().width > 0);
                const {left, right} = svg.getBoundingClientRect();
                return [...svg.querySelectorAll("text")]
                    .map(t => [t.textContent, t.getBoundingClientRect()])
                    .filter(([words, box]) => words && (box.right > right + 1 || box.left < left - 1))
                    .map(([words]) => words);
            }"""
        )
        assert cut == [], f"cut in {name}: {cut}"


def check_fits(page: Page) -> None:
    """The page never scrolls sideways, and nothing on it is wider than the window but in a box that scrolls itself."""
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= window
    wide = page.evaluate(
        """() => [...document.body.querySelectorAll("*")]
            .filter(e => !e.closest(".scroll > *, .broad > *, svg > *, .unseen, .skip"))
            .filter(e => e.getBoundingClientRect().right > window.innerWidth + 0.5)
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert wide == [], wide
    for box in page.locator(".scroll, .broad").all():
        assert box.evaluate("e => getComputedStyle(e).overflowX") == "auto"


def check_accessible(page: Page) -> None:
    """No violation that axe-core finds, of its rules for WCAG 2.2 A and AA and of its best practices."""
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-core is not installed: uv sync (axe-playwright-python)")
    from axe_playwright_python.sync_playwright import Axe

    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    said = [f"{v['id']}: {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found]
    assert said == [], "\n".join(said)


def pages_printed(page: Page) -> int:
    """How many sheets of A4 the page is on paper."""
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf
    return pdf.count(b"/Type /Page\n")


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
