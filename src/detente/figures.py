"""Numbers and words in sentences: one way of writing each, in every analysis, table and picture.

Points have one decimal and, where they are gains, a sign; shares are in per cent, their errors in percentage
points; a range stands behind its middle. A minus is a minus and not a hyphen.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "MINUS",
    "agree",
    "amount",
    "capital",
    "changed",
    "day",
    "decimal",
    "error",
    "joined",
    "percent",
    "plural",
    "points",
    "sampled",
    "signed",
    "spelt",
    "spread",
    "typed",
]

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def decimal(value: float, digits: int) -> str:
    """A number with so many decimals; a true minus, and none where it rounds to nothing."""
    text = f"{value:,.{digits}f}"
    return (text if text.strip("-0.") else text.lstrip("-")).replace("-", "−")


def typed(value: float) -> str:
    """A number as somebody typed it, with a true minus."""
    return f"{value:g}".replace("-", "−")


def points(value: float) -> str:
    """A number of points, ``12.5`` or ``−3.0``."""
    return decimal(value, 1)


def amount(value: float) -> str:
    """So many points, in a sentence that names nobody who has none: what is not nothing is never rounded to it."""
    text = points(value)
    return "less than 0.05" if text == "0.0" and value > 0 else text


def signed(value: float) -> str:
    """A gain or a loss in points with its sign; none where it rounds to nothing."""
    text = points(value)
    return text if text == "0.0" or text.startswith("−") else f"+{text}"


def spread(middle: str, low: str, high: str) -> str:
    """A judged number, its range behind its middle; the middle alone where they read alike."""
    return middle if low == middle == high else f"{middle} ({low} to {high})"


def percent(share: float, digits: int = 0) -> str:
    """A share in per cent; what is neither none nor all is never rounded to it."""
    if 0 < share < 0.5 * 10 ** (-digits - 2):
        return f"under {10**-digits:g}%"
    if 1 - 0.5 * 10 ** (-digits - 2) < share < 1:
        return f"over {100 - 10**-digits:g}%"
    return f"{decimal(100 * share, digits)}%"


MINUS = "−"
"""As it is written in front of a number."""


def changed(value: float, of: float) -> str:
    """``+1.6 ± 0.3``: a gain or a loss in points and its error, where that does not round to nothing."""
    return f"{signed(value)} ± {decimal(of, 1)}" if of >= 0.05 else signed(value)


def error(of: float) -> str:
    """``± 1.1``, the error of a share, in percentage points; nothing where the draws do not differ at all."""
    return "" if of == 0 else f"± {decimal(100 * of, 1)}" if of >= 0.0005 else "± under 0.1"


def sampled(share: float, of: float) -> str:
    """``34% ± 1.1``: a share of draws and its error in percentage points."""
    return f"{percent(share)} {error(of)}".rstrip()


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a, b and c``; ``a; b, c; and d`` where a comma stands inside."""
    if len(words) < 2:
        return "".join(words)
    if any("," in word for word in words[:-1]):
        return f"{'; '.join(words[:-1])}; {last} {words[-1]}"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def agree(count: float, does: str, do: str) -> str:
    """The form of a verb, or of another word, that goes with so many, as they are shown: to six digits."""
    return does if f"{count:g}" == "1" else do


def plural(count: int, noun: str, does: str = "", do: str = "") -> str:
    """``1 package``, ``1,024 draws``; with both forms of a verb ``1 step holds``, ``2 steps hold``."""
    counted = f"{count:,} {noun}" + ("" if count == 1 else "s")
    return f"{counted} {agree(count, does, do)}" if does else counted


def day(date: str) -> str:
    """A date as it is written, which no line breaks."""
    return date.replace("-", "\N{NON-BREAKING HYPHEN}")


def spelt(count: int) -> str:
    """A small number in words."""
    return _SMALL[count] if 0 <= count < len(_SMALL) else f"{count:,}"


def capital(text: str) -> str:
    """As a sentence begins."""
    return text[:1].upper() + text[1:]
