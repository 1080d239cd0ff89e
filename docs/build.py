"""Write the generated reference pages: ``python -m docs.build`` (``--check``: fail if they are out of date).

The command line is described by itself, the case format by the docstrings of ``detente.case``, the language of equations by
its modules and ``docs/equations.yaml``, the JSON by the result classes and their schema, each bundled part of worlds by its
file. Nothing on these pages is written by hand.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs import equations
from docs.markdown import NOTICE, anchor, cell, prose, table

__all__ = ["pages"]

HERE = Path(__file__).parent

Json = Mapping[str, Any]


def pages() -> dict[Path, str]:
    """Path → content of every generated page."""
    return {
        HERE / "reference" / "cli.md": _cli(),
        HERE / "reference" / "case-format.md": _case_format(),
        HERE / "reference" / "equations.md": equations.page(),
        HERE / "reference" / "json.md": _json(),
        **{HERE / "parts" / f"{name}.md": text for name, text in _parts()},
    }


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them; the exit code."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(HERE.parent)} is out of date: run python -m docs.build")
        return 1 if stale else 0
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(HERE.parent)}{' (changed)' if path in stale else ''}")
    return 0


# --- docstrings of attributes, which Python does not keep -------------------------------------------------


def _classes(module: Any) -> dict[str, ast.ClassDef]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr, ast.expr | None, str]]:
    """Name, annotation, default and docstring of each annotated attribute."""
    for here, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(here, ast.AnnAssign) and isinstance(here.target, ast.Name):
            yield here.target.id, here.annotation, here.value, _docstring(after)


def _docstring(node: ast.stmt | None) -> str:
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return inspect.cleandoc(node.value.value)
    return ""


# --- the command line -------------------------------------------------------------------------------------


def _cli() -> str:
    import typer.main

    from detente import errors
    from detente.cli import app

    root = typer.main.get_command(app)
    out = ["# Command line", "", NOTICE, prose(inspect.cleandoc(root.help or "")), ""]
    out += ["Every command that reads a case takes a path or the name of a bundled case.", ""]
    commands: Mapping[str, Any] = root.commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        usage = " ".join(f"[{_name(p)}]" if not p.required else _name(p) for p in arguments)
        out += [f"## detente {name}", "", prose(inspect.cleandoc(command.help or "")), ""]
        out += ["```text", f"detente {name} [OPTIONS] {usage}".rstrip(), "```", ""]
        rows = [(f"`{_name(p)}`", cell(p.help or ""), _default(p)) for p in arguments]
        rows += [
            ("`" + ", ".join(p.opts) + _metavar(p).replace("|", "\\|") + "`", cell(p.help or ""), _default(p))
            for p in options
        ]
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
        "error happened.",
    ]
    return "\n".join(out) + "\n"


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


# --- the case format --------------------------------------------------------------------------------------

_KINDS = {
    "Text": "text",
    "Id": "id",
    "CaseId": "case id",
    "Date": "date",
    "Day": "date, or `part.calendar` of the world",
    "Flag": "`true` or `false`",
    "Count": "whole number",
    "Plain": "number",
    "Number": "[range](#range)",
    "Points": "[range](#range) within 0–100",
    "Weight": "[range](#range), at least 0",
    "Share": "[range](#range) within 0–1",
    "Tree": "[acceptance tree](#acceptance-trees)",
    "Until": "date, or whole number of months",
    "Earlier": "issue or `{issue: option}`",
    "Pattern": "`{issue: option, …}`",
    "float": "number",
    "int": "whole number",
    "str": "text",
    "NoDeal": "[range](#range), [`{status_quo: range}`](#relativenodeal), or `from_outlook`",
    "Seat": "party, or `{party: tree}`",
    "Rate": "[range](#range) within 0–1, a month",
    "Months": "[range](#range) within 0–120, months",
    "Patience": "[range](#range) within 0.01–0.9999, a month",
    "Entry": "`{issue: option, …}`, or a list of them",
    "Answer": "[Condition](#condition), [range](#range) within 0–1, or `rest`",
    "Equation": "[equation](equations.md)",
    "UnitText": "[unit](equations.md#units)",
    "Calendar": "list of dates",
    "Given": "[number](#figure), or `{option: number, …}`",
    "Worked": "[Value](#value), or its equation alone",
    "Movement": "[Moves](#moves) or [Follows](#follows)",
    "Changed": "number or [equation](equations.md)",
    "WorldPart": "[bundled part](#use), [part of the case's own](#own) or [talks](#talks)",
}
_MEANINGS = {
    ("", "name"): "Name to show; default: the id, spaced.",
    ("", "facts"): "Facts that inform the case without being a number of it.",
    ("", "note"): "A remark for whoever reads the file.",
    ("Case", "id"): "Name of the case; letters, digits and `-`.",
    ("Case", "title"): "Title of the report.",
    ("Case", "summary"): "A paragraph for the report.",
    ("Case", "sources"): "Texts that facts are quoted from.",
    ("Case", "record"): "Earlier rounds of the same talks.",
    ("Case", "parties"): "Who is there.",
    ("Case", "tracks"): "Tables; the first is the default. Without tracks there is one table.",
    ("Case", "issues"): "What is to be settled.",
    ("Case", "preferences"): "By faction (or by party, where the party is its own only faction).",
    ("Case", "moves_with"): "Judgements that move together.",
    ("Case", "readings"): "Faction → reading: rival views of what it really wants.",
    ("Party", "factions"): "Default: the party is its own only faction.",
    ("Issue", "status_quo"): "The option at which the issue stands now; required unless `status_quo: none`.",
    ("Issue", "options"): "How it can be settled.",
    (
        "Preferences",
        "weights",
    ): "Issue → swing weight, on any scale; made to add up to 100 in every draw, so that they cannot "
    "all be 0 in one.",
    ("Preferences", "values"): "Issue → option → value, 0 the worst and 100 the best on that issue.",
    ("Preferences", "points"): "Issue → option → raw points, instead of weights and values.",
    ("Preferences", "min"): "Least raw points: a bound of ranges.",
    ("Preferences", "max"): "Most raw points: a bound of ranges.",
    ("Preferences", "indifferent"): "Issues that the faction does not care about.",
    ("Preferences", "together"): "Options that are worth more, or less, together.",
    ("Preferences", "red_lines"): "Combinations that the faction never accepts.",
    ("Preferences", "firm"): "Lines that have been known to move.",
    ("RelativeNoDeal", "status_quo"): "Points above the status quo.",
    ("Together", "when"): "Issue → option, at least two.",
    ("Together", "add"): "Points, may be negative.",
    ("Firm", "package"): "The combination that is refused.",
    ("Firm", "holds"): "The chance that the line holds.",
    (
        "Reading",
        "prior",
    ): "How likely it is that this view is right. A faction's priors add up to 1 at their medians, by a quarter more or less "
    "where each is judged on its own, and are made to add up to 1 in each draw.",
    ("Reading", "held_by"): "Who holds this view.",
    ("Reading", "preferences"): "What differs from the faction's own preferences.",
    ("MovesWith", "these"): "Paths below `preferences`, such as `leader.weights.prisoners`.",
    ("MovesWith", "correlation"): "Spearman's rank correlation.",
    ("Record", "rounds"): "Rounds of talks so far.",
    ("Record", "agreements"): "How many of them ended in an agreement.",
    ("Judgement", "because"): "The reason.",
    ("Judgement", "by"): "Whose estimate.",
    ("Judgement", "on"): "When it was made.",
    ("_Mechanism", "levels"): "What carries over from month to month.",
    ("_Mechanism", "values"): "What is worked out anew each month.",
    ("_Mechanism", "events"): "What may happen.",
    ("Own", "numbers"): "Numbers of the part: judged ranges, by name.",
    ("Own", "calendars"): "Dates of the part, by name.",
    ("Value", "equation"): "Its value in a month.",
    ("Follows", "by"): "The level.",
    ("Talks", "ladder"): "The steps, and who takes them.",
    ("Source", "file"): "File name of the text in the folder that `check --sources` looks in.",
}
"""What a key means, where the model leaves it to its name."""

_HIDDEN = {"Model", "Element", "Bundled", "Declared", "AtLeast", "All", "AnyOf", "KOfN", "Weighted", "When"}
"""Classes without a section: bases, bundled parts (which have pages of their own), and gates of acceptance trees."""

_TREES = ("AtLeast", "All", "AnyOf", "KOfN", "Weighted", "When")
_ORDER = (
    "Case",
    "Source",
    "Record",
    "Signing",
    "Party",
    "Faction",
    "Track",
    "Issue",
    "Option",
    "Preferences",
    "RelativeNoDeal",
)
_ORDER += (
    "Together",
    "Firm",
    "Reading",
    "MovesWith",
    "Conflict",
    "World",
    "Use",
    "Own",
    "Figure",
    "Level",
    "Value",
    "Happening",
    "Talks",
    "Ladder",
    "Moves",
    "Follows",
    "Policy",
    "Question",
    "Condition",
    "Gesture",
    "Range",
    "Provenance",
    "Judgement",
    "Quote",
)


def _case_format() -> str:
    from detente.case import base, mechanism, model, wiring, world

    classes = _format()
    out = ["# Case format", "", NOTICE]
    out += [prose(inspect.cleandoc(model.__doc__ or "").split("\n\n", 1)[1].split("\n\nStructure")[0]), ""]
    out += [
        "YAML 1.2, at most 1 MiB; anchors, aliases, tags and duplicate keys are refused. An id is of lower-case "
    ]
    out[-1] += (
        "letters, digits and `_`, and starts with a letter. `detente schema` prints the JSON Schema for editors."
    )
    out += [
        "",
        f"Reserved for later, refused by name: {', '.join(f'`{name}`' for name in model.RESERVED)}. No party or faction is "
        f"called {', '.join(f'`{name}`' for name in model.MEANT)}: these words stand where names do.",
        "",
        "A key that does nothing where it stands is told of by `detente check`, with what would make it count.",
        "",
    ]
    shown = [name for name in classes if not name.startswith("_") and name not in _HIDDEN]
    for name in [*_ORDER, *(c for c in shown if c not in _ORDER)]:
        out += _section(name, classes)
    out += ["## Acceptance trees", "", "Who has to say yes: an id, or one of these gates over trees.", ""]
    gates = {"All": "`{all: [..]}`", "AnyOf": "`{any: [..]}`", "KOfN": "`{at_least: {k: 5, of: [..]}}`"}
    gates["Weighted"] = "`{weights: {a: 2, b: 1}, quota: 2, total: 3}`"
    gates["When"] = "`{when: [issue, ..], ask: tree}`"
    meaning = {k: ast.get_docstring(classes[k]) or "" for k in _TREES}
    meaning["KOfN"] = meaning["AtLeast"]
    out += [*table(("Form", "Satisfied by"), [(form, cell(meaning[k])) for k, form in gates.items()]), ""]
    out += ["## Limits", ""]
    limits = [
        ("parties", model.MAX_PARTIES),
        ("factions", model.MAX_FACTIONS),
        ("issues", model.MAX_ISSUES),
        ("options of an issue", model.MAX_OPTIONS),
        ("numbers, levels, values, events or calendars of a part, of each", mechanism.MAX_MEMBERS),
        ("parts of a world", world.MAX_PARTS),
        ("months of a world", world.MAX_MONTHS),
        ("steps of a ladder", world.MAX_LADDER),
    ]
    out += [*table(("What", "At most"), [(what, str(most)) for what, most in limits]), ""]
    out += [
        f"Numbers are at most {base.MAX_NUMBER:g} in size. Bundled parts call the part with a ladder `{wiring.TALKS}`."
    ]
    return "\n".join(out) + "\n"


def _section(name: str, classes: Mapping[str, ast.ClassDef]) -> list[str]:
    """The section of one class: what it is, its keys, and where they may come from."""
    node = classes[name]
    out = [f"## {name}", "", prose(ast.get_docstring(node) or ""), ""]
    rows, carries = [], False
    for one in _family(node, classes):
        if one.name == "Provenance":
            carries = name != "Provenance"
            rows += list(_rows(one)) if name == "Provenance" else []
        elif one.name != "Range":
            rows += list(_rows(one))
    out += [*table(("Key", "Value", "Default", "Meaning"), rows), ""] if rows else []
    if name in ("Range", "Figure"):
        more = "Beside these it is a [range](#range). " if name == "Figure" else ""
        return [
            *out,
            f"{more}Keys beside `range`: `because` (a judgement's reason) or those of [Provenance](#provenance).",
            "",
        ]
    if carries:
        out += [
            "May also carry `fact` with `source`, `inference` or `judgement`: see [Provenance](#provenance).",
            "",
        ]
    return out


def _format() -> dict[str, ast.ClassDef]:
    """Every class of the case format by name."""
    from detente.case import base, carried, mechanism, model, world

    return _classes(base) | _classes(model) | _classes(carried) | _classes(world) | _classes(mechanism)


def _family(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """A class, and those of the format that it inherits from; its own first."""
    bases = [classes[b.id] for b in node.bases if isinstance(b, ast.Name) and b.id in classes]
    return [node, *(one for b in bases if b.name != "Model" for one in _family(b, classes))]


def _rows(node: ast.ClassDef) -> Iterator[tuple[str, ...]]:
    known = set(_format())
    written = {name for name, *_ in _fields(node) if name == "WRITTEN"} and _unwritten(node)
    for name, annotation, default, doc in _fields(node):
        if name in ("model_config", "WRITTEN") or name in written:
            continue
        meaning = doc or _MEANINGS.get((node.name, name)) or _MEANINGS.get(("", name), "")
        yield f"`{name}`", _kind(annotation, known), _shown(default), cell(meaning)


def _unwritten(node: ast.ClassDef) -> set[str]:
    """Fields whose keys stand in the block itself: nobody writes their names."""
    value = next(value for name, _, value, _ in _fields(node) if name == "WRITTEN")
    return set(ast.literal_eval(value)) if value is not None else set()


def _kind(node: ast.expr, known: set[str]) -> str:
    """An annotation in words, with links to the sections of the page."""
    if isinstance(node, ast.Constant):
        return "" if node.value is None else f"`{node.value}`"
    if isinstance(node, ast.Name):
        if node.id in _KINDS:
            return _KINDS[node.id]
        return f"[{node.id}](#{anchor(node.id)})" if node.id in known else node.id
    if isinstance(node, ast.BinOp):
        parts = [_kind(part, known) for part in (node.left, node.right)]
        return " or ".join(part for part in parts if part)
    if isinstance(node, ast.Subscript):
        head = ast.unparse(node.value)
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if head == "Annotated":
            if any(f"Field(strict=True, ge={low}" in ast.unparse(i) for i in inside for low in (-1,)):
                return "number from −1 to 1"
            return _kind(inside[0], known)
        if head == "Mapping":
            if ast.unparse(node) == "Mapping[Id, Id]":
                return _KINDS["Pattern"]
            key = "id" if ast.unparse(inside[0]) == "Id" else "name"
            return f"{key} → {_kind(inside[1], known)}"
        if head == "tuple":
            return f"list of {_kind(inside[0], known)}"
        if head == "Literal":
            return " or ".join(f"`{ast.literal_eval(i)}`" for i in inside)
    return f"`{ast.unparse(node)}`"


def _shown(default: ast.expr | None) -> str:
    if default is None:
        return "required"
    text = ast.unparse(default)
    return {"None": "", "()": "empty", "{}": "empty"}.get(
        text, "empty" if "(" in text else f"`{text.lower()}`"
    )


# --- JSON -------------------------------------------------------------------------------------------------


_HEIRS = {"Solution": ("PackageResult",), "Chances": ("Links",)}
"""Result classes that have the fields of others."""


def _json() -> str:
    from detente.analyses.schema import SCHEMAS, result_schema

    out = ["# JSON", "", NOTICE]
    out += [
        "What `--json` prints. Shares are between 0 and 1; names are the ids of the case file; utilities are in "
    ]
    out[-1] += "points. `detente schema --verb VERB` prints the JSON Schema (2020-12). How to use it: "
    out[-1] += "[Use the JSON](../how-to/json.md)."
    out += [""]
    shown: dict[str, str] = {}
    for verb, classes in SCHEMAS.items():
        schema = result_schema(verb)
        about = _about(verb)
        docs = {
            (name, field): doc
            for name, node in about.items()
            for one in [*(about[b.id] for b in node.bases if isinstance(b, ast.Name) and b.id in about), node]
            for field, _, _, doc in _fields(one)
        }
        says = {name: prose((ast.get_docstring(about[name]) or "").split("\n\n")[0]) for name in about}
        # Two verbs may have different things of one name.
        titles = {
            name: name if shown.get(name, says.get(name)) == says.get(name) else f"{name} ({verb})"
            for name in schema["$defs"]
        }
        tops = [c.__name__ for c in classes]
        command = {"draft": "deal --package PACKAGE"}.get(verb, verb)
        out += [f"## detente {command} --json", "", says[tops[0]], ""]
        rows = []
        head = ("detente", "case", "verb", "seed", "draws")
        for name, kind in sorted(schema["properties"].items(), key=lambda item: item[0] not in head):
            doc = kind.get("description") or next((docs[c, name] for c in tops if docs.get((c, name))), "")
            rows.append((f"`{name}`", _type(kind, titles), cell(doc)))
        out += [*table(("Field", "Type", "Meaning"), rows), ""]
        if verb == "deal":
            out += ["The fields of the default table stand at the top level too, beside `tracks`.", ""]
        for name, definition in schema["$defs"].items():
            title = titles[name]
            if title in shown:
                continue
            shown[title] = says.get(name, "")
            out += [f"### {title}", "", says.get(name, ""), ""]
            rows = [
                (f"`{field}`", _type(kind, titles), cell(docs.get((name, field), "")))
                for field, kind in definition["properties"].items()
            ]
            out += [*table(("Field", "Type", "Meaning"), rows), ""]
    out += ["## Other verbs", ""]
    out += [
        "`check` prints its `warnings`, `effective_weights` and `quotations`; `cases`, `diff` and `parts` print plain lists under "
        "`cases`, `differences` and `parts`, a part as its file has it. `check` has `changed` too, with `--set`."
    ]
    return "\n".join(out).rstrip() + "\n"


def _about(verb: str) -> dict[str, ast.ClassDef]:
    """The classes of a verb's results by name; its own before those of the deal, which others use."""
    from detente.analyses import schema
    from detente.analyses.compare import result as side
    from detente.analyses.deal import draft, result
    from detente.analyses.debrief import result as debriefing
    from detente.analyses.flips import scan
    from detente.analyses.outlook import result as future
    from detente.analyses.roadmap import result as road
    from detente.analyses.stability import result as stable
    from detente.prospects import chances
    from detente.world import influence

    own = {
        "compare": side,
        "deal": result,
        "debrief": debriefing,
        "draft": draft,
        "flips": scan,
        "outlook": future,
        "roadmap": road,
        "stability": stable,
    }
    if verb == "world":
        return _classes(influence) | _classes(schema)
    return _classes(result) | _classes(chances) | _classes(own[verb])


def _type(kind: Json, titles: Mapping[str, str]) -> str:
    """A JSON Schema fragment in words; ``titles``: of the sections of what it refers to."""
    if "$ref" in kind:
        name = kind["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{anchor(titles[name])})"
    if "anyOf" in kind:
        return " or ".join(_type(k, titles) for k in kind["anyOf"])
    if "const" in kind:
        return f'`"{kind["const"]}"`'
    match kind.get("type"):
        case "array" if "prefixItems" in kind:
            return f"list of {len(kind['prefixItems'])} {_type(kind['prefixItems'][0], titles)}s"
        case "array":
            return f"list of {_type(kind['items'], titles)}"
        case "object":
            inner = kind.get("additionalProperties")
            return f"object of {_type(inner, titles)}" if isinstance(inner, dict) else "object"
        case "string":
            return "text"
        case "boolean":
            return "true/false"
        case str(other):
            return other
    return "anything"


# --- bundled parts ----------------------------------------------------------------------------------------


def _parts() -> Iterator[tuple[str, str]]:
    """Name → page of each bundled part, and of their list."""
    from detente.case.explained import first_sentence, needed, rows_of
    from detente.case.library import bundled

    every = bundled()
    out = ["# Parts of worlds", "", NOTICE]
    out += [
        "Mechanisms that a case may use by name below `world: parts:`, with numbers of its own; or not use, or write anew in "
    ]
    out[-1] += "their place. `detente parts NAME` shows the same."
    rows = [
        (f"[{of.title}]({name}.md)", f"`{name}`", cell(first_sentence(of.says))) for name, of in every.items()
    ]
    out += ["", *table(("Part", "Name in a case", "What it says"), rows)]
    yield "index", "\n".join(out) + "\n"
    for name, of in every.items():
        out = [
            f"# {of.title}",
            "",
            NOTICE,
            _line(of.says),
            "",
            f"In a case: `{name}`, below `world: parts:`.",
            "",
        ]
        for _, title, columns, said in rows_of(of):
            out += [f"## {title}", ""]
            coded = {
                k
                for k, c in enumerate(columns)
                if c in ("Name", "Equation", "At the beginning", "Next month", "When")
            }
            cells = [tuple(_code(c) if k in coded else cell(c) for k, c in enumerate(row)) for row in said]
            out += [*table(columns, cells), ""]
        wanted = [f"[{every[n].title}]({n}.md)" for n in needed(of) if n in every and n != name]
        if wanted:
            out += [
                "## Other parts that it looks at",
                "",
                f"Where they are absent it says what holds: {', '.join(wanted)}.",
                "",
            ]
        out += [
            "## Where it comes from",
            "",
            _line(of.theory),
            "",
            "## What it leaves out",
            "",
            _line(of.limits),
        ]
        yield name, "\n".join(out) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    return f"`{_line(text)}`".replace("|", "\\|") if text else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
