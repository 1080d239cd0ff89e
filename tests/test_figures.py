from __future__ import annotations

import re
from pathlib import Path

import pytest

from detente.figures import (
    agree,
    amount,
    capital,
    error,
    joined,
    percent,
    plural,
    points,
    sampled,
    signed,
    spelt,
    spread,
    typed,
)

SRC = Path(__file__).parents[1] / "src" / "detente"
SPEAKING = [*(SRC / "report").glob("*.py"), SRC / "analyses" / "words.py", *(SRC / "charts").glob("*.py")]
SPEAKING += [
    f
    for verb in ("deal", "flips", "outlook", "roadmap", "stability")
    for f in (SRC / "analyses" / verb).glob("*.py")
]


@pytest.mark.parametrize(
    ("value", "plain", "gain"),
    [
        (5, "5.0", "+5.0"),
        (-4, "−4.0", "−4.0"),
        (0.04, "0.0", "0.0"),
        (-0.04, "0.0", "0.0"),
        (0.06, "0.1", "+0.1"),
        (-0.06, "−0.1", "−0.1"),
        (12.345, "12.3", "+12.3"),
        (-1234.5, "−1,234.5", "−1,234.5"),
    ],
)
def test_points_have_one_decimal_and_a_true_minus(value: float, plain: str, gain: str) -> None:
    assert points(value) == plain
    assert signed(value) == gain


def test_a_share_is_never_rounded_to_none_or_all() -> None:
    assert [percent(v) for v in (0, 0.001, 0.344, 0.999, 1)] == ["0%", "under 1%", "34%", "over 99%", "100%"]
    assert percent(0.3456, 1) == "34.6%"
    assert percent(-0.02) == "−2%"


def test_an_error_is_said_only_where_the_draws_differ() -> None:
    assert sampled(0.34, 0.011) == "34% ± 1.1"
    assert sampled(1.0, 0.0) == "100%"
    assert error(0.0002) == "± under 0.1"


@pytest.mark.parametrize("file", SPEAKING, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_signs_and_errors_are_written_in_one_place_only(file: Path) -> None:
    assert not re.findall(r"−|:\+|± \{|:\.1f", file.read_text("utf-8"))


def test_what_was_typed_stays_as_it_was() -> None:
    assert [typed(v) for v in (-6, 0.985, 12.5)] == ["−6", "0.985", "12.5"]


def test_a_range_stands_behind_its_middle() -> None:
    assert spread("−2.0", "−6.0", "1.0") == "−2.0 (−6.0 to 1.0)"
    assert spread("3.0", "3.0", "3.0") == "3.0"


def test_words_agree_with_their_number() -> None:
    assert plural(1, "warning") == "1 warning"
    assert plural(0, "warning") == "0 warnings"
    assert plural(1, "quotation", "supports", "support") == "1 quotation supports"
    assert plural(2048, "quotation", "supports", "support") == "2,048 quotations support"
    assert [agree(n, "has", "have") for n in (0, 1, 2)] == ["have", "has", "have"]
    # 2 - 1.000001 points are shown as 0.999999, 2 - 1.0000001 as 1.
    assert [agree(2 - n, "has", "have") for n in (1.000001, 1.0000001)] == ["have", "has"]
    assert [spelt(n) for n in (5, 12)] == ["five", "12"]
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert joined(["a"], "or") == "a"
    assert joined(["a", "b: c, d", "e"]) == "a; b: c, d; and e"
    assert joined(["a", "b, c"]) == "a and b, c"
    assert capital("élan vital") == "Élan vital"
    assert capital("") == ""


def test_what_is_not_nothing_is_never_rounded_to_it_in_a_sentence() -> None:
    assert [amount(v) for v in (0.0, 1e-9, 0.049, 0.051, 12.34)] == [
        "0.0",
        "less than 0.05",
        "less than 0.05",
        "0.1",
        "12.3",
    ]
