"""The generator of the worlds' luck against published answers, and whose luck is whose.

AES: FIPS 197, appendix B (the steps of round 1) and C.1 (a whole encryption). ARS: ``ars4x32`` in the file
``kat_vectors`` of Random123, the authors' own code.
"""

from __future__ import annotations

from hashlib import blake2b

import pytest

from tests.oracles.equations import (
    F,
    Told,
    aes_round,
    ars,
    luck,
    mix_columns,
    place_of,
    shift_rows,
    shock,
    sub_bytes,
    times,
    uniform,
    word,
    xor,
)


def encrypted(plain: bytes, key: bytes) -> bytes:
    """AES-128 (FIPS 197, 5.1 and 5.2): ten rounds, their keys made from one."""
    words = [key[i : i + 4] for i in (0, 4, 8, 12)]
    constant = 1
    for i in range(4, 44):
        last = words[-1]
        if i % 4 == 0:
            last = xor(sub_bytes(last[1:] + last[:1]), bytes((constant, 0, 0, 0)))
            constant = times(2, constant)
        words.append(xor(words[-4], last))
    keys = [b"".join(words[i : i + 4]) for i in range(0, 44, 4)]
    state = xor(plain, keys[0])
    for r in range(1, 11):
        state = aes_round(state, keys[r], last=r == 10)
    return state


def pair(words: str) -> tuple[int, int]:
    """Four words of 32 bits as two of 64, the low one first."""
    a, b, c, d = (int(w, 16) for w in words.split())
    return a | b << 32, c | d << 32


def test_bytes_multiply_as_in_the_standard_of_aes() -> None:
    assert times(0x57, 0x83) == 0xC1
    assert times(0x57, 0x13) == 0xFE


def test_each_step_of_a_round_is_that_of_the_standard_of_aes() -> None:
    start = bytes.fromhex("193de3bea0f4e22b9ac68d2ae9f84808")
    key = bytes.fromhex("a0fafe1788542cb123a339392a6c7605")
    substituted = sub_bytes(start)
    assert substituted.hex() == "d42711aee0bf98f1b8b45de51e415230"
    shifted = shift_rows(substituted)
    assert shifted.hex() == "d4bf5d30e0b452aeb84111f11e2798e5"
    assert mix_columns(shifted).hex() == "046681e5e0cb199a48f8d37a2806264c"
    assert aes_round(start, key).hex() == "a49c7ff2689f352b6b5bea43026a5049"


def test_ten_rounds_encrypt_as_in_the_standard_of_aes() -> None:
    plain, key = bytes.fromhex("00112233445566778899aabbccddeeff"), bytes(range(16))
    assert encrypted(plain, key).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        (
            "00000000 00000000 00000000 00000000",
            "00000000 00000000 00000000 00000000",
            "8d73ee19 506401ef 13c2dbe4 0cbe9c0d",
        ),
        (
            "243f6a88 85a308d3 13198a2e 03707344",
            "a4093822 299f31d0 082efa98 ec4e6c89",
            "a516e7d6 8357ad74 5b59b3ec 8763fff3",
        ),
        (
            "ffffffff ffffffff ffffffff ffffffff",
            "ffffffff ffffffff 00000000 00000000",
            "bb3743b1 9f635551 ecbc87fc a19478a9",
        ),
    ],
)
def test_the_generator_gives_the_answers_its_authors_published(counter: str, key: str, answer: str) -> None:
    found = ars(pair(counter), pair(key), rounds=10)
    assert " ".join(f"{w:08x}" for w in found) == answer


def test_round_keys_count_on_without_a_carry_and_the_last_round_mixes_nothing() -> None:
    """Two rounds written out, on words that overflow."""
    counter, key = ((1 << 64) - 1, 5), ((1 << 64) - 1, (1 << 64) - 2)
    keys = [
        bytes.fromhex("ffffffffffffffff feffffffffffffff"),
        (0x9E3779B97F4A7C14).to_bytes(8, "little") + (0xBB67AE8584CAA739).to_bytes(8, "little"),
        (0x3C6EF372FE94F829).to_bytes(8, "little") + (0x76CF5D0B09954E74).to_bytes(8, "little"),
    ]
    x = xor(bytes.fromhex("ffffffffffffffff 0500000000000000"), keys[0])
    x = xor(mix_columns(shift_rows(sub_bytes(x))), keys[1])
    x = xor(shift_rows(sub_bytes(x)), keys[2])
    assert b"".join(w.to_bytes(4, "little") for w in ars(counter, key, rounds=2)) == x


def test_a_place_is_the_hash_of_its_name() -> None:
    digest = blake2b(b"a.b 1 shock", digest_size=8).digest()
    assert place_of("a.b 1 shock") == sum(byte << 8 * i for i, byte in enumerate(digest))


@pytest.mark.parametrize("month", [6, 7])
def test_four_worlds_share_five_rounds_in_a_month_and_the_next(month: int) -> None:
    four = [word(Told(seed=9, draw=4, world=20 + i, month=month), "x") for i in range(4)]
    assert four == list(ars((5 + 3 * 2**40, place_of("x")), (9, 4), rounds=5))


def test_a_seed_counts_modulo_its_word() -> None:
    assert word(Told(2**64 + 3, 0, 1, 1), "x") == word(Told(3, 0, 1, 1), "x")
    assert word(Told(-1, 0, 1, 1), "x") == word(Told(2**64 - 1, 0, 1, 1), "x")


@pytest.mark.parametrize(("month", "own", "finer"), [(4, 16, 0), (5, 0, 16)])
def test_a_world_has_one_half_of_its_word_and_its_neighbour_lends_the_other(
    month: int, own: int, finer: int
) -> None:
    for world, neighbour in [(3, 19), (19, 3), (37, 53)]:
        mine, other = (word(Told(1, 2, w, month), "x") for w in (world, neighbour))
        assert luck(Told(1, 2, world, month), "x") == (mine >> own & 0xFFFF, other >> finer & 0xFFFF)


def test_uniforms_and_shocks_are_spread_as_they_should_be() -> None:
    """Within four standard errors, over worlds that share calls and worlds that do not."""
    told = [Told(1, 0, world, month) for world in range(128) for month in range(32)]
    uniforms = [float(uniform(t, "x")) for t in told]
    shocks = [float(shock(t, "x")) for t in told]
    assert isinstance(uniform(told[0], "x"), F)
    error = len(told) ** -0.5
    assert abs(sum(uniforms) / len(told) - 0.5) < 4 * error * (1 / 12) ** 0.5
    assert abs(sum(shocks) / len(told)) < 4 * error
    assert abs(sum(s * s for s in shocks) / len(told) - 1) < 4 * error * 1.4**0.5
    assert all(abs(s) < 6**0.5 for s in shocks)
