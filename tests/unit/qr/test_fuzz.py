"""Two thousand damaged pictures: each is read or refused in words of ours. `make fuzz` tries fifty thousand."""

import os
from pathlib import Path

from benches.fuzz_images import Breaker, is_read

PICTURES = 2_000
WARM_UP = 200
GROWTH_MB_MAX = 64  # Allocators keep a little; a leak of one picture in fifty that says it is large would be more.


def _memory_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024**2


def test_no_damaged_picture_does_harm() -> None:
    breaker = Breaker(seed=20261122)
    read = sum(is_read(breaker.picture()) for _ in range(WARM_UP))
    before = _memory_mb()

    read += sum(is_read(breaker.picture()) for _ in range(PICTURES - WARM_UP))

    assert 0 < read < PICTURES
    assert _memory_mb() - before <= GROWTH_MB_MAX
