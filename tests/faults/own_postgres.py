"""A PostgreSQL of one test, which it may stop and start as it likes."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests import postgres
from tests.require import require_or_skip


class OwnPostgres:
    """Not running at first. Its data stay between stop and start."""

    def __init__(self) -> None:
        programs = postgres._programs()
        if programs is None:
            require_or_skip("PostgreSQL that can be stopped")
        self._programs = programs
        self._server: subprocess.Popen[bytes] | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="liulian-pg-"))
        self._folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(self._folder, postgres.USER)
        data = self._folder / "data"
        made = postgres._start([programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N"])
        assert made.wait() == 0

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._folder}&port={postgres.PORT}"

    def start(self) -> None:
        """Run, and return once it listens."""
        folder, options = self._folder, postgres.OPTIONS.split()
        self._server = postgres._start([self._programs / "postgres", "-D", folder / "data", "-k", folder, *options])
        postgres._wait_for(self._server, self._folder / f".s.PGSQL.{postgres.PORT}")

    def stop(self) -> None:
        """End all connections and stop, in order."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait()
            self._server = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
