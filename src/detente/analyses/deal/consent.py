"""Who has to say yes at a table: the agreement tree by names, and in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from detente.agreement import Agreement, all_of
from detente.analyses.deal.result import Consent
from detente.analyses.words import Words
from detente.figures import joined, spelt

__all__ = ["consent", "whose"]


def consent(
    tree: Agreement, names: Sequence[str], guards: Sequence[Mapping[str, tuple[str, ...]]] = ()
) -> Consent:
    """A tree over positions in ``names``, and after them in ``guards`` (issue → options), as one over the names."""
    whole = all_of(tree) if isinstance(tree, int) else tree
    for b, branch in enumerate(whole.branches):
        # "They stay as they are, or so and so says yes" is how a table writes a condition.
        if isinstance(branch, int) and branch >= len(names):
            (asked,) = whole.branches[:b] + whole.branches[b + 1 :]
            inner = consent(asked, names, guards)
            return Consent(inner.branches, inner.weights, inner.quota, guards[branch - len(names)])
    branches = (names[b] if isinstance(b, int) else consent(b, names, guards) for b in whole.branches)
    return Consent(tuple(branches), whole.weights, whole.quota)


def whose(tree: Consent | str, words: Words) -> str:
    """Whose consent a tree needs: ``A, B and any two of C, D and E``."""
    if isinstance(tree, str):
        return words.faction(tree)
    if tree.when:
        where = joined([_moves(issue, options, words) for issue, options in tree.when.items()], "or")
        return f"{whose(replace(tree, when={}), words)} (only where {where})"
    every = _needed(tree)
    needed = [branch for n, branch in enumerate(every) if branch not in every[:n]]
    if needed != [tree]:
        return joined([whose(branch, words) for branch in needed])
    names = [whose(b, words) if isinstance(b, str) else f"({whose(b, words)})" for b in tree.branches]
    if len(set(tree.weights)) == 1:
        return f"any {spelt(-(-tree.quota // tree.weights[0]))} of {joined(names)}"
    votes = joined([f"{name} ({w})" for name, w in zip(names, tree.weights, strict=True)])
    return f"at least {tree.quota:,} of the votes of {votes}"


def _moves(issue: str, options: Collection[str], words: Words) -> str:
    """That an issue moves, or moves to some of its options."""
    spec = words.case.issues[issue]
    if len(options) >= len(spec.options) - (spec.status_quo is not None):
        return f"{words.issue(issue)} moves"
    return f"{words.issue(issue)} becomes {joined([words.option(issue, o) for o in options], 'or')}"


def _needed(tree: Consent | str) -> list[Consent | str]:
    """The branches that all have to say yes, and theirs; the tree itself where it leaves a choice."""
    if isinstance(tree, str) or tree.when:
        return [tree]
    without_any = (sum(tree.weights) - w < tree.quota for w in tree.weights)
    return [n for b in tree.branches for n in _needed(b)] if all(without_any) else [tree]
