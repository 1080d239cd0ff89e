"""A function in another order: what every line finds, what stays where it is, and that results are waited for elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from detente.kernels import fused
from detente.kernels.spaced import spaced
from detente.world import jobs
from tests.world.models import model
from tests.world.test_against_reference import both


def names(text: str) -> list[str]:
    return re.findall(r"%v\w+", text)


def is_made_before_it_is_used(lines: Sequence[str]) -> bool:
    made: set[str] = set()
    for line in lines:
        out, _, what = line.rpartition(" = ")
        if " phi " not in line and not line.startswith("  br ") and not set(names(what)) <= made:
            return False
        made.update(names(out))
    return True


def blocks(lines: Sequence[str]) -> list[list[str]]:
    """Lines up to each label or jump."""
    found: list[list[str]] = [[]]
    for line in lines:
        found[-1].append(line)
        if line.endswith(":") or line.startswith("  br "):
            found.append([])
    return found


@pytest.mark.parametrize("seed", range(200, 204))
def test_every_line_of_a_world_stays_in_its_block_and_finds_what_it_found(
    seed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[tuple[Sequence[str], Sequence[str]]] = []

    def watched(lines: Sequence[str]) -> list[str]:
        seen.append((list(lines), spaced(lines)))
        return seen[-1][1]  # type: ignore[return-value]

    monkeypatch.setattr(fused, "spaced", watched)
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))  # Nothing was written out before.
    jobs._written.cache_clear()
    both(model(seed), months=10).engine(64, fused=True)
    assert len(seen) >= 2
    for before, after in seen:
        assert is_made_before_it_is_used(after)
        assert [sorted(block) for block in blocks(before)] == [sorted(block) for block in blocks(after)]
    assert any(before != after for before, after in seen)


SLOW = "  %v1 = fdiv <16 x float> %a, %b"
WAITS = "  %v2 = fadd <16 x float> %v1, %b"
QUICK = [f"  %w{n} = fadd <16 x float> %a, %b" for n in range(4)]


def test_what_waits_comes_after_what_need_not() -> None:
    assert spaced([SLOW, WAITS, *QUICK]) == [SLOW, *QUICK, WAITS]
    assert spaced([]) == []


def test_nothing_passes_a_label_or_a_jump() -> None:
    jump, label, choice = "  br label %end", "end:", "  %v3 = phi i64 [ 0, %entry ]"
    lines = [SLOW, WAITS, jump, label, choice, *QUICK]
    assert spaced(lines) == lines


ROW = "  %p{} = getelementptr i8, ptr %x, i64 {}"
LOAD = "  %l{} = load <16 x float>, ptr %p{}, align 64"
STORE = "  store <16 x float> {}, ptr %p{}, align 64"


def test_what_stands_in_memory_is_read_where_it_is_wanted_and_not_held_until_then() -> None:
    used = "  %v9 = fadd <16 x float> %v2, %l1"
    lines = [ROW.format(1, 64), LOAD.format(1, 1), SLOW, WAITS, used]
    assert spaced(lines) == [SLOW, WAITS, ROW.format(1, 64), LOAD.format(1, 1), used]


def test_what_is_read_is_not_replaced_before_whatever_its_place_is_called() -> None:
    used = "  %v9 = fadd <16 x float> %v2, %l1"
    store = STORE.format("%a", 2)
    lines = [ROW.format(1, 64), LOAD.format(1, 1), ROW.format(2, 64), store, SLOW, WAITS, used]
    assert (found := spaced(lines)).index(LOAD.format(1, 1)) < found.index(store)
    other = [line.replace("64", "128") if "%p2 =" in line else line for line in lines]
    assert (found := spaced(other)).index(LOAD.format(1, 1)) > found.index(store)


def test_what_was_replaced_is_read_after_it() -> None:
    lines = [SLOW, ROW.format(1, 64), STORE.format("%v1", 1), ROW.format(2, 64), LOAD.format(2, 2), *QUICK]
    found = spaced([*lines, "  %v9 = fadd <16 x float> %l2, %b"])
    assert found.index(STORE.format("%v1", 1)) < found.index(LOAD.format(2, 2))
