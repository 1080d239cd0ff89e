"""What every part of a case is made of: numbers with ranges, names, dates, and where things come from."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)

__all__ = [
    "MAX_NUMBER",
    "MIN_NUMBER",
    "CaseId",
    "Count",
    "Date",
    "Day",
    "Element",
    "Entry",
    "Flag",
    "Id",
    "Judgement",
    "Model",
    "Months",
    "Number",
    "Patience",
    "Pattern",
    "Plain",
    "Points",
    "Provenance",
    "Quote",
    "Range",
    "Rate",
    "Share",
    "Text",
    "Until",
    "Weight",
    "as_range",
    "meant",
]

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
CaseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


MAX_NUMBER = 1e9

MIN_NUMBER = 1e-12
"""What is nearer to 0 is 0, or in the wrong unit."""

LAST_YEAR = 9000
"""What is counted from a date must still have one."""


def _date(value: Any) -> Any:
    if isinstance(value, datetime.datetime) or not isinstance(value, (str, datetime.date)):
        raise ValueError("a date was expected, written 2021-06-03")
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("a date was expected, written 2021-06-03")
    if int(str(value)[:4]) > LAST_YEAR:
        raise ValueError(f"a date no later than the year {LAST_YEAR} was expected")
    return value


Date = Annotated[datetime.date, BeforeValidator(_date)]


def _day(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", value):
        return value
    try:
        found = _date(value)
        return datetime.date.fromisoformat(found) if isinstance(found, str) else found
    except ValueError:
        raise ValueError(
            "a date was expected, written 2021-06-03, or dates of the world, as 'part.calendar'"
        ) from None


Day = Annotated[
    datetime.date | str,
    PlainValidator(_day),
    WithJsonSchema({"type": "string", "pattern": r"^(\d{4}-\d\d-\d\d|[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)$"}),
]
"""A date, or the first date after that of the case of a calendar of its world, ``part.calendar``."""
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Plain = Annotated[float, Field(strict=True, ge=-MAX_NUMBER, le=MAX_NUMBER)]


class Model(BaseModel):
    """Frozen; unknown keys are errors; numbers are finite and never made from strings."""

    # Built when first used, so that the whole case is compiled once and not every part of it on its own.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    WRITTEN: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Field → the keys below which its value stands in a file, where that is not its name."""

    @classmethod
    def keys(cls, field: str) -> tuple[str, ...]:
        """The keys below which the value of a field stands in a file."""
        return cls.WRITTEN.get(field, (field,))


def _reason(value: Any) -> Any:
    return {"because": value} if isinstance(value, str) else value


class Judgement(Model):
    """Somebody's estimate: who, when, why. A bare string is the reason; who and when are then those of the judgement around
    it."""

    because: Text
    by: Text | None = None
    on: Date | None = None


class Provenance(Model):
    """Where something comes from: at most one kind each of fact, judgement, inference."""

    fact: Text | None = None
    """A short verbatim quotation from ``source``."""
    source: Id | None = None
    """Id of the source that the fact is quoted from."""
    inference: Text | None = None
    """A step of the author's own from facts."""
    judgement: Annotated[Judgement, BeforeValidator(_reason)] | None = None
    """Somebody's estimate, with the reason."""

    @model_validator(mode="after")
    def _fact_with_source(self) -> Provenance:
        if self.fact is not None and self.source is None:
            raise ValueError("a fact needs a source: add 'source: ID', an id from 'sources'")
        if self.source is not None and self.fact is None:
            raise ValueError(
                "a source needs the fact quoted from it: add 'fact: \"...\"', a short verbatim quotation"
            )
        return self


class Quote(Provenance):
    """A fact that informs the case without being a number of it (``facts`` lists)."""

    note: Text | None = None


_FIGURE = r"[-+]?\d[\d ]*(?:[.,]\d+)?"


def meant(text: str) -> str | None:
    """What to type for a text that looks like a number, as the end of a message; None where it does not."""

    def plain(figure: str) -> str:
        return figure.replace(" ", "").replace(",", ".").lstrip("+")

    if found := re.fullmatch(rf"\s*({_FIGURE})\s*%\s*", text):
        percent = plain(found[1])
        return f"write {float(percent) / 100:g} for a chance or a share, {percent} for points"
    if found := re.fullmatch(rf"\s*({_FIGURE})\s*%?\s*(?:-|–|—|to|\.\.\.?)\s*({_FIGURE})\s*%?\s*", text):
        return f"write a range as [{plain(found[1])}, {plain(found[2])}]"
    if found := re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text):
        return f"write {int(found[1]) / int(found[2]):.4g}" if int(found[2]) else None
    if re.fullmatch(rf"\s*{_FIGURE}\s*", text):
        return (
            f"write {plain(text)}, without quotes"
            if "," not in text
            else f"write {plain(text)}, with a point"
        )
    return None


def _instead(value: Any) -> str:
    hint = meant(value) if isinstance(value, str) else None
    return f": found '{value}', {hint}" if hint else ""


def _sized(value: float) -> None:
    """Refuse what is too large, or too small to be anything."""
    if abs(value) > MAX_NUMBER:
        raise ValueError(f"a number must be between {-MAX_NUMBER:g} and {MAX_NUMBER:g}")
    if 0 < abs(value) < MIN_NUMBER:
        raise ValueError(
            f"a number must be 0 or at least {MIN_NUMBER:g} from it: write 0, or use another unit"
        )


def as_range(value: Any) -> Any:
    """The keys of a :class:`Range` from a number, a list of two or three, or a block with ``range``; anything else as it is.

    Raises
    ------
    ValueError
        A number or a range that is none; the message says what is allowed.
    """
    if isinstance(value, bool):
        raise ValueError("a number or a range was expected, not true/false")
    if isinstance(value, (int, float)):
        _sized(value)
        return {"low": value, "median": value, "high": value}
    if isinstance(value, (list, tuple)):
        if len(value) not in (2, 3) or any(
            isinstance(v, bool) or not isinstance(v, (int, float)) for v in value
        ):
            hint = next((h for v in value if (h := _instead(v))), "")
            raise ValueError(f"a range is [5th, 95th] or [5th, 50th, 95th percentile], all numbers{hint}")
        for number in value:
            _sized(number)
        low, high = float(value[0]), float(value[-1])
        median = float(value[1]) if len(value) == 3 else (low + high) / 2
        return {"low": low, "median": median, "high": high}
    if isinstance(value, Mapping) and "range" in value:
        if isinstance(value["range"], (Mapping, Range)):
            raise ValueError("'range' was expected to be a number, [low, high] or [low, median, high]")
        inner = as_range(value["range"])
        if "because" in value:
            inner["judgement"] = value["because"]
        rest = {k: v for k, v in value.items() if k not in ("range", "because")}
        if clash := set(rest) & set(inner):
            raise ValueError(f"'{sorted(clash)[0]}' is given twice")
        return {**inner, **rest}
    if isinstance(value, Range):
        return value
    if isinstance(value, str) and (instead := meant(value)):
        raise ValueError(f"a number or a range was expected, found the text '{value}'; {instead}")
    raise ValueError("a number, a range [low, high] or [low, median, high], or {range: ..., because: ...}")


class Range(Provenance):
    """A judged number: its 5th, 50th and 95th percentiles; a single number is certain.

    Typed as ``40``, ``[30, 50]``, ``[30, 40, 55]`` or ``{range: [30, 40, 55], because: ...}``.
    """

    low: float
    median: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not all(map(math.isfinite, (self.low, self.median, self.high))):
            raise ValueError("a range must be of finite numbers")
        if not self.low <= self.median <= self.high:
            raise ValueError(
                f"a range must be in order, low to high: found [{self.low:g}, {self.median:g}, {self.high:g}]"
            )
        return self

    @property
    def certain(self) -> bool:
        """Whether low, median and high are one number."""
        return self.low == self.high


Number = Annotated[Range, BeforeValidator(as_range), WithJsonSchema({"x-number": "number"})]


def _bounded(low: float, high: float) -> Any:
    def check(value: Range) -> Range:
        if value.low < low or value.high > high:
            allowed = f"between {low:g} and {high:g}" if math.isfinite(high) else f"at least {low:g}"
            raise ValueError(f"must be {allowed}: found [{value.low:g}, {value.median:g}, {value.high:g}]")
        return value

    return check


def _bound(low: float, high: float) -> AfterValidator:
    return AfterValidator(_bounded(low, high))


# What may be typed for a number is in the validators, where pydantic does not see it; detente.case.schema
# writes it out where these marks stand.
Points = Annotated[Number, _bound(0, 100), WithJsonSchema({"x-number": "points"})]
Weight = Annotated[Number, _bound(0, math.inf), WithJsonSchema({"x-number": "weight"})]
Share = Annotated[Number, _bound(0, 1), WithJsonSchema({"x-number": "share"})]
Rate = Share
"""A probability a month."""
Months = Annotated[Number, _bound(0, 120), WithJsonSchema({"x-number": "months"})]
Patience = Annotated[Number, _bound(0.01, 0.9999), WithJsonSchema({"x-number": "patience"})]

Pattern = Annotated[Mapping[Id, Id], Field(min_length=1)]
"""``{issue: option, ...}``: matches every package that has all of these options."""


def _entry(value: Any) -> Any:
    return (value,) if isinstance(value, Mapping) else value


_PATTERN_SCHEMA = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}}
Entry = Annotated[
    tuple[Pattern, ...],
    Field(min_length=1),
    BeforeValidator(_entry),
    WithJsonSchema({"anyOf": [_PATTERN_SCHEMA, {"type": "array", "minItems": 1, "items": _PATTERN_SCHEMA}]}),
]
"""A pattern, or a list of patterns any of which will do."""


def _kind_of_until(value: Any) -> str:
    return "<months>" if type(value) is int else "<date>"


Until = Annotated[
    Annotated[Date, Tag("<date>")] | Annotated[int, Tag("<months>"), Field(strict=True, ge=1, le=1200)],
    Discriminator(_kind_of_until),
]
"""A last day, or months from the date of the case."""


class Element(Provenance):
    """Something with a name and facts about it."""

    name: Text | None = None
    facts: tuple[Quote, ...] = ()
    note: Text | None = None
