"""How much memory there is, asked before the work."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from detente import memory
from detente.errors import LimitError

LIMITED = """
import resource, sys
from detente import memory
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), -1))
print(memory.available(), memory.has_room(1 << 30), memory.has_room(66 << 30))
"""


def under(limit: int) -> tuple[int, bool, bool]:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit)], capture_output=True, check=True, text=True
    )
    there, one, many = done.stdout.split()
    return int(there), one == "True", many == "True"


def test_a_limit_of_the_process_counts_less_what_it_has_taken() -> None:
    there, one, many = under(2 << 30)
    assert 1 << 30 < there < 2 << 30
    assert (one, many) == (True, False)


def test_there_is_room_without_a_limit() -> None:
    assert memory.has_room(66 << 30)
    assert 0 < memory.available() <= memory.MOST


def test_what_is_not_to_be_had_is_refused_with_the_numbers_and_the_remedy() -> None:
    memory.need(1, "a byte", "none needed")
    with pytest.raises(
        LimitError, match=re.escape("a lake would take about 32.0 GiB of memory, and")
    ) as caught:
        memory.need(32 << 30, "a lake", "ask for less")
    assert str(caught.value).endswith("at most 16 GiB for a command): ask for less")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["deal", "venezuela-2021", "--draws", "65536"], "draws of 5.. judgements"),
        (["report", "two-villages", "-o", "page.html"], "GiB of addresses"),
    ],
)
def test_a_command_that_does_not_fit_is_refused_before_it_starts(
    arguments: list[str], says: str, tmp_path: object
) -> None:
    line = "ulimit -v 3000000; exec " + " ".join([sys.executable, "-m", "detente", *arguments])
    done = subprocess.run(
        ["bash", "-c", line],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=str(tmp_path),
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == LimitError.exit_code, done.stderr
    assert re.search(says, done.stderr)
    assert "Traceback" not in done.stderr
