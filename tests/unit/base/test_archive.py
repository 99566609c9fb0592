"""A backup file comes back as it was written, or not at all."""

import io
import tarfile
from pathlib import Path

import pytest

from liulian.base.archive import MANIFEST, ArchiveWriter, DamagedArchive, read_manifest, read_members

CONTENTS = {"database/links.jsonl.gz": b"a" * 3_000_000, "secret.key": b"s", "lake/_delta_log/0.json": b""}


def an_archive(folder: Path) -> Path:
    path = folder / "backup.tar"
    with path.open("wb") as file:
        archive = ArchiveWriter(file)
        for name, data in CONTENTS.items():
            archive.add(name, io.BytesIO(data), size=len(data))
        archive.close(format=1)
    return path


def test_archive_gives_back_what_was_written_in_its_order(tmp_path: Path) -> None:
    path = an_archive(tmp_path)

    assert read_manifest(path) == {"format": 1}
    assert [(str(name), stream.read()) for name, stream in read_members(path)] == [*CONTENTS.items()]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_archive_that_was_cut_off_is_damaged(tmp_path: Path, share: float) -> None:
    path = an_archive(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(whole.rindex(MANIFEST.encode()) * share)])

    with pytest.raises(DamagedArchive):
        read_manifest(path)


def test_archive_with_one_other_byte_is_damaged(tmp_path: Path) -> None:
    path = an_archive(tmp_path)
    data = bytearray(path.read_bytes())
    data[1_500_000] ^= 1
    path.write_bytes(data)

    with pytest.raises(DamagedArchive):
        read_manifest(path)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "lake/../../outside", "a\\b"])
def test_archive_never_names_a_place_outside_its_folder(tmp_path: Path, name: str) -> None:
    path = tmp_path / "backup.tar"
    with tarfile.open(path, "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())

    with pytest.raises(DamagedArchive):
        [*read_members(path)]


def test_archive_with_a_link_in_it_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "backup.tar"
    member = tarfile.TarInfo("lake/link")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(path, "w") as tar:
        tar.addfile(member)

    with pytest.raises(DamagedArchive):
        [*read_members(path)]


def test_file_of_another_kind_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "backup.tar"
    path.write_bytes(b"a letter to a friend")

    with pytest.raises(DamagedArchive):
        read_manifest(path)
