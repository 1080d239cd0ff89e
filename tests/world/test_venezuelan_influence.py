"""The picture of the Venezuelan world says what the article says."""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree

import pytest

from detente.world.diagram import diagram, document
from detente.world.influence import Influence, of_case
from tests.world.venezuelan import case


@cache
def drawn() -> Influence:
    return of_case(case())


@pytest.mark.parametrize(
    ("source", "target", "mark"),
    [
        ("issue:oil_sanctions", "money", "of"),  # sanctions cut oil money
        ("price", "money", "+"),
        ("money", "loyalty", "+"),  # money buys loyalty
        ("money", "food", "-"),  # and food
        ("money", "fiefs", "-"),  # short of money, places are handed out
        ("fiefs", "loyalty", "+"),
        ("loyalty", "survival", "-"),  # loyalty keeps him
        ("food", "survival", "+"),
        ("survival", "survival.collapsed", "+"),
        ("exit", "exit.handed_over", "+"),
        ("court", "exit", "-"),  # who may be tried stays
        ("support", "recognition", "+"),  # support, recognition and the mandate slide together
        ("support", "mandate", "+"),
        ("recognition", "mandate", "+"),
        ("support", "loyalty", "-"),  # a rival with support beckons
        ("sender", "issue:oil_sanctions", "sets"),
        ("incidents", "gestures", "-"),
        ("politics", "gestures", "-"),  # to a harder administration none are made
    ],
)
def test_an_arrow_of_the_article_is_there_with_its_sign(source: str, target: str, mark: str) -> None:
    found = {(a.source, a.target): a for a in drawn().arrows}
    assert found[source, target].mark == mark


def test_few_directions_are_open_and_every_part_has_arrows() -> None:
    of = drawn()
    signed = [a.mark for a in of.arrows if a.mark in ("+", "-", "?")]
    assert signed.count("?") <= 0.2 * len(signed)
    ends = {end for a in of.arrows for end in (a.source, a.target)}
    assert {item.id for item in of.parts} <= ends


def test_it_can_be_drawn_and_told() -> None:
    of = drawn()
    text = diagram(of)
    ElementTree.fromstring(text)
    assert len(text) < 800_000
    assert all(item.title in text.replace("&amp;", "&") for item in of.parts)
    assert document(of, "Venezuela").blocks
