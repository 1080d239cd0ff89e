"""A case with the draws on which every question about it is answered.

Nothing heavy is imported before a question is asked.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.case.reading import ReadCase, load_case
from detente.catalogue import resolve, titles
from detente.errors import UsageError, in_python
from detente.study.answer import Answer, Briefing, supposing

if TYPE_CHECKING:
    from negmas.inout import Scenario

    from detente.analyses.deal import DealResult
    from detente.analyses.deal.draft import DraftResult
    from detente.analyses.debrief.result import DebriefResult
    from detente.analyses.flips import FlipsResult
    from detente.analyses.outlook.result import OutlookResult
    from detente.analyses.roadmap import RoadmapResult
    from detente.analyses.stability import StabilityResult
    from detente.draws import Drawn
    from detente.world.crew import Simulates

__all__ = ["FEWEST", "MOST", "WIDEST", "Study", "cases", "load"]

FEWEST, MOST = 64, 65536
"""Draws."""
WIDEST = 100.0
"""What ranges are stretched by."""


def load(name_or_path: str | os.PathLike[str]) -> ReadCase:
    """A case: a bundled one by its name, any other by its path.

    Raises ``UsageError`` if there is none and ``CaseError`` with everything that is wrong with it.
    """
    with in_python():
        return load_case(resolve(name_or_path if isinstance(name_or_path, str) else Path(name_or_path)))


def cases() -> dict[str, str]:
    """Name → title of every bundled case."""
    return titles()


@dataclass(frozen=True, repr=False)
class Study:
    """A case and how it is drawn: every answer about it is on the same draws, and the same ones for the same seed.

    Ranges are stretched by ``widen`` about their medians. ``draws`` are rounded up to eight times a power of two.
    Raises ``UsageError`` for what is no seed, number of draws or factor.
    """

    case: ReadCase
    seed: int = 0
    draws: int = 1024
    widen: float = 1.0
    _beside: Study | None = field(default=None, init=False, compare=False)
    """Whose draws these are beside: what is the same in both cases is the same in every draw."""

    def __post_init__(self) -> None:
        if not isinstance(self.case, ReadCase):
            object.__setattr__(self, "case", load(self.case))
        _whole("seed", self.seed, 0, None)
        _whole("draws", self.draws, FEWEST, MOST)
        if isinstance(self.widen, bool) or not isinstance(self.widen, Real):
            raise UsageError(f"widen must be a number: found {self.widen!r}")
        if not 0 <= self.widen <= WIDEST:
            raise UsageError(f"widen must be between 0 and {WIDEST:g}: found {self.widen:g}")

    def __repr__(self) -> str:
        changed = "".join(f", {c.path}={c.after}" for c in self.case.changes)
        return f"Study({self.case.case.id!r}{changed}, seed={self.seed}, draws={self.draws}, widen={self.widen:g})"

    @cached_property
    def ready(self) -> Drawn:
        """The case, drawn. Raises ``UsageError`` where it only puts states in order."""
        from detente.draws import prepare

        beside = () if self._beside is None else self._beside.ready.names
        return prepare(self.case.case, seed=self.seed, draws=self.draws, widen=self.widen, beside=beside)

    def changed(self, changes: Mapping[str, Any]) -> Study:
        """The same study of the same case with other values at some paths (``preferences.leader.no_deal``).

        A value is what a case file could hold there, and is checked like it. What does not change keeps its random numbers, so
        that two answers differ by the change alone. Raises ``UsageError`` with the nearest path, ``CaseError`` with what is
        wrong with a value.
        """
        return self.beside(Study(self.case.changed(changes), self.seed, self.draws, self.widen))

    def beside(self, other: Study) -> Study:
        """``other``, drawn beside this one: numbers that have the same path in both cases have the same random numbers."""
        found = replace(other)
        object.__setattr__(found, "_beside", self)
        return found

    # --- questions

    def deal(
        self,
        track: str | Sequence[str] | None = None,
        package: str | os.PathLike[str] | Mapping[str, str] | None = None,
    ) -> Answer[DealResult] | Answer[DraftResult]:
        """Is there a zone of agreement, which packages are worth proposing, who blocks?

        ``track``: only this table, or these; default: all. ``package`` (a rule, a file, ``issue=option,...`` or what it moves):
        only what everybody at one table makes of this draft.
        """
        with in_python():
            tracks = [track] if isinstance(track, str) else list(track or ())
            if package is not None:
                return self._draft(package, tracks)
            from detente.analyses.deal.document import document

            return self._answer("deal", self._dealt(*tracks), document)

    def flips(self, track: str | None = None) -> Answer[FlipsResult]:
        """Which single judgement, changed how little, would change the answer?"""
        with in_python():
            from detente.analyses.flips import flips
            from detente.analyses.flips.document import document

            return self._answer("flips", flips(self.ready, self._dealt(track)), document)

    def stability(
        self, wanted: Mapping[str, str] | None = None, draws: int | None = None
    ) -> Answer[StabilityResult]:
        """Which situations would nobody leave, given what the others could do back?

        ``wanted``: part of the situation hoped for. ``draws``: how many to look at; default: 128.
        """
        with in_python():
            from detente.analyses.stability import LOOKED, stability
            from detente.analyses.stability.document import document
            from detente.case.package import checked_package

            of = self if draws is None else self._of(draws)
            case = self.case.case
            ready = None if case.ordinal else of.ready
            asked = checked_package("--wanted", wanted or {}, case)
            return self._answer(
                "stability", stability(case, ready, wanted=asked, looked=draws or LOOKED), document
            )

    def roadmap(
        self,
        package: str | os.PathLike[str] | Mapping[str, str] = "most_acceptable",
        track: str | None = None,
        counted_on: Sequence[str] = (),
        suppose: Mapping[str, str] | None = None,
    ) -> Answer[RoadmapResult]:
        """In what order could a package be carried out, and would it hold?

        ``counted_on``: guarantees of the case. ``suppose`` (faction → reading): taken for true; default: the likeliest under
        which the package is acceptable.
        """
        with in_python():
            from detente.analyses.roadmap import propose, roadmap
            from detente.analyses.roadmap.document import document

            moves = self._moves(package, track)
            rule = package if isinstance(package, str) and package in propose.RULES else None
            found = roadmap(
                self.ready,
                moves,
                track=track if rule is None else propose.place(self.ready.problem, rule, moves, track),
                rule=rule,
                counted_on=(counted_on,) if isinstance(counted_on, str) else tuple(counted_on),
                suppose=suppose or None,
            )
            return self._answer("roadmap", found, document)

    def outlook(
        self,
        package: str | os.PathLike[str] | Mapping[str, str] | None = None,
        track: str | None = None,
        without: Sequence[str] = (),
        worlds: int = 128,
        workers: int = 0,
        cluster: str | None = None,
        merge: Sequence[str | Path] = (),
        crew: Simulates | None = None,
    ) -> Answer[OutlookResult]:
        """What happens without a deal, and on whose side is time?

        ``worlds`` for each draw, simulated in threads, in so many processes (``workers``), on the Dask ``cluster`` whose
        scheduler is there, or taken from files (``merge``); or by a ``crew`` of one's own (:mod:`detente.world.crew`).
        ``without``: parts of the world that stand still. ``package``: what waiting is compared with.
        """
        with in_python():
            _whole("worlds", worlds, 2, 1_000_000)
            _whole("workers", workers, 0, 256)
            from detente.analyses.outlook.document import document
            from detente.analyses.outlook.solve import outlook
            from detente.world.shares import gathered

            moves = None if package is None else self._moves(package, track)
            still = (without,) if isinstance(without, str) else tuple(without)
            simulate = partial(outlook, self.ready, per=worlds, package=moves, track=track, without=still)
            if crew is not None:
                return self._answer("outlook", simulate(crew=crew), document)
            files = [Path(file) for file in merge]
            with gathered(workers=workers, cluster=cluster, part=None, files=files, warn=_warn) as hands:
                return self._answer("outlook", simulate(crew=hands), document)

    def report(self) -> Briefing:
        """The whole briefing: every analysis that the case gives what it needs, on the same draws."""
        with in_python():
            from detente.report import report

            document = supposing(report(self.ready), self.case.changes)
            return Briefing(f"report on {self.case.case.id}", lambda: document)

    def debrief(
        self,
        agreements: str | os.PathLike[str] | Mapping[str, Mapping[str, str] | None],
        track: str | None = None,
    ) -> Answer[DebriefResult]:
        """What did groups agree who negotiated this case, and what did they leave on the table?

        ``agreements``: a spreadsheet with a row for each group (see ``detente debrief``), or group → issue → option, None where a group did
        not agree.
        """
        with in_python():
            from detente.analyses.debrief import debrief
            from detente.analyses.debrief.document import document
            from detente.case.package import checked_package
            from detente.formats.agreements import read_agreements

            case = self.case.case
            if isinstance(agreements, Mapping):
                groups = [(g, p if p is None else checked_package(g, p, case)) for g, p in agreements.items()]
            else:
                groups = list(read_agreements(Path(agreements), case))
            return self._answer("debrief", debrief(self.ready, groups, track=track), document)

    def to_negmas(self) -> Scenario:
        """The case at best estimates as a scenario of NegMAS (extra ``negmas``), in which its agents can be let negotiate.

        Raises ``UsageError`` where NegMAS is not installed, or something in the case is no sum over issues.
        """
        with in_python():
            from detente.formats.exporting import to_negmas

            return to_negmas(self.case.case)

    # --- how

    def _answer(self, verb: str, result: Any, document: Any) -> Answer[Any]:
        case, changes = self.case.case, self.case.changes
        return Answer(
            f"{verb} of {case.id}", lambda: supposing(document(result, case), changes), result, changes
        )

    def _of(self, draws: int) -> Study:
        of = replace(self, draws=draws)
        return of if self._beside is None else self._beside._of(draws).beside(of)

    def _dealt(self, *tracks: str | None) -> DealResult:
        """The deal at some tables (where none is named: at all), found once."""
        from detente.analyses.deal import deal

        named = tuple(t for t in tracks if t is not None)
        if named not in self._found:
            self._found[named] = deal(self.ready, tracks=named or None)
        return self._found[named]

    @cached_property
    def _found(self) -> dict[tuple[str, ...], DealResult]:
        return {}

    def _draft(
        self, package: str | os.PathLike[str] | Mapping[str, str], tracks: Sequence[str]
    ) -> Answer[DraftResult]:
        if len(tracks) > 1:
            raise UsageError("--package is looked at from one table: give '--track' once")
        from detente.analyses.deal.draft import draft
        from detente.analyses.deal.draft_document import document

        track = tracks[0] if tracks else None
        found = draft(self.ready, self._moves(package, track), track=track)
        return self._answer("draft", found, document)

    def _moves(
        self, asked: str | os.PathLike[str] | Mapping[str, str], track: str | None
    ) -> Mapping[str, str]:
        """What moves in a package: by a rule of the deal analysis at a table, from a file, or as it was named."""
        from detente.analyses.roadmap import propose
        from detente.case.package import checked_package, read_package, typed_package
        from detente.case.wording import nearest
        from detente.storage import status

        case = self.case.case
        if isinstance(asked, os.PathLike):
            return read_package(Path(asked), case)
        if not isinstance(asked, str):
            return checked_package("--package", asked, case)
        if asked in propose.RULES:
            return propose.package(self._dealt(track), asked, track)
        missing = not asked.strip() or status(Path(asked)) is None
        if missing and "=" in asked:
            return typed_package("--package", asked.split(","), case)
        if missing:
            close = nearest(asked, propose.RULES)
            meant = f"did you mean '{close}'? Rules" if close else "rules"
            raise UsageError(
                f"--package {asked or 'with nothing'}: neither a file nor a rule nor 'issue=option,...'; {meant} are: "
                f"{', '.join(propose.RULES)}"
            )
        return read_package(Path(asked), case)


def _whole(name: str, value: int, least: int, most: int | None) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise UsageError(f"{name} must be a whole number: found {value!r}")
    if value < least:
        raise UsageError(f"{name} must be at least {least}: found {value}")
    if most is not None and value > most:
        raise UsageError(f"{name} must be at most {most}: found {value}")


def _warn(text: str) -> None:
    warnings.warn(text, stacklevel=2)
