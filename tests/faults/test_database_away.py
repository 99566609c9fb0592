"""The database goes away and comes back. Known links are answered and counted all the while; nothing needs a hand."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.own_postgres import OwnPostgres
from tests.faults.stored import stored_clicks
from tests.installation import Installation

WORKERS = 2
LANDING, CHANGED = "https://example.com/landing", "https://example.com/changed"
RECOVER_S = 20.0  # The change feed tries again after five seconds at the latest, the worker after two.


@pytest.fixture
def postgres() -> Iterator[OwnPostgres]:
    postgres = OwnPostgres()
    yield postgres
    postgres.remove()


@pytest.fixture
def installation(tmp_path: Path, postgres: OwnPostgres) -> Iterator[Installation]:
    """Not started yet."""
    installation = Installation(tmp_path / "data", workers=WORKERS, LIULIAN_DATABASE_URL=postgres.url)
    yield installation
    if installation.is_started:
        installation.stop()
    assert installation.processes() == []


def test_the_program_starts_without_its_database_and_comes_to_life_with_it(
    installation: Installation, postgres: OwnPostgres
) -> None:
    installation.start()
    processes = sorted(installation.processes())

    assert ask(installation, "/").status == 200
    unknown = ask(installation, "/abcdefg")
    assert (unknown.status, unknown.headers["retry-after"]) == (503, "2")
    assert "text/html" in unknown.headers["content-type"]
    refused = ask(installation, "/api/v1/links", body={"destination": LANDING})
    assert (refused.status, refused.headers["content-type"]) == (503, "application/problem+json")
    assert json.loads(refused.body)["code"] == "unavailable"
    assert sorted(installation.processes()) == processes, "nobody dies of it"

    postgres.start()
    installation.wait_until(
        lambda: ask(installation, "/api/v1/links", body={"destination": LANDING}).status == 201, limit_s=RECOVER_S
    )
    link = installation.create_link(LANDING)
    assert click(installation, link, number=1) == (302, LANDING)
    installation.wait_until(lambda: totals(installation, link) == (1, 1), limit_s=RECOVER_S)
    assert sorted(installation.processes()) == processes


def test_known_links_are_answered_and_counted_while_the_database_is_away(
    installation: Installation, postgres: OwnPostgres
) -> None:
    postgres.start()
    link = a_link_that_every_process_knows(installation)
    assert click(installation, link, number=0) == (302, LANDING)
    installation.wait_until(lambda: totals(installation, link) == (1, 1), limit_s=RECOVER_S)

    postgres.stop()
    answers = {click(installation, link, number=number) for number in range(1, 50)}

    assert answers == {(302, LANDING)}
    installation.wait_until(lambda: len(stored_clicks(installation.data_dir)) == 50, limit_s=RECOVER_S)
    assert ask(installation, "/abcdefg").status == 503
    assert change(installation, link) == 503

    postgres.start()
    installation.wait_until(lambda: change(installation, link) == 200, limit_s=RECOVER_S)
    installation.wait_until(
        lambda: {click_uncounted(installation, link) for _ in range(20)} == {CHANGED}, limit_s=RECOVER_S
    )
    installation.wait_until(lambda: totals(installation, link) == (50, 50), limit_s=RECOVER_S)


def test_the_program_ends_in_order_while_the_database_is_away(
    installation: Installation, postgres: OwnPostgres
) -> None:
    postgres.start()
    link = a_link_that_every_process_knows(installation)
    assert click(installation, link, number=0) == (302, LANDING)
    installation.wait_until(lambda: totals(installation, link) == (1, 1), limit_s=RECOVER_S)
    postgres.stop()
    for number in range(1, 50):
        click(installation, link, number=number)

    took_s = installation.stop()

    assert took_s < 10
    assert sorted(stored_clicks(installation.data_dir)) == list(range(50))


def a_link_that_every_process_knows(installation: Installation) -> dict[str, Any]:
    """Return a link that was there before the program started: each process has read it by itself."""
    installation.start()
    link = installation.create_link(LANDING)
    installation.stop()
    installation.start()
    installation.wait_until(lambda: installation.metrics()["liulian_routes"] == WORKERS, limit_s=RECOVER_S)
    return link


class Answer:
    """What came back."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()


def ask(
    installation: Installation,
    path: str,
    *,
    method: str | None = None,
    body: dict[str, Any] | None = None,
    token: str | None = None,
) -> Answer:
    """Send one request on a connection of its own, so that any process may get it."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=20)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        connection.request(
            method or ("POST" if body else "GET"), path, body=json.dumps(body) if body else None, headers=headers
        )
        return Answer(connection.getresponse())
    finally:
        connection.close()


def click(installation: Installation, link: dict[str, Any], *, number: int) -> tuple[int, str | None]:
    """Open a link with a number that the lake keeps."""
    answer = ask(installation, f"/{link['slug']}?utm_content={number}")
    return answer.status, answer.headers["location"]


def click_uncounted(installation: Installation, link: dict[str, Any]) -> str | None:
    """Look where a link leads without clicking."""
    return ask(installation, f"/{link['slug']}", method="HEAD").headers["location"]


def change(installation: Installation, link: dict[str, Any]) -> int:
    path, body = f"/api/v1/links/{link['id']}", {"destination": CHANGED}
    return ask(installation, path, method="PATCH", body=body, token=link["manage_token"]).status


def totals(installation: Installation, link: dict[str, Any]) -> tuple[int, int]:
    """Return the clicks on the link and in its statistics."""
    path, token = f"/api/v1/links/{link['id']}", link["manage_token"]
    shown, stats = ask(installation, path, token=token), ask(installation, path + "/stats", token=token)
    if (shown.status, stats.status) != (200, 200):
        return -1, -1
    return json.loads(shown.body)["clicks"], json.loads(stats.body)["totals"]["clicks"]
