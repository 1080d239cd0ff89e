"""The generator of random words: every way that a processor may make them, against the definition."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from detente.kernels import ars, native
from detente.kernels.ars import WAYS, Way, begun, round_keys, support, words
from detente.kernels.lanes import I, Text
from tests.oracles.equations import ars as slow

HAS, KIND = native.host().features, native.host().architecture
WANTS = {
    "vaes512": ({"vaes", "avx512f"}, ("x86_64",)),
    "vaes256": ({"vaes"}, ("x86_64",)),
    "aesni": ({"aes"}, ("x86_64",)),
    "neon": ({"aes"}, ("aarch64", "arm64")),
    "table": (set[str](), (KIND,)),
}
HERE = [name for name, (features, kinds) in WANTS.items() if features <= HAS and KIND in kinds]


def made(way: Way) -> native.Native:
    """A function that writes 64 words; its frame is the key, the first call, pairs of months, the place, and where they go."""
    t = Text()
    t.label("entry")
    low, high, calls, months, place = (t.load(t.at("%frame", str(8 * n)), "i64") for n in range(5))
    out = t.load(t.at("%frame", "40"), "ptr")
    here = begun(t, round_keys(t, [low, high]), calls, months)
    for n, some in enumerate(words(t, here, place, way)):
        t.do(f"store {I} {some}, ptr {t.at(out, str(64 * n))}, align 4")
    t.do("ret void")
    text = "\n".join([support(way), "define void @worlds(ptr %frame) {", *t.lines, "}"])
    return native.Native(native.made(text))


def asked(function: native.Native, frame: list[int]) -> list[int]:
    out = np.zeros(64, np.uint32)
    given = np.array([*frame, out.ctypes.data], np.uint64)
    function.call(given.ctypes.data_as(ctypes.c_void_p).value or 0)
    return [int(word) for word in out]


@pytest.mark.parametrize("name", HERE)
def test_words_are_those_of_the_definition(name: str) -> None:
    function, rng = made(WAYS[name]), np.random.default_rng(7)
    for _ in range(20):
        low, high, place = (int(n) for n in rng.integers(0, 2**64, 3, dtype=np.uint64))
        calls, months = 16 * int(rng.integers(0, 2**30)), int(rng.integers(0, 600))
        expected = [
            word
            for call in range(calls, calls + 16)
            for word in slow((call + (months << 40), place), (low, high), rounds=5)
        ]
        assert asked(function, [low, high, calls, months, place]) == expected


@pytest.mark.parametrize("name", HERE)
def test_ten_rounds_give_the_published_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The known answers of Random123 for ars4x32 with ten rounds; calls come in sixteens, so it is that of counter 0 alone."""
    monkeypatch.setattr(ars, "ROUNDS", 10)
    assert asked(made(WAYS[name]), [0] * 5)[:4] == [0x8D73EE19, 0x506401EF, 0x13C2DBE4, 0x0CBE9C0D]


def test_a_processor_is_asked_in_the_fastest_way_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked_of(kind: str, *features: str) -> str:
        monkeypatch.setattr(ars, "host", lambda: native.Host("any", frozenset(features), kind))
        return ars.way.__wrapped__().name

    assert asked_of("x86_64", "aes", "vaes", "avx512f") == "vaes512"
    assert asked_of("x86_64", "aes", "vaes") == "vaes256"
    assert asked_of("x86_64", "aes", "avx512f") == "aesni"
    assert asked_of("aarch64", "aes") == asked_of("arm64", "aes") == "neon"
    assert (
        asked_of("x86_64")
        == asked_of("aarch64")
        == asked_of("armv8l", "aes")
        == asked_of("riscv64")
        == "table"
    )


def test_a_way_for_other_processors_is_written_in_their_words() -> None:
    """It cannot be run here; that it can be compiled says that the instructions are named right."""
    llvm = native.llvm
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        target = llvm.Target.from_triple("aarch64-unknown-linux-gnu")
    except RuntimeError:
        pytest.skip("this LLVM was built without that processor")
    t = Text()
    t.label("entry")
    here = begun(t, round_keys(t, ["%low", "%high"]), "0", "%months")
    for n, some in enumerate(words(t, here, "%low", WAYS["neon"])):
        t.do(f"store {I} {some}, ptr {t.at('%out', str(64 * n))}, align 4")
    t.do("ret void")
    module = llvm.parse_assembly(
        "\n".join(["define void @worlds(i64 %low, i64 %high, i64 %months, ptr %out) {", *t.lines, "}"])
    )
    machine = target.create_target_machine(features="+aes")
    text = machine.emit_assembly(module)
    assert text.count("aese") == 16 * 5
    assert text.count("aesmc") == 16 * 4
