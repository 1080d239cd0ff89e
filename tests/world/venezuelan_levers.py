"""What each lever of the eighteen systems has to move, and in which direction, by the article."""

from __future__ import annotations

from typing import NamedTuple

from tests.world.venezuelan import Lever

NEVER = 0.0


class Law(NamedTuple):
    """A direction: of what, up or down, from which worlds to which."""

    system: str
    lever: Lever
    moves: tuple[tuple[str, int], ...]
    """What moves (``V of FACTION``, a condition, or a level, each ``@ MONTH``; default month 60) and the sign."""
    base: Lever = Lever()
    """With what it is compared."""


def times(factor: float) -> object:
    return lambda values: values * factor


HARDER = {"politics.turns": 1.0}
BEGUN = "happened(talks.began) @ 4"
EASED = "happened(sender.eased) @ 24"
LOST = "not succession is stays"
FALLEN = "happened(survival.collapsed)"
ALL_OUT = {"participation": "undecided", "guaido_stance": "rejects"}
ALL_IN = {"participation": "takes_part", "guaido_stance": "joins", "observers": "all_polls"}

LAWS = (
    # Tables and the mediator
    Law(
        "talks",
        Lever({"talks.mediated": NEVER}),
        ((BEGUN, -1), ("happened(talks.step_1) @ 12", -1)),
    ),
    Law("talks", Lever(stops=("talks",)), (("happened(talks.step_1)", -1), ("V of leader", -1))),
    # Sanctions on oil
    Law(
        "oil_sanctions",
        Lever(settles={"oil_sanctions": "removed"}),
        (
            ("money.revenue", 1),
            ("loyalty.loyalty", 1),
            (LOST, -1),
            ("V of leader", 1),
            ("V of clan", 1),
            ("V of united_states", -1),
        ),
    ),
    Law(
        "oil_sanctions",
        Lever({"money.trade[banned]": 0.2, "money.detours": 0.0}, settles={"oil_sanctions": "banned"}),
        (("money.revenue", -1), ("loyalty.loyalty", -1), (LOST, 1)),
    ),
    # Sanctions on persons
    Law(
        "person_sanctions",
        Lever(settles={"person_sanctions": "some_delisted"}),
        (("V of clan", 1), ("loyalty.loyalty @ 12", 1)),
    ),
    # Frozen funds
    Law("funds", Lever(settles={"frozen_funds": "frozen"}), (("food.hungry", 1),)),
    # Recognition, mandate, support: one slide
    Law(
        "recognition",
        Lever(holds={"recognition.governments": 60}),
        (("V of guaido", 1), ("V of leader", -1), ("loyalty.loyalty", -1)),
    ),
    Law(
        "mandate",
        Lever({"mandate.extend": 0.0, "mandate.by_support": 0.0, "mandate.by_friends": 0.0}),
        (
            ("recognition.governments @ 12", -1),
            ("support.support @ 12", -1),
            ("unity.standing @ 12", 1),
            ("happened(regional.joined)", 1),
        ),
        Lever({"mandate.extend": 1.0, "mandate.by_support": 0.0, "mandate.by_friends": 0.0}),
    ),
    Law(
        "support",
        Lever(holds={"support.support": 0.6}),
        (
            ("happened(polls.lost)", 1),
            ("loyalty.loyalty", -1),
            ("recognition.governments @ 24", 1),
            ("mandate.over @ 12", -1),
        ),
    ),
    # The electoral authority
    Law(
        "authority",
        Lever(settles={"cne": "overhaul"}),
        (("happened(polls.lost)", 1), ("V of capriles", 1)),
    ),
    Law(
        "authority", Lever(settles={"cne": "two_of_five"}), (("happened(polls.lost)", 1),), Lever(settles={"cne": "one_of_five"})
    ),
    # The clan
    Law("loyalty", Lever(holds={"loyalty.loyalty": 0.0}), ((FALLEN, 1), ("V of leader", -1), ("V of clan", -1))),
    # Fiefs
    Law(
        "fiefs",
        Lever(
            {
                "fiefs.held_now": times(2),
                "fiefs.ceiling": times(1.4),
                **{f"fiefs.wrecks[{o}]": times(2) for o in ("curbed", "left_alone", "guaranteed")},
            }
        ),
        (
            ("happened(talks.stopped) @ 12", 1),
            ("happened(gestures.taken_back)", 1),
            ("prisoners is in_prison", 1),
        ),
    ),
    # Hunger
    Law(
        "food",
        Lever(settles={"humanitarian": "wide_access"}),
        (("food.hungry", -1), ("V of europe", 1)),
    ),
    # Unity
    Law(
        "unity",
        Lever(holds={"unity.united": 1.0}),
        (("happened(polls.lost)", 1), ("V of leader", -1)),
    ),
    Law("unity", Lever({"unity.cost": 0.0}), (("happened(unity.offered) @ 12", 1), ("unity.united", -1))),
    # Gestures
    Law(
        "gestures",
        Lever({"gestures.made": 0.0, "gestures.makes": 0.0}),
        ((EASED, -1), (BEGUN, -1)),
    ),
    Law(
        "vow",
        Lever({"vow.keeps": 1.0, "vow.forgets": 0.0}),
        (("talks.trust @ 6", 1), ("V of europe", 1)),
        Lever({"vow.keeps": 0.0, "vow.forgets": 0.0}),
    ),
    # Readings
    Law(
        "readings",
        Lever(reading="staller"),
        (
            ("happened(talks.step_3)", -1),
            ("talks.trust", -1),
            ("happened(exit.handed_over)", -1),
        ),
    ),
    Law(
        "readings",
        Lever(reading="exiter"),
        (("happened(exit.handed_over)", 1), ("happened(talks.step_3)", 1), ("talks.trust", 1)),
    ),
    # Leaving
    Law(
        "exit",
        Lever({"exit.promise": 5.0}, settles={"reward": "withdrawn"}),
        (("happened(exit.handed_over)", 1), ("V of leader", 1), ("V of clan", -1)),
    ),
    Law(
        "exit",
        Lever({"exit.promise": 5.0}, settles={"reward": "withdrawn", "fiefs": "guaranteed"}),
        (("V of clan", 1),),
        Lever({"exit.promise": 5.0}, settles={"reward": "withdrawn"}),
    ),
    # Regional polls
    Law(
        "regional",
        Lever(settles={**ALL_IN, "regional_elections": "competitive"}),
        (("regional.governors", 1), ("regional.turnout", 1), ("V of capriles", 1)),
    ),
    Law("regional", Lever(settles=ALL_OUT), (("regional.governors", -1), ("regional.turnout", -1))),
    # Politics of the sender, and Europe
    Law(
        "politics",
        Lever({"politics.turns": 1.0}),
        (("happened(sender.lifted)", -1), ("happened(force.removed)", 1), ("reward.million", 1)),
        Lever({"politics.turns": 0.0}),
    ),
    Law("lists", Lever({"lists.ease": 0.1}), (("V of clan", 1),)),
    # Force
    Law("force", Lever({"force.rate": 0.0}), (("happened(force.removed)", -1), ("V of leader", 1))),
    Law("force", Lever(settles={"force_threat": "renounced"}), (("V of leader", 1), ("happened(force.removed)", -1))),
)
