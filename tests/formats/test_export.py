"""Cases out and in again: utilities stay, and what a format cannot hold is refused or told of."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from detente.case.model import Case
from detente.errors import UsageError
from detente.formats.additive import additive
from detente.formats.exporting import WRITERS, save, to_negmas
from detente.formats.importing import read_files
from detente.study import Study
from tests.formats.test_genius_files import case_in
from tests.formats.written_files import house
from tests.oracles.deal import utility

KEPT = 1e-9


def utilities(case: Case) -> dict[tuple[str, ...], tuple[float, ...]]:
    """Package by names of options → utility of each side, 0 to 1, and last what no deal is worth."""
    domain = additive(case)
    found = {}
    for chosen in product(*(range(len(issue.levels)) for issue in domain.issues)):
        names = tuple(issue.levels[k] for issue, k in zip(domain.issues, chosen, strict=True))
        found[names] = tuple(
            float(sum(row[k] for row, k in zip(side.worth, chosen, strict=True)) / (side.whole or 1))
            for side in domain.sides
        )
    found["no deal",] = tuple(float(side.no_deal / (side.whole or 1)) for side in domain.sides)
    return found


def same(one: dict[Any, tuple[float, ...]], other: dict[Any, tuple[float, ...]]) -> bool:
    return one.keys() == other.keys() and all(one[k] == pytest.approx(other[k], abs=KEPT) for k in one)


def three(wants: dict[str, Any] | None = None) -> Case:
    """Sides with weights and values, ranges, awkward shares, and an issue that one of them does not care about."""
    return Case.model_validate(
        {
            "detente": 1,
            "id": "three",
            "title": "Three & more",
            "status_quo": "none",
            "parties": {"a": {"name": "A <1>"}, "b": {}, "c": {}},
            "issues": {
                "x": {"options": {"p": {"name": "=1+1"}, "q": {}, "r": {}}},
                "y": {"name": 'Y, or "so"', "options": {"p": {}, "q": {}}},
            },
            "preferences": {
                "a": {
                    "no_deal": [20, 30, 41],
                    "weights": {"x": 1, "y": [1, 2, 3]},
                    "values": {"x": {"p": 0, "q": 33.3, "r": 100}, "y": {"p": 7, "q": 100}},
                },
                "b": wants
                or {"no_deal": 2, "max": 7, "points": {"x": {"p": 1, "q": 2, "r": 3}, "y": {"p": 0, "q": 4}}},
                "c": {
                    "no_deal": 0,
                    "max": 3,
                    "indifferent": ["y"],
                    "points": {"x": {"p": 3, "q": 0, "r": 1.5}},
                },
            },
        }
    )


@pytest.mark.parametrize("name", WRITERS)
def test_a_round_trip_keeps_every_utility(name: str, tmp_path: Path) -> None:
    for n, case in enumerate((three(), case_in(read_files(house(tmp_path), levels=4)))):
        files, _ = WRITERS[name](case)
        folder = tmp_path / f"{name}{n}"
        save(files, folder, force=False)
        back = utilities(case_in(read_files([folder])))
        before = utilities(case)
        if name == "geniusweb":  # it has a bid in the place of a number
            back.pop(("no deal",))
            before.pop(("no deal",))
        assert same(before, back)


def test_utilities_are_those_of_the_case_by_definition() -> None:
    case = three()
    for chosen in product(*(issue.options for issue in case.issues.values())):
        package = dict(zip(case.issues, chosen, strict=True))
        names = tuple(case.issues[i].options[o].name or o for i, o in package.items())
        expected = (
            utility(case, "a", package) / 100,
            utility(case, "b", package) / 7,
            utility(case, "c", package) / 3,
        )
        assert utilities(case)[names] == pytest.approx([float(u) for u in expected], abs=KEPT)


def test_points_below_nothing_are_moved_aloud(tmp_path: Path) -> None:
    case = three()
    lower = Case.model_validate(
        {
            **{k: v for k, v in case.model_dump(exclude_defaults=True).items() if k != "preferences"},
            "preferences": {
                f: {"no_deal": -1, "points": {"x": {"p": -4, "q": 2, "r": 3}, "y": {"p": 0, "q": 4}}}
                for f in case.preferences
            },
        }
    )
    files, told = WRITERS["genius"](lower)
    save(files, tmp_path / "g", force=False)
    assert any("none is below 0" in t.what for t in told)
    before, back = utilities(lower), utilities(case_in(read_files([tmp_path / "g"])))
    # Utilities are multiplied and moved, the same for every package and for no deal.
    scale = [
        (b[0] - back["no deal",][0]) / (a[0] - before["no deal",][0])
        for a, b in zip(before.values(), back.values(), strict=True)
        if a[0] != before["no deal",][0]
    ]
    assert scale == pytest.approx([scale[0]] * len(scale))


TERMS = [{"when": {"x": "p", "y": "q"}, "add": [-2, 1.5, 2]}, {"when": {"x": "q", "y": "p"}, "add": -0.75}]
POINTS = {"x": {"p": 1, "q": 2, "r": 3}, "y": {"p": 0, "q": 4}}


@pytest.mark.parametrize(
    ("wants", "said"),
    [
        (
            {"points": POINTS, "together": TERMS},
            "b.together: points for x=p with y=q and x=q with y=p.*--negmas",
        ),
        ({"points": POINTS, "no_deal": "from_outlook", "patience": 0.9}, "from_outlook"),
        ({"ranking": [{"x": "p"}]}, "states in order"),
    ],
)
def test_what_no_sum_can_hold_is_refused_by_name(wants: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        additive(three(wants))


def jointly(case: Case, faction: str) -> dict[tuple[str, ...], float]:
    """Package by names of options → points of a faction, by definition."""
    found = {}
    for chosen in product(*(issue.options for issue in case.issues.values())):
        package = dict(zip(case.issues, chosen, strict=True))
        names = tuple(case.issues[i].options[o].name or o for i, o in package.items())
        found[names] = float(utility(case, faction, package))
    return found


@pytest.mark.filterwarnings("ignore")  # of packages that NegMAS loads
def test_options_that_stand_together_are_hyperrectangles_of_negmas(tmp_path: Path) -> None:
    from negmas.inout import Scenario

    case = three({"no_deal": 2, "max": 7, "points": POINTS, "together": TERMS})
    save(WRITERS["negmas"](case)[0], tmp_path / "n", force=False)
    expected = {names: points / 7 for names, points in jointly(case, "b").items()}
    assert len(set(expected.values())) > 4
    for scenario in (Scenario.load(tmp_path / "n"), to_negmas(case)):
        by_name = {function.name: function for function in scenario.ufuns}
        assert by_name["a_1"].type_name.endswith("LinearAdditiveUtilityFunction")
        assert {o: float(by_name["b"](o)) for o in expected} == pytest.approx(expected, abs=KEPT)
        assert by_name["b"].reserved_value == pytest.approx(2 / 7, abs=KEPT)
    back = case_in(read_files([tmp_path / "n"]))
    assert len(back.preferences["b"].together) == 2
    scale = back.preferences["b"].max
    assert scale is not None
    assert {o: points / scale for o, points in jointly(back, "b").items()} == pytest.approx(
        expected, abs=KEPT
    )


@pytest.mark.filterwarnings("ignore")  # of packages that NegMAS loads
def test_names_stay_names_for_negmas(tmp_path: Path) -> None:
    from negmas.inout import Scenario

    names = [
        "no",
        "On",
        "12:30",
        "0o7",
        "1e3",
        "=",
        "a: b",
        "- c",
        "é",
        "Long " * 30 + "name",
        "{x}",
        '"y',
        "~",
    ]
    options = {f"o{n}": {"name": name} for n, name in enumerate(names)}
    table = {option: n for n, option in enumerate(options)}
    case = Case.model_validate(
        {
            "detente": 1,
            "id": "names",
            "title": "Names",
            "status_quo": "none",
            "parties": {"a": {}, "b": {}},
            "issues": {"no": {"options": options}, "y": {"name": "Yes", "options": {"p": {}, "q": {}}}},
            "preferences": {
                faction: {"no_deal": 1, "max": 20, "points": {"no": table, "y": {"p": 1, "q": 0}}}
                for faction in ("a", "b")
            },
        }
    )
    save(WRITERS["negmas"](case)[0], tmp_path / "n", force=False)
    scenario: Any = Scenario.load(tmp_path / "n")
    assert [issue.name for issue in scenario.issues] == ["no", "Yes"]
    expected = {names: points / 20 for names, points in jointly(case, "a").items()}
    for function in scenario.ufuns:
        assert {o: float(function(o)) for o in scenario.outcome_space.enumerate()} == pytest.approx(expected)
    assert same(utilities(case), utilities(case_in(read_files([tmp_path / "n"]))))


def test_terms_at_the_status_quo_count_in_what_no_deal_is_worth() -> None:
    case = Case.model_validate(
        {
            "detente": 1,
            "id": "two",
            "title": "Two",
            "parties": {"a": {}, "b": {}},
            "issues": {
                "x": {"status_quo": "p", "options": {"p": {}, "q": {}}},
                "y": {"status_quo": "p", "options": {"p": {}, "q": {}}},
                "sky": {
                    "status_quo": "blue",
                    "controlled_by": "outside",
                    "options": {"blue": {}, "grey": {}},
                },
            },
            "preferences": {
                "a": {
                    "points": {"x": {"p": 1, "q": 2}, "y": {"p": 3, "q": 5}},
                    "together": [
                        {"when": {"x": "p", "y": "p"}, "add": 10},
                        {"when": {"x": "q", "sky": "blue"}, "add": 20},
                        {"when": {"x": "q", "sky": "grey"}, "add": 40},
                    ],
                },
                "b": {"points": {"x": {"p": 1, "q": 2}}, "indifferent": ["y"]},
            },
        }
    )
    side = additive(case, together=True).sides[0]
    assert side.no_deal == 14
    assert side.worth == ((1, 22), (3, 5))
    assert [(dict(term.when), term.add) for term in side.together] == [({0: 0, 1: 0}, 10)]


def test_what_is_lost_is_told() -> None:
    told = additive(three()).told
    assert {(t.kind, t.where) for t in told} >= {("lost", "A <1>")}
    assert any("2 ranges" in t.what for t in told)


def test_without_negmas_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "negmas.inout", None)
    with pytest.raises(UsageError, match="uv sync --extra negmas"):
        Study("scored-game").to_negmas()


def test_files_that_are_there_are_not_replaced_unasked(tmp_path: Path) -> None:
    files, _ = WRITERS["negmas"](three())
    save(files, tmp_path / "n", force=False)
    with pytest.raises(UsageError, match="exists already"):
        save(files, tmp_path / "n", force=False)
    save(files, tmp_path / "n", force=True)
    (tmp_path / "f").touch()
    for folder, said in (("f", "f: this is a file"), ("no/where", "where: there is no directory .*no$")):
        with pytest.raises(UsageError, match=said):
            save(files, tmp_path / folder, force=True)


@pytest.mark.filterwarnings("ignore")  # of packages that NegMAS loads
@pytest.mark.parametrize("name", ["negmas", "genius"])  # of GeniusWeb it reads the other dialect
def test_negmas_reads_from_the_files_what_the_case_says(name: str, tmp_path: Path) -> None:
    from negmas.inout import Scenario

    case = three()
    save(WRITERS[name](case)[0], tmp_path / name, force=False)
    scenario: Any = {"negmas": Scenario.load, "genius": Scenario.from_genius_folder}[name](tmp_path / name)
    expected = utilities(case)
    for at, function in enumerate(sorted(scenario.ufuns, key=lambda u: str(u.path))):
        mine = {o: worth[at] for o, worth in expected.items() if o != ("no deal",)}
        assert {o: float(function(o)) for o in mine} == pytest.approx(mine, abs=KEPT)
        assert function.reserved_value == pytest.approx(expected["no deal",][at], abs=KEPT)


@pytest.mark.filterwarnings("ignore")  # of packages that NegMAS loads
def test_a_session_of_agents_runs_in_negmas() -> None:
    from negmas.sao import AspirationNegotiator, SAOMechanism

    case = three()
    scenario = to_negmas(case)
    expected = utilities(case)
    for outcome in scenario.outcome_space.enumerate():
        assert [float(u(outcome)) for u in scenario.ufuns] == pytest.approx(list(expected[outcome]), abs=KEPT)
    assert [u.reserved_value for u in scenario.ufuns] == pytest.approx(list(expected["no deal",]), abs=KEPT)
    session = SAOMechanism(outcome_space=scenario.outcome_space, n_steps=200)
    for function in scenario.ufuns:
        session.add(AspirationNegotiator(name=function.name), ufun=function)
    agreed = session.run().agreement
    assert agreed in expected
    assert all(u >= r - KEPT for u, r in zip(expected[agreed], expected["no deal",], strict=True))
