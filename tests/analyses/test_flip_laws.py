"""Every flip by its definition: the case is typed anew with the number that is reported, and the answer has changed; with
the number before it, it has not. What the flips say in words is what their JSON says."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, assume, given, reject, settings
from hypothesis import strategies as st
from small_cases import small_cases, valid

from detente.analyses.deal import deal
from detente.analyses.deal.bargaining import counted
from detente.analyses.deal.room import Room
from detente.analyses.flips import Flip, FlipsResult, flips
from detente.analyses.flips.document import sentence
from detente.analyses.flips.probe import Panel
from detente.analyses.words import Words
from detente.case.model import Case
from detente.draws import prepare
from detente.errors import LimitError, UsageError
from detente.kernels.acceptance import agreed
from detente.problem import assemble, choose, table
from detente.prospects.view import accepted, view


def quick(examples: int) -> settings:
    """Without shrinking, which takes longer than reading a case."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )


def typed(data: dict[str, Any], path: str, value: float) -> Case:
    """The case with one number in the place of what stands there; other priors make room in proportion."""
    data = copy.deepcopy(data)
    owner, *rest = path.split(".")
    wants = data["preferences"][owner]
    if rest[0] == "readings":
        rivals = data["readings"][owner]
        if rest[2] == "prior":
            median = {r: float(np.median(spec["prior"])) for r, spec in rivals.items()}
            others = sum(median.values()) - median[rest[1]]
            whole = sum(median.values())
            for r, spec in rivals.items():
                spec["prior"] = value if r == rest[1] else median[r] * ((whole - value) / others)
            return Case.model_validate(data)
        wants, rest = rivals[rest[1]]["preferences"], rest[2:]
    if rest[0] == "no_deal":
        relative = isinstance(wants["no_deal"], dict)
        wants["no_deal"] = {"status_quo": value} if relative else value
    elif rest[0] == "together":
        wants["together"][int(rest[1])]["add"] = value
    elif rest[0] == "firm":
        wants["firm"][int(rest[1])]["holds"] = value
    else:
        place = wants[rest[0]]
        for key in rest[1:-1]:
            place = place[key]
        place[rest[-1]] = value
    return Case.model_validate(data)


def a_deal(case: Case, track: str | None) -> bool:
    """What the deal analysis says of a case at best estimates: how many packages are agreed, counted exactly."""
    ready = prepare(case, draws=8)
    at = table(ready.problem, track)
    seen = view(ready.problem, ready.best, at)
    agreed_packages, why = counted(Room(ready, at, best=seen, first=seen, fresh=seen))
    assert agreed_packages is not None, why
    return agreed_packages > 0


def before(flip: Flip) -> float:
    """The last value on the way from the best estimate to the flip."""
    assert flip.deal_flips_at is not None
    assert flip.deal_flip_step is not None
    at, best, step = (Decimal(repr(x)) for x in (flip.deal_flips_at, flip.best, flip.deal_flip_step))
    nearer = at - step if at > best else at + step
    return float(best if (nearer - best) * (at - best) <= 0 else nearer)


def found(case: Case, draws: int = 8) -> list[tuple[str | None, FlipsResult]]:
    ready = prepare(case, draws=draws)
    result = deal(ready)
    return [(t, flips(ready, result, track=t)) for t in case.tracks or [None]]


@quick(30)
@given(small_cases(), st.data())
def test_a_flip_flips_and_the_value_before_it_does_not(data: dict[str, Any], more: st.DataObject) -> None:
    """Some numbers of every table; of those without a flip, the ends of what was looked at."""
    case = valid(data)
    assume(case is not None)
    assert case is not None
    try:
        answers = found(case)
    except (UsageError, LimitError):  # nothing can move at that table, and the like
        reject()
    for track, answer in answers:
        now = a_deal(case, track)
        assert answer.deal_at_best_estimates is now
        for flip in more.draw(st.permutations(answer.flips))[:6]:
            if flip.deal_flips_at is not None:
                assert a_deal(typed(data, flip.path, flip.deal_flips_at), track) is not now, flip
                assert a_deal(typed(data, flip.path, before(flip)), track) is now, flip
                assert flip.looked_at is not None
                assert flip.looked_at[0] <= flip.deal_flips_at <= flip.looked_at[1]
            elif flip.looked_at is not None and flip.kind != "prior":
                for end in flip.looked_at:
                    assert a_deal(typed(data, flip.path, end), track) is now, flip


@quick(30)
@given(small_cases())
def test_the_order_in_which_a_table_lists_its_issues_is_no_matter(data: dict[str, Any]) -> None:
    """Nor is that of the pairs of a combination, which name them."""
    other = copy.deepcopy(data)
    for track in other.get("tracks", {}).values():
        track["issues"] = list(reversed(track.get("issues", list(data["issues"]))))
    case, turned = valid(data), valid(other)
    assume(case is not None and turned is not None and case.tracks)
    assert case is not None
    assert turned is not None
    try:
        answers = found(case)
    except (UsageError, LimitError):
        reject()
    assert [a.to_json() for _, a in answers] == [a.to_json() for _, a in found(turned)]


def test_a_combination_counts_at_a_table_that_lists_its_issues_in_another_order() -> None:
    """North would give the well for a road that comes with it, and wants some twenty points more for both."""
    data = exchange(tracks={"table": {"parties": ["north", "south"], "issues": ["road", "well"]}})
    data["preferences"]["north"]["together"] = [{"when": {"well": "open", "road": "open"}, "add": -30}]
    assert one(data, "north.together.0").deal_flips_at == -20
    assert one(data, "north.together.0").looked_at == (-260.01, 260.01)


def scanned(data: dict[str, Any], flip: Flip, values: list[float], track: str | None) -> list[bool]:
    return [a_deal(typed(data, flip.path, v), track) for v in values]


@quick(15)
@given(small_cases(), st.data())
def test_no_value_nearer_than_a_flip_flips(data: dict[str, Any], more: st.DataObject) -> None:
    """Thirty values between the best estimate and the flip, or the end where there is none."""
    case = valid(data)
    assume(case is not None)
    assert case is not None
    try:
        answers = found(case)
    except (UsageError, LimitError):
        reject()
    for track, answer in answers:
        some = [f for f in answer.flips if f.looked_at is not None and f.kind != "prior"]
        if not some:
            continue
        flip = more.draw(st.sampled_from(some))
        ends = flip.looked_at if flip.deal_flips_at is None else (before(flip),)
        assert ends is not None
        for end in ends:
            reach = min(abs(end - flip.best), 300.0) * (1 if end > flip.best else -1)
            between = [round(flip.best + reach * k / 30, 2) for k in range(1, 30)]
            values = [v for v in between if min(flip.best, end) <= v <= max(flip.best, end)]
            verdicts = scanned(data, flip, values, track)
            assert set(verdicts) <= {answer.deal_at_best_estimates}, (flip, values, verdicts)


def exchange(**changes: Any) -> dict[str, Any]:
    """North gives the well for the road."""
    sides = {"shut": {}, "open": {}}
    return {
        "detente": 1,
        "id": "well",
        "title": "Well and road",
        "inference": "made up",
        "parties": {"north": {}, "south": {}},
        "issues": {
            "well": {"controlled_by": "north", "status_quo": "shut", "options": sides},
            "road": {"controlled_by": "south", "status_quo": "shut", "options": sides},
        },
        "preferences": {
            "north": {
                "weights": {"well": 40, "road": 60},
                "values": {"well": {"shut": 100, "open": 0}, "road": {"shut": 0, "open": 100}},
                "no_deal": {"status_quo": 0},
            },
            "south": {
                "weights": {"well": 70, "road": 30},
                "values": {"well": {"shut": 0, "open": 100}, "road": {"shut": 100, "open": 0}},
                "no_deal": {"status_quo": 0},
            },
        },
    } | changes


def points(a: float = 3, p: Any = 5) -> dict[str, Any]:
    return {
        "detente": 1,
        "id": "bug",
        "title": "Bug",
        "inference": "x",
        "status_quo": "none",
        "parties": {"a": {}, "b": {}},
        "issues": {"x": {"options": {"p": {}, "q": {}}}},
        "preferences": {
            "a": {"no_deal": a, "points": {"x": {"p": p, "q": 1}}},
            "b": {"no_deal": 0, "points": {"x": {"p": 1, "q": 2}}},
        },
    }


def one(data: dict[str, Any], path: str) -> Flip:
    ((_, answer),) = found(Case.model_validate(data))
    return next(f for f in answer.flips if f.path == path)


def test_raw_points_flip_at_the_comparison_and_not_half_a_step_beyond() -> None:
    """a accepts p at five points as long as no deal is worth at most five."""
    flip = one(points(), "a.no_deal")
    assert (flip.deal_flips_at, flip.deal_flip_step) == (5.01, 0.01)
    assert one(points(), "a.points.x.p").deal_flips_at == 2.99
    # What opens the zone opens it at equality.
    assert one(points(a=7), "a.no_deal").deal_flips_at == 5.0
    assert one(points(a=7), "a.points.x.p").deal_flips_at == 7.0
    assert one(points(a=7, p=4.25), "a.points.x.p").deal_flips_at == 7.0
    # Of millions there are fewer digits to spare, and the flip says so.
    large = one(points(a=20_000_000, p=30_000_000), "a.no_deal")
    assert (large.deal_flips_at, large.deal_flip_step) == (30_000_001, 1)


def test_a_number_without_bounds_is_followed_as_far_as_it_can_matter() -> None:
    """South gains 40 by the exchange: its no-deal value flips just above, far beyond any judged width."""
    flip = one(exchange(), "south.no_deal")
    assert flip.certain
    assert flip.deal_flips_at == 40.01
    assert one(exchange(), "north.no_deal").deal_flips_at == 20.01


def test_a_weight_between_two_packages_closes_the_zone_and_opens_it_again() -> None:
    """With little weight on i, a takes what j offers, with much what i offers; between, neither is enough."""
    data = {
        "detente": 1,
        "id": "between",
        "title": "Between",
        "inference": "x",
        "status_quo": "none",
        "parties": {"a": {}, "b": {}},
        "issues": {n: {"options": {"no": {}, "yes": {}}} for n in ("i", "j")},
        "impossible": [{"i": "yes", "j": "yes"}],
        "preferences": {
            "a": {
                "weights": {"i": 30, "j": 70},
                "values": {n: {"no": 0, "yes": 100} for n in ("i", "j")},
                "no_deal": 60,
            },
            "b": {"no_deal": 0, "points": {n: {"no": 0, "yes": 0} for n in ("i", "j")}},
        },
    }
    flip = one(data, "a.weights.i")
    # Rounded to the grid, 70 / (70 + w) is at least 0.6 up to w = 46.676, w / (70 + w) from 104.978 on.
    assert flip.deal_flips_at == 46.68
    assert flip.looked_at is not None
    assert flip.looked_at[1] > 10_000
    assert a_deal(typed(data, "a.weights.i", 200), None)
    data["preferences"]["a"]["weights"]["i"] = 130
    assert one(data, "a.weights.i").deal_flips_at == 104.97


def rival(**priors: float) -> dict[str, Any]:
    data = exchange()
    data["readings"] = {
        "south": {
            "soft": {"prior": priors["soft"], "judgement": "j"},
            "hard": {"prior": priors["hard"], "preferences": {"no_deal": 90}, "judgement": "j"},
        }
    }
    return data


def test_a_prior_switches_the_likeliest_reading_the_others_making_room() -> None:
    data = rival(soft=0.55, hard=0.45)
    ((_, answer),) = found(Case.model_validate(data))
    at = {f.path: f.deal_flips_at for f in answer.flips if f.kind == "prior"}
    assert at == {"south.readings.soft.prior": 0.49, "south.readings.hard.prior": 0.51}
    assert answer.deal_by_reading == {"south": {"soft": True, "hard": False}}
    said = sentence(answer, Words(Case.model_validate(data))).text
    assert "chance that" not in said
    assert "If “hard” is true of south, there is no deal." in said


def test_priors_that_can_all_be_nought_give_numbers() -> None:
    """As such draws are read: the first reading is then true."""
    data = rival(soft=0.5, hard=0.5)
    for reading in data["readings"]["south"].values():
        reading["prior"] = [0, 0.5, 1]
    ((_, answer),) = found(Case.model_validate(data), draws=1024)
    json.dumps(answer.to_json(), allow_nan=False)
    assert 0 < answer.reading_index["south"] <= 1


def words_and_json(data: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    case = Case.model_validate(data)
    ((_, answer),) = found(case)
    return sentence(answer, Words(case)).text, json.loads(json.dumps(answer.to_json(), allow_nan=False))[
        "flips"
    ]


def test_the_words_say_that_nothing_changes_it_only_if_the_json_says_so() -> None:
    """Numbers typed as certain count: being typed without a range does not make a number true."""
    text, listed = words_and_json(exchange())
    assert all(f["certain"] for f in listed)
    assert any(f["deal_flips_at"] is not None for f in listed)
    assert "no single number" not in text
    assert "every number is certain; what would make it no deal: " in text
    data = exchange()
    for wants in data["preferences"].values():
        wants["red_lines"] = [{"well": "open"}, {"road": "open"}]
    text, listed = words_and_json(data)
    assert all(f["deal_flips_at"] is None for f in listed)
    assert "no single number, moved alone, changes that" in text


# --- which package is acceptable most often --------------------------------------------------------------------


def twins() -> dict[str, Any]:
    """The exchange, uncertain, with a third issue that hardly matters: packages that no draw tells apart."""
    data = exchange()
    data["issues"]["flag"] = {"status_quo": "red", "options": {"red": {}, "blue": {}, "green": {}}}
    for wants in data["preferences"].values():
        wants["weights"]["flag"] = [1, 2, 3]
        wants["values"]["flag"] = {colour: [40, 50, 60] for colour in ("red", "blue", "green")}
    data["preferences"]["south"]["no_deal"] = {"status_quo": [10, 40, 70]}
    return data


def test_what_cannot_be_told_apart_is_counted_and_flips_nothing() -> None:
    ((_, answer),) = found(Case.model_validate(twins()), draws=1024)
    assert answer.indistinct >= 2, "the exchange with any flag"
    assert answer.indistinct < answer.compared, "flags alone are acceptable less often"
    assert answer.package is not None
    for flip in answer.flips:
        if flip.package_becomes is not None:
            same = {i for i in ("well", "road") if flip.package_becomes[i] == answer.package[i]}
            assert same != {"well", "road"}, (
                f"the same exchange under another flag is no other answer: {flip}"
            )


@quick(40)
@given(small_cases(), st.data())
def test_a_held_number_gives_the_verdicts_of_a_sample(data: dict[str, Any], more: st.DataObject) -> None:
    """The panel's short arithmetic against the whole: the same numbers, assembled and looked at from the table."""
    case = valid(data)
    assume(case is not None)
    assert case is not None
    ready = prepare(case, draws=32)
    problem = ready.problem
    try:
        at = table(problem, more.draw(st.sampled_from([*case.tracks] or [None])))
        ready_view = view(problem, ready.fresh, at)
    except (UsageError, LimitError):
        reject()
    assume(at.winning and at.factions)
    packages = np.array(
        [[more.draw(st.integers(0, problem.sizes[i] - 1)) for i in at.issues] for _ in range(3)], np.int16
    )
    panel = Panel(ready, at, packages, np.arange(ready.draws))
    np.testing.assert_array_equal(panel.accepted, accepted(ready_view, packages))
    own = {problem.factions[f] for f in at.factions}
    numbers = [n for n, p in enumerate(problem.parameters) if n and p.owner in own]
    assume(numbers)
    n = more.draw(st.sampled_from(numbers))
    value = more.draw(st.sampled_from([problem.parameters[n].lower, problem.parameters[n].high, 0.0, 1.0]))
    held = panel.values.copy()
    held[:, n] = value
    sample = assemble(problem, held, choose(problem, held, ready.reported_on))
    expected = agreed(accepted(view(problem, sample, at), packages), panel.winning)
    np.testing.assert_array_equal(panel.holding(n, value), expected)
