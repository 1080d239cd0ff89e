"""Every command of the programme over one case, with so few draws and worlds that each takes little."""

from __future__ import annotations

from pathlib import Path

__all__ = ["KITCHEN", "SMALL", "VERBS", "commands"]

HERE = Path(__file__).parent
KITCHEN = HERE / "kitchen-sink.yaml"
DRAWS = ("--draws", "64")
# The least work that each verb can be asked for.
SMALL: dict[str, tuple[str, ...]] = {
    "check": (),
    "deal": DRAWS,
    "flips": DRAWS,
    "stability": DRAWS,
    "roadmap": DRAWS,
    "outlook": (*DRAWS, "--worlds", "2"),
    "report": DRAWS,
    "diff": (),
    "compare": DRAWS,
}
VERBS = tuple(SMALL)


def commands(
    case: str, page: str, original: str = str(KITCHEN), verbs: tuple[str, ...] = VERBS
) -> list[list[str]]:
    """Arguments of every command over a case; ``page`` is where the report is written."""
    found: list[list[str]] = []
    for verb in verbs:
        small = list(SMALL[verb])
        if verb == "report":
            found.append([verb, case, "-o", page, *small])
        elif verb in ("diff", "compare"):
            found += [[verb, original, case, *small], [verb, original, case, "--json", *small]]
        else:
            found += [[verb, case, *small], [verb, case, "--json", *small]]
        if verb == "check":
            found += [[verb, case, "--sources", str(HERE)], [verb, case, "--weights"]]
    return found
