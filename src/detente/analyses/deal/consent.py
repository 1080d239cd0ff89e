"""Who has to say yes at a table: the agreement tree by names, and in words."""

from __future__ import annotations

from collections.abc import Sequence

from detente.agreement import Agreement, all_of
from detente.analyses.deal.result import Consent
from detente.analyses.words import Words
from detente.figures import joined, spelt

__all__ = ["consent", "whose"]


def consent(tree: Agreement, names: Sequence[str]) -> Consent:
    """A tree over positions in ``names``, as one over the names."""
    whole = all_of(tree) if isinstance(tree, int) else tree
    branches = (names[b] if isinstance(b, int) else consent(b, names) for b in whole.branches)
    return Consent(tuple(branches), whole.weights, whole.quota)


def whose(tree: Consent | str, words: Words) -> str:
    """Whose consent a tree needs: ``A, B and any two of C, D and E``."""
    if isinstance(tree, str):
        return words.faction(tree)
    needed = list(dict.fromkeys(_needed(tree)))
    if needed != [tree]:
        return joined([whose(branch, words) for branch in needed])
    names = [whose(b, words) if isinstance(b, str) else f"({whose(b, words)})" for b in tree.branches]
    if len(set(tree.weights)) == 1:
        return f"any {spelt(-(-tree.quota // tree.weights[0]))} of {joined(names)}"
    votes = joined([f"{name} ({w})" for name, w in zip(names, tree.weights, strict=True)])
    return f"at least {tree.quota:,} of the votes of {votes}"


def _needed(tree: Consent | str) -> list[Consent | str]:
    """The branches that all have to say yes, and theirs; the tree itself where it leaves a choice."""
    if isinstance(tree, str):
        return [tree]
    without_any = (sum(tree.weights) - w < tree.quota for w in tree.weights)
    return [n for b in tree.branches for n in _needed(b)] if all(without_any) else [tree]
