"""Machine code that is kept is used again, and made anew where it is damaged or somebody else's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import types

from detente.kernels.talks import _logistic

CODE = """
import json
from detente import cache, kernels
from detente.kernels.talks import _logistic
found = float(_logistic(0.3))
again = sum(_logistic.stats.cache_hits.values())
print(json.dumps([found, again, kernels.is_cold, cache.trouble()]))
"""


def compiled(place: Path) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "DETENTE_CACHE": str(place)},
        capture_output=True,
        check=True,
        text=True,
        timeout=300,
    )
    assert done.stderr == ""
    found: list[Any] = json.loads(done.stdout)
    return found


def test_kept_code_is_used_again_and_damaged_code_is_not(tmp_path: Path) -> None:
    value, again, cold, trouble = compiled(tmp_path)
    assert (again, cold, trouble) == (0, True, "")
    assert compiled(tmp_path) == [value, 1, False, ""]
    (file,) = (tmp_path / "detente").glob("kernels-*/talks._logistic-*")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    found = compiled(tmp_path)
    assert found[:3] == [value, 0, False]
    assert "damaged" in found[3]
    assert compiled(tmp_path) == [value, 1, False, ""]


def test_kept_code_is_loaded_without_what_compiles_it(tmp_path: Path) -> None:
    code = (
        "import sys; from detente.kernels.growth import longer; import numpy as np; longer(np.zeros(3)); "
        "print('numba.cpython.setobj' in sys.modules)"
    )
    environment = {**os.environ, "DETENTE_CACHE": str(tmp_path)}
    said = [
        subprocess.check_output([sys.executable, "-c", code], env=environment, text=True) for _ in range(2)
    ]
    assert said == ["True\n", "False\n"]


def test_kept_code_is_taken_up_by_a_kernel_that_is_compiled(tmp_path: Path) -> None:
    log = "import numpy as np; from detente.kernels import descent as d; gain = np.array([1, 8]); one = np.ones(2); "
    log += "every = one > 0; "
    alone = f"{log} print(d._log_value(gain, one, every)[1], sum(d._log_value.stats.cache_hits.values()))"
    inside = (
        f"{log} whole = np.ones(2, np.int64); none = whole[:0]; "
        "p = d.Problem(whole[:, None, None], whole, whole, whole, every, one, whole, none, none, none, whole[:, None], every, whole); "
        "print(d.target_at(d.NASH, 1, p, gain, np.zeros((2, 72), np.int64)), sum(d._log_value.stats.cache_hits.values()))"
    )
    environment = {**os.environ, "DETENTE_CACHE": str(tmp_path)}
    said = [
        subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).split()
        for code in (alone, inside, inside)
    ]
    value = str(float(np.log(8.0)))
    assert said == [[value, "0"], [value, "1"], [value, "0"]]


def test_a_number_that_is_written_out_is_compiled_as_any_number() -> None:
    before = set(_logistic.overloads)
    _logistic.get_call_template((types.literal(3),), {})
    _logistic.get_call_template((types.int64,), {})
    assert set(_logistic.overloads) - before <= {(types.int64,)}


@pytest.mark.parametrize("mode", [0o775, 0o777])
def test_code_that_others_could_have_written_is_not_used(mode: int, tmp_path: Path) -> None:
    value = compiled(tmp_path)[0]
    (folder,) = (tmp_path / "detente").glob("kernels-*")
    folder.chmod(mode)
    found = compiled(tmp_path)
    assert found[:3] == [value, 0, True]
    assert "may be written to by others" in found[3]


def test_nothing_is_written_beside_the_sources(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = compiled(tmp_path / "file")
    assert (found[1], found[2]) == (0, True)
    import detente.kernels

    beside = Path(detente.kernels.__file__).parent
    assert not [*beside.rglob("*.nbi"), *beside.rglob("*.nbc")]
