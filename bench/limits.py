"""Large cases through whole commands: each is to answer, or to refuse before it starts, within a minute on two cores.

``python -m bench.limits [NAME ...]`` runs all, or some, one after another, each in a process of its own, and prints what it
took: seconds on the wall, seconds of processors, and how it ended (0: answered, 4: refused with the limit). A first run
compiles; run twice and read the second. Everything a case holds follows from its sizes and one seed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

TARGET = 60.0
"""Seconds on the wall, on two cores of which nothing else makes use."""
SEED = 7


def bare(parties: int, factions: int, issues: int, options: int) -> tuple[dict[str, Any], list[str]]:
    """A case in which nobody wants anything yet, and the names of those who may."""
    names = [f"p{p}" if factions == 1 else f"p{p}f{f}" for p in range(parties) for f in range(factions)]
    raw: dict[str, Any] = {
        "detente": 1,
        "id": "large",
        "title": "Large",
        "parties": {
            f"p{p}": {} if factions == 1 else {"factions": {f"p{p}f{f}": {} for f in range(factions)}}
            for p in range(parties)
        },
        "issues": {
            f"i{i}": {
                "controlled_by": f"p{i % parties}",
                "status_quo": "o0",
                "options": {f"o{o}": {} for o in range(options)},
            }
            for i in range(issues)
        },
    }
    return raw, names


def large(
    parties: int, factions: int, issues: int, options: int, *, together: int = 0, irreversible: int = 0
) -> dict[str, Any]:
    """A case in which everybody wants something else, with ``together`` terms of two issues each for everybody."""
    rng = np.random.default_rng(SEED)
    raw, names = bare(parties, factions, issues, options)
    for i in range(irreversible):
        raw["issues"][f"i{i}"]["reversible"] = False
    return {
        **raw,
        "preferences": {name: _wants(rng, issues, options, together) for name in names},
        "conflict": {},
    }


def _wants(rng: np.random.Generator, issues: int, options: int, together: int) -> dict[str, Any]:
    wants: dict[str, Any] = {
        "judgement": "Drawn by chance.",
        "patience": [0.95, 0.98, 0.99],
        "no_deal": {"status_quo": [-3, 0, 3]},
        "weights": {
            f"i{i}": [int(w), int(w) + 1, int(w) + 3] for i, w in enumerate(rng.integers(1, 9, issues))
        },
        "values": {
            f"i{i}": {f"o{o}": int(v) for o, v in enumerate(rng.integers(0, 101, options))}
            for i in range(issues)
        },
    }
    terms = []
    for _ in range(together):
        a, b = rng.choice(issues, 2, replace=False)
        when = {f"i{a}": f"o{rng.integers(0, options)}", f"i{b}": f"o{rng.integers(0, options)}"}
        terms.append({"when": when, "add": int(rng.integers(-10, 11)) or 1, "judgement": "Drawn by chance."})
    return {**wants, "together": terms} if terms else wants


CASES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "wide": (("deal", "flips"), large(6, 1, 40, 12)),
    "crowd": (("deal", "flips"), large(8, 4, 10, 4)),
    "tangled": (("deal", "flips"), large(5, 1, 12, 6, together=12)),
    "entangled": (("deal", "flips"), large(4, 1, 16, 4, together=30)),
    "steps": (("roadmap",), large(4, 1, 24, 2)),
    "many steps": (("roadmap",), large(6, 1, 30, 2)),
    "million": (("stability",), large(6, 1, 20, 2)),
    "two": (("stability",), large(2, 1, 20, 2)),
    "crowded": (("stability",), large(4, 3, 10, 3)),
    "one way": (("stability",), large(3, 3, 12, 2, irreversible=12)),
}
"""Name → commands and the case; JSON is YAML."""


def main() -> None:
    """Run the cases named, or all."""
    for name in sys.argv[1:] or list(CASES):
        verbs, raw = CASES[name]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "case.yaml"
            path.write_text(json.dumps(raw, indent=1))
            for verb in verbs:
                before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
                done = subprocess.run(
                    [sys.executable, "-m", "detente", verb, str(path), "--json"],
                    check=False,
                    capture_output=True,
                    text=True,
                )
                took, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
                used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                met = "met" if took <= TARGET and done.returncode in (0, 4) else "MISSED"
                ended = "" if done.returncode == 0 else done.stderr.strip()[-200:]
                print(
                    f"{name:12} {verb:10} {took:6.1f} s {used:6.1f} CPU s  exit {done.returncode}  {met} {ended}"
                )


if __name__ == "__main__":
    main()
