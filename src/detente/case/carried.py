"""How an agreement is carried out: what the case says of its steps, guarantees and deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from detente.case.base import Date, Element, Flag, Id, Months, Provenance, Weight

__all__ = ["Deadline", "Guarantee", "Steps"]


class Steps(Provenance):
    """How an agreement could be carried out, for ``detente roadmap``."""

    simultaneous: tuple[Annotated[tuple[Id, ...], Field(min_length=2, max_length=4)], ...] = ()
    """Issues of different sides whose steps can be exchanged at one moment."""
    temptation: Weight | None = None
    """Spread of the temptations that come up while a step is verified, in points (the scale of a logistic
    distribution); without it no probability of holding is given."""
    lead: Annotated[int, Field(strict=True, ge=0, le=120)] | None = None
    """Whole months from the date of the case until the first step begins; default: 2, or half of those to the first deadline or end
    of a guarantee, if that is less."""


class Guarantee(Element):
    """Something that makes breaking the agreement dearer, or keeping it dearer to give up."""

    kind: Literal["escrow", "monitoring", "snap_back", "third_party", "amnesty"]
    """``escrow``: what is covered comes back to who gave it, even what could not be undone; ``snap_back``: what is
    covered lapses at once; both when one of ``punishes`` deviates. ``third_party``: who deviates forfeits
    points. ``monitoring``: what is covered is verified sooner. ``amnesty``: worth something to some for as
    long as the agreement is kept."""
    given_by: Id
    """The party (or faction) that would give it."""
    covers: tuple[Id, ...] = ()
    """Issues whose steps it is about; default: all."""
    punishes: tuple[Id, ...] = ()
    """Parties and factions whose deviation it punishes; default: everybody but who gives it."""
    forfeits: Weight | None = None
    """What who is punished loses for each covered step that it withholds or takes back, in points: as bad as being
    so much worse off from then on."""
    verify: Months | None = None
    """Of ``monitoring``: months that a covered step then takes."""
    worth: Mapping[Id, Weight] = {}
    """Of ``amnesty``: faction → points that it is worth while the agreement is kept."""
    costs: Mapping[Id, Weight] = {}
    """Faction → points that it costs while the agreement is kept."""
    until: Date | None = None
    """Of ``escrow``, ``snap_back`` and ``third_party``: the last day on which it can be triggered; default: it stands for good."""
    in_force: Flag = False
    """Whether the roadmap counts on it; otherwise it is only tried."""


class Deadline(Element):
    """A day on which somebody's future in the agreement ends: an election, the end of a term."""

    on: Date
    """After the date of the case."""
    ends_for: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Parties and factions for whom nothing counts afterwards."""
