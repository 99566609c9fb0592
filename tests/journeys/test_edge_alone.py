"""`liulian edge` and `liulian worker` beside each other, without the rest: links are answered, their clicks stored."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benches.servers import wait_for
from liulian.base.meters import Meter, read_all
from tests.faults.stored import stored_clicks
from tests.installation import STOP_S, Installation
from tests.journeys.journey import BROWSER, Visitor, noon_zone

STORED_S = 10.0  # The worker loads its engines first.


@contextmanager
def running(installation: Installation, command: str) -> Iterator[None]:
    """Run one of the long commands; it must end in order."""
    with installation.log.open("ab") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "liulian", command], env=installation._environment(), stdout=log, stderr=log
        )
    try:
        yield
    finally:
        program.send_signal(signal.SIGTERM)
        code = program.wait(STOP_S)
    assert code == 0, installation.log.read_text()


def test_an_edge_answers_links_and_a_worker_stores_their_clicks(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data", LIULIAN_TIME_ZONE=noon_zone())
    short_url = installation.run("shorten", "https://example.com/tea", "--slug", "tea").stdout.strip()

    with running(installation, "edge"), Visitor(installation, BROWSER) as visitor:
        wait_for(installation.port)
        path = short_url.removeprefix(installation.address)
        answers = [visitor.ask(f"{path}?utm_content={number}") for number in range(20)]
        others = [visitor.ask(other)[0] for other in ("/", "/api/v1/links", "/nobody")]
        metrics = visitor.ask("/metrics")[0]

    assert answers == [(302, "https://example.com/tea")] * 20
    assert others == [404] * 3
    assert metrics == 200
    with running(installation, "worker"):
        installation.wait_until(lambda: ingested(installation) == 20, limit_s=STORED_S)
    assert sorted(stored_clicks(installation.data_dir)) == list(range(20))
    assert installation.run("stats", "tea").stdout.splitlines()[-1].split() == ["Total", "20", "20", "1"]
    assert installation.processes() == []


def ingested(installation: Installation) -> int:
    return sum(counts[Meter.INGESTED] for _, counts in read_all(installation.data_dir / "meters"))
