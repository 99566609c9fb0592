"""POST /api/v1/links: a URL goes in, a short link comes out."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from liulian.base.ids import ALPHABET
from liulian.links import service
from liulian.storage.database import Database
from liulian.web.api.schemas import NewLink
from tests.web.api import BASE, LINKS, bearer, client_of, make, problem, refused_fields


async def test_stranger_gets_a_link_and_the_token_that_manages_it(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.post(LINKS, json={"destination": "https://例子.测试/路?q=茶#下", "title": "茶"})

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{LINKS}/{made['id']}"
    assert re.fullmatch(f"[{ALPHABET}]{{7}}", made["slug"])
    assert made["short_url"] == f"{BASE}/{made['slug']}"
    assert made["qr_url"] == f"{BASE}/q/{made['slug']}.svg"
    assert made["domain"] == "s.example"
    assert made["destination"] == "https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF?q=%E8%8C%B6#%E4%B8%8B"
    assert (made["title"], made["clicks"], made["human_clicks"]) == ("茶", 0, 0)
    assert made["created_at"] == made["updated_at"] == "2026-03-01T12:00:00.000000Z"
    assert made["manage_token"].startswith(f"lm_{made['id']}.")
    assert NewLink.model_validate_json(answer.text).slug == made["slug"]


async def test_link_of_a_program_has_no_manage_token(program: httpx2.AsyncClient) -> None:
    assert "manage_token" not in await make(program)


async def test_wished_slug_is_given_once(stranger: httpx2.AsyncClient) -> None:
    made = await make(stranger, slug="夏日-茶")

    assert made["short_url"] == f"{BASE}/%E5%A4%8F%E6%97%A5-%E8%8C%B6"
    second = await stranger.post(LINKS, json={"destination": "https://example.com/", "slug": "夏日-茶"})
    assert problem(second) == (409, "slug_taken")
    assert refused_fields(second) == {"slug": "slug_taken"}


async def test_taken_random_slug_is_replaced_by_another(
    stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    slugs = iter(["first", "first", "first", "second"])
    monkeypatch.setattr(service, "random_slug", lambda: next(slugs))

    assert [(await make(stranger))["slug"] for _ in range(2)] == ["first", "second"]


async def test_giving_up_on_random_slugs_is_our_fault_and_passes(
    stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "random_slug", lambda: "only")
    await make(stranger)

    answer = await stranger.post(LINKS, json={"destination": "https://example.com/"})

    assert problem(answer) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


async def test_every_refused_field_is_named_at_once(stranger: httpx2.AsyncClient) -> None:
    wish = {"destination": "http://10.0.0.1/", "slug": "api", "title": "x" * 201, "colour": "red"}

    answer = await stranger.post(LINKS, json=wish)

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == {
        "destination": "destination_private",
        "slug": "slug_reserved",
        "title": "title_too_long",
        "colour": "field_unknown",
    }


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "destination", "field_required"),
        ({"destination": None}, "destination", "field_type"),
        ({"destination": 5}, "destination", "field_type"),
        ({"destination": "https://example.com/", "slug": 5}, "slug", "field_type"),
        ({"destination": "https://example.com/", "slug": ""}, "slug", "slug_empty"),
        ({"destination": "https://example.com/", "slug": "a b"}, "slug", "slug_characters"),
        ({"destination": "https://example.com/", "title": "a\x00b"}, "title", "title_characters"),
        ({"destination": "https://s.example/x"}, "destination", "destination_own"),
        ([], "", "field_type"),
        ("https://example.com/", "", "field_type"),
    ],
)
async def test_refusal_says_which_field_and_why(
    stranger: httpx2.AsyncClient, body: object, field: str, code: str
) -> None:
    answer = await stranger.post(LINKS, json=body)

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == {field: code}
    assert answer.json()["detail"] == answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 100_000, b'{"a": 1e999}', b"{} {}"],
    ids=["empty", "cut", "latin", "nan", "surrogate", "deep", "huge", "twice"],
)
async def test_what_is_not_json_is_refused(stranger: httpx2.AsyncClient, body: bytes) -> None:
    answer = await stranger.post(LINKS, content=body, headers={"Content-Type": "application/json"})

    assert problem(answer) == (400, "malformed_json")


async def test_body_must_be_declared_as_json(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.post(LINKS, data={"destination": "https://example.com/"})

    assert problem(answer) == (415, "unsupported_type")


async def test_too_long_a_body_is_refused_before_it_is_read(stranger: httpx2.AsyncClient) -> None:
    declared = {"Content-Type": "application/json", "Content-Length": str(2 * 1024 * 1024)}

    answer = await stranger.post(LINKS, content=b"{}", headers=declared)

    assert problem(answer) == (413, "too_large")
    assert answer.headers["Connection"] == "close"


async def test_too_long_a_body_without_a_length_is_refused_while_it_is_read(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.post(LINKS, content=endless(), headers={"Content-Type": "application/json"})

    assert problem(answer) == (413, "too_large")


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 65_536


async def test_without_a_base_url_the_request_says_where_we_are(database: Database) -> None:
    async with client_of(database, host="short.test:8080") as client:
        made = await make(client, slug="tea")
        own = await client.post(LINKS, json={"destination": "https://SHORT.test/x"})

    assert made["short_url"] == "http://short.test:8080/tea"
    assert made["domain"] == "short.test:8080"
    assert refused_fields(own) == {"destination": "destination_own"}


@pytest.mark.parametrize("host", ["", "a b", 'x"y', "<b>", "a/b", "a@b", "a\\b", "x" * 300])
async def test_a_host_that_is_none_ends_up_in_no_short_url(database: Database, host: str) -> None:
    async with client_of(database) as client:
        answer = await client.post(LINKS, json={"destination": "https://example.com/"}, headers={"Host": host})

    assert problem(answer) == (400, "bad_host")


async def test_sentences_follow_the_reader(stranger: httpx2.AsyncClient) -> None:
    wish = {"destination": "ftp://example.com"}

    chinese = await stranger.post(LINKS, json=wish, headers={"Accept-Language": "zh-CN,en;q=0.5"})
    english = await stranger.post(LINKS, json=wish)

    assert chinese.json()["detail"] == "目标网址只能以 https:// 或 http:// 开头，不能是 ftp:。"
    assert english.json()["detail"] == "A destination begins with https:// or http://, not with ftp:."


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ll_nonsense", "Bearer lm_x.y", "Bearer", "Basic eDp5"])
async def test_invalid_token_is_never_taken_for_a_stranger(stranger: httpx2.AsyncClient, header: str) -> None:
    answer = await stranger.post(LINKS, json={"destination": "https://example.com/"}, headers={"Authorization": header})

    assert problem(answer) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_manage_token_of_another_installation_is_not_valid(stranger: httpx2.AsyncClient) -> None:
    made = await make(stranger)
    forged = made["manage_token"][:-1] + ("A" if made["manage_token"][-1] != "A" else "B")

    answer = await stranger.get(f"{LINKS}/{made['id']}", headers=bearer(forged))

    assert problem(answer) == (401, "not_signed_in")


async def test_answers_with_tokens_are_kept_by_nobody(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.post(LINKS, json={"destination": "https://example.com/"})

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
