"""The command line: words in, words out. It alone writes files, through :mod:`detente.storage`.

Nothing heavy is imported before a command needs it: ``--help`` and ``check`` start at once.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from detente import __version__
from detente.arguments import (
    AllOption,
    CaseArgument,
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
    SupposeOption,
    TablesOption,
    WidenOption,
    WithoutOption,
    WorkersOption,
    asked_study,
)
from detente.browse import browse
from detente.casefiles import casefiles
from detente.completion import cases as completed
from detente.errors import CaseError, DetenteError, LimitError, OutputError, UsageError
from detente.exchange import exchange
from detente.figures import plural
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
    from collections.abc import Callable, Iterator

    from detente.analyses.deal import DealResult
    from detente.analyses.deal.draft import DraftResult
    from detente.document import Document
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
app.add_typer(casefiles)
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
    tables: TablesOption = None,
    force: ForceOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
    fail_if_no_deal: Annotated[
        bool, typer.Option("--fail-if-no-deal", help="Exit with 1 if no package is agreed at best estimates.")
    ] = False,
) -> None:
    """Is there a zone of agreement, which packages are worth proposing, who blocks?"""
    study, keep = asked_study(case, changes, seed, draws, widen), _kept(tables, force=force)
    with _working("drawing judgements" if package is None else "looking at the draft"):
        _told_draws(study)
        answer = study.deal(track=track, package=package)
    _say(answer, as_json=as_json, everything=everything, keep=keep)
    if fail_if_no_deal and not _agreed(answer.result):
        raise typer.Exit(NO_DEAL)


@app.command(cls=Once)
def flips(  # noqa: PLR0913
    case: CaseArgument,
    track: OneTrackOption = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
    tables: TablesOption = None,
    force: ForceOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """Which single judgement, changed how little, would change the answer?"""
    study, keep = asked_study(case, changes, seed, draws, widen), _kept(tables, force=force)
    with _working("changing one judgement at a time"):
        _told_draws(study)
        answer = study.flips(track)
    _say(answer, as_json=as_json, everything=everything, keep=keep)


@app.command(cls=Once)
def stability(  # noqa: PLR0913
    case: CaseArgument,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--wanted", metavar="ISSUE=OPTION", help="Part of the situation hoped for (repeatable)."
        ),
    ] = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
    tables: TablesOption = None,
    force: ForceOption = False,
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

    keep = _kept(tables, force=force)
    study = asked_study(case, changes, seed, 1024 if draws is None else draws, widen)
    with _working("walking the standoff"):
        if not study.case.case.ordinal:
            _told_draws(study)
        asked = typed_package("--wanted", wanted, study.case.case)
        answer = study.stability(asked, draws)
    _say(answer, as_json=as_json, everything=everything, keep=keep)


@app.command(cls=Once)
def roadmap(  # noqa: PLR0913
    case: CaseArgument,
    package: PackageOption = "most_acceptable",
    track: OneTrackOption = None,
    counted_on: CountedOption = None,
    suppose: SupposeOption = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
    tables: TablesOption = None,
    force: ForceOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """In what order could a package be carried out, and would it hold?"""
    from detente.case.package import assigned

    study, keep = asked_study(case, changes, seed, draws, widen), _kept(tables, force=force)
    with _working("putting steps in order"):
        _told_draws(study)
        readings = assigned("--suppose", suppose)
        answer = study.roadmap(package, track, tuple(counted_on or ()), readings)
    _say(answer, as_json=as_json, everything=everything, keep=keep)


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
    tables: TablesOption = None,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """What happens without a deal, and on whose side is time?"""
    answered = {
        "--questions": questions,
        "--all": everything,
        "--json": as_json,
        "--tables": tables is not None,
    }
    if part is not None and any(answered.values()):
        option = next(option for option, given in answered.items() if given)
        raise UsageError(
            f"{option}: a share of the worlds answers nothing; give it where the shares are put together, with --merge"
        )
    if questions and everything:
        raise UsageError("--all is the whole answer, --questions only the dated ones: give one of the two")
    study, keep = asked_study(case, changes, seed, draws, widen), _kept(tables, force=force)
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
    elif questions:
        shown = dated(answer.result, study.case.case.title)
        if as_json:
            say_json({id: dict(q.answers) for id, q in answer.result.questions.items()})
        else:
            show(shown)
        keep(shown)
    else:
        _say(answer, as_json=as_json, everything=everything, keep=keep)


@app.command(cls=Once)
def compare(  # noqa: PLR0913
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
    tables: TablesOption = None,
    force: ForceOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
) -> None:
    """What do versions of a case answer, side by side, and what in them makes the answers differ?"""
    from detente.case.edited import typed_changes
    from detente.study import compare as ask

    keep = _kept(tables, force=force)
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
    _say(answer, as_json=as_json, everything=everything, keep=keep)


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
    tables: TablesOption = None,
    force: ForceOption = False,
    seed: SeedOption = 0,
    draws: DrawsOption = 1024,
    widen: WidenOption = 1.0,
    changes: SetOption = None,
) -> None:
    """Write the whole briefing as one self-contained HTML page, and print where it is."""
    from detente.storage import target, write_text

    study, keep = asked_study(case, changes, seed, draws, widen), _kept(tables, force=force)
    where = target(output or Path(f"{study.case.case.id}.html"), force=force, ours=_is_page)
    if where.file is not None and where.file.suffix.lower() not in ("", ".html", ".htm"):
        raise UsageError(
            f"{where.name}: a briefing is an HTML page: write it to {where.file.with_suffix('.html').name}, and "
            "print it from the browser for another format"
        )
    with _working("preparing the briefing"):
        from detente.abreast import alone
        from detente.render.pictures import begin, can_draw
        from detente.study.beside import compiled_beside

        can_draw()  # before the work
        if alone():
            begin(study.case.text)
        _told_draws(study)
        with compiled_beside(study.case.file):
            briefing = study.report()
        write_text(where, briefing.html())
    say_where(where)
    keep(briefing.document)


def _is_page(beginning: bytes) -> bool:
    from detente.render.html import MARK

    return MARK.encode() in beginning


# --- the doors' furniture ---------------------------------------------------------------------------------


def _kept(tables: Path | None, *, force: bool) -> Callable[[Document], None]:
    """What writes the tables of an answer where ``--tables`` says; whether that may be written to is looked at here, before the work."""
    if tables is None:
        return lambda _: None
    from detente.formats.tables import tables_to

    write = tables_to(tables, force=force)

    def keep(document: Document) -> None:
        remark(f"{plural(write(document), 'table')}: {tables}")

    return keep


def _say(answer: Answer[Any], *, as_json: bool, everything: bool, keep: Callable[[Document], None]) -> None:
    """An answer on the standard output: as JSON, on one screen or whole; and its tables where they are to go."""
    if as_json:
        say_json(answer.to_dict())
    else:
        show(answer.document, everything=everything)
    keep(answer.document)


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
