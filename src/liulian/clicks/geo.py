"""From an address to country, province and city, by the files that lie in the data folder. Empty when there are none.

Two kinds are read: ip2region `.xdb` (one for IPv4, one for IPv6; finest in China) and MaxMind `.mmdb`. Where both are
installed the xdb is asked first and the mmdb fills what it leaves empty. Nothing is ever asked over the network.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb
from ip2region import searcher, util

from liulian.base.errors import AppError
from liulian.clicks.provinces import city_name, province_name

MMDB_NAME, XDB4_NAME, XDB6_NAME = "place.mmdb", "place-ipv4.xdb", "place-ipv6.xdb"
FILE_BYTES_MAX = 2 << 30  # The largest city databases have under 700 MB.
LANGUAGE = "zh-CN"
_CHINA = ("中国", "CN", "China")
_MMDB_MARK = b"\xab\xcd\xefMaxMind.com"
_MMDB_TAIL_BYTES = 128 << 10  # The mark of an mmdb lies within its last 128 KiB, says its specification.


class Place(NamedTuple):
    """Country as ISO letters where the file knows them, province and city by name; empty where unknown."""

    country: str = ""
    province: str = ""
    city: str = ""


NOWHERE = Place()
Lookup = Callable[[bytes], Place]


class GeoFileError(AppError):
    """A file is no ip2region or MaxMind database that can tell places."""

    status, code = 422, "geo_file_unusable"


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    open: Callable[[Path], Lookup]


class PlaceFinder:
    """Knows the places of the files in one folder. Looks for changed files when asked to `refresh`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: list[tuple[str, int, int]] = []
        self._lookups: dict[int, list[Lookup]] = {4: [], 16: []}

    def refresh(self) -> bool:
        """Open what was installed meanwhile; True when something has changed. A broken file is passed over."""
        seen = [_state(self._folder / name) for name in (XDB4_NAME, XDB6_NAME, MMDB_NAME)]
        if seen == self._seen:
            return False
        self._seen = seen
        xdb4, xdb6, mmdb = (_opened(self._folder / name) for name, _, _ in seen)
        self._lookups = {4: [found for found in (xdb4, mmdb) if found], 16: [found for found in (xdb6, mmdb) if found]}
        return True

    @property
    def has_files(self) -> bool:
        """Whether any address can have a place at all."""
        return any(self._lookups.values())

    def find(self, address: bytes) -> Place:
        """Return the place of a packed address. Costs 5 to 20 µs: remember the answer."""
        place = NOWHERE
        for lookup in self._lookups.get(len(address), ()):
            found = lookup(address)
            place = Place(*(known or new for known, new in zip(place, found, strict=True)))
            if all(place):
                break
        return place


def install(file: Path, folder: Path) -> Path:
    """Check a database, copy it into the folder under its own name and return where. Raises GeoFileError."""
    try:
        if not 0 < file.stat().st_size <= FILE_BYTES_MAX:
            raise GeoFileError
        data = file.read_bytes()
    except OSError:
        raise GeoFileError from None
    name = _name_for(data)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    draft.write_bytes(data)
    try:
        _open(draft, name)
    except (ValueError, KeyError, IndexError, OSError, maxminddb.InvalidDatabaseError):
        draft.unlink()
        raise GeoFileError from None
    return draft.replace(folder / name)


def _name_for(data: bytes) -> str:
    if _MMDB_MARK in data[-_MMDB_TAIL_BYTES:]:
        return MMDB_NAME
    header = util.load_header(BytesIO(data)) if len(data) > util.HeaderInfoLength + util.VectorIndexLength else None
    if header is None or header.version not in (util.XdbStructure20, util.XdbStructure30):
        raise GeoFileError
    version = util.version_from_header(header)
    if version is None or not 0 < header.startIndexPtr <= header.endIndexPtr < len(data):
        raise GeoFileError
    return XDB4_NAME if version.byte_num == 4 else XDB6_NAME


def _opened(path: Path) -> Lookup | None:
    try:
        return _open(path, path.name)
    except (ValueError, KeyError, IndexError, OSError, maxminddb.InvalidDatabaseError):
        return None


def _open(path: Path, name: str) -> Lookup:
    """Return the lookup of a file after trying it once."""
    lookup = _open_mmdb(path) if name == MMDB_NAME else _open_xdb(path)
    lookup(ip_address("1.2.4.8" if name != XDB6_NAME else "2400:3200::1").packed)
    return lookup


def _open_mmdb(path: Path) -> Lookup:
    reader = maxminddb.open_database(path, maxminddb.MODE_MMAP_EXT)
    is_v6 = reader.metadata().ip_version == 6

    def look(address: bytes) -> Place:
        if len(address) == 16 and not is_v6:
            return NOWHERE
        record = reader.get(ip_address(address))
        return _place_of_record(record) if isinstance(record, dict) else NOWHERE

    return look


def _open_xdb(path: Path) -> Lookup:
    data = path.read_bytes()  # 10 to 50 MB; a lookup in a file would take several reads.
    version = util.version_from_header(util.load_header(BytesIO(data)))
    if version is None:
        raise ValueError("not an xdb of a known version")
    finder = searcher.new_with_buffer(version, data)
    return lambda address: _place_of_region(finder.search(address))


def _place_of_record(record: dict[str, Any]) -> Place:
    country = record.get("country") or record.get("registered_country") or {}
    letters = country.get("iso_code") or ""
    subdivision = (record.get("subdivisions") or [{}])[0]
    province = _name(subdivision)
    if letters == "CN":
        province = province_name(subdivision.get("iso_code") or province)
    return Place(letters, province, city_name(_name(record.get("city") or {})))


def _name(thing: dict[str, Any]) -> str:
    names = thing.get("names") or {}
    return names.get(LANGUAGE) or names.get("en") or ""


def _place_of_region(region: str) -> Place:
    """Read `country|province|city|carrier|letters`, or the older `country|region|province|city|carrier`."""
    parts = ["" if part in ("0", "内网IP", "Reserved") else part for part in region.split("|")]
    if len(parts) < 4:
        return NOWHERE
    if len(parts) > 4 and len(parts[4]) == 2 and parts[4].isascii() and parts[4].isupper():
        country, province, city = parts[4], parts[1], parts[2]
    elif len(parts) > 4:
        country, province, city = parts[0], parts[2], parts[3]
    else:
        country, province, city = parts[0], parts[1], parts[2]
    if country in _CHINA:
        return Place("CN", province_name(province), city_name(city))
    return Place(country, province, city)


def _state(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except OSError:
        return path.name, 0, 0
    return path.name, stat.st_mtime_ns, stat.st_size
