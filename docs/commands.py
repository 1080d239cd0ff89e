"""The page of the command line, as it describes itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from docs.markdown import NOTICE, cell, prose, table

__all__ = ["page"]


def page() -> str:
    """The page as Markdown."""
    import typer.main

    from detente import errors
    from detente.cli import app

    root = typer.main.get_command(app)
    out = ["# Command line", "", NOTICE, prose(inspect.cleandoc(root.help or "")), ""]
    out += ["Every command that reads a case takes a path or the name of a bundled case.", ""]
    out += ["Before the command may stand:", ""]
    out += [*table(("Option", "What it does", "Default"), _options(root.params)), ""]
    commands: Mapping[str, Any] = root.commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        usage = " ".join(f"[{_name(p)}]" if not p.required else _name(p) for p in arguments)
        out += [f"## detente {name}", "", prose(inspect.cleandoc(command.help or "")), ""]
        out += ["```text", f"detente {name} [OPTIONS] {usage}".rstrip(), "```", ""]
        rows = [(f"`{_name(p)}`", cell(p.help or ""), _default(p)) for p in arguments]
        rows += _options(options)
        out += [*table(("Argument or option", "What it does", "Default"), rows), ""] if rows else []
    out += [
        "## Exit codes",
        "",
        "```text",
        inspect.cleandoc(errors.__doc__ or "").split("::", 1)[1].strip("\n"),
    ]
    out += [
        "```",
        "",
        "Further: 0 done; 1 no deal at best estimates (`--fail-if-no-deal` only); 70 an internal error, with a place to "
        "report it; 130 interrupted. A reader who goes away early (`| head`) changes none of these.",
        "",
        "## Environment",
        "",
        "`DETENTE_CACHE` names the directory in which compiled kernels and the charts' library are kept for the next run "
        "(default: the user's cache). It is used only if nobody else may write there; without one every run makes them "
        "again. What earlier versions kept goes a month after its last use. `DETENTE_DEBUG=1` shows where an internal "
        "error happened. `PAGER` is the command that an answer goes through which is longer than the window.",
    ]
    return "\n".join(out) + "\n"


def _options(parameters: Iterable[Any]) -> list[tuple[str, str, str]]:
    found = []
    for p in parameters:
        named = ", ".join([*p.opts, *p.secondary_opts]) + _metavar(p).replace("|", "\\|")
        found.append((f"`{named}`", cell(p.help or ""), _default(p)))
    return found


def _name(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _metavar(parameter: Any) -> str:
    if parameter.is_flag:
        return ""
    if parameter.metavar:
        return f" {parameter.metavar}"
    shown = str(parameter.type_descriptor.annotation)
    kinds = {"int": "N", "float": "F", "Path": "PATH", "str": parameter.name.upper()}
    return " " + next((word for kind, word in kinds.items() if kind in shown), "VALUE")


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    value = parameter.default
    if parameter.param_type_name == "option" and (parameter.is_flag or value is None or callable(value)):
        return ""
    return "" if value is None or value == () else f"`{value}`"
