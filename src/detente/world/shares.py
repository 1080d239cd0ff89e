"""Worlds shared out among the jobs of an array, each of which writes a file.

Shares begin at multiples of 64 worlds. Whoever simulates what, the same bytes come out: counts are whole numbers and are
added. A file of worlds is an archive of NumPy arrays (``.npz``), nothing in it compressed and nothing in it ever executed:
its header says of what they are, to the last bit of every number, and a file of anything else is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente import __version__
from detente.errors import UsageError
from detente.figures import plural
from detente.kernels.codes import KEPT, WORD
from detente.memory import need
from detente.storage import Target, read_bytes, status, target, write_bytes
from detente.world.crew import Crew, Part, Simulates, simulated
from detente.world.run import Ensemble, Run, add

__all__ = [
    "Key",
    "Merged",
    "Merging",
    "Sharing",
    "gathered",
    "is_share",
    "key",
    "merge",
    "save",
    "share_file",
    "span",
]

FORMAT = 2
"""Another where the same draw of the same world would meet other luck."""
KINDS = ("counts", "sums", "kept")

HEADER = 1024
"""Bytes of the header of an array, at most."""

MOST = 1 << 34
"""Bytes of a file, at most."""


class Key(NamedTuple):
    """Of what an ensemble is."""

    digest: str
    """Of the program, all numbers, dates and seeds, and what is looked at."""
    per: int
    """Worlds of each draw, in all shares together."""
    shape: tuple[int, int, int, int, int]
    """Draws, months, conditions, levels that are summed, paths."""


def key(of: Run, *, per: int, seed: int, first: int = 0) -> Key:
    """The key of ``per`` worlds for each draw."""
    digest = hashlib.sha256()
    looked = (of.looked.asked, of.looked.summed, of.looked.paths)
    pairs = sorted(of.program.pairs.items())
    plain = (
        __version__, FORMAT, per, seed, first, of.program.start, of.program.month, pairs, looked, of.summed, of.paths,
        of.dated.shape, of.constants.shape,
    )  # fmt: skip
    digest.update(repr(plain).encode())
    for array in (of.form.places, of.constants, of.dated):
        digest.update(array.tobytes())
    asked, summed, paths = (len(names) for names in looked)
    return Key(digest.hexdigest(), per, (len(of.constants), len(of.dated), asked, summed, paths))


def span(per: int, part: int, parts: int) -> tuple[int, int]:
    """The first world of share ``part`` (from 1) of ``parts``, and how many it has.

    Raises ``UsageError`` where there is no such share, or nothing in it.
    """
    if not 1 <= part <= parts:
        raise UsageError(f"part {part}/{parts}: parts are 1/{parts} to {parts}/{parts}")
    words = -(-per // WORD)
    if parts > words:
        raise UsageError(
            f"part {part}/{parts}: {per:,} worlds for each draw can be shared among {plural(words, 'job')} at most, {WORD} to each"
        )
    begin, end = (min(per, words * n // parts * WORD) for n in (part - 1, part))
    return begin, end - begin


def save(worlds: Mapping[Key, Ensemble], part: int, parts: int, where: Target) -> None:
    """Write share ``part`` (from 1) of ``parts`` of one or more ensembles to a file, whole or not at all.

    Raises ``UsageError`` where it cannot be written.
    """
    contents = []
    for of, found in worlds.items():
        begin, per = span(of.per, part, parts)
        assert found.per == per, (found.per, per)
        contents.append({**of._asdict(), "begin": begin, "here": per})
    header = {"detente": "worlds", "format": FORMAT, "part": part, "parts": parts, "contents": contents}
    text = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        _put(archive, "header", text)
        for n, found in enumerate(worlds.values()):
            for name in KINDS:
                _put(archive, f"{n}/{name}", getattr(found, name))
    write_bytes(where, data.getvalue())


class Sharing:
    """Simulates share ``part`` (from 1) of ``parts`` of everything, and keeps it to be written."""

    def __init__(self, part: int, parts: int, crew: Simulates | None = None) -> None:
        self.part, self.parts, self.crew = part, parts, crew
        self.worlds: dict[Key, Ensemble] = {}

    def run(self, whole: Part) -> Ensemble:
        """The worlds of this share."""
        begin, per = span(whole.per, self.part, self.parts)
        mine = whole._replace(begin=begin, per=per)
        found = simulated(mine) if self.crew is None else self.crew.run(mine)
        self.worlds[key(whole.of, per=whole.per, seed=whole.seed)] = found
        return found

    def save(self, where: Target) -> None:
        """Write them."""
        save(self.worlds, self.part, self.parts, where)


class Merging:
    """Simulates nothing: everything is in the files of all shares."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.merged = merge(files)

    def run(self, whole: Part) -> Ensemble:
        """The worlds of all shares."""
        return self.merged.of(key(whole.of, per=whole.per, seed=whole.seed))


def share_file(case: str, part: str | None, output: Path | None, *, force: bool) -> Target | None:
    """Where a share is written; None where there is none. Raises ``UsageError`` where it cannot be written."""
    if part is None:
        if output is not None:
            raise UsageError("--output is for a share of the worlds: give --part K/N as well")
        return None
    return target(output or Path(f"{case}-{part.replace('/', '-')}.npz"), force=force, ours=is_share)


@contextmanager
def gathered(
    *,
    workers: int,
    cluster: str | None,
    part: str | None,
    files: Sequence[Path],
    say: Callable[[int, int], None] | None = None,
    warn: Callable[[str], None] | None = None,
) -> Iterator[Simulates]:
    """Who simulates, as asked: a crew, a crew that has one share (``part``: ``3/64``), or nobody, everything being in ``files``.

    Raises ``UsageError`` where these exclude each other, or a part or a file is none.
    """
    if files:
        if workers or cluster or part:
            raise UsageError("--merge simulates nothing: leave out --workers, --cluster and --part")
        yield Merging(files)
        return
    numbers = None if part is None else re.fullmatch(r"(\d{1,6})/(\d{1,6})", part)
    if part is not None and numbers is None:
        raise UsageError(f"--part {part}: a part is written K/N, for example 3/64")
    with Crew(workers=workers, cluster=cluster, say=say, warn=warn) as crew:
        yield crew if numbers is None else Sharing(int(numbers[1]), int(numbers[2]), crew)


def _put(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    member = io.BytesIO()
    np.lib.format.write_array(member, np.ascontiguousarray(array), (1, 0), allow_pickle=False)
    # Without the time: the same worlds are the same file.
    archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())


def is_share(beginning: bytes) -> bool:
    """Whether a file that begins like this was written by :func:`save`: then it may be replaced."""
    return beginning.startswith(b"PK\x03\x04") and b'{"detente": "worlds"' in beginning


class Merged(NamedTuple):
    """All worlds of all shares."""

    found: Mapping[Key, Ensemble]

    def of(self, of: Key) -> Ensemble:
        """The worlds of a key. Raises ``UsageError`` where the files are of others."""
        if of not in self.found:
            raise UsageError(
                "the files to merge have worlds of another case, of other numbers, draws, worlds or seeds, or of another version "
                "of detente: make all parts with the command that merges them"
            )
        return self.found[of]


class _Share(NamedTuple):
    name: str
    part: int
    parts: int
    found: Mapping[Key, Ensemble]


def merge(files: Sequence[Path]) -> Merged:
    """All worlds from the files of all shares, in any order.

    Raises ``UsageError`` where a file is none of ours or is damaged, is of other worlds than the others, or a share is missing or
    there twice; ``LimitError`` where there is no memory for it.
    """
    if not files:
        raise UsageError("there is no file to merge")
    total: dict[Key, Ensemble] = {}
    seen: dict[int, str] = {}
    first: _Share | None = None
    for file in files:
        share = _read(file)
        first = first or share
        if share.parts != first.parts:
            raise UsageError(
                f"{share.name}: this is a part of {share.parts}, and {first.name} is one of {first.parts}: merge the parts of "
                "one sharing out"
            )
        if share.part in seen:
            raise UsageError(
                f"{share.name}: part {share.part}/{share.parts} is there already, in {seen[share.part]}"
            )
        if set(share.found) != set(total or share.found):
            raise UsageError(
                f"{share.name}: its worlds are of another case, of other numbers, draws, worlds or seeds than those of "
                f"{first.name}, or of another version of detente: make all parts with the same command"
            )
        total = {of: add(total[of], found) if of in total else found for of, found in share.found.items()}
        seen[share.part] = share.name
    assert first is not None
    missing = [f"{n}/{first.parts}" for n in range(1, first.parts + 1) if n not in seen]
    if missing:
        some = ", ".join(missing[:5]) + (", .." if len(missing) > 5 else "")
        raise UsageError(f"parts are missing: {some}; {len(seen)} of {first.parts} are there")
    return Merged(total)


def _read(file: Path) -> _Share:
    foreign = UsageError(f"{file}: this is no whole file of worlds that detente wrote: make this part again")
    found = status(file)
    need(
        3 * (0 if found is None else found.st_size), f"merging {file}", "merge on a machine with more memory"
    )
    data = read_bytes(file, limit=MOST)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                # Nothing is larger than it looks.
                if member.compress_type != zipfile.ZIP_STORED or member.file_size > len(data):
                    raise foreign
            return _share(str(file), archive)
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        # What bytes of somebody else's can do to zipfile (no archive, cut off, of a version or encrypted as it cannot read), to NumPy
        # (a header that is none) and to json and the look-ups below (nested without end, no such key, a list for an object). Files
        # that are whole are read back by tests, so a fault of ours shows there; the cause stays in the traceback.
        raise foreign from error


def _share(name: str, archive: zipfile.ZipFile) -> _Share:
    """Raises ``ValueError`` and the like for whatever is not as it was written."""
    header = json.loads(_member(archive, "header", None, "u1").tobytes())
    if header["detente"] != "worlds" or header["format"] != FORMAT:
        raise ValueError("header")
    part, parts = _count(header["part"]), _count(header["parts"])
    found: dict[Key, Ensemble] = {}
    for n, entry in enumerate(header["contents"]):
        shape = tuple(_count(v) for v in entry["shape"])
        draws, months, asked, summed, paths = shape
        of = Key(str(entry["digest"]), _count(entry["per"]), (draws, months, asked, summed, paths))
        per = _count(entry["here"])
        if (_count(entry["begin"]), per) != _spanned(of.per, part, parts):
            raise ValueError("share")
        counts = _member(archive, f"{n}/counts", (draws, months, asked), "<i8")
        if counts.min(initial=0) < 0 or counts.max(initial=0) > per:
            raise ValueError("counts")
        sums = _member(archive, f"{n}/sums", (draws, months, summed), "<i8")
        kept = _member(archive, f"{n}/kept", (draws, KEPT, months, paths), "<f4")
        found[of] = Ensemble(per, counts, sums, kept)
    if len(archive.namelist()) != 1 + len(KINDS) * len(found):
        raise ValueError("members")
    return _Share(name, part, parts, found)


def _spanned(per: int, part: int, parts: int) -> tuple[int, int]:
    try:
        return span(per, part, parts)
    except UsageError:
        raise ValueError("share") from None


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 48:
        raise ValueError("count")
    return value


def _member(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...] | None, kind: str) -> NDArray[Any]:
    """One array of an archive, whose shape and kind are known before; of what its own header says no more is believed."""
    data = archive.read(f"{name}.npy")
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("version")
    found, fortran, of = np.lib.format.read_array_header_1_0(stream, max_header_size=HEADER)
    rest, size = data[stream.tell() :], np.dtype(kind).itemsize
    wanted = (len(rest),) if shape is None else shape
    if found != wanted or fortran or of != np.dtype(kind) or len(rest) != math.prod(wanted) * size:
        raise ValueError("shape")
    return np.frombuffer(rest, dtype=kind).reshape(wanted)
