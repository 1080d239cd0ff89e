"""Files of other tools → one case, with what was given, assumed and lost, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from detente.case.model import MAX_OPTIONS
from detente.case.reading import ReadCase, read_case
from detente.clean import clean_line
from detente.errors import CaseError, LimitError, UsageError
from detente.figures import joined
from detente.formats import negmas
from detente.formats.casetext import case_of, text_of
from detente.formats.domain import (
    WHOLE,
    Domain,
    Issue,
    Profile,
    Side,
    Space,
    Term,
    Told,
    checked,
    decimal,
    ids,
    refuse,
)
from detente.formats.faults import said_of_files
from detente.formats.genius import read_genius
from detente.formats.geniusweb import looks_geniusweb, read_geniusweb
from detente.formats.gmcr import looks_gmcr, read_gmcr
from detente.formats.grids import read_grid
from detente.formats.negolog import looks_negolog, read_negolog
from detente.formats.opening import ENDINGS, files_in, open_json, open_yaml
from detente.formats.scores import CONFIG, read_scores
from detente.formats.sheets import case_of_sheet
from detente.storage import status

__all__ = ["LEVELS", "Imported", "read_files"]

LEVELS = 11
"""At how many levels an issue is read that is a number without steps."""

PARETO = "pareto.xml"
"""Packages that nothing beats, which GENIUS keeps beside a domain, in no XML."""
SEMANTICS = {
    "genius": "weight × evaluation ÷ largest evaluation of the issue",
    "sum": "weight × utility of the level",
}


@dataclass(frozen=True)
class Imported:
    """A case file, and what is to be told of how it came about."""

    id: str
    text: str
    told: tuple[Told, ...]
    read: ReadCase
    """The case as it is read from the text."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready list of what was given, assumed and lost."""
        return {
            "case": self.id,
            "told": [{"kind": t.kind, "where": t.where or "case", "what": t.what} for t in self.told],
        }


def read_files(paths: Sequence[Path], *, levels: int | None = None, title: str | None = None) -> Imported:
    """One case from files, or from the files of folders.

    ``levels``: at how many evenly spaced levels an issue is read that is a number; default: all of them where it has steps and a case
    has room for them, else ``LEVELS``.

    Raises
    ------
    CaseError
        A file is not what its ending says, is no file of a known format, or says what a case cannot, or nothing that makes a valid one; the
        message names file and element.
    LimitError
        It is more than a case may have.
    UsageError
        There are no files, or those of several negotiations.
    """
    files = _expanded(paths)
    name = title or _title(paths)
    case, told = _read(files, paths, name, levels)
    if title is not None:
        case = {**case, "title": title}
    case = {**case, "id": ids([str(case["title"])])[0].replace("_", "-")}
    text = text_of(case)
    try:
        read = read_case(text, f"{case['id']}.yaml")
    except CaseError as error:
        raise said_of_files(error, case, files, paths[0]) from None
    return Imported(case["id"], text, tuple(dict.fromkeys(told)), read)


def _title(paths: Sequence[Path]) -> str:
    first = paths[0].resolve()
    return (
        first.stem
        if first.is_file() and len(paths) == 1
        else first.name
        if first.is_dir()
        else first.parent.name or first.stem
    )


def _expanded(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if status(path) is None:
            raise UsageError(f"{path}: there is no such file or folder")
        found += files_in(path) if path.is_dir() else [path]
    if not found:
        raise UsageError(
            f"{joined([str(p) for p in paths])}: no files of a known format there ({', '.join(ENDINGS)})"
        )
    for path in found:
        if path.suffix.lower() not in ENDINGS:
            raise UsageError(f"{path}: the ending of a file says what it is, one of {', '.join(ENDINGS)}")
    return list(dict.fromkeys(found))


def _read(
    files: list[Path], paths: Sequence[Path], title: str, levels: int | None
) -> tuple[dict[str, Any], list[Told]]:
    texts = [f for f in files if f.suffix.lower() == ".txt"]
    if texts:
        if len(texts) < len(files):
            raise UsageError(
                f"{texts[0]}: score sheets stand alone; name them, or the other files, but not both"
            )
        if not any(f.name == CONFIG for f in texts) and len(paths) == 1 and paths[0].is_file():
            raise UsageError(f"{texts[0]}: one score sheet is one party: name those of all, or their folder")
        return _of(read_scores(texts, title), str(paths[0]))
    sheets = [f for f in files if f.suffix.lower() in (".csv", ".xlsx")]
    if sheets:
        if len(files) > 1:
            raise UsageError(f"{sheets[0]}: a sheet is a whole case; name it alone")
        return case_of_sheet(read_grid(sheets[0]), sheets[0])
    spaces, profiles, told = [], [], []
    later: list[tuple[Path, Mapping[str, Any]]] = []
    for path in files:
        ending = path.suffix.lower()
        if path.name.lower() == PARETO and path not in paths:
            told.append(
                Told("lost", WHOLE, f"{path.name}: what GENIUS computed from the others, so not read")
            )
            continue
        if ending == ".xml":
            piece: Space | Profile | None = read_genius(path)
        else:
            value = open_yaml(path) if ending in (".yml", ".yaml") else open_json(path)
            if looks_gmcr(value):
                if len(files) > 1:
                    raise UsageError(f"{path}: a conflict is one file; name it alone")
                return read_gmcr(value, path)
            piece = _piece(value, path, ending)
            if piece is None and negmas.looks_negmas(value):
                later.append((path, value))
                continue
        if isinstance(piece, Space):
            spaces.append(piece)
        elif piece is not None:
            profiles.append(piece)
        elif any(p.is_dir() for p in paths):
            told.append(Told("lost", WHOLE, f"{path.name}: neither a domain nor a profile, so not read"))
        else:
            refuse(
                str(path),
                "",
                "neither a domain nor a profile of GENIUS, GeniusWeb, NegMAS or NegoLog, nor a conflict",
            )
    space = _space(spaces, profiles, later, told)
    profiles += [negmas.read_negmas_profile(value, path, space) for path, value in later]
    rule = SEMANTICS["genius" if any(p.file.lower().endswith(".xml") for p in profiles) else "sum"]
    return _of(_together(space, profiles, levels, told, rule), space.file)


def _of(domain: Domain, file: str) -> tuple[dict[str, Any], list[Told]]:
    return case_of(checked(domain, file), "case")


def _piece(value: Any, path: Path, ending: str) -> Space | Profile | None:
    if ending == ".json":
        if looks_geniusweb(value):
            return read_geniusweb(value, path)
        if looks_negolog(value):
            return read_negolog(value, path)
    if negmas.looks_negmas(value) and isinstance(value.get("issues"), list):
        return negmas.read_negmas(value, path)
    return None


def _space(
    spaces: Sequence[Space], profiles: Sequence[Profile], later: Sequence[tuple[Path, Any]], told: list[Told]
) -> Space:
    if len(spaces) > 1:
        found = joined([Path(s.file).name for s in spaces])
        raise UsageError(
            f"{len(spaces)} domains ({found}): name one of them and the profiles that belong to it"
        )
    if spaces:
        told += spaces[0].told
        return spaces[0]
    if not profiles:
        where = joined([path.name for path, _ in later]) or "nothing"
        raise UsageError(
            f"no domain among the files ({where}): name the one that says which issues there are"
        )
    first = profiles[0]
    if any(p.issues != first.issues for p in profiles):
        told.append(
            Told(
                "assumed",
                WHOLE,
                f"no domain is named: issues and levels are those of {Path(first.file).name}",
            )
        )
    return Space(first.file, Path(first.file).resolve().parent.name, first.issues)


def _together(
    space: Space, profiles: Sequence[Profile], levels: int | None, told: list[Told], rule: str
) -> Domain:
    issues = tuple(_levelled(issue, levels, space.file, told) for issue in space.issues)
    sides = []
    for profile in profiles:
        told += profile.told
        _fits(space, profile, told)
        rows = tuple(
            tuple(_worth(profile, issue, level, space) for level in issue.levels) for issue in issues
        )
        given = profile.reservation is not None
        no_deal = profile.otherwise if profile.reservation is None else profile.reservation
        said = f"no agreement is worth a utility of {float(no_deal):.6g}"
        told.append(
            Told("given" if given else "assumed", profile.name, said if given else f"no reservation: {said}")
        )
        because = f"{rule}: {Path(profile.file).name}."
        sides.append(
            Side(
                profile.name,
                rows,
                no_deal,
                Fraction(1),
                because[0].upper() + because[1:],
                together=tuple(_term(profile, when, add, issues) for when, add in profile.together),
            )
        )
    if len({side.name for side in sides}) < len(sides):
        sides = [replace(side, name=f"{side.name} ({n + 1})") for n, side in enumerate(sides)]
    return Domain(space.title, issues, tuple(sides), tuple(told))


def _worth(profile: Profile, issue: Issue, level: str, space: Space) -> Fraction:
    found = profile.worth[issue.name](level)
    if found is None:
        refuse(
            profile.file,
            f"issue '{issue.name}'",
            f"it does not say what '{level}' is worth, which is a level in {Path(space.file).name}",
        )
    return found


def _term(profile: Profile, when: Mapping[str, str], add: Fraction, issues: Sequence[Issue]) -> Term:
    places = {issue.name: (n, issue.levels) for n, issue in enumerate(issues)}
    for name, level in when.items():
        if level not in places[name][1]:
            refuse(
                profile.file,
                f"issue '{name}'",
                f"'{level}' is worth something beside levels of other issues, and is no level that is read",
            )
    return Term({places[name][0]: places[name][1].index(level) for name, level in when.items()}, add)


def _fits(space: Space, profile: Profile, told: list[Told]) -> None:
    mine, known = {i.name: i for i in profile.issues}, {i.name: i for i in space.issues}
    if missing := [name for name in known if name not in mine]:
        refuse(
            profile.file, f"issue '{missing[0]}'", f"it is missing here and stands in {Path(space.file).name}"
        )
    if strange := [name for name in mine if name not in known]:
        refuse(profile.file, f"issue '{strange[0]}'", f"{Path(space.file).name} has no such issue")
    for name, issue in mine.items():
        if (issue.scale is None) != (known[name].scale is None):
            refuse(
                profile.file,
                f"issue '{name}'",
                f"a number in one file and a list of levels in the other ({Path(space.file).name})",
            )
        if issue.scale != known[name].scale:
            told.append(
                Told(
                    "assumed",
                    name,
                    f"its bounds differ in {Path(profile.file).name}: those of {Path(space.file).name} count",
                )
            )
        if extra := [level for level in issue.levels if level not in known[name].levels]:
            told.append(
                Told(
                    "lost",
                    name,
                    f"levels of {Path(profile.file).name} that {Path(space.file).name} does not have: {', '.join(extra)}",
                )
            )


def _levelled(issue: Issue, levels: int | None, file: str, told: list[Told]) -> Issue:
    """An issue with its levels written out."""
    if issue.scale is None:
        return issue
    low, high, step = issue.scale
    if low == high:
        return Issue(issue.name, (decimal(low),), issue.scale)
    if step is not None:
        count = int((high - low) / step) + 1
        if levels is None and count > MAX_OPTIONS:
            raise LimitError(
                f"{file}: issue '{clean_line(issue.name)}' has {count:,} levels; a case has at most {MAX_OPTIONS}: '--levels {LEVELS}' takes so many, evenly spaced"
            )
        wanted = min(count, levels or count)
        places = [low + step * round(Fraction(k * (count - 1), max(1, wanted - 1))) for k in range(wanted)]
        if wanted < count:
            told.append(
                Told(
                    "lost",
                    issue.name,
                    f"{count - wanted:,} of its {count:,} levels: {wanted} stand for them, evenly spaced",
                )
            )
    else:
        wanted = levels or LEVELS
        places = [low + (high - low) * Fraction(k, wanted - 1) for k in range(wanted)]
        told.append(
            Told(
                "assumed",
                issue.name,
                f"a number from {decimal(low)} to {decimal(high)}, read at {wanted} levels, evenly spaced",
            )
        )
        told.append(Told("lost", issue.name, "what lies between these levels"))
    return Issue(issue.name, tuple(decimal(x) for x in places), issue.scale)
