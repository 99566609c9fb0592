"""A whole Liulian as an administrator has it: started, killed in parts, started again. For faults and journeys."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benches.servers import children_of, free_port

START_S = 60.0  # Far more than it takes; a busy machine must not fail a test that is about something else.
STOP_S = 12.0


class Installation:
    """One data folder and the program that serves it."""

    def __init__(self, data_dir: Path, *, workers: int = 2, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        many = {"LIULIAN_ANONYMOUS_LINKS_PER_HOUR": "1000000"}  # All visitors of a test come from one address.
        self._settings = (
            many
            | settings
            | {
                "LIULIAN_DATA_DIR": str(data_dir),
                "LIULIAN_PORT": str(self.port),
                "LIULIAN_WORKERS": str(workers),
            }
        )
        self._program: subprocess.Popen[bytes] | None = None
        self.log = data_dir.parent / f"{data_dir.name}.log"

    @property
    def is_started(self) -> bool:
        """Whether the program was started and not yet stopped."""
        return self._program is not None

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        assert self._program is not None
        return self._program.pid

    def start(self) -> None:
        """Start the program and return once its page is answered."""
        with self.log.open("ab") as log:
            self._program = subprocess.Popen(
                [sys.executable, "-m", "liulian", "serve"],
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        self.wait_until(self._is_answering, limit_s=START_S)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End the program in order; return how many seconds that took."""
        assert self._program is not None
        began = time.monotonic()
        self._program.send_signal(number)
        self._program.wait(STOP_S)
        self._program = None
        return time.monotonic() - began

    def kill(self, role: str) -> int:
        """`kill -9` one process: `supervisor`, or the first whose name begins with `web`, `query`, `worker`."""
        pid = self.pid if role == "supervisor" else self.processes(role)[0]
        os.kill(pid, signal.SIGKILL)
        if role == "supervisor" and self._program is not None:
            self._program.wait()
        return pid

    def kill_all(self) -> None:
        """`kill -9` every process at once."""
        assert self._program is not None
        for pid in [*children_of(self.pid), self.pid]:
            os.kill(pid, signal.SIGKILL)
        self._program.wait()

    def processes(self, role: str = "") -> list[int]:
        """Return the ids of living processes of a role, whoever their parent is; all of them by default."""
        return [pid for pid, name in self._living() if name.startswith(f"liulian-{role}")]

    def _living(self) -> Iterator[tuple[int, str]]:
        mark = f"LIULIAN_DATA_DIR={self.data_dir}\0".encode()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                is_ours = mark in (entry / "environ").read_bytes()
                name = (entry / "comm").read_text().strip()
                is_dead = re.search(r"\) [ZX] ", (entry / "stat").read_text())
            except OSError:
                continue  # It ended while we looked.
            if is_ours and not is_dead and int(entry.name) != os.getpid():
                yield int(entry.name), name

    def request(self, path: str, *, method: str = "GET", token: str | None = None, body: Any = None) -> Any:
        """Send a request to the API and return the JSON of the answer."""
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def create_link(self, destination: str = "https://example.com/landing") -> dict[str, Any]:
        """Make a link as a stranger."""
        link: dict[str, Any] = self.request("/api/v1/links", method="POST", body={"destination": destination})
        return link

    def metrics(self) -> dict[str, float]:
        """Return what `/metrics` says, by name."""
        with urllib.request.urlopen(f"{self.address}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def run(self, *arguments: str, stdin: bytes = b"", **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command line against this installation. Its terminal is English unless `settings` say otherwise."""
        done = subprocess.run(
            [sys.executable, "-m", "liulian", *arguments],
            env=self._environment() | {"LC_ALL": "C.UTF-8"} | settings,
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def _environment(self) -> dict[str, str]:
        """Return this process's environment with the settings of this installation and no others."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("LIULIAN_")}
        return others | self._settings

    @staticmethod
    def wait_until(is_true: Any, *, limit_s: float) -> None:
        """Poll until something holds. Raises TimeoutError."""
        until = time.monotonic() + limit_s
        while not is_true():
            if time.monotonic() > until:
                raise TimeoutError(f"{is_true} did not come true within {limit_s} s")
            time.sleep(0.05)

    def _is_answering(self) -> bool:
        assert self._program is not None
        if self._program.poll() is not None:
            raise AssertionError(f"The program ended:\n{self.log.read_text()}")
        try:
            with urllib.request.urlopen(f"{self.address}/api/openapi.json", timeout=2):
                return True
        except OSError:
            return False
