"""A case drawn once for every analysis of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.abreast import Abreast
from detente.case.model import Case
from detente.memory import need
from detente.problem import Problem, Sample, build, parameters, under_readings
from detente.problem.ground import Ground, remembered
from detente.problem.own import own_gains
from detente.problem.steps import Judged, dimensions, judged, step_parameters
from detente.problem.world import world_parameters, world_values
from detente.rng import round_up, uniforms
from detente.world.signing import CHOOSING, EACH, GOING_ON, Settled, best_worlds, going_on, told

__all__ = ["DEFAULT_DRAWS", "REPLICATES", "Beside", "Drawn", "prepare"]

DEFAULT_DRAWS = 1024
REPLICATES = 8
BYTES = 100
"""Of memory at its peak, for each judgement and draw: measured on the largest bundled case."""


@dataclass(frozen=True)
class Beside:
    """What is drawn beside the numbers of the deal, from dimensions after its own."""

    steps: Judged
    world: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Drawn:
    """A case ready to be analysed: its problem and the two sets of draws."""

    problem: Problem
    seed: int
    draws: int
    widen: float
    beside_names: tuple[str, ...] = ()
    """Of the numbers beside which these are drawn, in the order of their columns; empty: these are drawn alone."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every dimension by what is drawn on it, in the order of columns; those that are drawn beside come first."""
        return tuple(dict.fromkeys((*self.beside_names, *_own_names(self.problem, self.widen))))

    def _uniforms(self, dimensions: int, which: int) -> NDArray[np.float64]:
        """The first dimensions of the first (0) or the fresh (1) draws: the same numbers for the same names."""
        at = None
        if self.beside_names:
            column = {name: n for n, name in enumerate(self.names)}
            at = np.array(
                [column[n] for n in _own_names(self.problem, self.widen)[:dimensions]], dtype=np.intp
            )
            dimensions = int(at.max(initial=-1)) + 1
        found = uniforms(dimensions, self.draws, seed=2 * self.seed + which, replicates=REPLICATES)
        return found if at is None else np.ascontiguousarray(found[:, at])

    @cached_property
    def chosen_on(self) -> NDArray[np.float64]:
        """Uniforms on which packages are chosen."""
        return self._uniforms(self.problem.dimensions, 0)

    @cached_property
    def reported_on(self) -> NDArray[np.float64]:
        """Fresh uniforms on which acceptance is reported."""
        return self._uniforms(self.problem.dimensions, 1)

    @cached_property
    def best(self) -> Sample:
        """Best estimates."""
        return self.supposing({})

    def supposing(self, readings: Mapping[str, str]) -> Sample:
        """Best estimates with some readings taken for true."""
        return self._supposing(readings)

    @cached_property
    def _supposing(self) -> Callable[[Mapping[str, str]], Sample]:
        @remembered
        def supposing(readings: Mapping[str, str]) -> Sample:
            ground = self.best_ground(readings)
            return told(ground, self.settled_best) if self.computed else ground.sample

        return supposing

    def best_ground(self, readings: Mapping[str, str]) -> Ground:
        """What worlds at best estimates grow from, with some readings taken for true."""

        def supposing(also: Mapping[str, str]) -> Sample:
            return self._medians({**readings, **also})

        return self._ground(supposing({}), self.beside_best, supposing)

    @cached_property
    def _medians(self) -> Callable[[Mapping[str, str]], Sample]:
        """Best estimates with typed no-deal values, and some readings taken for true."""
        middle = np.full((1, self.problem.dimensions), 0.5)
        return under_readings(self.problem, parameters(self.problem, middle), None)

    @cached_property
    def first(self) -> Sample:
        """The draws on which packages are chosen."""
        values = parameters(self.problem, self.chosen_on)
        supposing = under_readings(self.problem, values, self.chosen_on)
        ground = self._ground(supposing({}), self.beside(0), supposing)
        ground = replace(ground, seed=~self.seed)  # worlds of their own as well
        return told(ground, Settled(ground, EACH, fewer=CHOOSING)) if self.computed else ground.sample

    @cached_property
    def fresh(self) -> Sample:
        """The draws on which acceptance is reported."""
        ground = self.fresh_ground
        return told(ground, self._settled_fresh, self._going_on) if self.computed else ground.sample

    def sampled(self) -> None:
        """Make all samples that a deal asks for, those that are chosen on and worlds at best estimates beside the others."""
        abreast = Abreast("draws")
        best = abreast.later(self._worlds_at_best)
        first = abreast.later(lambda: self.first)
        abreast.later(lambda: (self.fresh, self.rivals), here=True)
        vars(self)["first"] = first()
        if self.computed:
            self.settled_best.found.update(best())

    def _worlds_at_best(self) -> dict[tuple[int, ...], NDArray[np.float64]]:
        """Readings that are true → what options make of the world (:attr:`Settled.found`): what a package hangs on is asked under
        others than the likeliest as well."""
        if not self.computed:
            return {}
        self.settled_best.everything()
        return self.settled_best.found

    @property
    def computed(self) -> bool:
        """Whether some no-deal values come from the world."""
        return bool(self.problem.case.computed)

    @cached_property
    def instead(self) -> Drawn | None:
        """The same draws with what the world makes of no deal instead of what is typed; None where nobody has both."""
        case = self.problem.case
        if not case.typed_beside:
            return None
        told = {
            f: wants.model_copy(update={"no_deal": "from_outlook"}) if f in case.typed_beside else wants
            for f, wants in case.preferences.items()
        }
        other = replace(self.problem, case=case.model_copy(update={"preferences": told}))
        return replace(self, problem=other)

    @cached_property
    def settled_best(self) -> Settled:
        """What every option makes of the world at best estimates, month by month."""
        worlds, supposed = best_worlds(self.problem)
        return Settled(self.best_ground({}), worlds, supposed=supposed, more=GOING_ON)

    @cached_property
    def _settled_fresh(self) -> Settled:
        return Settled(self.fresh_ground, EACH)

    @cached_property
    def own(self) -> NDArray[np.int64]:
        """[F, S] grid steps that each faction gains in the fresh draws by what it can do alone."""
        return own_gains(self.problem, self.fresh, self.beside_fresh.steps)

    @property
    def lent(self) -> NDArray[np.int64]:
        """[S] whose numbers of the world a fresh draw takes where no-deal values are computed."""
        return self._settled_fresh.lent()

    @cached_property
    def _going_on(self) -> NDArray[np.float64]:
        """[F, S] what no deal is worth to those for whom it is computed, in worlds of every draw of its own."""
        return going_on(self.fresh_ground)

    @cached_property
    def fresh_ground(self) -> Ground:
        """What worlds of the fresh draws grow from."""
        return self._ground(self.typed, self.beside_fresh, self._reported)

    @cached_property
    def talking_ground(self) -> Ground:
        """The same where talks are on, with what no deal is worth to those who choose at them."""

        def waiting(readings: Mapping[str, str]) -> Sample:
            return replace(self._reported(readings), no_deal=self._rival(readings).no_deal)

        sample = replace(self.typed, no_deal=self.fresh.no_deal)
        return replace(self.fresh_ground, sample=sample, supposing=waiting)

    @cached_property
    def typed(self) -> Sample:
        """The same with every no-deal value as typed."""
        return self._reported({})

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """[S, N] the deal's own numbers in the fresh draws."""
        return parameters(self.problem, self.reported_on)

    @cached_property
    def _reported(self) -> Callable[[Mapping[str, str]], Sample]:
        """The fresh draws with typed no-deal values, and some readings taken for true."""
        return under_readings(self.problem, self.values, self.reported_on)

    @cached_property
    def rivals(self) -> Mapping[tuple[str, str], Sample]:
        """The fresh draws under each rival reading."""
        return {
            (f, r): self._rival({f: r})
            for f, names in zip(self.problem.factions, self.problem.readings, strict=True)
            for r in names
        }

    # --- beside the deal's own numbers

    def beside(self, which: int) -> Beside:
        """What is judged about steps and the world, in the first (0) or the fresh (1) draws."""
        case, first = self.problem.case, self.problem.dimensions
        middle = first + dimensions(case)
        last = middle + len(world_parameters(case, self.widen))
        found = self._uniforms(last, which)
        steps = judged(case, found[:, first:middle], widen=self.widen)
        return Beside(steps, world_values(case, found[:, middle:], widen=self.widen))

    @cached_property
    def beside_fresh(self) -> Beside:
        """In the fresh draws."""
        return self.beside(1)

    @cached_property
    def beside_best(self) -> Beside:
        """At best estimates."""
        case = self.problem.case
        return Beside(judged(case, None, widen=self.widen), world_values(case, None, widen=self.widen))

    def _supposed(self, readings: Mapping[str, str]) -> Ground:
        def supposing(also: Mapping[str, str]) -> Sample:
            return self._reported({**readings, **also})

        return self._ground(supposing({}), self.beside_fresh, supposing)

    def _ground(
        self, sample: Sample, beside: Beside, supposing: Callable[[Mapping[str, str]], Sample]
    ) -> Ground:
        return Ground(self.problem, sample, beside.steps, beside.world, remembered(supposing), self.seed)

    @cached_property
    def _rival(self) -> Callable[[Mapping[str, str]], Sample]:
        """The fresh draws with some readings taken for true."""

        @remembered
        def rival(readings: Mapping[str, str]) -> Sample:
            ground = self._supposed(readings)
            return told(ground, self._settled_fresh) if self.computed else ground.sample

        return rival


def _own_names(problem: Problem, widen: float) -> tuple[str, ...]:
    """What is drawn on each dimension: the deal's ranges, what chance decides, then what is judged about steps and the world."""
    case = problem.case

    def chosen(kind: str, n: int) -> str:
        return (
            problem.factions[n]
            if kind == "reading"
            else problem.issues[n]
            if kind == "chance"
            else problem.parameters[n].path
        )

    return (
        *(f"deal {problem.parameters[n].path}" for n in problem.uncertain),
        *(f"{kind} {chosen(kind, n)}" for kind, n in problem.selectors),
        *(f"steps {p.path}" for p in step_parameters(case, widen)),
        *(f"world {p.path}" for p in world_parameters(case, widen)),
    )


def prepare(
    case: Case,
    *,
    seed: int = 0,
    draws: int = DEFAULT_DRAWS,
    widen: float = 1.0,
    beside: Sequence[str] = (),
) -> Drawn:
    """Draw once for every analysis of a run.

    ``draws`` is rounded up to eight replicates of a power of two, the sizes at which the lattice is good. ``beside``: the names
    of another case's dimensions (:attr:`Drawn.names`), whose columns numbers of the same name take, so that what did not change
    is the same in every draw. Raises LimitError where memory would not do.
    """
    ready = Drawn(
        build(case, widen=widen), seed, round_up(draws, replicates=REPLICATES), widen, tuple(beside)
    )
    judged = ready.problem.dimensions + dimensions(case) + len(world_parameters(case, widen))
    what = f"{ready.draws:,} draws of {judged:,} judgements"
    need(ready.draws * judged * BYTES, what, "ask for fewer --draws")
    return ready
