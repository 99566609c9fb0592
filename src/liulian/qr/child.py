"""The child process that touches foreign pictures and does long work: `python -m liulian.qr.child decode|zip`.

Reads its task from standard input, writes one answer to standard output and ends. Bounded in memory and in time: where
a decoder goes wrong, this process dies and nothing else does. Never writes a file.
"""

import os
import resource
import sys

import msgspec

from liulian.base.errors import AppError

MEMORY_BYTES_MAX = 1024**3  # 40 megapixels with colours and opacity take a third of it.
CPU_S_MAX = 10
NICENESS = 10  # Redirects come first.


def main() -> None:
    """Do one task."""
    _accept_limits()
    task, given = sys.argv[1], sys.stdin.buffer.read()
    sys.stdout.buffer.write(_decode(given) if task == "decode" else _zip(given))


def _accept_limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # A picture of somebody must not stay behind in a core file.
    os.nice(NICENESS)


def _decode(picture: bytes) -> bytes:
    from liulian.qr.decode import read_codes

    try:
        return msgspec.json.encode({"codes": read_codes(picture)})
    except AppError as refused:
        return msgspec.json.encode({"refused": refused.code, "params": refused.params})


def _zip(texts: bytes) -> bytes:
    from liulian.qr.sheets import qr_zip

    return qr_zip(msgspec.json.decode(texts, type=list[str]))


if __name__ == "__main__":
    main()
