"""Files of strangers, opened within limits: XML without definitions, JSON without duplicates, YAML without tags.

XML is looked through before it is kept: what has a document type is refused, so that no entity is ever expanded and nothing outside is
fetched, and what has more elements, or more inside one another, than would fit into memory. The parser is defusedxml's then. The
ending of a name says what a file has to be; whether it is that, its content does.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError, ParserCreate

from detente.case.yamltext import parse
from detente.clean import clean_line
from detente.errors import UsageError
from detente.formats.domain import refuse
from detente.storage import MEBIBYTE, read_bytes, read_limited

__all__ = ["ENDINGS", "LIMIT", "files_in", "looked_through", "open_json", "open_xml", "open_yaml"]

LIMIT = 8 * MEBIBYTE
"""Bytes of one file."""
MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
"""Of an XML file, each of which takes some hundred bytes of memory."""
MAX_PIECE = 1_000_000
"""Letters of one tag, or of one remark."""
MAX_FILES = 500
ENDINGS = (".xml", ".json", ".gmcr", ".yml", ".yaml", ".txt", ".csv", ".xlsx")

_SPACE = re.compile(rb"(?:\xef\xbb\xbf)?\s*")
_BARE = re.compile(rb"&(?!#?[A-Za-z0-9]{1,32};)(?![\x00])")


def files_in(folder: Path) -> list[Path]:
    """The files of a folder that may be read, in order of their names; what a link leads out of it is refused."""
    home = folder.resolve()
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.suffix.lower() not in ENDINGS:
            continue
        if entry.is_symlink() and home not in Path(os.path.realpath(entry)).parents:
            refuse(str(entry), "", "this link leads out of the folder")
        if entry.is_file():
            found.append(entry)
    if len(found) > MAX_FILES:
        raise UsageError(
            f"{folder}: {len(found):,} files; at most {MAX_FILES} are read: name those that you mean"
        )
    return found


def open_xml(path: Path) -> tuple[Element, bool]:
    """The root of an XML file, and whether bare ampersands had to be taken for letters, as the parser of GENIUS takes them.

    Raises
    ------
    CaseError
        It is no XML, has a document type, more than ``MAX_ELEMENTS``, or is nested deeper than ``MAX_DEPTH``.
    """
    from defusedxml.ElementTree import fromstring

    name, data = str(path), read_bytes(path, limit=LIMIT)
    text = _declared(data)
    if text.count(b"&") > MAX_ELEMENTS:
        refuse(name, "", f"more than {MAX_ELEMENTS:,} ampersands")
    mended = _BARE.sub(b"&amp;", text)
    looked_through(mended, name, "this is not XML")
    root: Element = fromstring(mended, forbid_dtd=True)
    return root, mended != text


def looked_through(data: bytes, name: str, otherwise: str, most: int = MAX_ELEMENTS) -> int:
    """How many elements are in XML, counted without keeping any; refused where they are not what may be kept in memory.

    All at once: given piece by piece, expat begins every unfinished tag or comment anew, and one of some megabytes takes minutes. Others read
    pieces, so that none may be longer than ``MAX_PIECE``.
    """
    depth = count = 0

    def short(*texts: str) -> None:
        if sum(map(len, texts)) > MAX_PIECE:
            refuse(name, "", f"a tag or a remark of more than {MAX_PIECE:,} letters")

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        short(tag, *attributes, *attributes.values())
        if depth > MAX_DEPTH:
            refuse(name, "", f"more than {MAX_DEPTH} elements inside one another")
        if count > most:
            refuse(name, "", f"more than {most:,} elements")

    def closed(_: str) -> None:
        nonlocal depth
        depth -= 1

    def typed(*_: Any) -> None:
        refuse(name, "<!DOCTYPE>", "a file may not define entities or refer to definitions elsewhere")

    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = typed
    parser.CommentHandler = parser.ProcessingInstructionHandler = short
    try:
        parser.Parse(data, True)
    except (ExpatError, ValueError, LookupError) as error:
        refuse(name, "", f"{otherwise} ({clean_line(str(error))[:100]})")
    return count


def _declared(data: bytes) -> bytes:
    """The file from its declaration on: GENIUS writes remarks before it, which XML does not allow."""
    at = _past_space(data, 0)
    while data.startswith(b"<!--", at) and (end := data.find(b"-->", at)) >= 0:
        at = _past_space(data, end + 3)
    return data[at:] if data.startswith(b"<?xml", at) else data


def _past_space(data: bytes, at: int) -> int:
    found = _SPACE.match(data, at)
    return at if found is None else found.end()


def open_json(path: Path) -> Any:
    """What a JSON file says, its decimals exact.

    Raises
    ------
    CaseError
        It is no JSON, has a key twice in one object, or is nested deeper than ``MAX_DEPTH``.
    """
    name, text = str(path), read_limited(path, limit=LIMIT)

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = dict(found)
        if len(keys) < len(found):
            twice = Counter(key for key, _ in found).most_common(1)[0][0]
            refuse(name, twice, "this key is here twice in one object; remove one of the two")
        return keys

    try:
        value = json.loads(text, parse_float=Decimal, parse_int=_whole, object_pairs_hook=pairs)
    except RecursionError:
        refuse(name, "", f"more than {MAX_DEPTH} levels inside one another")
    except InvalidOperation:
        refuse(name, "", "an exponent that no number of a case has")
    except ValueError as error:
        refuse(name, "", f"this is not JSON ({error})")
    _shallow(value, name)
    return value


def _whole(digits: str) -> int | Decimal:
    """A whole number; one that no case could hold as what costs nothing to read."""
    return int(digits) if len(digits) < 100 else Decimal(digits)


def _shallow(value: Any, name: str) -> None:
    waiting = [(value, 1)]
    while waiting:
        inner, depth = waiting.pop()
        if depth > MAX_DEPTH:
            refuse(name, "", f"more than {MAX_DEPTH} levels inside one another")
        members = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ()
        waiting += [(one, depth + 1) for one in members]


def open_yaml(path: Path) -> Any:
    """What a YAML file says; raises as :func:`detente.case.yamltext.parse` does."""
    return parse(read_limited(path), str(path)).value
