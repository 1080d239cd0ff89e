"""A :class:`~detente.document.Document` on a terminal, or in a pipe.

Works in 80 columns and without colour: a tone is a sign before it is a colour, a table that does not fit is
turned into records, a picture is its sentence and its numbers. Words from case files are cleaned and never
read as markup. What a document says in short has at most ``SCREEN`` lines: of tables that do not fit the first rows are
shown, and how many more there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar, assert_never

from rich.cells import cell_len

from detente.clean import clean, clean_line, encodable
from detente.document import Block, Cell, Chart, Document, Finding, Paragraph, Section, Table
from detente.figures import plural

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["SCREEN", "show"]

SCREEN = 40
"""Lines that an answer may have where nobody asked for all of it."""

_STYLES = {"plain": "", "good": "green", "bad": "red", "caution": "yellow", "muted": "dim"}
_SIGNS = {"good": "✓", "bad": "✗", "caution": "!"}
_FIRST_ROWS = 10
_WORTH_CUTTING = 4  # rows; hiding fewer saves nothing
_LONGEST_WORD = 24  # a longer one may be broken to make a table fit
_MOST_LINES = 4  # a row that is taller becomes a record
_Row = TypeVar("_Row")
_GAP = 2  # letters between columns: one of padding, one of the box
_FEW = (3, 1)  # rows that a table keeps while another can still be cut, and in the end


def show(document: Document, console: Console, *, everything: bool = False) -> None:
    """Print what the document says in short, or all of it where it says nothing in short or all was asked for.

    Where all was asked for and is long, the verdict stands at the end too, where a terminal stands still.
    """
    out = _Printer(console)
    if document.short and not everything:
        _in_short(document.title, _fitting(document, out), out)
        return
    _whole(document, out)
    if everything and out.lines(lambda: _whole(document, out)) > SCREEN:
        for finding in _headlines(document):
            out.gap()
            out.sentence(finding)


def _fitting(document: Document, out: _Printer) -> list[Block]:
    """The blocks of the short answer, the tables cut as far as it takes; as far as they can be where nothing suffices."""
    cuts = list(_cuts(document.short))
    fits = bisect_left(
        cuts, True, key=lambda cut: out.lines(lambda: _in_short(document.title, cut, out)) <= SCREEN
    )
    return cuts[min(fits, len(cuts) - 1)]


def _cuts(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks, a picture being its sentence; then with ever fewer rows, the last table cut first."""
    shown = [Paragraph(b.alt) if isinstance(b, Chart) else b for b in blocks]
    rows = {n: len(b.rows) for n, b in enumerate(shown) if isinstance(b, Table)}

    def cut() -> list[Block]:
        return [_cut(b, rows[n]) if isinstance(b, Table) else b for n, b in enumerate(shown)]

    yield cut()
    for few in _FEW:
        for n in reversed(rows):
            while rows[n] > few:
                rows[n] -= 1
                yield cut()


def _cut(table: Table, first: int) -> Table:
    """The first rows of a table and those that it keeps, and how many more there are."""
    rows = _short(table.rows, table.keep, first)
    hidden = len(table.rows) - len(rows)
    more = f"and {plural(hidden, 'more row')}: see --all" if hidden else ""
    return replace(table, rows=rows, fold=False, note="; ".join(filter(None, (more, table.note))))


def _in_short(title: str, blocks: Sequence[Block], out: _Printer) -> None:
    out.line(title, "bold")
    before: Block | None = None
    for block in blocks:
        out.block(block, 1, close=isinstance(block, Paragraph) and isinstance(before, Paragraph))
        before = block


def _whole(document: Document, out: _Printer) -> None:
    """Headline findings first, then the blocks in order, the small print last."""
    out.line(document.title, "bold")
    if document.subtitle:
        out.line(document.subtitle, "dim")
    for finding in _headlines(document):
        out.gap()
        out.finding(finding)
    for block in document.blocks:
        if not (isinstance(block, Finding) and block.headline):
            out.block(block, 1)
    if document.facts:
        out.gap()
        out.line(" · ".join(f"{k}: {v}" for k, v in document.facts.items()), "dim")


def _headlines(document: Document) -> list[Finding]:
    return [b for b in document.blocks if isinstance(b, Finding) and b.headline]


class _Printer:
    """Where the words go: cleaned, in the console's encoding, never as markup."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def lines(self, printing: Callable[[], None]) -> int:
        """How many lines are printed; they are not."""
        with self._console.capture() as told:
            printing()
        return told.get().count("\n")

    def text(self, words: str, style: str = "") -> Text:
        from rich.text import Text

        return Text(encodable(clean(words), self._console.encoding), style=style)

    def put(self, text: Text, *, indent: int = 0) -> None:
        """Wrapped by hand, so that nothing trails in a pipe."""
        from rich.text import Text

        for line in text.wrap(self._console, self._console.width - indent):
            line.rstrip()
            self._console.print(Text(" " * indent) + line, no_wrap=True, crop=False, overflow="ignore")

    def gap(self) -> None:
        self._console.print()

    def line(self, words: str, style: str = "", *, indent: int = 0) -> None:
        self.put(self.text(clean_line(words), style), indent=indent)

    def block(self, block: Block, depth: int, *, close: bool = False) -> None:
        if not close:
            self.gap()
        match block:
            case Section():
                self.section(block, depth)
            case Finding():
                self.finding(block)
            case Paragraph():
                self.put(self.text(_signed(block.text, block.tone), _STYLES[block.tone]))
            case Table():
                self.table(block)
            case Chart():
                self.line(block.caption, "bold")
                self.line(block.alt)
                if block.table is not None:
                    self.table(block.table, captioned=False, shortened=True)
            case _:
                assert_never(block)

    def section(self, section: Section, depth: int) -> None:
        self.line(section.title, "bold underline" if depth == 1 else "bold")
        if depth == 1 and not self._console.is_terminal:
            # a pipe has no underline
            self.line("=" * min(len(section.title), self._console.width))
        if section.lead:
            self.line(section.lead, "italic dim")
        for block in section.blocks:
            self.block(block, depth + 1)

    def sentence(self, finding: Finding) -> None:
        style = " ".join(("bold" if finding.headline else "", _STYLES[finding.tone])).strip()
        self.line(_signed(finding.text, finding.tone), style)

    def finding(self, finding: Finding) -> None:
        self.sentence(finding)
        for word, said in (("Because", finding.because), ("How far this goes", finding.limit)):
            if said:
                self.line(f"{word}: {said}", "dim", indent=2)

    def table(self, table: Table, *, captioned: bool = True, shortened: bool = False) -> None:
        if captioned and table.caption:
            self.line(table.caption, "bold")
        rows = [[c if isinstance(c, Cell) else Cell(str(c)) for c in row] for row in table.rows]
        shown: Sequence[Sequence[Cell]] = rows
        if table.fold or shortened:
            cut = _short(rows, table.keep, _FIRST_ROWS)
            shown = rows if len(rows) - len(cut) < _WORTH_CUTTING else cut
        notes = list(dict.fromkeys(c.note for row in shown for c in row if c.note))
        marks = {note: f" [{i}]" for i, note in enumerate(notes, 1)}
        words = [[_signed(c.text, c.tone) + marks.get(c.note, "") for c in row] for row in shown]
        widths = _widths([list(table.columns), *words], self._console.width)
        if widths is not None:
            self._grid(table, shown, words, widths)
        else:
            self._records(table, shown, words)
        for note, mark in marks.items():
            self.line(f"{mark.strip()} {note}", "dim", indent=1)
        if len(shown) < len(rows):
            more = f"and {plural(len(rows) - len(shown), 'more row')}: see the page of 'detente report', or --json"
            self.line(more, "dim", indent=1)
        if table.note:
            self.line(table.note, "dim", indent=1)

    def _grid(
        self,
        table: Table,
        rows: Sequence[Sequence[Cell]],
        words: Sequence[Sequence[str]],
        widths: Sequence[int],
    ) -> None:
        import rich.box
        import rich.table

        grid = rich.table.Table(
            box=rich.box.SIMPLE_HEAD, padding=(0, _GAP - 1, 0, 0), pad_edge=False, show_edge=False
        )
        for i, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
            justify: Literal["left", "right"] = "right" if i in table.numeric else "left"
            grid.add_column(self.text(column), justify=justify, overflow="fold", width=width)
        for row, said in zip(rows, words, strict=True):
            grid.add_row(*(self.text(w, _STYLES[c.tone]) for w, c in zip(said, row, strict=True)))
        self._console.print(grid)

    def _records(self, table: Table, rows: Sequence[Sequence[Cell]], words: Sequence[Sequence[str]]) -> None:
        """One paragraph per row, the column's name before each value."""
        for row, said in zip(rows, words, strict=True):
            self.line(said[0] if said else "", "bold")
            for column, word, cell in zip(table.columns[1:], said[1:], row[1:], strict=False):
                self.line(f"{column}: {word}", _STYLES[cell.tone], indent=2)


def _short(rows: Sequence[_Row], keep: Sequence[int], first: int) -> Sequence[_Row]:
    """The first rows and those to be kept, in their order."""
    kept = {
        *range(min(first, len(rows))),
        *(n % len(rows) for n in keep if -len(rows) <= n < len(rows)),
    }
    return [rows[n] for n in sorted(kept)]


def _signed(text: str, tone: str) -> str:
    sign = _SIGNS.get(tone)
    return text if sign is None or text.lstrip().startswith(sign) else f"{sign} {text}"


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Letters for each column of a grid, or None where a grid would break words or stack many lines.

    Every column gets its longest word (or a bearable part of it); what is left goes where lines are long.
    """
    columns = [[row[i] if i < len(row) else "" for row in rows] for i in range(max(map(len, rows)))]
    full = [max((cell_len(line) for cell in c for line in cell.split("\n")), default=1) for c in columns]
    least = [max((cell_len(word) for cell in c for word in cell.split()), default=1) for c in columns]
    left = width - _GAP * (len(columns) - 1)
    if sum(least) > left:
        least = [min(letters, _LONGEST_WORD) for letters in least]
    spare = left - sum(least)
    if spare < 0:
        return None
    wanted = [long - short for long, short in zip(full, least, strict=True)]
    scale = min(1.0, spare / max(sum(wanted), 1))
    widths = [short + int(scale * more) for short, more in zip(least, wanted, strict=True)]
    stacked = max(
        (-(-cell_len(cell) // max(w, 1)) for c, w in zip(columns, widths, strict=True) for cell in c),
        default=0,
    )
    return widths if stacked <= _MOST_LINES else None
