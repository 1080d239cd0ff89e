"""Files of strangers, opened within limits: XML without definitions, JSON without duplicates, YAML without tags.

Of XML the parser is defusedxml's, which stops at a document type: no entity is ever expanded and nothing outside is fetched. The
ending of a name says what a file has to be; whether it is that, its content does.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from detente.case.yamltext import parse
from detente.errors import UsageError
from detente.formats.domain import refuse
from detente.storage import MEBIBYTE, read_bytes, read_limited

__all__ = ["ENDINGS", "LIMIT", "files_in", "open_json", "open_xml", "open_yaml"]

LIMIT = 8 * MEBIBYTE
"""Bytes of one file."""
MAX_DEPTH = 64
MAX_FILES = 500
ENDINGS = (".xml", ".json", ".gmcr", ".yml", ".yaml", ".txt", ".csv", ".xlsx")

_BARE = re.compile(rb"&(?!#?[A-Za-z0-9]{1,32};)(?![\x00])")


def files_in(folder: Path) -> list[Path]:
    """The files of a folder that may be read, in order of their names; what a link leads out of it is refused."""
    home = folder.resolve()
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.suffix.lower() not in ENDINGS:
            continue
        if entry.is_symlink() and home not in entry.resolve().parents:
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
        It is no XML, has a document type, or is nested deeper than ``MAX_DEPTH``.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    name, data = str(path), read_bytes(path, limit=LIMIT)
    text = _declared(data)
    mended = _BARE.sub(b"&amp;", text)
    try:
        root: Element = fromstring(mended, forbid_dtd=True)
    except DefusedXmlException:
        refuse(name, "<!DOCTYPE>", "a file may not define entities or refer to definitions elsewhere")
    except (ParseError, ValueError, LookupError) as error:
        refuse(name, "", f"this is not XML ({error})")
    if any(depth > MAX_DEPTH for _, depth in _nested(root)):
        refuse(name, "", f"more than {MAX_DEPTH} elements inside one another")
    return root, mended != text


def _declared(data: bytes) -> bytes:
    """The file from its declaration on: GENIUS writes remarks before it, which XML does not allow."""
    rest = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    while rest.startswith(b"<!--") and (end := rest.find(b"-->")) >= 0:
        rest = rest[end + 3 :].lstrip()
    return rest if rest.startswith(b"<?xml") else data


def _nested(root: Element) -> Iterator[tuple[Element, int]]:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        if depth <= MAX_DEPTH:
            waiting += [(child, depth + 1) for child in element]


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
        value = json.loads(text, parse_float=Decimal, object_pairs_hook=pairs)
    except RecursionError:
        refuse(name, "", f"more than {MAX_DEPTH} levels inside one another")
    except ValueError as error:
        refuse(name, "", f"this is not JSON ({error})")
    _shallow(value, name)
    return value


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
