"""GENIUS XML: what evaluators make of levels, worked out by hand, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.case.model import Case
from detente.case.reading import read_case
from detente.errors import CaseError, DetenteError, LimitError, UsageError
from detente.formats.importing import Imported, read_files
from tests.formats.written_files import BUYER, DOMAIN, SELLER, house, write


def case_in(found: Imported) -> Case:
    return read_case(found.text, "imported").case


def points(case: Case, party: str, issue: str) -> list[float]:
    table = case.preferences[party].points
    assert table is not None
    return [value.median for value in table[issue].values()]


def test_every_kind_of_issue_is_worth_what_genius_makes_of_it(tmp_path: Path) -> None:
    found = read_files(house(tmp_path), levels=5)
    case = case_in(found)
    assert list(case.issues) == ["colour", "weeks", "price"]
    assert list(case.parties) == ["buyer", "seller"]
    # Of the level that is named twice the last evaluation counts: 2 of 4, 3 of 4, 4 of 4, times 0.5.
    assert points(case, "buyer", "colour") == [25, 37.5, 50]
    # 0.25 + 0.5 * (level - 1), cut at 1, times 0.3.
    assert points(case, "buyer", "weeks") == [7.5, 22.5, 30, 30]
    # 2 - 0.01 * level: 1, 0.75, 0.5, 0.25, 0 at 100 to 200, times 0.2.
    assert points(case, "buyer", "price") == [20, 15, 10, 5, 0]
    assert points(case, "seller", "price") == [0, 5, 10, 15, 20]
    assert points(case, "seller", "weeks") == [30, 30, 30, 30]
    assert [o.name for o in case.issues["price"].options.values()] == ["100", "125", "150", "175", "200"]
    assert [w.no_deal.median for w in case.preferences.values()] == [25, 0]  # type: ignore[union-attr]
    assert case.preferences["buyer"].max == 100
    assert case.preferences["buyer"].step is None


def test_what_was_given_assumed_and_lost_is_told_and_stands_in_the_case(tmp_path: Path) -> None:
    found = read_files(house(tmp_path))
    told = {(t.kind, t.where): t.what for t in found.told}
    assert "0.75" in next(t.what for t in found.told if t.where == "buyer" and "discount" in t.what)
    assert "named twice" in told["assumed", "Colour"]
    assert "11 levels" in told["assumed", "Price"]
    assert any("utility of 0" in t.what for t in found.told if t.where == "seller" and t.kind == "assumed")
    assert any("cost" in t.what for t in found.told if t.kind == "lost")
    assert any("objectives do not" in t.what for t in found.told)
    case = case_in(found)
    assert "discount factor 0.75" in str(case.parties["buyer"].note)
    assert "11 levels" in str(case.issues["price"].note)
    assert "buyer.xml" in str(case.preferences["buyer"].inference)


def test_thirds_are_carried_exactly_in_units_in_which_they_are_whole(tmp_path: Path) -> None:
    shape = '<utility_space><objective name="x" index="0"><issue index="1" name="i">{items}</issue>{weight}</objective></utility_space>'
    for name, evaluations in (("a", (1, 2, 3)), ("b", (7, 1, 5))):
        items = "".join(f'<item value="{k}" evaluation="{e}"/>' for k, e in enumerate(evaluations))
        (tmp_path / f"{name}.xml").write_text(
            shape.format(items=items, weight='<weight index="1" value="1"/>')
        )
    case = case_in(read_files([tmp_path]))
    assert points(case, "a", "i") == [1, 2, 3]
    assert case.preferences["a"].max == 3
    assert points(case, "b", "i") == [7, 1, 5]
    assert case.preferences["b"].max == 7


def test_digits_beyond_the_grid_are_kept_and_told_of(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        d_xml=DOMAIN,
        a_xml=BUYER.replace('index="1" value="0.5"', 'index="1" value="0.123456789012345"'),
        b_xml=SELLER,
    )
    found = read_files(paths)
    case = case_in(found)
    assert case.preferences["a"].step == 1e-6
    assert case.preferences["b"].step is None
    assert points(case, "a", "colour")[2] == 12.3456789012345
    assert any(t.kind == "lost" and "1e-06 points" in t.what for t in found.told if t.where == "a")


def test_bare_ampersands_are_letters_as_genius_reads_them(tmp_path: Path) -> None:
    texts = [text.replace("red", "red & white") for text in (DOMAIN, BUYER, SELLER)]
    found = read_files(write(tmp_path, d_xml=texts[0], a_xml=texts[1], b_xml=texts[2]))
    assert case_in(found).issues["colour"].options["red_white"].name == "red & white"
    assert any("ampersands" in t.what for t in found.told)


REFUSED = {
    "no sum": (BUYER.replace("<utility_space>", '<utility_space type="nonlinear">'), 'type="nonlinear"'),
    "a function": (BUYER.replace("</objective>\n <res", '</objective><ufun type="x"/><res'), "<ufun"),
    "price": (BUYER.replace('type="real" etype="real"', 'type="price"'), 'type "price"'),
    "curve": (BUYER.replace('ftype="linear" parameter0', 'ftype="faratin" parameter0'), 'ftype "faratin"'),
    "weight": (BUYER.replace('<weight index="2" value="0.3"/>', ""), 'name="Weeks"'),
    "cut at 1": (BUYER.replace('value="0.5"', 'value="0.75"'), "1.25"),
    "a level": (BUYER.replace('value="blue"', 'value="pink"'), "what 'blue' is worth"),
    "an issue": (BUYER.replace('name="Weeks"', 'name="Months"'), "issue 'Weeks'"),
    "a number": (BUYER.replace('evaluation="3"', 'evaluation="three"'), "'three'"),
    "infinite": (BUYER.replace('evaluation="3"', 'evaluation="Infinity"'), "Infinity"),
    "huge": (BUYER.replace('evaluation="3"', 'evaluation="1e999999"'), "1e999999"),
    "another root": ("<hello/>", "<hello>"),
    "not XML": ("issues: [a]", "not XML"),
    "an entity": ('<!DOCTYPE a [<!ENTITY x "y">]>' + BUYER, "entities"),
    "a definition elsewhere": ('<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">' + BUYER, "entities"),
    "deep": ("<a>" * 5000 + "</a>" * 5000, "64 elements"),
}


@pytest.mark.parametrize("which", REFUSED)
def test_what_is_not_supported_is_refused_by_file_element_and_reason(which: str, tmp_path: Path) -> None:
    text, said = REFUSED[which]
    paths = write(tmp_path, house_xml=DOMAIN, odd_xml=text, seller_xml=SELLER)
    with pytest.raises(CaseError) as error:
        read_files(paths)
    assert "odd.xml" in str(error.value)
    assert said in str(error.value)


def test_a_bomb_of_entities_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    bomb = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    (tmp_path / "bomb.xml").write_text(
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{bomb}]><x>&a12;</x>'
    )
    with pytest.raises(CaseError, match="entities"):
        read_files([tmp_path / "bomb.xml"])


def test_sizes_are_limited_before_anything_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.xml"
    with large.open("wb") as file:
        file.truncate(9 << 20)
    with pytest.raises(CaseError, match="too large"):
        read_files([large])


def test_whole_numbers_beyond_a_case_are_thinned_only_when_asked(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        **{
            f"{n}_xml": text.replace('upperbound="4"', 'upperbound="100"')
            for n, text in (("d", DOMAIN), ("a", BUYER), ("b", SELLER))
        },
    )
    with pytest.raises(LimitError, match="100 levels"):
        read_files(paths)
    found = read_files(paths, levels=4)
    assert [o.name for o in case_in(found).issues["weeks"].options.values()] == ["1", "34", "67", "100"]
    assert any("96 of its 100 levels" in t.what for t in found.told)


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    paths = house(tmp_path)
    (tmp_path / "other.xml").write_text(DOMAIN)
    with pytest.raises(UsageError, match="2 domains"):
        read_files([tmp_path])
    with pytest.raises(CaseError, match="two sides"):
        read_files(paths[:2])
    with pytest.raises(UsageError, match="no such file"):
        read_files([tmp_path / "nowhere.xml"])
    with pytest.raises(UsageError, match="ending"):
        read_files([Path(__file__)])


def test_a_link_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    house(outside)
    (inside / "house.xml").symlink_to(outside / "house.xml")
    with pytest.raises(DetenteError, match="leads out of the folder"):
        read_files([inside])
