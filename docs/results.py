"""The page of the JSON, from the classes of results and their schema."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from docs.attributes import classes, fields
from docs.markdown import NOTICE, anchor, cell, prose, table

__all__ = ["page"]

Json = Mapping[str, Any]

_HEIRS = {"Solution": ("PackageResult",), "Chances": ("Links",)}
"""Result classes that have the fields of others."""


def page() -> str:
    """The page as Markdown."""
    from detente.analyses.schema import SCHEMAS, result_schema

    out = ["# JSON", "", NOTICE]
    out += [
        "What `--json` prints. Shares are between 0 and 1; names are the ids of the case file; utilities are in "
    ]
    out[-1] += "points. `detente schema --verb VERB` prints the JSON Schema (2020-12). How to use it: "
    out[-1] += "[Use the JSON](../how-to/json.md)."
    out += [""]
    shown: dict[str, str] = {}
    for verb, shapes in SCHEMAS.items():
        schema = result_schema(verb)
        about = _about(verb)
        docs = {
            (name, field): doc
            for name, node in about.items()
            for one in [*(about[b.id] for b in node.bases if isinstance(b, ast.Name) and b.id in about), node]
            for field, _, _, doc in fields(one)
        }
        says = {name: prose((ast.get_docstring(about[name]) or "").split("\n\n")[0]) for name in about}
        # Two verbs may have different things of one name.
        titles = {
            name: name if shown.get(name, says.get(name)) == says.get(name) else f"{name} ({verb})"
            for name in schema["$defs"]
        }
        tops = [c.__name__ for c in shapes]
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
        return classes(influence) | classes(schema)
    return classes(result) | classes(chances) | classes(own[verb])


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
