"""Versions of a case, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from detente.errors import UsageError, in_python
from detente.study.answer import Answer, supposing
from detente.study.study import Study

if TYPE_CHECKING:
    from detente.analyses.compare import CompareResult

__all__ = ["compare"]


def compare(
    *studies: Study, names: Sequence[str] | None = None, weights: Sequence[float] | None = None
) -> Answer[CompareResult]:
    """What versions of a case answer, and what in them makes the answers differ; the first is what the others differ from.

    All are drawn beside the first: what is the same in two versions is the same in every draw. ``names``: what to call them;
    default: the ids of their cases, with what was changed. ``weights``: how much each counts where they are pooled.
    """
    with in_python():
        called = _names(studies) if names is None else list(names)
        if len(called) != len(studies) or len(set(called)) < len(called):
            raise UsageError(
                f"names must be one for each of {len(studies)} studies, all different: found {called}"
            )
        from detente.analyses.compare import Version, compare
        from detente.analyses.compare.document import document

        beside = list(accumulate(studies, Study.beside))
        found = compare(
            [Version(name, study.case, study.ready) for name, study in zip(called, beside, strict=True)],
            weights=weights,
        )
        case, changes = studies[0].case.case, studies[0].case.changes
        ids = " and ".join(dict.fromkeys(study.case.case.id for study in studies))
        return Answer(f"compare of {ids}", lambda: supposing(document(found, case), changes), found, changes)


def _names(studies: Sequence[Study]) -> list[str]:
    found: list[str] = []
    for study in studies:
        changed = ", ".join(f"{c.path}={c.after}" for c in study.case.changes)
        name = study.case.case.id + (f" with {changed}" if changed else "")
        n, free = 2, name
        while free in found:
            free, n = f"{name} ({n})", n + 1
        found.append(free)
    return found
