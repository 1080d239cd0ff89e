"""Numbers of the world whose size makes no sense: percent typed for a share, dollars for a price, steps the wrong way round,
days that never come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from detente.case.base import Range
from detente.case.dates import months_after
from detente.case.model import Case
from detente.case.parts import TOPS, world_numbers, world_paths
from detente.case.paths import leaf_paths
from detente.case.world import World
from detente.case.yamltext import Path

__all__ = ["impossible_numbers", "odd_numbers"]

Found = Iterator[tuple[Path, str]]

_USUAL = "1 is what would come in without sanctions at the usual price"

_IMPOSSIBLE: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "money.revenue": (TOPS["revenue"], _USUAL),
        "price.now": (TOPS["price"], "1 is its usual price, whatever that is in money"),
        "hunger.need": (1.0, "it is a share of the people, 0.5 for 50%"),
        "hunger.relief": (1.0, "it is a share of the people, 0.05 for 5%"),
        "funds.relieves": (1.0, "it is a share of the people, 0.02 for 2%"),
    }
)
"""Number → what it cannot be above, and why."""

_SHOCK = "the standard deviation of one month's shock to a share"
_WORTH = "an income, and 1 is what would come in without sanctions"

_ODD: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "money.spread": (0.5, "the standard deviation of one month's shock, and 1 is the usual revenue"),
        "money.rents": (2.0, _WORTH),
        "price.spread": (0.5, "the standard deviation of one month's shock, and 1 is the usual price"),
        "fiefs.yields": (2.0, _WORTH),
        "hunger.feeds": (2.0, "what the usual revenue takes off the share that goes hungry"),
        "hunger.rage": (2.0, "what hunger of all would add to a share of loyalty"),
        "lists.traps": (1.0, _WORTH),
        "accountability.traps": (1.0, _WORTH),
        "home.presses": (10.0, "by how many times easing gets likelier if the price doubles"),
        "loyalty.outside_offer": (2.0, _WORTH),
        "loyalty.scale": (2.0, _WORTH),
        "loyalty.spread": (0.25, _SHOCK),
        "recognition.promises": (2.0, _WORTH),
        "support.spread": (0.25, _SHOCK),
        "regional.spread": (0.5, "the standard deviation of a share"),
        "regional.turnout_spread": (0.25, "the standard deviation of a share"),
        "exit.trigger": (2.0, "a revenue, and " + _USUAL),
    }
)
"""Number → above what it is odd, and what it is."""

_ORDER = (
    ("money.evasion", "money.evasion_ceiling", "more is evaded now than can be"),
    ("fiefs.now", "fiefs.ceiling", "more is handed out now than can be"),
    (
        "support.floor",
        "support.now",
        "support would rise of itself to where it is said to end without success",
    ),
)
"""What is at most another number, and what it means if it is not."""

_INCIDENTS = (
    "authority.wins", "authority.loses", "lists.ease", "lists.follows", "funds.agree", "funds.agree_in_talks",
    "hunger.opens", "accountability.opens", "talks.retract", "polls.early",
)  # fmt: skip
"""Chances of rare things, of which one happens in a month at most."""


def _place(path: str) -> Path:
    part, _, key = path.partition(".")
    if key.startswith("loss_"):
        return "world", part, "loss", int(key.removeprefix("loss_"))
    return "world", part, *key.split(".")


def _numbers(case: Case, world: World) -> Iterator[tuple[Path, str, Range]]:
    """Every number of the world, also under readings and in policies, with its place and path."""
    for number in world_numbers(world):
        yield _place(number.path), number.path, number.value
    known = set(world_paths(world))
    sets = [(("world", "under", f, r), changes) for f, rs in world.under.items() for r, changes in rs.items()]
    places: list[tuple[Path, Mapping[str, Range]]] = [*sets]
    places += [(("policies", n, "changes"), p.changes) for n, p in case.policies.items()]
    for place, changes in places:
        for path, value in changes.items():
            if path in known:
                yield (*place, path), path, value


def impossible_numbers(case: Case, world: World) -> Found:
    """Sizes that cannot be."""
    for place, path, value in _numbers(case, world):
        if path in _IMPOSSIBLE and value.high > _IMPOSSIBLE[path][0]:
            most, why = _IMPOSSIBLE[path]
            yield place, f"must be at most {most:g}: found {value.high:g}; {why}"
    given = {n.path: n.value for n in world_numbers(world)}
    for small, large, meaning in _ORDER[:2]:
        if small in given and given[small].low > given[large].high:
            yield (
                _place(small),
                f"{meaning} ('{large}'): found {given[small].low:g} above {given[large].high:g}",
            )


def odd_numbers(case: Case) -> Found:
    """What of the world is probably not what was meant."""
    world = case.world
    if world is None or case.as_of is None:
        return
    given = {n.path: n.value for n in world_numbers(world)}
    for place, path, value in _numbers(case, world):
        if path in _ODD and value.median > _ODD[path][0]:
            yield place, f"{value.median:g} is much: this is {_ODD[path][1]}"
    for small, large, meaning in _ORDER:
        if (
            small in given
            and given[small].median > given[large].median
            and not given[small].low > given[large].high
        ):
            yield (
                _place(small),
                f"{meaning} ('{large}'): {given[small].median:g} above {given[large].median:g}",
            )
    if world.support is not None and world.support.floor.low > world.support.now.high:
        yield _place("support.floor"), _ORDER[2][2]
    yield from _lost(case, world)
    yield from _partners(world)
    yield from _beyond(case, world)
    incidents = {path: given[path].median for path in _INCIDENTS if path in given}
    if sum(incidents.values()) > 1:
        shown = ", ".join(f"{path} {value:g}" for path, value in incidents.items() if value)
        yield ("world",), f"one of these happens in a month at most, and the first has precedence: {shown}"


def _lost(case: Case, world: World) -> Found:
    """Steps of the sender's the wrong way round, and recognition that its band does not fit."""
    sender, money, known = world.sender, world.money, world.recognition
    for n, (strict, eased) in enumerate(pairwise(money.loss if money is not None else ())):
        if eased.median > strict.median:
            yield (
                ("world", "money", "loss", n + 1),
                f"more is lost at this step than at the stricter one before: {eased.median:g} above {strict.median:g}; the "
                "strictest comes first",
            )
    if sender is not None and len(sender.steps) > 1 and sender.issue in case.issues:
        for holder in _holders(case, world):
            values = case.preferences[holder].points or case.preferences[holder].values
            worth = {option: value.median for option, value in values.get(sender.issue, {}).items()}
            if worth.get(sender.steps[0], 0.0) > worth.get(sender.steps[-1], 0.0):
                yield (
                    ("world", "sender", "steps"),
                    f"'{holder}' would be better off under '{sender.steps[0]}' than under '{sender.steps[-1]}': is the "
                    "strictest first?",
                )
    if (
        known is not None
        and known.issue is not None
        and known.issue in case.issues
        and known.bands is not None
    ):
        share = known.now.median / known.all.median
        band = known.bands[0 if share >= 0.5 else 1 if known.now.median >= 0.5 else 2]
        if case.issues[known.issue].status_quo not in (None, band):
            yield (
                ("world", "recognition", "now"),
                f"{known.now.median:g} of {known.all.median:g} stands for '{band}', and the status quo of '{known.issue}' is "
                f"'{case.issues[known.issue].status_quo}'",
            )


def _holders(case: Case, world: World) -> list[str]:
    """Who decides for the incumbent, as far as the case says."""
    ladder = world.talks.ladder if world.talks is not None else None
    if ladder is not None:
        return [ladder.by] if ladder.by in case.preferences else []
    issue = world.office.issue
    tree = case.issues[issue].controlled_by if issue is not None and issue in case.issues else None
    if tree is None or tree == "outside":
        return []
    return [name for _, name in leaf_paths(tree, ()) if name in case.preferences]


def _partners(world: World) -> Found:
    """What looks at a part that stands still."""
    fall, leaving = world.survival, world.exit
    if fall is not None and world.loyalty is None:
        yield (
            ("world", "survival"),
            "the regime falls by its loyalty, and without a part 'loyalty' in the world everybody is loyal for good: add it",
        )
    if leaving is not None and leaving.push is not None and world.money is None:
        yield (
            ("world", "exit", "push"),
            "he is pushed by falling revenue, and without a part 'money' in the world revenue is the usual one for good: add it",
        )


def _beyond(case: Case, world: World) -> Found:
    """Days after the last month."""
    assert case.as_of is not None
    ends = months_after(case.as_of, world.months)
    for part, key in (("polls", "on"), ("regional", "on"), ("home", "elections"), ("recognition", "lapse")):
        spec = getattr(world, part)
        for n, day in enumerate((getattr(spec, key) if spec is not None else None) or ()):
            if day > ends:
                yield ("world", part, key, n), f"the world ends on {ends} ('months'), so {day} never comes"
