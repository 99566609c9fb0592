"""A team with a domain of its own, without any DNS: claimed, proved by the file we show, served by every process."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import opened
from tests.installation import Installation
from tests.journeys.journey import started
from tests.web.api import api_key

HOST = "links.localhost"
SEEN_S = 2.0  # A change is known within 0.2 s; a machine that does much else at once is given more.
TRIES = 12  # Each over a connection of its own: any of the processes may answer.


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with started(tmp_path_factory.mktemp("running")) as installation:
        yield installation


async def a_key(running: Installation) -> str:
    """Return a key that may do all: those of the command line arrange no domains."""
    async with opened(f"sqlite:///{running.data_dir / 'liulian.db'}") as database:
        return await api_key(database)


def ask(running: Installation, path: str, *, host: str = HOST) -> tuple[int, str | None, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host, "User-Agent": "curl/8.5.0"})
        answer = connection.getresponse()
        return answer.status, answer.headers["Location"], answer.read()
    finally:
        connection.close()


def by_all(running: Installation, path: str) -> set[tuple[int, str | None]]:
    return {ask(running, path)[:2] for _ in range(TRIES)}


def test_from_a_claim_to_a_link_under_a_name_of_ones_own(running: Installation) -> None:
    token = asyncio.run(a_key(running))

    def api(path: str, method: str = "POST", **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = running.request(f"/api/v1{path}", method=method, token=token, body=body or None)
        return answer

    domain = api("/domains", host=HOST)
    assert ask(running, domain["verification"]["file_path"])[2].decode() == domain["verification"]["file_body"]

    verified = api(f"/domains/{domain['id']}/verify")
    assert verified["verified_at"] is not None

    link = api("/links", destination="https://example.com/tea", slug="tea", domain=HOST)
    assert link["short_url"] == f"http://{HOST}:{running.port}/tea"
    running.wait_until(lambda: by_all(running, "/tea") == {(302, "https://example.com/tea")}, limit_s=SEEN_S)
    assert ask(running, "/tea", host=f"127.0.0.1:{running.port}")[0] == 404
    assert by_all(running, "/api/v1/links") == {(404, None)}

    api(f"/domains/{domain['id']}", "PATCH", root_destination="https://example.com/")
    running.wait_until(lambda: by_all(running, "/") == {(302, "https://example.com/")}, limit_s=SEEN_S)

    down = running.run("safety", "disable", f"{HOST}/tea", "--reason", "spam")
    assert down.returncode == 0, down.stderr
    running.wait_until(lambda: by_all(running, "/tea") == {(410, None)}, limit_s=SEEN_S)


def test_the_example_of_the_guide_is_a_request_that_is_answered(running: Installation) -> None:
    answer = ask(running, "/api/v1/tls/ask?domain=links.localhost", host="127.0.0.1")

    assert answer[0] == 200
    assert json.loads(ask(running, "/api/v1/tls/ask?domain=nobody.example.com", host="127.0.0.1")[2])["status"] == 404
