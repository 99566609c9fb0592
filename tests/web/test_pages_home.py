"""The home page: in the reader's language, closed to everything foreign, and every link of it leads somewhere."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from liulian.base.i18n import Language
from liulian.web.headers import CONTENT_POLICY
from liulian.web.pages import home
from liulian.web.pages.assets import NotBuilt, PageFiles
from liulian.web.pages.render import client_messages
from liulian.web.parts import Strangers
from tests.web.pages_app import ADDRESS, open_pages

ISLANDS = Path(__file__).parents[2] / "frontend" / "islands"
FILES = PageFiles(script="/static/home-1.js", styles=("/static/home-1.css",))


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the front end be as if it were built: that is not needed to test the server."""
    monkeypatch.setattr(home, "page_files", lambda _: FILES)


@pytest.fixture
async def client(tmp_path: Path, built: None) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_pages(tmp_path) as (client, _):
        yield client


async def _language_of(client: httpx2.AsyncClient, path: str = "/", **headers: str) -> str:
    page = await client.get(path, headers=headers)
    found = re.search(r'<html lang="([\w-]+)">', page.text)
    assert found
    return found[1]


async def test_page_is_chinese_unless_somebody_wishes_otherwise(client: httpx2.AsyncClient) -> None:
    assert await _language_of(client) == "zh-CN"


async def test_browser_that_prefers_english_gets_english(client: httpx2.AsyncClient) -> None:
    assert await _language_of(client, **{"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"}) == "en"


async def test_language_chosen_once_is_remembered(client: httpx2.AsyncClient) -> None:
    assert await _language_of(client, "/?lang=en") == "en"
    assert await _language_of(client, **{"Accept-Language": "zh-CN"}) == "en"


async def test_language_we_do_not_speak_is_not_remembered(client: httpx2.AsyncClient) -> None:
    page = await client.get("/?lang=xx")

    assert page.status_code == 200
    assert "set-cookie" not in page.headers


async def test_caches_know_what_the_page_depends_on(client: httpx2.AsyncClient) -> None:
    page = await client.get("/")

    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["vary"] == "Accept-Language, Cookie"


@pytest.mark.parametrize("language", Language)
async def test_page_obeys_the_policy_it_is_sent_with(client: httpx2.AsyncClient, language: Language) -> None:
    page = await client.get(f"/?lang={language.value}")

    scripts = re.findall(r"<script\b([^>]*)>", page.text)
    assert page.headers["content-security-policy"].encode() == CONTENT_POLICY
    assert all('type="application/json"' in script or 'src="/static/' in script for script in scripts)
    assert not re.search(r"\sstyle=|\son\w+=|<style", page.text)
    assert not re.search(r'(?:src|href)="(?!/|#)', page.text)


@pytest.mark.parametrize("language", Language)
async def test_links_within_the_page_lead_somewhere(client: httpx2.AsyncClient, language: Language) -> None:
    page = (await client.get(f"/?lang={language.value}")).text

    ids = re.findall(r'\bid="([^"]+)"', page)
    named = re.findall(r'(?:href="#|for="|aria-(?:controls|describedby|labelledby)=")([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {each for names in named for each in names.split()} <= set(ids)


@pytest.mark.parametrize("language", Language)
async def test_script_is_given_its_sentences_and_the_names_of_apps(
    client: httpx2.AsyncClient, language: Language
) -> None:
    page = (await client.get(f"/?lang={language.value}")).text

    found = re.search(r'<script type="application/json" id="messages">(.*?)</script>', page, re.DOTALL)
    assert found
    messages = json.loads(found[1])
    assert {"form.busy", "form.network", "result.copied", "app.wechat"} <= messages.keys()


def test_every_sentence_the_script_says_is_given_to_it() -> None:
    sources = [island.read_text(encoding="utf-8") for island in ISLANDS.glob("*.ts")]
    areas = "form|result|statistics|several|recent|expiry|guard|audience|list"
    said = {key for source in sources for key in re.findall(rf'"((?:{areas})\.\w+)"', source)}
    said -= {"guard.app_url"}  # A field of the API.

    assert "form.network" in said
    assert said <= client_messages(Language.EN, "home").keys()


async def test_form_without_script_makes_a_link(client: httpx2.AsyncClient) -> None:
    page = await client.post("/", data={"destination": "https://example.com/tea"})

    assert page.status_code == 201
    slug = re.search(rf"{ADDRESS}/(\w{{7}})", page.text)
    assert slug
    assert (await client.get(f"/q/{slug[1]}.svg")).status_code == 200


async def test_form_without_script_says_what_is_wrong_and_keeps_what_was_typed(client: httpx2.AsyncClient) -> None:
    page = await client.post("/", data={"destination": 'javascript:alert("1")'})

    assert page.status_code == 422
    assert ">javascript:alert(&#34;1&#34;)</textarea>" in page.text
    assert 'aria-invalid="true"' in page.text


@pytest.mark.parametrize("typed", ["example.com/tea", "打开 https://example.com/tea 看看", "看看 example.com/tea。"])
async def test_form_without_script_finds_the_address(client: httpx2.AsyncClient, typed: str) -> None:
    page = await client.post("/", data={"destination": typed})

    assert page.status_code == 201
    assert "https://example.com/tea" in page.text


async def test_form_that_comes_back_keeps_what_was_chosen(client: httpx2.AsyncClient) -> None:
    chosen = {"guard": "custom", "guard_app": ["wechat", "pinterest"], "guard_mode": "app", "app_url": 'weixin://"x'}
    chosen |= {"system": ["iOS"], "form": ["mobile"], "container": ["qq"]}

    page = await client.post("/", data={"destination": "nothing"} | chosen)

    checked = re.findall(r'name="(\w+)" value="([\w-]+)" checked', page.text)
    assert {name: [value for each, value in checked if each == name] for name, _ in checked} == {
        "guard": ["custom"],
        "guard_app": ["wechat", "pinterest"],
        "guard_mode": ["app"],
        "system": ["iOS"],
        "form": ["mobile"],
        "container": ["qq"],
    }
    assert 'value="weixin://&#34;x"' in page.text
    assert '<details id="guard" open>' in page.text
    untouched = await client.get("/")
    assert re.findall(r'value="(\w+)" checked', untouched.text) == ["none", "guide"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.ZH, "每小时最多创建 1 条短链，请过"),
        (Language.EN, "At most 1 short links can be made in an hour. Try again in"),
    ],
)
async def test_form_says_when_to_try_again_where_an_hour_had_enough(
    tmp_path: Path, built: None, language: Language, sentence: str
) -> None:
    async with open_pages(tmp_path, strangers=Strangers(links_per_hour=1)) as (client, _):
        form = {"destination": "https://example.com/tea"}
        assert (await client.post("/", data=form)).status_code == 201

        page = await client.post(f"/?lang={language.value}", data=form)

    assert page.status_code == 429
    assert 59 * 60 - 60 <= int(page.headers["Retry-After"]) <= 3600
    assert sentence in page.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.ZH, "在本站，登录后才能做短链。"),
        (Language.EN, "On this server short links are made by people who have signed in."),
    ],
)
async def test_page_shows_no_form_where_strangers_make_no_links(
    tmp_path: Path, built: None, language: Language, sentence: str
) -> None:
    async with open_pages(tmp_path, strangers=Strangers(may_make_links=False)) as (client, _):
        page = await client.get(f"/?lang={language.value}")
        posted = await client.post(f"/?lang={language.value}", data={"destination": "https://example.com/tea"})

    assert page.text.count(sentence) == 2  # For who reads, and for search engines.
    assert not re.search(r"<form|<textarea|/console", page.text)
    assert 'id="upload"' in page.text
    assert 'href="/expand"' in page.text
    assert posted.status_code == 403
    assert sentence in posted.text


async def test_form_of_another_site_makes_nothing(client: httpx2.AsyncClient) -> None:
    page = await client.post("/", data={"destination": "https://a.example/"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status_code == 200
    assert f"{ADDRESS}/" not in page.text


@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"destination=" + b"a" * 100_000, b"a=1&" * 50])
async def test_body_that_is_no_form_is_answered_with_the_page(client: httpx2.AsyncClient, body: bytes) -> None:
    assert (await client.post("/", content=body)).status_code in {200, 422}


async def test_page_that_is_not_built_says_what_to_do(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> PageFiles:
        raise NotBuilt

    monkeypatch.setattr(home, "page_files", missing)

    page = await client.get("/?lang=en")

    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) >= 1
    assert "make setup" in page.text


async def test_mark_is_the_icon(client: httpx2.AsyncClient) -> None:
    icon = await client.get("/favicon.ico")

    assert icon.headers["content-type"].startswith("image/svg+xml")
    assert icon.text.startswith("<svg")
