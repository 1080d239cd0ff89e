"""How likely and how sure, in words of a stated scale."""

from __future__ import annotations

__all__ = ["SCALE", "likelihood", "of_three", "scale"]

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


def of_three(share: float) -> str:
    """A chance as people say it: ``about 1 in 3``; nothing where no small fraction is near."""
    for below, words in (
        (0.06, "about 1 in 20"),
        (0.12, "about 1 in 10"),
        (0.22, "about 1 in 5"),
        (0.29, "about 1 in 4"),
        (0.4, "about 1 in 3"),
        (0.57, "about 1 in 2"),
        (0.7, "about 2 in 3"),
        (0.78, "about 3 in 4"),
        (0.88, "about 4 in 5"),
        (0.96, "about 9 in 10"),
    ):
        if share < below:
            return words if share >= 0.03 else ""
    return ""
