"""Verbs that show what there is and draw nothing by chance: cases, what differs in two, schemas, parts of worlds, the world of a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente import __version__
from detente.arguments import CaseArgument, ForceOption, JsonOption, Once, SetOption, asked_case
from detente.errors import UsageError
from detente.terminal import remark, say, say_json, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.case.model import Case
    from detente.world.routes import Route

__all__ = ["browse"]

browse = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@browse.command(cls=Once)
def cases(as_json: JsonOption = False) -> None:
    """List the bundled cases."""
    from detente.catalogue import titles

    found = titles()
    if as_json:
        say_json({"detente": __version__, "verb": "cases", "cases": found})
        return
    width = max(map(len, found))
    for name, title in found.items():
        say(f"{name:{width}}  {title}")


@browse.command(cls=Once)
def schema(
    verb: Annotated[
        str,
        typer.Option(
            "--verb",
            help="Schema of a verb's JSON (deal, debrief, draft, flips, outlook, roadmap, stability, world, compare); default: of case files.",
        ),
    ] = "case",
) -> None:
    """Print a JSON Schema: of case files (for editors), or of a verb's JSON."""
    if verb == "case":
        from detente.case.schema import case_schema

        say_json(case_schema())
        return
    from detente.analyses.schema import SCHEMAS, result_schema
    from detente.case.wording import one_of

    if verb not in SCHEMAS:
        raise UsageError(f"--verb: no schema for '{verb}'{one_of(verb, ('case', *SCHEMAS))}")
    say_json(result_schema(verb))


@browse.command(cls=Once)
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A case.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Another version of it.")],
    as_json: JsonOption = False,
) -> None:
    """Say in words what changed from case A to case B."""
    from detente.case.diff import differences
    from detente.study import load

    found = differences(load(before).case, load(after).case)
    if as_json:
        changes = [
            {"path": d.path, "before": d.before, "after": d.after, "sentence": d.sentence} for d in found
        ]
        say_json({"detente": __version__, "verb": "diff", "differences": changes})
        return
    for difference in found:
        say(difference.sentence)
    if not found:
        say("no difference")


@browse.command(cls=Once)
def parts(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Explain this one; default: list all.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the bundled parts that a world may be made of, or explain one: numbers, equations, theory, limits."""
    from detente.case.explained import explained, listed, part, part_json
    from detente.case.library import bundled

    chosen = bundled() if name is None else {name: part(name)}
    if as_json:
        found = [part_json(each, of) for each, of in chosen.items()]
        say_json({"detente": __version__, "verb": "parts", "parts": found})
    elif name is None:
        show(listed(chosen))
    else:
        show(explained(name, chosen[name]))


@browse.command(cls=Once)
def world(
    case: CaseArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE.svg", help="Write the picture of what drives what there."
        ),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option("--part", metavar="PART", help="Draw this part from near, not the whole world."),
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    changes: SetOption = None,
) -> None:
    """Show the world of a case: what drives what, in which direction, and what that rests on."""
    from detente.storage import target, write_text
    from detente.study import changed_json, supposing

    if part is not None and output is None:
        raise UsageError("--part says what is drawn: say where to, '--output FILE.svg'")
    loaded = asked_case(case, changes)
    read = loaded.case
    where = None if output is None else target(output, force=force, ours=_is_picture)
    file = None if where is None else where.file
    if where is not None and file is not None and file.suffix.lower() != ".svg":
        raise UsageError(
            f"{where.name}: the picture is an SVG file: write it to {file.with_suffix('.svg').name}"
        )
    from detente.world.diagram import diagram, document
    from detente.world.influence import of_case
    from detente.world.routes import routes

    found = of_case(read)
    ways = routes(read, found)
    seen = found if part is None else found.inside(part)
    if where is not None:
        write_text(where, diagram(seen, f"{read.title}: what drives what{f' in {part}' if part else ''}"))
        remark(where.name)
    if as_json:
        say_json(
            {
                "detente": __version__,
                "case": read.id,
                "verb": "world",
                **found.to_json(),
                "ways": {n: [w._asdict() for w in each] for n, each in ways.items()},
                **changed_json(loaded.changes),
            }
        )
    elif where is None or file is not None:  # what is a stream may be this very output
        show(supposing(document(found, read.title, _named(read, ways)), loaded.changes))


def _named(case: Case, ways: Mapping[str, Sequence[Route]]) -> dict[str, list[Route]]:
    """Ways by the names of policies, with the names of factions."""
    from detente.analyses.words import Words

    words = Words(case)
    return {
        case.policies[name].name or name.replace("_", " ").capitalize(): [
            way._replace(whose=tuple(map(words.faction, way.whose))) for way in each
        ]
        for name, each in ways.items()
    }


def _is_picture(beginning: bytes) -> bool:
    from detente.charts.flow import MARK

    return MARK.encode() in beginning
