"""GeniusWeb, NegMAS, NegoLog, conflicts and score sheets, with utilities worked out by hand."""

from __future__ import annotations

import copy
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from detente.analyses.stability import stability
from detente.errors import CaseError, DetenteError, LimitError
from detente.formats.importing import read_files
from tests.formats.test_genius_files import case_in, points
from tests.formats.written_files import BOXES, DISCOUNTED, GMCR, SPACE, UFUN, dumped, geniusweb, write


@pytest.mark.parametrize("own", [False, True])
def test_both_dialects_of_geniusweb_say_the_same(own: bool, tmp_path: Path) -> None:
    a, b = geniusweb(own)
    case = case_in(read_files(write(tmp_path, a_json=dumped(a), b_json=dumped(b))))
    assert points(case, "a", "colour") == [60, 7.5]
    assert points(case, "b", "colour") == [15, 7.5]
    assert points(case, "a", "price") == [0, 20, 40]
    assert points(case, "b", "price") == [20, 10, 0]
    # The bid that stands for no agreement: blue at 1.5.
    assert case.preferences["a"].no_deal.median == 27.5  # type: ignore[union-attr]
    assert case.preferences["b"].no_deal.median == 0  # type: ignore[union-attr]


def test_a_level_that_geniusweb_does_not_name_is_worth_nothing(tmp_path: Path) -> None:
    a, b = geniusweb(False)
    del a["LinearAdditiveUtilitySpace"]["issueUtilities"]["colour"]["DiscreteValueSetUtilities"][
        "valueUtilities"
    ]["red"]
    found = read_files(write(tmp_path, a_json=dumped(a), b_json=dumped(b)))
    assert points(case_in(found), "a", "colour") == [0, 7.5]
    assert any(t.kind == "assumed" and "red" in t.what for t in found.told)


def test_other_spaces_of_geniusweb_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="SumOfGroupsUtilitySpace"):
        read_files(write(tmp_path, a_json=dumped({"SumOfGroupsUtilitySpace": {}})))


def test_functions_of_negmas(tmp_path: Path) -> None:
    found = read_files(write(tmp_path, d_yml=SPACE, a_yml=UFUN, b_yml=DISCOUNTED), levels=3)
    case = case_in(found)
    assert points(case, "a", "colour") == [0, 50]
    assert points(case, "b", "colour") == [50, 25]
    assert points(case, "a", "weeks") == [12.5, 18.75, 25]
    assert points(case, "b", "weeks") == [12.5] * 3
    assert points(case, "a", "share") == [0, 12.5, 25]
    assert points(case, "b", "share") == [25, 12.5, 0]
    assert case.preferences["a"].no_deal.median == 20  # type: ignore[union-attr]
    # -inf: no agreement is worth as much as the worst one, 25 + 12.5 + 0.
    assert case.preferences["b"].no_deal.median == 37.5  # type: ignore[union-attr]
    assert any(t.kind == "lost" and "0.5" in t.what for t in found.told if t.where == "b")
    # What the file does not say is nowhere called given.
    said = {(t.where, t.kind) for t in found.told if "no agreement is worth a utility of" in t.what}
    assert said == {("a", "given"), ("b", "assumed")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (UFUN.replace("LinearAdditive", "NonLinearAggregation"), "NonLinearAggregationUtilityFunction: only"),
        (BOXES.replace("utilities: [", "utilities: [1, "), "one, and one weight, for each of 4"),
        (BOXES.replace("{0: blue}", "{0: pink}"), "outcome_ranges.0.*no level 'pink'"),
        (BOXES.replace("{0: blue}", "{3: blue}"), "outcome_ranges.0: places of issues from 0 to 2"),
        (
            BOXES.replace("{0: blue}", "{0: [red, blue]}"),
            "outcome_ranges.0 .colour.: a range of several levels",
        ),
        (
            BOXES.replace("1: 2}", "1: 9}"),
            "issue 'weeks'.*'9' is worth something beside levels of other issues",
        ),
        (UFUN.replace("IdentityFun", "SinFun"), "SinFun"),
        (UFUN.replace("weights: [0.5, 0.25, 0.25]", "weights: [1]"), "weights"),
        (UFUN.replace("- {type: IdentityFun}\n", ""), "each of the 3 issues"),
        (UFUN.replace("blue: 1.0", "pink: 1.0"), "'blue'"),
        (UFUN.replace("red: 0.0", "red: .nan"), "finite"),
        (UFUN.replace("reserved_value: 0.2", "reserved_value: .inf"), "reserved_value: a finite number"),
        (UFUN.replace("type: TableFun", "type: !!python/object TableFun"), "tag"),
    ],
)
def test_what_negmas_has_more_is_refused_by_name(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DetenteError, match=said):
        read_files(write(tmp_path, d_yml=SPACE, a_yml=text, b_yml=DISCOUNTED))


def test_hyperrectangles_of_negmas(tmp_path: Path) -> None:
    found = read_files(write(tmp_path, d_yml=SPACE, a_yml=BOXES, b_yml=DISCOUNTED), levels=3)
    wants = case_in(found).preferences["a"]
    assert points(case_in(found), "a", "colour") == [0, 50]
    assert points(case_in(found), "a", "weeks") == [25, 0, 0]
    ((term,)) = wants.together
    assert (dict(term.when), term.add.median) == ({"colour": "blue", "weeks": "x_2"}, -50)
    # What is in every package is taken off the reserved value: 0.4 - 0.1.
    assert wants.no_deal.median == 30  # type: ignore[union-attr]


def test_negolog_needs_no_domain(tmp_path: Path) -> None:
    def profile(low: float) -> str:
        return dumped(
            {
                "reservationValue": low,
                "issueWeights": {"x": 0.25, "y": 0.75},
                "issues": {"x": {"p": 0.2, "q": 1.0}, "y": {"p": 0.48, "q": low}},
            }
        )

    write(tmp_path, a_json=profile(0), b_json=profile(0.5), specs_json=dumped({"NumberOfBids": 4}))
    found = read_files([tmp_path])
    assert points(case_in(found), "b", "x") == [5, 25]
    assert points(case_in(found), "b", "y") == [36, 37.5]
    assert any("specs.json" in t.what for t in found.told if t.kind == "lost")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ("[" * 100 + "]" * 100, "64 levels"),
        ("[" * 200_000 + "]" * 200_000, "levels inside one another|not JSON"),
        ("<x/>", "not JSON"),
        ('{"a": 1}', "neither a domain nor a profile"),
        ("\0", "binary"),
    ],
)
def test_json_of_other_kinds_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=said):
        read_files(write(tmp_path, a_json=text))


# --- conflicts ------------------------------------------------------------------------------------------------


def conflict(tmp_path: Path, **changes: Any) -> Any:
    value = {**copy.deepcopy(GMCR), **changes}
    return case_in(read_files(write(tmp_path, strike_gmcr=dumped(value))))


def test_a_conflict_keeps_moves_states_and_rankings(tmp_path: Path) -> None:
    case = conflict(tmp_path)
    assert {i: s.reversible for i, s in case.issues.items()} == {"strike": False, "stay": False, "talk": True}
    # What can only be given up begins with being there.
    assert list(case.issues["stay"].options) == ["yes", "no"]
    assert list(case.issues["strike"].options) == [
        "no",
        "yes",
    ]
    assert {i: s.controlled_by for i, s in case.issues.items()} == {
        "strike": "workers",
        "stay": "owners",
        "talk": "workers",
    }
    assert case.impossible == ({"stay": "yes", "talk": "yes"},)
    states = [
        s for s in product("NY", repeat=3) if s[::-1][1:] != ("Y", "Y")
    ]  # ascending code, option k adds 2^k
    named = [{"strike": s[2], "stay": s[1], "talk": s[0]} for s in states]
    wanted = case.preferences["workers"].ranking
    assert wanted is not None
    assert [[{i: o[0].upper() for i, o in p.items()} for p in entry] for entry in wanted] == [
        [named[4]], [named[0], named[2]], [named[1]], [named[3]], [named[5]]
    ]  # fmt: skip
    assert stability(case, None).to_json()["states"] is not None


def test_statements_in_order_are_priorities(tmp_path: Path) -> None:
    case = conflict(tmp_path, useManualPreferenceVectors=False)
    assert case.preferences["workers"].priorities == (({"talk": "yes"},), ({"strike": "no"}, {"stay": "yes"}))
    assert case.preferences["owners"].priorities == (({"strike": "no", "stay": "yes"},),)


def test_later_versions_call_the_ranking_by_hand_otherwise(tmp_path: Path) -> None:
    later = {k: v for k, v in GMCR.items() if k != "useManualPreferenceVectors"}
    makers: Any = copy.deepcopy(GMCR["decisionMakers"])
    for maker in makers:
        maker["preferenceRanking"] = maker.pop("preferenceVector")
    later |= {"decisionMakers": makers, "useManualPreferenceRanking": True}
    shared = {"coalitions": [0, 1], "coalitionsFull": [{"name": "Workers", "options": [0, 2]}]}
    found = read_files(write(tmp_path, strike_gmcr=dumped({**later, **shared})))
    assert case_in(found).preferences == conflict(tmp_path).preferences
    assert {t.what for t in found.told if t.kind == "lost"} == {
        "its statements: the ranking typed by hand counts"
    }
    shared["coalitions"] = [[0, 1]]  # type: ignore[list-item]
    found = read_files(write(tmp_path, strike_gmcr=dumped({**later, **shared})))
    assert "its coalitions: everybody moves alone" in {t.what for t in found.told if t.kind == "lost"}


def test_who_has_no_statements_does_not_care(tmp_path: Path) -> None:
    makers: Any = copy.deepcopy(GMCR["decisionMakers"])
    makers[1]["preferences"] = []
    case = conflict(tmp_path, useManualPreferenceVectors=False, decisionMakers=makers)
    found = stability(case, None)
    # Nobody who does not care gains by moving.
    assert all("owners" in situation.stable_for["nash"] for situation in found.situations)
    makers[0]["preferences"] = []
    with pytest.raises(CaseError, match="decisionMakers: nobody has preferences"):
        conflict(tmp_path, useManualPreferenceVectors=False, decisionMakers=makers)


def test_misshapen_conflicts_are_refused(tmp_path: Path) -> None:
    makers = copy.deepcopy(GMCR["decisionMakers"])
    with pytest.raises(CaseError, match="permittedDirection"):
        conflict(tmp_path, options=[{"name": "a", "permittedDirection": "sideways"}] * 3)
    with pytest.raises(CaseError, match="no decision maker"):
        conflict(tmp_path, decisionMakers=makers[:1])  # type: ignore[index]
    makers[1]["preferenceVector"] = [1, 2]  # type: ignore[index]
    with pytest.raises(CaseError, match="4 of 6 states are missing"):
        conflict(tmp_path, decisionMakers=makers)
    options = [{"name": f"o{n}"} for n in range(13)]
    one = {"name": "a", "options": list(range(13)), "preferenceVector": []}
    with pytest.raises(LimitError, match="13 options"):
        conflict(tmp_path, options=options, infeasibles=[], decisionMakers=[one])


# --- score sheets ---------------------------------------------------------------------------------------------


def sheets(
    folder: Path, config: str = "Mayor,mayor,p1,greedy,m\nUnion,union,player,calm,m\nBank,bank,p2,calm,m\n"
) -> Path:
    (folder / "scores_files").mkdir()
    for name, text in (
        ("mayor", "14, 8, 0\n12, 8\n20 \n"),
        ("union", "0, 5, 9\n3, 0\n\n4"),
        ("bank", "1,2,3\n4,5\n6\n"),
    ):
        (folder / "scores_files" / f"{name}.txt").write_text(text)
    (folder / "config.txt").write_text(config)
    return folder


def test_score_sheets_become_a_scored_game(tmp_path: Path) -> None:
    folder = sheets(tmp_path)
    (folder / "instructions.txt").write_text("Be kind.")
    found = read_files([folder])
    assert any("instructions.txt" in t.what for t in found.told if t.kind == "lost")
    case = case_in(found)
    assert points(case, "mayor", "issue_a") == [14, 8, 0]
    assert points(case, "union", "issue_b") == [3, 0]
    assert [w.no_deal.median for w in case.preferences.values()] == [20, 4, 6]  # type: ignore[union-attr]
    assert list(case.issues["issue_a"].options) == ["a1", "a2", "a3"]
    tree: Any = case.tracks["enough"].agreement
    assert tree.all[:2] == ("mayor", "bank")
    assert tree.all[2].at_least.k == 2
    assert any("everybody but one" in t.what for t in found.told if t.kind == "assumed")


def test_sheets_without_a_configuration_are_parties_that_all_agree(tmp_path: Path) -> None:
    files = sorted((sheets(tmp_path) / "scores_files").iterdir())
    case = case_in(read_files(files))
    assert not case.tracks
    assert list(case.parties) == ["bank", "mayor", "union"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("Mayor,../../secret,p1\n", "leads out of the folder"),
        ("Mayor,/etc/passwd,p1\n", "leads out of the folder"),
        ("Mayor,treasurer,p1\n", "no file"),
        ("Mayor\n", "a name, a file and a role"),
    ],
)
def test_a_configuration_stays_in_its_folder(config: str, said: str, tmp_path: Path) -> None:
    folder = tmp_path / "game"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("1, 2\n3\n")
    with pytest.raises(CaseError, match=said):
        read_files([sheets(folder, config)])


def test_sheets_of_other_shapes_are_refused(tmp_path: Path) -> None:
    files = write(tmp_path, a_txt="1, 2\n3\n", b_txt="1, 2, 3\n3\n")
    with pytest.raises(CaseError, match=r"b\.txt.*differ"):
        read_files(files)
    with pytest.raises(CaseError, match="single number"):
        read_files(write(tmp_path, a_txt="1, 2\n3, 4\n", b_txt="1, 2\n3, 4\n"))


def test_decimals_that_a_program_wrote_for_fractions_are_those_fractions(tmp_path: Path) -> None:
    def profile(third: float) -> str:
        return UFUN.replace("red: 0.0", f"red: {third!r}").replace(
            "[0.5, 0.25, 0.25]", f"[{54 / 269!r}, {107 / 269!r}, {108 / 269!r}]"
        )

    found = read_files(write(tmp_path, d_yml=SPACE, a_yml=profile(2 / 3), b_yml=profile(0.6666666)), levels=3)
    case = case_in(found)
    assert case.preferences["a"].step is None
    scale = case.preferences["a"].max
    assert scale is not None
    assert points(case, "a", "colour") == [scale * 36 / 269, scale * 54 / 269]
    assert any("last digit of double precision" in t.what for t in found.told if t.where == "a")
    # 0.6666666 is what somebody typed.
    assert case.preferences["b"].step is not None
