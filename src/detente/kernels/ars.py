"""Random words that are addressed: ARS4x32 with five rounds, for 64 worlds at once, as LLVM assembly.

A round is one of the cipher AES (FIPS 197), for which processors have an instruction; where one has not, the same is looked up in a table
byte by byte. Round keys are multiples of two constants (Weyl), not AES's own. With five rounds it is crush-resistant by its authors' tests (Salmon, Moraes,
Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC '11), and the generator ARS5 of Intel's Math Kernel Library.
:mod:`detente.kernels.codes` says which counter and which key a place of a world has.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from detente.kernels.lanes import I, Q, Text
from detente.kernels.native import host

__all__ = ["WAYS", "Begun", "Way", "begun", "round_keys", "support", "way", "words"]

ROUNDS = 5
WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
"""What is added to both words of the key from round to round."""

GROUP = 4
"""Calls side by side, two words of 64 bits each."""

MONTHS = 40
"""Bits of the counter's first word below those that say which month it is."""


class Way(NamedTuple):
    """How a processor makes a round."""

    name: str
    calls: int
    """How many calls one instruction takes."""


WAYS = {
    name: Way(name, calls)
    for name, calls in (("vaes512", 4), ("vaes256", 2), ("aesni", 1), ("neon", 1), ("table", 1))
}


@cache
def way() -> Way:
    """What suits this processor."""
    has, kind = host().features, host().architecture
    if kind == "x86_64" and "vaes" in has:
        return WAYS["vaes512" if "avx512f" in has else "vaes256"]
    if kind == "x86_64" and "aes" in has:
        return WAYS["aesni"]
    return WAYS["neon" if kind in ("aarch64", "arm64") and "aes" in has else "table"]


class Begun(NamedTuple):
    """What is the same for all places in a month of 64 worlds."""

    counters: list[str]
    """Of sixteen calls, four side by side, the counters but for the place, under the first round key;"""
    keys: list[str]
    """the other round keys, once for each of four calls."""


def round_keys(t: Text, key: Sequence[str]) -> list[str]:
    """Of a key of two words, four times side by side."""
    return [
        _fourfold(t, *(t.whole("add", k, _signed(r * w)) for k, w in zip(key, WEYL, strict=True)))
        for r in range(ROUNDS + 1)
    ]


def _signed(value: int) -> int:
    """A word as LLVM writes it."""
    return (value + 2**63) % 2**64 - 2**63


def begun(t: Text, keys: Sequence[str], calls: str, months: str) -> Begun:
    """``calls``: the first of sixteen calls, a multiple of 16; ``months``: how many pairs of months there were before."""
    where = _fourfold(t, t.whole("or", t.whole("shl", months, MONTHS), calls), "0")
    first = t.let(f"xor {Q} {where}, {keys[0]}")
    numbers = [
        ", ".join(f"i64 {GROUP * n + k // 2 if k % 2 == 0 else 0}" for k in range(8)) for n in range(4)
    ]
    return Begun([t.let(f"xor {Q} {first}, <{these}>") for these in numbers], list(keys[1:]))


def words(t: Text, here: Begun, place: str, by: Way | None = None) -> list[str]:
    """Four times sixteen words of 32 bits: of 64 worlds in their order."""
    of = way() if by is None else by
    first = t.let(f"insertelement {Q} poison, i64 {place}, i64 1")
    second = "<" + ", ".join(f"i32 {n}" for n in (8, 1) * 4) + ">"
    placed = t.let(f"shufflevector {Q} {first}, {Q} zeroinitializer, <8 x i32> {second}")
    found = []
    for counter in here.counters:
        parts = _parts(t, t.let(f"xor {Q} {counter}, {placed}"), of)
        for n, key in enumerate(here.keys, 1):
            (part, *_) = _parts(t, key, of)
            parts = [_round(t, of, x, part, last=n == ROUNDS) for x in parts]
        found.append(t.let(f"bitcast {Q} {_whole(t, parts, of)} to {I}"))
    return found


def _fourfold(t: Text, low: str, high: str) -> str:
    """Two words, four times side by side."""
    first = t.let(f"insertelement {Q} poison, i64 {low}, i64 0")
    both = t.let(f"insertelement {Q} {first}, i64 {high}, i64 1")
    order = ", ".join(f"i32 {n}" for n in (0, 1) * 4)
    return t.let(f"shufflevector {Q} {both}, {Q} poison, <8 x i32> <{order}>")


def _parts(t: Text, x: str, of: Way) -> list[str]:
    """Four calls as an instruction takes them."""
    size = 2 * of.calls
    if size == 8:
        return [x]
    return [
        t.let(
            f"shufflevector {Q} {x}, {Q} poison, <{size} x i32> <{', '.join(f'i32 {n}' for n in range(a, a + size))}>"
        )
        for a in range(0, 8, size)
    ]


def _whole(t: Text, parts: list[str], of: Way) -> str:
    """And back."""
    size = 2 * of.calls
    while size < 8:
        order = ", ".join(f"i32 {n}" for n in range(2 * size))
        kind = f"<{size} x i64>"
        parts = [
            t.let(f"shufflevector {kind} {a}, {kind} {b}, <{2 * size} x i32> <{order}>")
            for a, b in zip(parts[::2], parts[1::2], strict=True)
        ]
        size *= 2
    return parts[0]


def _round(t: Text, of: Way, x: str, key: str, *, last: bool) -> str:
    """A round of some calls, or the last one, which mixes no columns."""
    kind = f"<{2 * of.calls} x i64>"
    if of.name == "neon":
        one = t.let(f"bitcast {kind} {x} to <16 x i8>")
        one = t.let(f"call <16 x i8> @llvm.aarch64.crypto.aese(<16 x i8> {one}, <16 x i8> zeroinitializer)")
        one = one if last else t.let(f"call <16 x i8> @llvm.aarch64.crypto.aesmc(<16 x i8> {one})")
        return t.let(f"xor {kind} {t.let(f'bitcast <16 x i8> {one} to {kind}')}, {key}")
    if of.name == "table":
        return t.let(f"call {kind} @{'last' if last else 'mixed'}({kind} {x}, {kind} {key})")
    width = {1: "", 2: ".256", 4: ".512"}[of.calls]
    return t.let(
        f"call {kind} @llvm.x86.aesni.aesenc{'last' if last else ''}{width}({kind} {x}, {kind} {key})"
    )


# --- where there is no instruction ---------------------------------------------------------------------------


def support(by: Way | None = None) -> str:
    """What a module needs beside."""
    of = way() if by is None else by
    return "\n".join([_table(), _looked_up("mixed"), _looked_up("last")]) if of.name == "table" else ""


@cache
def _boxes() -> tuple[int, ...]:
    """AES's table of bytes: what is 1 over each in its field of 256, and an affine map of its bits."""
    found = [0] * 256
    # 3 makes all of the field but 0; over it is 0xF6.
    one, over = 1, 1
    for _ in range(255):
        bits = over | over << 8
        found[one] = 0x63 ^ (over ^ bits >> 4 ^ bits >> 5 ^ bits >> 6 ^ bits >> 7) & 0xFF
        one, over = _times(one, 3), _times(over, 0xF6)
    found[0] = 0x63
    return tuple(found)


def _times(a: int, b: int) -> int:
    """In the field of 256: polynomials modulo x^8 + x^4 + x^3 + x + 1."""
    found = 0
    while b:
        if b & 1:
            found ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return found


def _table() -> str:
    """What a byte of the first row adds to its column: twice, once, once and three times what stands for it."""
    each = [struct.unpack("<i", bytes((_times(s, 2), s, s, _times(s, 3))))[0] for s in _boxes()]
    return f"@columns = private constant [256 x i32] [{', '.join(f'i32 {n}' for n in each)}]"


def _looked_up(name: str) -> str:
    """A round of one call: of each column of what is left four bytes, each from a column further on than the one before."""
    t = Text()
    t.label("entry")
    state = t.let("bitcast <2 x i64> %x to <16 x i8>")
    found = "zeroinitializer"
    for column in range(4):
        total = "0"
        for row in range(4):
            byte = t.let(f"extractelement <16 x i8> {state}, i64 {(4 * column + 5 * row) % 16}")
            at = t.at("@columns", t.whole("shl", t.let(f"zext i8 {byte} to i64"), 2))
            value = t.load(at, "i32")
            if name == "last":
                # Its second byte is what stands for it alone.
                value = t.let(f"lshr i32 {t.let(f'and i32 {value}, 65280')}, 8")
            value = t.let(f"call i32 @llvm.fshl.i32(i32 {value}, i32 {value}, i32 {8 * row})")
            total = t.let(f"xor i32 {total}, {value}")
        found = t.let(f"insertelement <4 x i32> {found}, i32 {total}, i64 {column}")
    made = t.let(f"bitcast <4 x i32> {found} to <2 x i64>")
    t.do(f"ret <2 x i64> {t.let(f'xor <2 x i64> {made}, %key')}")
    return "\n".join(
        [f"define internal <2 x i64> @{name}(<2 x i64> %x, <2 x i64> %key) {{", *t.lines, "}", ""]
    )
