"""A small case with ranges and rival readings, and the command line run on it."""

from __future__ import annotations

import sys

import pytest

from detente import cli

__all__ = ["TEXT", "ran"]

TEXT = """\
detente: 1
id: wells
title: A well for a road
judgement: made up
parties: {north: {}, south: {}}
issues:
  well: {controlled_by: north, status_quo: closed, options: {closed: , open: }}
  road: {controlled_by: south, status_quo: closed, options: {closed: , open: }}
preferences:
  north:
    weights: {well: [10, 40, 70], road: [20, 60, 90]}
    values: {well: {closed: 100, open: 0}, road: {closed: 0, open: 100}}
    patience: [0.9, 0.95, 0.99]
  south:
    weights: {well: [20, 55, 80], road: [10, 40, 70]}
    values: {well: {closed: 0, open: 100}, road: {closed: 100, open: 0}}
    patience: [0.9, 0.95, 0.99]
readings:
  south:
    plain: {prior: [0.4, 0.6, 0.8]}
    proud: {prior: [0.2, 0.4, 0.6], preferences: {no_deal: {status_quo: [1, 5, 9]}}}
"""


def ran(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and standard output of ``detente WORDS``."""
    before, sys.argv = sys.argv, ["detente", *words]
    try:
        with pytest.raises(SystemExit) as stop:
            cli.main()
    finally:
        sys.argv = before
    return (stop.value.code if isinstance(stop.value.code, int) else 0), capsys.readouterr().out
