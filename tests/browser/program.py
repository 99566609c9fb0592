"""The whole program, started as a person starts it, on a port and a data folder of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benches.servers import free_port

STOP_S = 15  # The program promises to be gone within 10.


@contextmanager
def running_program(folder: Path, **settings: str) -> Iterator[str]:
    """Give the address of a running Liulian, from the line it prints when it is open."""
    usual = {
        "LIULIAN_PORT": str(free_port()),
        "LIULIAN_DATA_DIR": str(folder),
        "LIULIAN_WORKERS": "1",
        "LIULIAN_ANONYMOUS_LINKS_PER_HOUR": "10000",  # All tests come from one address.
    }
    environment = os.environ | usual | settings
    command = [sys.executable, "-m", "liulian", "serve"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as program,
    ):
        try:
            yield _address(program, folder / "log")
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(STOP_S)


def _address(program: subprocess.Popen[str], log: Path) -> str:
    assert program.stdout
    for line in program.stdout:
        if found := re.search(r"http://\S+", line):
            return found[0].rstrip("/")
    raise AssertionError(f"The program ended before it was open:\n{log.read_text()}")
