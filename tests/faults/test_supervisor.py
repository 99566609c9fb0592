"""The supervisor with real processes: it starts again what dies, ends all in order, and leaves nobody behind."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from liulian.base.meters import Meter, read_all
from liulian.supervisor import BACK_OFF_FIRST_S
from tests.installation import Installation

LIMIT_S = 8.0  # None of these needs three seconds, on a machine that does nothing else.

wait_until = Installation.wait_until


class Program:
    """A supervisor with the roles of one scenario."""

    def __init__(self, scenario: str, folder: Path) -> None:
        self.folder = folder
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.supervised", scenario, str(folder)],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                stderr=log,
                start_new_session=True,
            )

    def said(self, *words: str) -> list[list[str]]:
        """Return the lines that begin with these words, cut into words."""
        path = self.folder / "said"
        lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        return [line for line in lines if line[: len(words)] == list(words)]

    def wait_for(self, *words: str, times: int = 1) -> list[list[str]]:
        """Wait until something was said so many times."""
        wait_until(lambda: len(self.said(*words)) >= times or self._has_ended(), limit_s=LIMIT_S)
        return self.said(*words)

    def pid_of(self, name: str) -> int:
        return int(self.wait_for(name, "started")[-1][-1])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell the supervisor to stop; return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(LIMIT_S)

    def logged(self, event: str) -> list[dict[str, Any]]:
        lines = (self.folder / "log").read_text().splitlines()
        events = [json.loads(line) for line in lines if line.startswith("{")]
        return [each for each in events if each["event"] == event]

    def _has_ended(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"The supervisor ended: {(self.folder / 'log').read_text()}")
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Program]]:
    """Start a program; nothing of it is left after the test, whatever happened."""
    programs = []

    def start(scenario: str) -> Program:
        programs.append(Program(scenario, tmp_path))
        return programs[-1]

    yield start
    for program in programs:
        try:
            os.killpg(program.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        finally:
            program.process.wait()


def is_alive(pid: int) -> bool:
    try:
        return re.search(r"\) [ZX] ", Path(f"/proc/{pid}/stat").read_text()) is None
    except FileNotFoundError:
        return False


def is_pending(pid: int, number: signal.Signals) -> bool:
    """Tell whether a signal waits for a process that does not hear it yet."""
    status = Path(f"/proc/{pid}/status").read_text()
    return any(int(bits, 16) >> (number - 1) & 1 for bits in re.findall(r"(?:SigPnd|ShdPnd):\s+(\w+)", status))


def test_who_dies_is_started_again_after_a_pause_that_grows(start: Callable[[str], Program]) -> None:
    program = start("dying")

    began = [float(line[-1]) for line in program.wait_for("dies", "started", times=4)]

    pauses = [after - before for before, after in pairwise(began[:4])]
    assert [pause >= BACK_OFF_FIRST_S * 2**n for n, pause in enumerate(pauses)] == [True] * 3
    assert len(program.said("lives", "started")) == 1, "the others are left alone"
    assert {each["code"] for each in program.logged("process_ended")} == {3}
    assert dict(read_all(program.folder))["supervisor"][Meter.RESTARTS] >= 3


def test_who_lived_long_is_started_again_at_once(start: Callable[[str], Program]) -> None:
    program = start("long lives")

    # With the pauses of one who dies young, the eighth start would come after more than eleven seconds.
    assert program.wait_for("dies", "started", times=8)


def test_the_code_of_every_end_is_said(start: Callable[[str], Program]) -> None:
    program = start("ways to end")

    wait_until(lambda: len({each["process"] for each in program.logged("process_ended")}) == 5, limit_s=LIMIT_S)

    codes = {each["process"]: each["code"] for each in program.logged("process_ended")}
    assert codes == {"returns": 0, "exits": 3, "says": 1, "fails": 1, "is-killed": -9}
    assert "RuntimeError: as intended" in program.logged("process_failed")[0]["exception"]


def test_nobody_is_told_to_stop_before_those_who_come_first_have_ended(start: Callable[[str], Program]) -> None:
    program = start("ranks")
    for name in ("writes-1", "writes-2", "stores", "answers"):
        program.pid_of(name)

    code = program.stop()

    events = [" ".join(line[:2]) for line in program.said() if line[1] in ("told", "ended")]
    assert code == 0
    assert {*events[:2]} == {"writes-1 told", "writes-2 told"}
    assert events[2:] == [
        "writes-1 ended",
        "writes-2 ended",
        "stores told",
        "stores ended",
        "answers told",
        "answers ended",
        "supervisor ended",
    ]


def test_ctrl_c_reaches_the_whole_group_and_still_all_end_in_order(start: Callable[[str], Program]) -> None:
    program = start("ranks")
    for name in ("writes-1", "writes-2", "stores", "answers"):
        program.pid_of(name)

    os.killpg(program.process.pid, signal.SIGINT)

    assert program.process.wait(LIMIT_S) == 0
    ended = [line[0] for line in program.said() if line[1] == "ended"]
    assert ended == ["writes-1", "writes-2", "stores", "answers", "supervisor"]


def test_who_does_not_hear_is_killed_and_the_others_end_in_order(start: Callable[[str], Program]) -> None:
    program = start("deaf")
    program.pid_of("deaf")
    program.pid_of("stores")

    code = program.stop()

    assert code == 0
    assert [" ".join(line) for line in program.said()][-2:] == ["stores told while deaf is gone", "supervisor ended"]


def test_who_is_told_to_stop_while_it_starts_hears_it_when_it_is_ready(start: Callable[[str], Program]) -> None:
    program = start("slow to start")
    pid = program.pid_of("slow")

    program.process.send_signal(signal.SIGTERM)
    wait_until(lambda: is_pending(pid, signal.SIGTERM), limit_s=LIMIT_S)
    (program.folder / "go").touch()

    assert program.process.wait(LIMIT_S) == 0
    assert [" ".join(line) for line in program.said()][-3:] == ["slow told", "slow ended", "supervisor ended"]


def test_nobody_outlives_a_supervisor_that_was_killed(start: Callable[[str], Program]) -> None:
    program = start("ranks")
    children = [program.pid_of(name) for name in ("writes-1", "writes-2", "stores", "answers")]
    assert all(map(is_alive, children))

    assert program.stop(signal.SIGKILL) == -signal.SIGKILL

    wait_until(lambda: not any(map(is_alive, children)), limit_s=LIMIT_S)
    assert not [line for line in program.said() if line[1] == "told"]


def test_a_machine_without_room_for_a_process_is_asked_again(start: Callable[[str], Program]) -> None:
    program = start("no forks")

    assert program.pid_of("one")
    assert program.pid_of("other")
    assert len(program.logged("process_not_started")) == 3
    assert program.stop() == 0
