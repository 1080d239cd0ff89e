"""Verbs that exchange files with other tools and with classrooms: what they have becomes a case, and a case becomes what they read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente import __version__
from detente.arguments import (
    CaseArgument,
    ForceOption,
    JsonOption,
    Once,
    OneTrackOption,
    SetOption,
    asked_case,
    asked_study,
)
from detente.errors import CaseError, DetenteError, UsageError
from detente.figures import plural
from detente.terminal import remark, say, say_json, say_where, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from detente.case.reading import ReadCase
    from detente.formats.domain import Told
    from detente.formats.sets import Set

__all__ = ["exchange"]

exchange = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@exchange.command("import", cls=Once)
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE|FOLDER...",
            help="GENIUS XML, GeniusWeb, NegMAS or NegoLog JSON or YAML: a domain and profiles; a .gmcr conflict; score sheets (.txt) "
            "with their config.txt; a .csv or .xlsx sheet.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="CASE.yaml|DIR",
            help="Where to write; default: the case's id. Of several negotiations in a folder, the folder for their cases.",
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", help="Title of the case; default: the domain's.")
    ] = None,
    levels: Annotated[
        int | None,
        typer.Option(
            "--levels",
            min=2,
            max=32,
            help="At how many levels an issue is read that is a number; default: all, or 11.",
        ),
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read files of other tools as a case, or a folder of several negotiations as one each, and say what was given, assumed and lost."""
    from detente.formats.importing import read_files
    from detente.formats.sets import sets_in
    from detente.storage import target, write_text

    sets = sets_in(files[0]) if len(files) == 1 and files[0].is_dir() else []
    if len(sets) > 1:
        if title is not None:
            raise UsageError(
                f"--title is of one case, and {files[0]} has {len(sets)} negotiations: leave it out"
            )
        if output is None:
            raise UsageError(
                f"{files[0]} has {len(sets)} negotiations: say with --output DIR into which folder their cases go"
            )
        _import_all(sets, output, levels, force=force, as_json=as_json)
        return
    files = sets[0].paths if sets else files
    found = read_files(files, levels=levels, title=title)
    where = target(output or Path(f"{found.id}.yaml"), force=force)
    write_text(where, found.text)
    if as_json:
        say_json({"detente": __version__, "verb": "import", "file": where.name, **found.to_json()})
        return
    speak = say if where.file else remark
    _tell(found.told, speak)
    for warning in found.read.warnings:
        speak(f"warning  {warning.message}")
    say_where(where)


def _import_all(sets: Sequence[Set], folder: Path, levels: int | None, *, force: bool, as_json: bool) -> None:
    """A case of each negotiation, and a sentence for each of which none can be made; exit code 3 where there is such."""
    from detente.formats.domain import ids
    from detente.formats.exporting import save
    from detente.formats.importing import read_files

    made, refused = [], []
    for one, name in zip(sets, ids([one.name for one in sets]), strict=True):
        try:
            found = read_files(one.paths, levels=levels, title=one.title)
        except DetenteError as error:
            refused.append({"from": one.name, "why": str(error)})
            remark(f"refused  {one.name}: {error}")
            continue
        (where,) = save({f"{name}.yaml": found.text}, folder, force=force)
        made.append({"from": one.name, "file": where, **found.to_json()})
        if not as_json:
            say(where)
    if as_json:
        say_json({"detente": __version__, "verb": "import", "cases": made, "refused": refused})
    remark(
        f"{len(made)} of {plural(len(sets), 'negotiation')}; what was given, assumed and lost stands in each case"
    )
    if refused:
        raise typer.Exit(CaseError.exit_code)


def _tell(told: Iterable[Told], speak: Callable[[str], None]) -> None:
    for one in told:
        speak(f"{one.kind:8} {one.where + ': ' if one.where else ''}{one.what}")


@exchange.command(cls=Once)
def export(
    case: CaseArgument,
    negmas: Annotated[
        Path | None,
        typer.Option("--negmas", metavar="DIR", help="As NegMAS YAML: domain.yml and a file for each side."),
    ] = None,
    genius: Annotated[
        Path | None,
        typer.Option("--genius", metavar="DIR", help="As GENIUS XML: domain.xml and a file for each side."),
    ] = None,
    geniusweb: Annotated[
        Path | None,
        typer.Option(
            "--geniusweb", metavar="DIR", help="As GeniusWeb JSON: domain.json and a file for each side."
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="DIR", help="As a sheet, sheet.csv: options in rows, factions in columns."
        ),
    ] = None,
    xlsx: Annotated[
        Path | None,
        typer.Option("--xlsx", metavar="FILE", help="The same as a workbook (extra 'spreadsheets')."),
    ] = None,
    force: ForceOption = False,
    changes: SetOption = None,
) -> None:
    """Write a case as files of other tools, or as a spreadsheet, and say what they cannot hold."""
    from detente.formats.exporting import WRITERS, save

    read = asked_case(case, changes)
    for change in read.changes:
        remark(f"with {change.sentence}")
    folders = {"negmas": negmas, "genius": genius, "geniusweb": geniusweb}
    asked = {name: folder for name, folder in folders.items() if folder}
    if not (asked or csv or xlsx):
        raise UsageError(
            "say as what to export: --negmas DIR, --genius DIR, --geniusweb DIR, --csv DIR or --xlsx FILE"
        )
    for name, folder in asked.items():
        files, told = WRITERS[name](read.case)
        written = save(files, folder, force=force)
        _tell(told, remark)
        for where in written:
            say(where)
    if csv or xlsx:
        _spreadsheet(read, csv, xlsx, force=force)


def _spreadsheet(read: ReadCase, csv: Path | None, xlsx: Path | None, *, force: bool) -> None:
    from detente.formats.exporting import save
    from detente.formats.grids import csv_text, workbook
    from detente.formats.sheets import sheet_of
    from detente.storage import target, write_bytes

    sheet, told = sheet_of(read.case)
    place = None if xlsx is None else target(xlsx, force=force)  # before anything is written
    _tell(told, remark)
    if csv is not None:
        for where in save({"sheet.csv": csv_text(sheet)}, csv, force=force):
            say(where)
    if place is not None:
        write_bytes(place, workbook([("sheet", sheet)]))
        say_where(place)


@exchange.command(cls=Once)
def debrief(
    case: CaseArgument,
    agreements: Annotated[
        Path,
        typer.Argument(
            metavar="AGREEMENTS.csv",
            help="A row for each group: its name, and the option it agreed on for each issue.",
        ),
    ],
    track: OneTrackOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.html", help="Write it as a page.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write it as a sheet.")] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    changes: SetOption = None,
) -> None:
    """What did groups agree who negotiated this case, and what did they leave on the table?"""
    from detente.analyses.debrief.document import rows
    from detente.formats.grids import csv_text
    from detente.storage import target, write_text

    study = asked_study(case, changes)
    if output is not None and output == csv:
        raise UsageError(f"--output and --csv are both {output}: give each a file of its own")
    places = {path: target(path, force=force) for path in (output, csv) if path is not None}
    answer = study.debrief(agreements, track)
    if output is not None:
        write_text(places[output], answer.html())
    if csv is not None:
        write_text(places[csv], csv_text(rows(answer.result, study.case.case)))
    if as_json:
        say_json(answer.to_dict())
    elif places:
        for where in places.values():
            say_where(where)
    else:
        show(answer.document)
