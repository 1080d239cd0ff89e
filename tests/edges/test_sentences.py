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
        "policies: {p: {changes: {recognition.deviation: 0.5}}}\nworld: {recognition: {now: 50, all: 60, drop: 0.02, cascade: 0.3}}",
        "policies: {p: {changes: {recognition.mean: 0.01}}}\nworld: {recognition: {now: 50, all: 60, drop: 0.02, cascade: 0.3}}",
        "gestures: {g: {by: a, likelihood: {u: 0.2, v: 0.7}}}\nreadings: {a: {u: {prior: 0.5}, v: {prior: 0.5}}}",
        "world: {survival: {peak: 0.5, threshold: 0.5, scale: 0.1}}",
        "world: {home: {elections: [2022-01-20], turns: 0.5, resists: 0.5, reverses: 0.1, presses: 1, threatens: 1}}",
        "world: {price: {pull: 0.1, spread: 0.1}, polls: {on: [2099-12-01], fairness: 0.5, base: 0.5, scale: 0.1}}",
        "world: {price: {now: 70, pull: 0.1, spread: 0.1}}",
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


def test_a_poll_is_held_on_its_day_and_not_before(put: Any) -> None:
    days = {"weeks_before": "2024-11-04", "eve": "2024-11-30", "day": "2024-12-01", "after": "2024-12-20"}
    questions = "".join(asked(id, f"{{event: poll_held, by: {day}}}", day) for id, day in days.items())
    questions += asked("fate_eve", "{office: holds, at: 2024-11-30}", "2024-11-30")
    world = "world: {polls: {on: [2024-12-01], fairness: 1, base: 1, scale: 0.001}}\n"
    found = answers(put("as_of: 2021-06-03\n" + ONE + WANT + world + "questions:\n" + questions))
    assert found["weeks_before"]["yes"] == 0
    assert found["eve"]["yes"] == 0
    assert found["day"]["yes"] == 1
    assert found["after"]["yes"] == 1
    assert found["fate_eve"]["yes"] == 1


def test_a_day_is_not_the_chance_of_a_month(put: Any) -> None:
    world = "world: {talks: {begin: 0.3, stop: 0.1, spoilt: 0.1}}\n"
    questions = asked("one_day", "{event: talks_began, by: 2021-06-04}", "2021-06-04")
    questions += asked("one_month", "{event: talks_began, by: 2021-07-03}", "2021-07-03")
    found = answers(put("as_of: 2021-06-03\n" + ONE + WANT + world + "questions:\n" + questions))
    assert found["one_day"]["yes"] < 0.1
    assert 0.1 < found["one_month"]["yes"] < 0.5


def test_an_amount_is_compared_in_the_unit_in_which_it_is_typed(put: Any) -> None:
    """What cannot be meant is warned of or refused; what can is right."""
    world = (
        "world: {months: 12, price: {now: 4, pull: 0, spread: 0}, output: {unit: kb/d, now: 5, reach: 2000, pace: 0, spread: 0}, "
        "recognition: {now: 8, all: 60, drop: 0, cascade: 0}}\n"
    )
    day = "2022-06-01"
    questions = asked("price", f"{{variable: price, low: 3.5, at: {day}}}", day)
    questions += asked("output", f"{{variable: output, high: 10, at: {day}}}", day)
    questions += asked("governments", f"{{variable: recognition, low: 5, at: {day}}}", day)
    path = put("as_of: 2021-06-03\n" + ONE + WANT + world + "questions:\n" + questions)
    check = ask("check", path, "--json")
    warned = "" if check.code else " ".join(w["path"] for w in check.json["warnings"])
    if check.code == 3:
        return
    found = answers(path)
    assert found["price"]["yes"] == 1 or "price" in warned
    assert found["output"]["yes"] == 1 or "output" in warned
    assert "governments" in warned


def test_a_poll_beyond_the_horizon_and_talks_that_never_begin(put: Any) -> None:
    world = "world: {months: 12, talks: {begin: 0, stop: 0, spoilt: 0}}\n"
    questions = asked("never", "{event: talks_began, by: 2022-05-01}", "2022-05-01")
    questions += asked(
        "given_never", "{event: talks_stopped, by: 2022-05-01, given: talks_began}", "2022-05-01"
    )
    found = answers(put("as_of: 2021-06-03\n" + ONE + WANT + world + "questions:\n" + questions))
    assert found["never"] == {"yes": 0, "no": 1}
    # No world meets the condition: nothing can be said, and nothing is.
    assert found["given_never"] in (None, {"yes": None, "no": None})


@pytest.mark.parametrize("day", ["2021-06-03", "2021-06-01", "9999-12-31"])
def test_a_question_of_a_day_that_the_world_does_not_reach_is_refused(day: str, put: Any) -> None:
    world = "world: {months: 12, talks: {begin: 0.1, stop: 0.1, spoilt: 0.1}}\n"
    questions = asked("odd", f"{{event: talks_began, by: {day}}}", day)
    answer = ask("check", put("as_of: 2021-06-03\n" + ONE + WANT + world + "questions:\n" + questions))
    assert answer.code == 3
    assert "questions.odd" in answer.err
