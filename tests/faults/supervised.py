"""A program of tiny roles under the real supervisor, for test_supervisor.py: `python -m tests.faults.supervised`.

Roles write what happens to them, one line each, to `<folder>/said`.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from liulian import supervisor
from liulian.base.log import configure_logging
from liulian.base.meters import SUFFIX, Meters
from liulian.base.signals import hear_stop
from liulian.supervisor import Role, Supervisor

FOLDER = Path(sys.argv[-1])


def say(*words: object) -> None:
    """Write one line: a single append, so that lines of several processes do not mix."""
    with (FOLDER / "said").open("a") as file:
        file.write(" ".join(map(str, words)) + "\n")


def living(name: str, *, rank: int = 0, goodbye_s: float = 0.0) -> Role:
    """Return a role that lives until it is told to stop, and then takes its time."""

    def run() -> None:
        say(name, "started", os.getpid())
        signal.sigwait({signal.SIGTERM})
        say(name, "told")
        time.sleep(goodbye_s)
        say(name, "ended")

    return Role(name=name, run=run, rank=rank, stop_s=2.0)


def dying(name: str, end: Callable[[], object], *, lives_s: float = 0.0) -> Role:
    """Return a role that says when it began, and ends."""

    def run() -> None:
        say(name, "started", time.monotonic())
        time.sleep(lives_s)
        end()

    return Role(name=name, run=run, rank=0, stop_s=1.0)


def fail() -> None:
    raise RuntimeError("as intended")


def deaf(name: str) -> Role:
    """Return a role that never hears SIGTERM."""

    def run() -> None:
        say(name, "started", os.getpid())
        time.sleep(1_000)

    return Role(name=name, run=run, rank=0, stop_s=0.2)


def witness(name: str, *, of: str) -> Role:
    """Return a role of the second rank that says, when it is told to stop, whether another one still lives."""

    def run() -> None:
        say(name, "started", os.getpid())
        signal.sigwait({signal.SIGTERM})
        lines = (FOLDER / "said").read_text().splitlines()
        pid = next(line.split()[-1] for line in lines if line.startswith(f"{of} started"))
        say(name, "told while", of, "lives" if Path(f"/proc/{pid}").exists() else "is gone")

    return Role(name=name, run=run, rank=1, stop_s=2.0)


def slow_to_start(name: str) -> Role:
    """Return a role that is told to stop before it can hear."""

    def run() -> None:
        say(name, "started", os.getpid())
        while not (FOLDER / "go").exists():
            time.sleep(0.01)
        signal.signal(signal.SIGTERM, lambda *_: say(name, "told"))
        hear_stop()
        say(name, "ended")

    return Role(name=name, run=run, rank=0, stop_s=5.0)


def refuse_forks(count: int) -> None:
    """Let the first forks fail as a machine without memory lets them."""
    fork, left = os.fork, [count]

    def scarce() -> int:
        if left[0]:
            left[0] -= 1
            raise BlockingIOError("Resource temporarily unavailable")
        return fork()

    os.fork = scarce


def roles_of(scenario: str) -> list[Role]:
    match scenario:
        case "dying":
            return [dying("dies", lambda: sys.exit(3)), living("lives")]
        case "long lives":
            supervisor.LONG_LIFE_S = 0.1
            return [dying("dies", lambda: None, lives_s=0.12)]
        case "ranks":
            return [
                living("answers", rank=2),
                living("stores", rank=1, goodbye_s=0.1),
                living("writes-1", rank=0, goodbye_s=0.1),
                living("writes-2", rank=0, goodbye_s=0.2),
            ]
        case "deaf":
            return [deaf("deaf"), witness("stores", of="deaf")]
        case "slow to start":
            return [slow_to_start("slow")]
        case "ways to end":
            return [
                dying("returns", lambda: None),
                dying("exits", lambda: sys.exit(3)),
                dying("says", lambda: sys.exit("a sentence")),
                dying("fails", fail),
                dying("is-killed", lambda: os.kill(os.getpid(), signal.SIGKILL)),
            ]
        case "no forks":
            refuse_forks(3)
            return [living("one"), living("other")]
    raise SystemExit(f"no scenario {scenario}")


def main() -> None:
    configure_logging()
    roles = roles_of(sys.argv[1])
    meters = Meters(FOLDER / f"supervisor{SUFFIX}")
    Supervisor(roles, meters=meters).run(on_started=lambda: say("supervisor started"))
    say("supervisor ended")


if __name__ == "__main__":
    main()
