"""The command line: words in, words out. It alone writes files, through :mod:`detente.storage`.

Nothing heavy is imported before a command needs it: ``--help`` and ``check`` start at once.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from detente import __version__
from detente.arguments import (
    AllOption,
    CaseArgument,
    Check,
    ClusterOption,
    ComparedOption,
    CountedOption,
    DrawsOption,
    ForceOption,
    JsonOption,
    MergeOption,
    Once,
    OneTrackOption,
    PackageOption,
    PartOption,
    SeedOption,
    SetOption,
    SourcesOption,
    SupposeOption,
    WidenOption,
    WithoutOption,
    WorkersOption,
    asked_case,
    asked_study,
    folder_of_texts,
)
from detente.browse import browse
from detente.completion import cases as completed
from detente.errors import CaseError, DetenteError, LimitError, OutputError, UsageError
from detente.exchange import exchange
from detente.figures import agree, plural
from detente.terminal import (
    complain,
    finish,
    open_streams,
    page_answers,
    remark,
    say,
    say_json,
    say_text,
    say_where,
    show,
    working,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detente.analyses.deal import DealResult
    from detente.analyses.deal.draft import DraftResult
    from detente.study import Answer, Study

__all__ = ["app", "main"]

ISSUES = "the project's issue tracker"
INTERNAL = 70
NO_DEAL = 1


app = typer.Typer(
    name="detente",
    help="Is there a deal, which one, in what order, would it hold, and what would flip it? One readable case file in, "
    "answers out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(browse)
app.add_typer(exchange)


def _version(asked: bool) -> None:
    if asked:
        say(f"detente {__version__}")
        raise typer.Exit


def _completion(shell: str | None) -> None:
    if shell is not None:
        from detente.completion import script

        say_text(script(shell))
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    completion: Annotated[
        str | None,
        typer.Option(
            "--completion",
            metavar="bash|zsh|fish",
            callback=_completion,
            is_eager=True,
            help="Print what lets this shell complete commands, options and cases.",
        ),
    ] = None,
    pager: Annotated[
        bool,
        typer.Option(
            "--pager/--no-pager",
            help="Answers longer than the window through $PAGER; default: on a terminal.",
        ),
    ] = True,
) -> None:
    """Is there a deal, which one, who blocks, and what would flip it?"""
    page_answers(pager)


# --- answers ----------------------------------------------------------------------------------------------


@app.command(cls=Once)
def deal(  # noqa: PLR0913
    case: CaseArgument,
    track: Annotated[
        list[str] | None, typer.Option("--track", help="Only this table (repeatable); default: all.")
    ] = None,
    package: Annotated[
        str | None,
        typer.Option(
            "--package",
            metavar="RULE|FILE|ISSUE=OPTION,...",
            help="Only what everybody at the table makes of this draft; what is left out stays as it is.",
        ),
    ] = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
    fail_if_no_deal: Annotated[
        bool, typer.Option("--fail-if-no-deal", help="Exit with 1 if no package is agreed at best estimates.")
    ] = False,
) -> None:
    """Is there a zone of agreement, which packages are worth proposing, who blocks?"""
    study = asked_study(case, changes, seed, draws, widen)
    with _working("drawing judgements" if package is None else "looking at the draft"):
        _told_draws(study)
        answer = study.deal(track=track, package=package)
    _say(answer, as_json=as_json, everything=everything)
    if fail_if_no_deal and not _agreed(answer.result):
        raise typer.Exit(NO_DEAL)


@app.command(cls=Once)
def flips(
    case: CaseArgument,
    track: OneTrackOption = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """Which single judgement, changed how little, would change the answer?"""
    study = asked_study(case, changes, seed, draws, widen)
    with _working("changing one judgement at a time"):
        _told_draws(study)
        answer = study.flips(track)
    _say(answer, as_json=as_json, everything=everything)


@app.command(cls=Once)
def stability(
    case: CaseArgument,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--wanted", metavar="ISSUE=OPTION", help="Part of the situation hoped for (repeatable)."
        ),
    ] = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
    seed: SeedOption = 0,
    draws: Annotated[
        int | None,
        typer.Option(
            "--draws", min=64, max=65536, help="How many draws to look at; default: 128, the report's own."
        ),
    ] = None,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """Which situations would nobody leave, given what the others could do back?"""
    from detente.case.package import typed_package

    study = asked_study(case, changes, seed, 1024 if draws is None else draws, widen)
    with _working("walking the standoff"):
        if not study.case.case.ordinal:
            _told_draws(study)
        asked = typed_package("--wanted", wanted, study.case.case)
        answer = study.stability(asked, draws)
    _say(answer, as_json=as_json, everything=everything)


@app.command(cls=Once)
def roadmap(  # noqa: PLR0913
    case: CaseArgument,
    package: PackageOption = "most_acceptable",
    track: OneTrackOption = None,
    counted_on: CountedOption = None,
    suppose: SupposeOption = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """In what order could a package be carried out, and would it hold?"""
    from detente.case.package import assigned

    study = asked_study(case, changes, seed, draws, widen)
    with _working("putting steps in order"):
        _told_draws(study)
        readings = assigned("--suppose", suppose)
        answer = study.roadmap(package, track, tuple(counted_on or ()), readings)
    _say(answer, as_json=as_json, everything=everything)


@app.command(cls=Once)
def outlook(  # noqa: PLR0913
    case: CaseArgument,
    package: ComparedOption = None,
    track: Annotated[
        str | None, typer.Option("--track", help="The package's table; default: the first.")
    ] = None,
    without: WithoutOption = None,
    worlds: Annotated[
        int, typer.Option("--worlds", min=2, max=1_000_000, help="Worlds for each draw.")
    ] = 128,
    workers: WorkersOption = 0,
    cluster: ClusterOption = None,
    part: PartOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where a share is written; default: CASE-ID-K-N.npz."),
    ] = None,
    merge: MergeOption = None,
    force: ForceOption = False,
    questions: Annotated[
        bool,
        typer.Option(
            "--questions", help="Only the dated questions; with --json, their ids and probabilities."
        ),
    ] = False,
    everything: AllOption = False,
    as_json: JsonOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """What happens without a deal, and on whose side is time?"""
    answered = {"--questions": questions, "--all": everything, "--json": as_json}
    if part is not None and any(answered.values()):
        option = next(option for option, given in answered.items() if given)
        raise UsageError(
            f"{option}: a share of the worlds answers nothing; give it where the shares are put together, with --merge"
        )
    if questions and everything:
        raise UsageError("--all is the whole answer, --questions only the dated ones: give one of the two")
    study = asked_study(case, changes, seed, draws, widen)
    with _working("simulating worlds"):
        from detente.analyses.outlook.short import questions as dated
        from detente.world.shares import Sharing, gathered, share_file

        where = share_file(study.case.case.id, part, output, force=force)
        _told_draws(study)
        say_parts = _progress if workers or cluster else None
        with gathered(
            workers=workers, cluster=cluster, part=part, files=merge or (), say=say_parts, warn=remark
        ) as crew:
            answer = study.outlook(package, track, tuple(without or ()), worlds, crew=crew)
    if where is not None and isinstance(crew, Sharing):
        crew.save(where)
        say_where(where)
    elif questions and as_json:
        say_json({id: dict(q.answers) for id, q in answer.result.questions.items()})
    elif questions:
        show(dated(answer.result, study.case.case.title))
    else:
        _say(answer, as_json=as_json, everything=everything)


@app.command(cls=Once)
def compare(
    cases: Annotated[
        list[str],
        typer.Argument(
            metavar="CASE...",
            help="Versions of a case; the first is what the others differ from.",
            autocompletion=completed,
        ),
    ],
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Compare one case with itself with this value (repeatable: all at once); of several cases, suppose it in each.",
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="W,W,...", help="Pool the versions, each counting for so much."),
    ] = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
) -> None:
    """What do versions of a case answer, side by side, and what in them makes the answers differ?"""
    from detente.case.edited import typed_changes
    from detente.study import compare as ask

    studies = [asked_study(case, changes if len(cases) > 1 else None, seed, draws, widen) for case in cases]
    names: list[str] | None = None if len(set(cases)) < len(cases) else [Path(case).stem for case in cases]
    if len(cases) == 1 and changes:
        studies.append(studies[0].changed(typed_changes(changes)))
        names = ["as it is", "supposed"]
    if names is not None and len(set(names)) < len(names):
        names = list(cases)
    pooled = None if weights is None else _numbers("--weights", weights)
    with _working("comparing versions"):
        _told_draws(studies[0])
        answer = ask(*studies, names=names, weights=pooled)
    _say(answer, as_json=as_json, everything=everything)


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(
            f"{option} {text}: numbers with commas between them were expected, as in 2,1,1"
        ) from None


@app.command(cls=Once)
def report(
    case: CaseArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write; default: CASE-ID.html here.")
    ] = None,
    force: ForceOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """Write the whole briefing as one self-contained HTML page, and print where it is."""
    from detente.storage import target, write_text

    study = asked_study(case, changes, seed, draws, widen)
    where = target(output or Path(f"{study.case.case.id}.html"), force=force, ours=_is_page)
    if where.file is not None and where.file.suffix.lower() not in ("", ".html", ".htm"):
        raise UsageError(
            f"{where.name}: a briefing is an HTML page: write it to {where.file.with_suffix('.html').name}, and "
            "print it from the browser for another format"
        )
    with _working("preparing the briefing"):
        from detente.render.html import can_draw

        can_draw()  # before the work
        _told_draws(study)
        write_text(where, study.report().html())
    say_where(where)


def _is_page(beginning: bytes) -> bool:
    from detente.render.html import MARK

    return MARK.encode() in beginning


# --- case files -------------------------------------------------------------------------------------------


@app.command(cls=Check)
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


@app.command(cls=Once)
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


# --- the doors' furniture ---------------------------------------------------------------------------------


def _say(answer: Answer[Any], *, as_json: bool, everything: bool) -> None:
    """An answer on the standard output: as JSON, on one screen or whole."""
    if as_json:
        say_json(answer.to_dict())
    else:
        show(answer.document, everything=everything)


def _agreed(result: DealResult | DraftResult) -> bool:
    from detente.analyses.deal import DealResult

    return bool(result.main.packages.acceptable) if isinstance(result, DealResult) else result.agreed


def _progress(done: int, parts: int) -> None:
    if parts > 1:
        remark(f"simulated {done} of {parts} parts")


def _told_draws(study: Study) -> None:
    if study.ready.draws != study.draws:
        remark(f"--draws {study.draws}: {study.ready.draws} are drawn, the next number that spreads evenly")


@contextmanager
def _working(what: str) -> Iterator[None]:
    """A sign of life, and a word where kernels have to be compiled first or cannot be kept."""
    from detente import cache
    from detente.kernels import is_cold

    if is_cold:
        once = "" if cache.trouble() else "First run on this machine: "
        remark(
            f"{once}the numerical kernels are compiled, which takes up to a few minutes on a slow machine. "
            f"{cache.trouble()}".strip()
        )
    said = cache.trouble() if is_cold else ""
    try:
        with working(what):
            yield
    finally:
        if cache.trouble() != said:
            remark(cache.trouble())


def _lines(error: DetenteError) -> list[str]:
    said = error.typed or str(error)
    return said.split("\n") if isinstance(error, CaseError) else [f"detente: {said}"]


def _run() -> int:
    """Run the command line and return its exit code; every error becomes one clear message."""
    try:
        if os.environ.get("_DETENTE_COMPLETE"):
            from detente.completion import prepare

            prepare()
        app(standalone_mode=True)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except DetenteError as error:
        complain(_lines(error))
        return error.exit_code
    except MemoryError:
        complain(["detente: the memory is used up: ask for fewer --draws (or --worlds)"])
        return LimitError.exit_code
    except Exception as error:
        if os.environ.get("DETENTE_DEBUG"):
            raise
        complain(
            (
                f"detente: internal error, ours and not yours: {type(error).__name__}: {error}",
                f"Please report it on {ISSUES} with the command and, if you can share it, the case file; "
                "DETENTE_DEBUG=1 shows where it happened.",
            )
        )
        return INTERNAL
    return 0


def main() -> NoReturn:
    """Run the command line on the standard streams and end the process."""
    open_streams()
    # A short run that keeps nearly all that it makes: looking for garbage often finds none and costs a tenth.
    gc.set_threshold(100_000, 50, 50)
    code = _run()
    try:
        finish()
    except OutputError as error:
        complain(_lines(error))
        code = code or error.exit_code
    raise SystemExit(code)
