"""How fast links are imported from a file, in how much memory, and how redirects fare beside it. The whole program."""

import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self

from benches.load import resident_bytes
from benches.servers import START_WAIT_S, Server, liulian, make_links

ROWS, SMOKE_ROWS = 100_000, 1_000
IDLE_S, SMOKE_IDLE_S = 20.0, 0.5
PACE_S = 0.002  # A redirect every two milliseconds: far from full load, so that times say how long one waits.
ASKED_EVERY_S = 0.5  # How far it is: an answer of the API costs what a hundred redirects cost, and they wait for it.
SWITCH_S = 0.0005  # The watch must wait for the server, not for the rest of this program.
LIMIT_S = 600.0


class Watch:
    """Redirects at a steady pace, each timed, until told to stop."""

    def __init__(self, port: int, paths: list[bytes]) -> None:
        self.times: list[float] = []
        self._connection = HTTPConnection("127.0.0.1", port)
        self._paths = [path.decode() for path in paths]
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._connection.close()

    def p99_ms(self) -> float:
        return round(sorted(self.times)[len(self.times) * 99 // 100] * 1000, 2)

    def _ask(self) -> None:
        due, number = time.perf_counter(), 0
        while not self._is_over.is_set():
            due, number = max(due + PACE_S, time.perf_counter()), number + 1
            time.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            self._connection.request("GET", self._paths[number % len(self._paths)])
            self._connection.getresponse().read()
            self.times.append(time.perf_counter() - began)


def run(*, smoke: bool = False) -> dict[str, Any]:
    """Return the figures. Beside the import runs what runs beside it in life: the worker also stores all clicks."""
    rows = SMOKE_ROWS if smoke else ROWS
    sys.setswitchinterval(SWITCH_S)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        paths = make_links(data_dir, count=1_000)
        token = _token(data_dir)
        with liulian(data_dir, "serve", core=None, LIULIAN_WORKERS="1") as server:
            worker = _worker_of(data_dir)
            with Watch(server.port, paths) as idle:
                usual = _peak_for(SMOKE_IDLE_S if smoke else IDLE_S, worker)
            peak = 0
            with Watch(server.port, paths) as beside:
                began = time.perf_counter()
                path = _start(server, token, rows)
                while (task := _call(server, path, token))["state"] == "running":
                    peak = max(peak, resident_bytes(worker))
                    if time.perf_counter() - began > LIMIT_S:
                        raise TimeoutError(str(task))
                    time.sleep(ASKED_EVERY_S)
                took = time.perf_counter() - began
    if task["created"] != rows:
        raise RuntimeError(str(task))
    return {
        "rows": rows,
        "links_per_s": round(rows / took),
        "worker_bytes_peak_idle": usual,
        "worker_bytes_peak": peak,
        "redirect_p99_ms_idle": idle.p99_ms(),
        "redirect_p99_ms_beside": beside.p99_ms(),
        "redirect_p99_ratio": round(beside.p99_ms() / idle.p99_ms(), 2),
    }


def _peak_for(seconds: float, worker: int) -> int:
    """Return the most memory that the worker has while it stores clicks and nothing else."""
    peak, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        peak = max(peak, resident_bytes(worker))
        time.sleep(0.2)
    return peak


def _token(data_dir: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "liulian", "api-key", "create", "--name", "bench"],
        env={"LIULIAN_DATA_DIR": str(data_dir), "PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _worker_of(data_dir: Path) -> int:
    """Return the process that imports, once it is there."""
    mark, until = f"LIULIAN_DATA_DIR={data_dir}\0".encode(), time.monotonic() + START_WAIT_S
    while time.monotonic() < until:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                name, environ = (entry / "comm").read_text(), (entry / "environ").read_bytes()
            except OSError:
                continue  # It ended while we looked.
            if name.startswith("liulian-worker") and mark in environ:
                return int(entry.name)
        time.sleep(0.2)
    raise TimeoutError("no worker yet")


def _start(server: Server, token: str, rows: int) -> str:
    """Send a file, start its import, and return where it is seen."""
    edge = "liulian-bench"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="links.csv"\r\n\r\n'
    body = f"{head}{''.join(_lines(rows))}\r\n--{edge}--\r\n".encode()
    kind = f"multipart/form-data; boundary={edge}"
    path = f"/api/v1/imports/{_call(server, '/api/v1/imports', token, body=body, kind=kind)['id']}"
    _call(server, f"{path}/start", token, body=b"{}")
    return path


def _lines(rows: int) -> Iterator[str]:
    yield "url,slug,title,tags,created\n"
    for number in range(rows):
        url = f"https://example.com/landing/page?utm_source=poster&utm_campaign=spring&n={number}"
        yield f"{url},im{number:06d},春季茶饮海报 {number},spring;poster,2024-01-05 08:30:00\n"


def _call(server: Server, path: str, token: str, *, body: bytes | None = None, kind: str = "application/json") -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    print(json.dumps(run(smoke="--smoke" in sys.argv)))
