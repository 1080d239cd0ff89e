"""What may stand after a verb: arguments and options that several have, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from detente.errors import UsageError

if TYPE_CHECKING:
    from detente.case.model import Case

__all__ = [
    "AllOption",
    "CaseArgument",
    "Check",
    "DrawsOption",
    "ForceOption",
    "JsonOption",
    "Once",
    "OneTrackOption",
    "PackageOption",
    "SeedOption",
    "SourcesOption",
    "WidenOption",
    "assigned",
    "folder_of_texts",
    "wanted_package",
]

CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="A case file, or the name of a bundled case.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace a read-only file, or one that detente did not write.")
]
AllOption = Annotated[bool, typer.Option("--all", help="The whole answer, not only what fits a screen.")]
OneTrackOption = Annotated[str | None, typer.Option("--track", help="Which table; default: the first.")]
PackageOption = Annotated[
    str,
    typer.Option(
        "--package",
        metavar="RULE|FILE|ISSUE=OPTION,...",
        help="nash, kalai_smorodinsky, egalitarian, utilitarian or most_acceptable, as the deal analysis finds it; a file "
        "of 'issue: option' lines; or the same typed here.",
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws: same seed, same answer.")]
DrawsOption = Annotated[
    int, typer.Option("--draws", min=64, max=65536, help="How many draws from the judged ranges.")
]
WidenOption = Annotated[
    float, typer.Option("--widen", min=0.0, max=100.0, help="Stretch every judged range by this factor.")
]
SourcesOption = Annotated[
    str | None,
    typer.Option(
        "--sources",
        metavar="[FOLDER]",
        help="Verify every quotation in the texts of this folder; without a folder, in those kept with the case.",
    ),
]
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


def assigned(option: str, given: list[str] | None, example: str = "leader=staller") -> dict[str, str]:
    """``NAME=VALUE`` arguments; of two values for one name the last would win silently."""
    found: dict[str, str] = {}
    for text in given or ():
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign:
            what = f"{option} {text}" if text.strip() else f"{option}: an empty part"
            raise UsageError(f"{what}: two names with = between them were expected, as in {example}")
        if found.setdefault(name, value) != value:
            raise UsageError(f"{option}: {name} is given twice, as '{found[name]}' and as '{value}'")
    return found


def wanted_package(option: str, given: list[str] | None, case: Case) -> dict[str, str]:
    """``ISSUE=OPTION`` arguments as a part of a package of the case."""
    from detente.case.wording import one_of

    first = next(iter(case.issues))
    found = assigned(option, given, f"{first}={next(iter(case.issues[first].options))}")
    for issue, chosen in found.items():
        text = f"{option} {issue}={chosen}"
        if issue not in case.issues:
            raise UsageError(f"{text}: no issue '{issue}' in case '{case.id}'{one_of(issue, case.issues)}")
        options = case.issues[issue].options
        if chosen not in options:
            raise UsageError(f"{text}: no option '{chosen}' of '{issue}'{one_of(chosen, options)}")
    return found
