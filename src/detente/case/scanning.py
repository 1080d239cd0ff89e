"""YAML events, faster: ruamel.yaml's pure-Python scanner with its innermost steps written for speed.

A case file has to be read while somebody waits, and the C extension of the library is not everywhere. What
is overridden says the same in fewer steps; the events are those of the library itself, which is tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner

__all__ = ["events"]

_SPACES_AND_COMMENT = {
    False: re.compile("[ ]*(#[^\n\0\r\x85\u2028\u2029]*)?"),
    True: re.compile("[ \t]*(#[^\n\0\r\x85\u2028\u2029]*)?"),
}


class _Reader(Reader):
    """The whole text is in ``buffer``, so looking and moving need no refilling."""

    def peek(self, index: int = 0) -> Any:
        position = self.pointer + index
        return self.buffer[position] if position < len(self.buffer) else "\0"

    def forward(self, length: int = 1) -> None:
        start, stop = self.pointer, min(self.pointer + length, len(self.buffer))
        taken = self.buffer[start:stop]
        self.pointer = self.index = stop
        if taken.isprintable():  # no line break, no byte-order mark
            self.column += stop - start
            return
        for place, character in enumerate(taken, start):
            after = self.buffer[place + 1] if place + 1 < len(self.buffer) else "\0"
            if character == "\n" or (character == "\r" and after != "\n"):
                self.line += 1
                self.column = 0
            elif character != "\ufeff":
                self.column += 1


class _Scanner(Scanner):
    reader: Any = None

    def __init__(self, loader: Any = None) -> None:
        self.reader = loader.reader  # the library looks it up each time
        super().__init__(loader)

    def need_more_tokens(self) -> bool:
        if self.done:
            return False
        if not self.tokens:
            return True
        if not self.possible_simple_keys:
            return False
        self.stale_possible_simple_keys()
        return bool(self.next_possible_simple_key() == self.tokens_taken)

    def check_token(self, *choices: Any) -> bool:
        while self.need_more_tokens():
            self.fetch_more_tokens()
        return bool(self.tokens) and (not choices or isinstance(self.tokens[0], choices))

    def scan_to_next_token(self) -> Any:
        reader = self.reader
        if reader.index == 0 and reader.peek() == "\ufeff":
            reader.forward()
        pattern = _SPACES_AND_COMMENT[self.flow_level > 0]
        while True:
            skipped = pattern.match(reader.buffer, reader.pointer)
            if skipped and (length := skipped.end() - skipped.start()):
                reader.forward(length)
            if not self.scan_line_break():
                return None
            if not self.flow_level:
                self.allow_simple_key = True


class _Parser(Parser):
    scanner: Any = None

    def __init__(self, loader: Any) -> None:
        self.scanner = loader.scanner
        super().__init__(loader)


def events(text: str) -> Iterator[Any]:
    """The events of a YAML text, as they are found. Raises the library's errors."""
    yaml = YAML(typ="safe", pure=True, plug_ins=[])
    yaml.Reader, yaml.Scanner, yaml.Parser = _Reader, _Scanner, _Parser
    return iter(yaml.parse(text))
