"""What may stand after a verb: arguments and options that several have, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from detente.errors import UsageError

if TYPE_CHECKING:
    from detente.case.model import Case

__all__ = [
    "CaseArgument",
    "DrawsOption",
    "ForceOption",
    "JsonOption",
    "Once",
    "SeedOption",
    "WidenOption",
    "assigned",
    "wanted_package",
]

CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="A case file, or the name of a bundled case.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace a read-only file, or one that detente did not write.")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws: same seed, same answer.")]
DrawsOption = Annotated[
    int, typer.Option("--draws", min=64, max=65536, help="How many draws from the judged ranges.")
]
WidenOption = Annotated[
    float, typer.Option("--widen", min=0.0, max=100.0, help="Stretch every judged range by this factor.")
]


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


def assigned(option: str, given: list[str] | None) -> dict[str, str]:
    """``NAME=VALUE`` arguments; of two values for one name the last would win silently."""
    found: dict[str, str] = {}
    for text in given or ():
        name, sign, value = text.partition("=")
        if not sign:
            raise UsageError(
                f"{option} {text}: two names with = between them were expected, as in leader=staller"
            )
        if found.setdefault(name, value) != value:
            raise UsageError(f"{option}: {name} is given twice, as '{found[name]}' and as '{value}'")
    return found


def wanted_package(given: list[str] | None, case: Case) -> dict[str, str]:
    """``ISSUE=OPTION`` arguments as a part of a package of the case."""
    from detente.case.wording import one_of

    found = assigned("--wanted", given)
    for issue, option in found.items():
        text = f"--wanted {issue}={option}"
        if issue not in case.issues:
            raise UsageError(f"{text}: no issue '{issue}' in case '{case.id}'{one_of(issue, case.issues)}")
        options = case.issues[issue].options
        if option not in options:
            raise UsageError(f"{text}: no option '{option}' of '{issue}'{one_of(option, options)}")
    return found
