"""A comparison in words: one row for each question, what moved, and what in the input moved it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from detente.analyses.compare.result import CompareResult, Input, VersionResult, Versus
from detente.analyses.words import Words
from detente.case.model import Case
from detente.document import Block, Cell, Document, Finding, Paragraph, Section, Table
from detente.figures import agree, capital, decimal, error, joined, percent, plural, spelt, typed

__all__ = ["document"]

TOLD = 2.0
"""Paired standard errors beyond which a change of a share is told from none."""

FEW = 6
"""Inputs and flips shown on one screen."""

UNSCORED = (
    "! is not as in the first. Shares of draws from judged ranges, never scored, on the same random numbers."
)


def document(result: CompareResult, case: Case) -> Document:
    """The answer of ``detente compare``; ``case`` is the first version."""
    words = Words(case)
    answer = _answer(result)
    rows = _questions(result)
    blocks: list[Block] = [answer, rows, *_packages(result, words), *_headlines(result)]
    for each in result.versus:
        blocks.append(
            Section(
                f"input-{each.version}",
                f"What differs in “{each.version}”",
                [*_moved(each), *_inputs(each, len(each.inputs))],
            )
        )
    blocks += _pooled(result, words)
    short: list[Block] = [answer, rows, *_packages(result, words)]
    short += _differing(result)
    short += [*_pooled(result, words), Paragraph(f"{UNSCORED} More: --all.", tone="muted")]
    return Document(
        title=result.title,
        subtitle="What do versions of the case answer, and what makes it differ?",
        blocks=[*blocks, Paragraph(UNSCORED, tone="muted")],
        facts={
            "versions": ", ".join(v.name for v in result.versions),
            **words.table(result.track),
            "seed": str(result.seed),
            "draws": f"{result.draws:,}",
        },
        short=short,
    )


def _answer(result: CompareResult) -> Finding:
    """Whether the answer is the same, in a sentence."""
    first = result.versions[0]
    turned = [
        f"“{v.name}”"
        for v in result.versions[1:]
        if None not in (v.acceptable_packages, first.acceptable_packages)
        and bool(v.acceptable_packages) != bool(first.acceptable_packages)
    ]
    said = []
    if turned:
        some, none = (
            ("some package is", "none is") if first.acceptable_packages else ("no package is", "some is")
        )
        said.append(f"At best estimates {some} acceptable in “{first.name}”, {none} in {joined(turned)}.")
    other = [
        each for each in result.versus if (each.ahead or 0.0) > 0 and _told(each.ahead, each.ahead_error)
    ]
    said += [
        f"In “{each.version}” another package is acceptable more often, by {_points(each.ahead or 0.0, each.ahead_error)} "
        "percentage points."
        for each in other
    ]
    said += [_share(each, result) for each in result.versus if _told(each.change, each.error)]
    said += [
        f"“{each.version}” has no such package as the best one of “{_whose(result)}”."
        for each in result.versus
        if result.package is not None and each.acceptable is None
    ]
    if not said:
        said = [text for v in result.versions[1:] if (text := _further(first, v))]
    if not said:
        said = [_same(result)]
    return Finding(text=" ".join(said), tone="caution" if turned or other else "plain", headline=True)


def _same(result: CompareResult) -> str:
    """That nothing differs, of what could be found in every version."""
    counted = all(v.acceptable_packages is not None for v in result.versions)
    same = [
        *(["whether there is a deal"] if counted else []),
        *(["how often the best package is acceptable"] if result.package is not None else []),
    ]
    names = joined([f"“{v.name}”" for v in result.versions])
    if not same:
        return f"No package is found that is acceptable in any draw of {names}."
    return f"{capital(joined(same))} is the same in {names}, as far as these draws tell."


def _further(first: VersionResult, other: VersionResult) -> str:
    """The first link after "acceptable" on which the chains of two versions part."""
    if first.chances is None or other.chances is None:
        return ""
    for link in ("signed", "begun", "kept"):
        was, now = getattr(first.chances, link), getattr(other.chances, link)
        if was is not None and now is not None and percent(was) != percent(now):
            return (
                "How often the best package is acceptable is the same, as far as these draws tell; the chance that it is "
                f"{link} as well is {percent(now)} in “{other.name}”, {percent(was)} in “{first.name}”."
            )
    return ""


def _told(change: float | None, of: float | None) -> bool:
    return change is not None and abs(change) > TOLD * (of or 0.0)


def _whose(result: CompareResult) -> str:
    """The version whose best package the others are asked about."""
    return next(v.name for v in result.versions if v.package is not None)


def _share(each: Versus, result: CompareResult) -> str:
    assert each.acceptable is not None
    assert each.change is not None
    return (
        f"The best package of “{_whose(result)}” is acceptable in {percent(each.acceptable)} of draws of “{each.version}”: "
        f"{_points(each.change, each.error)} percentage points."
    )


def _points(change: float, of: float | None) -> str:
    text = decimal(100 * change, 1)
    return f"{text if text.startswith('−') or text == '0.0' else f'+{text}'} {error(of or 0.0)}".rstrip()


# --- one row for each question


def _questions(result: CompareResult) -> Table:
    first = result.versions[0]
    rows: list[Sequence[str | Cell]] = []

    def row(question: str, say: Callable[[VersionResult], str | None]) -> None:
        told = [say(v) for v in result.versions]
        if any(told):
            rows.append([question, *(Cell(t or "–", "caution" if t != told[0] else "plain") for t in told)])

    row("Acceptable packages at best estimates", _counted)
    links = (("Some package acceptable", "open"), ("The best package acceptable", "acceptable"), ("and signed", "signed"),
             ("and begun", "begun"), ("and kept", "kept"))  # fmt: skip
    for question, link in links:
        row(question, lambda v, link=link: _link(v, link))  # type: ignore[misc]
    row(
        "Judgements that turn the deal",
        lambda v: None if "flips" in v.unsaid else str(len(v.flips)),
    )
    row("Nobody would leave the status quo", _rests)
    if event := _event(result):
        assert first.outlook is not None
        row(f"As things go on, {first.outlook[event].says}", lambda v: _happens(v, event))
    return Table(
        caption="",
        columns=("", *(v.name for v in result.versions)),
        rows=rows,
        numeric=tuple(range(1, 1 + len(result.versions))),
        keep=range(len(rows)),
    )


def _event(result: CompareResult) -> str | None:
    """What of the world without a deal parts the versions most; where nothing does, what is the least certain."""
    worlds = [v.outlook for v in result.versions if v.outlook]
    shared = [e for e in (result.versions[0].outlook or ()) if all(e in world for world in worlds)]

    def telling(event: str) -> tuple[float, float]:
        shares = [world[event].share for world in worlds]
        return round(max(shares) - min(shares), 2), -abs(shares[0] - 0.5)

    return max(shared, key=telling, default=None)


def _counted(v: VersionResult) -> str:
    return "not counted" if v.acceptable_packages is None else f"{v.acceptable_packages:,} of {v.packages:,}"


def _link(v: VersionResult, link: str) -> str | None:
    share = None if v.chances is None else getattr(v.chances, link)
    if v.chances is None and link == "acceptable":
        return "never"
    return None if share is None else percent(share)


def _rests(v: VersionResult) -> str | None:
    """By general metarationality, the concept by which most situations are stable."""
    if v.status_quo is None:
        return None
    said = "yes" if v.status_quo.stable["gmr"] else "no"
    return said if v.status_quo.share is None else f"{said} ({percent(v.status_quo.share['gmr'])})"


def _happens(v: VersionResult, event: str) -> str | None:
    return None if v.outlook is None or event not in v.outlook else percent(v.outlook[event].share)


# --- what else there is to say


def _packages(result: CompareResult, words: Words) -> list[Block]:
    """Which package is best in which version."""
    found: list[tuple[Mapping[str, str], list[str]]] = []
    for v in result.versions:
        if v.package is not None:
            same = next((names for package, names in found if package == v.package), None)
            if same is None:
                found.append((v.package, [f"“{v.name}”"]))
            else:
                same.append(f"“{v.name}”")
    return [
        Paragraph(f"Acceptable most often in {joined(names)}: {_doing(package, words)}.")
        for package, names in found
    ]


def _doing(package: Mapping[str, str], words: Words) -> str:
    issues = words.case.issues
    if all(i in issues and o in issues[i].options for i, o in package.items()):
        return words.doing(package)
    return ", ".join(f"{i}: {o}" for i, o in package.items())


def _headlines(result: CompareResult) -> list[Block]:
    said: list[Block] = [
        Paragraph(f"“{v.name}”: {v.outlook_headline}")
        for v in result.versions
        if v.outlook_headline is not None
    ]
    why: dict[tuple[str, str], list[str]] = {}
    for v in result.versions:
        for question, reason in v.unsaid.items():
            why.setdefault((question, reason), []).append(f"“{v.name}”")
    said += [
        Paragraph(f"No answer to “{question}” in {joined(names)}: {reason}.", tone="muted")
        for (question, reason), names in why.items()
    ]
    return said


def _moved(each: Versus) -> list[Block]:
    """The flips that moved."""
    if not each.flips_moved:
        return []
    named = [
        f"{path} ({_where(before)} → {_where(after)})"
        for path, (before, after) in list(each.flips_moved.items())[:3]
    ]
    more = len(each.flips_moved) - len(named)
    rest = f" and {spelt(more)} more" if more else ""
    count = len(each.flips_moved)
    return [
        Paragraph(
            f"{capital(spelt(count))} {agree(count, 'flip', 'flips')} moved in “{each.version}”: {', '.join(named)}{rest}."
        )
    ]


def _where(at: float | None) -> str:
    return "nowhere within its range" if at is None else typed(float(f"{at:.4g}"))


def _inputs(each: Versus, most: int) -> list[Block]:
    """What differs in the file, what it does alone first."""
    counting = _ordered(each)
    words = len(each.inputs) - len(counting)
    if not counting:
        said = (
            f"{plural(words, 'difference')} between the files, all of them in words"
            if words
            else "the files say the same"
        )
        return [Paragraph(f"“{each.version}”: {said}.")]
    rows: list[Sequence[str | Cell]] = []
    told: set[str] = set()
    for one in counting[:most]:
        # What several differences do together is said once.
        rows.append([one.sentence, _effect(each, one.at, told)] if each.alone else [one.sentence])
    notes = []
    if len(counting) > most:
        notes.append(f"{plural(len(counting) - most, 'more difference')}: see --all")
    if words:
        notes.append(f"{plural(words, 'more difference')} in words alone")
    if each.alone_left_out:
        notes.append(f"not tried one at a time: {each.alone_left_out}")
    return [
        Table(
            caption=f"What differs in “{each.version}”, and what it does alone to how often that package is acceptable"
            if each.alone
            else f"What differs in “{each.version}”",
            columns=("Input", "Alone")[: 2 if each.alone else 1],
            rows=rows,
            numeric=(1,) if each.alone else (),
            note="; ".join(notes),
        )
    ]


def _differing(result: CompareResult) -> list[Block]:
    """On one screen: of every version what does most alone, and which flips moved."""
    if len(result.versus) == 1:
        return [*_inputs(result.versus[0], FEW), *_moved(result.versus[0])]
    rows: list[Sequence[str | Cell]] = []
    notes = []
    for each in result.versus:
        counting = _ordered(each)
        told: set[str] = set()
        rows += [
            [each.version, i.sentence, _effect(each, i.at, told)]
            for i in counting[: FEW // len(result.versus) or 1]
        ]
        if len(each.inputs) > len(counting[: FEW // len(result.versus) or 1]):
            notes.append(f"“{each.version}” has {plural(len(each.inputs), 'difference')} in all")
        if each.alone_left_out:
            notes.append(f"“{each.version}”, not tried one at a time: {each.alone_left_out}")
    if not rows:
        return [block for each in result.versus for block in _inputs(each, FEW)]
    moved = [f"{spelt(len(e.flips_moved))} in “{e.version}”" for e in result.versus if e.flips_moved]
    return [
        Table(
            caption="What differs, and what it does alone to how often that package is acceptable",
            columns=("In", "Input", "Alone"),
            rows=rows,
            numeric=(2,),
            note="; ".join(notes),
        ),
        *([Paragraph(f"Flips that moved: {joined(moved)}.")] if moved else []),
    ]


def _ordered(each: Versus) -> list[Input]:
    """The differences that count, what does most alone first."""
    order = {path: n for n, path in enumerate(each.alone)}
    return sorted((i for i in each.inputs if i.counts), key=lambda i: order.get(i.at or "", len(order)))


def _effect(each: Versus, at: str | None, told: set[str]) -> str:
    if at is None or at not in each.alone:
        return ""
    if at in told:
        return "with the above"
    alone = each.alone[at]
    told.update((at, *alone.together))
    return "not by itself" if alone.change is None else _points(alone.change, alone.error)


def _pooled(result: CompareResult, words: Words) -> list[Block]:
    pool = result.pool
    if pool is None:
        return []
    weights = joined([f"“{v.name}” {typed(round(v.weight or 0.0, 3))}" for v in result.versions])
    best = "" if pool.package == result.package else f" ({_doing(pool.package, words)})"
    variance = (
        f"Of the variance of whether it is, {percent(pool.between_share)} is between the versions, the rest within them."
        if pool.within + pool.between
        else "The versions leave nothing open and agree."
    )
    return [
        Finding(
            text=f"Pooled with weights {weights}, the best package{best} of those that are best in some version is acceptable in "
            f"{percent(pool.acceptable)} of draws ({error(pool.acceptable_error) or '± 0'} percentage points). {variance}"
        )
    ]
