"""What may stand after a verb: arguments and options that several have, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

from detente.completion import cases
from detente.errors import UsageError

if TYPE_CHECKING:
    from detente.case.reading import ReadCase
    from detente.study import Study

__all__ = [
    "AllOption",
    "CaseArgument",
    "Check",
    "ClusterOption",
    "ComparedOption",
    "CountedOption",
    "DrawsOption",
    "ForceOption",
    "JsonOption",
    "MergeOption",
    "Once",
    "OneTrackOption",
    "PackageOption",
    "PartOption",
    "SeedOption",
    "SetOption",
    "SourcesOption",
    "SupposeOption",
    "TablesOption",
    "WidenOption",
    "WithoutOption",
    "WorkersOption",
    "asked_case",
    "asked_study",
    "folder_of_texts",
]

CaseArgument = Annotated[
    str,
    typer.Argument(metavar="CASE", help="A case file, or the name of a bundled case.", autocompletion=cases),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace a read-only file, or one that detente did not write.")
]
AllOption = Annotated[bool, typer.Option("--all", help="The whole answer, not only what fits a screen.")]
TablesOption = Annotated[
    Path | None,
    typer.Option(
        "--tables",
        metavar="DIR|FILE.xlsx",
        help="Write every table of the answer there as well, for a spreadsheet: a file .csv each, or a workbook.",
    ),
]
OneTrackOption = Annotated[str | None, typer.Option("--track", help="Which table; default: the first.")]
PackageOption = Annotated[
    str,
    typer.Option(
        "--package",
        metavar="RULE|FILE|ISSUE=OPTION,...",
        help="nash, kalai_smorodinsky, egalitarian, utilitarian or most_acceptable, as the deal analysis finds it; swap, swap_2 or "
        "swap_3, its first small exchanges; a file of 'issue: option' lines; or the same typed here.",
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws: same seed, same answer.")]
DrawsOption = Annotated[
    int, typer.Option("--draws", min=64, max=65536, help="How many draws from the judged ranges.")
]
WidenOption = Annotated[
    float, typer.Option("--widen", min=0.0, max=100.0, help="Stretch every judged range by this factor.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Suppose this value in place of the case's (repeatable), as in preferences.leader.no_deal=5.",
    ),
]
SourcesOption = Annotated[
    str | None,
    typer.Option(
        "--sources",
        metavar="[FOLDER]",
        help="Verify every quotation in the texts of this folder; without a folder, in those kept with the case.",
    ),
]
CountedOption = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="GUARANTEE", help="Count on this guarantee of the case (repeatable)."),
]
SupposeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--suppose",
        metavar="FACTION=READING",
        help="Take this reading for true (repeatable); default: the likeliest under which the package is acceptable.",
    ),
]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="PART",
        help="Make this part of the world stand still (repeatable).",
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="Simulate on the Dask cluster whose scheduler is there."
    ),
]
PartOption = Annotated[
    str | None,
    typer.Option("--part", metavar="K/N", help="Simulate only this share, and write it to --output."),
]
MergeOption = Annotated[
    list[Path] | None,
    typer.Option("--merge", metavar="FILE", help="Answer from the shares in these files; once for each."),
]
WorkersOption = Annotated[
    int,
    typer.Option("--workers", min=0, max=256, help="Simulate in so many processes; default: in threads."),
]
ComparedOption = Annotated[
    str | None,
    typer.Option(
        "--package",
        metavar="RULE|FILE|ISSUE=OPTION,...",
        help="Compare waiting with this package: a rule of the deal analysis, a file of 'issue: option' lines, or the same "
        "typed here.",
    ),
]
_Of = TypeVar("_Of", "ReadCase", "Study")

_KEPT = "\0"  # stands for no folder: no argument of a command can hold it


class Once(TyperCommand):
    """A command whose options are refused when given twice, unless they may be repeated: the last would win silently."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in order:
            if order.count(parameter) > 1 and not (
                parameter.multiple or getattr(parameter, "is_flag", False)
            ):
                ctx.fail(f"{parameter.opts[0]} is given more than once")
        return super().parse_args(ctx, args)

    def get_short_help_str(self, limit: int = 0) -> str:
        """The whole first sentence, which the list of commands wraps: a cut one says nothing."""
        return super().get_short_help_str(max(limit, 200))


class Check(Once):
    """``--sources`` may stand without a folder: at the end, or before another option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        given: list[str] = []
        for word, after in zip(args[:end], [*args[1:end], "--"], strict=True):
            given += [word, _KEPT] if word == "--sources" and after.startswith("-") else [word]
        return super().parse_args(ctx, given + args[end:])


def folder_of_texts(sources: str | None, case: str) -> Path | None:
    """The folder that ``--sources`` names; without one ``sources/NAME`` beside the case file ``NAME.yaml``.

    None: texts were not asked for. Raises ``UsageError`` if none are kept with the case.
    """
    if sources is None or sources != _KEPT:
        return None if sources is None else Path(sources)
    from detente.catalogue import resolve

    file = resolve(case)
    kept = file.parent / "sources" / file.stem
    if not kept.is_dir():
        raise UsageError(
            f"--sources: no texts are kept with this case, in a folder sources/{file.stem} beside its file; "
            "name the folder that has them"
        )
    return kept


def asked_case(case: str, changes: list[str] | None) -> ReadCase:
    """The case that is meant, with what ``--set`` puts in place of what it says."""
    from detente.study import load

    return _supposing(load(case), changes)


def asked_study(
    case: str, changes: list[str] | None, seed: int = 0, draws: int = 1024, widen: float = 1.0
) -> Study:
    """A study of it, drawn beside the case as it is."""
    from detente.study import Study, load

    return _supposing(Study(load(case), seed, draws, widen), changes)


def _supposing(of: _Of, changes: list[str] | None) -> _Of:
    from detente.case.edited import typed_changes

    return of.changed(typed_changes(changes)) if changes else of
