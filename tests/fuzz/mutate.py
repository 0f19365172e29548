"""Small damages to a file, as transfers, broken disks and people with bad intentions make them."""

import random
import re
from collections.abc import Sequence

_BYTES = (0x00, 0x01, 0x0A, 0x20, 0x22, 0x27, 0x2C, 0x2F, 0x5C, 0x7F, 0x80, 0xFE, 0xFF)
_NUMBERS = (
    b"0",
    b"-1",
    b"1e309",
    b"nan",
    b"inf",
    b"4294967296",
    b"99999999999999999999",
    b"9" * 400,
    b"0.5",
    b"1_0",
    b"",
)
_WORDS = (
    b"../../../x",
    b"/etc/x",
    b"\x00",
    b"\xef\xbb\xbf",
    b"null",
    b"[" * 3000,
    b"9" * 5000,
    b"\r\n",
    b"\xed\xa0\x80",
)
_NUMBER = re.compile(rb"\d+(?:\.\d+)?")


def mutate(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Return data with one to six damages, most of them near its start, where formats keep their headers."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        chance.choice(_DAMAGES)(made, chance, others)
    return bytes(made)


def _place(made: bytearray, chance: random.Random) -> int:
    return int(len(made) * chance.random() ** chance.choice((1, 3)))


def _flip(made: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    if made:
        made[_place(made, chance)] ^= 1 << chance.randrange(8)


def _set(made: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    if made:
        made[_place(made, chance)] = chance.choice(_BYTES)


def _integer(made: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    """Overwrite four bytes, as a length or size in a header, by an extreme number in either order of bytes."""
    at = _place(made, chance)
    value = chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF, len(made), chance.getrandbits(32)))
    made[at : at + 4] = value.to_bytes(4, chance.choice(("big", "little")))


def _delete(made: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    at = _place(made, chance)
    del made[at : at + chance.choice((1, 2, 8, 64, 1000))]


def _cut(made: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    del made[_place(made, chance) :]


def _repeat(made: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    at = _place(made, chance)
    part = bytes(made[at : at + chance.choice((1, 4, 30, 200))])
    made[at:at] = part * chance.choice((1, 2, 50))


def _insert(made: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    at = _place(made, chance)
    made[at:at] = chance.choice((chance.randbytes(chance.choice((1, 3, 40))), chance.choice(_WORDS)))


def _number(made: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    found = list(_NUMBER.finditer(bytes(made[:20_000])))
    if found:
        one = chance.choice(found)
        made[one.start() : one.end()] = chance.choice(_NUMBERS)


def _splice(made: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    other = chance.choice(others)
    at, from_ = _place(made, chance), int(len(other) * chance.random())
    made[at : at + chance.choice((0, 10, 100))] = other[from_ : from_ + chance.choice((4, 40, 400))]


_DAMAGES = (_flip, _set, _integer, _delete, _cut, _repeat, _insert, _number, _splice)
