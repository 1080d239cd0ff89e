"""How likely and how sure, in words of a stated scale."""

from __future__ import annotations

__all__ = ["SCALE", "likelihood", "one_in", "scale"]

SCALE = (
    (0.99, "virtually certain"),
    (0.9, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.1, "unlikely"),
    (0.01, "very unlikely"),
    (0.0, "exceptionally unlikely"),
)
"""From which chance on a word is used: the scale of the IPCC (Mastrandrea et al. 2010, Guidance Note on the Consistent
Treatment of Uncertainties), each chance in one word."""


def likelihood(share: float) -> str:
    """The word for a chance, as it is printed."""
    return next(word for least, word in SCALE if round(share, 2) >= least)


def scale() -> str:
    """The scale in a sentence."""
    ends = [1.0, *(least for least, _ in SCALE)]
    told = [f"{word} {100 * low:g} to {100 * high:g}" for (low, word), high in zip(SCALE, ends, strict=False)]
    return f"Words for chances of 100: {', '.join(told)}."


FRACTIONS = ((1, 20), (1, 10), (1, 5), (1, 4), (1, 3), (1, 2), (2, 3), (3, 4), (4, 5), (9, 10))
NEAR = 0.025


def one_in(share: float) -> str:
    """A chance as people say it: ``about 1 in 3``; nothing where no such fraction is near."""
    of, all = min(FRACTIONS, key=lambda f: abs(share - f[0] / f[1]))
    return f"about {of} in {all}" if abs(share - of / all) <= NEAR else ""
