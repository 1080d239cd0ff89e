"""What each lever of the eighteen systems has to move, and in which direction, by the article."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.world.venezuelan import Floats, Lever


class Law(NamedTuple):
    """A direction: of what, up or down, from which worlds to which."""

    system: str
    says: str
    lever: Lever
    moves: tuple[tuple[str, int], ...]
    """What moves (``V of FACTION``, a condition, or a level, each ``@ MONTH``; default month 60) and the sign."""
    base: Lever = Lever()
    """With what it is compared."""


def times(factor: float) -> Callable[[Floats], Floats]:
    return lambda values: values * factor


BEGUN = "happened(talks.began) @ 4"
CONCEDED = "happened(talks.step_1) @ 12"
EASED = "happened(sender.eased) @ 24"
LOST = "succession is steps_down"
LEFT = "happened(exit.handed_over)"
FALLEN = "happened(survival.collapsed)"
BEATEN = "happened(polls.lost)"
TERMS = "happened(talks.step_3)"
TAKEN_BACK = "happened(gestures.taken_back)"
NEVER_EXTENDED = Lever({"mandate.extend": 0.0, "mandate.by_support": 0.0, "mandate.by_friends": 0.0})
PROMISED = Lever({"exit.promise": 4.0}, settles={"reward": "withdrawn"})
PROMISED_TO_ALL = Lever({"exit.promise": 4.0}, settles={"reward": "withdrawn", "fiefs": "guaranteed"})
ALL_IN = Lever(
    settles={
        "participation": "takes_part",
        "guaido_stance": "joins",
        "observers": "all_polls",
        "regional_elections": "competitive",
    }
)
ALL_OUT = Lever(settles={"participation": "undecided", "guaido_stance": "rejects"})
MORE_FIEFS = {
    "fiefs.held_now": times(2),
    "fiefs.ceiling": times(1.4),
    **{f"fiefs.wrecks[{o}]": times(2) for o in ("curbed", "left_alone", "guaranteed")},
}
MUTE = {"vow.keeps": 0.0, "vow.forgets": 0.0}

LAWS = (
    Law("tables", "no mediator", Lever({"talks.mediated": 0.0}), ((BEGUN, -1), (CONCEDED, -1))),
    Law("tables", "no talks", Lever(stops=("talks",)), (("happened(talks.step_1)", -1), ("V of leader", -1))),
    Law(
        "oil",
        "all lifted and held",
        Lever(settles={"oil_sanctions": "removed"}),
        (
            ("money.revenue", 1), ("loyalty.loyalty", 1), (LOST, -1), ("V of leader", 1), ("V of clan", 1),
            ("V of united_states", -1),
        ),
    ),
    Law("oil", "an exit as a victor", Lever(settles={"oil_sanctions": "removed"}), ((LEFT, 1),)),
    Law(
        "oil",
        "total and without evasion",
        Lever({"money.trade[banned]": 0.2, "money.detours": 0.0}, settles={"oil_sanctions": "banned"}),
        (("money.revenue", -1), ("loyalty.loyalty", -1), (LOST, 1), (FALLEN, 1)),
    ),
    Law(
        "persons",
        "names taken off at once",
        Lever(settles={"person_sanctions": "some_delisted"}),
        (("V of clan", 1), ("loyalty.loyalty @ 12", 1)),
    ),
    Law("funds", "never released", Lever(settles={"frozen_funds": "frozen"}), (("food.hungry", 1),)),
    Law(
        "recognition",
        "sixty governments for good",
        Lever(holds={"recognition.governments": 60}),
        (("V of guaido", 1), ("V of leader", -1), ("loyalty.loyalty", -1)),
    ),
    Law(
        "recognition",
        "the mandate is not extended",
        NEVER_EXTENDED,
        (
            ("recognition.governments @ 12", -1), ("support.support @ 12", -1), ("unity.standing @ 12", 1),
            ("happened(regional.joined)", 1), ("V of guaido", -1),
        ),
    ),
    Law(
        "authority",
        "three friendly seats of five",
        Lever(settles={"cne": "overhaul"}),
        ((BEATEN, 1), ("V of capriles", 1)),
    ),
    Law(
        "authority",
        "the second seat",
        Lever(settles={"cne": "two_of_five"}),
        ((BEATEN, 1),),
        Lever(settles={"cne": "one_of_five"}),
    ),
    Law(
        "clan",
        "nobody is loyal",
        Lever(holds={"loyalty.loyalty": 0.0}),
        ((FALLEN, 1), ("V of leader", -1), ("V of clan", -1)),
    ),
    Law(
        "fiefs",
        "more of them, and more disruptive",
        Lever(MORE_FIEFS),
        (("happened(talks.stopped) @ 12", 1), (TAKEN_BACK, 1), ("prisoners is in_prison", 1)),
    ),
    Law(
        "hunger",
        "wide access at once",
        Lever(settles={"humanitarian": "wide_access"}),
        (("food.hungry", -1), ("V of europe", 1)),
    ),
    Law(
        "support",
        "60% for good",
        Lever(holds={"support.support": 0.6}),
        (
            (BEATEN, 1), ("loyalty.loyalty", -1), ("recognition.governments @ 24", 1), ("mandate.over @ 12", -1),
        ),
    ),
    Law("factions", "united for good", Lever(holds={"unity.united": 1.0}), ((BEATEN, 1), ("V of leader", -1))),
    Law(
        "factions",
        "dividing them costs nothing",
        Lever({"unity.cost": 0.0}),
        (("happened(unity.offered) @ 12", 1), ("unity.united", -1)),
    ),
    Law(
        "gestures",
        "none had been made",
        Lever({"gestures.made": 0.0, "gestures.makes": 0.0}),
        ((EASED, -1), (BEGUN, -1)),
    ),
    Law(
        "gestures",
        "the vow is kept",
        Lever({"vow.keeps": 1.0, "vow.forgets": 0.0}),
        (("talks.trust @ 6", 1), ("V of europe", 1), ("happened(court.investigated)", -1)),
        Lever(MUTE),
    ),
    Law(
        "readings",
        "he plays for time",
        Lever(reading="staller"),
        (("talks.trust", -1), (LEFT, -1)),
    ),
    Law(
        "readings",
        "he plays for time, and looks for no way out",
        Lever(reading="staller"),
        ((TERMS, -1), ("talks.trust", -1), (LEFT, -1)),
        Lever(reading="exiter"),
    ),
    Law(
        "readings",
        "he looks for a way out",
        Lever(reading="exiter"),
        ((LEFT, 1), (TERMS, 1), ("talks.trust", 1)),
    ),
    Law("exit", "a believed guarantee", PROMISED, ((LEFT, 1), ("V of leader", 1), ("V of clan", -1))),
    Law("exit", "and one for the holdings", PROMISED_TO_ALL, (("V of clan", 1),)),
    Law(
        "regional",
        "all take part and are watched",
        ALL_IN,
        (("regional.governors", 1), ("regional.turnout", 1), ("V of capriles", 1)),
    ),
    Law(
        "regional",
        "all stay away",
        ALL_OUT,
        (("regional.governors", -1), ("regional.turnout", -1), ("V of capriles", -1)),
    ),
    Law(
        "politics",
        "a harder administration",
        Lever({"politics.turns": 1.0}),
        (("happened(sender.lifted)", -1), ("happened(force.removed)", 1), ("reward.million", 1)),
        Lever({"politics.turns": 0.0}),
    ),
    Law("politics", "Europe goes first", Lever({"lists.ease": 0.1}), (("V of clan", 1),)),
    Law(
        "force",
        "impossible",
        Lever({"force.rate": 0.0}),
        (("happened(force.removed)", -1), ("V of leader", 1)),
    ),
    Law(
        "force",
        "renounced in public",
        Lever(settles={"force_threat": "renounced"}),
        (("V of leader", 1), ("happened(force.removed)", -1)),
    ),
)  # fmt: skip
