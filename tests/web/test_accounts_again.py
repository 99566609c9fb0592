"""Who changes how they sign in has only just signed in: in a browser that was left open, nobody makes a way in."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from liulian.accounts.oidc import OidcProvider
from liulian.accounts.people import Identity
from liulian.accounts.permissions import Role
from liulian.accounts.sessions import FRESH_FOR
from liulian.storage.database import Database
from tests.web.api import BASE, NOON, problem
from tests.web.authenticator import Authenticator
from tests.web.oidc_server import CLIENT_ID, CLIENT_SECRET, Provider, a_provider
from tests.web.people import EMAIL, PASSWORD, V1, Town, a_town, actions, sign_in
from tests.web.test_accounts_factors import add_passkey, code, with_totp

ME, SESSION = f"{V1}/me", f"{V1}/session"
AGAIN = (403, "sign_in_again")
MINUTES = FRESH_FOR.total_seconds() / 60


@pytest.fixture
def provider(httpserver: HTTPServer) -> Iterator[Provider]:
    with a_provider(httpserver, now=NOON) as provider:
        yield provider


@pytest.fixture
async def town(database: Database, provider: Provider) -> Town:
    oidc = OidcProvider(issuer=provider.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name="Tea company")
    town = a_town(database, oidc=oidc)
    user = await town.person(EMAIL, Role.OWNER, name="Lin")
    identity = Identity(issuer=provider.issuer, subject="lin-1", user_id=user.id, email=EMAIL, created_at=NOON)
    async with town.database.write() as tx:
        assert await tx.users.add_identity(identity)
    return town


async def count_sessions(browser: httpx2.AsyncClient) -> int:
    return len((await browser.get(f"{ME}/sessions")).json()["sessions"])


ADDED: dict[str, Any] = {"token": "unknown", "credential": {}, "name": "x"}
ASKED = {
    "begin codes": ("POST", f"{ME}/totp", None),
    "turn codes on": ("POST", f"{ME}/totp/confirm", {"code": "000000"}),
    "turn codes off by a code": ("DELETE", f"{ME}/totp", {"code": "000000"}),
    "begin a passkey": ("POST", f"{ME}/passkeys/options", None),
    "add a passkey": ("POST", f"{ME}/passkeys", ADDED),
    "connect a provider": ("POST", f"{ME}/identities/sso", None),
    "forget a provider": ("DELETE", f"{ME}/identities/sso", None),
    "make a key": ("POST", f"{V1}/api-keys", {"name": "shop", "scopes": ["links:read"]}),
    "delete the workspace": ("DELETE", f"{V1}/workspace", {"name": "not its name"}),
}


@pytest.mark.parametrize("what", ASKED)
async def test_old_session_is_asked_to_sign_in_again_and_then_goes_on(town: Town, what: str) -> None:
    method, path, body = ASKED[what]
    async with town.signed_in() as browser:
        town.clock.pass_by(minutes=MINUTES)
        assert problem(await browser.request(method, path, json=body)) == AGAIN
        before = await actions(town)

        await sign_in(browser)
        answer = await browser.request(method, path, json=body)

        assert answer.status_code < 300 or problem(answer) != AGAIN
    assert before == ["member.joined"], "nothing was done by the old session"


async def test_session_is_fresh_until_the_tenth_minute(town: Town) -> None:
    async with town.signed_in() as browser:
        town.clock.pass_by(minutes=MINUTES, seconds=-1)
        assert (await browser.post(f"{ME}/totp")).status_code == 200
        town.clock.pass_by(seconds=1)
        assert problem(await browser.post(f"{ME}/totp")) == AGAIN


async def test_passkey_is_removed_only_soon_after_signing_in(town: Town) -> None:
    async with town.signed_in() as browser:
        made = await add_passkey(browser, Authenticator(origin=BASE))
        town.clock.pass_by(minutes=MINUTES)
        assert problem(await browser.delete(made.headers["Location"])) == AGAIN
        await sign_in(browser)
        assert (await browser.delete(made.headers["Location"])).status_code == 204
    assert (await actions(town))[-1] == "user.passkey_removed"


async def test_passkey_that_was_begun_in_time_is_added_after_signing_in_again(town: Town) -> None:
    device = Authenticator(origin=BASE)
    async with town.signed_in() as browser:
        town.clock.pass_by(minutes=MINUTES - 1)
        offer = (await browser.post(f"{ME}/passkeys/options")).json()
        body = {"token": offer["token"], "credential": device.create(offer["options"]), "name": "phone"}
        town.clock.pass_by(minutes=1)
        assert problem(await browser.post(f"{ME}/passkeys", json=body)) == AGAIN
        await sign_in(browser)
        assert (await browser.post(f"{ME}/passkeys", json=body)).status_code == 201


async def test_codes_are_turned_off_by_the_password_at_any_time(town: Town) -> None:
    async with town.signed_in() as browser:
        await with_totp(browser, town)
        town.clock.pass_by(minutes=MINUTES)
        assert (await browser.request("DELETE", f"{ME}/totp", json={"password": PASSWORD})).status_code == 204


async def test_signing_in_again_leaves_one_session_whose_cookie_is_new(town: Town) -> None:
    async with town.signed_in() as browser:
        old = browser.cookies["liulian_session"]
        await sign_in(browser)

        assert browser.cookies["liulian_session"] != old
        assert await count_sessions(browser) == 1
    async with town.browser() as thief:
        answer = await thief.get(ME, headers={"Cookie": f"liulian_session={old}"})
        assert problem(answer) == (401, "not_signed_in")


async def test_wrong_password_keeps_the_old_session_as_it_was(town: Town) -> None:
    async with town.signed_in() as browser:
        town.clock.pass_by(minutes=MINUTES)
        wrong = await browser.post(SESSION, json={"email": EMAIL, "password": "wrong password"})
        assert problem(wrong) == (401, "sign_in_failed")
        assert (await browser.get(ME)).status_code == 200
        assert problem(await browser.post(f"{ME}/totp")) == AGAIN


async def test_password_alone_does_not_make_a_session_fresh_where_codes_are_asked_for(town: Town) -> None:
    async with town.signed_in() as browser:
        secret, _ = await with_totp(browser, town)
        town.clock.pass_by(minutes=MINUTES)
        asked = await browser.post(SESSION, json={"email": EMAIL, "password": PASSWORD})
        assert problem(asked) == (401, "totp_required")
        assert problem(await browser.post(f"{ME}/passkeys/options")) == AGAIN
        await sign_in(browser, totp=code(secret, town))
        assert (await browser.post(f"{ME}/passkeys/options")).status_code == 200


async def test_page_of_another_site_cannot_sign_in_again(town: Town) -> None:
    async with town.signed_in() as browser:
        browser.headers["Sec-Fetch-Site"] = "cross-site"
        answer = await browser.post(SESSION, json={"email": EMAIL, "password": PASSWORD})
        assert problem(answer) == (403, "cross_site")


async def test_guesses_of_who_is_signed_in_are_counted_like_those_of_strangers(town: Town) -> None:
    async with town.signed_in() as browser:
        for _ in range(20):
            await browser.post(SESSION, json={"email": EMAIL, "password": "wrong password"})
        answer = await browser.post(SESSION, json={"email": EMAIL, "password": PASSWORD})
        assert problem(answer) == (429, "too_many_attempts")


async def test_provider_makes_a_session_fresh_too(town: Town, provider: Provider) -> None:
    async with town.signed_in() as browser:
        town.clock.pass_by(minutes=MINUTES)
        provider.now = town.clock.now
        away = await browser.get(f"{SESSION}/oidc/sso", params={"return": "/console/account"})
        code, state = provider.authorize(away.headers["Location"])
        back = await browser.get(f"{SESSION}/oidc/sso/callback", params={"code": code, "state": state})
        assert back.headers["Location"] == "/console/account"
        assert (await browser.post(f"{ME}/totp")).status_code == 200
        assert await count_sessions(browser) == 1


async def test_invitation_taken_by_who_is_signed_in_makes_no_session_fresh(town: Town) -> None:
    await town.person("ada@example.com")
    async with town.signed_in() as owner, town.signed_in("ada@example.com") as ada:
        town.clock.pass_by(minutes=MINUTES)
        made = await owner.post(f"{V1}/invitations", json={"role": "editor"})
        token = made.json()["url"].partition("#")[2]
        assert (await ada.post(f"{V1}/invitations/accept", json={"token": token})).status_code == 201
        assert problem(await ada.post(f"{ME}/totp")) == AGAIN


async def test_passkey_of_another_takes_nobodys_place(town: Town) -> None:
    await town.person("mei@example.com", Role.EDITOR)
    device = Authenticator(origin=BASE)
    async with town.signed_in("mei@example.com") as theirs:
        assert (await add_passkey(theirs, device)).status_code == 201

    async with town.signed_in() as browser:
        refused = await _by_passkey(browser, device, again=True)
        assert problem(refused) == (403, "passkey_of_another")
        assert (await browser.get(ME)).json()["email"] == EMAIL
        assert (await _by_passkey(browser, device, again=False)).json()["user"]["email"] == "mei@example.com"
        assert (await _by_passkey(browser, device, again=True)).status_code == 200
    async with town.browser() as stranger:
        assert problem(await _by_passkey(stranger, device, again=True)) == (403, "passkey_of_another")


async def _by_passkey(browser: httpx2.AsyncClient, device: Authenticator, *, again: bool) -> httpx2.Response:
    offer = (await browser.post(f"{SESSION}/passkey/options")).json()
    body = {"token": offer["token"], "credential": device.get(offer["options"]), "again": again}
    return await browser.post(f"{SESSION}/passkey", json=body)
