"""Cases whose answer is not a count: sentences, flips, sizes beyond any list, dated questions, warnings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.answers import ask
from tests.edges.shelf import completed

ONE = "issues: {x: {status_quo: p, options: {p: , q: }}}\n"
WANT = "preferences: {a: {patience: 0.98, points: {x: {p: 0, q: 1}}}, b: {patience: 0.98, points: {x: {p: 0, q: 1}}}}\n"


@pytest.fixture
def put(tmp_path: Path) -> Any:
    def write(case: str) -> Path:
        path = tmp_path / "case.yaml"
        path.write_text(completed(case), encoding="utf-8")
        return path

    return write


# --- sizes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("issues", [10, 20, 40])
def test_counts_beyond_any_list_are_exact(issues: int, put: Any) -> None:
    """Two sides with opposite points, each at half of all: counted here by adding up, as a die is thrown many times."""
    options = [f"o{k}" for k in range(12)]
    names = [f"i{k}" for k in range(issues)]
    level = 11 * issues // 2
    points = {"a": {o: k for k, o in enumerate(options)}, "b": {o: 11 - k for k, o in enumerate(options)}}
    body = "status_quo: none\nissues: {"
    body += (
        ", ".join(f"{i}: {{options: {{{', '.join(f'{o}: ' for o in options)}}}}}" for i in names)
        + "}\npreferences:\n"
    )
    for f, given in points.items():
        each = "{" + ", ".join(f"{o}: {p}" for o, p in given.items()) + "}"
        body += f"  {f}: {{no_deal: {level - 5}, points: {{{', '.join(f'{i}: {each}' for i in names)}}}}}\n"
    ways = {0: 1}
    for _ in names:
        ways = _one_more(ways)
    right = sum(n for s, n in ways.items() if s >= level - 5 and 11 * issues - s >= level - 5)
    answer = ask("deal", put(body), "--json", "--draws", "64")
    assert answer.code == 0, answer.err
    assert answer.json["packages"]["acceptable"] == right
    assert answer.json["packages"]["total"] == 12**issues


def _one_more(ways: dict[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for so_far, n in ways.items():
        for point in range(12):
            found[so_far + point] = found.get(so_far + point, 0) + n
    return found


# --- sentences and flips --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "firm: [{package: {x: q}, holds: 1}]",
        "firm: [{package: {x: q}, holds: 0.9}]",
        "red_lines: [{x: q}]",
        "red_lines: [{o: p}]",
        "firm: [{package: {o: p}, holds: 0.5}]",
    ],
)
def test_a_deal_is_called_certain_only_where_it_is(line: str, put: Any) -> None:
    path = put(
        "issues: {x: {status_quo: p, options: {p: , q: }}, o: {status_quo: p, controlled_by: outside, options: {p: , q: }}}\n"
        f"preferences: {{a: {{no_deal: 1, points: {{x: {{p: 1, q: 2}}, o: {{p: 0, q: -5}}}}, {line}}}, "
        "b: {no_deal: 1, points: {x: {p: 1, q: 3}, o: {p: 0, q: 0}}}}\n"
    )
    for verb in ("check", "deal"):
        answer = ask(verb, path)
        assert answer.code == 0
        assert "deal is certain" not in " ".join((answer.out + answer.err).split())


def test_a_line_that_says_not_without_is_no_mistake(put: Any) -> None:
    path = put(
        ONE + "preferences: {a: {points: {x: {p: 0, q: 1}}, red_lines: [{x: p}]}, b: {indifferent: [x]}}\n"
    )
    answer = ask("check", path, "--json")
    assert [w for w in answer.json["warnings"] if "red_lines" in w["path"]] == []


@pytest.mark.parametrize(
    ("points", "no_deal", "right"),
    [
        ("{p: 5, q: 1}", 3, 5),
        ("{p: 0.5, q: 0.1}", 0.3, 0.5),
        ("{p: -1, q: -5}", -3, -1),
        ("{p: 5000, q: 1}", 3000, 5000),
    ],
)
def test_a_no_deal_value_flips_where_the_best_package_stands(
    points: str, no_deal: float, right: float, put: Any
) -> None:
    path = put(
        "status_quo: none\nissues: {x: {options: {p: , q: }}}\n"
        f"preferences: {{a: {{no_deal: {no_deal}, points: {{x: {points}}}}}, b: {{no_deal: 0, points: {{x: {{p: 1, q: 2}}}}}}}}\n"
    )
    flips = {f["path"]: f for f in ask("flips", path, "--json", "--draws", "64").json["flips"]}
    assert flips["a.no_deal"]["deal_flips_at"] == pytest.approx(right, abs=0.02)


# --- warnings of what cannot count ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unused",
    [
        "gestures: {g: {by: a, likelihood: {u: 0.2, v: 0.7}}}\nreadings: {a: {u: {prior: 0.5}, v: {prior: 0.5}}}",
        "world: {parts: {price: {pull: 0.1, spread: 0.1}}}",
        "world: {parts: {s: {numbers: {r: 0.1}, events: {e: {chance: 0.1}}}}, moves: {x: {q: s.e}}}",
        "world: {parts: {s: {calendars: {days: [2099-12-01]}, events: {e: {on: days}}}}, moves: {x: {q: s.e}}}",
        "world: {parts: {s: {events: {e: {chance: 0}}}}, moves: {x: {q: s.e}}}",
        "world: {parts: {s: {events: {e: {when: 1 > 2}}}}, stakes: {a: {s.e: 5}}}",
        "world: {parts: {s: {levels: {l: {start: 1, next: l, unit: kg}}, events: {e: {chance: 0.1}}}}, moves: {x: {q: s.e}}}",
        "world: {parts: {s: {values: {v: 0.5}, events: {e: {chance: 0.1}}}}, moves: {x: {q: s.e}}}",
        "policies: {p: {changes: {s.r: 0.5}}}\nworld: {parts: {s: {numbers: {r: 0.1}, events: {e: {chance: 0.1}}}}, moves: {x: {q: s.e}}}",
        "policies: {p: {stops: [t]}}\nworld: {parts: {s: {events: {e: {chance: 0.1}}}, t: {events: {f: {chance: 0.1}}}}, moves: {x: {q: s.e}}}",
        "policies: {p: {name: Nothing}}\nworld: {parts: {s: {events: {e: {chance: 0.1}}}}, moves: {x: {q: s.e}}}",
    ],
)
def test_what_is_read_by_nobody_is_warned_of_or_refused(unused: str, put: Any) -> None:
    path = put("as_of: 2021-06-03\n" + ONE + WANT + unused + "\n")
    answer = ask("check", path, "--json")
    assert answer.code == 3 or answer.json["warnings"], "neither a warning nor a refusal"


def test_preferences_of_a_spoiler_are_used_or_warned_of(put: Any) -> None:
    path = put(
        "parties: {a: {}, b: {}, s: {role: spoiler}}\n"
        + ONE
        + "preferences: {a: {indifferent: [x]}, b: {indifferent: [x]}, s: {points: {x: {p: 5, q: -5}}, red_lines: [{x: q}]}}\n"
    )
    answer = ask("check", path, "--json")
    assert answer.code == 3 or any("s" in w["path"].split(".") for w in answer.json["warnings"])


# --- dated questions ------------------------------------------------------------------------------------------


def answers(path: Path) -> Any:
    answer = ask("outlook", path, "--json", "--draws", "64", "--worlds", "2")
    assert answer.code == 0, answer.err
    return {id: q["answers"] for id, q in answer.json["questions"].items()}


def asked(id: str, answer: str, by: str) -> str:
    return f'  {id}: {{text: What then?, resolves: {by}, basis: modelled, answers: {{"yes": {answer}, "no": rest}}}}\n'


def world_of(part: str, more: str = "", months: int = 60) -> str:
    """A case with one part, whose event ``e`` moves the issue."""
    return f"as_of: 2021-06-03\n{ONE}{WANT}world: {{months: {months}, parts: {{s: {part}}}, moves: {{x: {{q: s.e}}}}{more}}}\nquestions:\n"


def test_what_is_on_a_day_is_then_and_not_before(put: Any) -> None:
    days = {"weeks_before": "2024-11-04", "eve": "2024-11-30", "day": "2024-12-01", "after": "2024-12-20"}
    questions = "".join(asked(id, f"{{that: happened(s.e), at: {day}}}", day) for id, day in days.items())
    questions += asked("option_eve", "{that: x is p, at: 2024-11-30}", "2024-11-30")
    questions += asked("option_day", "{that: x is q, at: 2024-12-01}", "2024-12-01")
    found = answers(put(world_of("{calendars: {days: [2024-12-01]}, events: {e: {on: days}}}") + questions))
    assert found["weeks_before"]["yes"] == 0
    assert found["eve"]["yes"] == 0
    assert found["day"]["yes"] == 1
    assert found["after"]["yes"] == 1
    assert found["option_eve"]["yes"] == 1
    assert found["option_day"]["yes"] == 1


def test_an_issue_that_something_else_moves_as_well_has_no_day(put: Any) -> None:
    part = "{calendars: {days: [2024-12-01]}, events: {e: {on: days}, f: {chance: 0.001}}}"
    case = world_of(part).replace("q: s.e}", "q: [s.e, s.f]}") + asked(
        "eve", "{that: x is p, at: 2024-11-30}", "2024-11-30"
    )
    assert 0 < answers(put(case))["eve"]["yes"] < 1


def test_a_day_is_not_the_chance_of_a_month(put: Any) -> None:
    questions = asked("one_day", "{that: happened(s.e), at: 2021-06-04}", "2021-06-04")
    questions += asked("one_month", "{that: happened(s.e), at: 2021-07-03}", "2021-07-03")
    found = answers(put(world_of("{events: {e: {chance: 0.3}}}") + questions))
    assert found["one_day"]["yes"] < 0.1
    assert 0.1 < found["one_month"]["yes"] < 0.5


def test_an_amount_is_compared_in_the_unit_in_which_it_is_typed(put: Any) -> None:
    part = "{numbers: {w: {range: 4, unit: kg}}, levels: {l: {start: w, next: l + w, unit: kg}}, events: {e: {when: l > 40}}}"
    day = "2022-06-01"
    questions = asked("below", f"{{that: s.l < 50, at: {day}}}", day)
    questions += asked("above", f"{{that: s.l >= 53, at: {day}}}", day)
    questions += asked("option", f"{{that: x is q and s.l > 10 * s.w, at: {day}}}", day)
    found = answers(put(world_of(part) + questions))
    # The 29th of 31 days from the month that ends on the 3rd of May (48 kg) to the one on the 3rd of June (52 kg).
    assert found["above"]["yes"] == 0
    assert found["below"]["yes"] == pytest.approx(1 - 29 / 31, abs=1e-6)
    assert found["option"]["yes"] == 1
    refused = ask(
        "check",
        put(world_of(part) + asked("odd", f"{{that: s.l < 50 and chance(0.5), at: {day}}}", day)),
    )
    assert (refused.code, "draws nothing" in refused.err) == (3, True)


def test_an_event_that_never_comes_and_what_is_asked_given_it(put: Any) -> None:
    part = "{numbers: {r: [0, 0, 0.000001]}, events: {e: {chance: r * 0}, f: {chance: 0.3}}}"
    questions = asked("never", "{that: happened(s.e), at: 2022-05-01}", "2022-05-01")
    given = "{that: happened(s.f), at: 2022-05-01, given: happened(s.e)}"
    questions += asked("given_never", given, "2022-05-01")
    found = answers(put(world_of(part, ", stakes: {a: {s.f: 1}}", months=12) + questions))
    assert found["never"] == {"yes": 0, "no": 1}
    # No world meets the condition: nothing can be said, and nothing is.
    assert found["given_never"] in (None, {"yes": None, "no": None})


@pytest.mark.parametrize("day", ["2021-06-03", "2021-06-01", "9999-12-31"])
def test_a_question_of_a_day_that_the_world_does_not_reach_is_refused(day: str, put: Any) -> None:
    questions = asked("odd", f"{{that: happened(s.e), at: {day}}}", day)
    answer = ask("check", put(world_of("{events: {e: {chance: 0.1}}}", months=12) + questions))
    assert answer.code == 3
    assert "questions.odd" in answer.err
