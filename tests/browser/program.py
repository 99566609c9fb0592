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
    with _started(folder, settings) as said:
        yield _url(said, folder / "log")


@contextmanager
def new_program(folder: Path, **settings: str) -> Iterator[tuple[str, str]]:
    """Give the address of a running Liulian where nobody has an account, and the link that makes the first one."""
    with _started(folder, settings) as said:
        yield _url(said, folder / "log"), _url(said, folder / "log")


@contextmanager
def _started(folder: Path, settings: dict[str, str]) -> Iterator[Iterator[str]]:
    """Give what the program says, line by line."""
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
        assert program.stdout
        try:
            yield iter(program.stdout)
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(STOP_S)


def _url(said: Iterator[str], log: Path) -> str:
    for line in said:
        if found := re.search(r"http://\S+", line):
            return found[0].rstrip("/")
    raise AssertionError(f"The program ended before it was open:\n{log.read_text()}")
