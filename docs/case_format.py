"""The page of the case format, from the docstrings of ``detente.case``."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping

from docs.attributes import classes, fields
from docs.markdown import NOTICE, anchor, cell, prose, table
from docs.pieces import examples

__all__ = ["page"]

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


def page() -> str:
    """The page as Markdown."""
    from detente.case import base, mechanism, model, wiring, world

    every = _format()
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
        "The examples are of the case that `detente new FILE --with tables,roadmap,gestures,standoff,world` writes, or could be "
        "added to it.",
        "",
        "A key that does nothing where it stands is told of by `detente check`, with what would make it count.",
        "",
    ]
    shown = [name for name in every if not name.startswith("_") and name not in _HIDDEN]
    for name in [*_ORDER, *(c for c in shown if c not in _ORDER)]:
        out += [*_section(name, every), *_example(name)]
    out += ["## Acceptance trees", "", "Who has to say yes: an id, or one of these gates over trees.", ""]
    gates = {"All": "`{all: [..]}`", "AnyOf": "`{any: [..]}`", "KOfN": "`{at_least: {k: 5, of: [..]}}`"}
    gates["Weighted"] = "`{weights: {a: 2, b: 1}, quota: 2, total: 3}`"
    gates["When"] = "`{when: [issue, ..], ask: tree}`"
    meaning = {k: ast.get_docstring(every[k]) or "" for k in _TREES}
    meaning["KOfN"] = meaning["AtLeast"]
    out += [*table(("Form", "Satisfied by"), [(form, cell(meaning[k])) for k, form in gates.items()]), ""]
    out += _example("Acceptance trees")
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


def _section(name: str, every: Mapping[str, ast.ClassDef]) -> list[str]:
    """The section of one class: what it is, its keys, and where they may come from."""
    node = every[name]
    out = [f"## {name}", "", prose(ast.get_docstring(node) or ""), ""]
    rows, carries = [], False
    for one in _family(node, every):
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


def _example(name: str) -> list[str]:
    return ["```yaml", examples()[name].rstrip("\n"), "```", ""]


def _format() -> dict[str, ast.ClassDef]:
    """Every class of the case format by name."""
    from detente.case import base, carried, mechanism, model, world

    return classes(base) | classes(model) | classes(carried) | classes(world) | classes(mechanism)


def _family(node: ast.ClassDef, every: Mapping[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """A class, and those of the format that it inherits from; its own first."""
    bases = [every[b.id] for b in node.bases if isinstance(b, ast.Name) and b.id in every]
    return [node, *(one for b in bases if b.name != "Model" for one in _family(b, every))]


def _rows(node: ast.ClassDef) -> Iterator[tuple[str, ...]]:
    known = set(_format())
    written = {name for name, *_ in fields(node) if name == "WRITTEN"} and _unwritten(node)
    for name, annotation, default, doc in fields(node):
        if name in ("model_config", "WRITTEN") or name in written:
            continue
        meaning = doc or _MEANINGS.get((node.name, name)) or _MEANINGS.get(("", name), "")
        yield f"`{name}`", _kind(annotation, known), _shown(default), cell(meaning)


def _unwritten(node: ast.ClassDef) -> set[str]:
    """Fields whose keys stand in the block itself: nobody writes their names."""
    value = next(value for name, _, value, _ in fields(node) if name == "WRITTEN")
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
