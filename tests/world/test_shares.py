"""Worlds shared out in any way: the same bytes, and nothing foreign among them."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import pairwise
from pathlib import Path
from random import Random

import numba
import numpy as np
import pytest

from bench.country import country, ready
from detente.errors import LimitError, UsageError
from detente.storage import target
from detente.world import run as runs
from detente.world.crew import Crew, Part
from detente.world.run import Ensemble, Run, add, run
from detente.world.shares import is_share, key, merge, save, span

PER, SEED = 300, 5


@pytest.fixture(scope="module")
def world() -> Run:
    found = ready(country(1), 5, months=14)
    return found


@pytest.fixture(scope="module")
def whole(world: Run) -> Ensemble:
    return run(world, per=PER, seed=SEED, fused=False)


def same(one: Ensemble, other: Ensemble) -> bool:
    return one.per == other.per and all(
        a.tobytes() == b.tobytes() for a, b in zip(one[1:], other[1:], strict=True)
    )


def test_any_worlds_of_any_draws_are_the_same(world: Run, whole: Ensemble) -> None:
    random = Random(3)
    for fused in (False, True):
        edges = [0, *sorted(random.sample(range(64, PER, 64), 2)), PER]
        total: Ensemble | None = None
        for a, b in pairwise(edges):
            part = run(world, per=b - a, seed=SEED, begin=a, fused=fused)
            total = part if total is None else add(part, total)
        assert total is not None
        assert same(total, whole)
        some = run(world._replace(constants=world.constants[2:4]), per=PER, seed=SEED, first=2, fused=fused)
        assert np.array_equal(some.counts, whole.counts[2:4])
        assert np.array_equal(some.sums, whole.sums[2:4])
        assert some.kept.tobytes() == whole.kept[2:4].tobytes()


def test_threads_split_worlds_where_there_are_few_draws(world: Run) -> None:
    one = world._replace(constants=world.constants[:1])
    before = numba.get_num_threads()
    found = []
    try:
        for threads in (1, min(2, before)):
            numba.set_num_threads(threads)
            found += [run(one, per=9001, seed=SEED, fused=fused) for fused in (False, True)]
    finally:
        numba.set_num_threads(before)
    assert all(same(other, found[0]) for other in found[1:])
    assert found[0].counts.max() <= 9001
    assert found[0].counts[0, 0].max() == 9001


def test_the_first_fault_whoever_finds_it(world: Run) -> None:
    """The constants of one draw make an equation fail in it: the same draw, month and equation are named."""
    broken = world.constants.copy()
    broken[3:] = np.nan
    bad = world._replace(constants=broken)
    said = set()
    for fused in (False, True):
        for per in (64, 300, 5000):
            with pytest.raises(UsageError, match="of draw 3 ") as error:
                run(bad, per=per, seed=SEED, fused=fused)
            said.add(str(error.value))
    assert len(said) == 1


def test_a_crew_counts_the_same(world: Run, whole: Ensemble) -> None:
    part = Part(world, 0, PER, SEED)
    with Crew() as crew:
        assert same(crew.run(part), whole)
    with Crew(workers=2) as crew:
        assert same(crew.run(part), whole)
        few = run(world, per=64, seed=SEED, begin=128)
        assert same(crew.run(part._replace(begin=128, per=64)), few)
        assert same(crew.run(part._replace(fused=True)), whole)


def test_sums_too_large_for_64_bits_are_refused(whole: Ensemble) -> None:
    large = whole._replace(sums=whole.sums + (1 << 61))
    with pytest.raises(LimitError, match="thousands"):
        add(large, large)


def test_memory_is_asked_for_before_the_start(world: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.memory.available", lambda: 1000)
    monkeypatch.setattr(runs, "simulate", lambda *_, **__: pytest.fail("it has begun"))
    with pytest.raises(LimitError, match="fewer --draws"):
        run(world, per=PER, seed=SEED)


# --- files ------------------------------------------------------------------------------------------------


def files(world: Run, folder: Path, parts: int, per: int = PER) -> list[Path]:
    of, found = key(world, per=per, seed=SEED), []
    for n in range(1, parts + 1):
        begin, many = span(per, n, parts)
        file = folder / f"{n}.npz"
        save({of: run(world, per=many, seed=SEED, begin=begin)}, n, parts, target(file))
        found.append(file)
    return found


@pytest.mark.parametrize("parts", [1, 2, 3, 5])
def test_merged_files_are_the_worlds(world: Run, whole: Ensemble, tmp_path: Path, parts: int) -> None:
    made = files(world, tmp_path, parts)
    Random(parts).shuffle(made)
    assert same(merge(made).of(key(world, per=PER, seed=SEED)), whole)
    assert all(is_share(file.read_bytes()[:4096]) for file in made)


def test_the_same_part_is_the_same_file(world: Run, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = (files(world, tmp_path / n, 2) for n in "ab")
    assert [f.read_bytes() for f in one] == [f.read_bytes() for f in other]


def test_shares_cover_all_worlds_once() -> None:
    for per in (1, 63, 64, 65, 1000):
        for parts in range(1, min(9, -(-per // 64)) + 1):
            spans = [span(per, n, parts) for n in range(1, parts + 1)]
            assert all(begin % 64 == 0 and many > 0 for begin, many in spans)
            assert [n for begin, many in spans for n in range(begin, begin + many)] == list(range(per))
    for wrong in ((0, 2), (3, 2), (1, 3)):
        with pytest.raises(UsageError, match=r"part \d/\d"):
            span(128, *wrong)


def test_what_is_missing_twice_or_of_others_is_said(world: Run, tmp_path: Path) -> None:
    made = files(world, tmp_path, 3)
    with pytest.raises(UsageError, match="no file"):
        merge([])
    with pytest.raises(UsageError, match="missing: 2/3; 2 of 3"):
        merge([made[0], made[2]])
    with pytest.raises(UsageError, match=r"part 1/3 is there already, in .*1\.npz"):
        merge([made[0], made[1], made[0]])
    (tmp_path / "two").mkdir()
    two = files(world, tmp_path / "two", 2)
    with pytest.raises(UsageError, match="part of 2, and"):
        merge([made[0], two[1]])
    (tmp_path / "other").mkdir()
    changed = world._replace(constants=np.nextafter(world.constants, np.float32(9)))
    others = files(changed, tmp_path / "other", 3)
    with pytest.raises(UsageError, match="of other numbers"):
        merge([made[0], others[1], made[2]])
    with pytest.raises(UsageError, match="of other numbers"):
        merge(others).of(key(world, per=PER, seed=SEED))
    for wrong in (key(world, per=PER, seed=SEED + 1), key(world, per=PER + 1, seed=SEED)):
        with pytest.raises(UsageError, match="seeds"):
            merge(made).of(wrong)


def test_a_damaged_file_is_refused_and_never_believed(world: Run, whole: Ensemble, tmp_path: Path) -> None:
    made = files(world, tmp_path, 1)[0]
    data, random, of = made.read_bytes(), Random(8), key(world, per=PER, seed=SEED)
    bad = tmp_path / "bad.npz"
    for _ in range(150):
        if random.random() < 0.3:
            changed = data[: random.randrange(len(data))]
        else:
            at = random.randrange(len(data)) if random.random() < 0.5 else random.randrange(1200)
            changed = data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]
        bad.write_bytes(changed)
        try:
            found = merge([bad]).of(of)
        except UsageError:
            continue
        assert same(found, whole)  # what nobody reads was changed


def test_archives_of_others_are_refused(world: Run, tmp_path: Path) -> None:
    made = files(world, tmp_path, 1)[0]
    with zipfile.ZipFile(made) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    def refused(changed: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> None:
        file = tmp_path / "other.npz"
        with zipfile.ZipFile(file, "w", how) as archive:
            for name, content in changed.items():
                archive.writestr(name, content)
        with pytest.raises(UsageError, match="no whole file of worlds"):
            merge([file])

    def array(of: np.ndarray) -> bytes:
        stream = io.BytesIO()
        np.save(stream, of, allow_pickle=True)
        return stream.getvalue()

    def header(**changes: object) -> dict[str, bytes]:
        old = json.loads(members["header.npy"].split(b"\n", 1)[1])
        text = json.dumps({**old, **changes}).encode()
        return {**members, "header.npy": array(np.frombuffer(text, np.uint8))}

    refused(members, zipfile.ZIP_DEFLATED)
    refused({n: c for n, c in members.items() if n != "0/sums.npy"})
    refused({**members, "1/sums.npy": members["0/sums.npy"]})
    refused({**members, "0/sums.npy": array(np.array([{"a": 1}], dtype=object))})
    refused({**members, "0/sums.npy": array(np.zeros((5, 15, 3), np.float64))})
    huge = members["0/sums.npy"].replace(b"(5, 15, ", b"(5, 99, ", 1)
    refused({**members, "0/sums.npy": huge})
    refused(header(part=True))
    refused(header(part=2))
    refused(header(parts=-1))
    refused(header(contents=[{}]))
    refused(header(contents=7))
    refused(header(format=1))
    (tmp_path / "text").write_text("not an archive")
    for name in ("text", "gone"):
        with pytest.raises(UsageError):
            merge([tmp_path / name])
