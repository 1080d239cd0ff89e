"""An answer: what was found, in words, as a page, as JSON, as tables."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from detente.errors import in_python
from detente.jsontext import dumps

if TYPE_CHECKING:
    from detente.case.edited import Change
    from detente.document import Document

__all__ = ["Answer", "Briefing", "Result", "changed_json", "supposing"]

WIDTH = 80
"""Letters in a line of ``str``."""
_AT_HOME = '<base href="about:srcdoc">'
"""Links to a place on the page stay on it: without it they lead to that place of the notebook, and the frame is empty."""


class Result(Protocol):
    """What an analysis found."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""


R = TypeVar("R", bound=Result)


def supposing(document: Document, changes: Sequence[Change]) -> Document:
    """A document that says first, and in its small print, what was put in place of what the case says."""
    if not changes:
        return document
    from detente.document import Paragraph

    said = "; ".join(change.sentence for change in changes)
    return replace(
        document,
        subtitle=" · ".join(filter(None, (document.subtitle, f"with {said}"))),
        facts={**document.facts, "what if": said},
        short=(Paragraph(f"With {said}:", tone="caution"), *document.short) if document.short else (),
    )


def changed_json(changes: Sequence[Change]) -> dict[str, Any]:
    """What was put in place of what the case says, as the JSON has it; nothing where nothing was."""
    return {"changed": [asdict(change) for change in changes]} if changes else {}


@dataclass(frozen=True, repr=False, eq=False)
class Briefing:
    """A document that shows itself: in a terminal, in a notebook, as one HTML file."""

    name: str
    """What was asked for, of which case."""
    describe: Callable[[], Document]

    @cached_property
    def document(self) -> Document:
        """What it says, block by block."""
        return self.describe()

    def html(self) -> str:
        """The whole as one self-contained HTML page, to be written as UTF-8. Raises ``LimitError`` where charts cannot be drawn."""
        from detente.render.html import page
        from detente.render.pictures import can_draw

        with in_python():
            can_draw()
            return page(self.document)

    def _repr_html_(self) -> str:
        """The same page in a frame of its own, so that neither its style nor the notebook's changes the other."""
        inner = html.escape(self.html().replace("<head>", f"<head>{_AT_HOME}", 1), quote=True)
        style = "width:100%;height:36em;border:0"
        return f'<iframe title="{html.escape(self.name)}" sandbox srcdoc="{inner}" style="{style}"></iframe>'

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def __str__(self) -> str:
        """What the command shows on one screen."""
        from rich.console import Console

        from detente.render.text import show

        stream = io.StringIO()
        # In a notebook Rich would show it and write nothing, or colour it as for a terminal.
        show(self.document, Console(file=stream, width=WIDTH, force_jupyter=False, force_terminal=False))
        return stream.getvalue()


@dataclass(frozen=True, repr=False, eq=False)
class Answer(Briefing, Generic[R]):
    """The answer to one question; ``result`` holds every number, frozen, by the names of the JSON."""

    result: R
    changes: tuple[Change, ...] = ()
    """What was put in place of what the case says."""

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON's own types: ``changed`` is there where something was."""
        return {**self.result.to_json(), **changed_json(self.changes)}

    def to_json(self) -> str:
        """The JSON of the command's ``--json``, to the byte."""
        return dumps(self.to_dict()) + "\n"

    def records(self, table: str) -> list[dict[str, Any]]:
        """One of its tables as rows, one dictionary each, which any data frame takes.

        ``table`` is the path of the field that holds it (``tracks.frontier``), or the end of one that no other has
        (``frontier``). A row begins with what it stands under (``tracks``, ``frontier``), nested names have dots between them.
        Raises ``UsageError`` with the nearest name and the list.
        """
        from detente.study.records import records

        return records(self.result, table)
