"""`/metrics`: the sum of all processes, for this machine and whoever holds the token; nothing for anybody else."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from liulian.base.ids import IdSource
from liulian.base.meters import SUFFIX, Meter, Meters
from liulian.storage.database import Database
from liulian.web.app import create_app
from liulian.web.metrics import CONTENT_TYPE, add_metrics, metrics_only
from liulian.web.parts import Parts, Site
from tests.web.api import NOON

LOOPBACK, STRANGER = ("127.0.0.1", 40_000), ("203.0.113.9", 40_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "meters"


async def ask(
    database: Database,
    folder: Path,
    *,
    peer: tuple[str, int] = LOOPBACK,
    token: str | None = None,
    headers: dict[str, str] | None = None,
) -> httpx2.Response:
    """Ask for `/metrics` as a given peer."""
    site = Site.of(base_url=None, secret=b"secret of a test")
    app: Any = create_app(Parts(site=site, database=database, ids=IdSource(), clock=lambda: NOON))
    add_metrics(app, meters_dir=folder, token=token)
    transport = httpx2.ASGITransport(app=app, client=peer)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/metrics", headers=headers)


def numbers(answer: httpx2.Response) -> dict[str, float]:
    """Return what a Prometheus would read."""
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {sample.name: sample.value for family in families for sample in family.samples}


async def test_what_all_processes_counted_is_added_up(database: Database, folder: Path) -> None:
    for number in (1, 2, 3):
        meters = Meters(folder / f"web-{number}{SUFFIX}")
        meters.counts[Meter.SPOOLED] += 10 * number
        meters.counts[Meter.CONNECTIONS_NOW] = number

    found = numbers(await ask(database, folder))

    assert found["liulian_requests_recorded_total"] == 60
    assert found["liulian_connections"] == 6
    assert found["liulian_requests_dropped_total"] == 0


async def test_every_counter_is_shown_under_a_name_of_its_own(database: Database, folder: Path) -> None:
    meters = Meters(folder / f"web-1{SUFFIX}")
    for meter in Meter:
        meters.counts[meter] = 1_000 + meter

    found = numbers(await ask(database, folder))

    assert sorted(found.values()) == [1_000 + meter for meter in Meter]
    assert all(name.startswith("liulian_") for name in found)


async def test_without_any_process_everything_is_zero(database: Database, folder: Path) -> None:
    assert set(numbers(await ask(database, folder)).values()) == {0}


async def test_an_answer_is_kept_by_nobody(database: Database, folder: Path) -> None:
    answer = await ask(database, folder)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == CONTENT_TYPE


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_may_read_it(database: Database, folder: Path, address: str) -> None:
    assert (await ask(database, folder, peer=(address, 40_000))).status_code == 200


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "192.168.1.1", "::ffff:203.0.113.9", "fe80::1", ""])
async def test_for_anybody_else_there_is_no_such_page(database: Database, folder: Path, address: str) -> None:
    answer = await ask(database, folder, peer=(address, 40_000))

    assert answer.status_code == 404
    assert "liulian_" not in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
async def test_whoever_comes_through_a_proxy_of_this_machine_is_not_this_machine(
    database: Database, folder: Path, header: str
) -> None:
    assert (await ask(database, folder, headers={header: "127.0.0.1"})).status_code == 404


async def test_the_token_opens_it_from_everywhere(database: Database, folder: Path) -> None:
    headers = {"Authorization": "Bearer token of a test", "X-Forwarded-For": "203.0.113.9"}

    answer = await ask(database, folder, peer=STRANGER, token="token of a test", headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize("sent", ["Bearer", "Bearer ", "Bearer wrong", "Bearer token", "Basic dG9rZW4="])
async def test_a_wrong_token_opens_nothing(database: Database, folder: Path, sent: str) -> None:
    headers = {"Authorization": sent}

    wrong = await ask(database, folder, peer=STRANGER, token="token of a test", headers=headers)
    none_set = await ask(database, folder, peer=STRANGER, headers=headers)

    assert (wrong.status_code, none_set.status_code) == (404, 404)


async def ask_edge(folder: Path, path: str = "/metrics", *, peer: tuple[str, int] = LOOPBACK) -> httpx2.Response:
    """Ask a process that answers links only, as a given peer who knows the token but says it only from far away."""
    application: Any = metrics_only(meters_dir=folder, token="token of a test")
    transport = httpx2.ASGITransport(app=application, client=peer)
    headers = {} if peer == LOOPBACK else {"Authorization": "Bearer token of a test"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get(path, headers=headers)


@pytest.mark.parametrize("peer", [LOOPBACK, STRANGER])
async def test_a_process_that_answers_links_only_tells_what_was_counted(folder: Path, peer: tuple[str, int]) -> None:
    Meters(folder / f"web-1{SUFFIX}").counts[Meter.SPOOLED] += 7

    answer = await ask_edge(folder, peer=peer)

    assert numbers(answer)["liulian_requests_recorded_total"] == 7
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (CONTENT_TYPE, "no-store")


async def test_a_process_that_answers_links_only_has_nothing_else(folder: Path) -> None:
    assert [(await ask_edge(folder, path)).status_code for path in ("/", "/metrics/", "/api/v1/links")] == [404] * 3


async def test_a_process_that_answers_links_only_tells_strangers_nothing(folder: Path) -> None:
    application: Any = metrics_only(meters_dir=folder, token=None)
    transport = httpx2.ASGITransport(app=application, client=STRANGER)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        assert (await client.get("/metrics")).status_code == 404
