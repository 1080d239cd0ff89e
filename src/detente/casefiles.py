"""Verbs about case files: what is wrong with one, and a new one to begin with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from detente import __version__
from detente.arguments import (
    CaseArgument,
    Check,
    JsonOption,
    Once,
    SetOption,
    SourcesOption,
    asked_case,
    folder_of_texts,
)
from detente.errors import CaseError, UsageError
from detente.figures import agree, plural
from detente.terminal import say, say_json, say_where

__all__ = ["casefiles"]

casefiles = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@casefiles.command(cls=Check)
def check(
    case: CaseArgument,
    sources: SourcesOption = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="Print the weights as they act, normalised to sum to 100.")
    ] = False,
    as_json: JsonOption = False,
    changes: SetOption = None,
) -> None:
    """Read a case, say what is wrong with it, and warn as a good colleague would."""
    from detente.case.advice import effective_weights
    from detente.case.checks import fingerprints, verify_quotations
    from detente.study import changed_json

    read = asked_case(case, changes)
    texts = folder_of_texts(sources, case)
    verdicts = [] if texts is None else verify_quotations(read.case, texts)
    bad = [v for v in verdicts if not v.found]
    acting = {f: effective_weights(p) for f, p in read.case.preferences.items() if p.weights}
    if as_json:
        say_json(
            {
                "detente": __version__,
                "case": read.case.id,
                "verb": "check",
                "warnings": [
                    {"line": w.line, "column": w.column, "path": w.path, "message": w.message}
                    for w in read.warnings
                ],
                "effective_weights": {
                    f: {i: [w.low, w.median, w.high] for i, w in shares.items()}
                    for f, shares in acting.items()
                },
                "quotations": [v.to_json() for v in verdicts],
                "texts": {} if texts is None else fingerprints(texts),
                **changed_json(read.changes),
            }
        )
    else:
        for warning in read.warnings:
            say(read.said(replace(warning, message=f"warning: {warning.message}")))
        for v in verdicts:
            if v.found:
                say(
                    f"{v.path}: {v.file}:{v.line}, offset {v.offset}, {v.matches} {agree(v.matches, 'match', 'matches')}"
                )
        for verdict in bad:
            say(f"{read.file}: {verdict.path}: not found in the texts of {texts}: {verdict.why}")
        for faction, shares in acting.items() if weights else ():
            for issue, w in shares.items():
                typed = read.case.preferences[faction].weights[issue]
                say(
                    f"{faction}.weights.{issue}: typed {typed.low:g} {typed.median:g} {typed.high:g}, "
                    f"acts as {w.low:.1f} {w.median:.1f} {w.high:.1f}"
                )
        parties = len(read.case.parties)
        parts = [f"{parties} {agree(parties, 'party', 'parties')}", plural(len(read.case.issues), "issue")]
        if texts is not None:
            parts.append(f"{len(verdicts) - len(bad)} of {plural(len(verdicts), 'quotation')} found")
        say(f"{read.case.id}: valid; {', '.join(parts)}, {plural(len(read.warnings), 'warning')}")
        for change in read.changes:
            say(f"with {change.sentence}")
    if bad:
        raise typer.Exit(CaseError.exit_code)


@casefiles.command(cls=Once)
def new(
    file: Annotated[Path, typer.Argument(metavar="TARGET", help="The file to write.")] = Path("my-case.yaml"),
    bundled: Annotated[
        str | None, typer.Option("--from", help="Start from this bundled case, word for word.")
    ] = None,
    more: Annotated[
        str | None,
        typer.Option(
            "--with",
            metavar="BLOCK,...",
            help="With tables, roadmap, gestures, standoff or world beside the deal; any of them together.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
) -> None:
    """Write a commented starter case, or a copy of a bundled one to change."""
    from detente.case.starter import starter
    from detente.catalogue import path
    from detente.storage import target, write_text

    if more is not None and bundled is not None:
        raise UsageError(
            "--with is for the starter; a bundled case is copied word for word: give one of the two"
        )
    blocks = () if more is None else tuple(part.strip() for part in more.split(","))
    text = starter(*blocks) if bundled is None else path(bundled).read_text("utf-8")
    where = target(file, force=force)
    write_text(where, text)
    say_where(where)
