"""Versions of a case side by side: each number by its definition, from the answers about each version alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from wells import TEXT

import detente
from detente import Study
from detente.analyses.compare import CompareResult, solve
from detente.analyses.compare.document import document
from detente.analyses.flips import FlipsResult
from detente.analyses.schema import result_schema
from detente.document import Finding, Paragraph, Table
from detente.errors import LimitError, UsageError
from detente.rng import replicate_error
from tests.answers import ask

OTHER = (
    TEXT.replace("well: [10, 40, 70]", "well: [20, 50, 70]")
    .replace("{prior: [0.4, 0.6, 0.8]}", "{prior: [0.1, 0.2, 0.3]}")
    .replace("{prior: [0.2, 0.4, 0.6],", "{prior: [0.7, 0.8, 0.9],")
    .replace("judgement: made up", "judgement: made up by another")
)
EXCHANGE = {"well": "open", "road": "open"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("versions")
    mine, hers = folder / "mine.yaml", folder / "hers.yaml"
    mine.write_text(TEXT, encoding="utf-8")
    hers.write_text(OTHER, encoding="utf-8")
    return mine, hers


@pytest.fixture(scope="module")
def studies(files: tuple[Path, Path]) -> tuple[Study, Study]:
    mine, hers = (Study(detente.load(file), draws=128) for file in files)
    return mine, mine.beside(hers)


@pytest.fixture(scope="module")
def answer(studies: tuple[Study, Study]) -> detente.study.Answer:  # type: ignore[name-defined]
    return detente.compare(*studies, names=["mine", "hers"], weights=[3, 1])


def _share(study: Study) -> float:
    return study.deal(package=EXCHANGE).result.package.acceptance  # type: ignore[union-attr]


def test_what_differs_is_what_each_answers_alone(studies, answer) -> None:  # type: ignore[no-untyped-def]
    found = answer.result
    mine, hers = studies
    assert found.package == EXCHANGE
    assert [v.acceptable_packages for v in found.versions] == [
        s.deal().result.main.packages.acceptable for s in (mine, hers)
    ]
    assert [v.chances.kept for v in found.versions] == [
        s.deal().result.main.chances.kept for s in (mine, hers)
    ]
    [versus] = found.versus
    assert versus.acceptable == _share(hers)
    assert versus.change == pytest.approx(_share(hers) - _share(mine))
    assert versus.change != 0
    best = hers.deal(package=found.versions[1].package).result.package.acceptance
    assert versus.ahead == pytest.approx(best - _share(hers))
    inside = {f.path for f in hers.flips().result.flips if f.deal_flip_inside}
    assert {f.path for f in found.versions[1].flips} == inside


def test_one_input_at_a_time_is_the_first_version_with_only_that(files, studies, answer) -> None:  # type: ignore[no-untyped-def]
    [versus] = answer.result.versus
    mine = studies[0]
    weight, prior = "preferences.north.weights.well", "readings.south.plain.prior"
    assert set(versus.alone) == {weight, prior, "readings.south.proud.prior"}
    changed = mine.changed({weight: [20, 50, 70]})
    assert versus.alone[weight].acceptable == _share(changed)
    assert versus.alone[weight].change == pytest.approx(_share(changed) - _share(mine))
    # A prior does not add up to 1 with its rival's alone.
    rival = "readings.south.proud.prior"
    both = mine.changed({prior: [0.1, 0.2, 0.3], rival: [0.7, 0.8, 0.9]})
    assert versus.alone[prior].together == (rival,)
    assert versus.alone[prior].acceptable == versus.alone[rival].acceptable == _share(both)
    changes = [alone.change or 0.0 for alone in versus.alone.values()]
    assert changes == sorted(changes, key=abs, reverse=True)
    counting = {i.path: i.counts for i in versus.inputs}
    assert counting[weight] is True
    assert counting["judgement.because"] is False


def test_draws_are_paired(studies, answer) -> None:  # type: ignore[no-untyped-def]
    [versus] = answer.result.versus
    alone = Study(studies[1].case, seed=5, draws=128)
    apart = np.hypot(
        studies[0].deal(package=EXCHANGE).result.package.acceptance_error,
        alone.deal(package=EXCHANGE).result.package.acceptance_error,
    )
    assert 0 < versus.error < apart
    same = detente.compare(studies[0], Study(studies[0].case, draws=128), names=["a", "b"])
    [none] = same.result.versus
    assert (none.change, none.error, none.inputs, none.alone) == (0.0, 0.0, (), {})
    assert "is the same in “a” and “b”" in " ".join(str(same).split())


def test_the_variance_in_all_is_within_and_between(studies, answer) -> None:  # type: ignore[no-untyped-def]
    pool = answer.result.pool
    shares = np.array([_share(s) for s in studies])
    pooled = 0.75 * shares[0] + 0.25 * shares[1]
    assert pool.acceptable == pytest.approx(pooled)
    assert pool.within + pool.between == pytest.approx(pooled * (1 - pooled))
    # As if each draw were taken from the first version three times and from the other once.
    everything = np.repeat(shares, [3, 1])
    assert pool.between == pytest.approx(everything.var())
    assert pool.between_share == pytest.approx(everything.var() / (pooled * (1 - pooled)))
    assert [v.weight for v in answer.result.versions] == [0.75, 0.25]
    assert replicate_error(np.zeros(8), 8) == 0 < pool.acceptable_error


def test_the_command_is_the_same_and_fits_a_screen(  # type: ignore[no-untyped-def]
    files, answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("compare", *map(str, files), "--weights", "3,1", "--draws", "128")
    said = ask(*words, "--json")
    assert (said.code, said.out) == (0, answer.to_json())
    jsonschema.validate(said.json, result_schema("compare"))
    monkeypatch.setenv("COLUMNS", "80")
    out = ask(*words).out
    lines = out.split("\n")
    assert len(lines) <= 41
    assert max(map(len, lines)) <= 80
    for part in ("north's weight on well: 10-40-70 → 20-50-70", "above", "between the versions"):
        assert part in " ".join(out.split())


def test_one_case_is_compared_with_what_is_supposed(files) -> None:  # type: ignore[no-untyped-def]
    changes = ("--set", "north.weights.well=90", "--set", "preferences.south.no_deal=60")
    said = ask("compare", files[0], *changes, "--json", "--draws", "64")
    assert said.code == 0
    found = said.json
    assert [v["name"] for v in found["versions"]] == ["as it is", "supposed"]
    assert set(found["versus"][0]["alone"]) == {"preferences.north.weights.well", "preferences.south.no_deal"}


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1], "weights: 2 versions and 1 weight"),
        ([0, 0], "not all of them 0"),
        ([1, -1], "at least 0"),
        ([1, float("nan")], "at least 0"),
        ([1e308, 1e308], "finite"),
    ],
)
def test_weights_that_are_none(studies, weights: list[float], said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=said):
        detente.compare(*studies, weights=weights)


def test_what_cannot_be_compared(studies) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=r"name another, or suppose something in this one \(changed\)"):
        detente.compare(studies[0])
    with pytest.raises(UsageError, match="same draws"):
        detente.compare(studies[0], Study(studies[1].case, draws=64))
    with pytest.raises(UsageError, match="names must be one for each of 2"):
        detente.compare(*studies, names=["a", "a"])
    village = Study("two-villages", draws=128)
    found = detente.compare(studies[0], village).result
    assert (found.versus[0].acceptable, found.versus[0].alone) == (None, {})
    assert "no such package" in str(found.versus[0].alone_left_out)
    first, other = (v.name for v in found.versions)
    [headline] = [b.text for b in document(found, studies[0].case.case).blocks if isinstance(b, Finding)]
    assert f"“{other}” has no such package as the best one of “{first}”." in headline
    assert "is the same" not in headline
    with pytest.raises(UsageError, match="no package that all versions could be asked about"):
        detente.compare(studies[0], village, weights=[1, 1])


def test_a_single_difference_is_the_whole_also_where_worlds_are_simulated(studies) -> None:  # type: ignore[no-untyped-def]
    mine = studies[0]
    [versus] = detente.compare(mine, mine.changed({"north.weights.well": 60})).result.versus
    [(path, alone)] = versus.alone.items()
    assert (path, alone.change, alone.error) == (
        "preferences.north.weights.well",
        versus.change,
        versus.error,
    )
    assert [i.at for i in versus.inputs if i.counts] == [path]


def test_lists_and_blocks_are_taken_as_they_stand(studies) -> None:  # type: ignore[no-untyped-def]
    mine = studies[0]
    line = [{"well": "open", "road": "closed"}]
    other = mine.changed(
        {"preferences.north.red_lines": line, "preferences.south.no_deal": {"status_quo": 2}}
    )
    back, forth = detente.compare(other, mine).result, detente.compare(mine, other).result
    # Both ways: what one version does not have is taken out of the other.
    for found in (back, forth):
        assert set(found.versus[0].alone) == {"preferences.north.red_lines", "preferences.south.no_deal"}
        assert all(alone.change is not None for alone in found.versus[0].alone.values())
    [versus] = forth.versus
    assert versus.alone["preferences.north.red_lines"].change == 0  # nobody proposes to give the well away
    assert versus.alone["preferences.south.no_deal"].change < 0


def test_one_input_alone_keeps_the_random_numbers_of_all_others(studies) -> None:  # type: ignore[no-untyped-def]
    mine = studies[0]
    certain = {"preferences.north.weights.well": 45}  # a range less: every column after it would be another's
    other = mine.changed({**certain, "preferences.south.no_deal": {"status_quo": 2}})
    [versus] = detente.compare(mine, other).result.versus
    alone = versus.alone["preferences.north.weights.well"]
    assert alone.acceptable == _share(mine.changed(certain))


def test_the_headline_names_the_first_link_on_which_chains_part(files) -> None:  # type: ignore[no-untyped-def]
    text = TEXT + "signing: {chance: 0.5}\n"
    file = files[0].parent / "signed.yaml"
    file.write_text(text, encoding="utf-8")
    study = Study(detente.load(file), draws=64)
    said = " ".join(
        str(detente.compare(study, study.changed({"signing.chance": 0.9}), names=["a", "b"])).split()
    )
    share = study.deal().result.main.chances.acceptable  # type: ignore[union-attr]
    assert f"signed as well is {0.9 * share:.0%} in “b”, {0.5 * share:.0%} in “a”." in said


def test_the_headline_names_the_version_whose_best_package_it_is() -> None:
    village = Study("two-villages", draws=64)
    none = village.changed({"preferences.upper.no_deal": {"status_quo": 95}})
    found = detente.compare(none, village, names=["hard", "soft"])
    said = " ".join(str(found).split())
    assert found.result.versions[0].package is None
    assert "The best package of “soft” is acceptable in 100% of draws of “soft”: +100.0" in said
    assert "The best package of “hard”" not in said


def test_packages_that_were_not_counted_are_not_said_to_be_none(answer) -> None:  # type: ignore[no-untyped-def]
    first, other = answer.result.versions
    for one in (replace(first, acceptable_packages=None), replace(first, acceptable_packages=0)):
        found = replace(answer.result, versions=(one, other))
        headline = document(found, detente.load("two-villages").case).blocks[0]
        assert isinstance(headline, Finding)
        assert ("At best estimates" in headline.text) == (one.acceptable_packages is not None)


def _headline(found: CompareResult) -> str:
    [said] = [
        b.text
        for b in document(found, detente.load("two-villages").case).blocks
        if isinstance(b, Finding) and b.headline
    ]
    return said


def test_the_headline_claims_no_more_than_was_found(studies) -> None:  # type: ignore[no-untyped-def]
    mine = studies[0]
    same = detente.compare(mine, Study(mine.case, draws=128), names=["a", "b"]).result
    assert _headline(same).startswith(
        "Whether there is a deal and how often the best package is acceptable is"
    )
    uncounted = replace(
        same, versions=(same.versions[0], replace(same.versions[1], acceptable_packages=None))
    )
    assert _headline(uncounted).startswith(
        "How often the best package is acceptable is the same in “a” and “b”"
    )
    assert _headline(replace(uncounted, package=None)).startswith("No package is found")
    [versus] = same.versus
    for ahead, claimed in (
        (0.2, True),
        (-0.2, False),
    ):  # its own was chosen on other draws, and is behind on these
        told = _headline(replace(same, versus=(replace(versus, ahead=ahead, ahead_error=0.01),)))
        assert ("another package is acceptable more often" in told) == claimed


def test_a_flip_that_was_not_looked_for_has_not_moved(studies, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    mine, other = studies[0], studies[0].changed({"preferences.south.no_deal": {"status_quo": 2}})
    [versus] = detente.compare(mine, other).result.versus
    assert versus.flips_moved
    answers = [mine.flips().result]

    def flips(*_: object) -> FlipsResult:
        if not answers:
            raise LimitError("too many")
        return answers.pop()

    monkeypatch.setattr(solve, "flips", flips)
    found = detente.compare(mine, other).result
    assert found.versions[1].unsaid["flips"] == "too many"
    assert found.versus[0].flips_moved == {}


def test_several_versions_say_why_nothing_was_tried_alone(answer) -> None:  # type: ignore[no-untyped-def]
    [versus] = answer.result.versus
    case = detente.load("two-villages").case
    left = replace(versus, alone={}, alone_left_out="50 parts differ; up to 40 are tried one at a time")
    several = document(replace(answer.result, versus=(versus, left)), case).short
    assert "50 parts differ" in " ".join(b.note for b in several if isinstance(b, Table))
    nothing = replace(versus, inputs=(), alone={})
    none = document(replace(answer.result, versus=(nothing, nothing)), case).short
    assert all(b.rows for b in none if isinstance(b, Table))
    assert sum("the files say the same" in b.text for b in none if isinstance(b, Paragraph)) == 2


def test_the_headline_says_in_which_version_there_is_a_deal(answer) -> None:  # type: ignore[no-untyped-def]
    first, other = answer.result.versions
    for counts, said in (
        ((0, 2), "At best estimates no package is acceptable in “mine”, some is in “hers”."),
        ((2, 0), "At best estimates some package is acceptable in “mine”, none is in “hers”."),
    ):
        both = [replace(v, acceptable_packages=n) for v, n in zip((first, other), counts, strict=True)]
        headline = document(replace(answer.result, versions=tuple(both)), detente.load("two-villages").case)
        assert said in str(headline.blocks[0])


def test_a_flip_moves_from_where_it_is_in_the_first_version(answer) -> None:  # type: ignore[no-untyped-def]
    [versus] = answer.result.versus
    moved = replace(versus, flips_moved={"north.weights.well": (12.5, None), "south.no_deal": (3.0, 4.0)})
    said = str(document(replace(answer.result, versus=(moved,)), detente.load("two-villages").case).blocks)
    assert (
        "Two flips moved in “hers”: north.weights.well (12.5 → nowhere within its range), south.no_deal (3 → 4)."
        in said
    )
