"""Equations as people type them → a tree. Parsed here, never executed.

The language, loosest first::

    if A then B else C        a choice; inside a sum or a product it needs brackets
    A or B    A and B    not A
    A < B     <=  >  >=  ==  !=          one comparison: 'a < b < c' is 'a < b and b < c'
    issue is option           also 'before(issue) is option'
    A + B     A - B
    A * B     A / B
    -A
    A ?? B                    B where the part that A belongs to is absent; binds tighter than all above
    12.5   name   part.name   table[issue]   f(A, ...)   (A)

There is nothing else: no assignment, no loop, no text, no call but of the functions in :data:`FUNCTIONS`. An
equation has at most :data:`MAX_LENGTH` characters, :data:`MAX_DEPTH` levels of brackets and :data:`MAX_CHAIN` operations
one after the other, so that reading it costs no more than its length.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import NamedTuple, NoReturn

from detente.case.base import MAX_NUMBER, MIN_NUMBER

__all__ = [
    "FUNCTIONS",
    "MAX_CHAIN",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "NAME",
    "RESERVED_WORDS",
    "Binary",
    "Call",
    "Choice",
    "Default",
    "EquationError",
    "Is",
    "Lookup",
    "Name",
    "Node",
    "Number",
    "Unary",
    "children",
    "parse_equation",
]

MAX_LENGTH = 1000
MAX_DEPTH = 32
MAX_CHAIN = 100

FUNCTIONS: dict[str, tuple[int, int]] = {
    "min": (2, 8),
    "max": (2, 8),
    "clamp": (3, 3),
    "abs": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "logistic": (1, 1),
    "probit": (1, 1),
    "chance": (1, 1),
    "whole": (1, 1),
    "happened": (1, 1),
    "months_since": (1, 1),
    "before": (1, 1),
}
"""Functions with the least and the most arguments that they take."""

_KEYWORDS = ("if", "then", "else", "and", "or", "not", "is")
RESERVED_WORDS = (*_KEYWORDS, "shock", *FUNCTIONS)
"""Words of the language, which name nothing else."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"|(?P<mark>\?\?|<=|>=|==|!=|[-+*/<>(),\[\]]))"
)
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
"""What an equation calls something: ``name``, or ``part.name``."""
_INSTEAD = {
    "%": "a share instead: 0.5 for 50%",
    "=": "'==' to compare; an equation does not assign",
    "^": "a product instead: x * x",
    "&": "'and'",
    "|": "'or'",
    "!": "'not'",
    "?": "'x ?? y' for a default, or 'if .. then .. else ..'",
    "{": "round brackets",
    "}": "round brackets",
    "'": "a name without quotes",
    '"': "a name without quotes",
    "×": "'*'",
    "−": "'-'",
    "≤": "'<='",
    "≥": "'>='",
    ":": "'if .. then .. else ..'",
    ";": "one equation for each name",
}
_LAST = "'before(x)' for last month's x; in 'next' a level's own name is last month's already"
_NO_FUNCTION = {
    **dict.fromkeys(("previous", "prev", "last", "lag", "lagged"), _LAST),
    **dict.fromkeys(
        ("random", "rand", "uniform"),
        "'chance(p)' for what is true with chance p, or 'shock' for a bell curve",
    ),
    **dict.fromkeys(
        ("normal", "gauss", "noise"), "'shock', which has mean 0 and deviation 1: 'spread * shock'"
    ),
    **dict.fromkeys(("pow", "power"), "a product, x * x, or exp(y * log(x))"),
    **dict.fromkeys(
        ("round", "floor", "int", "ceil"), "'whole(x)', which is a whole number and x on average"
    ),
    "ln": "'log(x)', which is the natural one",
    "sigmoid": "'logistic(x)'",
    **dict.fromkeys(("sum", "mean", "average", "avg"), "it out: (a + b) / 2"),
}
"""What people call functions elsewhere → what is written here."""
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


class EquationError(ValueError):
    """What is wrong with an equation, and at which character of it (from 0)."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.message = message


class Number(NamedTuple):
    """A plain number."""

    at: int
    value: float


class Name(NamedTuple):
    """A level, value, number or event; ``part.name`` for another part's."""

    at: int
    name: str


class Lookup(NamedTuple):
    """``table[issue]``: the number of ``table`` for the option that ``issue`` has."""

    at: int
    table: str
    key: str


class Is(NamedTuple):
    """``issue is option``: whether an issue has an option this month; ``before(issue) is option``: had it last month."""

    at: int
    issue: str
    option: str
    past: bool = False


class Unary(NamedTuple):
    """``-`` or ``not``."""

    at: int
    sign: str
    of: Node


class Binary(NamedTuple):
    """``+ - * /``, a comparison, ``and`` or ``or``."""

    at: int
    sign: str
    left: Node
    right: Node


class Choice(NamedTuple):
    """``if test then yes else no``."""

    at: int
    test: Node
    yes: Node
    no: Node


class Default(NamedTuple):
    """``of ?? other``."""

    at: int
    of: Node
    other: Node


class Call(NamedTuple):
    """``function(arguments)``; ``shock`` is a call without brackets."""

    at: int
    function: str
    arguments: tuple[Node, ...]


Node = Number | Name | Lookup | Is | Unary | Binary | Choice | Default | Call


def parse_equation(text: str) -> Node:
    """The tree of an equation.

    Raises
    ------
    EquationError
        With the character at which the text stops making sense, and what to write instead.
    """
    if len(text) > MAX_LENGTH:
        message = f"an equation has at most {MAX_LENGTH:,} characters: found {len(text):,}; give parts of it names of their own"
        raise EquationError(MAX_LENGTH, message)
    return _parsed(text)


@lru_cache(maxsize=1 << 12)
def _parsed(text: str) -> Node:
    return _Reader(
        text
    ).whole()  # read again for its unit, for each value that it needs, and in every case with its part


def children(node: Node) -> tuple[Node, ...]:
    """The trees right below one."""
    match node:
        case Unary():
            return (node.of,)
        case Binary():
            return (node.left, node.right)
        case Choice():
            return (node.test, node.yes, node.no)
        case Default():
            return (node.of, node.other)
        case Call():
            return node.arguments
        case _:
            return ()


class _Token(NamedTuple):
    at: int
    kind: str
    """number, word, mark or end."""
    text: str


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            character = text[place]
            instead = _INSTEAD.get(character)
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            raise EquationError(
                place,
                f"'{shown}' means nothing in an equation"
                + (
                    f": write {instead}"
                    if instead
                    else "; there are numbers, names, + - * / < > == and or not, if .. then .. else, ??, brackets and functions"
                ),
            )
        kind = match.lastgroup or ""
        found.append(_Token(match.start(kind), kind, match.group(kind)))
        at = match.end()
    found.append(_Token(end, "end", ""))
    return found


class _Reader:
    """Recursive descent over the tokens of one equation."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.place = 0
        self.ahead = self.tokens[0]
        self.depth = 0

    def whole(self) -> Node:
        if self.ahead.kind == "end":
            raise EquationError(0, "an equation was expected, found nothing")
        node = self.loosest()
        if self.ahead.kind != "end":
            self.stray()
        if _height(node) > MAX_CHAIN:
            raise EquationError(
                0,
                f"more than {MAX_CHAIN} operations hang on one another; give parts of it names of their own",
            )
        return node

    def take(self) -> _Token:
        token = self.ahead
        self.place += 1
        self.ahead = self.tokens[min(self.place, len(self.tokens) - 1)]
        return token

    def sees(self, *texts: str) -> bool:
        return self.ahead.text in texts  # no number and no end is a mark or a word

    def expect(self, text: str, why: str) -> None:
        if not self.sees(text):
            self.stop(self.ahead, f"'{text}' was expected here, {why}; found {_shown(self.ahead)}")
        self.take()

    def stop(self, token: _Token, message: str) -> NoReturn:
        raise EquationError(token.at, message)

    def stray(self) -> NoReturn:
        token, before = self.ahead, self.tokens[self.place - 1]
        if token.text == "if":
            self.stop(token, "a choice begins with its condition: write 'if .. then .. else ..'")
        if token.kind in ("number", "word") and before.kind in ("number", "word"):
            self.stop(
                token,
                f"an operation is missing between '{before.text}' and '{token.text}': + - * / or a comparison",
            )
        if token.text == ",":
            self.stop(token, "a ',' stands only between the arguments of a function; decimals have a point")
        if token.text in (")", "]"):
            self.stop(token, f"this '{token.text}' closes nothing")
        self.stop(token, f"the equation should have ended here; found {_shown(token)}")

    def loosest(self) -> Node:
        self.deeper()
        node = self.choice() if self.sees("if") else self.either()
        self.depth -= 1
        return node

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.stop(
                self.ahead,
                f"more than {MAX_DEPTH} levels inside one another; give parts of it names of their own",
            )

    def choice(self) -> Node:
        at = self.take().at
        test = self.loosest()
        self.expect("then", "after the condition of this 'if'")
        yes = self.loosest()
        self.expect("else", "an 'if' says both what is and what is otherwise")
        return Choice(at, test, yes, self.loosest())

    def either(self) -> Node:
        node = self.both()
        while self.sees("or"):
            node = Binary(self.take().at, "or", node, self.both())
        return node

    def both(self) -> Node:
        node = self.negation()
        while self.sees("and"):
            node = Binary(self.take().at, "and", node, self.negation())
        return node

    def negation(self) -> Node:
        turns = []
        while self.sees("not"):
            turns.append(self.take().at)
        node = self.comparison()
        for at in reversed(turns[-2:] if len(turns) % 2 == 0 else turns[-1:]):
            node = Unary(at, "not", node)
        return node

    def comparison(self) -> Node:
        left = self.sum()
        if self.sees("is"):
            return self.option(left)
        if not self.sees(*_COMPARISONS):
            return left
        sign = self.take()
        right = self.sum()
        if self.sees(*_COMPARISONS):
            self.stop(self.ahead, "one comparison at a time: write 'a < b and b < c'")
        return Binary(sign.at, sign.text, left, right)

    def option(self, left: Node) -> Node:
        sign, option = self.take(), self.take()
        past = isinstance(left, Call) and left.function == "before"
        issue = left.arguments[0] if isinstance(left, Call) and past else left
        if not isinstance(issue, Name) or option.kind != "word" or not NAME.fullmatch(option.text):
            self.stop(sign, "'is' stands between an issue and one of its options")
        return Is(left.at, issue.name, option.text, past)

    def sum(self) -> Node:
        node = self.product()
        while self.sees("+", "-"):
            sign = self.take()
            node = Binary(sign.at, sign.text, node, self.product())
        return node

    def product(self) -> Node:
        node = self.signed()
        while self.sees("*", "/"):
            sign = self.take()
            node = Binary(sign.at, sign.text, node, self.signed())
        return node

    def signed(self) -> Node:
        minus = None
        while self.sees("-", "+"):
            sign = self.take()
            if minus is not None or sign.text == "+":
                self.stop(sign, f"'{sign.text}' cannot follow another sign: use brackets")
            minus = sign.at
        node = self.default()
        return node if minus is None else Unary(minus, "-", node)

    def default(self) -> Node:
        node = self.atom()
        if not self.sees("??"):
            return node
        at = self.take().at
        absent = isinstance(node, (Name, Lookup)) or (
            isinstance(node, Call) and node.function in ("before", "months_since")
        )
        if not absent:
            raise EquationError(at, "'??' stands after a name: 'part.name ?? 0'")
        if self.sees("-"):
            sign = self.take()
            return Default(at, node, Unary(sign.at, "-", self.atom()))
        self.deeper()
        other = self.default()
        self.depth -= 1
        return Default(at, node, other)

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return self.figure(token)
        if token.text == "(":
            node = self.loosest()
            self.expect(")", "to close the bracket")
            return node
        if token.text == "if":
            self.stop(token, "an 'if' inside an operation needs brackets: (if .. then .. else ..)")
        if token.kind == "word" and token.text not in _KEYWORDS:
            return self.call(token) if self.sees("(") else self.name(token)
        if token.text == "*" and self.tokens[self.place - 2].text == "*":
            self.stop(token, "there is no power: write a product, x * x, or exp(y * log(x))")
        self.stop(token, f"a number, a name or '(' was expected here; found {_shown(token)}")

    def figure(self, token: _Token) -> Node:
        value = float(token.text)
        if value > MAX_NUMBER:
            self.stop(token, f"a number is at most {MAX_NUMBER:g}: found {token.text}; use another unit")
        if value < MIN_NUMBER and re.split("[eE]", token.text)[0].strip("0."):
            self.stop(
                token, f"a number is 0 or at least {MIN_NUMBER:g}: found {token.text}; use another unit"
            )
        return Number(token.at, value)

    def name(self, token: _Token) -> Node:
        if token.text == "shock":
            return Call(token.at, "shock", ())
        if token.text in FUNCTIONS:
            self.stop(token, f"'{token.text}' is a function: write '{token.text}(...)'")
        if not NAME.fullmatch(token.text):
            self.stop(
                token,
                f"'{token.text}' cannot be a name: names are lower-case letters, digits and '_', "
                "and at most one '.' between a part and what belongs to it",
            )
        if not self.sees("["):
            return Name(token.at, token.text)
        self.take()
        key = self.take()
        if key.kind != "word" or not NAME.fullmatch(key.text):
            self.stop(key, f"the name of an issue was expected between '[' and ']'; found {_shown(key)}")
        self.expect("]", f"after '{token.text}[{key.text}'")
        return Lookup(token.at, token.text, key.text)

    def call(self, token: _Token) -> Node:
        if token.text not in FUNCTIONS and token.text in _NO_FUNCTION:
            self.stop(token, f"there is no function '{token.text}': write {_NO_FUNCTION[token.text]}")
        if token.text not in FUNCTIONS:
            close = difflib.get_close_matches(token.text, FUNCTIONS, n=1)
            meant = f"; did you mean '{close[0]}'?" if close else "."
            self.stop(
                token,
                f"there is no function '{token.text}'{meant} There are: {', '.join(FUNCTIONS)}; last month's '{token.text}' is 'before({token.text})'",
            )
        self.take()
        arguments = [] if self.sees(")") else [self.loosest()]
        while self.sees(","):
            self.take()
            arguments.append(self.loosest())
        self.expect(")", f"to close '{token.text}('")
        least, most = FUNCTIONS[token.text]
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            self.stop(
                token,
                f"'{token.text}' takes {wanted} argument{'s' if most > 1 else ''}: found {len(arguments)}",
            )
        return Call(token.at, token.text, tuple(arguments))


def _height(node: Node) -> int:
    """How many operations hang on one another, without recursion."""
    level, found = [node], 0
    while level:
        found += 1
        level = [child for one in level for child in children(one)]
    return found


def _shown(token: _Token) -> str:
    return "the end of the equation" if token.kind == "end" else f"'{token.text}'"
