"""The bench is there to be run: every module of it loads, and every large case of it is a case."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import bench
from bench import equations
from bench.__main__ import bundled
from bench.limits import CASES
from detente.case.model import Case
from detente.cli import app


def test_every_module_loads() -> None:
    names = [module.name for module in pkgutil.iter_modules(bench.__path__)]
    assert {"__main__", "limits"} <= {*names}
    for name in names:
        importlib.import_module(f"bench.{name}")


@pytest.mark.parametrize("name", CASES)
def test_every_large_case_is_one(name: str) -> None:
    verbs, raw = CASES[name]
    assert Case.model_validate(raw).issues
    assert {*verbs} <= {command.name or command.callback.__name__ for command in app.registered_commands}


def test_both_worlds_that_are_measured_are_ready_to_run() -> None:
    for of in (equations.worlds(), bundled()):
        assert len(of.constants) == equations.DRAWS
        assert len(of.dated) == equations.MONTHS + 1
        assert equations.operations(of) > 10 * equations.places(of) > 100


def test_the_commands_that_measure_are_documented() -> None:
    text = (Path(bench.__path__[0]).parent / "CONTRIBUTING.md").read_text("utf-8")
    assert "python -m bench`" in text
    assert "python -m bench.limits`" in text
