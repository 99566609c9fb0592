"""What reads pictures beside a web process: its children die and are replaced, and it never outlives who started it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from liulian.base.errors import Unavailable
from liulian.qr.apart import DECODE, ZIP
from liulian.qr.child import MEMORY_BYTES_MAX
from liulian.qr.nursery import Nursery
from tests.installation import Installation
from tests.unit.qr.pictures import TEXT, code, saved

PICTURE = saved(code(module=4), "PNG")
LIMIT_S = 15.0
MANY = json.dumps(["https://s.example/AbCdEfG"] * 20_000).encode()  # Drawn in minutes.


def _reads(nursery: Nursery) -> bool:
    return TEXT.encode() in (nursery.run(DECODE, PICTURE) or b"")


def _warm(nursery: Nursery) -> int:
    """Return the warm process of a nursery that has read a picture."""
    assert _reads(nursery)
    assert nursery.pid is not None
    return nursery.pid


def _is_gone(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return True


def _children_of(pid: int) -> list[int]:
    """Return the children of a process, whichever of its threads started them."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text(encoding="ascii").split()]


def _wait_until(is_true: Callable[[], bool]) -> None:
    Installation.wait_until(is_true, limit_s=LIMIT_S)


def test_all_pictures_are_read_beside_one_warm_process() -> None:
    with closing(Nursery()) as nursery:
        warm = _warm(nursery)

        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda _: _reads(nursery), range(20)))

        assert answers == [True] * 20
        assert nursery.pid == warm
        _wait_until(lambda: _children_of(warm) == [])


def test_child_that_dies_over_its_task_is_told_and_the_next_one_works() -> None:
    with closing(Nursery()) as nursery:
        warm = _warm(nursery)

        assert nursery.run(b"?", PICTURE) is None
        assert nursery.run(ZIP, b"no JSON") is None

        assert _warm(nursery) == warm


def test_child_that_is_too_slow_is_ended_and_the_next_one_works() -> None:
    with closing(Nursery(patience_s=1.0)) as nursery:
        warm = _warm(nursery)

        assert nursery.run(ZIP, MANY) is None

        _wait_until(lambda: _children_of(warm) == [])
        assert _warm(nursery) == warm


def test_child_may_take_so_much_memory_and_no_more() -> None:
    with closing(Nursery(patience_s=1.0)) as nursery, ThreadPoolExecutor(1) as threads:
        warm = _warm(nursery)

        at_work = threads.submit(nursery.run, ZIP, MANY)

        _wait_until(lambda: [_memory_bytes_max(child) for child in _children_of(warm)] == [MEMORY_BYTES_MAX])
        assert at_work.result() is None


def _memory_bytes_max(pid: int) -> int | None:
    limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
    found = re.search(r"Max address space +(\d+)", limits)
    return int(found[1]) if found else None


def test_warm_process_that_was_killed_is_replaced() -> None:
    with closing(Nursery()) as nursery:
        warm = _warm(nursery)

        os.kill(warm, signal.SIGKILL)

        assert _warm(nursery) != warm
        _wait_until(lambda: _is_gone(warm))


def test_warm_process_that_is_stuck_is_ended() -> None:
    with closing(Nursery(patience_s=0.5)) as nursery:
        warm = _warm(nursery)
        os.kill(warm, signal.SIGSTOP)

        with pytest.raises(Unavailable):
            nursery.run(DECODE, PICTURE)

        _wait_until(lambda: _is_gone(warm))


def test_warm_process_ends_when_it_has_nothing_to_do_and_the_next_task_starts_another() -> None:
    with closing(Nursery(idle_s=0.0)) as nursery:
        for _ in range(3):
            assert _reads(nursery)
            _wait_until(lambda: nursery.pid is None)


def test_warm_process_and_the_child_at_work_die_with_whoever_started_them() -> None:
    program = (
        "import sys; from threading import Thread; from liulian.qr.nursery import Nursery\n"
        "nursery = Nursery(); nursery.run(b'z', b'[]')\n"
        "Thread(target=nursery.run, args=(b'z', sys.stdin.buffer.readline()), daemon=True).start()\n"
        "print(nursery.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        assert starter.stdin
        assert starter.stdout
        starter.stdin.write(MANY + b"\n")
        starter.stdin.flush()
        warm = int(starter.stdout.readline())
        _wait_until(lambda: len(_children_of(warm)) == 1)
        (child,) = _children_of(warm)

        starter.kill()

    _wait_until(lambda: _is_gone(warm))
    _wait_until(lambda: _is_gone(child))


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path / "data", workers=1)
    installation.start()
    yield installation
    if installation.is_started:
        installation.stop()


def _read_over_http(installation: Installation) -> int:
    """Have the program read a picture; return the warm process beside its web process."""
    answer = httpx2.post(f"{installation.address}/api/v1/qr/decode", files={"file": PICTURE}, timeout=LIMIT_S)
    assert answer.json()["codes"][0]["text"] == TEXT
    (web,) = installation.processes("web")
    (warm,) = _children_of(web)
    return warm


def test_nothing_is_left_after_a_stop(installation: Installation) -> None:
    warm = _read_over_http(installation)

    installation.stop()

    _wait_until(lambda: _is_gone(warm))


def test_nothing_is_left_of_a_killed_web_process_and_the_next_one_reads_on(installation: Installation) -> None:
    warm = _read_over_http(installation)

    web = installation.kill("web")

    _wait_until(lambda: _is_gone(web) and _is_gone(warm))
    _wait_until(lambda: _answers(installation))
    assert _read_over_http(installation) != warm


def _answers(installation: Installation) -> bool:
    try:
        return httpx2.get(f"{installation.address}/api/openapi.json", timeout=LIMIT_S).status_code == 200
    except httpx2.TransportError:
        return False
