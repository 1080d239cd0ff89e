"""What groups agreed, from a spreadsheet: a row for each group, a column for each issue, in any order.

The first row names the columns: ``group``, and issues by their ids or names. Cells hold options by id or name, in small or capital letters. A row
with nothing but the group, or with nothing but "no deal" beside it, is a group that did not agree. What a row leaves out stays at the status quo.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from detente.case.model import Case
from detente.case.package import impossible
from detente.case.wording import one_of
from detente.formats.domain import refuse
from detente.formats.grids import read_grid

__all__ = ["read_agreements"]

NOTHING = ("no deal", "none", "no agreement", "impasse")


def read_agreements(path: Path, case: Case) -> list[tuple[str, dict[str, str] | None]]:
    """Group → issue → option, in the order of rows; None: it did not agree.

    Raises
    ------
    CaseError
        A column is no issue, a cell no option, a group is there twice or says nothing of an issue without a status quo; the message names
        row and column.
    """
    file, grid = str(path), read_grid(path)
    head = [str(cell or "").strip() for cell in (grid[0] if grid else [])]
    if not head or head[0].lower() != "group":
        refuse(file, "row 1", "the columns 'group' and then the issues of the case were expected")
    known = _known({id: spec.name for id, spec in case.issues.items()})
    columns: dict[int, str] = {}
    for at, name in enumerate(head[1:], 1):
        if not name:
            continue
        issue = known.get(name.casefold())
        if issue is None:
            refuse(
                file,
                f"row 1, column {at + 1}",
                f"no issue '{name}' in case '{case.id}'{one_of(name, case.issues)}",
            )
        if issue in columns.values():
            refuse(file, f"row 1, column {at + 1}", f"'{issue}' has two columns")
        columns[at] = issue
    found: dict[str, dict[str, str] | None] = {}
    for line, row in enumerate(grid[1:], 2):
        cells = ["" if cell is None else _text(cell) for cell in row]
        if not any(cells):
            continue
        group = cells[0] or refuse(file, f"row {line}", "the group has no name")
        if stray := [at for at in range(1, len(cells)) if cells[at] and at not in columns]:
            refuse(file, f"row {line}, column {stray[0] + 1}", "the first row names no issue for this column")
        if group in found:
            refuse(file, f"row {line}", f"the group '{group}' is here twice")
        found[group] = _package(case, columns, cells, file, line)
    return list(found.items())


def _text(cell: str | int | float) -> str:
    return (str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)).strip()


def _known(names: Mapping[str, str | None]) -> dict[str, str]:
    """Names and ids, in small letters, → ids; ids count before names."""
    return {
        **{name.casefold(): id for id, name in names.items() if name},
        **{id.casefold(): id for id in names},
    }


def _package(
    case: Case, columns: Mapping[int, str], cells: list[str], file: str, line: int
) -> dict[str, str] | None:
    said = [at for at in columns if cells[at]]
    known = {i: _known({o: s.name for o, s in case.issues[i].options.items()}) for i in columns.values()}
    if not said:
        return None
    if (word := cells[said[0]].casefold()) in NOTHING and word not in known[columns[said[0]]]:
        if said[1:]:
            refuse(
                file, f"row {line}", f"'{cells[said[0]]}' stands beside '{cells[said[1]]}', which is agreed"
            )
        return None
    package = {}
    for at in said:
        issue = columns[at]
        where = f"row {line}, column '{issue}'"
        options = case.issues[issue].options
        option = known[issue].get(cells[at].casefold())
        if option is None:
            refuse(file, where, f"no option '{cells[at]}'{one_of(cells[at], options)}")
        package[issue] = option
    missing = [i for i, spec in case.issues.items() if i not in package and spec.status_quo is None]
    if missing:
        refuse(
            file,
            f"row {line}",
            f"nothing is said of '{missing[0]}', and the case has no status quo at which it could stay",
        )
    if why := impossible(case, package):
        refuse(file, f"row {line}", why)
    return package
