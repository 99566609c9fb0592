"""Anybody can report a short link; somebody can then find it in the queue."""

import httpx2
import pytest

from liulian.base.i18n import Language, catalogue
from liulian.safety.model import PRIVATE_NETWORK, REASONS, REPORT_REASONS, Report
from liulian.storage.database import Database
from liulian.web.strangers import REPORTS_PER_HOUR
from tests.web.api import BASE, make


async def queue(database: Database) -> list[Report]:
    async with database.read() as tx:
        return await tx.reports.list_open(limit=100)


async def send(client: httpx2.AsyncClient, **fields: str) -> httpx2.Response:
    return await client.post("/report", data={"url": f"{BASE}/bad", "reason": "phishing"} | fields)


async def test_form_is_filled_in_by_whoever_leads_there(stranger: httpx2.AsyncClient) -> None:
    page = await stranger.get("/report", params={"url": f'{BASE}/b"ad'})

    assert page.status_code == 200
    assert "https://s.example/b&#34;ad" in page.text


async def test_report_is_in_the_queue(stranger: httpx2.AsyncClient, database: Database) -> None:
    await make(stranger, slug="bad")

    answer = await send(stranger, note="asks for passwords")

    assert answer.status_code == 200
    assert "We have it" in answer.text
    assert [(each.slug, each.reason, each.note) for each in await queue(database)] == [
        ("bad", "phishing", "asks for passwords")
    ]


@pytest.mark.parametrize(
    "typed",
    ["https://s.example/bad", "http://S.Example/bad+", "s.example/bad", "bad", "bad+", "https://s.example/b%61d?x=1"],
)
async def test_short_link_is_understood_however_it_is_typed(
    stranger: httpx2.AsyncClient, database: Database, typed: str
) -> None:
    await make(stranger, slug="bad")

    await send(stranger, url=typed)

    assert [each.slug for each in await queue(database)] == ["bad"]


async def test_slug_in_any_script_can_be_reported(stranger: httpx2.AsyncClient, database: Database) -> None:
    await make(stranger, slug="茶饮")

    await send(stranger, url="https://s.example/茶饮")
    await send(stranger, url="https://s.example/%E8%8C%B6%E9%A5%AE")
    await send(stranger, url="茶饮")

    assert [each.slug for each in await queue(database)] == ["茶饮"] * 3


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"url": ""}, "There is no such short link"),
        ({"url": "https://s.example/nothing"}, "There is no such short link"),
        ({"url": "https://other.example/bad"}, "There is no such short link"),
        ({"url": "https://["}, "There is no such short link"),
        ({"reason": ""}, "Choose one of these reasons"),
        ({"note": "x" * 1001}, "The note is too long"),
    ],
)
async def test_report_that_says_nothing_is_answered_at_the_form(
    stranger: httpx2.AsyncClient, database: Database, fields: dict[str, str], sentence: str
) -> None:
    await make(stranger, slug="bad")

    answer = await send(stranger, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert await queue(database) == []


async def test_nobody_fills_the_queue(stranger: httpx2.AsyncClient, database: Database) -> None:
    await make(stranger, slug="bad")
    for _ in range(REPORTS_PER_HOUR):
        await send(stranger)

    refused = await send(stranger)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == 3600
    assert len(await queue(database)) == REPORTS_PER_HOUR


async def test_form_on_another_site_reports_nothing(stranger: httpx2.AsyncClient, database: Database) -> None:
    await make(stranger, slug="bad")

    answer = await stranger.post(
        "/report", data={"url": f"{BASE}/bad", "reason": "spam"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 200
    assert await queue(database) == []


def test_every_reason_has_words_for_who_reports_and_for_who_visits() -> None:
    for language in Language:
        assert {f"safety.reason_{reason}" for reason in REPORT_REASONS} <= catalogue(language).keys()
        assert {f"pages.taken_down.{reason}" for reason in (*REASONS, PRIVATE_NETWORK)} <= catalogue(language).keys()
