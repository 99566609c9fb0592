"""Start the processes of one installation, start them again when they die, and end them in the right order.

Children are forked, so that they share the program's memory and are back within milliseconds. This process itself runs
no thread and no event loop, holds no connection, and never ends because a child cannot start. It never looks at a
request.
"""

import gc
import os
import select
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from types import FrameType

from liulian.base.log import logger
from liulian.base.meters import Meter, Meters
from liulian.base.processes import die_with_parent, name_process
from liulian.base.signals import hold_stop

BACK_OFF_FIRST_S = 0.2
BACK_OFF_MAX_S = 5.0
LONG_LIFE_S = 10.0  # A child that lived this long is started again at once, whatever happened before.
KILL_WAIT_S = 0.3  # After SIGKILL. With what each role may take, all ranks together stay below ten seconds.


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One process to keep alive. `rank`: lower ones are stopped first. `stop_s`: how long it may take to stop.

    `run` calls `base.signals.hear_stop` once it can be stopped in order; until then SIGTERM waits.
    """

    name: str
    run: Callable[[], None]
    rank: int
    stop_s: float


@dataclass(slots=True)
class Child:
    """A role and what became of it. `pid` None while it waits to be started again."""

    role: Role
    pid: int | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    back_off_s: float = BACK_OFF_FIRST_S


class Supervisor:
    """Runs until SIGTERM or SIGINT. Linux ends the children when this process is killed; they are told nothing else."""

    def __init__(self, roles: Sequence[Role], *, meters: Meters) -> None:
        self._children = [Child(role) for role in roles]
        self._meters = meters
        self._stopping = False
        self._wake_read, self._wake_write = os.pipe()
        for fd in (self._wake_read, self._wake_write):
            os.set_blocking(fd, False)

    def run(self, *, on_started: Callable[[], None] = lambda: None) -> None:
        """Keep all roles running until told to stop; return when all have ended."""
        signal.set_wakeup_fd(self._wake_write)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        gc.freeze()  # Children share these objects; a collection would copy every page of them.
        self._start_due()
        on_started()
        while not self._stopping:
            self._wait(self._next_start_s())
            self._reap()
            self._start_due()
        self._stop_all()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _next_start_s(self) -> float | None:
        waiting = [child.start_at - monotonic() for child in self._children if child.pid is None]
        return max(0.0, min(waiting)) if waiting else None

    def _wait(self, timeout_s: float | None) -> None:
        """Sleep until a signal comes or the time is over."""
        readable, _, _ = select.select([self._wake_read], [], [], timeout_s)
        if readable:
            os.read(self._wake_read, 4096)

    def _start_due(self) -> None:
        for child in self._children:
            if child.pid is None and not self._stopping and monotonic() >= child.start_at:
                self._start(child)

    def _start(self, child: Child) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        child.started_at = monotonic()
        try:
            pid = os.fork()
        except OSError as error:  # No memory, or too many processes: the others go on, and this one is tried again.
            logger.warning("process_not_started", process=child.role.name, error=type(error).__name__)
            self._put_off(child)
            return
        if pid == 0:
            self._become(child.role, parent)
        child.pid = pid

    def _become(self, role: Role, parent: int) -> None:
        """Be the child; never returns."""
        code = 1
        try:
            hold_stop()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # Ctrl-C reaches the whole group; who ends when is for the supervisor to say.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            gc.enable()
            name_process(role.name)
            die_with_parent(parent)
            role.run()
            code = 0
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        except BaseException:  # noqa: BLE001 - The border of a process: said, and started again by the parent.
            logger.exception("process_failed", process=role.name)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        """Take note of every child that ended."""
        by_pid = {child.pid: child for child in self._children if child.pid is not None}
        for pid, child in by_pid.items():
            ended, status = os.waitpid(pid or 0, os.WNOHANG)
            if ended == 0:
                continue
            child.pid = None
            lived_s = monotonic() - child.started_at
            if lived_s > LONG_LIFE_S:
                child.start_at, child.back_off_s = monotonic(), BACK_OFF_FIRST_S
            else:
                self._put_off(child)
            if not self._stopping:
                self._meters.counts[Meter.RESTARTS] += 1
                code = os.waitstatus_to_exitcode(status)
                logger.warning("process_ended", process=child.role.name, code=code, lived_s=round(lived_s, 1))

    @staticmethod
    def _put_off(child: Child) -> None:
        """Start a child again after a pause, longer each time."""
        child.start_at = monotonic() + child.back_off_s
        child.back_off_s = min(child.back_off_s * 2, BACK_OFF_MAX_S)

    def _stop_all(self) -> None:
        """Stop rank by rank: first those who write clicks, then who stores them, then who answers questions."""
        for rank in sorted({child.role.rank for child in self._children}):
            group = [child for child in self._children if child.role.rank == rank and child.pid is not None]
            self._signal(group, signal.SIGTERM)
            self._wait_for(group, max((child.role.stop_s for child in group), default=0.0))
            self._signal(group, signal.SIGKILL)
            self._wait_for(group, KILL_WAIT_S)

    def _wait_for(self, group: Sequence[Child], limit_s: float) -> None:
        until = monotonic() + limit_s
        self._reap()
        while any(child.pid for child in group) and monotonic() < until:
            self._wait(min(0.1, until - monotonic()))
            self._reap()

    @staticmethod
    def _signal(group: Sequence[Child], number: signal.Signals) -> None:
        for child in group:
            if child.pid is not None:
                os.kill(child.pid, number)
