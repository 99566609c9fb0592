"""The file a backup is: a tar archive whose last member lists all others with their hashes. Knows nothing of contents.

Written in one go, so that it can be a pipe; read twice, first to see that every byte is as it was written.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Any

from liulian.base.errors import AppError

MANIFEST = "manifest.json"
MANIFEST_BYTES_MAX = 64 << 20  # A line for each file of the lake; a million of them would not fill it.
CHUNK_BYTES = 1 << 20

OnBytes = Callable[[int], None]
BinaryStream = IO[bytes] | io.BufferedIOBase


class DamagedArchive(AppError):
    """The file is no backup of ours, was cut off, or was changed."""

    code = "backup_damaged"


class ArchiveWriter:
    """Adds members to an archive. `on_bytes` hears how many bytes went in."""

    def __init__(self, file: IO[bytes], *, on_bytes: OnBytes = lambda _: None) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - Until `close`.
        self._hashes: dict[str, str] = {}
        self._on_bytes = on_bytes

    def add(self, name: str, stream: IO[bytes], *, size: int) -> None:
        """Add exactly `size` bytes of a stream. Raises OSError when it holds fewer."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        reading = _Hashing(stream, on_bytes=self._on_bytes)
        self._tar.addfile(member, reading)
        self._hashes[name] = reading.digest()

    def add_path(self, name: str, path: Path) -> None:
        with path.open("rb") as stream:
            self.add(name, stream, size=path.stat().st_size)

    def close(self, **facts: Any) -> None:
        """Write the list of members, with what else is to be known of this backup, and end the archive."""
        text = json.dumps(facts | {"sha256": self._hashes}, ensure_ascii=False, indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(text), 0o600
        self._tar.addfile(member, io.BytesIO(text))
        self._tar.close()


def read_manifest(path: Path, *, on_bytes: OnBytes = lambda _: None) -> dict[str, Any]:
    """Return what the writer said, after comparing every member with its hash. Raises DamagedArchive."""
    hashes: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    for name, stream in _members(path):
        if manifest is not None:
            raise DamagedArchive(name=path.name)
        if name == MANIFEST:
            manifest = _manifest_in(stream, path)
        else:
            hashes[name] = _hash_of(stream, path, on_bytes=on_bytes)
    if manifest is None or manifest.pop("sha256", None) != hashes:
        raise DamagedArchive(name=path.name)
    return manifest


def read_members(path: Path, *, on_bytes: OnBytes = lambda _: None) -> Iterator[tuple[PurePosixPath, BinaryStream]]:
    """Yield the members in the order they were written, each to be read before the next is asked for."""
    for name, stream in _members(path):
        if name != MANIFEST:
            yield PurePosixPath(name), _Hashing(stream, on_bytes=on_bytes)


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    try:
        with closing(tarfile.open(path, mode="r:")) as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isreg() and _is_ours(member.name) else None
                if stream is None:
                    raise DamagedArchive(name=path.name)
                yield member.name, stream
    except tarfile.TarError as problem:
        raise DamagedArchive(name=path.name) from problem


def _hash_of(stream: BinaryStream, path: Path, *, on_bytes: OnBytes) -> str:
    reading = _Hashing(stream, on_bytes=on_bytes)
    try:
        while reading.read(CHUNK_BYTES):
            pass
    except tarfile.TarError as problem:  # The file ends in the middle of this member.
        raise DamagedArchive(name=path.name) from problem
    return reading.digest()


def _manifest_in(stream: IO[bytes], path: Path) -> dict[str, Any]:
    try:
        manifest: object = json.loads(stream.read(MANIFEST_BYTES_MAX))
    except (ValueError, tarfile.TarError) as problem:
        raise DamagedArchive(name=path.name) from problem
    if not isinstance(manifest, dict):
        raise DamagedArchive(name=path.name)
    return manifest


def _is_ours(name: str) -> bool:
    """Tell whether a name stays inside the folder it is unpacked to."""
    return not name.startswith("/") and ".." not in PurePosixPath(name).parts and "\\" not in name


class _Hashing(io.BufferedIOBase):
    """A stream that remembers the hash of what was read from it."""

    def __init__(self, stream: BinaryStream, *, on_bytes: OnBytes) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self._on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._stream.read(-1 if size is None else size)
        self._hash.update(data)
        self._on_bytes(len(data))
        return data

    def digest(self) -> str:
        return self._hash.hexdigest()
