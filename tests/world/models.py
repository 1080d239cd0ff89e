"""Random worlds, as a case would write them: every word of the language, in random places."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

__all__ = ["HOME", "ISSUES", "Model", "model"]

ISSUES = {"arms": ("few", "many", "all"), "sanctions": ("kept", "lifted"), "law": ("old", "new")}
HOME = {"arms": "many", "sanctions": "kept", "law": "old"}
DATES = [f"2021-{m:02d}-{d:02d}" for m in range(7, 13) for d in (1, 15, 28)] + ["2021-06-03", "2022-03-09"]
PARTS = ("p", "q", "r")


class Model(NamedTuple):
    """What :func:`detente.case.wiring.wire` takes, and how it is run."""

    parts: dict[str, dict[str, Any]]
    moves: dict[str, dict[str, Any]]
    settled: dict[str, str]
    still: tuple[str, ...]


class _Writer:
    """Names are written in the order in which they may need one another; the file has them in another."""

    def __init__(self, random: Random, careless: bool) -> None:
        self.random = random
        self.careless = careless
        """Whether it divides by what may be 0 and names what may be absent."""
        self.part = ""
        self.parts: dict[str, dict[str, Any]] = {
            p: {k: {} for k in ("numbers", "calendars", "levels", "values", "events")} for p in PARTS
        }
        self.numbers: list[str] = []
        self.tables: list[tuple[str, str]] = []
        self.known: list[str] = []
        """Levels and values that have a value of this month."""
        self.gaps: list[str] = []
        """Those that may be absent."""
        self.all: list[str] = []
        """Levels, values, and by their month events: for ``before``."""
        self.events: list[str] = []
        self.issues: list[str] = []
        self.own: str | None = None

    def name(self, full: str) -> str:
        part, member = full.split(".")
        return member if part == self.part and self.random.random() < 0.7 else full

    def one(self, names: list[str]) -> str:
        return self.name(self.random.choice(names))

    def atom(self) -> str:
        r = self.random
        if self.careless and r.random() < 0.03:
            risky = [
                f"({self.one(self.numbers)} / {self.one(self.known or self.numbers)})",
                f"log({self.one(self.known)})" if self.known else "0",
                f"sqrt({self.one(self.numbers)})",
            ]
            return r.choice([*risky, *(self.one([gap]) for gap in self.gaps)])
        kinds = ["plain", "number", "number"]
        kinds += ["known"] * 4 if self.known else []
        kinds += ["gap", "before gap"] if self.gaps else []
        kinds += ["own"] * 2 if self.own else []
        kinds += ["before"] if self.all else []
        kinds += ["table"] if any(i in self.issues for _, i in self.tables) else []
        kinds += ["since"] if self.events else []
        kinds += ["shock", "absent"]
        match r.choice(kinds):
            case "plain":
                return f"{r.choice([0, 0.1, 0.25, 0.5, 1, 2, 1.5])}"
            case "number":
                return self.one(self.numbers)
            case "known":
                return self.one(self.known)
            case "gap":
                return f"({self.one(self.gaps)} ?? {self.atom()})"
            case "before gap":
                return f"(before({self.one(self.gaps)}) ?? {self.atom()})"
            case "own":
                return self.own or "0"
            case "before":
                return f"(before({self.one(self.all)}) ?? {self.atom()})"
            case "table":
                table, issue = r.choice([t for t in self.tables if t[1] in self.issues])
                return f"{self.name(table)}[{issue}]"
            case "since":
                return (
                    f"((months_since({self.one(self.events)}) ?? {r.choice([3, 9])}) / {self.name('p.span')})"
                )
            case "shock":
                return "shock"
            case _:
                gone = r.choice(["gone.x", "before(gone.x)", "months_since(gone.e)"])
                return f"({gone} ?? {r.choice(['0.3', '-0.2', self.one(self.numbers)])})"

    def sum(self, depth: int = 3) -> str:
        """A number."""
        r = self.random
        if depth == 0 or r.random() < 0.12:
            return self.atom()
        a, b, c = (
            (lambda: self.sum(depth - 1)),
            (lambda: self.sum(depth - 2) if depth > 1 else self.atom()),
            self.atom,
        )
        match r.randrange(15):
            case 0 | 1 | 2:
                return f"({a()} {r.choice('+-')} {b()})"
            case 3 | 4 | 5:
                return f"{a()} * {b()}"
            case 6:
                return f"{a()} / (0.5 + abs({b()}))"
            case 7:
                return f"(-{c()})"
            case 8:
                return f"{r.choice(['min', 'max'])}({', '.join([a(), b(), c()][: r.choice([2, 3])])})"
            case 9:
                return f"clamp({a()}, {r.choice(['0', '-1', c()])}, {r.choice(['1', '0.7', c()])})"
            case 10:
                inside = a()
                return r.choice(
                    [
                        f"exp(clamp({inside}, -3, 2))",
                        f"log(0.1 + abs({inside}))",
                        f"sqrt(abs({inside}))",
                        f"abs({inside})",
                    ]
                )
            case 11:
                return f"{r.choice(['logistic', 'probit'])}({a()})"
            case 12 | 13:
                return f"(if {self.truth(depth - 1)} then {a()} else {b()})"
            case _:
                return f"whole({a()})"

    def truth(self, depth: int = 2) -> str:
        """A condition."""
        r = self.random
        kinds = ["compare"] * 3 + (["and", "not"] if depth > 0 else []) + ["chance"]
        kinds += ["event", "happened", "before"] if self.events else []
        kinds += ["is"] * 2 if self.issues else []
        match r.choice(kinds):
            case "compare":
                sign = r.choice(["<", "<=", ">", ">=", "==", "!="])
                return f"{self.sum(max(0, depth - 1))} {sign} {self.atom()}"
            case "and":
                return f"({self.truth(depth - 1)} {r.choice(['and', 'or'])} {self.truth(depth - 1)})"
            case "not":
                return f"not ({self.truth(depth - 1)})"
            case "chance":
                return f"chance({self.one(self.numbers)} + {self.sum(1)})"
            case "event":
                return self.one(self.events)
            case "happened":
                return f"happened({self.one(self.events)})"
            case "before":
                return f"before({self.one(self.events)})"
            case _:
                issue = r.choice(self.issues)
                which = issue if r.random() < 0.6 else f"before({issue})"
                return f"{which} is {r.choice(ISSUES[issue])}"

    def bounded(self) -> str:
        return f"clamp({self.sum()}, {self.random.choice([-2, 0])}, {self.random.choice([1, 3])})"

    # what has a name

    def figures(self) -> None:
        r = self.random
        for part in PARTS:
            numbers = self.parts[part]["numbers"]
            for n in range(r.randint(1, 3)):
                amount = r.choice([0, 0.5, 1, 0.05, -0.7, round(r.uniform(0, 1), 3)])
                numbers[f"n{n}"] = {"range": [amount - 0.1, amount, amount + 0.1], "unit": "number"}
                self.numbers.append(f"{part}.n{n}")
            issue = r.choice(list(ISSUES))
            numbers["t"] = {o: {"range": round(r.uniform(-1, 1), 2), "unit": "number"} for o in ISSUES[issue]}
            self.tables.append((f"{part}.t", issue))
            self.parts[part]["calendars"]["days"] = r.sample(DATES, r.randint(1, 4))
        self.parts["p"]["numbers"]["span"] = {"range": r.choice([2, 7]), "unit": "months"}

    def level(self, name: str) -> None:
        r = self.random
        levels = self.parts[self.part]["levels"]
        full = f"{self.part}.{name}"
        if self.events and r.random() < 0.25:
            given = r.choice([self.bounded(), self.atom()])
            levels[name] = {"next": f"if {self.one(self.events)} then {given} else {name}", "unit": "share"}
            self.gaps.append(full)
        else:
            self.own = name
            start = r.choice(["0", "0.5", f"{self.one(self.numbers)} - 0.1", f"-({self.one(self.numbers)})"])
            rule = self.bounded() if r.random() < 0.8 else f"0.5 * {name} + 0.5 * clamp({self.sum()}, -9, 9)"
            levels[name] = {"start": start, "next": rule, "unit": "share"}
            self.own = None
            self.known.append(full)
        self.all.append(full)

    def value(self, name: str) -> None:
        r = self.random
        full = f"{self.part}.{name}"
        self.parts[self.part]["values"][name] = self.sum() if r.random() < 0.5 else self.bounded()
        self.known.append(full)
        self.all.append(full)

    def likelihood(self) -> str:
        """A chance, which may lie outside [0, 1] but not whatever the draw."""
        r = self.random
        number = self.one(self.numbers)
        return r.choice(
            [f"{r.choice([0.1, 0.3, 0.6])}", number, f"{number} + {self.sum(1)}", f"logistic({self.sum(2)})"]
        )

    def event(self, name: str) -> None:
        r = self.random
        event: dict[str, Any] = {}
        match r.randrange(4):
            case 0 | 1:
                event["chance"] = self.likelihood()
            case 2:
                event["when"] = self.truth()
        if not event or r.random() < 0.3:
            event["on"] = "days"
        if r.random() < 0.3:
            event["once"] = True
        self.parts[self.part]["events"][name] = event
        self.events.append(f"{self.part}.{name}")

    def group(self, n: int) -> None:
        r = self.random
        kind = r.choice(["ends", "one_of"])
        members = []
        for k in range(r.randint(2, 4)):
            self.part = r.choice(PARTS)
            event: dict[str, Any] = {"chance": self.likelihood(), kind: f"g{n}"}
            if r.random() < 0.25:
                event["on"] = "days"
            if kind == "one_of" and r.random() < 0.3:
                event["once"] = True
            self.parts[self.part]["events"][f"g{n}_{k}"] = event
            members.append(f"{self.part}.g{n}_{k}")
        self.events += members

    def moved(self, issue: str, moves: dict[str, dict[str, Any]]) -> None:
        r = self.random
        options = ISSUES[issue]
        if r.random() < 0.5 and self.known:
            by = r.choice(self.known + self.gaps)
            places = r.sample([-1, 0, 0.25, 0.5, 1, 2], r.randint(2, len(options)))
            moves[issue] = {"by": by, **dict(zip(options, places, strict=False))}
        elif self.events:
            moves[issue] = {o: r.choice(self.events) for o in r.sample(options, r.randint(1, len(options)))}
        self.issues.append(issue)


def model(seed: int, *, careless: bool = False) -> Model:
    """A random world; the same for the same seed. ``careless``: some have faults."""
    random = Random(seed)
    writer = _Writer(random, careless)
    writer.figures()
    moves: dict[str, dict[str, Any]] = {}
    todo = random.sample(list(ISSUES), len(ISSUES))
    writer.issues.append(todo.pop())
    for n in range(random.randint(10, 16)):
        writer.part = random.choice(PARTS)
        match random.randrange(9):
            case 0 | 1 | 2:
                writer.level(f"x{n}")
            case 3 | 4:
                writer.value(f"y{n}")
            case 5 | 6:
                writer.event(f"e{n}")
            case 7:
                writer.group(n)
            case _:
                if todo:
                    writer.moved(todo.pop(), moves)
    for part in writer.parts.values():
        for kind in ("levels", "values", "events"):
            items = list(part[kind].items())
            random.shuffle(items)
            part[kind] = dict(items)
    names = random.sample(PARTS, len(PARTS))
    settled = {i: random.choice(ISSUES[i]) for i in ISSUES if random.random() < 0.15}
    still = (random.choice(PARTS),) if random.random() < 0.25 else ()
    return Model({p: {"levels": {}, **writer.parts[p]} for p in names}, moves, settled, still)
