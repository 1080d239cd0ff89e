"""Boxes and arrows in rows, so that most arrows go one way, cross little, and fit a given width.

The frame is that of Sugiyama, Tagawa and Toda (*Methods for visual understanding of hierarchical system structures*, IEEE
SMC 11(2), 1981): turn the fewest arrows round so that no circle is left (the greedy order of Eades, Lin and Smyth, 1993),
put boxes into rows, order the rows by medians of neighbours, then place them. Two things are our own, and the reason
why this is not a library's (those that exist take no box sizes, keep to no width, or may not be bundled):

- a row takes boxes only up to the width that there is (list scheduling, as Coffman and Graham), so that the same graph is
  drawn for a telephone and for a wall;
- arrows of one box that pass a row share one lane, from which they branch off. A row therefore has at most one lane for
  each box above it, and one for each below whose arrows go back.

Places within a row are the least squares ones that keep the distances (pool adjacent violators). Everything is plain arithmetic in
the order given: the same graph gives the same picture. Cost: rounds x rows x (boxes + lanes) squared, some ten
milliseconds for forty boxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Layers", "Link", "Segment", "layers"]

_ROUNDS = 24


class Link(NamedTuple):
    """An arrow; one with less ``weight`` is rather turned round."""

    source: str
    target: str
    weight: int = 1


class Segment(NamedTuple):
    """A piece of an arrow's way between two rows, from its beginning to its end."""

    start: tuple[float, float]
    """Across and along."""
    end: tuple[float, float]
    links: tuple[int, ...]
    """The arrows that pass, by their place in the list."""
    last: bool
    """Whether it ends at a box: then it is of one arrow."""


@dataclass(frozen=True)
class Layers:
    """Where everything is; ``across`` is along a row, ``along`` from row to row."""

    boxes: Mapping[str, tuple[float, float]]
    """The middle of each box across, and its beginning along."""
    segments: tuple[Segment, ...]
    """Between rows; through a row a lane is straight, and is part of them."""
    rows: tuple[tuple[str, ...], ...]
    across: float
    along: float


class _Lane(NamedTuple):
    """The way of one box's arrows through a row, down or up."""

    source: str
    down: bool


_Item = str | _Lane


def layers(
    sizes: Mapping[str, tuple[float, float]],
    links: Sequence[Link],
    *,
    room: float,
    gap: float = 16.0,
    between: float = 52.0,
    lane: float = 9.0,
) -> Layers:
    """Boxes of these ``sizes`` (across, along) in rows of at most ``room`` across, lanes not counted.

    ``gap``: between boxes of a row; ``lane``: between two lanes, or a lane and a box; ``between``: from row to row. Arrows from a box to itself are left out.
    """
    names = list(sizes)
    kept = [(n, link) for n, link in enumerate(links) if link.source != link.target]
    place = {name: n for n, name in enumerate(_order(names, [link for _, link in kept]))}
    down = [(n, link, place[link.source] < place[link.target]) for n, link in kept]
    edges = [(k.source, k.target) if d else (k.target, k.source) for _, k, d in down]
    rows = _rows(sizes, sorted(names, key=place.__getitem__), edges, room, gap)
    at = {name: r for r, row in enumerate(rows) for name in row}
    items: list[list[_Item]] = [list(row) for row in rows]
    steps: dict[tuple[int, _Item, _Item], list[int]] = {}
    """(upper row, item there, item below it) → arrows."""
    for n, link, goes_down in down:
        own = _Lane(link.source, goes_down)
        top, bottom = sorted((at[link.source], at[link.target]))
        way: list[_Item] = [link.source if goes_down else link.target]
        for r in range(top + 1, bottom):
            way.append(own)
            if own not in items[r]:
                items[r].append(own)
        way.append(link.target if goes_down else link.source)
        for r, (upper, lower) in enumerate(pairwise(way), top):
            steps.setdefault((r, upper, lower), []).append(n)
    items = _uncrossed(items, steps)
    centres = _placed(items, steps, sizes, room, (gap, lane))
    return _drawn(items, steps, {n: (link, d) for n, link, d in down}, centres, sizes, between)


# --- one way ---------------------------------------------------------------------------------------------


def _order(names: Sequence[str], links: Sequence[Link]) -> list[str]:
    """The names in an order that few arrows go against."""
    left: list[str] = []
    right: list[str] = []
    rest = list(names)
    while rest:
        remaining = set(rest)
        out = dict.fromkeys(rest, 0)
        into = dict.fromkeys(rest, 0)
        for link in links:
            if link.source in remaining and link.target in remaining:
                out[link.source] += link.weight
                into[link.target] += link.weight
        sinks = [n for n in rest if not out[n]]
        sources = [n for n in rest if not into[n] and out[n]]
        if sinks:
            right = [*sinks, *right]
            gone = set(sinks)
        elif sources:
            left += sources
            gone = set(sources)
        else:
            best = max(rest, key=lambda n: out[n] - into[n])
            left.append(best)
            gone = {best}
        rest = [n for n in rest if n not in gone]
    return [*left, *right]


# --- rows ------------------------------------------------------------------------------------------------


def _rows(
    sizes: Mapping[str, tuple[float, float]],
    names: Sequence[str],
    edges: Sequence[tuple[str, str]],
    room: float,
    gap: float,
) -> list[list[str]]:
    """Every box below all that lead to it, as near to what it leads to as there is room."""
    above = {n: {a for a, b in edges if b == n} for n in names}
    below = {n: {b for a, b in edges if a == n} for n in names}
    depth: dict[str, int] = {}
    for name in names:  # an order in which edges go forward
        depth[name] = max((depth[a] + 1 for a in above[name]), default=0)
    upwards: list[list[str]] = []
    todo = list(names)
    done: set[str] = set()
    while todo:
        ready = sorted((n for n in todo if below[n] <= done), key=lambda n: -depth[n])
        row: list[str] = []
        for name in ready:
            if not row or _width([*row, name], sizes, gap) <= room:
                row.append(name)
        done |= set(row)
        todo = [n for n in todo if n not in done]
        upwards.append(row)
    rows = upwards[::-1]
    _tighten(rows, sizes, above, below, room, gap)
    return [row for row in rows if row]


def _width(row: Sequence[str], sizes: Mapping[str, tuple[float, float]], gap: float) -> float:
    return sum(sizes[n][0] for n in row) + gap * (len(row) - 1)


def _tighten(
    rows: list[list[str]],
    sizes: Mapping[str, tuple[float, float]],
    above: Mapping[str, set[str]],
    below: Mapping[str, set[str]],
    room: float,
    gap: float,
) -> None:
    """Move boxes to rows in which their arrows are shorter, as long as there is one."""
    at = {name: r for r, row in enumerate(rows) for name in row}
    for _ in range(len(rows)):
        moved = False
        for name in [n for row in rows for n in row]:
            first = max((at[a] + 1 for a in above[name]), default=0)
            last = min((at[b] - 1 for b in below[name]), default=len(rows) - 1)
            near = [*above[name], *below[name]]
            if not near:
                continue

            def length(r: int, near: Sequence[str] = near) -> int:
                return sum(abs(r - at[n]) for n in near)

            best = min(
                (
                    r
                    for r in range(first, last + 1)
                    if r == at[name] or _width([*rows[r], name], sizes, gap) <= room
                ),
                key=lambda r: (length(r), r != at[name]),
            )
            if length(best) < length(at[name]):
                rows[at[name]].remove(name)
                rows[best].append(name)
                at[name] = best
                moved = True
        if not moved:
            return


# --- order within rows ------------------------------------------------------------------------------------


def _neighbours(
    steps: Iterable[tuple[int, _Item, _Item]], count: int
) -> tuple[list[dict[_Item, list[_Item]]], list[dict[_Item, list[_Item]]]]:
    """Of each row: what each of its items is joined to in the row above, and in the one below."""
    up: list[dict[_Item, list[_Item]]] = [{} for _ in range(count)]
    down: list[dict[_Item, list[_Item]]] = [{} for _ in range(count)]
    for r, upper, lower in steps:
        down[r].setdefault(upper, []).append(lower)
        up[r + 1].setdefault(lower, []).append(upper)
    return up, down


def _uncrossed(
    items: list[list[_Item]], steps: Mapping[tuple[int, _Item, _Item], list[int]]
) -> list[list[_Item]]:
    up, down = _neighbours(steps, len(items))
    best = [list(row) for row in items]
    least = _all_crossings(best, down)
    now = [list(row) for row in items]
    for n in range(_ROUNDS):
        order = range(1, len(now)) if n % 2 == 0 else range(len(now) - 2, -1, -1)
        for r in order:
            beside = now[r - 1] if n % 2 == 0 else now[r + 1]
            joined = up[r] if n % 2 == 0 else down[r]
            at = {item: k for k, item in enumerate(beside)}
            now[r] = _by_mean(now[r], {i: [at[j] for j in joined.get(i, ())] for i in now[r]})
        _switch(now, up, down)
        crossings = _all_crossings(now, down)
        if crossings < least:
            best, least = [list(row) for row in now], crossings
    return best


def _by_mean(row: Sequence[_Item], places: Mapping[_Item, Sequence[int]]) -> list[_Item]:
    """By the mean place of neighbours; those without any stay where they are."""
    free = [item for item in row if places[item]]
    free.sort(key=lambda item: sum(places[item]) / len(places[item]))
    following = iter(free)
    return [next(following) if places[item] else item for item in row]


def _switch(
    rows: list[list[_Item]],
    up: Sequence[Mapping[_Item, list[_Item]]],
    down: Sequence[Mapping[_Item, list[_Item]]],
) -> None:
    """Exchange neighbours where fewer lines cross for it, until nothing changes."""
    for _ in range(len(rows)):
        changed = False
        for r, row in enumerate(rows):
            above = {item: k for k, item in enumerate(rows[r - 1])} if r else {}
            under = {item: k for k, item in enumerate(rows[r + 1])} if r + 1 < len(rows) else {}
            for k in range(len(row) - 1):
                left, right = row[k], row[k + 1]
                gain = 0
                for joined, at in ((up[r], above), (down[r], under)):
                    a = [at[i] for i in joined.get(left, ())]
                    b = [at[i] for i in joined.get(right, ())]
                    gain += sum((x > y) - (x < y) for x in a for y in b)
                if gain > 0:
                    row[k], row[k + 1] = right, left
                    changed = True
        if not changed:
            return


def _all_crossings(rows: Sequence[Sequence[_Item]], down: Sequence[Mapping[_Item, list[_Item]]]) -> int:
    total = 0
    for r in range(len(rows) - 1):
        at = {item: k for k, item in enumerate(rows[r + 1])}
        ends = [sorted(at[j] for j in down[r].get(item, ())) for item in rows[r]]
        seen: list[int] = []
        for those in ends:
            total += sum(x > y for x in seen for y in those)
            seen += those
    return total


# --- places within rows -----------------------------------------------------------------------------------


def _placed(
    items: Sequence[Sequence[_Item]],
    steps: Mapping[tuple[int, _Item, _Item], list[int]],
    sizes: Mapping[str, tuple[float, float]],
    room: float,
    apart: tuple[float, float],
) -> list[dict[_Item, float]]:
    """The middle of each item across, by row: near the mean of its neighbours, at its distance from those beside it."""
    up, down = _neighbours(steps, len(items))

    def half(item: _Item) -> float:
        return sizes[item][0] / 2 if isinstance(item, str) else 0.0

    def distance(left: _Item, right: _Item) -> float:
        boxes = isinstance(left, str) and isinstance(right, str)
        return half(left) + half(right) + apart[0 if boxes else 1]

    least = [
        half(row[0]) + half(row[-1]) + sum(distance(a, b) for a, b in pairwise(row)) if row else 0.0
        for row in items
    ]
    width = max([room, *least])
    centres: list[dict[_Item, float]] = []
    for row, total in zip(items, least, strict=True):
        x = (width - total) / 2 + (half(row[0]) if row else 0.0)
        of = {}
        for k, item in enumerate(row):
            x += distance(row[k - 1], item) if k else 0.0
            of[item] = x
        centres.append(of)
    for n in range(_ROUNDS):
        order = range(len(items)) if n % 2 == 0 else range(len(items) - 1, -1, -1)
        for r in order:
            row = items[r]
            wanted, weights = [], []
            for item in row:
                near = [centres[r - 1][i] for i in up[r].get(item, ())]
                near += [centres[r + 1][i] for i in down[r].get(item, ())]
                wanted.append(sum(near) / len(near) if near else centres[r][item])
                weights.append(1.0 if isinstance(item, str) else 3.0)
            steps_ = [distance(a, b) for a, b in pairwise(row)]
            found = _spread(wanted, weights, steps_, half(row[0]), width - half(row[-1]))
            centres[r] = dict(zip(row, found, strict=True))
    left = min((x - half(i) for of in centres for i, x in of.items()), default=0.0)
    return [{i: x - left for i, x in of.items()} for of in centres]


def _spread(
    wanted: Sequence[float], weights: Sequence[float], distances: Sequence[float], low: float, high: float
) -> list[float]:
    """The places nearest to those wanted (least squares) that keep the distances, between ``low`` and ``high``."""
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    pools: list[list[float]] = []  # mean, weight, members
    for value, offset, weight in zip(wanted, offsets, weights, strict=True):
        pools.append([value - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, heavy, many = pools.pop()
            before = pools[-1]
            total = before[1] + heavy
            before[:] = [(before[0] * before[1] + mean * heavy) / total, total, before[2] + many]
    top = max(low, high - offsets[-1])
    flat = [min(max(mean, low), top) for mean, _, many in pools for _ in range(int(many))]
    return [value + offset for value, offset in zip(flat, offsets, strict=True)]


# --- lines ------------------------------------------------------------------------------------------------


def _drawn(
    items: Sequence[Sequence[_Item]],
    steps: Mapping[tuple[int, _Item, _Item], list[int]],
    links: Mapping[int, tuple[Link, bool]],
    centres: Sequence[Mapping[_Item, float]],
    sizes: Mapping[str, tuple[float, float]],
    between: float,
) -> Layers:
    starts, ends = [], []
    along = 0.0
    for row in items:
        thick = max((sizes[i][1] for i in row if isinstance(i, str)), default=0.0)
        starts.append(along)
        ends.append(along + thick)
        along += thick + between
    boxes = {
        item: (centres[r][item], starts[r] + (ends[r] - starts[r] - sizes[item][1]) / 2)
        for r, row in enumerate(items)
        for item in row
        if isinstance(item, str)
    }
    ports = _ports(items, steps, links, centres, sizes)
    segments = []
    for (r, upper, lower), passing in steps.items():
        for down in (True, False):
            these = [n for n in passing if links[n][1] == down]
            target = lower if down else upper
            groups = [[n] for n in these] if isinstance(target, str) else [these] if these else []
            for group in groups:
                top = (ports[r, upper, False, _key(upper, group[0], links, down)], ends[r])
                bottom = (ports[r + 1, lower, True, _key(lower, group[0], links, not down)], starts[r + 1])
                top = (top[0], top[1] if isinstance(upper, _Lane) else boxes[upper][1] + sizes[upper][1])
                bottom = (bottom[0], bottom[1] if isinstance(lower, _Lane) else boxes[lower][1])
                start, end = (top, bottom) if down else (bottom, top)
                segments.append(Segment(start, end, tuple(group), isinstance(target, str)))
                if isinstance(target, _Lane):  # straight through the row
                    through = r + 1 if down else r
                    x = centres[through][target]
                    ways = ((x, starts[through]), (x, ends[through]))
                    segments.append(Segment(*(ways if down else ways[::-1]), tuple(group), False))
    rows = tuple(tuple(i for i in row if isinstance(i, str)) for row in items)
    rights = [x + (sizes[i][0] / 2 if isinstance(i, str) else 0) for of in centres for i, x in of.items()]
    return Layers(boxes, tuple(segments), rows, max(rights, default=0.0), max(ends, default=0.0))


def _key(item: _Item, n: int, links: Mapping[int, tuple[Link, bool]], leaving: bool) -> object:
    """Where an arrow touches a box: all that leave it together, each that arrives on its own."""
    return "lane" if isinstance(item, _Lane) else "out" if leaving else n


def _ports(
    items: Sequence[Sequence[_Item]],
    steps: Mapping[tuple[int, _Item, _Item], list[int]],
    links: Mapping[int, tuple[Link, bool]],
    centres: Sequence[Mapping[_Item, float]],
    sizes: Mapping[str, tuple[float, float]],
) -> dict[tuple[int, _Item, bool, object], float]:
    """(row, item, whether at its upper side, what) → where across; spread over the side in the order of the other ends."""
    wanted: dict[tuple[int, _Item, bool], dict[object, list[float]]] = {}
    for (r, upper, lower), passing in steps.items():
        for n in passing:
            down = links[n][1]
            for row, item, side, leaving, other in (
                (r, upper, False, down, centres[r + 1][lower]),
                (r + 1, lower, True, not down, centres[r][upper]),
            ):
                wanted.setdefault((row, item, side), {}).setdefault(_key(item, n, links, leaving), []).append(
                    other
                )
    found: dict[tuple[int, _Item, bool, object], float] = {}
    for (row, item, side), keys in wanted.items():
        middle = centres[row][item]
        order = sorted(keys, key=lambda k: (sum(keys[k]) / len(keys[k]), str(k)))
        size = sizes[item][0] if isinstance(item, str) else 0.0
        step = min(22.0, 0.86 * size / max(1, len(order) - 1))
        for k, key in enumerate(order):
            found[row, item, side, key] = middle + step * (k - (len(order) - 1) / 2)
    return found
