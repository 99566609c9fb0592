"""How long it takes to make a link by the API, one at a time, and how many a second in bulk. The whole program."""

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.servers import liulian

ONE_BY_ONE, BULKS, BULK = 500, 5, 1000
ADDRESS = "/api/v1/links"
DESTINATION = "https://example.com/landing/page?utm_source=poster&utm_campaign=spring&n={}"


def run(*, smoke: bool = False) -> dict[str, Any]:
    """Return the figures. Times are those of the caller, who waits for the link to be on disk."""
    with (
        tempfile.TemporaryDirectory() as folder,
        liulian(Path(folder), "serve", core=None, LIULIAN_WORKERS="1") as server,
    ):
        caller = http.client.HTTPConnection("127.0.0.1", server.port)
        _post(caller, ADDRESS, _wish(0))  # The first one also compiles the statements.
        key = _key(Path(folder))
        _post(caller, ADDRESS, _wish(0), key=key)
        numbers = range(20 if smoke else ONE_BY_ONE)
        times = [_post(caller, ADDRESS, _wish(number), key=key) for number in numbers]
        strangers = [_post(caller, ADDRESS, _wish(number)) for number in numbers]
        size = 20 if smoke else BULK
        bulk = {"links": [_wish(number) for number in range(size)]}
        bulks = [_post(caller, f"{ADDRESS}/bulk", bulk) for _ in range(1 if smoke else BULKS)]
        named = {"links": [_wish(number) | {"title": f"夏日茶饮 poster {number}"} for number in range(size)]}
        owned = [_post(caller, f"{ADDRESS}/bulk", named, key=key) for _ in range(1 if smoke else BULKS)]
        caller.close()
    return {
        "create_p50_ms": round(statistics.median(times) * 1000, 2),
        "create_p99_ms": round(sorted(times)[len(times) * 99 // 100] * 1000, 2),
        "stranger_p50_ms": round(statistics.median(strangers) * 1000, 2),  # Counted by address, twice.
        "bulk_per_s": round(size / statistics.median(bulks)),
        "bulk_found_by_words_per_s": round(size / statistics.median(owned)),  # Of a workspace: listed, and indexed.
    }


def _wish(number: int) -> dict[str, str]:
    return {"destination": DESTINATION.format(number)}


def _key(folder: Path) -> str:
    """Return the token of a new key of the first workspace."""
    command = [sys.executable, "-m", "liulian", "api-key", "create", "--name", "bench"]
    settings = os.environ | {"LIULIAN_DATA_DIR": str(folder)}
    shown = subprocess.run(command, env=settings, capture_output=True, check=True, text=True).stdout
    return str(re.findall(r"ll_[\w-]+", shown)[0])


def _post(caller: http.client.HTTPConnection, address: str, body: object, *, key: str | None = None) -> float:
    """Send one request and return the seconds until its answer was read."""
    began = time.perf_counter()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    caller.request("POST", address, json.dumps(body), headers)
    answer = caller.getresponse()
    answer.read()
    took = time.perf_counter() - began
    if answer.status not in (200, 201):
        raise RuntimeError(f"{address} answered {answer.status}")
    return took


if __name__ == "__main__":
    print(json.dumps(run()))
