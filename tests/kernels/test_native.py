"""Machine code of our own: kept, used only if it is whole, and made again where it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente import cache
from detente.kernels import native

TEXT = """
define void @worlds(ptr %frame) {
  %old = load i64, ptr %frame
  %new = mul i64 %old, 3
  store i64 %new, ptr %frame
  ret void
}
"""


def tripled(value: int) -> int:
    words = np.array([value], dtype=np.int64)
    function, note = native.compiled("three times", lambda: native.Module(TEXT, ["three", {"times": 3.5}]))
    assert note == ["three", {"times": 3.5}]
    function.call(words.ctypes.data)
    return int(words[0])


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))


def test_what_was_compiled_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tripled(14) == 42
    monkeypatch.setattr(native, "made", lambda _: pytest.fail("compiled twice"))
    assert tripled(5) == 15
    with pytest.raises(pytest.fail.Exception, match="twice"):
        native.compiled("four times", lambda: native.Module(TEXT.replace("3", "4")))


def test_what_is_damaged_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        cache, "_said", []
    )  # What is said of it is for this process, which has other tests to run.
    assert tripled(1) == 3
    (kept,) = [file for file in tmp_path.rglob("*") if file.is_file()]
    data = kept.read_bytes()
    kept.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert tripled(2) == 6
    assert kept.read_bytes() == data


def test_another_processor_has_other_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tripled(1)
    monkeypatch.setattr(native.llvm, "get_host_cpu_name", lambda: "x86-64")
    monkeypatch.setattr(native, "made", lambda _, made=native.made: made(TEXT))
    tripled(1)
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 2
