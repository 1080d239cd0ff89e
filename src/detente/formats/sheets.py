"""Score sheets: issues and options in rows, factions in columns, as teachers and analysts keep them in spreadsheets.

The first row names the columns: ``issue``, ``option``, perhaps ``status quo`` (an ``x`` marks the option), then the factions, each one column or three
(``Mayor low``, ``Mayor median``, ``Mayor high``). A row with an option holds points, or values from 0 to 100 where the faction has weights;
one without an option holds the issue's weights. An empty issue is that of the row above. Rows with a word of :data:`WORDS` in the place of
the issue hold one number of each faction; ``together`` has the options in the place of the option, ``road=paved & toll=none``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from detente.case.model import Case, Preferences, Range, RelativeNoDeal
from detente.errors import UsageError
from detente.figures import joined, plural
from detente.formats.additive import faction_name, level_names, likeliest, numbered, ranges
from detente.formats.casetext import rounding
from detente.formats.domain import WHOLE, Told, ids, number, refuse
from detente.formats.grids import Cell, Grid

__all__ = ["WORDS", "case_of_sheet", "sheet_of"]

NO_DEAL, ABOVE, TOGETHER, NOW = "no deal", "no deal above the status quo", "together", "status quo"
WORDS: Mapping[str, str] = {
    **dict.fromkeys(
        (NO_DEAL, "batna", "threshold", "minimum", "reservation", "reservation value", "walk-away"), NO_DEAL
    ),
    ABOVE: ABOVE,
    "least points": "min",
    "most points": "max",
    "step": "step",
}
ENDS = ("low", "median", "high")

Number = int | float | list[int | float]


# --- out ------------------------------------------------------------------------------------------------------


def sheet_of(case: Case) -> tuple[Grid, tuple[Told, ...]]:
    """A case as a sheet, and what the sheet has no place for.

    Raises
    ------
    UsageError
        States are only put in order, a world computes no-deal values, or an issue is called as a word of the sheet is.
    """
    wants = {f: likeliest(case, f) for f in case.preferences}
    numbered(wants)
    issues = {i: spec.name or i for i, spec in case.issues.items()}
    if len(set(issues.values())) < len(issues):
        issues = {i: i for i in issues}
    if odd := [name for name in issues.values() if name.strip().lower() in (*WORDS, TOGETHER)]:
        raise UsageError(f"an issue is called '{odd[0]}', which is a word of the sheet: give it another name")
    names = _faction_names(case)
    wide = {f: any(not r.certain for r in ranges(one)) for f, one in wants.items()}
    head: list[Cell] = ["issue", "option", *([NOW] if case.status_quo is None else [])]
    for f in wants:
        head += [f"{names[f]} {end}" for end in ENDS] if wide[f] else [names[f]]

    def row(issue: str, option: str, here: bool, cells: Mapping[str, Range | float | None]) -> list[Cell]:
        found: list[Cell] = [issue, option, *(["x" if here else None] if case.status_quo is None else [])]
        for f in wants:
            found += _cells(cells.get(f), wide[f])
        return found

    rows = [head]
    for issue, spec in case.issues.items():
        rows.append(row(issues[issue], "", False, {f: w.weights.get(issue) for f, w in wants.items()}))
        if all(cell in (None, "") for cell in rows[-1][1:]):
            rows.pop()
        for option, shown in zip(spec.options, level_names(case, issue), strict=True):
            cells = {f: _level(w, issue, option) for f, w in wants.items()}
            rows.append(row(issues[issue], shown, option == spec.status_quo, cells))
    rows += [
        row(word, "", False, cells)
        for word, cells in _scalars(wants)
        if any(c is not None for c in cells.values())
    ]
    called = {
        i: dict(zip(spec.options, level_names(case, i), strict=True)) for i, spec in case.issues.items()
    }
    for f, one in wants.items():
        for term in one.together:
            text = " & ".join(f"{issues[i]}={called[i][o]}" for i, o in term.when.items())
            rows.append(row(TOGETHER, text, False, {f: term.add}))
    return rows, tuple(_no_place(case, wants))


def _faction_names(case: Case) -> dict[str, str]:
    names = {f: faction_name(case, f) for f in case.preferences}
    return names if len(set(names.values())) == len(names) else {f: f for f in names}


def _level(wants: Preferences, issue: str, option: str) -> Range | None:
    if issue in wants.indifferent:
        return None
    return (wants.values if wants.points is None else wants.points).get(issue, {}).get(option)


def _cells(value: Range | float | None, wide: bool) -> list[Cell]:
    if value is None:
        return [None] * (3 if wide else 1)
    ends = (value.low, value.median, value.high) if isinstance(value, Range) else (value,) * 3
    return [_whole(x) for x in ends] if wide else [_whole(ends[1])]


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _scalars(wants: Mapping[str, Preferences]) -> Iterator[tuple[str, dict[str, Range | float | None]]]:
    stated = {f: w.no_deal for f, w in wants.items()}
    yield NO_DEAL, {f: s if isinstance(s, Range) else None for f, s in stated.items()}
    yield ABOVE, {f: s.status_quo if isinstance(s, RelativeNoDeal) else None for f, s in stated.items()}
    for word, key in (("least points", "min"), ("most points", "max"), ("step", "step")):
        yield word, {f: getattr(w, key) for f, w in wants.items()}


def _no_place(case: Case, wants: Mapping[str, Preferences]) -> Iterator[Told]:
    names = _faction_names(case)
    for f, one in wants.items():
        if one.red_lines or one.firm:
            yield Told("lost", names[f], plural(len(one.red_lines) + len(one.firm), "line"))
        if case.readings.get(f):
            yield Told("lost", names[f], "rival readings: the likeliest stands for them")
    others = (
        "record",
        "signing",
        "tracks",
        "agreement",
        "impossible",
        "bodies",
        "moves_with",
        "steps",
        "guarantees",
        "deadlines",
        "world",
        "conflict",
    )
    if there := [key for key in others if getattr(case, key)]:
        yield Told("lost", WHOLE, f"{joined(there)}: a sheet has points only")
    if any(issue.controls or issue.controlled_by for issue in case.issues.values()) or any(
        p.factions for p in case.parties.values()
    ):
        yield Told(
            "lost",
            WHOLE,
            "who controls what, and which factions belong together: every column is a party that has to agree",
        )


# --- in -------------------------------------------------------------------------------------------------------


class _Column(NamedTuple):
    name: str
    at: tuple[int, ...]
    """Its column, or those of low, median and high."""


class _Row(NamedTuple):
    line: int
    issue: str
    option: str
    now: bool
    cells: list[Number | None]
    """Of each faction."""


def case_of_sheet(grid: Grid, path: Path) -> tuple[dict[str, Any], list[Told]]:
    """A case from a sheet, and what was given, assumed and lost.

    Raises
    ------
    CaseError
        A row or a cell is none of the sheet's; the message names row and column.
    """
    file = str(path)
    columns, now_at = _columns(grid, file)
    rows = list(_rows(grid, columns, now_at, file))
    options: dict[str, list[str]] = {}
    for row in rows:
        if row.option and row.issue.lower() != TOGETHER:
            if row.option in options.setdefault(row.issue, []):
                refuse(file, f"row {row.line}", f"the option '{row.option}' of '{row.issue}' is here twice")
            options[row.issue].append(row.option)
    if not options:
        refuse(file, "", "there are no rows with an issue and an option")
    names = dict(zip(options, ids(list(options)), strict=True))
    levels = {i: dict(zip(found, ids(found), strict=True)) for i, found in options.items()}
    here: dict[str, str] = {}
    for row in rows:
        if row.now and here.setdefault(row.issue, row.option) != row.option:
            refuse(file, f"row {row.line}, column '{NOW}'", f"a second option of '{row.issue}' is marked")
    _all_read(rows, options, file)
    if now_at is not None and set(here) != set(options):
        missing = next(i for i in options if i not in here)
        refuse(
            file,
            f"column '{NOW}'",
            f"no option of '{missing}' is marked; mark one of each issue, or leave the column out",
        )
    parties = ids([c.name for c in columns])
    told = [Told("assumed", WHOLE, "who has to agree: everybody")]
    preferences: dict[str, Any] = {}
    for n, party in enumerate(parties):
        mine = _Sheet(file, n, columns[n].name, names, levels, rows)
        preferences[party] = {"inference": f"Typed in {path.name}.", **mine.wants(now_at is not None, told)}
    case = {
        "detente": 1,
        "id": "sheet",
        "title": path.stem,
        **({} if now_at is not None else {"status_quo": "none"}),
        "parties": {p: {"name": c.name} for p, c in zip(parties, columns, strict=True)},
        "issues": {
            names[i]: {
                "name": i,
                **({"status_quo": levels[i][here[i]]} if i in here else {}),
                "options": {id: {"name": o} if id != o else {} for o, id in levels[i].items()},
            }
            for i in options
        },
        "preferences": preferences,
    }
    return case, told


def _all_read(rows: Iterable[_Row], issues: Collection[str], file: str) -> None:
    """Refuse a row of numbers that says nothing: of an issue without options, or a second one of weights."""
    weighed: set[str] = set()
    for row in rows:
        word = row.issue.lower()
        if row.option or word in (*WORDS, TOGETHER) or all(cell is None for cell in row.cells):
            continue
        if row.issue not in issues:
            words = ", ".join(dict.fromkeys((NO_DEAL, ABOVE, *WORDS)))
            refuse(
                file,
                f"row {row.line}",
                f"'{row.issue}' has no options, and is no word of the sheet ({words})",
            )
        if row.issue in weighed:
            refuse(file, f"row {row.line}", f"a second row of weights of '{row.issue}'")
        weighed.add(row.issue)


def _columns(grid: Grid, file: str) -> tuple[list[_Column], int | None]:
    head = [str(cell or "").strip() for cell in (grid[0] if grid else [])]
    if [h.lower() for h in head[:2]] != ["issue", "option"]:
        refuse(
            file,
            "row 1",
            "a sheet begins with the columns 'issue' and 'option', and has one (or three: low, median, high) for each faction",
        )
    now: int | None = None
    places: dict[str, dict[str, int]] = {}
    for at, name in enumerate(head[2:], 2):
        stem, _, end = name.rpartition(" ")
        if name.lower() == NOW:
            now = at
        elif stem and end.lower() in ENDS:
            places.setdefault(stem, {})[end.lower()] = at
        elif name:
            if name in places:
                refuse(file, "row 1", f"the column '{name}' is here twice")
            places[name] = {"": at}
    columns = []
    for name, ends in places.items():
        if set(ends) not in ({""}, set(ENDS)):
            refuse(file, "row 1", f"'{name}' needs the columns low, median and high, or one")
        columns.append(_Column(name, tuple(ends[end] for end in (ENDS if len(ends) == len(ENDS) else ("",)))))
    if len(columns) < 2:
        refuse(file, "row 1", f"two factions at least were expected, found {len(columns)}")
    return columns, now


def _rows(grid: Grid, columns: Sequence[_Column], now: int | None, file: str) -> Iterator[_Row]:
    above = ""
    used = {0, 1, now, *(at for column in columns for at in column.at)}
    nameless = [at for at in range(len(grid[0])) if at not in used]
    for line, row in enumerate(grid[1:], 2):
        issue, option = (str("" if row[k] is None else row[k]).strip() for k in (0, 1))
        if stray := [at for at in nameless if _filled(row[at])]:
            refuse(file, f"row {line}, column {stray[0] + 1}", "the first row has no name for this column")
        cells = [_number(row, column, file, line) for column in columns]
        if not issue and not option:
            if any(cell is not None for cell in cells):
                refuse(file, f"row {line}", "numbers without an issue and an option")
            continue
        issue = issue or above
        if not issue:
            refuse(file, f"row {line}", "an option without an issue")
        word = issue.lower()
        if option and word in WORDS:
            refuse(file, f"row {line}", f"'{issue}' is a word of the sheet, beside which no option stands")
        above = above if word in (*WORDS, TOGETHER) else issue
        mark = "" if now is None or row[now] is None else str(row[now]).strip()
        if mark and (mark.lower() != "x" or not option):
            refuse(file, f"row {line}, column '{NOW}'", f"an x beside an option was expected, found '{mark}'")
        yield _Row(line, issue, option, bool(mark), cells)


def _filled(cell: Cell) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _number(row: Sequence[Cell], column: _Column, file: str, line: int) -> Number | None:
    typed = [row[at] for at in column.at]
    filled = [_filled(cell) for cell in typed]
    if not any(filled):
        return None
    if not all(filled):
        refuse(
            file, f"row {line}, column '{column.name}'", "low, median and high were expected, or none of them"
        )
    found = [float(number(cell, file, f"row {line}, column '{column.name}'")) for cell in typed]
    plain = [_whole(x) for x in found]
    return plain[0] if len(set(plain)) == 1 else plain


class _Sheet(NamedTuple):
    """What one column says."""

    file: str
    at: int
    name: str
    issues: Mapping[str, str]
    levels: Mapping[str, Mapping[str, str]]
    rows: Sequence[_Row]

    def wants(self, standing: bool, told: list[Told]) -> dict[str, Any]:
        """Preferences of a case; ``standing``: it has a status quo."""
        weights, table, idle = {}, {}, []
        for issue, id in self.issues.items():
            mine = {row.option: row.cells[self.at] for row in self.rows if row.issue == issue and row.option}
            if all(cell is None for cell in mine.values()):
                idle.append(id)
                told.append(Told("assumed", self.name, f"no points on {issue}: it does not care"))
                continue
            if empty := [option for option, cell in mine.items() if cell is None]:
                refuse(
                    self.file, f"column '{self.name}'", f"a number for '{empty[0]}' of '{issue}' was expected"
                )
            table[id] = {self.levels[issue][option]: cell for option, cell in mine.items()}
            for row in self.rows:
                if row.issue == issue and not row.option and row.cells[self.at] is not None:
                    weights[id] = row.cells[self.at]
        kind = {"weights": weights, "values": table} if weights else {"points": table}
        scalars = self._scalars(standing, told)
        terms = [
            {"when": self._when(row), "add": row.cells[self.at]}
            for row in self.rows
            if row.issue.lower() == TOGETHER and row.cells[self.at] is not None
        ]
        more = {} if weights or "step" in scalars else rounding(self._certain(table, scalars))
        if more:
            told.append(
                Told(
                    "lost",
                    self.name,
                    f"digits beyond {more['step']:g} points: what is compared is rounded to that 'step'",
                )
            )
        return {
            **scalars,
            **more,
            **kind,
            **({"indifferent": idle} if idle else {}),
            **({"together": terms} if terms else {}),
        }

    def _scalars(self, standing: bool, told: list[Told]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for row in self.rows:
            word, cell = WORDS.get(row.issue.lower()), row.cells[self.at]
            if word is None or cell is None:
                continue
            key, value = (
                ("no_deal", cell if word == NO_DEAL else {"status_quo": cell})
                if word in (NO_DEAL, ABOVE)
                else (word, cell)
            )
            if key in found:
                refuse(
                    self.file, f"row {row.line}, column '{self.name}'", f"a second number for '{row.issue}'"
                )
            found[key] = value
        if "no_deal" in found:
            told.append(Told("given", self.name, "what no deal is worth"))
        elif not standing:
            found["no_deal"] = 0
            told.append(Told("assumed", self.name, "no row says what no deal is worth: 0 points"))
        return found

    def _when(self, row: _Row) -> dict[str, str]:
        found = {}
        for part in row.option.split("&"):
            issue, _, option = (one.strip() for one in part.partition("="))
            if issue not in self.levels or option not in self.levels[issue]:
                refuse(self.file, f"row {row.line}", f"'{part.strip()}' is no issue=option of this sheet")
            found[self.issues[issue]] = self.levels[issue][option]
        return found

    def _certain(
        self, table: Mapping[str, Mapping[str, Any]], scalars: Mapping[str, Any]
    ) -> list[list[Fraction]]:
        """Rows of the numbers that are certain, and last what no deal is worth."""
        stated = scalars.get("no_deal", 0)
        rows = [[cell for cell in levels.values() if not isinstance(cell, list)] for levels in table.values()]
        rows.append([stated] if isinstance(stated, int | float) else [])
        return [[number(cell, self.file, self.name) for cell in row] for row in rows]
