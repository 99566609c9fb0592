"""Load by wrk on one core, and what a server on the other spent on it, as the kernel counts."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 64
SERVER_CORE, LOAD_CORE = 0, 1
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_DONE = re.compile(r"(\d+) requests in ")
_P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
_BAD = re.compile(r"Socket errors: (.*)|Non-2xx or 3xx responses: (\d+)")

_SCRIPT = """
local requests, index = {}, 0
function init(args)
  local file = io.open(args[1], "rb")
  local text = file:read("*a")
  file:close()
  for head in text:gmatch("([^%z]+)") do requests[#requests + 1] = head end
  math.randomseed(os.time())
  index = math.random(#requests)
end
function request()
  index = index % #requests + 1
  return requests[index]
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One run: answers received, CPU of the server per answer in µs, 99th percentile in ms, and wrk's complaints."""

    requests: int
    seconds: float
    cpu_us: float
    p99_ms: float
    complaints: str


def pinned(core: int | None) -> list[str]:
    """Return the beginning of a command that runs on one core; nothing for None or where there is only one."""
    return [] if core is None or (os.cpu_count() or 1) < 2 else ["taskset", "-c", str(core)]


def run_wrk(port: int, heads: Sequence[bytes], *, pids: Sequence[int], seconds: float) -> Load:
    """Send the heads over and over for `seconds` and return what it cost the processes `pids`."""
    with tempfile.TemporaryDirectory() as folder:
        script, file = Path(folder, "load.lua"), Path(folder, "heads")
        script.write_text(_SCRIPT)
        file.write_bytes(b"".join(head + b"\0" for head in heads))
        command = [
            *pinned(LOAD_CORE),
            required("wrk"),
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--latency",
            "-s",
            str(script),
            f"http://127.0.0.1:{port}/",
            "--",
            str(file),
        ]
        before = sum(map(cpu_s, pids))
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        spent = sum(map(cpu_s, pids)) - before
    requests = int(_found(_DONE, done)[1])
    number, unit = _found(_P99, done).groups()
    p99_ms = float(number) * {"us": 0.001, "ms": 1.0, "s": 1_000.0}[unit]
    bad = _BAD.search(done)
    return Load(requests, seconds, spent / requests * 1e6, p99_ms, bad[0] if bad else "")


def cpu_s(pid: int) -> float:
    """Return user and system seconds a process has used, its finished children not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def cpu_of_all_s(pids: Sequence[int]) -> float:
    """Return what processes have used together; those that have ended meanwhile are left out."""
    return sum(cpu_s(pid) for pid in pids if Path(f"/proc/{pid}/stat").exists())


def resident_bytes(pid: int) -> int:
    """Return the proportional share of memory of a process: shared pages are divided among those who share them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise ValueError("no Pss in smaps_rollup")


def required(program: str) -> str:
    """Return the path of a program. Raises SystemExit with what to install."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if path is None:
        raise SystemExit(f"{program} is needed for this bench; Debian: apt-get install wrk nginx-light")
    return path


def _found(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.search(text)
    if match is None:
        raise ValueError(f"wrk said something unexpected: {text}")
    return match
