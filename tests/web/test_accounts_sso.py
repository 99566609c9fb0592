"""Single sign-on: whom a provider may let in, and what is not believed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pytest_httpserver import HTTPServer

from liulian.accounts.oidc import OidcProvider
from liulian.accounts.people import Identity
from liulian.accounts.permissions import Role
from liulian.storage.database import Database
from liulian.web.api.sso import TRIP_COOKIE
from tests.web.api import NOON, problem
from tests.web.oidc_server import CLIENT_ID, CLIENT_SECRET, Provider, a_provider, unsigned
from tests.web.people import EMAIL, PASSWORD, V1, Town, a_town, actions

START, CALLBACK = f"{V1}/session/oidc/sso", f"{V1}/session/oidc/sso/callback"
IDENTITY = f"{V1}/me/identities/sso"
VERIFIED = {"email": EMAIL, "email_verified": True}


@pytest.fixture
def provider(httpserver: HTTPServer) -> Iterator[Provider]:
    with a_provider(httpserver, now=NOON) as provider:
        provider.claims = dict(VERIFIED)
        yield provider


@pytest.fixture
async def town(database: Database, provider: Provider) -> Town:
    oidc = OidcProvider(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        name="Tea company",
        domains=frozenset({"example.com"}),
    )
    town = a_town(database, oidc=oidc)
    await town.person(EMAIL, Role.EDITOR, name="Lin")
    return town


async def go(browser: httpx2.AsyncClient, provider: Provider, **params: str) -> tuple[str, str]:
    """Go to the provider and agree there; return code and state."""
    answer = await browser.get(START, params=params)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    return provider.authorize(answer.headers["Location"])


async def set_out(browser: httpx2.AsyncClient, provider: Provider) -> tuple[str, str]:
    """Go to the provider to connect the account, and agree there; return code and state."""
    answer = await browser.post(IDENTITY)
    assert answer.status_code == 200, answer.text
    return provider.authorize(answer.json()["url"])


async def come_back(browser: httpx2.AsyncClient, code: str, state: str, **more: str) -> str:
    """Return where the browser is sent."""
    answer = await browser.get(CALLBACK, params={"code": code, "state": state} | more)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


async def enter(town: Town, provider: Provider) -> tuple[str, str | None]:
    """Sign in at the provider; return where that leads, and who is signed in."""
    async with town.browser() as browser:
        place = await come_back(browser, *await go(browser, provider))
        user = (await browser.get(f"{V1}/session")).json()["user"]
    return place, user["email"] if user else None


def why(place: str) -> str:
    address = urlsplit(place)
    assert (address.scheme, address.netloc, address.path) == ("", "", "/console/sign-in")
    return parse_qs(address.query)["problem"][0]


async def test_console_is_told_of_the_provider(town: Town) -> None:
    async with town.browser() as browser:
        state = (await browser.get(f"{V1}/session")).json()
    assert state["oidc"] == [{"id": "sso", "name": "Tea company"}]


async def test_person_with_the_same_proven_address_comes_in(town: Town, provider: Provider) -> None:
    assert await enter(town, provider) == ("/console/", EMAIL)
    provider.claims = {}
    assert await enter(town, provider) == ("/console/", EMAIL), "known by now, whatever the address"
    assert "user.identity_added" in await actions(town)


async def test_browser_goes_on_where_it_wanted_within_the_console(town: Town, provider: Provider) -> None:
    wishes = {
        "/console/links?q=tea": "/console/links?q=tea",
        "/console": "/console",
        "https://evil.example/console/": "/console/",
        "//evil.example": "/console/",
        "/console/..//evil.example": "/console/",
        "/console\\evil": "/console/",
        "/consolex": "/console/",
    }
    for wish, expected in wishes.items():
        async with town.browser() as browser:
            code, state = await go(browser, provider, **{"return": wish})
            assert await come_back(browser, code, state) == expected


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email": "lin@elsewhere.example"},
        {"email": "nobody@example.com"},
        {"email": None},
        {"email": ["lin@example.com"]},
    ],
)
async def test_address_that_is_not_proven_by_whom_it_may_concern_lets_nobody_in(
    town: Town, provider: Provider, claims: dict[str, Any]
) -> None:
    await town.person("lin@elsewhere.example")
    provider.claims = VERIFIED | claims
    place, user = await enter(town, provider)
    assert (why(place), user) == ("oidc_no_account", None)


async def test_without_domains_an_address_proves_nothing(database: Database, provider: Provider) -> None:
    oidc = OidcProvider(issuer=provider.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name="x")
    town = a_town(database, oidc=oidc)
    await town.person(EMAIL, Role.EDITOR)
    assert why((await enter(town, provider))[0]) == "oidc_no_account"


async def test_account_made_by_somebody_else_is_cleared_before_its_owner_comes(town: Town, provider: Provider) -> None:
    early = await town.person("boss@example.com", Role.EDITOR, email_verified_at=None)
    async with town.signed_in("boss@example.com") as thief:
        provider.claims = {"email": "boss@example.com", "email_verified": True, "sub": "boss-1"}
        assert (await enter(town, provider))[1] == "boss@example.com"
        assert problem(await thief.get(f"{V1}/me")) == (401, "not_signed_in")
        answer = await thief.post(f"{V1}/session", json={"email": early.email, "password": PASSWORD})
        assert problem(answer) == (401, "sign_in_failed")


async def test_whoever_made_an_account_early_does_not_keep_a_way_in_by_the_provider(
    town: Town, provider: Provider
) -> None:
    early = await town.person("boss@example.com", Role.EDITOR, email_verified_at=None)
    theirs = Identity(issuer=provider.issuer, subject="thief", user_id=early.id, email=None, created_at=NOON)
    async with town.database.write() as tx:
        assert await tx.users.add_identity(theirs)
    provider.claims = {"email": "boss@example.com", "email_verified": True, "sub": "boss-1"}
    assert (await enter(town, provider))[1] == "boss@example.com"

    provider.claims = {"sub": "thief"}
    assert why((await enter(town, provider))[0]) == "oidc_no_account"


async def test_disabled_person_stays_out(town: Town, provider: Provider) -> None:
    assert (await enter(town, provider))[1] == EMAIL
    async with town.database.write() as tx:
        user = await tx.users.find_by_email(EMAIL)
        assert user is not None
        await tx.users.update(user.id, disabled_at=town.clock())
    assert why((await enter(town, provider))[0]) == "oidc_no_account"


OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


def _wrong_key(provider: Provider) -> None:
    provider.shown_keys, provider.key = [provider.key], OTHER


def _no_signature(provider: Provider) -> None:
    at = int(NOON.timestamp())
    provider.token = unsigned(
        {"iss": provider.issuer, "sub": "lin-1", "aud": CLIENT_ID, "iat": at, "exp": at + 300, **VERIFIED}
    )


def _shared_secret(provider: Provider) -> None:
    at = int(NOON.timestamp())
    claims = {"iss": provider.issuer, "sub": "lin-1", "aud": CLIENT_ID, "iat": at, "exp": at + 300, **VERIFIED}
    key = OctKey.import_key("0123456789abcdef0123456789abcdef")
    provider.token = jwt.encode({"alg": "HS256", "kid": provider.key.kid}, claims, key, algorithms=["HS256"])


def _claims(**claims: Any) -> Any:
    def change(provider: Provider) -> None:
        provider.claims = VERIFIED | claims

    return change


def _set(**values: Any) -> Any:
    def change(provider: Provider) -> None:
        for name, value in values.items():
            setattr(provider, name, value)

    return change


FAULTS = {
    "another key": _wrong_key,
    "no signature": _no_signature,
    "a secret that both know": _shared_secret,
    "another nonce": _claims(nonce="x"),
    "no nonce": _claims(nonce=None),
    "another issuer": _claims(iss="https://evil.example"),
    "another audience": _claims(aud="somebody else"),
    "two audiences and no word for whom": _claims(aud=[CLIENT_ID, "somebody else"]),
    "issued to somebody else": _claims(aud=[CLIENT_ID, "somebody else"], azp="somebody else"),
    "too old": _claims(exp=int((NOON - timedelta(seconds=61)).timestamp())),
    "no end": _claims(exp=None),
    "nobody": _claims(sub=None),
    "no token": _set(token="x"),
    "three words": _set(token="a.b.c"),
    "refused": _set(status=400),
    "away": _set(status=503),
    "discovery of another": _set(discovery={"issuer": "https://evil.example"}),
    "discovery without keys": _set(discovery={"jwks_uri": "ftp://keys.example"}),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_a_provider_says_wrongly_is_not_believed(town: Town, provider: Provider, fault: str) -> None:
    FAULTS[fault](provider)
    async with town.browser() as browser:
        answer = await browser.get(START)
        place = str(answer.headers["Location"])
        if not place.startswith("/console"):
            place = await come_back(browser, *provider.authorize(place))
        assert why(place) == "oidc_failed"
        assert (await browser.get(f"{V1}/session")).json()["state"] == "signed_out"


async def test_provider_that_is_not_there_is_said_so(database: Database) -> None:
    oidc = OidcProvider(issuer="http://127.0.0.1:1", client_id=CLIENT_ID, client_secret="x", name="x")
    town = a_town(database, oidc=oidc)
    async with town.browser() as browser:
        answer = await browser.get(START)
    assert why(str(answer.headers["Location"])) == "oidc_failed"


async def test_clocks_may_differ_by_a_minute(town: Town, provider: Provider) -> None:
    provider.claims = VERIFIED | {"exp": int((NOON - timedelta(seconds=30)).timestamp())}
    assert (await enter(town, provider))[1] == EMAIL


async def test_new_key_of_the_provider_is_looked_up(town: Town, provider: Provider) -> None:
    assert (await enter(town, provider))[1] == EMAIL
    provider.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    assert (await enter(town, provider))[1] == EMAIL


async def test_only_the_browser_that_went_comes_back_and_once(town: Town, provider: Provider) -> None:
    async with town.browser() as browser, town.browser() as other:
        code, state = await go(browser, provider)
        assert why(await come_back(other, code, state)) == "token_invalid", "a link to our callback signs nobody in"
        assert why(await come_back(browser, code, "x")) == "token_invalid"
        assert provider.asked_tokens == 0

        code, state = await go(browser, provider)
        cookie = {"Cookie": f"{TRIP_COOKIE}={browser.cookies[TRIP_COOKIE]}"}
        assert await come_back(browser, code, state) == "/console/"
        again = await browser.get(CALLBACK, params={"code": code, "state": state}, headers=cookie)
        assert why(str(again.headers["Location"])) == "token_invalid"


async def test_answer_that_names_another_issuer_is_refused(town: Town, provider: Provider) -> None:
    async with town.browser() as browser:
        code, state = await go(browser, provider)
        assert why(await come_back(browser, code, state, iss="https://evil.example")) == "oidc_failed"


async def test_person_who_said_no_comes_back_to_the_sign_in_page(town: Town, provider: Provider) -> None:
    async with town.browser() as browser:
        _, state = await go(browser, provider)
        answer = await browser.get(CALLBACK, params={"error": "access_denied", "state": state})
    assert why(str(answer.headers["Location"])) == "oidc_failed"


async def test_who_is_signed_in_connects_the_account_whatever_the_address(town: Town, provider: Provider) -> None:
    provider.claims = {"email": "private@elsewhere.example", "email_verified": True}
    async with town.signed_in() as browser:
        assert await come_back(browser, *await set_out(browser, provider)) == "/console/account"
        (identity,) = (await browser.get(f"{V1}/me")).json()["identities"]
        assert (identity["issuer"], identity["email"]) == (provider.issuer, "private@elsewhere.example")
    assert (await enter(town, provider))[1] == EMAIL

    async with town.signed_in() as browser:
        assert (await browser.delete(f"{V1}/me/identities/sso")).status_code == 204
        assert problem(await browser.delete(f"{V1}/me/identities/sso")) == (404, "not_found")
    assert why((await enter(town, provider))[0]) == "oidc_no_account"


async def test_page_of_another_site_connects_nothing(town: Town, provider: Provider) -> None:
    provider.claims = {"email": "private@elsewhere.example", "email_verified": True}
    async with town.signed_in() as browser:
        browser.headers["Sec-Fetch-Site"] = "cross-site"
        assert problem(await browser.post(IDENTITY)) == (403, "cross_site")
        code, state = await go(browser, provider)
        assert why(await come_back(browser, code, state)) == "oidc_no_account"
        assert (await browser.get(f"{V1}/me")).json()["identities"] == []


async def test_one_person_of_the_provider_has_one_account(town: Town, provider: Provider) -> None:
    assert (await enter(town, provider))[1] == EMAIL
    await town.person("second@example.com")
    async with town.signed_in("second@example.com") as browser:
        back = await come_back(browser, *await set_out(browser, provider))
        assert back == "/console/account?problem=oidc_taken"
        assert (await browser.get(f"{V1}/me")).json()["identities"] == []


async def test_who_went_to_connect_and_left_meanwhile_connects_nothing(town: Town, provider: Provider) -> None:
    async with town.signed_in() as browser:
        code, state = await set_out(browser, provider)
        assert (await browser.delete(f"{V1}/session")).status_code == 204
        assert await come_back(browser, code, state) == "/console/account?problem=token_invalid"
    assert (await actions(town)).count("user.identity_added") == 0


async def test_provider_that_is_none_is_not_there(town: Town, database: Database) -> None:
    async with town.browser() as browser:
        assert problem(await browser.get(f"{V1}/session/oidc/other")) == (404, "not_found")
    without = a_town(database)
    async with without.browser() as browser:
        assert problem(await browser.get(START)) == (404, "not_found")
        assert problem(await browser.get(CALLBACK)) == (404, "not_found")
