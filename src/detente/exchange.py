"""Verbs that exchange files with other tools: what they have becomes a case, and a case becomes what they read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente import __version__
from detente.arguments import CaseArgument, ForceOption, JsonOption, Once
from detente.errors import UsageError
from detente.terminal import complain, say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from detente.formats.domain import Told

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
        typer.Option("--output", "-o", metavar="CASE.yaml", help="Where to write; default: the case's id."),
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
    """Read files of other tools as a case, and say what was given, assumed and lost."""
    from detente.case.reading import read_case
    from detente.formats.importing import read_files
    from detente.storage import target, write_text

    found = read_files(files, levels=levels, title=title)
    where = target(output or Path(f"{found.id}.yaml"), force=force)
    read = read_case(found.text, where.name)
    write_text(where, found.text)
    if as_json:
        say_json({"detente": __version__, "verb": "import", "file": where.name, **found.to_json()})
        return
    speak = say if where.file else _remark
    _tell(found.told, speak)
    for warning in read.warnings:
        speak(f"warning  {warning.message}")
    speak(where.name)


def _tell(told: Iterable[Told], speak: Callable[[str], None]) -> None:
    for one in told:
        speak(f"{one.kind:8} {one.where + ': ' if one.where else ''}{one.what}")


def _remark(line: str) -> None:
    complain([line])


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
    force: ForceOption = False,
) -> None:
    """Write a case as files of other tools, and say what they cannot hold."""
    from detente.case.reading import load_case
    from detente.catalogue import resolve
    from detente.formats.exporting import WRITERS, save

    read = load_case(resolve(case)).case
    asked = {
        name: folder
        for name, folder in (("negmas", negmas), ("genius", genius), ("geniusweb", geniusweb))
        if folder
    }
    if not asked:
        raise UsageError("say as what to export: --negmas DIR, --genius DIR or --geniusweb DIR")
    for name, folder in asked.items():
        files, told = WRITERS[name](read)
        written = save(files, folder, force=force)
        _tell(told, _remark)
        for where in written:
            say(where)
