"""Real, small files of places for tests: a MaxMind database and ip2region ones, written by their specifications."""

import struct
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

_VECTOR_BYTES = 256 * 256 * 8
_HEADER_BYTES = 256
_NUMBER_KINDS = {"node_count": 6, "build_epoch": 9}  # The specification fixes 32 and 64 bits; all others have 16.


def write_mmdb(path: Path, places: dict[str, dict[str, Any]], *, ip_version: int = 6) -> Path:
    """Write networks and their records as an mmdb with 24-bit records. IPv4 lies below ::/96, as MaxMind has it."""
    nodes: list[list[Any]] = [[None, None]]
    data = bytearray()
    for text, record in places.items():
        network = ip_network(text)
        bits = [network.network_address.packed[n // 8] >> (7 - n % 8) & 1 for n in range(network.prefixlen)]
        if network.version == 4 and ip_version == 6:
            bits = [0] * 96 + bits
        node = 0
        for bit in bits[:-1]:
            if nodes[node][bit] is None:
                nodes.append([None, None])
                nodes[node][bit] = len(nodes) - 1
            node = nodes[node][bit]
        nodes[node][bits[-1]] = ("data", len(data))
        data += _encoded(record)
    tree = bytearray()
    for node_pair in nodes:
        for child in node_pair:
            value = len(nodes) if child is None else child if isinstance(child, int) else len(nodes) + 16 + child[1]
            tree += value.to_bytes(3, "big")
    metadata = {
        "node_count": len(nodes),
        "record_size": 24,
        "ip_version": ip_version,
        "database_type": "Test-City",
        "languages": ["en", "zh-CN"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1_790_000_000,
        "description": {"en": "test"},
    }
    path.write_bytes(bytes(tree) + bytes(16) + bytes(data) + b"\xab\xcd\xefMaxMind.com" + _encoded(metadata))
    return path


def write_xdb4(path: Path, regions: list[tuple[str, str, str]]) -> Path:
    """Write an ip2region file for IPv4: (first address, last address, region), in order, covering what it likes."""
    return _write_xdb(path, regions, size=4, structure=2)


def write_xdb6(path: Path, regions: list[tuple[str, str, str]]) -> Path:
    """Write an ip2region file for IPv6."""
    return _write_xdb(path, regions, size=16, structure=3)


def _write_xdb(path: Path, regions: list[tuple[str, str, str]], *, size: int, structure: int) -> Path:
    body, places = bytearray(), list[tuple[bytes, bytes, int, int]]()
    for first, last, region in regions:
        text = region.encode()
        at = _HEADER_BYTES + _VECTOR_BYTES + len(body)
        places += [(low, high, len(text), at) for low, high in _cut(ip_address(first).packed, ip_address(last).packed)]
        body += text
    index_at = _HEADER_BYTES + _VECTOR_BYTES + len(body)
    vector, index = bytearray(_VECTOR_BYTES), bytearray()
    for low, high, length, at in places:
        start = index_at + len(index)
        cell = (low[0] * 256 + low[1]) * 8
        first_at = struct.unpack_from("<I", vector, cell)[0] or start
        order = -1 if size == 4 else 1
        index += low[::order] + high[::order] + struct.pack("<HI", length, at)
        struct.pack_into("<II", vector, cell, first_at, start)
    last_at = index_at + len(index) - (2 * size + 6)
    ends = struct.pack("<HHIIIHH", structure, 1, 1_790_000_000, index_at, last_at, size if size == 4 else 6, 4)
    path.write_bytes(ends.ljust(_HEADER_BYTES, b"\0") + bytes(vector) + bytes(body) + bytes(index))
    return path


def _cut(first: bytes, last: bytes) -> list[tuple[bytes, bytes]]:
    """Cut a range at the borders of the first two bytes, as the vector index wants it."""
    size = len(first)
    low, high = int.from_bytes(first, "big"), int.from_bytes(last, "big")
    step = 1 << (8 * size - 16)
    pieces = []
    while low <= high:
        end = min(high, low // step * step + step - 1)
        pieces.append((low.to_bytes(size, "big"), end.to_bytes(size, "big")))
        low = end + 1
    return pieces


def _encoded(value: Any, kind: int = 5) -> bytes:
    match value:
        case str():
            text = value.encode()
            return _control(2, len(text)) + text
        case int():
            number = value.to_bytes(8, "big").lstrip(b"\0")
            return _control(kind, len(number)) + number
        case list():
            return _control(11, len(value)) + b"".join(map(_encoded, value))
        case _:
            return _control(7, len(value)) + b"".join(
                _encoded(key) + _encoded(item, _NUMBER_KINDS.get(key, 5)) for key, item in value.items()
            )


def _control(kind: int, length: int) -> bytes:
    size, more = (length, b"") if length < 29 else (29, bytes([length - 29]))
    return bytes([kind << 5 | size]) + more if kind < 8 else bytes([size, kind - 7]) + more
