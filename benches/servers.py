"""The two servers that are compared: nginx with a fixed 302, and ours with 100,000 links and a spool."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benches.load import SERVER_CORE, pinned, required
from liulian.base.clock import utc_now
from liulian.bootstrap import migrate_until_done, prepare_data_dir
from liulian.config import read_settings
from liulian.links.guard import NO_GUARD, Guard
from liulian.storage.database import Database
from liulian.storage.rules import guard_text
from liulian.storage.tables import links

START_WAIT_S = 20.0

_NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ return 302 https://example.com/landing/page?id=12345; }} }}
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where, and the processes that answer. `parent` began all others."""

    port: int
    pids: tuple[int, ...]
    data_dir: Path | None = None
    parent: int = 0


@contextmanager
def nginx(folder: Path) -> Iterator[Server]:
    """Run nginx with one worker on the server's core."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port))
    process = subprocess.Popen([*pinned(SERVER_CORE), required("nginx"), "-c", str(config)])
    try:
        wait_for(port)
        yield Server(port, tuple(children_of(process.pid)))
    finally:
        process.terminate()
        process.wait()


@contextmanager
def liulian(data_dir: Path, *arguments: str, core: int | None = SERVER_CORE, **settings: str) -> Iterator[Server]:
    """Run `liulian` with the given arguments; with a core, all its processes there. Yields once it answers."""
    port = free_port()
    usual = {
        "LIULIAN_PORT": str(port),
        "LIULIAN_DATA_DIR": str(data_dir),
        "LIULIAN_ANONYMOUS_LINKS_PER_HOUR": "10000000",
    }
    environment = os.environ | usual | settings
    process = subprocess.Popen(
        [*pinned(core), sys.executable, "-m", "liulian", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield Server(port, tuple(_settled_children(process.pid)), data_dir, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def make_links(data_dir: Path, *, count: int, guard: Guard = NO_GUARD) -> list[bytes]:
    """Fill a new data folder with `count` links, straight into the table, and return their paths."""
    settings = read_settings({"LIULIAN_DATA_DIR": str(data_dir)})
    prepare_data_dir(settings)
    asyncio.run(migrate_until_done(settings))
    asyncio.run(_fill(settings.database_url, count, guard_text(guard)))
    return [b"/" + _slug(number).encode() for number in range(count)]


async def _fill(url: str, count: int, guard: str | None) -> None:
    database = Database.open(url)
    now = utc_now()
    rows = [
        {
            "id": number + 1,
            "domain_id": 1,
            "slug": _slug(number),
            "destination": f"https://example.com/landing/page?id={number}&utm_source=poster",
            "guard": guard,
            "created_at": now,
            "updated_at": now,
        }
        for number in range(count)
    ]
    async with database.write() as tx:
        await tx.connection.execute(links.insert(), rows)
    await database.close()


def _slug(number: int) -> str:
    return f"b{number:06d}"


def children_of(pid: int) -> list[int]:
    """Return the direct children of a process."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def family_of(pid: int) -> list[int]:
    """Return a process, its children, and theirs."""
    return [pid, *(each for child in children_of(pid) for each in family_of(child))]


def _settled_children(pid: int) -> list[int]:
    """Return the children of a process that listens before it forks, once they are all there. Raises TimeoutError."""
    until, before = time.monotonic() + START_WAIT_S, list[int]()
    while time.monotonic() < until:
        time.sleep(0.2)
        children = children_of(pid)
        if children and children == before:
            return children
        before = children
    raise TimeoutError(f"process {pid} has no children yet")


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Return once somebody accepts connections there. Raises TimeoutError."""
    until = time.monotonic() + START_WAIT_S
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")
