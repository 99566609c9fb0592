"""`make bench`: every figure of the README, measured now, on this machine, into `benches/results/`.

`--smoke` runs everything once and briefly, to see that it runs; its figures mean nothing and are not kept.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benches import (
    checkins,
    clicks,
    create,
    decode,
    guarded,
    importing,
    ingest,
    listing,
    member_home,
    memory,
    recognise,
    redirect,
    replay,
)

RESULTS = Path(__file__).parent / "results"
BENCHES: dict[str, Callable[..., dict[str, Any]]] = {
    "redirect": redirect.run,
    "guarded": guarded.run,
    "memory": memory.run,
    "clicks": clicks.run,
    "ingest": ingest.run,
    "create": create.run,
    "import": importing.run,
    "list": listing.run,
    "recognise": recognise.run,
    "decode": decode.run,
    "check_ins": checkins.run,
    "member_home": member_home.run,
    "replay": replay.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benches", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="once and briefly; figures are not kept")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHES)}")
    wanted = parser.parse_args()
    names = wanted.names or list(BENCHES)
    results = {"machine": _machine()} | _run(names, smoke=wanted.smoke)
    Console().print_json(json.dumps(results))
    if not wanted.smoke:
        _keep(results)


def _run(names: list[str], *, smoke: bool) -> dict[str, Any]:
    results: dict[str, Any] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for name in names:
            task = progress.add_task(name, total=1)
            results[name] = BENCHES[name](smoke=smoke)
            progress.update(task, completed=1)
    return results


def _keep(results: dict[str, Any]) -> None:
    """Put new figures beside those of benches that were not run this time."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "latest.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(before | results, indent=2) + "\n")


def _machine() -> dict[str, Any]:
    """Say on what the figures were measured: they are ratios, but a reader wants to know."""
    return {
        "measured_on": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.system(),
        "python": platform.python_version(),
        "loop_us": round(_loop_us(), 1),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _loop_us() -> float:
    """Return what a thousand turns of an empty loop cost: how fast this machine was at this moment."""

    def turn() -> float:
        began = time.perf_counter()
        for _ in range(1_000):
            pass
        return (time.perf_counter() - began) * 1e6

    return statistics.median(turn() for _ in range(101))


if __name__ == "__main__":
    main()
