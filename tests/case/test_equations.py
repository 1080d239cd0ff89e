"""Equations as text: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.case.equations import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    Binary,
    Call,
    Choice,
    Default,
    EquationError,
    Is,
    Lookup,
    Name,
    Node,
    Number,
    Unary,
    parse_equation,
)


def shown(node: Node) -> str:
    """A tree with every bracket."""
    match node:
        case Number(value=value):
            return f"{value:g}"
        case Name(name=name):
            return name
        case Lookup(table=table, key=key):
            return f"{table}[{key}]"
        case Is(issue=issue, option=option, past=past):
            return f"(before({issue}) is {option})" if past else f"({issue} is {option})"
        case Unary(sign=sign, of=of):
            return f"({sign} {shown(of)})"
        case Binary(sign=sign, left=left, right=right):
            return f"({shown(left)} {sign} {shown(right)})"
        case Choice(test=test, yes=yes, no=no):
            return f"(if {shown(test)} then {shown(yes)} else {shown(no)})"
        case Default(of=of, other=other):
            return f"({shown(of)} ?? {shown(other)})"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(shown, arguments))})"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("-a * b", "((- a) * b)"),
        ("a - -b", "(a - (- b))"),
        ("not a and b or c", "(((not a) and b) or c)"),
        ("not not a", "(not (not a))"),
        ("a < b + 1", "(a < (b + 1))"),
        ("a or b < c", "(a or (b < c))"),
        ("money.income ?? 1 - offer", "((money.income ?? 1) - offer)"),
        ("a ?? b ?? 0", "(a ?? (b ?? 0))"),
        ("a ?? -1 * b", "((a ?? (- 1)) * b)"),
        ("before(x) ?? 0", "(before(x) ?? 0)"),
        (
            "if a then 1 else if b then 2 else 3 + 4",
            "(if a then 1 else (if b then 2 else (3 + 4)))",
        ),
        ("x + (if a then b else c)", "(x + (if a then b else c))"),
        ("loss[oil] * 2", "(loss[oil] * 2)"),
        ("oil is banned and not b", "((oil is banned) and (not b))"),
        ("before(oil) is banned or b", "((before(oil) is banned) or b)"),
        ("clamp(x + spread * shock, 0, 1)", "clamp((x + (spread * shock())), 0, 1)"),
        ("min(a, b, c)", "min(a, b, c)"),
        (" .5e-3 ", "0.0005"),
    ],
)
def test_what_binds_tighter(text: str, meaning: str) -> None:
    assert shown(parse_equation(text)) == meaning


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("", 0, "found nothing"),
        ("50%", 2, "0.5 for 50%"),
        ("0,5", 1, "decimals have a point"),
        ("a < b < c", 6, "a < b and b < c"),
        ("a = b", 2, "'=='"),
        ("a b", 2, "an operation is missing between 'a' and 'b'"),
        ("2 x", 2, "an operation is missing"),
        ("x + if a then b else c", 4, "needs brackets"),
        ("if a then b", 11, "'else' was expected"),
        ("mn(1, 2)", 0, "did you mean 'min'?"),
        ("log(1, 2)", 0, "takes 1 argument: found 2"),
        ("clamp(1)", 0, "takes 3 arguments: found 1"),
        ("exp", 0, "is a function: write 'exp(...)'"),
        ("Loyalty", 0, "lower-case"),
        ("a.b.c", 0, "at most one '.'"),
        ("(a", 2, "')' was expected"),
        ("a)", 1, "closes nothing"),
        ("1 +", 3, "the end of the equation"),
        ("1 + * 2", 4, "found '*'"),
        ("a - - - b", 6, "use brackets"),
        ("3 ?? 4", 2, "stands after a name"),
        ("x is 3", 2, "between an issue and one of its options"),
        ("a^2", 1, "x * x"),
        ("a ** 2", 3, "there is no power: write a product"),
        ("a if b else c", 2, "write 'if .. then .. else ..'"),
        ("1 + 1e10", 4, "at most 1e+09: found 1e10"),
        ("1e999", 0, "at most 1e+09"),
        ("1e-400", 0, "0 or at least 1e-12"),
        ("\u0663 + 1", 0, "'\u0663' means nothing"),
        ("a\x07", 1, "U+0007"),
        ("t[1]", 2, "the name of an issue"),
        ("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH, MAX_DEPTH, "levels"),
        ("1+" * MAX_LENGTH + "1", MAX_LENGTH, "at most 1,000 characters"),
    ],
)
def test_what_is_wrong_where(text: str, at: int, says: str) -> None:
    with pytest.raises(EquationError) as caught:
        parse_equation(text)
    assert caught.value.at == at
    assert says in caught.value.message


words = st.sampled_from(
    [
        *"+-*/()[],.<>=!?%",
        "??",
        "<=",
        "==",
        *FUNCTIONS,
        "if",
        "then",
        "else",
        "and",
        "or",
        "not",
        "is",
        "shock",
        "a",
        "b.c",
        "0",
        "1.5e3",
    ]
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.one_of(st.lists(words, max_size=60).map(" ".join), st.text(string.printable, max_size=80)))
def test_any_text_is_read_or_refused_at_a_character_of_it(text: str) -> None:
    try:
        node = parse_equation(text)
    except EquationError as refused:
        error = refused
    else:
        # What is shown with every bracket means the same again.
        again = shown(node).replace("shock()", "shock")
        assert shown(parse_equation(again)).replace("shock()", "shock") == again
        return
    assert 0 <= error.at <= len(text)
    assert len(error.message) < 400
