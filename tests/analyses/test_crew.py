"""The same counts whoever simulates, and nothing lost when a worker dies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from oracles import dying

from detente.analyses.outlook.crew import Crew, Part, simulated
from detente.errors import LimitError, UsageError
from detente.kernels.worlds import PARAMETERS, Worlds, no_ladder


@pytest.fixture(scope="module")
def part() -> Part:
    parameters = np.zeros((len(PARAMETERS), 5))
    scales = ("loyalty.scale", "survival.scale", "polls.scale", "regional.scale", "exit.scale")
    for name in (*scales, "recognition.all", "recognition.bloc"):
        parameters[PARAMETERS.index(name)] = 1.0
    for name, value in {
        "exit.rate": 0.05,
        "split.begins": 0.1,
        "talks.begin": 0.2,
        "talks.stop": 0.1,
    }.items():
        parameters[PARAMETERS.index(name)] = value
    return Part(parameters, 0, 300, np.zeros(13, np.int64), 3, no_ladder(5), 1)


def same(one: Worlds, other: Worlds) -> bool:
    return one.per == other.per and all(bool((a == b).all()) for a, b in zip(one[1:], other[1:], strict=True))


def test_processes_count_the_same_and_say_how_far_they_are(part: Part) -> None:
    said: list[tuple[int, int]] = []
    with Crew(workers=2, say=lambda n, of: said.append((n, of))) as crew:
        assert same(crew.run(part), simulated(part))
    assert said == [(1, 2), (2, 2)]


def test_a_worker_that_dies_loses_nothing(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "died"
    monkeypatch.setenv("DETENTE_TEST_MARKER", str(marker))
    with Crew(workers=2, work=dying.dies_once) as crew:
        assert same(crew.run(part), simulated(part))
    assert marker.exists()


def test_workers_that_always_die_are_given_up(part: Part) -> None:
    with Crew(workers=1, work=dying.always_dies) as crew, pytest.raises(LimitError, match="died"):
        crew.run(part)


@pytest.mark.filterwarnings("ignore")  # the cluster's own, about a worker that was killed
def test_a_cluster_counts_the_same_and_survives_a_worker(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    marker = tmp_path / "died"
    monkeypatch.setenv("DETENTE_TEST_MARKER", str(marker))
    local = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with local, Crew(cluster=local.scheduler_address, work=dying.dies_once) as crew:
        assert same(crew.run(part), simulated(part))
    assert marker.exists(), "one of the workers was killed, and its part given to another"


def test_nobody_at_the_address(part: Part) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="no Dask scheduler"), Crew(cluster="nowhere://1"):
        pass


def test_one_way_at_a_time() -> None:
    with pytest.raises(UsageError, match="two ways"):
        Crew(workers=2, cluster="tcp://127.0.0.1:1")
