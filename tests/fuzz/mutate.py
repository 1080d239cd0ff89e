"""Cases spoilt in every way that comes to mind: on the tree that they are, and on the text that they are written as.

A recipe is a base and a list of mutations, each of a kind and with a seed of its own. The same recipe always cooks to the
same bytes, and leaving out one mutation leaves the others what they are: that is what makes failures small.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from detente.catalogue import names as bundled_names
from detente.catalogue import path as bundled
from tests.edges.shelf import EDGES
from tests.fuzz.commands import KITCHEN
from tests.fuzz.equations import EQUATIONS, UNITS, is_equation
from tests.fuzz.typed import EXTREMES, PLAIN, typed_out
from tests.fuzz.worlds import random_world
from tests.laws.random_cases import fresh
from tests.laws.writing import written

__all__ = ["BASES", "Mutation", "Recipe", "cook", "recipe"]


class Mutation(NamedTuple):
    """One change: which kind, and the seed of where and how."""

    kind: str
    seed: int


class Recipe(NamedTuple):
    """A base and what is done to it, in this order."""

    base: str
    mutations: tuple[Mutation, ...]


class Twin(str):
    """A key that is equal to no other, so that a mapping can hold it twice."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


RANDOM = 100  # How many of them are bases.
WORLDS = 40  # How many random worlds are.
Place = tuple[Any, Any]  # A container and the key or index of something in it.
NUMBER = re.compile(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
STRANGE: list[Any] = [
    "",
    "~",
    "yes",
    "no",
    "true",
    "null",
    "rest",
    "outside",
    "all",
    "none",
    "from_outlook",
    "status_quo",
    "mediator",
    "2021-06-03",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "2021-02-29",
    "é",
    "Ünïcödé",
    "漢字",
    "\u202eright to left",
    "\x1b[2J\x1b]0;title\x07",
    "\x00",
    "\x85\x9b",
    "\ufeff",
    "\U0001f600",
    "a" * 300,
    "a\nb",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "[bold red]x[/]",
    "[/]",
    "%s %n",
    "../../etc/passwd",
    "/dev/null",
    "a.b.c",
    "0",
    "-",
    [],
    {},
    [[]],
    [{}],
    {"range": ["1", "2", "3"]},
    {"range": "x", "because": "y"},
    ["0", "0", "0"],
    ["0", "1"],
    ["1", "0"],
    ["0", "0.5", "1"],
    {"all": []},
    {"any": []},
    {"at_least": {"k": "9", "of": []}},
    {"weights": {}, "quota": "0"},
    {"status_quo": "1e9"},
    {"": ""},
]


@cache
def _bases() -> dict[str, str]:
    found = {name: bundled(name).read_text(encoding="utf-8") for name in bundled_names()}
    found["kitchen-sink"] = KITCHEN.read_text(encoding="utf-8")
    found |= {edge.name: edge.text for edge in EDGES}
    found |= {f"world-{k}": typed_out(random_world(k)) for k in range(WORLDS)}
    return found | {f"random-{k}": written(fresh(k)) for k in range(RANDOM)}


BASES = tuple(_bases())
LARGE = tuple(name for name, text in _bases().items() if len(text) > 50_000)
# The random cases can be asked everything; of the others many have no roadmap.
SMALL = [e.name for e in EDGES if e.answer != "refused"] + [f"random-{k}" for k in range(RANDOM)]
MIDDLE = (*(n for n in bundled_names() if n not in LARGE), "kitchen-sink")


def recipe(seed: int) -> Recipe:
    """The recipe of a seed: mostly small bases, as they show as much and take less."""
    rng = Random(seed)
    kind = rng.random()
    if kind < 0.004:
        base = rng.choice(LARGE)
    elif kind < 0.15:
        base = "kitchen-sink"
    elif kind < 0.25:
        base = rng.choice(MIDDLE)
    elif kind < 0.45:
        base = f"world-{rng.randrange(WORLDS)}"
    else:
        base = rng.choice(SMALL if kind < 0.95 else BASES)
    # The mutations that leave a case readable most often come most often.
    many = rng.choices((1, 2, 3, 6), (8, 4, 2, 1))[0]
    kinds = rng.choices(tuple(KINDS), tuple(KINDS.values()), k=many)
    if base == "kitchen-sink" or base.startswith("world-"):  # mostly what a world is made of
        kinds = [rng.choice(OF_WORLDS) if rng.random() < 0.6 else one for one in kinds]
    kinds.sort(key=lambda k: k in TEXTS)  # The text is spoilt last.
    return Recipe(base, tuple(Mutation(k, rng.getrandbits(32)) for k in kinds))


@cache
def _tree(base: str) -> Any:
    """The base as it was typed, a number staying the text that a person wrote; None where it is no YAML to begin with."""
    try:
        return YAML(typ="base", pure=True).load(_bases()[base])
    except YAMLError:
        return None


def cook(made: Recipe) -> bytes:
    """The spoilt case's bytes."""
    on_tree = [m for m in made.mutations if m.kind in TREES]
    text = _bases()[made.base]
    if on_tree and (whole := _tree(made.base)) is not None:
        tree = copy.deepcopy(whole)
        for m in on_tree:
            TREES[m.kind](tree, Random(m.seed))
        text = typed_out(tree)
    data = text.encode("utf-8", "surrogatepass")
    for m in made.mutations:
        if m.kind in TEXTS:
            data = TEXTS[m.kind](data, Random(m.seed))
    return data


# --- on the tree ------------------------------------------------------------------------------------------


def _places(tree: Any) -> list[Place]:
    """Every place below the top, containers and leaves."""
    found: list[Place] = []
    stack = [tree]
    while stack:
        at = stack.pop()
        for key in list(at) if isinstance(at, dict) else range(len(at)):
            found.append((at, key))
            if isinstance(at[key], (dict, list)) and at[key]:
                stack.append(at[key])
    return found


def _pick(tree: Any, rng: Random, fits: Callable[[Place], bool]) -> Place | None:
    found = [place for place in _places(tree) if fits(place)]
    return rng.choice(found) if found else None


def _leaf(pattern: re.Pattern[str]) -> Callable[[Place], bool]:
    """Texts of a form; never the version of the format, without which nothing else is read."""
    return lambda p: p[1] != "detente" and isinstance(p[0][p[1]], str) and bool(pattern.fullmatch(p[0][p[1]]))


def _in_mapping(place: Place) -> bool:
    return isinstance(place[0], dict)


def _is_container(place: Place) -> bool:
    return isinstance(place[0][place[1]], (dict, list))


def _is_range(place: Place) -> bool:
    value = place[0][place[1]]
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, str) and NUMBER.fullmatch(v) for v in value)
    )


def _any(place: Place) -> bool:
    return True


def _extreme(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, _leaf(NUMBER)):
        place[0][place[1]] = rng.choice(EXTREMES)


def _nudged(tree: Any, rng: Random) -> None:
    """Some numbers a little larger or smaller: nearly always still a case."""
    numbers = [p for p in _places(tree) if _leaf(NUMBER)(p)]
    for at, key in rng.sample(numbers, min(len(numbers), rng.choice((1, 3, 30)))):
        at[key] = f"{float(at[key]) * rng.uniform(0.6, 1.05):.{rng.choice((0, 1, 3, 9))}f}"


def _swapped(tree: Any, rng: Random) -> None:
    """Two numbers of one mapping or list change places."""
    place = _pick(tree, rng, _leaf(NUMBER))
    keys = [k for at, k in _places(tree) if place and at is place[0] and _leaf(NUMBER)((at, k))]
    if place and len(keys) > 1:
        a, b = rng.sample(keys, 2)
        place[0][a], place[0][b] = place[0][b], place[0][a]


def _storm(tree: Any, rng: Random) -> None:
    """Many numbers and ranges at once, at values that most of them may have."""
    numbers = [p for p in _places(tree) if _in_mapping(p) and (_leaf(NUMBER)(p) or _is_range(p))]
    for at, key in rng.sample(numbers, min(len(numbers), rng.choice((3, 20, 200)))):
        at[key] = rng.choice(
            ("0", "1", "0.5", "1e-6", "0.999999", ["0", "1"], ["0", "0", "1"], ["0", "1", "1"])
        )


def _scaled(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, _leaf(NUMBER)):
        place[0][place[1]] = repr(float(place[0][place[1]]) * rng.choice((-1, 10, 100, 1000, 1e-3, 1e6)))


def _strange(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, _any):
        place[0][place[1]] = copy.deepcopy(rng.choice(STRANGE))


def _drop(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, _any):
        del place[0][place[1]]


def _twice(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, _any):
        at, key = place
        if isinstance(at, dict):
            at[Twin(key)] = copy.deepcopy(at[key])
        else:
            at.append(copy.deepcopy(at[key]))


def _misspelt(tree: Any, rng: Random) -> None:
    place = _pick(tree, rng, lambda p: _in_mapping(p) and len(p[1]) > 1)
    if place:
        at, key = place
        k = rng.randrange(len(key) - 1)
        wrong = rng.choice(
            (key[:k] + key[k + 1] + key[k] + key[k + 2 :], key[:k] + key[k + 1 :], key.upper())
        )
        at[wrong] = at.pop(key)


def _strange_key(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, _in_mapping):
        words = [s for s in STRANGE if isinstance(s, str)]
        place[0][rng.choice(words)] = place[0].pop(place[1])


def _moved(tree: Any, rng: Random) -> None:
    source, target = _pick(tree, rng, _any), _pick(tree, rng, _is_container)
    if source and target:
        value, into = copy.deepcopy(source[0][source[1]]), target[0][target[1]]
        del source[0][source[1]]
        if isinstance(into, dict):
            into[str(source[1])] = value
        else:
            into.append(value)


def _copied(tree: Any, rng: Random) -> None:
    source, target = _pick(tree, rng, _any), _pick(tree, rng, _any)
    if source and target:
        target[0][target[1]] = copy.deepcopy(source[0][source[1]])


def _emptied(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, _is_container):
        place[0][place[1]].clear()


def _other_word(tree: Any, rng: Random) -> None:
    """A reference that points elsewhere: another id of the case, or a key of it."""
    if place := _pick(tree, rng, _leaf(PLAIN)):
        words = [p[1] for p in _places(tree) if _in_mapping(p)]
        place[0][place[1]] = rng.choice(words)


def _other_day(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, _leaf(DATE)):
        days = rng.choice((-1, 1, -31, 31, 365, -365, 36_500, -200_000))
        try:
            place[0][place[1]] = str(date.fromisoformat(place[0][place[1]]) + timedelta(days=days))
        except (ValueError, OverflowError):
            place[0][place[1]] = "2021-13-01"


def _reversed(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, lambda p: isinstance(p[0][p[1]], list) and len(p[0][p[1]]) > 1):
        place[0][place[1]].reverse()


def _spread(tree: Any, rng: Random) -> None:
    """A certain number becomes a range, or a range a certain number."""
    if place := _pick(tree, rng, _leaf(NUMBER)):
        now = float(place[0][place[1]])
        place[0][place[1]] = [repr(now * f) for f in rng.choice(((0.5, 1, 2), (0, 1, 1), (1, 1, 1), (0, 1)))]


def _of_equation(spoil: Callable[[str, Random, Sequence[str]], str]) -> Callable[[Any, Random], None]:
    """One equation of the case, spoilt as a text."""

    def spoilt(tree: Any, rng: Random) -> None:
        if place := _pick(tree, rng, lambda p: is_equation(p[0][p[1]])):
            place[0][place[1]] = spoil(place[0][place[1]], rng, _world_names(tree))

    return spoilt


def _world_names(tree: Any) -> list[str]:
    """Names of a world, of every sort, and of issues."""
    world = tree.get("world") if isinstance(tree, dict) else None
    parts = world.get("parts") if isinstance(world, dict) else None
    found = ["talks.on", "weather"]
    for part, spec in parts.items() if isinstance(parts, dict) else ():
        for key, block in spec.items() if isinstance(spec, dict) else ():
            found += [f"{part}.{name}" for name in block] if isinstance(block, dict) else [f"{part}.{key}"]
    return found


def _other_unit(tree: Any, rng: Random) -> None:
    if place := _pick(tree, rng, lambda p: p[1] == "unit"):
        place[0]["unit"] = rng.choice(UNITS)


def _other_equation(tree: Any, rng: Random) -> None:
    """An equation in the place of another, perhaps of another part."""
    places = [p for p in _places(tree) if is_equation(p[0][p[1]])]
    if len(places) > 1:
        (a, key), (b, other) = rng.sample(places, 2)
        a[key] = b[other]


TREES: dict[str, Callable[[Any, Random], None]] = {
    **{name: _of_equation(spoil) for name, spoil in EQUATIONS.items()},
    "other unit": _other_unit,
    "other equation": _other_equation,
    "extreme": _extreme,
    "storm": _storm,
    "nudged": _nudged,
    "swapped": _swapped,
    "scaled": _scaled,
    "strange": _strange,
    "drop": _drop,
    "twice": _twice,
    "misspelt": _misspelt,
    "strange key": _strange_key,
    "moved": _moved,
    "copied": _copied,
    "emptied": _emptied,
    "other word": _other_word,
    "other day": _other_day,
    "reversed": _reversed,
    "spread": _spread,
}


# --- on the text ------------------------------------------------------------------------------------------


def _cut(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _without_a_line(data: bytes, rng: Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    del lines[rng.randrange(len(lines))]
    return b"".join(lines)


def _swapped_lines(data: bytes, rng: Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def _bytes(data: bytes, rng: Random) -> bytes:
    k = rng.randrange(len(data) + 1)
    alien = rng.choice(
        (
            b"\x00",
            b"\xff",
            b"\xef\xbb\xbf",
            b"\t",
            b"\r",
            b"\x1b[31m",
            b"\xc2\x85",
            b"\xf0\x9f",
            b"&a ",
            b"*a ",
            b"!!x ",
        )
    )
    return data[:k] + alien + data[k + rng.choice((0, 0, 1)) :]


def _letters(data: bytes, rng: Random) -> bytes:
    k = rng.randrange(len(data) + 1)
    return data[:k] + rng.choice(b"{}[],:#-'\"|>%@`? \n0").to_bytes(1, "big") + data[k + 1 :]


def _twice_the_text(data: bytes, rng: Random) -> bytes:
    return data + rng.choice((b"", b"---\n", b"...\n")) + data


def _other_encoding(data: bytes, rng: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-32", "latin-1", "utf-8-sig")), "replace")


TEXTS: dict[str, Callable[[bytes, Random], bytes]] = {
    "cut": _cut,
    "without a line": _without_a_line,
    "swapped lines": _swapped_lines,
    "bytes": _bytes,
    "letters": _letters,
    "twice the text": _twice_the_text,
    "other encoding": _other_encoding,
}

KINDS = dict.fromkeys((*TREES, *TEXTS), 2) | {
    "extreme": 8,
    "scaled": 8,
    "storm": 6,
    "spread": 5,
    "other day": 4,
}
KINDS |= {"other word": 4, "drop": 4, "cut": 1, "twice the text": 1, "other encoding": 1, "swapped lines": 1}


OF_WORLDS = (*EQUATIONS, "other unit", "other equation", "other day", "extreme", "spread", "storm", "nudged")


def put(made: Recipe, path: Path) -> Path:
    """The spoilt case in a file."""
    path.write_bytes(cook(made))
    return path
